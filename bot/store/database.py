"""Opening a database and bringing its tables up to date."""

from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

from bot.store.bulk import STAGING
from bot.store.locks import hold_for_good
from bot.store.transactions import ONLY_READS, reads

__all__ = [
    "PATIENCE",
    "DriverMissingError",
    "NewerDatabaseError",
    "Tables",
    "is_current",
    "is_known",
    "open_engine",
    "tables_of",
    "upgrade",
]

LOCK_WAIT_SECONDS = 10
DRIVER_MISSING = "没有安装 PostgreSQL 的驱动：请运行 pip install 'mingzhang[postgres]'"
SILENCE_SECONDS = 30
"""After that long without a word in a transaction PostgreSQL takes a replica for dead."""

PATIENCE = {
    "connect_timeout": LOCK_WAIT_SECONDS,
    "keepalives_idle": SILENCE_SECONDS,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""A machine that is gone is noticed within a minute, by the server too: its locks go with it."""

_COMMON = {
    # The values of a statement are people's messages: they belong in no error text.
    "hide_parameters": True,
    "json_serializer": lambda document: orjson.dumps(document).decode(),
    "json_deserializer": orjson.loads,
}
_SETTINGS = (
    ("synchronous", "FULL", "NORMAL"),
    # KiB of pages kept in memory: an import goes back to the ends of many indexes
    ("cache_size", "-2000", "-48000"),
    ("wal_autocheckpoint", "1000", "0"),
)
"""What differs while an import is staged: usually, and then."""
CHECKPOINT_EVERY = 8
"""Transactions of an import after which the log is emptied."""
_READ_AT_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class DriverMissingError(Exception):
    """The database's driver is not installed; the words say how to install it."""


class NewerDatabaseError(Exception):
    """The tables were made by a newer version of the program; the words say what to do (zh)."""


def open_engine(url: str) -> Engine:
    """An engine for a database URL; the folder of an SQLite file is made if it is missing.

    Raises DriverMissingError for PostgreSQL without psycopg.
    """
    address = make_url(url)
    return _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)


def upgrade(engine: Engine) -> None:
    """Create or migrate the tables, all steps or none; replicas that start at once take turns.

    Where there is nothing to do, nobody is waited for. Raises NewerDatabaseError if this version
    of the program does not know them.
    """
    with reads(engine) as connection:
        if is_current(connection):
            return
    config = _migrations()
    with engine.begin() as connection:
        hold_for_good(connection, "migrations")
        _check_known(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class Tables(NamedTuple):
    """Which version of the tables a database has, None without any, and which the program has."""

    found: str | None
    program: str | None


def tables_of(connection: Connection) -> Tables:
    """The version of the tables there, and that of this program."""
    return Tables(MigrationContext.configure(connection).get_current_revision(), _head())


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this version of the program."""
    tables = tables_of(connection)
    return tables.found == tables.program


def is_known(revision: str) -> bool:
    """Whether this version of the program can bring such tables up to date."""
    scripts = ScriptDirectory.from_config(_migrations()).walk_revisions()
    return revision in {script.revision for script in scripts}


@cache
def _head() -> str | None:
    """The last migration of this version; to find it all of them are read."""
    return ScriptDirectory.from_config(_migrations()).get_current_head()


def _check_known(connection: Connection) -> None:
    for revision in MigrationContext.configure(connection).get_current_heads():
        if not is_known(revision):
            raise NewerDatabaseError(
                f"数据库的表是更新的版本建的（{revision}），这个版本读不了；"
                "请换回较新的程序，或恢复升级前的备份"
            )


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("bot.store") / "migrations"))
    return config


def _sqlite(address: URL) -> Engine:
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        address,
        **_COMMON,
        poolclass=QueuePool,
        # autocommit of the driver: transactions begin where `_begin` says, not at the first write
        connect_args={"timeout": LOCK_WAIT_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # An update is confirmed to Telegram after the commit: the commit must survive a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is erased is overwritten; Debian's SQLite does so by itself, others do not.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    _relax(connection)
    # A deferred transaction that starts by reading fails at its first write, without waiting,
    # when another one has committed in between.
    connection.exec_driver_sql("BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE")


def _relax(connection: Connection) -> None:
    """Let what is only staged reach the disk with what publishes it, and all else at once.

    What was committed goes from the log into the database between two transactions of an import,
    not within the commit of one: then nobody waits for the writer meanwhile.
    """
    staging = connection.get_execution_options().get(STAGING, False)
    if connection.info.get(STAGING, 0) == 0 and not staging:
        return
    chunks = connection.info.get(STAGING, 0) + 1 if staging else 0
    if chunks <= 1:
        for setting, usual, while_staging in _SETTINGS:
            value = while_staging if staging else usual
            connection.exec_driver_sql(f"PRAGMA {setting}={value}")
    elif chunks % CHECKPOINT_EVERY == 0:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
    connection.info[STAGING] = chunks


def _postgresql(address: URL) -> Engine:
    if find_spec("psycopg") is None:
        raise DriverMissingError(DRIVER_MISSING)
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        **_COMMON,
        connect_args=PATIENCE,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "handle_error", _leave_out_values)
    return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_WAIT_SECONDS}s'")
        # One that hangs in the middle of a transaction must not hold up the others for ever.
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{SILENCE_SECONDS}s'")
        cursor.execute("SET timezone = 'UTC'")
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    if _only_reads(connection):
        connection.exec_driver_sql(_READ_AT_ONE_MOMENT)
    if connection.get_execution_options().get(STAGING, False):
        # Plans are kept, and one made while the tables are empty reads all of them ever after.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")


def _leave_out_values(context: ExceptionContext) -> None:
    # PostgreSQL explains itself with the values of the row, which no parameter setting hides.
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    said = getattr(getattr(error, "diag", None), "message_primary", None)
    if said is None:
        return
    if wrapped is not None:
        wrapped.args = (str(wrapped.args[0]).replace(str(error), said), *wrapped.args[1:])
    error.args = (said,)


def _only_reads(connection: Connection) -> bool:
    only_reads: bool = connection.get_execution_options().get(ONLY_READS, False)
    return only_reads
