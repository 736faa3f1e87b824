"""Keep what became of questions nobody could answer, and which answers people were given."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("unanswered_questions", sa.Column("closed_as", sa.Text))
    op.add_column("unanswered_questions", sa.Column("entry", sa.Text))
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_unanswered_questions_open",
        "unanswered_questions",
        ["id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_unanswered_questions_user", "unanswered_questions", ["user"])
    op.create_table(
        "given_answers",
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("given_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("user", "entry"),
        comment="when a person was last given an answer; who has it need not be told of it",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_given_answers_entry", "given_answers", ["entry"])


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("given_answers")
    op.drop_index("ix_unanswered_questions_user", "unanswered_questions")
    op.drop_index("ix_unanswered_questions_open", "unanswered_questions")
    op.drop_column("unanswered_questions", "entry")
    op.drop_column("unanswered_questions", "closed_as")
