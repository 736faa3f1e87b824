"""Updates that came in, and questions left open (更新, 未答问题)."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from bot.store.tables.schema import metadata
from bot.store.types import Id, Instant

__all__ = ["processed_updates", "quarantine", "unanswered_questions"]

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
