"""What people are to be told, were told, and answered (提醒, 推送, 未到账).

A reminder knows the platform and the commission month of its line (`outlooks.cycle`), not the
date: that stands in `payout_days`, so a new rule or holiday notice moves every reminder at once.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = ["cases", "outlooks", "payout_days", "planned_days", "pushes", "told"]

payout_days = Table(
    "payout_days",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("by_rule", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", Text, nullable=False),
    comment="the day on which a platform pays the commission of a month, by the latest rules",
)
Index("ix_payout_days_day", payout_days.c.day)

outlooks = Table(
    "outlooks",
    metadata,
    Column("line", Id, ForeignKey("order_lines.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("batch", Id, nullable=False),
    Column("revision", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("cycle", Text, ForeignKey("payout_days.cycle")),
    Column("standing", Document, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("look_at", Instant),
    comment="how a watched line was judged last; without a cycle no payout is in sight",
)
Index("ix_outlooks_cycle", outlooks.c.cycle, outlooks.c.line)
Index("ix_outlooks_look_at", outlooks.c.look_at)
Index("ix_outlooks_revision", outlooks.c.revision)

told = Table(
    "told",
    metadata,
    Column("line", Id, ForeignKey("order_lines.id"), nullable=False),
    Column("user", BigInteger, nullable=False),
    Column("standing", Document, nullable=False),
    Column("day", Date),
    PrimaryKeyConstraint("line", "user"),
    comment="what a person knows of a line, and the payout day we named",
    sqlite_with_rowid=False,
)
Index("ix_told_user", told.c.user)

pushes = Table(
    "pushes",
    metadata,
    Column("user", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("line", Id, nullable=False),
    Column("day", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("due_from", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("released_at", Instant),
    Column("letter", Text),
    Column("before", Document),
    PrimaryKeyConstraint("user", "kind", "line", "day", "version"),
    comment="planned once each; line 0 is all of a person's, letter the outbox key on its way",
    sqlite_with_rowid=False,
)
_open = pushes.c.released_at.is_(None)
Index(
    "ix_pushes_open",
    pushes.c.due_at,
    pushes.c.user,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index(
    "ix_pushes_open_user",
    pushes.c.user,
    sqlite_where=_open,
    postgresql_where=_open,
)

_on_the_way = pushes.c.letter.is_not(None)
Index(
    "ix_pushes_letter",
    pushes.c.letter,
    sqlite_where=_on_the_way,
    postgresql_where=_on_the_way,
)

planned_days = Table(
    "planned_days",
    metadata,
    Column("cycle", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("planned_at", Instant, nullable=False),
    PrimaryKeyConstraint("cycle", "kind", "day"),
    comment="whose pushes of which kind are planned, everybody's at once",
    sqlite_with_rowid=False,
)

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", Text, nullable=False),
    Column("user", BigInteger, nullable=False),
    Column("platform", Text, nullable=False),
    Column("line", Id, nullable=False),
    Column("day", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    comment="money that did not arrive, for the operator; line 0 is all of that day",
    sqlite_autoincrement=True,
)
Index("uq_cases_subject", cases.c.user, cases.c.platform, cases.c.line, cases.c.day, unique=True)
