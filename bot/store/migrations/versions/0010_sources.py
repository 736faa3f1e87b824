"""What an import came from, whether it was taken back, and what its facts were built on."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("import_batches", sa.Column("source", sa.Text))
    op.add_column("import_batches", sa.Column("withdrawn_at", Instant))
    op.create_index("ix_import_batches_file_hash", "import_batches", ["file_hash"])
    op.add_column("order_facts", sa.Column("others", Document))
    op.add_column("order_facts", sa.Column("base", Id))


def downgrade() -> None:
    """Undo this step."""
    op.drop_column("order_facts", "base")
    op.drop_column("order_facts", "others")
    op.drop_index("ix_import_batches_file_hash", "import_batches")
    op.drop_column("import_batches", "withdrawn_at")
    op.drop_column("import_batches", "source")
