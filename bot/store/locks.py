"""Locks (锁) that replicas hold against each other until the end of a transaction.

They are PostgreSQL's advisory locks: nothing is written, nothing is left over when a replica is
killed, and those who wait are served in their order. A transaction on SQLite holds the whole
database, so there is nothing to lock.
"""

from collections.abc import Hashable, Iterable
from hashlib import blake2b

from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, func, select, text

__all__ = ["hold", "hold_for_good", "hold_together"]

_hold = select(func.pg_advisory_xact_lock(text("number"))).select_from(
    func.unnest(bindparam("numbers", type_=ARRAY(BigInteger))).alias("number")
)
_hold_together = select(func.pg_advisory_xact_lock_shared(bindparam("number", type_=BigInteger)))


def hold(connection: Connection, keys: Iterable[Hashable]) -> None:
    """Wait until no other replica holds any of these keys, then hold them until the commit.

    To be called first in a transaction: what is read afterwards was left by whoever held them
    before. Everybody takes them in one order, so that nobody waits in a circle.
    """
    if connection.dialect.name != "postgresql":
        return
    if numbers := sorted({_number(key) for key in keys}):
        connection.execute(_hold, {"numbers": numbers})


def hold_together(connection: Connection, key: Hashable) -> None:
    """As `hold`, beside any number of others who hold it together; only `hold` waits for them."""
    if connection.dialect.name == "postgresql":
        connection.execute(_hold_together, {"number": _number(key)})


def hold_for_good(connection: Connection, key: Hashable) -> None:
    """As `hold`, however long the others take, such as those who change the tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        hold(connection, [key])


def _number(key: Hashable) -> int:
    """The number that stands for a key in every process; two keys that share one only wait."""
    digest = blake2b(repr(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
