"""One process of the bot: the real planner and sender's rounds, which may end between any two
transactions."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, TextClause, text

from bot.desk.replies import Say
from bot.planner import Planner
from bot.reminders import DueLine, Push, QuietHours, payout_of, standing_of
from bot.store.claiming import Claimant, Room
from bot.store.letters import Outgoing
from bot.telegram.limiter import TELEGRAM
from bot.telegram.payloads import method_and_arguments
from bot.telegram.policy import judge
from bot.telegram.rounds import Outcomes, Rounds
from bot.writer import Writer
from settlement.rulebook import Rulebook
from tests.reliability.simulation.clocks import Clock
from tests.reliability.simulation.telegram import Telegram

BOT = 7
PUSHES_IN_FLIGHT = 5
MOMENT = timedelta(seconds=1)
_pending = text("SELECT 1 FROM outbox WHERE state = 'pending' LIMIT 1")
_on_the_way = text("SELECT 1 FROM pushes WHERE letter IS NOT NULL LIMIT 1")

Result = TypeVar("Result")


class Crash(Exception):
    """The process ends here, without a word."""


@dataclass
class CrashingWriter:
    """Runs jobs at once; after so many more transactions the process ends."""

    engine: Engine
    left: int | None = None
    transactions: int = 0

    def do(self, job: Callable[[Connection], Result]) -> Result:
        self._count_down()
        with self.engine.begin() as connection:
            result = job(connection)
        self.transactions += 1
        return result

    def run(self, job: Callable[[Connection], Result]) -> "Future[Result]":
        done: Future[Result] = Future()
        done.set_result(self.do(job))
        return done

    def _count_down(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Crash


@dataclass
class Process:
    """The bot from a start to a crash."""

    engine: Engine
    rulebook: Callable[[], Rulebook]
    clock: Clock
    telegram: Telegram
    random: Random
    loop: asyncio.AbstractEventLoop
    name: str
    writer: CrashingWriter = field(init=False)
    planner: Planner = field(init=False)
    rounds: Rounds = field(init=False)
    wakes_in: timedelta | None = None

    def __post_init__(self) -> None:
        self.writer = CrashingWriter(self.engine)
        quiet = QuietHours(time(21), time(9))
        zone = ZoneInfo("Asia/Shanghai")
        self.planner = Planner(self.engine, self.rulebook, render, quiet, zone, self.clock.now)
        claimant = Claimant(BOT, self.name)
        writer = cast(Writer, self.writer)
        self.rounds = Rounds(writer, claimant, TELEGRAM, self.clock.now, None)
        self._wait_for(self.rounds.settle_left_behind(just_started=True))

    def _wait_for(self, action: Any) -> Any:
        return self.loop.run_until_complete(action)

    def work(self) -> None:
        """Plan and send until nothing more can be done now."""
        while True:
            written = self.planner.turn(self.writer.do)
            if not self._send() and not written:
                return

    def next_wake(self) -> datetime:
        """When to work again by itself, by true time."""
        due = self.planner.look_at(self.clock.now()) - self.clock.error
        if self.wakes_in is not None:
            due = min(due, self.clock.true + self.wakes_in)
        return max(due, self.clock.true + MOMENT)

    def _send(self) -> bool:
        """Send what can be sent; whether anything was."""
        outcomes, sent = Outcomes(), False
        if not self._holds(_pending):
            self._sleep_until_asked(sent)
            return sent
        self._wait_for(self.rounds.tidy_up())
        while True:
            rows = self._wait_for(self.rounds.exchange(outcomes, Room(64, PUSHES_IN_FLIGHT)))
            if not rows:
                break
            outcomes = Outcomes()
            for row in rows:
                self._attempt(row, outcomes)
            sent = sent or not self.telegram.away
        self._sleep_until_asked(sent)
        return sent

    def _holds(self, question: TextClause) -> bool:
        with self.engine.connect().execution_options(deferred=True) as connection:
            return connection.execute(question).first() is not None

    def _attempt(self, row: Outgoing, outcomes: Outcomes) -> None:
        if self.writer.left == 0 and self.random.random() < 0.5:
            return  # the process ends before the request leaves
        outcome = self.telegram.send(*method_and_arguments(row))
        outcomes.verdicts.append(judge(row, outcome, self.clock.now()))

    def _sleep_until_asked(self, sent: bool) -> None:
        """What waits for its chat or another try is looked at again, ever more rarely."""
        if not self._holds(_pending) and not self._holds(_on_the_way):
            self.wakes_in = None
        elif sent or self.wakes_in is None:
            self.wakes_in = timedelta(seconds=1)
        else:
            longest = timedelta(hours=1) if self.telegram.away else timedelta(minutes=8)
            self.wakes_in = min(2 * self.wakes_in, longest)


def render(push: Push, now: datetime) -> Say:
    """Say what a push is about in a form the oracle reads."""
    numbers = {line.row: line.order.order_number for line in push.lines} | {0: ""}
    message = {
        "kind": str(push.kind),
        "user": push.recipient.user,
        "written_at": now.isoformat(),
        "planned": [(str(e.kind), numbers[e.line], e.day.isoformat()) for e in push.planned],
        "lines": [_line(each) for each in push.lines],
    }
    return Say(json.dumps(message))


def _line(due: DueLine) -> dict[str, object]:
    payout, standing = payout_of(due.diagnosis), standing_of(due.diagnosis)
    before = due.before and {
        **due.before.document(),
        "day": due.before_day.isoformat() if due.before_day else None,
    }
    return {
        "number": due.order.order_number,
        **standing.document(),
        "day": payout.day.isoformat() if payout else None,
        "before": before,
    }
