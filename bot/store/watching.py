"""Who watches which order lines (订阅的订单), for the planning of pushes."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, true

from bot.reminders import Subscriber, WatchedLine
from bot.store.lines import published_batch, stored_order
from bot.store.tables import (
    bindings,
    import_batches,
    order_facts,
    order_lines,
    people,
    subscriptions,
)

__all__ = [
    "Watched",
    "Watermark",
    "read_watermark",
    "still_watched",
    "subscribers_after",
    "watched_lines",
    "zones",
]


class Watermark(NamedTuple):
    """The latest of everything that can make a push due; a change is worth a look."""

    batch: int
    subscription: int
    binding: int


class Watched(NamedTuple):
    """A line and the person who watches it."""

    user: int
    line: WatchedLine


_active = subscriptions.c.ended_at.is_(None)
_reachable = people.c.blocked_at.is_(None)
_subscribers = (
    select(people.c.user, people.c.chat, people.c.language, people.c.zone)
    .where(
        _reachable,
        people.c.user > bindparam("after"),
        select(subscriptions.c.id).where(_active, subscriptions.c.user == people.c.user).exists(),
    )
    .order_by(people.c.user)
    .limit(bindparam("count"))
)


def _watching(by_name: bool, *columns: ColumnElement[Any]) -> Select[Any]:
    """The lines watched by name, or as part of everything, if they are the person's own."""
    which = subscriptions.c.line == order_lines.c.id if by_name else true()
    named = subscriptions.c.line.is_not(None) if by_name else subscriptions.c.line.is_(None)
    return (
        select(subscriptions.c.user, order_lines.c.id, *columns)
        .select_from(subscriptions)
        .join(
            bindings,
            (bindings.c.user == subscriptions.c.user) & bindings.c.ended_at.is_(None),
        )
        .join(order_lines, (order_lines.c.creator == bindings.c.creator) & which)
        .where(_active, named, subscriptions.c.user.in_(bindparam("users", expanding=True)))
    )


def _with_facts(by_name: bool) -> Select[Any]:
    return (
        _watching(by_name, order_facts.c.facts, subscriptions.c.created_at)
        .join(
            order_facts,
            (order_facts.c.line == order_lines.c.id) & (order_facts.c.batch == published_batch),
        )
        .order_by(order_lines.c.id)
    )


_lines_by_name = _with_facts(by_name=True)
_lines_of_all = _with_facts(by_name=False)
_still_by_name, _still_of_all = (
    _watching(by_name).where(order_lines.c.id.in_(bindparam("rows", expanding=True)))
    for by_name in (True, False)
)
_latest = (
    select(func.max(import_batches.c.id))
    .where(import_batches.c.published_at.is_not(None))
    .scalar_subquery(),
    select(func.max(subscriptions.c.id)).scalar_subquery(),
    select(func.max(bindings.c.id)).scalar_subquery(),
)


def read_watermark(connection: Connection) -> Watermark:
    """Where the store stands."""
    batch, subscription, binding = connection.execute(select(*_latest)).one()
    return Watermark(batch or 0, subscription or 0, binding or 0)


def zones(connection: Connection, default: ZoneInfo) -> set[ZoneInfo]:
    """The time zones people live in."""
    found = connection.execute(select(people.c.zone).distinct()).scalars()
    return {default, *(ZoneInfo(name) for name in found if name)}


def subscribers_after(
    connection: Connection, user: int, count: int, default: ZoneInfo
) -> list[Subscriber]:
    """The next `count` people after `user` who want to be told something and can be reached."""
    found = connection.execute(_subscribers, {"after": user, "count": count})
    return [
        Subscriber(user, chat, language, ZoneInfo(zone) if zone else default)
        for user, chat, language, zone in found
    ]


def watched_lines(connection: Connection, users: Collection[int]) -> Iterator[Watched]:
    """The lines these people watch, each once.

    A line watched by name and as part of everything counts as watched by name.
    """
    named: set[tuple[int, int]] = set()
    for statement, by_name in ((_lines_by_name, True), (_lines_of_all, False)):
        for user, row, facts, since in connection.execute(statement, {"users": list(users)}):
            if (user, row) in named:
                continue
            if by_name:
                named.add((user, row))
            yield Watched(user, WatchedLine(row, stored_order(row, facts), since, by_name))


def still_watched(connection: Connection, user: int, rows: Collection[int]) -> bool:
    """Whether the person watches all of these lines and owns them at this moment."""
    found: set[int] = set()
    for statement in (_still_by_name, _still_of_all):
        values = {"users": [user], "rows": list(rows)}
        found.update(row for _, row in connection.execute(statement, values))
    return found.issuperset(rows)
