"""Reports that the operator sends to a bot as documents, on their way into the store."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "document_imports",
        sa.Column("id", Id, primary_key=True),
        sa.Column("bot", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("message", sa.BigInteger),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("creator", sa.Text),
        sa.Column("dry_run", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("settled_at", Instant),
        sa.Column("seconds", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("rows", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("files", Document, nullable=False),
        sa.Column("said", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("owner", sa.Text),
        sa.Column("leased_until", Instant),
        comment="what came of each, in files; said counts the changes of its one message",
        sqlite_autoincrement=True,
    )
    still_open = sa.text("state IN ('waiting', 'working', 'undoing')")
    op.create_index(
        "ix_document_imports_open",
        "document_imports",
        ["id"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("document_imports")
