"""Write facts on PostgreSQL without looking up line and batch of each: a lock keeps both."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_KEYS = (("line", "order_lines"), ("batch", "import_batches"))


def upgrade() -> None:
    """Apply this step."""
    if op.get_bind().dialect.name == "postgresql":
        for column, _ in _KEYS:
            op.drop_constraint(f"fk_order_facts_{column}", "order_facts", type_="foreignkey")


def downgrade() -> None:
    """Undo this step."""
    if op.get_bind().dialect.name == "postgresql":
        for column, table in _KEYS:
            name = f"fk_order_facts_{column}"
            op.create_foreign_key(name, "order_facts", table, [column], ["id"])
