"""Go through the lines of an import in their order, however many it has."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.drop_index("ix_order_facts_batch", "order_facts")
    op.create_index("ix_order_facts_batch_line", "order_facts", ["batch", "line"])


def downgrade() -> None:
    """Undo this step."""
    op.drop_index("ix_order_facts_batch_line", "order_facts")
    op.create_index("ix_order_facts_batch", "order_facts", ["batch"])
