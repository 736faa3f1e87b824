"""Which imports were published when somebody subscribed: what they saw, by no clock."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("subscriptions", sa.Column("seen_batch", Id))


def downgrade() -> None:
    """Undo this step."""
    op.drop_column("subscriptions", "seen_batch")
