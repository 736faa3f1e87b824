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

__all__ = ["given_answers", "processed_updates", "quarantine", "unanswered_questions"]

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
    # answered or not_ours; what is answered names the entry that does
    Column("closed_as", Text),
    Column("entry", Text),
)
_open = unanswered_questions.c.closed_at.is_(None)
Index(
    "ix_unanswered_questions_open",
    unanswered_questions.c.id,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index("ix_unanswered_questions_user", unanswered_questions.c.user)
_closed = unanswered_questions.c.closed_at.is_not(None)
Index(
    "ix_unanswered_questions_closed_at",
    unanswered_questions.c.closed_at,
    sqlite_where=_closed,
    postgresql_where=_closed,
)

given_answers = Table(
    "given_answers",
    metadata,
    Column("user", BigInteger, nullable=False),
    Column("entry", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    PrimaryKeyConstraint("user", "entry"),
    comment="when a person was last given an answer; who has it need not be told of it",
    sqlite_with_rowid=False,
)
Index("ix_given_answers_entry", given_answers.c.entry)
Index("ix_given_answers_given_at", given_answers.c.given_at)

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
Index("ix_quarantine_set_aside_at", quarantine.c.set_aside_at)
