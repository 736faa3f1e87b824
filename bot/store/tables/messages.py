"""Updates that came in, messages that go out, questions left open (更新, 发件箱, 未答问题)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
    text,
)

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = ["outbox", "processed_updates", "quarantine", "unanswered_questions"]

processed_updates = Table(
    "processed_updates",
    metadata,
    Column("bot", BigInteger, nullable=False),
    Column("update", BigInteger, nullable=False),
    Column("handled_at", Instant, nullable=False),
    PrimaryKeyConstraint("bot", "update"),
    sqlite_with_rowid=False,
)
Index("ix_processed_updates_handled_at", processed_updates.c.handled_at)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("chat", BigInteger, nullable=False),
    Column("user", BigInteger),
    Column("payload", Document, nullable=False),
    Column("question", BigInteger),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("repeated", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("message", BigInteger),
    Column("send_until", Instant),
    sqlite_autoincrement=True,
)
_open = outbox.c.state.in_(("pending", "sending"))
Index(
    "ix_outbox_open",
    outbox.c.chat,
    outbox.c.id,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index(
    "ix_outbox_troubled",
    outbox.c.state,
    sqlite_where=outbox.c.state.in_(("uncertain", "failed")),
    postgresql_where=outbox.c.state.in_(("uncertain", "failed")),
)

unanswered_questions = Table(
    "unanswered_questions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user", BigInteger, nullable=False),
    Column("chat", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bot", BigInteger, nullable=False),
    Column("update", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("set_aside_at", Instant, nullable=False),
)
