"""Revisions of answers and rules, and which one was published when."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "revisions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("files", Document, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "publications",
        sa.Column("id", Id, primary_key=True),
        sa.Column("revision", Id, sa.ForeignKey("revisions.id")),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("published_at", Instant, nullable=False),
        comment="the latest one is in force; without a revision it is what the program ships",
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("publications")
    op.drop_table("revisions")
