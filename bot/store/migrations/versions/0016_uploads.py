"""Keep files that came by the console with their refused rows, and creators that are merged."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Id, Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("document_imports", sa.Column("upload", sa.Text))
    op.add_column("document_imports", sa.Column("platform", sa.Text))
    op.add_column("creators", sa.Column("merging_into", Id))
    op.create_table(
        "uploaded_parts",
        sa.Column("upload", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("upload", "place"),
        comment="a file in pieces, until it is imported: whichever replica imports it can read it",
    )
    op.create_index("ix_uploaded_parts_kept_at", "uploaded_parts", ["kept_at"])
    op.create_table(
        "refused_tables",
        sa.Column("id", Id, primary_key=True),
        sa.Column("document", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("kept", sa.BigInteger, nullable=False),
        comment="refused rows of a file that came by the console, to be corrected and sent again",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_refused_tables_document", "refused_tables", ["document"])


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("refused_tables")
    op.drop_table("uploaded_parts")
    with op.batch_alter_table("creators") as batch:
        batch.drop_column("merging_into")
    with op.batch_alter_table("document_imports") as batch:
        batch.drop_column("platform")
        batch.drop_column("upload")
