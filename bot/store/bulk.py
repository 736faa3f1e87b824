"""Many rows at once (批量写入): the fastest way each database has, behind one signature."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    FromClause,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

__all__ = ["STAGING", "each_of", "insert_rows", "reserve_ids"]

STAGING = "staging"
"""The option of a connection whose commits may be lost with the power: nobody sees what they hold.

The commit that publishes is made without it, and with it all before are on the disk.
"""

_NEXT = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_RESERVE = text(
    "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
)


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows of values as the table keeps them: JSON and instants as text."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) VALUES ({marks})",  # noqa: S608
        [tuple(row) for row in rows],
    )


def reserve_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Numbers for new rows of a table that numbers its rows, never given again."""
    if connection.dialect.name == "postgresql":
        values = {"name": table.name, "count": count}
        return list(connection.execute(_RESERVE, values).scalars())
    # SQLite goes on numbering after the highest number ever inserted; the writer is ours.
    last: int = connection.execute(_NEXT, {"name": table.name}).scalar_one_or_none() or 0
    return range(last + 1, last + 1 + count)


def each_of(dialect: str, name: str) -> FromClause:
    """The values of a JSON array, given as the parameter `name`, as a table with one column.

    One parameter however many there are: a list of thousands would be a new statement each time.
    """
    if dialect == "postgresql":
        values = func.jsonb_array_elements_text(cast(bindparam(name, type_=Text), JSONB))
        return values.table_valued(column("value", Text)).render_derived()
    return func.json_each(bindparam(name, type_=Text)).table_valued(column("value", Text))


def _copy(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    raw: Any = connection.connection.cursor()
    try:
        with raw.copy(statement) as copying:
            for row in rows:
                copying.write_row(row)
    except Exception as error:
        if not isinstance(error, connection.dialect.loaded_dbapi.Error):
            raise
        # The values of a row belong in no error text.
        error.args = (getattr(error.diag, "message_primary", None) or type(error).__name__,)
        raise DBAPIError.instance(
            statement, None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True
        ) from None
    finally:
        raw.close()
