"""Subscriptions (订阅): who wants to be told about which payouts."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, select

from bot.desk.facts import Scope, Subscription
from bot.store.inserting import insert
from bot.store.tables import subscriptions

__all__ = ["subscribe", "subscriptions_of", "unsubscribe"]

_active = (
    select(
        subscriptions.c.id,
        subscriptions.c.user,
        subscriptions.c.scope,
        subscriptions.c.line,
        subscriptions.c.created_at,
    )
    .where(
        subscriptions.c.user.in_(bindparam("users", expanding=True)),
        subscriptions.c.ended_at.is_(None),
    )
    .order_by(subscriptions.c.id)
)


def subscriptions_of(
    connection: Connection, users: Collection[int]
) -> dict[int, tuple[Subscription, ...]]:
    """The active subscriptions of these people, oldest first."""
    found: dict[int, tuple[Subscription, ...]] = {}
    for id_, user, scope, row, created_at in connection.execute(_active, {"users": list(users)}):
        subscription = Subscription(id_, user, Scope(scope), row, created_at)
        found[user] = (*found.get(user, ()), subscription)
    return found


def subscribe(
    connection: Connection, user: int, scope: Scope, row: int | None, now: datetime
) -> None:
    """Begin a subscription; one that is active already stays as it is."""
    connection.execute(
        insert(connection, subscriptions)
        .values(user=user, scope=scope, line=row, created_at=now)
        .on_conflict_do_nothing()
    )


def unsubscribe(
    connection: Connection, user: int, scope: Scope, row: int | None, now: datetime
) -> None:
    """End a subscription; unsubscribing from everything ends those to single lines too."""
    connection.execute(
        subscriptions.update()
        .where(
            subscriptions.c.user == user,
            subscriptions.c.ended_at.is_(None),
            _covered(scope, row),
        )
        .values(ended_at=now)
    )


def _covered(scope: Scope, row: int | None) -> ColumnElement[bool]:
    if scope is Scope.EVERYTHING:
        return subscriptions.c.scope.in_(list(Scope))
    return subscriptions.c.line == row
