"""A PostgreSQL server of the tests' own, from Debian's package `postgresql`."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Self

from sqlalchemy import URL, create_engine

from tests.orphans import end_with_parent

__all__ = ["QUICK", "MissingServerError", "PostgresServer", "programs"]

QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""Settings for tests that do not end the server."""
MISSING = "PostgreSQL is not installed: install Debian's package postgresql to test with it"


class MissingServerError(Exception):
    """There is no PostgreSQL on this machine, or it does not start."""


class PostgresServer:
    """A server in a folder of its own, reached by a socket there and by nothing else."""

    def __init__(self, *settings: str) -> None:
        self._programs = programs()
        self._settings = ("listen_addresses=", *settings)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)

    def __enter__(self) -> Self:
        # not in a test's own folder: its path is too long for a socket
        self._folder = Path(tempfile.mkdtemp(prefix="mingzhang-pg-"))
        if os.getuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        trust = ("-A", "trust", "-U", "postgres")
        plain = ("-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        if self._run("initdb", "-D", "data", *trust, *plain).wait() != 0:
            raise self._failure()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        given = [word for setting in self._settings for word in ("-c", setting)]
        self._process = self._run("postgres", "-D", "data", "-k", str(self._folder), *given)
        while self._run("pg_isready", "-q", "-h", str(self._folder)).wait() != 0:
            if self._process.poll() is not None:
                raise self._failure()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End all sessions and the server; with SIGQUIT as a crash would."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The address of a new database, a copy of `template`, for as long as it is needed."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.address(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement as the server's superuser, outside a transaction."""
        admin = create_engine(
            self.address("postgres").replace("postgresql", "postgresql+psycopg", 1),
            isolation_level="AUTOCOMMIT",
        )
        with admin.connect() as connection:
            connection.exec_driver_sql(statement)
        admin.dispose()

    def address(self, database: str) -> str:
        """The address of one of the server's databases."""
        query = {"host": str(self._folder)}
        return URL.create(
            "postgresql", "postgres", database=database, query=query
        ).render_as_string()

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        # PostgreSQL refuses to run as root: there it runs as the user that its package made.
        user = "postgres" if os.getuid() == 0 else None
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                (self._programs / program, *arguments),
                cwd=self._folder,
                stdout=log,
                stderr=log,
                user=user,
                group=user,
                extra_groups=() if user else None,
                preexec_fn=partial(end_with_parent, signal.SIGQUIT),
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server
            )

    def _failure(self) -> MissingServerError:
        return MissingServerError((self._folder / "log").read_text("utf-8"))


def programs() -> Path:
    """Where the server's programs are; Debian keeps them out of the path.

    Raises MissingServerError.
    """
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name)
    )
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    if not found:
        raise MissingServerError(MISSING)
    return found[-1]
