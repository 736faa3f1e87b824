"""Keep what the operator was alarmed of, so that it is told once and its end too."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "alarms",
        sa.Column("cause", sa.Text, primary_key=True),
        sa.Column("raised_at", Instant, nullable=False),
        sa.Column("told_at", Instant),
        sa.Column("ended_at", Instant),
        comment="what is wrong, or was; told_at is when the operator last heard that it is",
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("alarms")
