"""Files that came in by the console, and the rows of them that were refused (上传的报表)."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from bot.store.tables.schema import metadata
from bot.store.types import Id, Instant

__all__ = ["refused_tables", "uploaded_parts"]

uploaded_parts = Table(
    "uploaded_parts",
    metadata,
    Column("upload", Text, nullable=False),
    Column("place", Integer, nullable=False),
    # deflated
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", Instant, nullable=False),
    PrimaryKeyConstraint("upload", "place"),
    comment="a file in pieces, until it is imported: whichever replica imports it can read it",
)
Index("ix_uploaded_parts_kept_at", uploaded_parts.c.kept_at)

refused_tables = Table(
    "refused_tables",
    metadata,
    Column("id", Id, primary_key=True),
    Column("document", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("kept", BigInteger, nullable=False),
    comment="refused rows of a file that came by the console, to be corrected and sent again",
    sqlite_autoincrement=True,
)
Index("ix_refused_tables_document", refused_tables.c.document)
