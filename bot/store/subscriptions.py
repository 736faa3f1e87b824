"""Subscriptions (订阅): who wants to be told what, and when."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, select, true

from bot.desk.effects import Prefer
from bot.desk.facts import Preferences, Scope, Subscription
from bot.store.answered import leave_answers
from bot.store.awaiting import leave_all
from bot.store.inserting import insert
from bot.store.releasing import bring_forward, recall
from bot.store.tables import import_batches, opt_outs, people, subscriptions, told

__all__ = ["prefer", "preferences_of", "subscribe", "subscriptions_of", "unsubscribe"]

_active = (
    select(
        subscriptions.c.id,
        subscriptions.c.user,
        subscriptions.c.scope,
        subscriptions.c.line,
        subscriptions.c.created_at,
        subscriptions.c.platform,
    )
    .where(
        subscriptions.c.user.in_(bindparam("users", expanding=True)),
        subscriptions.c.ended_at.is_(None),
    )
    .order_by(subscriptions.c.id)
)
_preferences = select(
    people.c.user,
    people.c.zone,
    people.c.sending_from,
    people.c.sending_until,
    people.c.lead_days,
    exists().where(opt_outs.c.user == people.c.user),
).where(people.c.user.in_(bindparam("users", expanding=True)))
_latest_import = (
    select(func.max(import_batches.c.id))
    .where(import_batches.c.published_at.is_not(None))
    .scalar_subquery()
)


def subscriptions_of(
    connection: Connection, users: Collection[int]
) -> dict[int, tuple[Subscription, ...]]:
    """The active subscriptions of these people, oldest first."""
    found: dict[int, tuple[Subscription, ...]] = {}
    for id_, user, scope, *rest in connection.execute(_active, {"users": list(users)}):
        subscription = Subscription(id_, user, Scope(scope), *rest)
        found[user] = (*found.get(user, ()), subscription)
    return found


def preferences_of(connection: Connection, users: Collection[int]) -> dict[int, Preferences]:
    """When these people want to be pushed."""
    return {
        user: Preferences(zone, sending_from, sending_until, lead or 0, opted_out)
        for user, zone, sending_from, sending_until, lead, opted_out in connection.execute(
            _preferences, {"users": list(users)}
        )
    }


def prefer(connection: Connection, user: int, wish: Prefer, now: datetime) -> None:
    """Keep when a person wants to be pushed, from now on and for what waits already.

    What waits to be sent is taken back: it was to go by the hours that were wished for before.
    """
    sending_from, sending_until = wish.sending or (None, None)
    wished = {
        "zone": wish.zone,
        "sending_from": sending_from,
        "sending_until": sending_until,
        "lead_days": wish.lead_days,
    }
    kept = {name: value for name, value in wished.items() if value is not None}
    connection.execute(people.update().where(people.c.user == user).values(kept))
    recall(connection, user, now)
    bring_forward(connection, user)
    # By another clock the week may have begun already.
    digest = (subscriptions.c.user == user) & (subscriptions.c.scope == Scope.DIGEST)
    connection.execute(subscriptions.update().where(digest).values(taken_up_at=None))


def subscribe(
    connection: Connection,
    user: int,
    scope: Scope,
    row: int | None,
    now: datetime,
    platform: str = "",
) -> None:
    """Begin a subscription; one that is active already stays as it is.

    A line is either wished for or left out: the later wish counts.
    """
    if row is not None:
        _end(
            connection, user, (subscriptions.c.line == row) & (subscriptions.c.scope != scope), now
        )
    connection.execute(
        insert(connection, subscriptions)
        .values(
            user=user,
            scope=scope,
            line=row,
            created_at=now,
            platform=platform,
            seen_batch=_latest_import,
        )
        .on_conflict_do_nothing()
    )
    if scope is Scope.MUTED:
        recall(connection, user, now)


def unsubscribe(
    connection: Connection,
    user: int,
    scope: Scope,
    row: int | None,
    now: datetime,
    platform: str = "",
) -> None:
    """End a subscription; unsubscribing from everything ends every other one too.

    What waits to be sent is taken back: if something else still asks for it, it goes out again.
    """
    covered = _covered(scope, row, platform)
    _end(connection, user, covered, now)
    known = told.c.user == user
    if row is not None:
        connection.execute(told.delete().where(known, told.c.line == row))
    elif scope is Scope.EVERYTHING:
        connection.execute(told.delete().where(known))
    recall(connection, user, now)
    if scope is Scope.EVERYTHING:
        leave_all(connection, user, now)
        leave_answers(connection, user)


def _end(connection: Connection, user: int, which: ColumnElement[bool], now: datetime) -> None:
    mine = (subscriptions.c.user == user) & subscriptions.c.ended_at.is_(None)
    connection.execute(subscriptions.update().where(mine, which).values(ended_at=now))


def _covered(scope: Scope, row: int | None, platform: str) -> ColumnElement[bool]:
    if scope is Scope.EVERYTHING:
        return true()
    if row is not None:
        return subscriptions.c.line == row
    return (subscriptions.c.scope == scope) & (subscriptions.c.platform == platform)
