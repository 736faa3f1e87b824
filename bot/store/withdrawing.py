"""Taking an import back (撤销导入): by the same switch that made it visible, read the other way.

What a later import says of a line was combined with what was known. So an import goes only when
no later one has built on it; those are named, to be taken back first. A later import that found
a line just as this one left it has written nothing: it is named too, to be imported again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, exists, func, select

from bot.store.tables import import_batches, order_facts
from bot.store.transactions import reads, transact

__all__ = ["NotWithdrawn", "OtherImport", "Why", "Withdrawn", "withdraw_import"]

MOST_NAMED = 20


class OtherImport(NamedTuple):
    """A later import that has to do with the one to be taken back."""

    id: int
    file_name: str
    started_at: datetime


class Why(StrEnum):
    """Why an import is not taken back."""

    UNKNOWN = "unknown"
    UNFINISHED = "unfinished"
    WITHDRAWN = "withdrawn"
    BUILT_ON = "built_on"
    """Later imports were combined with what it brought."""
    UNDER_WAY = "under_way"
    """Another import is being compared with it at this moment."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An import nobody sees any more."""

    batch: int
    again: tuple[OtherImport, ...]
    """Later imports that found lines unchanged; importing them again restores what they said."""


@dataclass(frozen=True, slots=True)
class NotWithdrawn:
    """An import that stays, and why."""

    batch: int
    why: Why
    later: tuple[OtherImport, ...] = ()


def withdraw_import(
    engine: Engine,
    batch: int,
    now: datetime,
    also: Callable[[Connection], None] = lambda _: None,
) -> Withdrawn | NotWithdrawn:
    """Take an import back, if nothing was built on it; do `also` in the transaction that does.

    Lines that came with it vanish from view, others stand as before it; subscriptions stay. The
    planner takes the import up again, so whoever was told of a change hears of its end. Looking
    for later imports may take seconds, but holds nobody up.
    """
    while True:
        with reads(engine) as connection:
            latest = connection.execute(select(func.max(import_batches.c.id))).scalar()
            refused = _why_not(connection, batch)
            again = _named(connection, _unchanged_since(batch))
        if refused is not None:
            return refused
        # One that began in between may have built on it: then it is looked for again.
        if transact(engine, partial(_switch, batch, latest or 0, now, also)):
            return Withdrawn(batch, again)


def _switch(
    batch: int,
    latest: int,
    now: datetime,
    also: Callable[[Connection], None],
    connection: Connection,
) -> bool:
    others = exists().where(import_batches.c.id > latest).select()
    if connection.execute(others).scalar():
        return False
    switched = connection.execute(
        import_batches.update()
        .where(import_batches.c.id == batch, import_batches.c.published_at.is_not(None))
        .values(published_at=None, withdrawn_at=now, taken_up_at=None)
    )
    if switched.rowcount:
        also(connection)
    return True


def _why_not(connection: Connection, batch: int) -> NotWithdrawn | None:
    found = connection.execute(
        select(import_batches.c.published_at, import_batches.c.withdrawn_at).where(
            import_batches.c.id == batch
        )
    ).one_or_none()
    if found is None:
        return NotWithdrawn(batch, Why.UNKNOWN)
    published_at, withdrawn_at = found
    if withdrawn_at is not None:
        return NotWithdrawn(batch, Why.WITHDRAWN)
    if published_at is None:
        return NotWithdrawn(batch, Why.UNFINISHED)
    if under_way := _named(connection, _under_way()):
        return NotWithdrawn(batch, Why.UNDER_WAY, under_way)
    built = _named(connection, _built_on(batch))
    return NotWithdrawn(batch, Why.BUILT_ON, built) if built else None


def _others() -> Select[Any]:
    return (
        select(import_batches.c.id, import_batches.c.file_name, import_batches.c.started_at)
        .where(import_batches.c.withdrawn_at.is_(None))
        .order_by(import_batches.c.id)
        .limit(MOST_NAMED)
    )


def _named(connection: Connection, others: Select[Any]) -> tuple[OtherImport, ...]:
    return tuple(OtherImport._make(row) for row in connection.execute(others))


def _under_way() -> Select[Any]:
    return _others().where(import_batches.c.published_at.is_(None))


def _built_on(batch: int) -> Select[Any]:
    mine, later = order_facts.alias("mine"), order_facts.alias("later")
    same = (
        select(later.c.batch)
        .join(mine, mine.c.line == later.c.line)
        .where(mine.c.batch == batch, later.c.batch > batch)
    )
    return _others().where(import_batches.c.id > batch, import_batches.c.id.in_(same))


def _unchanged_since(batch: int) -> Select[Any]:
    return _others().where(
        import_batches.c.id > batch,
        import_batches.c.published_at.is_not(None),
        import_batches.c.unchanged > 0,
    )
