"""What became of an order line (订单行履历): each import that spoke of it, and what it changed."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from bot.store.tables import (
    bindings,
    import_batches,
    order_facts,
    order_history,
    people,
    sync_cursors,
)

__all__ = ["Change", "Kept", "Reader", "changes_of", "covered_until", "kept_of", "readers_of"]

MOST_CHANGES = 200
MOST_KEPT = 30
MOST_READERS = 100


class Change(NamedTuple):
    """A fact that an import changed."""

    field: str
    before: object
    after: object
    changed_at: datetime
    batch: int
    file_name: str
    source: str | None


class Kept(NamedTuple):
    """All that was known of a line after an import, and the cells nobody has described yet."""

    batch: int
    base: int | None
    file_name: str
    source: str | None
    recorded_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    data_as_of: datetime | None
    facts: dict[str, Any]
    others: dict[str, Any] | None


class Reader(NamedTuple):
    """A person who sees a creator's orders, or saw them once."""

    user: int
    name: str | None
    bound_at: datetime
    ended_at: datetime | None
    blocked_at: datetime | None


_changes = (
    select(
        order_history.c.field,
        order_history.c.before,
        order_history.c.after,
        order_history.c.changed_at,
        order_history.c.batch,
        import_batches.c.file_name,
        import_batches.c.source,
    )
    .join(import_batches, import_batches.c.id == order_history.c.batch)
    .where(
        order_history.c.line == bindparam("line"),
        import_batches.c.published_at.is_not(None),
    )
    .order_by(order_history.c.id.desc())
    .limit(MOST_CHANGES)
)
_kept = (
    select(
        order_facts.c.batch,
        order_facts.c.base,
        import_batches.c.file_name,
        import_batches.c.source,
        order_facts.c.recorded_at,
        import_batches.c.published_at,
        import_batches.c.withdrawn_at,
        order_facts.c.data_as_of,
        order_facts.c.facts,
        order_facts.c.others,
    )
    .join(import_batches, import_batches.c.id == order_facts.c.batch)
    .where(order_facts.c.line == bindparam("line"))
    .order_by(order_facts.c.batch.desc())
    .limit(MOST_KEPT)
)
_readers = (
    select(
        bindings.c.user,
        people.c.name,
        bindings.c.bound_at,
        bindings.c.ended_at,
        people.c.blocked_at,
    )
    .outerjoin(people, people.c.user == bindings.c.user)
    .where(bindings.c.creator == bindparam("creator"))
    .order_by(bindings.c.ended_at.is_not(None), bindings.c.id.desc())
    .limit(MOST_READERS)
)
_covered = select(func.min(sync_cursors.c.covered_until)).where(
    sync_cursors.c.platform == bindparam("platform")
)


def changes_of(connection: Connection, line: int) -> list[Change]:
    """What published imports changed of a line, the latest first."""
    return [Change._make(row) for row in connection.execute(_changes, {"line": line})]


def kept_of(connection: Connection, line: int) -> list[Kept]:
    """A line as each import left it, the latest first; those taken back or unfinished too."""
    return [Kept._make(row) for row in connection.execute(_kept, {"line": line})]


def covered_until(connection: Connection, platform: str) -> datetime | None:
    """Up to when a platform was asked what had changed, if it is asked at all."""
    found: datetime | None = connection.execute(_covered, {"platform": platform}).scalar()
    return found


def readers_of(connection: Connection, creator: int) -> list[Reader]:
    """Who sees a creator's orders, then who did."""
    return [Reader._make(row) for row in connection.execute(_readers, {"creator": creator})]
