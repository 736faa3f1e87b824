"""Moving an installation to another database (搬家): every row, all of them or none."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table, func, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from bot.store.database import is_current, upgrade
from bot.store.leases import any_held
from bot.store.tables import leases, metadata
from bot.store.transactions import reads

__all__ = ["Copied", "CopyRefusedError", "copy_database"]

CHUNK = 1000


class CopyRefusedError(Exception):
    """Why a database is not copied, and what to do; the target is as it was."""


class Copied(NamedTuple):
    """How far the copying of a table is."""

    table: str
    rows: int
    of: int


def copy_database(source: Engine, target: Engine, progress: Callable[[Copied], None]) -> None:
    """Copy all rows into a database that holds none, in one transaction, and count them again.

    What processes hold for themselves while they run is left out. Raises CopyRefusedError.
    """
    with reads(source) as reading:
        _refuse_what_is_old_or_in_use(reading)
        upgrade(target)
        with target.begin() as writing:
            _refuse_what_is_not_empty(writing)
            for table in _tables():
                _copy_table(reading, writing, table, progress)
            for table in _tables():
                _go_on_numbering(reading, writing, table)


def _tables() -> Iterator[Table]:
    """Those that others refer to come first."""
    return (table for table in metadata.sorted_tables if table is not leases)


def _refuse_what_is_old_or_in_use(source: Connection) -> None:
    if not is_current(source):
        raise CopyRefusedError(
            "来源数据库不是当前版本：请先让 MINGZHANG_DATABASE_URL 指向它，"
            "运行 mingzhang db upgrade"
        )
    if any_held(source):
        raise CopyRefusedError(
            "还有程序在用来源数据库：请先停掉所有 mingzhang run，再复制（刚停的话，等一分钟）"
        )


def _refuse_what_is_not_empty(target: Connection) -> None:
    for table in _tables():
        if count := _count(target, table):
            raise CopyRefusedError(
                f"目标数据库不是空的（{table.name} 有 {count} 行）：请换一个新建的数据库"
            )


def _copy_table(
    source: Connection, target: Connection, table: Table, progress: Callable[[Copied], None]
) -> None:
    expected, done = _count(source, table), 0
    progress(Copied(table.name, done, expected))
    everything = select(table).order_by(*table.primary_key)
    try:
        with source.execution_options(yield_per=CHUNK).execute(everything) as found:
            for rows in found.mappings().partitions():
                target.execute(table.insert(), [dict(row) for row in rows])
                done += len(rows)
                progress(Copied(table.name, done, expected))
    except (DBAPIError, StatementError) as error:
        raise CopyRefusedError(_failure(table, done, error)) from error
    if (written := _count(target, table)) != expected:
        raise CopyRefusedError(
            f"{table.name} 应有 {expected} 行，写进去的是 {written} 行；已全部撤销，请再试一次"
        )


def _failure(table: Table, done: int, error: Exception) -> str:
    place = f"{table.name} 第 {done + 1} 到 {done + CHUNK} 行之间"
    return f"{place}写不进目标数据库（{type(error).__name__}）；已全部撤销，请检查后再试"


def _count(connection: Connection, table: Table) -> int:
    count: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return count


def _go_on_numbering(source: Connection, target: Connection, table: Table) -> None:
    """Number new rows after the last one ever made: buttons and batches refer to numbers."""
    column = table.autoincrement_column
    if column is None:
        return
    highest = target.execute(select(func.max(column))).scalar_one() or 0
    last = max(highest, _last_number(source, table, column.name))
    if not last:
        return
    if target.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
        target.execute(select(func.setval(sequence, last)))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        values = {"name": table.name, "seq": last}
        target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        target.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :seq)"), values)


def _last_number(connection: Connection, table: Table, column: str) -> int:
    values = {"name": table.name}
    if connection.dialect.name == "postgresql":
        statement = text("SELECT last_value FROM pg_sequences WHERE sequencename = :name")
        values = {"name": f"{table.name}_{column}_seq"}
    else:
        statement = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return connection.execute(statement, values).scalar_one_or_none() or 0
