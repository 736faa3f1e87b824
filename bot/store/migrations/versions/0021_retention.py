"""Find what is too old by an index: it is looked for every second."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEXES = (
    ("given_answers", "given_at", None),
    ("handoffs", "closed_at", "closed_at IS NOT NULL"),
    ("quarantine", "set_aside_at", None),
    ("unanswered_questions", "closed_at", "closed_at IS NOT NULL"),
)


def upgrade() -> None:
    """Apply this step."""
    for table, column, condition in INDEXES:
        where = sa.text(condition) if condition else None
        op.create_index(
            f"ix_{table}_{column}",
            table,
            [column],
            sqlite_where=where,
            postgresql_where=where,
        )


def downgrade() -> None:
    """Undo this step."""
    for table, column, _ in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table)
