"""Conversations with a person of the operator's, and what people say of answers (转人工, 评价)."""

from sqlalchemy import BigInteger, Boolean, Column, Index, PrimaryKeyConstraint, Table, Text

from bot.store.tables.schema import metadata
from bot.store.types import Id, Instant

__all__ = ["handoffs", "votes"]

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", Text, nullable=False),
    Column("bot", BigInteger, nullable=False),
    Column("user", BigInteger, nullable=False),
    Column("chat", BigInteger, nullable=False),
    Column("operator_chat", BigInteger, nullable=False),
    # The forum topic it has there; a group without topics is answered by replies to the root.
    Column("topic", BigInteger),
    Column("root", BigInteger),
    Column("state", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("answer_by", Instant),
    Column("taken_at", Instant),
    Column("closed_at", Instant),
    Column("closed_by", Text),
    sqlite_autoincrement=True,
)
_open = handoffs.c.closed_at.is_(None)
Index(
    "uq_handoffs_open",
    handoffs.c.user,
    unique=True,
    sqlite_where=_open,
    postgresql_where=_open,
)
_closed = handoffs.c.closed_at.is_not(None)
Index(
    "ix_handoffs_closed_at",
    handoffs.c.closed_at,
    sqlite_where=_closed,
    postgresql_where=_closed,
)
Index("ix_handoffs_user", handoffs.c.user, handoffs.c.id)
_in_topic = handoffs.c.topic.is_not(None)
Index(
    "ix_handoffs_topic",
    handoffs.c.operator_chat,
    handoffs.c.topic,
    sqlite_where=_in_topic,
    postgresql_where=_in_topic,
)
_awaited = handoffs.c.answer_by.is_not(None)
Index(
    "ix_handoffs_answer_by",
    handoffs.c.answer_by,
    sqlite_where=_awaited,
    postgresql_where=_awaited,
)

votes = Table(
    "votes",
    metadata,
    Column("user", BigInteger, nullable=False),
    Column("entry", Text, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", Text),
    Column("words", Text),
    Column("revision", Text, nullable=False),
    Column("voted_at", Instant, nullable=False),
    PrimaryKeyConstraint("user", "entry"),
    comment="what a person thinks of an answer; the last word counts",
)
Index("ix_votes_entry", votes.c.entry)
