"""Forgetting what was sent (清理): payloads hold amounts and order numbers."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select

from bot.store.documents import forget_documents
from bot.store.letters import State
from bot.store.tables import awaited_numbers
from bot.store.tables.sending import is_done, is_farewell, is_troubled, outbox, sending_pace
from bot.store.uploads import forget_uploads

__all__ = ["DONE_KEPT", "TROUBLED_KEPT", "forget_settled"]

DONE_KEPT = timedelta(days=30)
TROUBLED_KEPT = timedelta(days=90)
"""The operator may still want to see what failed, or to send it again."""

_farewells = select(outbox.c.id, outbox.c.chat).where(
    is_farewell, outbox.c.state.not_in((State.PENDING, State.SENDING))
)


def forget_settled(connection: Connection, now: datetime, count: int) -> int:
    """Forget up to `count` rows of each sort that were settled long ago; returns how many.

    Their keys are forgotten too: what they stand for lies further back than what is planned anew.
    """
    done = _forget(connection, is_done, now - DONE_KEPT, count) + _forget_farewells(connection)
    done += _forget_awaited(connection, now - DONE_KEPT, count)
    done += forget_documents(connection, now - DONE_KEPT, count)
    done += forget_uploads(connection, now)
    return done + _forget(connection, is_troubled, now - TROUBLED_KEPT, count)


def _forget_farewells(connection: Connection) -> int:
    """Forget the last words to people who wanted to be forgotten, and the pace of their chats."""
    rows = connection.execute(_farewells).all()
    if not rows:
        return 0
    chats = {row.chat for row in rows}
    connection.execute(sending_pace.delete().where(sending_pace.c.chat.in_(chats)))
    forgotten = outbox.delete().where(outbox.c.id.in_([row.id for row in rows]))
    return connection.execute(forgotten).rowcount


def _forget_awaited(connection: Connection, before: datetime, count: int) -> int:
    """Forget the order numbers nobody waits for any more."""
    ended = awaited_numbers.c.ended_at < before
    oldest = select(awaited_numbers.c.id).where(ended).limit(count)
    forgotten = awaited_numbers.delete().where(awaited_numbers.c.id.in_(oldest))
    return connection.execute(forgotten).rowcount


def _forget(
    connection: Connection, sort: ColumnElement[bool], before: datetime, count: int
) -> int:
    oldest = select(outbox.c.id).where(sort, outbox.c.settled_at < before).limit(count)
    return connection.execute(outbox.delete().where(outbox.c.id.in_(oldest))).rowcount
