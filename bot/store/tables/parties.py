"""Creators, the people bound to them, and what they want to be told (达人, 用户, 订阅)."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = [
    "binding_codes",
    "binding_requests",
    "bindings",
    "creators",
    "people",
    "promoters",
    "subscriptions",
]

creators = Table(
    "creators",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    # Its lines are on their way to another creator; it goes with the last of them.
    Column("merging_into", Id),
)

promoters = Table(
    "promoters",
    metadata,
    Column("platform", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("creator", Id, ForeignKey("creators.id"), nullable=False),
    PrimaryKeyConstraint("platform", "hint", "value"),
    comment="which creator a report means by a column such as 推广位ID or 作者账号",
)

binding_codes = Table(
    "binding_codes",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("creator", Id, ForeignKey("creators.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_by", BigInteger),
)

bindings = Table(
    "bindings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user", BigInteger, nullable=False),
    Column("creator", Id, ForeignKey("creators.id"), nullable=False),
    Column("bound_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("taken_up_at", Instant),
)
Index(
    "uq_bindings_active",
    bindings.c.user,
    bindings.c.creator,
    unique=True,
    sqlite_where=bindings.c.ended_at.is_(None),
    postgresql_where=bindings.c.ended_at.is_(None),
)
Index("ix_bindings_creator", bindings.c.creator)

people = Table(
    "people",
    metadata,
    Column("user", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text),
    Column("dialogue", Document, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("blocked_at", Instant),
    # the one the person last wrote to
    Column("bot", BigInteger),
    Column("sending_from", Text),
    Column("sending_until", Text),
    Column("lead_days", Integer),
    # creator, merchant, or asked: the question was put and not answered
    Column("role", Text),
    Column("wrong_codes", Integer),
    Column("wrong_code_at", Instant),
)
Index("ix_people_chat", people.c.chat)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user", BigInteger, nullable=False),
    Column("scope", Text, nullable=False),
    Column("line", Id, ForeignKey("order_lines.id")),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("taken_up_at", Instant),
    Column("platform", Text, nullable=False, server_default=""),
    # the latest import published then
    Column("seen_batch", Id),
)
_active = subscriptions.c.ended_at.is_(None)
Index(
    "uq_subscriptions_active_line",
    subscriptions.c.user,
    subscriptions.c.line,
    unique=True,
    sqlite_where=_active & subscriptions.c.line.is_not(None),
    postgresql_where=_active & subscriptions.c.line.is_not(None),
)
Index(
    "uq_subscriptions_active_scope",
    subscriptions.c.user,
    subscriptions.c.scope,
    subscriptions.c.platform,
    unique=True,
    sqlite_where=_active & subscriptions.c.line.is_(None),
    postgresql_where=_active & subscriptions.c.line.is_(None),
)
Index(
    "ix_subscriptions_line",
    subscriptions.c.line,
    sqlite_where=_active & subscriptions.c.line.is_not(None),
    postgresql_where=_active & subscriptions.c.line.is_not(None),
)
for _table in (subscriptions, bindings):
    _waiting = _table.c.taken_up_at.is_(None)
    Index(
        f"ix_{_table.name}_waiting",
        _table.c.id,
        sqlite_where=_waiting,
        postgresql_where=_waiting,
    )

binding_requests = Table(
    "binding_requests",
    metadata,
    Column("user", BigInteger, nullable=False),
    Column("mark", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", BigInteger),
    Column("creator", Id, ForeignKey("creators.id")),
    PrimaryKeyConstraint("user", "mark"),
    comment="who says which account is theirs, for the operator to approve (申请绑定)",
)
