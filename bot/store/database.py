"""Opening a database and bringing its tables up to date."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

__all__ = ["open_engine", "upgrade"]

LOCK_WAIT_SECONDS = 10


def open_engine(url: str) -> Engine:
    """An engine for a database URL; the folder of an SQLite file is made if it is missing."""
    address = make_url(url)
    # The values of a statement are people's messages: they belong in no error text.
    common = {
        "hide_parameters": True,
        "json_serializer": _dumps,
        "json_deserializer": orjson.loads,
    }
    if address.get_backend_name() != "sqlite":
        return create_engine(address.set(drivername="postgresql+psycopg"), **common)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        address,
        **common,
        poolclass=QueuePool,
        # autocommit of the driver: transactions begin where `_begin` says, not at the first write
        connect_args={"timeout": LOCK_WAIT_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def upgrade(engine: Engine) -> None:
    """Create or migrate the tables, all steps or none."""
    config = Config()
    config.set_main_option("script_location", str(files("bot.store") / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _dumps(document: Any) -> str:
    return orjson.dumps(document).decode()


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # An update is confirmed to Telegram after the commit: the commit must survive a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A deferred transaction that starts by reading fails at its first write, without waiting,
    # when another one has committed in between; readers ask for `deferred` by an option.
    deferred = connection.get_execution_options().get("deferred", False)
    connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")
