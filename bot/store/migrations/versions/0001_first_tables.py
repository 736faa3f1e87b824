"""First tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "creators",
    "promoters",
    "binding_codes",
    "bindings",
    "people",
    "import_batches",
    "order_lines",
    "order_facts",
    "order_history",
    "subscriptions",
    "processed_updates",
    "outbox",
    "unanswered_questions",
    "quarantine",
    "installation",
)


def upgrade() -> None:
    """Apply this step."""
    _create_people()
    _create_orders()
    _create_messages()


def downgrade() -> None:
    """Undo this step."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_people() -> None:
    op.create_table(
        "creators",
        sa.Column("id", Id, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_table(
        "promoters",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("creator", Id, sa.ForeignKey("creators.id"), nullable=False),
        sa.PrimaryKeyConstraint("platform", "hint", "value"),
        comment="which creator a report means by a column such as 推广位ID or 作者账号",
    )
    op.create_table(
        "binding_codes",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("creator", Id, sa.ForeignKey("creators.id"), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        sa.Column("used_by", sa.BigInteger),
    )
    op.create_table(
        "bindings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("creator", Id, sa.ForeignKey("creators.id"), nullable=False),
        sa.Column("bound_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
    )
    _create_index(
        "uq_bindings_active", "bindings", ["user", "creator"], "ended_at IS NULL", unique=True
    )
    op.create_index("ix_bindings_creator", "bindings", ["creator"])
    op.create_table(
        "people",
        sa.Column("user", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("zone", sa.Text),
        sa.Column("dialogue", Document, nullable=False),
        sa.Column("first_seen_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("blocked_at", Instant),
    )


def _create_orders() -> None:
    op.create_table(
        "import_batches",
        sa.Column("id", Id, primary_key=True),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("file_hash", sa.Text, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("touched_at", Instant, nullable=False),
        sa.Column("published_at", Instant),
        *(
            sa.Column(count, sa.Integer, nullable=False, server_default=sa.text("0"))
            for count in ("new", "changed", "unchanged", "refused")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "order_lines",
        sa.Column("id", Id, primary_key=True),
        sa.Column("creator", Id, sa.ForeignKey("creators.id"), nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("line_key", sa.Text, nullable=False),
        sa.Column("order_number", sa.Text, nullable=False),
        sa.Column("sub_order_number", sa.Text),
        sa.Column("line_id", sa.Text),
        sa.Column("parent_number", sa.Text),
        sa.Column("ordered_at", Instant),
        sa.UniqueConstraint("creator", "platform", "line_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_order_lines_order_number", "order_lines", ["order_number"])
    for number in ("sub_order_number", "line_id", "parent_number"):
        _create_index(f"ix_order_lines_{number}", "order_lines", [number], f"{number} IS NOT NULL")
    op.create_index("ix_order_lines_creator_ordered_at", "order_lines", ["creator", "ordered_at"])
    op.create_table(
        "order_facts",
        sa.Column("line", Id, sa.ForeignKey("order_lines.id"), nullable=False),
        sa.Column("batch", Id, sa.ForeignKey("import_batches.id"), nullable=False),
        sa.Column("facts", Document, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("data_as_of", Instant),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("line", "batch"),
    )
    op.create_index("ix_order_facts_batch", "order_facts", ["batch"])
    op.create_table(
        "order_history",
        sa.Column("id", Id, primary_key=True),
        sa.Column("line", Id, sa.ForeignKey("order_lines.id"), nullable=False),
        sa.Column("batch", Id, sa.ForeignKey("import_batches.id"), nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("before", Document),
        sa.Column("after", Document),
        sa.Column("changed_at", Instant, nullable=False),
    )
    op.create_index("ix_order_history_line", "order_history", ["line"])
    op.create_index("ix_order_history_batch", "order_history", ["batch"])


def _create_messages() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("line", Id, sa.ForeignKey("order_lines.id")),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
    )
    active = "ended_at IS NULL AND line IS "
    _create_index(
        "uq_subscriptions_active_line",
        "subscriptions",
        ["user", "line"],
        active + "NOT NULL",
        unique=True,
    )
    _create_index(
        "uq_subscriptions_active_everything",
        "subscriptions",
        ["user"],
        active + "NULL",
        unique=True,
    )
    op.create_table(
        "processed_updates",
        sa.Column("bot", sa.BigInteger, nullable=False),
        sa.Column("update", sa.BigInteger, nullable=False),
        sa.Column("handled_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("bot", "update"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_processed_updates_handled_at", "processed_updates", ["handled_at"])
    op.create_table(
        "outbox",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("user", sa.BigInteger),
        sa.Column("payload", Document, nullable=False),
        sa.Column("question", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("repeated", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("settled_at", Instant),
        sa.Column("message", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    _create_index("ix_outbox_open", "outbox", ["chat", "id"], "state IN ('pending', 'sending')")
    _create_index("ix_outbox_troubled", "outbox", ["state"], "state IN ('uncertain', 'failed')")
    op.create_table(
        "unanswered_questions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", Id, primary_key=True),
        sa.Column("bot", sa.BigInteger, nullable=False),
        sa.Column("update", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("set_aside_at", Instant, nullable=False),
    )
    op.create_table(
        "installation",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        comment="what this installation made once, such as the secret that signs buttons",
    )


def _create_index(name: str, table: str, columns: list[str], where: str, **more: Any) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, sqlite_where=condition, postgresql_where=condition, **more
    )
