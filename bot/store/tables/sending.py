"""Messages that go out, and how fast (发件箱, 发送节奏)."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
    literal_column,
    or_,
    text,
)

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = [
    "PENDING",
    "PUSH",
    "SENDING",
    "is_done",
    "is_farewell",
    "is_troubled",
    "outbox",
    "sending_pace",
    "sent_by",
]

# Literals, so that both databases see that an index over part of the rows answers a question.
PENDING: ColumnElement[str] = literal_column("'pending'")
SENDING: ColumnElement[str] = literal_column("'sending'")
PUSH: ColumnElement[str] = literal_column("'push'")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("bot", BigInteger),
    Column("kind", Text, nullable=False),
    Column("chat", BigInteger, nullable=False),
    Column("user", BigInteger),
    Column("payload", Document, nullable=False),
    Column("question", BigInteger),
    # An edit changes a message known by its id, or the one that an outbox row became. The row
    # may be forgotten before the edit is, so this is no foreign key.
    Column("target", BigInteger),
    Column("edits", BigInteger),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("repeated", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("resent_at", Instant),
    Column("message", BigInteger),
    Column("send_until", Instant),
    Column("owner", Text),
    # By the database's clock, as all leases; all else is by the program's.
    Column("leased_until", Instant),
    # The last word to somebody who is forgotten: it goes with its row once it is sent.
    Column("farewell", Boolean, nullable=False, server_default=false()),
    # What is passed on between a creator and the operator: in which case, and of which message.
    Column("handoff", BigInteger),
    Column("source", BigInteger),
    sqlite_autoincrement=True,
)


def _index(name: str, column: str, *more: str, where: ColumnElement[bool]) -> None:
    columns = [outbox.c[each] for each in (column, *more)]
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


is_done: ColumnElement[bool] = outbox.c.state.in_(map(literal_column, ("'sent'", "'dropped'")))
is_troubled: ColumnElement[bool] = outbox.c.state.in_(
    map(literal_column, ("'uncertain'", "'failed'"))
)
is_farewell = text("outbox.farewell")
"""As the index has it: SQLite sees no other spelling in it."""


def sent_by(bot: Any, row: Any = outbox) -> ColumnElement[bool]:
    """Whether a row is for a bot to send: its own, or one that any may, of an older release."""
    return or_(row.c.bot == bot, row.c.bot.is_(None))


_pending = outbox.c.state == PENDING
_is_push = outbox.c.kind == PUSH
# The state comes first in an index that is walked in order: a planner without statistics would
# walk the whole table instead.
_index("ix_outbox_answers", "chat", "id", where=_pending & (outbox.c.kind != PUSH))
_index("ix_outbox_pushes", "state", "id", where=_pending & _is_push)
_index("ix_outbox_pushes_of_chat", "chat", "id", where=_pending & _is_push)
_index("ix_outbox_late", "send_until", where=_pending & _is_push)
_index("ix_outbox_sending", "chat", where=outbox.c.state == SENDING)
_index("ix_outbox_done", "settled_at", where=is_done)
_index("ix_outbox_farewell", "id", where=outbox.c.farewell)
_index("ix_outbox_troubled", "settled_at", where=is_troubled)
_answers_a_message = (outbox.c.kind == literal_column("'answer'")) & outbox.c.question.is_not(None)
_index("ix_outbox_answered", "chat", "question", where=_answers_a_message)
_handed_over = outbox.c.handoff.is_not(None)
_index("ix_outbox_handoff", "handoff", "source", where=_handed_over)
_index("ix_outbox_handed_over", "chat", "message", where=_handed_over)

sending_pace = Table(
    "sending_pace",
    metadata,
    Column("bot", BigInteger, nullable=False),
    Column("chat", BigInteger, nullable=False),
    Column("rested_at", Instant),
    Column("open_at", Instant),
    Column("held_until", Instant),
    PrimaryKeyConstraint("bot", "chat"),
    comment="when a chat may be sent to again; chat 0 is all pushes, and all chats when held",
    sqlite_with_rowid=False,
)
