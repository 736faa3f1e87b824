"""Keep the monthly bills that a platform's interface tells, and its rows that cannot be read."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

AMOUNTS = (
    "estimate",
    "refund_succeeded",
    "refund",
    "frozen",
    "rededucted",
    "real",
    "tax",
    "service_fee",
)


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "monthly_bills",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in AMOUNTS),
        sa.Column("others", Document, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", "month"),
        comment="what a platform says it paid for a month; amounts are yuan as exact text",
    )
    op.create_table(
        "unread_rows",
        sa.Column("id", Id, primary_key=True),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("first_seen", Instant, nullable=False),
        sa.Column("last_seen", Instant, nullable=False),
        sa.Column("times", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.UniqueConstraint("platform", "method", "fingerprint"),
        comment="rows of a platform's answers that could not be read, kept as they came",
    )
    op.create_index("ix_unread_rows_number", "unread_rows", ["platform", "method", "number"])
    op.create_index("ix_unread_rows_last_seen", "unread_rows", ["last_seen"])


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("unread_rows")
    op.drop_table("monthly_bills")
