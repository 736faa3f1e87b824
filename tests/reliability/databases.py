"""Empty databases for runs: an SQLite file for one process, PostgreSQL for two."""

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.postgresql import PostgresServer

__all__ = ["PROCESSES", "Databases"]

PROCESSES = {"sqlite": 1, "postgresql": 2}


class Databases:
    """Makes databases until it is left; the server for PostgreSQL starts when it is needed."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self._server: PostgresServer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def new(self, name: str, folder: Path) -> str:
        """The address of a new database."""
        if name == "sqlite":
            return f"sqlite:///{folder / 'bot.db'}"
        if self._server is None:
            # Only the machine is trusted not to fail here, so nothing need reach the disk.
            server = PostgresServer("fsync=off", "full_page_writes=off")
            self._server = self._running.enter_context(server)
        return self._running.enter_context(self._server.database())
