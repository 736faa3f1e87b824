"""Telling how an import goes (报进度): in its one message, not too often."""

import threading
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from sqlalchemy import Engine

from bot.desk.documents_said import fetching, reading
from bot.desk.rendering import Voice
from bot.desk.replies import Say
from bot.store.document_jobs import Job, tell_of_job
from bot.store.transactions import transact

__all__ = ["StoppedError", "Telling"]


class StoppedError(Exception):
    """The process ends, or the import is another's by now; nothing of it stays."""


class Telling:
    """Tells of one import, from whatever thread; at most every `seconds`.

    Once `stop` was called, whoever tells learns it by a StoppedError.
    """

    def __init__(
        self,
        engine: Engine,
        job: Job,
        voice: Voice,
        now: Callable[[], datetime],
        seconds: float,
    ) -> None:
        self._engine = engine
        self._job = job
        self._voice = voice
        self._now = now
        self._seconds = seconds
        self._stopped = threading.Event()
        self._begun_at = self._told_at = monotonic()
        self._reading_since: float | None = None

    def stop(self) -> None:
        """Have the import end soon."""
        self._stopped.set()

    @property
    def took(self) -> int:
        """Seconds since the import began."""
        return round(monotonic() - self._begun_at)

    @property
    def due(self) -> bool:
        """Whether something may be told again."""
        return monotonic() - self._told_at >= self._seconds

    def fetched(self, size: int) -> None:
        """Tell how many bytes are there, if the size of the whole is known."""
        whole = self._job.size
        if whole and self.due:
            share = min(100 * size // whole, 100)
            self._tell(fetching(self._voice, self._job.document.name, share), 0)

    def read(self, rows: int, inside: str | None = None) -> None:
        """Tell how many rows are done; raises StoppedError if the import shall end."""
        if self._stopped.is_set():
            raise StoppedError
        if self._reading_since is None:
            self._reading_since = monotonic()
        if self.due:
            took = monotonic() - self._reading_since
            rate = int(rows / took) if took >= 1 else 0
            said = reading(self._voice, self._job.document.name, rows, rate, inside)
            self._tell(said, rows)

    def _tell(self, said: Say, rows: int) -> None:
        self._told_at = monotonic()
        now = self._now()
        transact(
            self._engine, lambda connection: tell_of_job(connection, self._job, said, rows, now)
        )
