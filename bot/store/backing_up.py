"""Backing up a database (备份) while others write to it: all of it as of one moment."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from bot.store.backup_files import BackupRefusedError, new_file
from bot.store.database import tables_of
from bot.store.dumping import dump, dumped_revision
from bot.store.transactions import reads

__all__ = ["BackedUp", "back_up", "whole_sqlite"]


class BackedUp(NamedTuple):
    """A backup that was written and read again: its version of the tables, and its bytes."""

    revision: str
    size: int


def back_up(engine: Engine, file: Path) -> BackedUp:
    """Write a new file that holds the whole database, compressed if its name ends in `.gz`.

    Raises BackupRefusedError, and then there is no such file.
    """
    with reads(engine) as connection:
        if tables_of(connection).found is None:
            raise BackupRefusedError("数据库里还没有表，没有可以备份的")
    with new_file(file) as partial:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, partial)
            revision = whole_sqlite(partial)
        else:
            dump(engine, partial)
            revision = dumped_revision(partial)
        if revision is None:
            raise BackupRefusedError("写出的备份里没有表的版本，备份不可用；请再试一次")
    return BackedUp(revision, file.stat().st_size)


def whole_sqlite(file: Path) -> str | None:
    """Check every page and index of a file; its version of the tables.

    Raises BackupRefusedError if anything is damaged.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as reading:
            problems = reading.execute("PRAGMA integrity_check(1)").fetchone()[0]
            found = reading.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        problems, found = str(error), None
    if problems != "ok":
        raise BackupRefusedError(f"{file.name}：数据库文件是坏的（{problems}），请换一份备份")
    return str(found[0]) if found else None


def _copy_sqlite(engine: Engine, partial: Path) -> None:
    # VACUUM INTO reads one moment without keeping writers waiting, and unlike a copy of the pages
    # it leaves out what was deleted: whoever was erased is not in backups made after that.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(partial),)).close()
