"""Order numbers somebody waits for."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_awaited_numbers_user": (["user"], None),
    "ix_awaited_numbers_ended_at": (["ended_at"], "ended_at IS NOT NULL"),
    "uq_awaited_numbers_active": (["user", "number"], "ended_at IS NULL"),
    "ix_awaited_numbers_number": (["number"], "ended_at IS NULL"),
    "ix_awaited_numbers_expires_at": (["expires_at"], "ended_at IS NULL"),
    "ix_awaited_numbers_waiting": (["id"], "ended_at IS NULL AND taken_up_at IS NULL"),
}


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "awaited_numbers",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("taken_up_at", Instant),
        comment=(
            "numbers nothing was found for; a person is told once when one of them is theirs"
        ),
        sqlite_autoincrement=True,
    )
    for name, (columns, where) in INDEXES.items():
        condition = sa.text(where) if where else None
        op.create_index(
            name,
            "awaited_numbers",
            columns,
            unique=name.startswith("uq"),
            sqlite_where=condition,
            postgresql_where=condition,
        )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("awaited_numbers")
