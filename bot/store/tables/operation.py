"""What the installation keeps of itself: its secret, revisions, leases (运行)."""

from sqlalchemy import Column, ForeignKey, Table, Text

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = ["alarms", "installation", "leases", "publications", "revisions"]

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

alarms = Table(
    "alarms",
    metadata,
    Column("cause", Text, primary_key=True),
    Column("raised_at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("ended_at", Instant),
    comment="what is wrong, or was; told_at is when the operator last heard that it is",
)
