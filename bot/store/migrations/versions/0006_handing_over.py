"""Conversations handed to a person, votes on answers, and which message a row answers."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Id, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OUTBOX_INDEXES = {
    "ix_outbox_answered": (["chat", "question"], "kind = 'answer' AND question IS NOT NULL"),
    "ix_outbox_handoff": (["handoff", "source"], "handoff IS NOT NULL"),
    "ix_outbox_handed_over": (["chat", "message"], "handoff IS NOT NULL"),
}


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "handoffs",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("bot", sa.BigInteger, nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("operator_chat", sa.BigInteger, nullable=False),
        sa.Column("topic", sa.BigInteger),
        sa.Column("root", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("answer_by", Instant),
        sa.Column("taken_at", Instant),
        sa.Column("closed_at", Instant),
        sa.Column("closed_by", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handoffs_user", "handoffs", ["user", "id"])
    _partial("uq_handoffs_open", "handoffs", ["user"], "closed_at IS NULL", unique=True)
    _partial("ix_handoffs_topic", "handoffs", ["operator_chat", "topic"], "topic IS NOT NULL")
    _partial("ix_handoffs_answer_by", "handoffs", ["answer_by"], "answer_by IS NOT NULL")
    op.create_table(
        "votes",
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("words", sa.Text),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("voted_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("user", "entry"),
        comment="what a person thinks of an answer; the last word counts",
    )
    op.create_index("ix_votes_entry", "votes", ["entry"])
    op.add_column("outbox", sa.Column("handoff", sa.BigInteger))
    op.add_column("outbox", sa.Column("source", sa.BigInteger))
    for name, (columns, where) in OUTBOX_INDEXES.items():
        _partial(name, "outbox", columns, where)


def downgrade() -> None:
    """Undo this step."""
    for name in OUTBOX_INDEXES:
        op.drop_index(name, "outbox")
    for column in ("handoff", "source"):
        op.drop_column("outbox", column)
    op.drop_table("votes")
    op.drop_table("handoffs")


def _partial(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )
