"""Reports that the operator sends to a bot as documents (发来的报表)."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, false, text

from bot.store.tables.schema import metadata
from bot.store.types import Document, Id, Instant

__all__ = ["document_imports"]

document_imports = Table(
    "document_imports",
    metadata,
    Column("id", Id, primary_key=True),
    # A file's id is the bot's own: no other can fetch it.
    Column("bot", BigInteger, nullable=False),
    # 0 for one that came by the console: nobody is told of it in a chat.
    Column("chat", BigInteger, nullable=False),
    Column("message", BigInteger),
    # Whoever asked for it; goes with them when they have everything erased.
    Column("user", BigInteger, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger),
    Column("creator", Text),
    Column("dry_run", Boolean, nullable=False, server_default=false()),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("problem", Text),
    Column("requested_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("seconds", Integer, nullable=False, server_default=text("0")),
    Column("rows", BigInteger, nullable=False, server_default=text("0")),
    Column("files", Document, nullable=False),
    Column("said", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("owner", Text),
    # By the database's clock, as all leases.
    Column("leased_until", Instant),
    # Of one that came by the console: whose parts it is, and the platform that was chosen.
    Column("upload", Text),
    Column("platform", Text),
    comment="what came of each, in files; said counts the changes of its one message",
    sqlite_autoincrement=True,
)
_open = document_imports.c.state.in_(("waiting", "working", "undoing"))
Index(
    "ix_document_imports_open", document_imports.c.id, sqlite_where=_open, postgresql_where=_open
)
