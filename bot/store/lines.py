"""Order lines as their owners may see them (订单行): published facts, active bindings."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    bindparam,
    func,
    select,
    union,
)

from bot.desk.facts import OwnedLine
from bot.store.said import NUMBERS
from bot.store.tables import (
    bindings,
    import_batches,
    order_facts,
    order_lines,
    sync_cursors,
)
from settlement.contract import OrderError, read_order
from settlement.model import Order

__all__ = [
    "Found",
    "StoredLineError",
    "find_lines",
    "latest_facts",
    "latest_lines",
    "owned_lines",
    "published_batch",
    "published_of",
    "read_lines",
    "stored_order",
]


def published_of(line: ColumnElement[int]) -> ScalarSelect[int]:
    """The batch that holds what is known of a line; none while its first import is unfinished."""
    later = order_facts.alias()
    return (
        select(func.max(later.c.batch))
        .join(import_batches, import_batches.c.id == later.c.batch)
        .where(later.c.line == line, import_batches.c.published_at.is_not(None))
        .scalar_subquery()
    )


published_batch = published_of(order_lines.c.id)
"""The same, of the line a statement is about."""
latest_facts = (order_facts.c.line == order_lines.c.id) & (order_facts.c.batch == published_batch)
"""What joins a line with what is known of it."""

_covered_until = (
    select(func.min(sync_cursors.c.covered_until))
    .where(sync_cursors.c.platform == order_lines.c.platform)
    .scalar_subquery()
)

owned_lines = (
    select(
        bindings.c.user,
        order_lines.c.id,
        order_lines.c.creator,
        *(order_lines.c[number] for number in NUMBERS),
        order_facts.c.facts,
        order_facts.c.recorded_at,
        _covered_until,
    )
    .select_from(order_lines)
    .join(bindings, bindings.c.creator == order_lines.c.creator)
    .join(order_facts, latest_facts)
    .where(bindings.c.user.in_(bindparam("users", expanding=True)), bindings.c.ended_at.is_(None))
)
"""The lines of some people, with what is known of each; to be narrowed by who uses it."""

# A union of look-ups by one index each: with OR, SQLite may walk all lines of a creator instead.
_matching = union(
    *(
        select(order_lines.c.id).where(
            order_lines.c[number].in_(bindparam("numbers", expanding=True))
        )
        for number in NUMBERS
    ),
    select(order_lines.c.id).where(order_lines.c.id.in_(bindparam("rows", expanding=True))),
)
_find = owned_lines.where(order_lines.c.id.in_(_matching)).order_by(order_lines.c.id)
_latest = owned_lines.order_by(
    order_lines.c.ordered_at.desc().nulls_last(), order_lines.c.id.desc()
).limit(bindparam("count"))


class StoredLineError(Exception):
    """The facts kept of a line cannot be read; they were not written by this program."""


class Found(NamedTuple):
    """A line, for one of the people whose it is, with the numbers it goes by."""

    user: int
    numbers: frozenset[str]
    line: OwnedLine


def find_lines(
    connection: Connection,
    users: Collection[int],
    numbers: Collection[str],
    rows: Collection[int],
) -> list[Found]:
    """The lines of these people that go by one of the numbers or are one of the rows.

    It is one look-up for everybody who asks in a batch: the caller gives each person what that
    person asked for.
    """
    found = connection.execute(
        _find, {"users": list(users), "numbers": list(numbers), "rows": list(rows)}
    )
    return list(read_lines(found))


def latest_lines(connection: Connection, user: int, count: int) -> tuple[OwnedLine, ...]:
    """The person's own lines, the latest order first."""
    found = connection.execute(_latest, {"users": [user], "count": count})
    return tuple(each.line for each in read_lines(found))


def read_lines(found: Iterable[Any]) -> Iterator[Found]:
    """Read rows of `owned_lines`; raises StoredLineError."""
    for user, row, creator, *numbers, facts, recorded_at, covered in found:
        yield Found(
            user,
            frozenset(number for number in numbers if number is not None),
            OwnedLine(row, creator, stored_order(row, facts), recorded_at, covered),
        )


def stored_order(row: int, facts: Mapping[str, object]) -> Order:
    """The facts kept of a line, as an order; raises StoredLineError if they cannot be read."""
    order = read_order(facts)
    if isinstance(order, OrderError):
        raise StoredLineError(
            f"order_lines {row}, {order.field}: {order.message}; import the report again"
        )
    return order
