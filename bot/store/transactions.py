"""Transactions, and whose fault it is when one fails."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionError

__all__ = ["ATTEMPTS", "ONLY_READS", "is_databases_fault", "reads", "transact"]

ATTEMPTS = 5
"""How often a transaction is tried that others get in the way of."""
ONLY_READS = "only_reads"
"""An option of connections: everything as of one moment, and waiting for no writer."""

_DEADLOCK, _SERIALIZATION_FAILURE = "40P01", "40001"
_NO_PRIVILEGE, _NO_TABLE, _NO_COLUMN = "42501", "42P01", "42703"
_BEYOND_LIMITS = "54"

Result = TypeVar("Result")


def transact(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Do some work in a transaction, again if another replica got in its way.

    So the work may be done more than once, and only its last doing counts: it must leave nothing
    behind but what is in the database.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            with engine.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            if _state(error) not in (_DEADLOCK, _SERIALIZATION_FAILURE):
                raise
    with engine.begin() as connection:
        return work(connection)


def reads(engine: Engine) -> Connection:
    """A connection that only reads, everything as of one moment, and waits for no writer."""
    return engine.connect().execution_options(**{ONLY_READS: True})


def is_databases_fault(error: Exception) -> bool:
    """Whether trying later may help; what a statement or its values did wrong will stay wrong."""
    if isinstance(error, DBAPIError):
        state = _state(error)
        # Our statements are fixed: the tables or the rights are not what they should be.
        if state in (_NO_PRIVILEGE, _NO_TABLE, _NO_COLUMN):
            return True
        if state.startswith(_BEYOND_LIMITS):
            return False
        return not isinstance(error, IntegrityError | DataError | ProgrammingError)
    return isinstance(error, NoConnectionError)


def _state(error: DBAPIError) -> str:
    """PostgreSQL's five characters that say what went wrong; empty where there are none."""
    return getattr(error.orig, "sqlstate", None) or ""
