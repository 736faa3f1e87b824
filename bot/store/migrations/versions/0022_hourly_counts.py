"""Count what the bot answered and pushed, hour by hour, for the console's overview."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "hourly_counts",
        sa.Column("hour", Instant, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hour", "kind"),
        comment="how often something happened in an hour, over all replicas",
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("hourly_counts")
