"""First contact: requests to bind an account, roles, wrong codes, last words to the forgotten."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Id, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OF_PEOPLE = {"role": sa.Text, "wrong_codes": sa.Integer, "wrong_code_at": Instant}


def upgrade() -> None:
    """Apply this step."""
    for name, kind in OF_PEOPLE.items():
        op.add_column("people", sa.Column(name, kind))
    op.add_column(
        "outbox", sa.Column("farewell", sa.Boolean, nullable=False, server_default=sa.false())
    )
    farewell = sa.text("farewell")
    op.create_index(
        "ix_outbox_farewell",
        "outbox",
        ["id"],
        sqlite_where=farewell,
        postgresql_where=farewell,
    )
    op.create_table(
        "binding_requests",
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("settled_at", Instant),
        sa.Column("settled_by", sa.BigInteger),
        sa.Column("creator", Id, sa.ForeignKey("creators.id")),
        sa.PrimaryKeyConstraint("user", "mark"),
        comment="who says which account is theirs, for the operator to approve (申请绑定)",
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("binding_requests")
    op.drop_index("ix_outbox_farewell", "outbox")
    op.drop_column("outbox", "farewell")
    for name in OF_PEOPLE:
        op.drop_column("people", name)
