"""Keep the console's people, sessions and sign-in links, and what is done in it."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    _make_people()
    _make_sessions()
    _make_audit_log()


def _make_people() -> None:
    op.create_table(
        "console_staff",
        sa.Column("user", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("changed_by", sa.BigInteger, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        comment="who may use the console beside those the settings name",
    )


def _make_sessions() -> None:
    op.create_table(
        "console_sessions",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        comment="the session's token itself is only in the browser",
    )
    op.create_index("ix_console_sessions_user", "console_sessions", ["user"])
    op.create_index("ix_console_sessions_made_at", "console_sessions", ["made_at"])
    op.create_table(
        "sign_in_links",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        comment="one-time links, and sign-ins by Telegram that must not come twice",
    )
    op.create_index("ix_sign_in_links_expires_at", "sign_in_links", ["expires_at"])


def _make_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", Id, primary_key=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("detail", Document, nullable=False),
        comment="what was done and looked at in the console; only ever added to",
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    for name in ("kind", "user", "about"):
        op.create_index(f"ix_audit_log_{name}", "audit_log", [name, "id"])


def downgrade() -> None:
    """Undo this step."""
    for table in ("audit_log", "sign_in_links", "console_sessions", "console_staff"):
        op.drop_table(table)
