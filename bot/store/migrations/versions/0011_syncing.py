"""How far each interface of a platform has been asked, and what waits for its creator."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "sync_cursors",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("begun_from", Instant),
        sa.Column("covered_until", Instant),
        sa.Column("window_seconds", sa.Integer),
        sa.Column("narrowed_at", Instant),
        sa.Column("swept_at", Instant),
        sa.Column("sweep_reached", Instant),
        sa.Column("sweep_until", Instant),
        sa.Column("answered_at", Instant),
        sa.Column("skew_seconds", sa.Integer),
        sa.Column("trouble", sa.Text),
        sa.Column("trouble_words", sa.Text),
        sa.Column("trouble_at", Instant),
        sa.Column("unreadable", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("lag_told", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("platform", "method", "account"),
    )
    op.create_table(
        "waiting_statements",
        sa.Column("id", Id, primary_key=True),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("line_key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("statement", Document, nullable=False),
        sa.Column("promoter", sa.Text, nullable=False),
        sa.Column("waiting_since", Instant, nullable=False),
        sa.Column("data_as_of", Instant),
        sa.UniqueConstraint("platform", "method", "line_key", "fingerprint"),
        comment="what a platform said of lines of which nobody knows yet whose they are",
    )
    op.create_index(
        "ix_waiting_statements_promoter", "waiting_statements", ["platform", "promoter"]
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("waiting_statements")
    op.drop_table("sync_cursors")
