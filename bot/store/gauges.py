"""What the store holds and how long it has waited (存量), for whoever watches the bot.

Every question is answered by an index over the rows that are open, or reads a few rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, select

from bot.store.cases import OPEN
from bot.store.tables import (
    cases,
    handoffs,
    import_batches,
    publications,
    pushes,
    quarantine,
    sync_cursors,
    unanswered_questions,
)
from bot.store.tables.sending import PENDING, PUSH, SENDING, is_troubled, outbox

__all__ = ["Gauges", "SyncGauge", "read_gauges"]

_IMPORTS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class SyncGauge:
    """A platform: up to when the one of its interfaces that is furthest behind is known."""

    covered_until: datetime | None
    troubled: int


@dataclass(frozen=True, slots=True)
class Gauges:
    """One look at the store; instants are None where there is nothing.

    `outbox` counts the rows that are not done by state and kind. `due_push` is when the push
    that has waited longest to be told at all was due, `due_answer` and `due_letter` when the
    oldest answer and push in the outbox were.
    """

    outbox: Mapping[tuple[str, str], int]
    sync: Mapping[str, SyncGauge]
    due_answer: datetime | None
    due_letter: datetime | None
    due_push: datetime | None
    quarantined: int
    quarantined_at: datetime | None
    unanswered: int
    handoffs: int
    untaken_since: datetime | None
    cases: int
    case_since: datetime | None
    imported_at: datetime | None
    published_at: datetime | None


def read_gauges(connection: Connection) -> Gauges:
    """Look at everything once."""
    untaken, opened = handoffs.c.taken_at.is_(None), handoffs.c.closed_at.is_(None)
    latest = (
        select(import_batches.c.published_at)
        .order_by(import_batches.c.id.desc())
        .limit(_IMPORTS_LOOKED_AT)
        .subquery()
    )
    one = connection.execute(
        select(
            _first_due(outbox.c.kind != PUSH).scalar_subquery(),
            _first_due(outbox.c.kind == PUSH).scalar_subquery(),
            select(func.min(pushes.c.due_at))
            .where(pushes.c.released_at.is_(None))
            .scalar_subquery(),
            select(func.count()).select_from(quarantine).scalar_subquery(),
            select(func.max(quarantine.c.set_aside_at)).scalar_subquery(),
            _count(unanswered_questions.c.closed_at.is_(None)),
            _count(opened),
            select(func.min(handoffs.c.opened_at)).where(opened, untaken).scalar_subquery(),
            _count(cases.c.state == OPEN),
            select(func.min(cases.c.opened_at)).where(cases.c.state == OPEN).scalar_subquery(),
            select(func.max(latest.c.published_at)).scalar_subquery(),
            select(publications.c.published_at)
            .order_by(publications.c.id.desc())
            .limit(1)
            .scalar_subquery(),
        )
    ).one()
    return Gauges(_outbox(connection), _sync(connection), *one)


def _first_due(of_kind: ColumnElement[bool]) -> Select[tuple[datetime]]:
    return select(func.min(outbox.c.due_at)).where(outbox.c.state == PENDING, of_kind)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).where(condition).scalar_subquery()


def _outbox(connection: Connection) -> dict[tuple[str, str], int]:
    """Asked state by state: each has an index of its own, all other rows are done."""
    found: dict[tuple[str, str], int] = {}
    for condition in (
        (outbox.c.state == PENDING) & (outbox.c.kind != PUSH),
        (outbox.c.state == PENDING) & (outbox.c.kind == PUSH),
        outbox.c.state == SENDING,
        is_troubled,
    ):
        counted = (
            select(outbox.c.state, outbox.c.kind, func.count())
            .where(condition)
            .group_by(outbox.c.state, outbox.c.kind)
        )
        for state, kind, count in connection.execute(counted):
            found[state, kind] = count
    return found


def _sync(connection: Connection) -> dict[str, SyncGauge]:
    found = connection.execute(
        select(
            sync_cursors.c.platform,
            func.min(sync_cursors.c.covered_until),
            func.count(sync_cursors.c.trouble),
        ).group_by(sync_cursors.c.platform)
    )
    return {platform: SyncGauge(until, troubled) for platform, until, troubled in found}
