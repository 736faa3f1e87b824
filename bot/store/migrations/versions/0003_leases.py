"""Leases: what only one process does at a time."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        comment="by the database's clock",
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("leases")
