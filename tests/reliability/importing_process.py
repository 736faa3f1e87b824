"""A process that imports a report, or syncs with a platform, to be killed at some moment."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.platform_keys import PlatformKeys
from bot.store.database import open_engine
from bot.store.reports import import_report
from bot.sync.engine import Sync
from bot.sync.progress import Event, Stopped
from settlement.reports import Report, read_report
from tests.orphans import end_with_parent
from tests.sync.fetching import HASTY

__all__ = ["FAILED", "LEASE_SECONDS", "Job", "work"]

FAILED = 4
LEASE_SECONDS = 1.0
"""A killed process loses its place that fast here; the next one waits for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process does, and when it kills itself: before the n-th such event, if ever.

    Without a `report` it syncs with these keys.
    """

    database: str
    now: datetime
    report: Path | None
    keys: dict[str, Any]
    event: str | None = None
    nth: int = 0


def work(job: Job, begun: Pipe) -> None:
    """Do it to the end, but for a kill; the exit status says whether it was done."""
    end_with_parent()
    logging.getLogger("stamina").setLevel(logging.ERROR)
    engine = open_engine(job.database)
    if job.event:
        event.listen(engine, job.event, _killing(job.nth))
    begun.send(True)
    done = _import(engine, job, job.report) if job.report else asyncio.run(_sync(engine, job))
    engine.dispose()
    raise SystemExit(0 if done else FAILED)


def _killing(nth: int) -> Callable[[Connection], None]:
    seen = 0

    def count(_: Connection) -> None:
        nonlocal seen
        seen += 1
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return count


def _import(engine: Engine, job: Job, path: Path) -> bool:
    with path.open("rb") as file:
        report = read_report(file, path.name)
        if not isinstance(report, Report):
            return False
        imported = import_report(engine, report, path.stem, job.now)
    return imported.refused == 0


async def _sync(engine: Engine, job: Job) -> bool:
    figures = replace(HASTY, lease_seconds=LEASE_SECONDS)
    keys = PlatformKeys(**job.keys)
    said: list[Event] = []
    async with Sync(
        engine, lambda: keys, lambda: job.now, figures=figures, tell=said.append
    ) as sync:
        for _ in range(20):
            if await sync.turn():
                return True
            await asyncio.sleep(LEASE_SECONDS / 4)
    sys.stderr.write(f"{[each for each in said if isinstance(each, Stopped)][-3:]}\n")
    return False
