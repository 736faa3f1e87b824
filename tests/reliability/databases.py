"""Empty databases for a run: an SQLite file for one process, PostgreSQL for two."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgresql import PostgresServer

__all__ = ["PROCESSES", "database"]

PROCESSES = {"sqlite": 1, "postgresql": 2}


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The address of a new database."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'bot.db'}"
        return
    # Only the machine is trusted not to fail here, so nothing need reach the disk.
    settings = ("fsync=off", "full_page_writes=off")
    with PostgresServer(*settings) as server, server.database() as address:
        yield address
