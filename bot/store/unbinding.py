"""Leaving a creator's account (解绑): what depended on it ends with it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from bot.store.awaiting import leave_all
from bot.store.releasing import recall
from bot.store.tables import bindings, order_lines, subscriptions, told

__all__ = ["unbind"]


def unbind(connection: Connection, user: int, creator: int, now: datetime) -> None:
    """End a person's binding to a creator, their wishes about its lines, and what is on its way.

    Wishes about everything stay for the accounts that remain, and end with the last of them.
    """
    active = (bindings.c.user == user) & bindings.c.ended_at.is_(None)
    connection.execute(
        bindings.update().where(active, bindings.c.creator == creator).values(ended_at=now)
    )
    lines = select(order_lines.c.id).where(order_lines.c.creator == creator)
    wished = (subscriptions.c.user == user) & subscriptions.c.ended_at.is_(None)
    ended: ColumnElement[bool] = subscriptions.c.line.in_(lines)
    remaining = connection.execute(select(bindings.c.id).where(active).limit(1)).first()
    if remaining is None:
        ended |= subscriptions.c.line.is_(None)
    connection.execute(subscriptions.update().where(wished, ended).values(ended_at=now))
    connection.execute(told.delete().where(told.c.user == user, told.c.line.in_(lines)))
    recall(connection, user, now)
    if remaining is None:
        leave_all(connection, user, now)
