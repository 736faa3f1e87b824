"""Restoring a database from a backup (恢复): as a whole, or nothing changes."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.store.backing_up import whole_sqlite
from bot.store.backup_files import (
    BackupForm,
    BackupRefusedError,
    copy_unpacked,
    form_of,
    put_there,
)
from bot.store.database import is_known, open_engine
from bot.store.dumping import dumped_revision, dumped_tables, load
from bot.store.leases import any_held
from bot.store.letters import State
from bot.store.tables import leases, outbox
from bot.store.transactions import reads

__all__ = ["Restored", "restore"]

RESTORED = "restored from a backup: it may have been sent since"
_VERSION_TABLE = "alembic_version"
_IN_USE = "还有程序在用这个数据库：请先停掉所有 mingzhang run，再恢复（刚停的话，等一分钟）"


class Restored(NamedTuple):
    """What was restored: its version of the tables, and where an SQLite file before it lies."""

    revision: str
    previous: Path | None


def restore(engine: Engine, file: Path, now: datetime, *, replace: bool) -> Restored:
    """Put a backup into the database of an engine; what waited to be sent becomes uncertain.

    A database with rows in it is refused unless it may be replaced; an SQLite file is then kept
    as `<name>.previous`. Raises BackupRefusedError, and then the database is as it was.
    """
    form = form_of(file)
    if form.name.casefold() != engine.dialect.name:
        raise BackupRefusedError(
            f"{file}：这是 {form.name} 的备份，MINGZHANG_DATABASE_URL 却是 {engine.dialect.name}："
            "先恢复到同一种数据库，再用 mingzhang db copy 搬过去"
        )
    put_back = _restore_sqlite if form is BackupForm.SQLITE else _restore_postgresql
    return put_back(engine, file, now, replace)


def _restore_sqlite(engine: Engine, file: Path, now: datetime, replace: bool) -> Restored:
    target = Path(engine.url.database or "")
    partial = target.with_name(f".{target.name}.partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        copy_unpacked(file, partial)
        revision = _usable(file, whole_sqlite(partial))
        _settle_copy(partial, now)
        _own_like(target.parent, partial)
        previous = _make_room(engine, target, replace)
        put_there(partial, target)
    finally:
        for each in (partial, *_logs(partial)):
            each.unlink(missing_ok=True)
    return Restored(revision, previous)


def _make_room(engine: Engine, target: Path, replace: bool) -> Path | None:
    """Keep what is there under another name too; which that is, if there is anything."""
    if not target.exists():
        _put_logs_away(target, None)
        return None
    occupied = _is_occupied(engine, replace)
    _close_for_good(target)
    previous = _kept_beside(target) if occupied else None
    _put_logs_away(target, previous)
    return previous


def _is_occupied(engine: Engine, replace: bool) -> bool:
    """Whether there is something to keep; a damaged file is, and may be why this is done."""
    try:
        with reads(engine) as connection:
            return _refuse_if_taken(connection, replace)
    except DatabaseError as error:
        if isinstance(error, OperationalError) or not replace:
            raise
        return True
    finally:
        engine.dispose()


def _put_logs_away(target: Path, previous: Path | None) -> None:
    """What is left of a log belongs to the file before; another file would be spoilt by it."""
    for log in _logs(target):
        if previous and log.exists():
            log.replace(previous.with_name(log.name.replace(target.name, previous.name, 1)))
        log.unlink(missing_ok=True)


def _kept_beside(target: Path) -> Path:
    """Give a file a second name; it keeps the first until another takes that in one step."""
    previous = target.with_name(f"{target.name}.previous")
    for each in (previous, *_logs(previous)):
        each.unlink(missing_ok=True)
    try:
        previous.hardlink_to(target)
    except OSError:  # not every file system knows two names of one file
        shutil.copy2(target, previous)
    return previous


def _close_for_good(target: Path) -> None:
    """Write what is in the log into the file; refused while any other process has it open."""
    with closing(sqlite3.connect(target, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise BackupRefusedError(_IN_USE) from None
        except sqlite3.DatabaseError:
            pass  # damaged: it is kept with its log, as it is


def _logs(database: Path) -> list[Path]:
    return [database.with_name(f"{database.name}-{each}") for each in ("wal", "shm")]


def _settle_copy(partial: Path, now: datetime) -> None:
    engine = open_engine(f"sqlite:///{partial}")
    with engine.begin() as connection:
        _doubt_what_waited(connection, now)
    engine.dispose()
    _close_for_good(partial)


def _own_like(folder: Path, file: Path) -> None:
    """Let a database that root restores belong to whoever runs the bot."""
    if os.geteuid() == 0:
        owner = folder.stat()
        shutil.chown(file, owner.st_uid, owner.st_gid)


def _restore_postgresql(engine: Engine, file: Path, now: datetime, replace: bool) -> Restored:
    with TemporaryDirectory(prefix="mingzhang-restore-") as folder:
        unpacked = Path(folder) / "backup"
        copy_unpacked(file, unpacked)
        revision = _usable(file, dumped_revision(unpacked))
        with reads(engine) as connection:
            _refuse_if_taken(connection, replace)
            _refuse_other_tables(connection, dumped_tables(unpacked))
        load(engine, unpacked)
    with engine.begin() as connection:
        _doubt_what_waited(connection, now)
    return Restored(revision, None)


def _usable(file: Path, revision: str | None) -> str:
    if revision is None:
        raise BackupRefusedError(f"{file}：里面没有明账的表，请检查是不是拿错了文件")
    if not is_known(revision):
        raise BackupRefusedError(
            f"{file}：备份是更新的版本做的（{revision}），这个版本读不了；请用较新的程序恢复"
        )
    return revision


def _refuse_if_taken(connection: Connection, replace: bool) -> bool:
    """Whether rows are there that will be replaced."""
    tables = [each for each in inspect(connection).get_table_names() if each != _VERSION_TABLE]
    if leases.name in tables and any_held(connection):
        raise BackupRefusedError(_IN_USE)
    taken = next((each for each in tables if _has_rows(connection, each)), None)
    if taken and not replace:
        raise BackupRefusedError(
            f"数据库不是空的（{taken} 里有内容）：请换一个新的，或加上 --replace 用备份取代它"
        )
    return taken is not None


def _has_rows(connection: Connection, table: str) -> bool:
    quoted = connection.dialect.identifier_preparer.quote(table)
    return connection.execute(text(f"SELECT 1 FROM {quoted} LIMIT 1")).first() is not None  # noqa: S608


def _refuse_other_tables(connection: Connection, known: set[str]) -> None:
    if others := sorted(set(inspect(connection).get_table_names()) - known):
        raise BackupRefusedError(
            f"数据库里有备份里没有的表（{others[0]}）：请新建一个空的数据库，恢复到那里"
        )


def _doubt_what_waited(connection: Connection, now: datetime) -> None:
    """Send nothing that may have been sent since the backup: the operator decides."""
    waiting = outbox.c.state.in_((State.PENDING, State.SENDING))
    doubted = outbox.update().where(waiting)
    values = {"state": State.UNCERTAIN, "reason": RESTORED, "settled_at": now}
    connection.execute(doubted.values(values))
