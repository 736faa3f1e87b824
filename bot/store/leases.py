"""Leases (租约): what only one process does at a time, such as planning or polling.

A lease runs out by the database's clock, which all replicas share. Its owner renews it well
before that; a process that was killed loses it by itself. An owner is a word that no other
process uses.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select
from sqlalchemy.types import DateTime

from bot.store.inserting import insert
from bot.store.tables import leases

__all__ = [
    "LONGEST_SECONDS",
    "acquire",
    "any_held",
    "database_time",
    "held_by",
    "release",
    "renew",
]

LONGEST_SECONDS = 300.0
"""A lease that ends later than this was written before the clock was set back; it is void."""


def acquire(connection: Connection, name: str, owner: str, seconds: float) -> bool:
    """Take a lease that is free, has run out, or is the owner's own already, for `seconds` more.

    False if somebody else holds it.
    """
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError(f"a lease lasts up to {LONGEST_SECONDS:.0f} seconds, got {seconds}")
    now = database_time(connection)
    statement = insert(connection, leases).values(
        name=name, owner=owner, expires_at=now + timedelta(seconds=seconds)
    )
    taken = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": owner, "expires_at": statement.excluded.expires_at},
            where=or_(leases.c.owner == owner, _void(now)),
        ).returning(leases.c.name)
    )
    return taken.scalar_one_or_none() is not None


def renew(connection: Connection, name: str, owner: str, seconds: float) -> bool:
    """Hold a lease for `seconds` from now; False if it was lost to somebody else.

    One that ran out and that nobody else took is still the owner's.
    """
    until = database_time(connection) + timedelta(seconds=seconds)
    renewed = connection.execute(
        leases.update()
        .where(leases.c.name == name, leases.c.owner == owner)
        .values(expires_at=until)
    )
    return renewed.rowcount == 1


def release(connection: Connection, name: str, owner: str) -> None:
    """Give a lease back; one that is somebody else's stays."""
    connection.execute(leases.delete().where(leases.c.name == name, leases.c.owner == owner))


def held_by(connection: Connection, name: str) -> str | None:
    """The owner of a lease that has not run out."""
    now = database_time(connection)
    owner: str | None = connection.execute(
        select(leases.c.owner).where(leases.c.name == name, ~_void(now))
    ).scalar_one_or_none()
    return owner


def any_held(connection: Connection) -> bool:
    """Whether any process holds anything: then the database is in use."""
    held = select(leases.c.name).where(leases.c.expires_at > database_time(connection))
    return connection.execute(held.limit(1)).one_or_none() is not None


def database_time(connection: Connection) -> datetime:
    """What time it is by the database, whatever the clocks of the replicas say."""
    statement = _POSTGRESQL_TIME if connection.dialect.name == "postgresql" else _SQLITE_TIME
    now: datetime = connection.execute(statement).scalar_one()
    return now.replace(tzinfo=UTC) if now.tzinfo is None else now.astimezone(UTC)


# Not `now()`, which stands still within a transaction.
_POSTGRESQL_TIME = select(func.clock_timestamp(type_=DateTime(timezone=True)))
_SQLITE_TIME: Select[tuple[datetime]] = select(
    func.strftime("%Y-%m-%d %H:%M:%f000", "now", type_=DateTime)
)


def _void(now: datetime) -> ColumnElement[bool]:
    return or_(
        leases.c.expires_at <= now,
        leases.c.expires_at > now + timedelta(seconds=LONGEST_SECONDS),
    )
