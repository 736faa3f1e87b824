"""Kill -9 of imports and syncs: is anything half there, missed, or there twice?

Run as `python -m tests.reliability importing --kills 0-199 --database postgresql`. Each number is
one kill: of the import of a new version of a report, or of a sync with a platform whose orders go
on changing; at some moment, or just before the n-th transaction begins or is committed. After
each, a report must be visible as a whole or not at all, and every published batch be complete.
Now and then, and after ten kills, both are run once more without a kill: then nothing may be
missing, and the next ten begin with an empty database. Prints the figures, one JSON line per
database; exit status 1 if a promise was broken.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, func, select

from bot.store.batches import clear_abandoned
from bot.store.creators import add_creator, name_promoter
from bot.store.database import open_engine, upgrade
from bot.store.tables import import_batches, order_facts, order_lines
from settlement.model import Platform
from tests.platform_server.comparison import differences
from tests.platform_server.faults import Faults
from tests.platform_server.server import PlatformServer
from tests.reliability.databases import PROCESSES, Databases
from tests.reliability.importing_process import Job, work
from tests.reliability.ranges import numbers
from tests.reliability.replicas import readable
from tests.reliability.report_versions import PROMOTER, amounts, write_version
from tests.sync.fetching import (
    begin_at,
    keys_for,
    known,
    lines_of,
    promoters_known,
    secret_values,
    unpublished_batches,
)

SYNCED, IMPORTED = "taobao", "jd"
LONGEST_LIFE = 0.8
DAYS = timedelta(days=3)
EVENTS = ("commit", "begin")
SHOWN = 5
MOST_EVENTS = {"import": 12, "sync": 90}
AT_ONCE = 10
"""Kills of one database: what is fetched for the first time is never looked at again."""

_processes = get_context("forkserver")
_processes.set_forkserver_preload(
    [
        "tests.reliability.importing_process",
        "psycopg",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite.pysqlite",
    ]
)


@dataclass(slots=True)
class Figures:
    """What was killed and what came of it."""

    kills: int = 0
    of_imports: int = 0
    of_syncs: int = 0
    too_late: int = 0
    """The process had done its work before the moment came."""
    partial: int = 0
    missed: int = 0
    twice: int = 0
    left_over: int = 0
    failed_runs: int = 0
    published_by_the_killed: int = 0
    complete_runs: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: "Figures") -> None:
        """Count what another run came to as well."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def faultless(self) -> bool:
        """Whether every promise was kept."""
        broken = (self.partial, self.missed, self.twice, self.left_over, self.failed_runs)
        return not any(broken)


def main() -> None:
    """Kill on both databases, or on the one asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=numbers, default=numbers("0-9"), metavar="FIRST-LAST")
    parser.add_argument("--database", choices=tuple(PROCESSES), action="append")
    parser.add_argument("--seed", type=int, default=7)
    wished = parser.parse_args()
    faultless = True
    with Databases() as databases, TemporaryDirectory() as folder:
        for name in wished.database or PROCESSES:
            begun, figures = time.monotonic(), Figures()
            for first in range(wished.kills.start, wished.kills.stop, AT_ONCE):
                place = Path(folder) / f"{name}-{first}"
                place.mkdir()
                kills = range(first, min(first + AT_ONCE, wished.kills.stop))
                run = KillRun(databases.new(name, place), place, wished.seed)
                figures.add(asyncio.run(run.play(kills)))
            faultless &= figures.faultless()
            kind = {"database": name, "seed": wished.seed, "first": wished.kills.start}
            kind["seconds"] = round(time.monotonic() - begun)
            sys.stdout.write(json.dumps(kind | asdict(figures)) + "\n")
            sys.stdout.flush()
    raise SystemExit(0 if faultless else 1)


class KillRun:
    """Kills on one database."""

    def __init__(self, database: str, folder: Path, seed: int) -> None:
        self._database = database
        self._folder = folder
        self._seed = seed
        self._figures = Figures()
        self._version: int | None = None
        """Of the report that must be visible; None before any is."""
        self._engine = open_engine(database)
        faults = Faults(broken=0.02)
        self._server = PlatformServer({SYNCED: 300}, seed=seed, days=2, faults=faults)

    async def play(self, kills: range) -> Figures:
        """Kill once for each number, then look whether all is there."""
        self._prepare()
        async with self._server:
            last = kills.start
            for number in kills:
                last = number
                dice = random.Random(f"{self._seed}:{number}")  # noqa: S311
                await self._kill(number, dice)
                if dice.random() < 0.25:
                    await self._complete(number)
            await self._complete(last)
        self._look_for_what_is_left()
        self._engine.dispose()
        return self._figures

    def _prepare(self) -> None:
        upgrade(self._engine)
        promoters_known(self._engine, SYNCED, self._server.now)
        with self._engine.begin() as connection:
            creator = add_creator(connection, "报表里的达人", self._server.now)
            name_promoter(connection, Platform(IMPORTED), "position", PROMOTER, creator)
        begin_at(self._engine, keys_for(self._server, SYNCED), self._server.now - DAYS)

    async def _kill(self, number: int, dice: random.Random) -> None:
        """Kill a process once, and look at what it left."""
        kind = dice.choice(("import", "sync"))
        self._go_on(dice)
        at = dice.choice((None, *EVENTS))
        nth = dice.randint(1, MOST_EVENTS[kind])
        job = self._job(number if kind == "import" else None, at, nth)
        life = None if at else dice.uniform(0, LONGEST_LIFE)
        status = await _run(job, life)
        self._figures.kills += 1
        self._figures.of_imports += kind == "import"
        self._figures.of_syncs += kind == "sync"
        self._figures.too_late += status == 0
        self._figures.failed_runs += status > 0
        self._look(number if kind == "import" else None)

    def _go_on(self, dice: random.Random) -> None:
        """Let some hours pass in which things are sold and change."""
        self._server.move(timedelta(hours=dice.uniform(0.5, 4)))
        self._server.sell(SYNCED, 20, late=0.7)
        self._server.change(SYNCED, 30, late=0.7)

    def _job(self, version: int | None, at: str | None = None, nth: int = 0) -> Job:
        path = None if version is None else write_version(self._folder, version)
        keys = secret_values(keys_for(self._server, SYNCED))
        return Job(self._database, self._server.now, path, keys, at, nth)

    def _look(self, tried: int | None) -> None:
        """Whether a report is half there, or a batch is not whole."""
        seen = {
            facts["order_number"]: facts["estimated_commission"]
            for facts in known(self._engine, IMPORTED).values()
        }
        allowed = {self._version, tried} if tried is not None else {self._version}
        found = [each for each in allowed if seen == (amounts(each) if each is not None else {})]
        if not found:
            self._figures.partial += 1
        elif tried is not None and tried in found and tried != self._version:
            self._figures.published_by_the_killed += 1
            self._version = tried
        self._figures.partial += _incomplete_batches(self._engine)

    async def _complete(self, number: int) -> None:
        """Run both to the end; then nothing may be missing."""
        self._figures.complete_runs += 1
        # Refunds noted late are found by a sweep that comes every six hours.
        self._server.move(timedelta(minutes=361))
        for version in (number, None):
            self._figures.failed_runs += await _run(self._job(version), None) != 0
        self._version = number
        self._look(None)
        truth = self._server.truth(SYNCED)
        missed = list(differences(known(self._engine, SYNCED), truth))
        self._figures.missed += len(missed)
        self._figures.examples += missed[: SHOWN - len(self._figures.examples)]
        with self._engine.connect() as connection:
            for platform, lines in ((SYNCED, len(truth)), (IMPORTED, len(amounts(number)))):
                self._figures.twice += max(0, lines_of(connection, platform) - lines)

    def _look_for_what_is_left(self) -> None:
        clear_abandoned(self._engine, self._server.now + timedelta(hours=1))
        with self._engine.connect() as connection:
            self._figures.left_over += unpublished_batches(connection)
            orphans = select(func.count()).where(
                order_facts.c.batch.not_in(select(import_batches.c.id))
                | order_facts.c.line.not_in(select(order_lines.c.id))
            )
            self._figures.left_over += connection.execute(orphans).scalar_one()


async def _run(job: Job, life: float | None) -> int:
    """Start a process, kill it after a while if it is to be, and say how it ended."""
    said, begun = _processes.Pipe(duplex=False)
    process = _processes.Process(target=work, args=(job, begun), daemon=True)
    process.start()
    begun.close()
    if life is not None:
        await readable(said.fileno())
        await asyncio.sleep(life)
        process.kill()
    await readable(process.sentinel)
    process.join()
    said.close()
    return process.exitcode or 0


def _incomplete_batches(engine: Engine) -> int:
    """How many published batches hold other than what their counts say."""
    held = select(func.count()).where(order_facts.c.batch == import_batches.c.id)
    whole = import_batches.c.new + import_batches.c.changed
    wrong = select(func.count()).select_from(import_batches)
    wrong = wrong.where(
        import_batches.c.published_at.is_not(None), held.scalar_subquery() != whole
    )
    with engine.connect() as connection:
        return int(connection.execute(wrong).scalar_one())
