"""Two creators that are one (合并达人): everything of the one becomes the other's.

First, in one short transaction, the people of the one are bound to the other too, and what reports
call the one means the other. Then its lines follow, a chunk at a time: nothing may hold the writer
for long, and a creator may have a million of them. What an import brings the one meanwhile is the
other's at once. The one is gone with its last line. A merge that was interrupted goes on at the
next start.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, func, select

from bot.store.batches import stop_staging
from bot.store.creators import names_of
from bot.store.locks import hold
from bot.store.people import bind_to
from bot.store.tables import (
    binding_codes,
    binding_requests,
    bindings,
    creators,
    order_lines,
    people,
    promoters,
)
from bot.store.transactions import reads, transact
from settlement.creators_file import PromoterName

__all__ = [
    "MergePreview",
    "WhyNotMerged",
    "begin_merge",
    "finish_merges",
    "merging_among",
    "move_lines",
    "preview_merge",
]

_under_way = select(creators.c.id, creators.c.merging_into).where(
    creators.c.merging_into.is_not(None)
)
_under_way_among = _under_way.where(creators.c.id.in_(bindparam("some", expanding=True)))
CHUNK = 300
EXAMPLES = 5
_theirs = order_lines.alias("theirs")


class WhyNotMerged(StrEnum):
    """Why two creators are not merged."""

    SAME = "same"
    GONE = "gone"
    UNDER_WAY = "under_way"
    """One of them is part of another merge."""
    SHARED = "shared"
    """The same line is known as either's, so that one of the two must be wrong."""


class MergePreview(NamedTuple):
    """What moves, and the lines known as both's, of which `shared` names some."""

    lines: int
    names: tuple[PromoterName, ...]
    people: tuple[str, ...]
    why_not: WhyNotMerged | None
    shared: tuple[tuple[str, str], ...] = ()


def preview_merge(connection: Connection, source: int, target: int) -> MergePreview:
    """What would become of merging `source` into `target`; nothing is written."""
    lines = _count(connection, source)
    # Whichever has fewer lines is gone through: the other may have a million.
    few, many = (source, target) if lines <= _count(connection, target) else (target, source)
    shared = _shared(connection, few, many)
    why_not = _why_not(connection, source, target) or (WhyNotMerged.SHARED if shared else None)
    called = (
        select(func.coalesce(people.c.name, ""))
        .select_from(bindings)
        .outerjoin(people, people.c.user == bindings.c.user)
        .where(bindings.c.creator == source, bindings.c.ended_at.is_(None))
        .order_by(bindings.c.id)
    )
    return MergePreview(
        lines,
        names_of(connection, source),
        tuple(connection.execute(called).scalars()),
        why_not,
        shared,
    )


def begin_merge(
    connection: Connection, source: int, target: int, now: datetime
) -> WhyNotMerged | None:
    """Make the people and names of `source` those of `target`; None if that is done.

    Its lines follow with `finish_merges`. Whether lines are shared was to be asked before: that
    may take seconds, in which nothing may be held.
    """
    hold(connection, {("creator", source), ("creator", target)})
    if why_not := _why_not(connection, source, target):
        return why_not
    connection.execute(
        creators.update().where(creators.c.id == source).values(merging_into=target)
    )
    _bind_too(connection, source, target, now)
    for table in (promoters, binding_codes, binding_requests):
        connection.execute(table.update().where(table.c.creator == source).values(creator=target))
    return None


def finish_merges(engine: Engine) -> int:
    """Move the lines of creators that are being merged; returns how many of these are gone.

    One with a line that the other has too stays, until one of the two lines is taken back.
    """
    with reads(engine) as connection:
        begun = connection.execute(_under_way.order_by(creators.c.id)).all()
    gone = 0
    for source, target in begun:
        while transact(engine, partial(_move, source, target)):
            pass
        gone += transact(engine, partial(_end, source, target))
    return gone


def merging_among(connection: Connection, some: Collection[int]) -> dict[int, int]:
    """Those of some creators that are being merged, and into whom."""
    found = connection.execute(_under_way_among, {"some": list(some)})
    return {source: target for source, target in found}


def move_lines(connection: Connection, source: int, target: int, keys: Collection[str]) -> None:
    """Move the lines of these keys before their turn, for an import that speaks of them."""
    if keys:
        theirs = (order_lines.c.creator == source) & order_lines.c.line_key.in_(keys)
        moved = order_lines.update().where(theirs, ~_has_it_too(target))
        connection.execute(moved.values(creator=target))


def _why_not(connection: Connection, source: int, target: int) -> WhyNotMerged | None:
    if source == target:
        return WhyNotMerged.SAME
    wanted = select(creators.c.id, creators.c.merging_into).where(
        creators.c.id.in_((source, target))
    )
    found = {creator: into for creator, into in connection.execute(wanted)}
    if len(found) < 2:
        return WhyNotMerged.GONE
    into = select(creators.c.id).where(creators.c.merging_into == source)
    taking = connection.execute(into.limit(1)).first() is not None
    return WhyNotMerged.UNDER_WAY if taking or any(found.values()) else None


def _count(connection: Connection, creator: int) -> int:
    lines = select(func.count()).select_from(order_lines).where(order_lines.c.creator == creator)
    return connection.execute(lines).scalar_one()


def _shared(connection: Connection, one: int, other: int) -> tuple[tuple[str, str], ...]:
    found = connection.execute(
        select(order_lines.c.platform, order_lines.c.order_number)
        .where(order_lines.c.creator == one, _has_it_too(other))
        .order_by(order_lines.c.id)
        .limit(EXAMPLES)
    )
    return tuple((platform, number) for platform, number in found)


def _has_it_too(target: int) -> ColumnElement[bool]:
    same = (
        (_theirs.c.creator == target)
        & (_theirs.c.platform == order_lines.c.platform)
        & (_theirs.c.line_key == order_lines.c.line_key)
    )
    return select(_theirs.c.id).where(same).exists()


def _bind_too(connection: Connection, source: int, target: int, now: datetime) -> None:
    active = (bindings.c.creator == source) & bindings.c.ended_at.is_(None)
    for user in connection.execute(select(bindings.c.user).where(active)).scalars().all():
        bind_to(connection, user, target, now)


def _move(source: int, target: int, connection: Connection) -> bool:
    """Move some lines; whether there were as many as may be moved at once."""
    # What began before the merge may still be giving the one new lines.
    stop_staging(connection)
    chunk = (
        select(order_lines.c.id)
        .where(order_lines.c.creator == source, ~_has_it_too(target))
        .limit(CHUNK)
    )
    rows = connection.execute(chunk).scalars().all()
    if rows:
        moved = order_lines.update().where(order_lines.c.id.in_(rows))
        connection.execute(moved.values(creator=target))
    return len(rows) == CHUNK


def _end(source: int, target: int, connection: Connection) -> int:
    hold(connection, {("creator", source), ("creator", target)})
    left = select(order_lines.c.id).where(order_lines.c.creator == source)
    if connection.execute(left.limit(1)).first() is not None:
        return 0
    _give_bindings(connection, source, target)
    for table in (promoters, binding_codes, binding_requests):
        # What came in meanwhile, by a file of creators or an operator elsewhere.
        connection.execute(table.update().where(table.c.creator == source).values(creator=target))
    return connection.execute(creators.delete().where(creators.c.id == source)).rowcount


def _give_bindings(connection: Connection, source: int, target: int) -> None:
    """Those of the past are kept as the target's; those of today are all taken up anew.

    As new rows: one that is being taken up at this moment would be marked as if with the lines
    that have come since.
    """
    active = bindings.c.ended_at.is_(None)
    connection.execute(bindings.delete().where(bindings.c.creator == source, active))
    connection.execute(
        bindings.update().where(bindings.c.creator == source).values(creator=target)
    )
    today = (bindings.c.creator == target) & active
    rows = connection.execute(
        bindings.delete().where(today).returning(bindings.c.user, bindings.c.bound_at)
    ).all()
    again = [{"user": user, "creator": target, "bound_at": at} for user, at in rows]
    if again:
        connection.execute(bindings.insert(), again)
