"""Many rows at once (批量写入): the fastest way each database has, behind one signature."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Table,
    Text,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

__all__ = ["STAGING", "among", "insert_rows", "reserve_ids", "values_for"]

STAGING = "staging"
"""The option of a connection whose commits may be lost with the power: nobody sees what they hold.

The commit that publishes is made without it, and with it all before are on the disk.
"""

_NEXT = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_RESERVE = text(
    "SELECT array_agg(nextval(sequence)) FROM generate_series(1, :count),"
    " CAST(pg_get_serial_sequence(:name, 'id') AS regclass) AS sequence"
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
        reserved: list[int] = connection.execute(_RESERVE, values).scalar_one()
        return reserved
    # SQLite goes on numbering after the highest number ever inserted; the writer is ours.
    last: int = connection.execute(_NEXT, {"name": table.name}).scalar_one_or_none() or 0
    return range(last + 1, last + 1 + count)


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """That a column is one of the values given, by `values_for`, as the parameter `name`.

    One parameter however many there are, each looked up by the column's index: a list of
    thousands would be a new statement each time, and a join may begin at the wrong end.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    values = func.json_each(bindparam(name, type_=Text)).table_valued("value")
    return column.in_(select(values.c.value))


def values_for(dialect: str, values: Iterable[int] | Iterable[str]) -> list[Any] | str:
    """The values of an `among`, as the dialect takes them."""
    given = list(values)
    return given if dialect == "postgresql" else orjson.dumps(given).decode()


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
