"""The simulated world: people, reports, faults and the bot, by a virtual clock."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from pathlib import Path
from random import Random
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.store.database import _begin_sqlite, open_engine, upgrade
from bot.store.transactions import ONLY_READS
from settlement.rulebook import Rulebook, Value, shipped_rulebook
from settlement.workdays import WorkCalendar, Year
from tests.reliability.simulation.clocks import Clock
from tests.reliability.simulation.deeds import Deeds
from tests.reliability.simulation.life import BEGIN, Happens, a_year
from tests.reliability.simulation.oracle import Oracle
from tests.reliability.simulation.payout_days import today
from tests.reliability.simulation.process import MOMENT, PUSHES_IN_FLIGHT, Crash, Process
from tests.reliability.simulation.telegram import Telegram

__all__ = ["World", "worlds"]

FILE = "mingzhang.db"
_troubled = "SELECT id FROM outbox WHERE state IN ('uncertain', 'failed')"
_letter = "SELECT user, payload FROM outbox WHERE id = ?"
_uncertain = "SELECT count(*) FROM outbox WHERE state = 'uncertain'"
_PAYOUT_DAY = "1688.payout_day"
LONGEST_HURRY = 300
"""How often the process may want to be woken a moment later, one time after the other."""


class World:
    """One seed's year."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = Random(f"year {seed}")  # noqa: S311
        self.clock = Clock(BEGIN)
        self.oracle = Oracle()
        self.engine = _database(folder, self.clock)
        self.store = sqlite3.connect(folder / FILE, isolation_level=None)
        self.loop = asyncio.new_event_loop()
        self.telegram = Telegram(self.random, self.clock.now, self._arrives)
        self.rulebook = shipped_rulebook()
        self._publish()
        self.deeds = Deeds(self.engine, self.clock, self.random, self.oracle, self.telegram)
        self.process: Process | None = None
        self.calm_since = BEGIN
        self.crashes = 0
        self.hurries = 0
        self._listed: set[int] = set()
        self._order = count()
        self._queue = [(each.at, next(self._order), each) for each in a_year(self.random)]
        heapify(self._queue)
        self._waiting: list[Happens] = []
        self._start()

    def close(self) -> None:
        self.loop.close()
        self.store.close()
        self.engine.dispose()

    def live(self, days: int = 365) -> None:
        """Go through the year, or its beginning, from one thing that happens to the next."""
        end = BEGIN + timedelta(days=days)
        while self._queue and self._queue[0][0] < end and not self.oracle.wrong:
            at = self._queue[0][0]
            wake = self.process.wakes_at if self.process else at
            if wake < at:
                self.clock.true = wake
            else:
                self.clock.true = at
                happens = heappop(self._queue)[2]
                self._happen(happens)
                if happens.what == "audit":
                    continue
            self._work()
        if self.uncertain() > self.telegram.astray + self.crashes * PUSHES_IN_FLIGHT:
            self.oracle.complain("too many uncertain", self.clock.now(), self.uncertain())

    def uncertain(self) -> int:
        return int(self.store.execute(_uncertain).fetchone()[0])

    def _later(self, after: timedelta, what: str, with_: Any = None) -> None:
        at = self.clock.true + after
        heappush(self._queue, (at, next(self._order), Happens(at, what, with_)))

    def _happen(self, happens: Happens) -> None:
        if happens.what != "audit":
            self.calm_since = max(self.calm_since, self.clock.true)
        deed = getattr(self, f"_{happens.what}", None)
        if deed is not None:
            deed(happens.with_)
        elif happens.what == "import":
            self.deeds.report()
        elif self.process is None or self.telegram.away:
            self._waiting.append(happens)  # Telegram keeps it
        else:
            getattr(self.deeds, happens.what)(happens.with_)

    def _work(self) -> None:
        if self.process is None:
            return
        try:
            self.process.work()
            self.deeds.worked_at = self.clock.now()
            self._read_list()
            self._rest()
        except Crash:
            self.crashes += 1
            self.process = None
            hours = 40 * self.random.random() ** 8
            self._later(timedelta(hours=hours, seconds=5), "restart")
            self.calm_since = self.clock.true

    def _rest(self) -> None:
        """The process must come to rest: there is never so much to say for minutes."""
        hurries = self.process and self.process.wakes_at <= self.clock.true + MOMENT
        self.hurries = self.hurries + 1 if hurries else 0
        if self.hurries > LONGEST_HURRY:
            self.oracle.complain("restless", self.clock.now())

    def _start(self) -> None:
        name = f"process {self.crashes}"
        self.process = Process(
            self.engine,
            self.store,
            lambda: self.rulebook,
            self.clock,
            self.telegram,
            self.random,
            self.loop,
            name,
        )
        self._read_list()

    # What happens to the bot.

    def _restart(self, _: Any) -> None:
        self._start()
        self._deliver()

    def _deliver(self) -> None:
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            self._happen(each)

    def _crash(self, _: Any) -> None:
        if self.process is not None:
            self.process.writer.left = self.random.randrange(12)

    def _away(self, _: Any) -> None:
        self.telegram.away = True
        hours = self.random.choice((1, 3, 8, 24, 30, 72))
        self._later(timedelta(hours=hours * (0.5 + self.random.random())), "back")

    def _back(self, _: Any) -> None:
        self.telegram.away = False
        if self.process is not None:
            self._deliver()

    def _clock(self, step: timedelta | None) -> None:
        """The clock is set wrong, and by and by right again."""
        if step is None:
            hour = timedelta(hours=self.random.choice((-1, 1)))
            self.clock.error += hour
            self._later(timedelta(hours=12 * self.random.random()), "clock", -hour)
        else:
            self.clock.error += step

    # What is published.

    def _notice(self, _: Any) -> None:
        """A holiday notice for the middle of one of the next months."""
        first = today(self.clock.now()) + timedelta(days=self.random.randrange(75))
        start = date(first.year, first.month, self.random.randrange(12, 18))
        days = {start + timedelta(days=i) for i in range(self.random.randrange(1, 6))}
        days = {each for each in days if each > today(self.clock.now())}
        if self.random.random() < 0.3:
            self.oracle.calendar.days_off -= days
        else:
            self.oracle.calendar.days_off |= days
        self._publish()

    def _rule(self, _: Any) -> None:
        """The platform pays on another day of the month from now on."""
        if today(self.clock.now()).day < 10:
            self.oracle.calendar.day_of_month = self.random.choice((12, 14, 17, 20))
            self._publish()

    def _publish(self) -> None:
        calendar = self.oracle.calendar
        years = (2026, 2027, 2028)
        off = {y: frozenset(d for d in calendar.days_off if d.year == y) for y in years}
        work = WorkCalendar({y: Year(True, off[y], frozenset()) for y in years})
        shipped = shipped_rulebook()
        rule = replace(shipped.rules[_PAYOUT_DAY], values=(Value(calendar.day_of_month),))
        revision = f"revision {self.clock.true.isoformat()}"
        self.rulebook = Rulebook({**shipped.rules, _PAYOUT_DAY: rule}, work, revision)
        self.oracle.ruled(self.clock.now())

    # What is looked at.

    def _arrives(self, chat: int, message: Any, now: datetime) -> None:
        self.oracle.arrives(chat, message, now, self.clock.true)
        self.deeds.hears(chat, message, self._later)

    def _audit(self, _: Any) -> None:
        held = self.telegram.held_until
        if held is not None:
            self.calm_since = max(self.calm_since, held - self.clock.error)
        up = self.process is not None and not self.telegram.away
        if up and self.clock.true > self.calm_since:
            self.oracle.missing.ask(self.clock.now(), self.calm_since + self.clock.error)

    def _read_list(self) -> None:
        """What the operator sees as uncertain or failed counts as accounted for."""
        listed = {id_ for (id_,) in self.store.execute(_troubled)}
        for id_ in sorted(listed - self._listed):
            ((user, payload),) = self.store.execute(_letter, (id_,))
            message = json.loads(json.loads(payload)["html"])
            self.oracle.listed(user, message, self.clock.now())
        self._listed |= listed


def _database(folder: Path, clock: Clock) -> Engine:
    copyfile(_empty(folder.parent), folder / FILE)
    engine = open_engine(f"sqlite:///{folder / FILE}")

    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        connection.create_function("strftime", 2, clock.database)

    def begin(connection: Connection) -> None:
        # The same as the program's own, without its way through SQLAlchemy. Nobody else writes
        # while somebody reads, so whoever only reads needs no transaction.
        if not connection.get_execution_options().get(ONLY_READS):
            connection.connection.cursor().execute("BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.remove(engine, "begin", _begin_sqlite)
    event.listen(engine, "begin", begin)
    return engine


def _empty(folder: Path) -> Path:
    """A database with all tables and nothing in them; made once."""
    path = folder / "empty.db"
    if not path.exists():
        engine = open_engine(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
    return path


@contextmanager
def worlds() -> Iterator[Callable[[int], World]]:
    """Makes the worlds of seeds, where their databases cost no disk."""
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:

        def world(seed: int) -> World:
            place = Path(folder) / f"seed-{seed}"
            place.mkdir()
            return World(seed, place)

        yield world
