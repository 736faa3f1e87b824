"""`INSERT … ON CONFLICT` on either database."""

from collections.abc import Callable

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["Insert", "Inserting", "insert", "insert_for"]

Insert = sqlite.Insert | postgresql.Insert
Inserting = Callable[[Table], Insert]


def insert(connection: Connection, table: Table) -> Insert:
    """The dialect's own insert, which knows ON CONFLICT; SQLAlchemy's general one does not."""
    return insert_for(connection)(table)


def insert_for(connection: Connection) -> Inserting:
    """What begins such an insert, the same for all connections to one kind of database."""
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
