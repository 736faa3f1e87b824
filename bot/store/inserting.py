"""`INSERT … ON CONFLICT` on either database."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["insert"]


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The dialect's own insert, which knows ON CONFLICT; SQLAlchemy's general one does not."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
