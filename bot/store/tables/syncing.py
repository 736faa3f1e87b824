"""What is known of each interface of a platform (同步): how far it was asked, and what it said."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = ["monthly_bills", "sync_cursors", "unread_rows", "waiting_statements"]

sync_cursors = Table(
    "sync_cursors",
    metadata,
    Column("platform", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("begun_from", Instant),
    # everything the platform changed until then is in the store
    Column("covered_until", Instant),
    Column("window_seconds", Integer),
    Column("narrowed_at", Instant),
    Column("swept_at", Instant),
    Column("sweep_reached", Instant),
    Column("sweep_until", Instant),
    Column("answered_at", Instant),
    Column("skew_seconds", Integer),
    Column("trouble", Text),
    Column("trouble_words", Text),
    Column("trouble_at", Instant),
    Column("unreadable", Integer, nullable=False, server_default=text("0")),
    Column("lag_told", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("platform", "method", "account"),
)

waiting_statements = Table(
    "waiting_statements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("line_key", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("statement", Document, nullable=False),
    # the promoter as the platform writes it; empty where the statement names none
    Column("promoter", Text, nullable=False),
    Column("waiting_since", Instant, nullable=False),
    Column("data_as_of", Instant),
    UniqueConstraint("platform", "method", "line_key", "fingerprint"),
    comment="what a platform said of lines of which nobody knows yet whose they are",
)
Index(
    "ix_waiting_statements_promoter",
    waiting_statements.c.platform,
    waiting_statements.c.promoter,
)

monthly_bills = Table(
    "monthly_bills",
    metadata,
    Column("platform", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("estimate", Text),
    Column("refund_succeeded", Text),
    Column("refund", Text),
    Column("frozen", Text),
    Column("rededucted", Text),
    Column("real", Text),
    Column("tax", Text),
    Column("service_fee", Text),
    Column("others", Document, nullable=False),
    Column("asked_at", Instant, nullable=False),
    PrimaryKeyConstraint("platform", "account", "month"),
    comment="what a platform says it paid for a month; amounts are yuan as exact text",
)

unread_rows = Table(
    "unread_rows",
    metadata,
    Column("id", Id, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    # what the line goes by, where that much could be read
    Column("number", Text),
    Column("raw", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("times", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("platform", "method", "fingerprint"),
    comment="rows of a platform's answers that could not be read, kept as they came",
)
Index(
    "ix_unread_rows_number",
    unread_rows.c.platform,
    unread_rows.c.method,
    unread_rows.c.number,
)
Index("ix_unread_rows_last_seen", unread_rows.c.last_seen)
