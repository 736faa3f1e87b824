"""Who watches which order lines (订阅的订单): always the person's own, always at this moment.

The statements of this module are flat joins, one for lines watched by name and one for all the
others, because a database plans a union of the two badly.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    exists,
    literal,
    or_,
    select,
)

from bot.desk.facts import Scope
from bot.store.said import NUMBERS
from bot.store.tables import (
    awaited_numbers,
    bindings,
    order_lines,
    people,
    subscriptions,
)

__all__ = [
    "PAYOUT_SCOPES",
    "Watcher",
    "is_watched",
    "since",
    "watchers_of",
    "watching",
]

PAYOUT_SCOPES = (Scope.ORDER, Scope.EVERYTHING, Scope.PLATFORM)
"""Subscriptions that cover payout days."""
_muted = subscriptions.alias("muted")
_is_muted = exists().where(
    _muted.c.user == subscriptions.c.user,
    _muted.c.line == order_lines.c.id,
    _muted.c.scope == Scope.MUTED,
    _muted.c.ended_at.is_(None),
)
_covers = or_(
    subscriptions.c.scope != Scope.PLATFORM,
    subscriptions.c.platform == order_lines.c.platform,
)

since: ColumnElement[Any] = case(
    (bindings.c.bound_at > subscriptions.c.created_at, bindings.c.bound_at),
    else_=subscriptions.c.created_at,
)
"""From when on a person is told: what was over at the subscription or the binding is not news."""


class Watcher(NamedTuple):
    """A person, a line of theirs, and the subscription by which they watch it."""

    user: int
    line: int
    scope: Scope


def watching(
    *columns: Any, by_name: bool, scopes: Iterable[Scope], everybody: bool = False
) -> Select[Any]:
    """Select from subscriptions, the lines they cover, their bindings and their people.

    With `everybody` people who cannot be reached count too.
    """
    line = order_lines.c.id == subscriptions.c.line if by_name else subscriptions.c.line.is_(None)
    wanted = [scope for scope in scopes if (scope is Scope.ORDER) is by_name]
    statement = (
        select(*columns)
        .select_from(order_lines)
        .join(
            bindings,
            (bindings.c.creator == order_lines.c.creator) & bindings.c.ended_at.is_(None),
        )
        .join(
            subscriptions,
            (subscriptions.c.user == bindings.c.user)
            & subscriptions.c.ended_at.is_(None)
            & line
            & subscriptions.c.scope.in_(wanted),
        )
        .join(people, people.c.user == subscriptions.c.user)
    )
    if by_name:
        # said again for the partial index on the line
        statement = statement.where(subscriptions.c.line.is_not(None))
    else:
        statement = statement.where(_covers, ~_is_muted)
    return statement if everybody else statement.where(people.c.blocked_at.is_(None))


_ALL = tuple(scope for scope in Scope if scope not in (Scope.MUTED, Scope.AWAITED))


def is_watched() -> ColumnElement[bool]:
    """Whether anybody watches the line of the statement around it, in whatever way."""
    named = exists().where(
        subscriptions.c.line == order_lines.c.id,
        subscriptions.c.line.is_not(None),
        subscriptions.c.ended_at.is_(None),
    )
    widely = (
        select(bindings.c.id)
        .join(
            subscriptions,
            (subscriptions.c.user == bindings.c.user)
            & subscriptions.c.ended_at.is_(None)
            & subscriptions.c.line.is_(None),
        )
        .where(bindings.c.creator == order_lines.c.creator, bindings.c.ended_at.is_(None))
        .correlate(order_lines)
        .exists()
    )
    return or_(named, widely)


_found: Sequence[Select[Any]] = tuple(
    watching(
        subscriptions.c.user,
        order_lines.c.id,
        subscriptions.c.scope,
        by_name=by_name,
        scopes=_ALL,
    ).where(
        subscriptions.c.user.in_(bindparam("users", expanding=True)),
        order_lines.c.id.in_(bindparam("rows", expanding=True)),
    )
    for by_name in (True, False)
)

_waited: Select[Any] = (
    select(awaited_numbers.c.user, order_lines.c.id, literal(str(Scope.AWAITED)))
    .join(bindings, bindings.c.user == awaited_numbers.c.user)
    .join(order_lines, order_lines.c.creator == bindings.c.creator)
    .where(
        awaited_numbers.c.user.in_(bindparam("users", expanding=True)),
        awaited_numbers.c.ended_at.is_not(None),
        bindings.c.ended_at.is_(None),
        order_lines.c.id.in_(bindparam("rows", expanding=True)),
        awaited_numbers.c.number.in_([order_lines.c[name] for name in NUMBERS]),
    )
)


def watchers_of(
    connection: Connection, users: Collection[int], rows: Collection[int]
) -> set[Watcher]:
    """Those of these people who watch some of these lines, and own them, at this moment."""
    values = {"users": list(users), "rows": list(rows)}
    return {
        Watcher(user, line, Scope(scope))
        for statement in (*_found, _waited)
        for user, line, scope in connection.execute(statement, values)
    }
