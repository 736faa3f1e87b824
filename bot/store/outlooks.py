"""Which lines are to be judged (待判订单行), with what is known of them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from bot.store.lines import latest_facts, published_batch
from bot.store.tables import (
    bindings,
    import_batches,
    order_facts,
    order_lines,
    outlooks,
    subscriptions,
)
from bot.store.types import Id
from bot.store.watching import is_watched

__all__ = [
    "LineToJudge",
    "facts_before",
    "lines_gone",
    "lines_judged_before",
    "lines_of_batch",
    "lines_of_binding",
    "lines_of_person",
    "lines_of_subscriptions",
    "lines_to_look_at",
    "range_of_batch",
]

_earlier = order_facts.alias("earlier")
_first_seen = (
    select(func.min(_earlier.c.recorded_at))
    .where(_earlier.c.line == order_lines.c.id)
    .scalar_subquery()
)
_to_judge = (
    select(
        order_lines.c.id,
        order_facts.c.batch,
        order_facts.c.facts,
        _first_seen,
        outlooks.c.version,
        outlooks.c.batch,
        outlooks.c.revision,
        outlooks.c.standing,
        outlooks.c.cycle,
        outlooks.c.look_at,
    )
    .select_from(order_lines)
    .join(order_facts, latest_facts)
    .outerjoin(outlooks, outlooks.c.line == order_lines.c.id)
    .order_by(order_lines.c.id)
    .limit(bindparam("count"))
)
_after = order_lines.c.id > bindparam("after")
_of_batch = _to_judge.where(
    _after,
    order_lines.c.id <= bindparam("upto"),
    order_lines.c.id.in_(
        select(order_facts.c.line).where(
            order_facts.c.batch == bindparam("source"),
            order_facts.c.line > bindparam("after"),
            order_facts.c.line <= bindparam("upto"),
        )
    ),
    is_watched(),
)
_following = (
    select(order_facts.c.line)
    .where(order_facts.c.batch == bindparam("source"), order_facts.c.line > bindparam("after"))
    .order_by(order_facts.c.line)
    .limit(bindparam("count"))
    .subquery()
)
_range_of_batch = select(func.max(_following.c.line))
_gone = (
    select(order_facts.c.line)
    .join(order_lines, order_lines.c.id == order_facts.c.line)
    .join(outlooks, outlooks.c.line == order_facts.c.line)
    .where(
        order_facts.c.batch == bindparam("source"),
        published_batch.is_(None),
    )
    .order_by(order_facts.c.line)
    .limit(bindparam("count"))
)
_of_rows = _to_judge.where(order_lines.c.id.in_(bindparam("rows", expanding=True)))
_old_rules = (
    select(outlooks.c.line)
    .where(
        (outlooks.c.revision < bindparam("revision"))
        | (outlooks.c.revision > bindparam("revision"))
    )
    .limit(bindparam("count"))
)
_looked_at = (
    select(outlooks.c.line)
    .where(outlooks.c.look_at <= bindparam("now"))
    .order_by(outlooks.c.look_at)
    .limit(bindparam("count"))
)


_owned = (
    select(order_lines.c.id)
    .join(bindings, bindings.c.creator == order_lines.c.creator)
    .where(bindings.c.ended_at.is_(None), _after)
    .order_by(order_lines.c.id)
    .limit(bindparam("count"))
)
_by_user = bindings.c.user == bindparam("user")
_by_binding = bindings.c.id == bindparam("binding")
_watch_widely = exists().where(
    subscriptions.c.user == bindings.c.user,
    subscriptions.c.line.is_(None),
    subscriptions.c.ended_at.is_(None),
)


class LineToJudge(NamedTuple):
    """A line's facts, and how it was judged last: nothing of that before the first time."""

    line: int
    batch: int
    facts: Mapping[str, Any]
    seen_at: datetime
    version: int | None
    judged_batch: int | None
    judged_revision: str | None
    standing: Mapping[str, Any] | None
    cycle: str | None
    look_at: datetime | None


def range_of_batch(connection: Connection, batch: int, after: int, count: int) -> int | None:
    """The last of the next `count` lines of an import, watched or not; None if there are none."""
    values = {"source": batch, "after": after, "count": count}
    last: int | None = connection.execute(_range_of_batch, values).scalar()
    return last


def lines_of_batch(
    connection: Connection, batch: int, after: int, upto: int, count: int
) -> list[LineToJudge]:
    """The next lines of an import, as far as `upto`, that somebody watches."""
    values = {"source": batch, "after": after, "upto": upto, "count": count}
    return [LineToJudge._make(row) for row in connection.execute(_of_batch, values)]


def lines_gone(connection: Connection, batch: int, count: int) -> list[int]:
    """Some judged lines of an import that was taken back of which nothing is known now."""
    values = {"source": batch, "count": count}
    return list(connection.execute(_gone, values).scalars())


def lines_of_person(connection: Connection, user: int, after: int, count: int) -> list[int]:
    """The next of all lines a person owns."""
    values = {"user": user, "after": after, "count": count}
    return list(connection.execute(_owned.where(_by_user), values).scalars())


def lines_of_binding(connection: Connection, binding: int, after: int, count: int) -> list[int]:
    """The next lines a person owns by a binding; none if they watch no lines in general."""
    values = {"binding": binding, "after": after, "count": count}
    return list(connection.execute(_owned.where(_by_binding, _watch_widely), values).scalars())


def lines_to_look_at(
    connection: Connection, revision: str, now: datetime, count: int
) -> list[int]:
    """Lines that time may have changed, or that other rules were applied to."""
    by_time = connection.execute(_looked_at, {"now": now, "count": count}).scalars()
    by_rule = connection.execute(_old_rules, {"revision": revision, "count": count}).scalars()
    return sorted({*by_time, *by_rule})[:count]


def lines_judged_before(connection: Connection, rows: Collection[int]) -> list[LineToJudge]:
    """These lines, with what is known of them."""
    found = connection.execute(_of_rows, {"rows": list(rows), "count": len(rows)})
    return [LineToJudge._make(row) for row in found]


def _facts_then(line: ColumnElement[int], seen: ColumnElement[int]) -> ColumnElement[bool]:
    """That facts are what was published of a line when `seen` was the latest import."""
    latest = (
        select(func.max(_earlier.c.batch))
        .join(import_batches, import_batches.c.id == _earlier.c.batch)
        .where(
            _earlier.c.line == line,
            import_batches.c.published_at.is_not(None),
            or_(seen.is_(None), _earlier.c.batch <= seen),
        )
        .scalar_subquery()
    )
    return (order_facts.c.line == line) & (order_facts.c.batch == latest)


_at_subscription = (
    select(
        subscriptions.c.user,
        subscriptions.c.line,
        order_facts.c.facts,
        subscriptions.c.created_at,
    )
    .select_from(subscriptions)
    .join(order_facts, _facts_then(subscriptions.c.line, subscriptions.c.seen_batch))
    .where(subscriptions.c.id.in_(bindparam("ids", expanding=True)))
)
_before = (
    select(order_facts.c.line, order_facts.c.facts)
    .select_from(order_lines)
    .join(order_facts, _facts_then(order_lines.c.id, bindparam("seen", type_=Id)))
    .where(
        order_lines.c.id.in_(bindparam("rows", expanding=True)),
        published_batch > bindparam("seen", type_=Id),
    )
)


def lines_of_subscriptions(
    connection: Connection, ids: Collection[int]
) -> list[tuple[int, int, Mapping[str, Any], datetime]]:
    """User, line, the facts the person saw when subscribing to it, and when that was."""
    found = connection.execute(_at_subscription, {"ids": list(ids)})
    return [(user, line, facts, at) for user, line, facts, at in found]


def facts_before(
    connection: Connection, rows: Collection[int], seen: int | None
) -> dict[int, Mapping[str, Any]]:
    """What was known of those of these lines that a later import than `seen` has changed."""
    found = connection.execute(_before, {"rows": list(rows), "seen": seen or 0})
    return {line: facts for line, facts in found}
