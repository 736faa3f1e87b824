"""Order lines and the imports they came with (订单行, 导入批次).

An order line is a row of `order_lines`, which only says whose it is and how it is numbered; what
is known of it is the latest of its `order_facts` whose import batch has been published. So a
file of any size becomes visible by one short statement, and half a file never does.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
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

__all__ = ["import_batches", "order_facts", "order_history", "order_lines"]

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
    Column("taken_up_at", Instant),
    # the layout of the report, or the method of the API
    Column("source", Text),
    Column("withdrawn_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_import_batches_file_hash", import_batches.c.file_hash)
_waiting = import_batches.c.taken_up_at.is_(None)
Index(
    "ix_import_batches_waiting",
    import_batches.c.id,
    sqlite_where=_waiting,
    postgresql_where=_waiting,
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

# PostgreSQL has no foreign keys from here: `batches.begin_staging` takes their place.
order_facts = Table(
    "order_facts",
    metadata,
    Column("line", Id, ForeignKey("order_lines.id"), nullable=False),
    Column("batch", Id, ForeignKey("import_batches.id"), nullable=False),
    Column("facts", Document, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("data_as_of", Instant),
    Column("recorded_at", Instant, nullable=False),
    # cells of columns nobody has described yet
    Column("others", Document),
    # the batch whose facts these were combined with
    Column("base", Id),
    PrimaryKeyConstraint("line", "batch"),
)
Index("ix_order_facts_batch_line", order_facts.c.batch, order_facts.c.line)

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
