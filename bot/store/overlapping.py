"""Imports at the same time (同时导入): what one says is put on top of what another published.

What is staged was combined with what was known then. If another import has published something
of the same line since, the line is combined anew with that, before it becomes visible: so neither
import takes anything from the other. Facts of a later import count, by its number; where the other
has the higher one, the line moves to a part of this import with a number higher still.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from bot.store.bulk import insert_rows
from bot.store.comparing import changes_of
from bot.store.known_lines import facts_of
from bot.store.lines import published_of
from bot.store.said import asked_at, stamped, written
from bot.store.staging import FACTS, HISTORY, history_rows, json_of, take_back
from bot.store.tables import import_batches, order_facts, order_history
from settlement.combining import RAW_STATUS, Rows, combined

__all__ = ["Moment", "Overlap", "combine_anew", "moment_of", "overlaps_since"]

AT_ONCE = 100

Document = Mapping[str, Any]


class Moment(NamedTuple):
    """Which imports there were when one began: the latest, and those not published yet."""

    latest: int
    unfinished: frozenset[int]


class Overlap(NamedTuple):
    """A line staged by this import of which another has published something since."""

    line: int
    batch: int
    base: int | None
    theirs: int


def moment_of(connection: Connection) -> Moment:
    """Which imports there are at this moment."""
    unfinished = import_batches.c.published_at.is_(None) & import_batches.c.withdrawn_at.is_(None)
    latest = connection.execute(
        select(import_batches.c.id).order_by(import_batches.c.id.desc()).limit(1)
    ).scalar()
    found = connection.execute(select(import_batches.c.id).where(unfinished)).scalars()
    return Moment(latest or 0, frozenset(found))


def overlaps_since(
    connection: Connection, moment: Moment, own: Collection[int]
) -> Sequence[Overlap]:
    """Some of the lines that have to be combined anew; none if no other import was published."""
    others = connection.execute(
        select(import_batches.c.id).where(
            import_batches.c.published_at.is_not(None),
            import_batches.c.id.not_in(own),
            (import_batches.c.id > moment.latest) | import_batches.c.id.in_(moment.unfinished),
        )
    ).scalars()
    return _overlaps(connection, own, among) if (among := list(others)) else ()


def _overlaps(
    connection: Connection, own: Collection[int], others: Collection[int]
) -> Sequence[Overlap]:
    mine, theirs = order_facts.alias("mine"), order_facts.alias("theirs")
    published = published_of(theirs.c.line)
    found = (
        select(mine.c.line, mine.c.batch, mine.c.base, theirs.c.batch)
        .select_from(theirs)
        .join(mine, (mine.c.line == theirs.c.line) & mine.c.batch.in_(own))
        .where(
            theirs.c.batch.in_(others),
            theirs.c.batch == published,
            mine.c.base.is_(None) | (mine.c.base != theirs.c.batch),
        )
        .limit(AT_ONCE)
    )
    return [Overlap._make(row) for row in connection.execute(found)]


def combine_anew(
    connection: Connection, overlaps: Sequence[Overlap], successor: int, now: datetime
) -> None:
    """Put what this import says of lines on top of what another has published since.

    `successor` is a batch of this import with a higher number than all others.
    """
    facts = facts_of(
        connection,
        {
            (each.line, batch)
            for each in overlaps
            for batch in (each.batch, each.base, each.theirs)
            if batch is not None
        },
    )
    rows, history = [], []
    for each in overlaps:
        mine, theirs = facts[each.line, each.batch], facts[each.line, each.theirs].facts
        before = facts[each.line, each.base].facts if each.base is not None else {}
        after = combined(theirs, mine.facts, _said(before, mine.facts), Rows.ADD)
        changes = list(changes_of(theirs, after))
        if not changes:
            continue
        batch = each.batch if each.batch > each.theirs else successor
        told_at = (asked_at(after), stamped(now))
        others = json_of(mine.others)
        rows.append((each.line, batch, *written(after), *told_at, others, each.theirs))
        history += history_rows(each.line, batch, changes, stamped(now))
    for batch in sorted({each.batch for each in overlaps}):
        take_back(connection, batch, [each.line for each in overlaps if each.batch == batch])
    insert_rows(connection, order_facts, FACTS, rows)
    insert_rows(connection, order_history, HISTORY, history)


def _said(before: Document, after: Document) -> frozenset[str]:
    """The facts an import has changed, as `combined` names them."""
    names = {name for name, _, _ in changes_of(before, after)}
    old, new = before.get(RAW_STATUS) or {}, after.get(RAW_STATUS) or {}
    members = {name for name, _, _ in changes_of(old, new)}
    return frozenset(names - {RAW_STATUS} | {f"{RAW_STATUS}.{name}" for name in members})
