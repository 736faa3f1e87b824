"""Sending from several processes: whose a row is, how fast each chat may be sent to."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = {
    "bot": sa.BigInteger,
    "target": sa.BigInteger,
    "edits": sa.BigInteger,
    "resent_at": Instant,
    "owner": sa.Text,
    "leased_until": Instant,
}
INDEXES = {
    "ix_outbox_answers": (["chat", "id"], "state = 'pending' AND kind != 'push'"),
    "ix_outbox_pushes": (["state", "id"], "state = 'pending' AND kind = 'push'"),
    "ix_outbox_pushes_of_chat": (["chat", "id"], "state = 'pending' AND kind = 'push'"),
    "ix_outbox_late": (["send_until"], "state = 'pending' AND kind = 'push'"),
    "ix_outbox_sending": (["chat"], "state = 'sending'"),
    "ix_outbox_done": (["settled_at"], "state IN ('sent', 'dropped')"),
    "ix_outbox_troubled": (["settled_at"], "state IN ('uncertain', 'failed')"),
}


def upgrade() -> None:
    """Apply this step."""
    for name, kind in COLUMNS.items():
        op.add_column("outbox", sa.Column(name, kind))
    for name in ("ix_outbox_open", "ix_outbox_troubled"):
        op.drop_index(name, "outbox")
    for name, (columns, where) in INDEXES.items():
        _create_index(name, columns, where)
    op.add_column("people", sa.Column("bot", sa.BigInteger))
    op.create_index("ix_people_chat", "people", ["chat"])
    op.create_table(
        "sending_pace",
        sa.Column("bot", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("rested_at", Instant),
        sa.Column("open_at", Instant),
        sa.Column("held_until", Instant),
        sa.PrimaryKeyConstraint("bot", "chat"),
        comment="when a chat may be sent to again; chat 0 is all pushes, and all chats when held",
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("sending_pace")
    op.drop_index("ix_people_chat", "people")
    op.drop_column("people", "bot")
    for name in INDEXES:
        op.drop_index(name, "outbox")
    _create_index("ix_outbox_open", ["chat", "id"], "state IN ('pending', 'sending')")
    _create_index("ix_outbox_troubled", ["state"], "state IN ('uncertain', 'failed')")
    op.execute("UPDATE outbox SET state = 'failed' WHERE state = 'dropped'")
    for name in COLUMNS:
        op.drop_column("outbox", name)


def _create_index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "outbox", columns, sqlite_where=condition, postgresql_where=condition)
