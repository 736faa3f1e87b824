"""The operator's console (运营页面): its people, who is signed in, and what they did."""

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table, Text

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = ["audit_log", "console_sessions", "console_staff", "hourly_counts", "sign_in_links"]

console_staff = Table(
    "console_staff",
    metadata,
    Column("user", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("changed_by", BigInteger, nullable=False),
    Column("changed_at", Instant, nullable=False),
    comment="who may use the console beside those the settings name",
)

console_sessions = Table(
    "console_sessions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("user", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    comment="the session's token itself is only in the browser",
)
Index("ix_console_sessions_user", console_sessions.c.user)
Index("ix_console_sessions_made_at", console_sessions.c.made_at)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("user", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    comment="one-time links, and sign-ins by Telegram that must not come twice",
)
Index("ix_sign_in_links_expires_at", sign_in_links.c.expires_at)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("user", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # What it was about: "order:jd:…", "person:…"; empty where the kind says it all.
    Column("about", Text, nullable=False),
    Column("detail", Document, nullable=False),
    comment="what was done and looked at in the console; only ever added to",
)
Index("ix_audit_log_at", audit_log.c.at)
Index("ix_audit_log_kind", audit_log.c.kind, audit_log.c.id)
Index("ix_audit_log_user", audit_log.c.user, audit_log.c.id)
Index("ix_audit_log_about", audit_log.c.about, audit_log.c.id)

hourly_counts = Table(
    "hourly_counts",
    metadata,
    Column("hour", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("hour", "kind"),
    comment="how often something happened in an hour, over all replicas",
)
