"""What the planner has still to take up (待接手): each is a row that says so until it is done."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, bindparam, select

from bot.desk.facts import Scope
from bot.store.batches import is_settled
from bot.store.tables import bindings, import_batches, subscriptions

__all__ = [
    "NewSubscription",
    "batches_taken_up",
    "bindings_taken_up",
    "new_batches",
    "new_bindings",
    "new_subscriptions",
    "subscriptions_taken_up",
]

_bindings = (
    select(bindings.c.id, bindings.c.user)
    .where(bindings.c.taken_up_at.is_(None))
    .limit(bindparam("count"))
)
_subscriptions = (
    select(
        subscriptions.c.id,
        subscriptions.c.user,
        subscriptions.c.scope,
        subscriptions.c.line,
        subscriptions.c.created_at,
        subscriptions.c.seen_batch,
    )
    .where(subscriptions.c.taken_up_at.is_(None))
    .order_by(subscriptions.c.id)
    .limit(bindparam("count"))
)
_batches = (
    select(import_batches.c.id)
    .where(import_batches.c.taken_up_at.is_(None), is_settled)
    .order_by(import_batches.c.id)
)


class NewSubscription(NamedTuple):
    """A subscription nobody has looked at yet; `seen_batch` is the latest import by then."""

    id: int
    user: int
    scope: Scope
    line: int | None
    created_at: datetime
    seen_batch: int | None


def new_bindings(connection: Connection, count: int) -> list[tuple[int, int]]:
    """Some bindings, each with whose it is."""
    found = connection.execute(_bindings, {"count": count})
    return [(binding, user) for binding, user in found]


def new_subscriptions(connection: Connection, count: int) -> list[NewSubscription]:
    """Some subscriptions, the oldest first."""
    found = connection.execute(_subscriptions, {"count": count})
    return [NewSubscription(id_, user, Scope(scope), *rest) for id_, user, scope, *rest in found]


def new_batches(connection: Connection) -> list[int]:
    """The imports that were published or taken back, the oldest first."""
    return list(connection.execute(_batches).scalars())


def bindings_taken_up(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Note that what follows from these bindings is planned."""
    _mark(connection, bindings, ids, now)


def subscriptions_taken_up(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Note that what follows from these subscriptions is planned."""
    _mark(connection, subscriptions, ids, now)


def batches_taken_up(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Note that what follows from these imports is planned."""
    _mark(connection, import_batches, ids, now)


def _mark(connection: Connection, table: Table, ids: Collection[int], now: datetime) -> None:
    taken_up: dict[str, datetime] = {"taken_up_at": now}
    connection.execute(table.update().where(table.c.id.in_(ids)).values(taken_up))
