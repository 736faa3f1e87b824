"""The database (体检：数据库): reachable, whole, of this version, ours to write, with room."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from bot.doctor.finding import Finding, find
from bot.doctor.telegram import LARGEST_DIFFERENCE
from bot.settings import Settings
from bot.store.database import is_known, open_engine, tables_of
from bot.store.leases import database_time
from bot.store.tables import metadata
from bot.store.transactions import reads

__all__ = ["of_database"]

MEGABYTE = 1024 * 1024
PIECE = bytes(MEGABYTE)
WORTH_A_VACUUM_MB = 100
MOST_SLACK = 0.5


def of_database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at it without changing anything; a piece written beside the file is taken away."""
    address = settings.database_url.get_secret_value()
    file = sqlite_file(address)
    if file is not None and not _writable(file.parent):
        yield find("database.folder", folder=file.parent)
        return
    if file is not None and not file.exists():
        yield find("database.new")
        return
    full = list(_room(file))
    engine = open_engine(address)
    try:
        findings = [*_looked_at(engine, now), *full]
    except DBAPIError as error:
        # Without room SQLite cannot even open its log: whatever it says of that is no cause.
        findings = full or [_unusable(error)]
    finally:
        engine.dispose()
    yield from findings or [find("database.ok")]


def sqlite_file(address: str) -> Path | None:
    """The file of an SQLite database."""
    url = make_url(address)
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(url.database or "") if is_file else None


def _writable(folder: Path) -> bool:
    """Whether a folder can be written, or made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _unusable(error: DBAPIError) -> Finding:
    said = str(error.orig)
    if isinstance(error, DatabaseError) and ("malformed" in said or "not a database" in said):
        return find("database.corrupt", reason=said)
    code = "database.readonly" if "readonly" in said else "database.unreachable"
    return find(code, reason=_first_line(said))


def _looked_at(engine: Engine, now: datetime) -> Iterator[Finding]:
    of_kind = _sqlite if engine.dialect.name == "sqlite" else _postgresql
    with reads(engine) as connection:
        yield from _version(connection)
        yield from _clock(connection, now)
        yield from of_kind(connection)
    yield from _writes(engine)


def _version(connection: Connection) -> Iterator[Finding]:
    found, program = tables_of(connection)
    if found is None or found == program:
        return
    code = "database.outdated" if is_known(found) else "database.newer"
    yield find(code, found=found, program=program)


def _clock(connection: Connection, now: datetime) -> Iterator[Finding]:
    difference = abs(database_time(connection) - now)
    # SQLite has no clock of its own; asking it compares this machine with itself.
    if connection.dialect.name == "postgresql" and difference > LARGEST_DIFFERENCE:
        yield find("clock.off", seconds=round(difference.total_seconds()), against="数据库")


def _sqlite(connection: Connection) -> Iterator[Finding]:
    problem = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if problem != "ok":
        yield find("database.corrupt", reason=_first_line(str(problem)))
        return
    mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode != "wal":
        yield find("database.journal", mode=mode)
    free, pages, size = (
        int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
        for name in ("freelist_count", "page_count", "page_size")
    )
    megabytes = pages * size // MEGABYTE
    if megabytes >= WORTH_A_VACUUM_MB and free > MOST_SLACK * pages:
        yield find("database.slack", share=100 * free // pages, size=megabytes)


def _postgresql(connection: Connection) -> Iterator[Finding]:
    found, program = tables_of(connection)
    missing = []
    if found != program and not connection.execute(_MAY_CREATE).scalar_one():
        missing.append("CREATE")
    if found is not None:
        lacking = connection.execute(_LACKING, {"tables": list(metadata.tables)}).scalars()
        missing += sorted(lacking)
    if missing:
        yield find("database.privileges", missing="、".join(missing))


_MAY_CREATE = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
_LACKING = text(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY(:tables)"
    " AND relnamespace = current_schema()::regnamespace"
    " AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')"
    " AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))"
)


def _writes(engine: Engine) -> Iterator[Finding]:
    try:
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                # The transaction that begins asks for the writer, and nothing is written.
                connection.execute(text("SELECT 1"))
                connection.rollback()
            return
        with engine.connect() as connection:
            readonly = connection.execute(text("SHOW transaction_read_only")).scalar_one()
            if readonly == "on":
                yield find("database.readonly", reason="transaction_read_only")
    except OperationalError as error:
        yield find("database.readonly", reason=_first_line(str(error.orig)))


def _room(file: Path | None) -> Iterator[Finding]:
    """Whether more can be written: its log may have room left in itself on a disk that is full."""
    if file is None:
        return
    try:
        with TemporaryFile(dir=file.parent) as piece:
            piece.write(PIECE)
            piece.flush()
            os.fsync(piece.fileno())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield find("database.full", folder=file.parent, reason=reason)


def _first_line(said: str) -> str:
    return (said.splitlines() or [""])[0][:200]
