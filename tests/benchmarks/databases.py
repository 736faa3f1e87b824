"""Empty databases for benchmarks: a file on this machine's disk, or a server of one's own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from bot.store.database import open_engine, upgrade
from tests.postgresql import PostgresServer

__all__ = ["KINDS", "database", "prepared"]

KINDS = ("sqlite", "postgresql")


@contextmanager
def database(kind: str, *settings: str) -> Iterator[str]:
    """The address of an empty database, for as long as it is needed.

    Without other `settings` PostgreSQL is as it comes: it writes to disk before it says so.
    """
    if kind == "postgresql":
        with PostgresServer(*settings) as server, server.database() as address:
            yield address
        return
    with tempfile.TemporaryDirectory(prefix="mingzhang-") as folder:
        yield f"sqlite:///{Path(folder) / 'mingzhang.db'}"


@contextmanager
def prepared(kind: str, *settings: str) -> Iterator[Engine]:
    """Such a database with its tables."""
    with database(kind, *settings) as address:
        engine = open_engine(address)
        upgrade(engine)
        yield engine
        engine.dispose()
