"""The tables (数据表).

An order line is a row of `order_lines`, which only says whose it is and how it is numbered; what
is known of it is the latest of its `order_facts` whose import batch has been published. So a
file of any size becomes visible by one short statement, and half a file never does.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.store.types import Document, Id, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

creators = Table(
    "creators",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
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
)

import_batches = Table(
    "import_batches",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("file_hash", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("new", Integer, nullable=False, server_default=text("0")),
    Column("changed", Integer, nullable=False, server_default=text("0")),
    Column("unchanged", Integer, nullable=False, server_default=text("0")),
    Column("refused", Integer, nullable=False, server_default=text("0")),
    sqlite_autoincrement=True,
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("id", Id, primary_key=True),
    Column("creator", Id, ForeignKey("creators.id"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("line_key", Text, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("sub_order_number", Text),
    Column("line_id", Text),
    Column("parent_number", Text),
    Column("ordered_at", Instant),
    UniqueConstraint("creator", "platform", "line_key"),
    # A row number is named by buttons and subscriptions: it must never come to mean another line.
    sqlite_autoincrement=True,
)
Index("ix_order_lines_order_number", order_lines.c.order_number)
for _numbered in ("sub_order_number", "line_id", "parent_number"):
    Index(
        f"ix_order_lines_{_numbered}",
        order_lines.c[_numbered],
        sqlite_where=order_lines.c[_numbered].is_not(None),
        postgresql_where=order_lines.c[_numbered].is_not(None),
    )
Index("ix_order_lines_creator_ordered_at", order_lines.c.creator, order_lines.c.ordered_at)

order_facts = Table(
    "order_facts",
    metadata,
    Column("line", Id, ForeignKey("order_lines.id"), nullable=False),
    Column("batch", Id, ForeignKey("import_batches.id"), nullable=False),
    Column("facts", Document, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("data_as_of", Instant),
    Column("recorded_at", Instant, nullable=False),
    PrimaryKeyConstraint("line", "batch"),
)
Index("ix_order_facts_batch", order_facts.c.batch)

order_history = Table(
    "order_history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("line", Id, ForeignKey("order_lines.id"), nullable=False),
    Column("batch", Id, ForeignKey("import_batches.id"), nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Document),
    Column("after", Document),
    Column("changed_at", Instant, nullable=False),
)
Index("ix_order_history_line", order_history.c.line)
Index("ix_order_history_batch", order_history.c.batch)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user", BigInteger, nullable=False),
    Column("scope", Text, nullable=False),
    Column("line", Id, ForeignKey("order_lines.id")),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
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
    "uq_subscriptions_active_everything",
    subscriptions.c.user,
    unique=True,
    sqlite_where=_active & subscriptions.c.line.is_(None),
    postgresql_where=_active & subscriptions.c.line.is_(None),
)

processed_updates = Table(
    "processed_updates",
    metadata,
    Column("bot", BigInteger, nullable=False),
    Column("update", BigInteger, nullable=False),
    Column("handled_at", Instant, nullable=False),
    PrimaryKeyConstraint("bot", "update"),
    sqlite_with_rowid=False,
)
Index("ix_processed_updates_handled_at", processed_updates.c.handled_at)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("chat", BigInteger, nullable=False),
    Column("user", BigInteger),
    Column("payload", Document, nullable=False),
    Column("question", BigInteger),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("repeated", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("message", BigInteger),
    sqlite_autoincrement=True,
)
_open = outbox.c.state.in_(("pending", "sending"))
Index(
    "ix_outbox_open",
    outbox.c.chat,
    outbox.c.id,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index(
    "ix_outbox_troubled",
    outbox.c.state,
    sqlite_where=outbox.c.state.in_(("uncertain", "failed")),
    postgresql_where=outbox.c.state.in_(("uncertain", "failed")),
)

unanswered_questions = Table(
    "unanswered_questions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user", BigInteger, nullable=False),
    Column("chat", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bot", BigInteger, nullable=False),
    Column("update", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("set_aside_at", Instant, nullable=False),
)

installation = Table(
    "installation",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="what this installation made once, such as the secret that signs buttons",
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("files", Document, nullable=False),
    sqlite_autoincrement=True,
)

publications = Table(
    "publications",
    metadata,
    Column("id", Id, primary_key=True),
    Column("revision", Id, ForeignKey("revisions.id")),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    comment="the latest one is in force; without a revision it is what the program ships",
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    comment="by the database's clock",
)
