"""Messages to many people at once, whom they are for, and who wants none."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('scheduled', 'running', 'paused', 'stopping')")


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "broadcasts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("author", sa.BigInteger),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("segment", Document, nullable=False),
        sa.Column("words", Document, nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("hour", sa.Text),
        sa.Column("expected", sa.Integer),
        sa.Column("starts_at", Instant),
        sa.Column("planned_upto", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("planned_at", Instant),
        sa.Column("finished_at", Instant),
        sa.Column("figures", Document),
        comment="recipients are planned up to a person's number; figures are kept once it is over",
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_broadcasts_open", "broadcasts", ["starts_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "broadcast_recipients",
        sa.Column("broadcast", sa.BigInteger, nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("settled_at", Instant),
        sa.PrimaryKeyConstraint("broadcast", "user"),
        comment="planned once each; handed is in the outbox under broadcast:<broadcast>:<user>",
        sqlite_with_rowid=False,
    )
    _index_recipients("waiting", "broadcast", "due_at", "user")
    _index_recipients("handed", "user", "broadcast")
    _index_recipients("uncertain", "broadcast", "user")
    op.create_index("ix_recipients_user", "broadcast_recipients", ["user"])
    op.create_table(
        "opt_outs",
        sa.Column("user", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("opted_out_at", Instant, nullable=False),
        comment="who wants no broadcasts; reminders they asked for still come",
    )


def _index_recipients(state: str, *columns: str) -> None:
    where = sa.text(f"state = '{state}'")
    name = f"ix_recipients_{state}"
    op.create_index(
        name, "broadcast_recipients", columns, sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("opt_outs")
    op.drop_table("broadcast_recipients")
    op.drop_table("broadcasts")
