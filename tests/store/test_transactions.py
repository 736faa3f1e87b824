from typing import Any

import pytest
from sqlalchemy import exc

from bot.store.transactions import is_databases_fault


class PostgresError(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        (exc.OperationalError, "57P01", True),  # the server is shutting down
        (exc.OperationalError, "53100", True),  # disk full
        (exc.OperationalError, "55P03", True),  # lock timeout
        (exc.InternalError, "25006", True),  # a standby that only reads
        (exc.ProgrammingError, "42501", True),  # no rights to the table
        (exc.ProgrammingError, "42P01", True),  # no such table
        (exc.OperationalError, "54000", False),  # a value too long for an index
        (exc.ProgrammingError, "42804", False),  # a value of the wrong kind
        (exc.DataError, "22P05", False),  # a character the database does not know
        (exc.IntegrityError, "23502", False),
    ],
)
def test_whose_fault_postgresql_says_it_is(kind: Any, state: str, expected: bool) -> None:
    assert is_databases_fault(kind("INSERT", {}, PostgresError(state))) is expected


def test_whose_fault_other_errors_are() -> None:
    locked = exc.OperationalError("INSERT", {}, Exception("database is locked"))
    assert is_databases_fault(locked)
    assert is_databases_fault(exc.TimeoutError("no connection is free"))
    assert not is_databases_fault(KeyError("a fault of ours"))
