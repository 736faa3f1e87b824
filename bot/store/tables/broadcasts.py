"""Messages to many people at once (群发): what is said, to whom, and who wants none."""

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    literal_column,
    text,
)

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = [
    "HANDED",
    "UNCERTAIN",
    "WAITING",
    "broadcast_recipients",
    "broadcasts",
    "is_open",
    "opt_outs",
]

# Literals, so that both databases see that an index over part of the rows answers a question.
WAITING: ColumnElement[str] = literal_column("'waiting'")
HANDED: ColumnElement[str] = literal_column("'handed'")
UNCERTAIN: ColumnElement[str] = literal_column("'uncertain'")

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Id, primary_key=True),
    # Not `user`: a broadcast stays when its author has everything erased.
    Column("author", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("state", Text, nullable=False),
    Column("segment", Document, nullable=False),
    Column("words", Document, nullable=False),
    # By each person's own clock; without them at once.
    Column("day", Date),
    Column("hour", Text),
    Column("expected", Integer),
    Column("starts_at", Instant),
    Column("planned_upto", BigInteger, nullable=False, server_default=text("0")),
    Column("planned_at", Instant),
    Column("finished_at", Instant),
    Column("figures", Document),
    comment="recipients are planned up to a person's number; figures are kept once it is over",
    sqlite_autoincrement=True,
)
is_open: ColumnElement[bool] = broadcasts.c.state.in_(
    map(literal_column, ("'scheduled'", "'running'", "'paused'", "'stopping'"))
)
Index("ix_broadcasts_open", broadcasts.c.starts_at, sqlite_where=is_open, postgresql_where=is_open)

broadcast_recipients = Table(
    "broadcast_recipients",
    metadata,
    Column("broadcast", BigInteger, nullable=False),
    Column("user", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("reason", Text),
    Column("settled_at", Instant),
    PrimaryKeyConstraint("broadcast", "user"),
    comment="planned once each; handed is in the outbox under broadcast:<broadcast>:<user>",
    sqlite_with_rowid=False,
)


def _index(name: str, *columns: str, where: ColumnElement[bool]) -> None:
    indexed = [broadcast_recipients.c[each] for each in columns]
    Index(name, *indexed, sqlite_where=where, postgresql_where=where)


_state = broadcast_recipients.c.state
_index("ix_recipients_waiting", "broadcast", "due_at", "user", where=_state == WAITING)
_index("ix_recipients_handed", "user", "broadcast", where=_state == HANDED)
_index("ix_recipients_uncertain", "broadcast", "user", where=_state == UNCERTAIN)
Index("ix_recipients_user", broadcast_recipients.c.user)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("user", BigInteger, primary_key=True, autoincrement=False),
    Column("opted_out_at", Instant, nullable=False),
    comment="who wants no broadcasts; reminders they asked for still come",
)
