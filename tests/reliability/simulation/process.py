"""One process of the bot: the real planner and sender's rounds, which may end between any two
transactions."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

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
_waits_in_outbox = (
    "SELECT min(max(due_at, coalesce(own.held_until, ''), coalesce(everybody.held_until, '')))"
    " FROM outbox LEFT JOIN sending_pace own ON own.chat = outbox.chat"
    " LEFT JOIN sending_pace everybody ON everybody.chat = 0 WHERE state = 'pending'"
)
_is_settled = (
    "SELECT count(*) FROM pushes LEFT JOIN outbox ON outbox.key = letter"
    " WHERE letter IS NOT NULL AND coalesce(state, '') NOT IN ('pending', 'sending')"
)
LONGEST_NAP = timedelta(hours=4)
"""Telegram is away for days; that it is back wakes the process anyhow."""

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
    store: sqlite3.Connection
    """For questions about the store that are not the program's own."""
    rulebook: Callable[[], Rulebook]
    clock: Clock
    telegram: Telegram
    random: Random
    loop: asyncio.AbstractEventLoop
    name: str
    writer: CrashingWriter = field(init=False)
    planner: Planner = field(init=False)
    rounds: Rounds = field(init=False)
    wakes_at: datetime = field(init=False)
    """When to work again by itself, by true time."""
    _naps: timedelta = MOMENT

    def __post_init__(self) -> None:
        self.writer = CrashingWriter(self.engine)
        quiet = QuietHours(time(21), time(9))
        zone = ZoneInfo("Asia/Shanghai")
        self.planner = Planner(self.engine, self.rulebook, render, quiet, zone, self.clock.now)
        claimant = Claimant(BOT, self.name)
        writer = cast(Writer, self.writer)
        self.rounds = Rounds(writer, claimant, TELEGRAM, self.clock.now, None)
        self._wait_for(self.rounds.settle_left_behind(just_started=True))
        self.wakes_at = self.clock.true

    def _wait_for(self, action: Any) -> Any:
        return self.loop.run_until_complete(action)

    def work(self) -> None:
        """Plan and send until nothing more can be done now."""
        while True:
            written = self.planner.turn(self.writer.do)
            sent = self._asked(_waits_in_outbox) is not None and self._send()
            if not written and not sent:
                break
        self._sleep()

    def _send(self) -> bool:
        """Send what can be sent; whether anything was."""
        outcomes, sent = Outcomes(), False
        self._wait_for(self.rounds.tidy_up())
        while True:
            rows = self._wait_for(self.rounds.exchange(outcomes, Room(64, PUSHES_IN_FLIGHT)))
            if not rows:
                return sent
            outcomes = Outcomes()
            for row in rows:
                self._attempt(row, outcomes)
            sent = sent or not self.telegram.away

    def _asked(self, question: str) -> Any:
        return self.store.execute(question).fetchone()[0]

    def _attempt(self, row: Outgoing, outcomes: Outcomes) -> None:
        if self.writer.left == 0 and self.random.random() < 0.5:
            return  # the process ends before the request leaves
        outcome = self.telegram.send(*method_and_arguments(row))
        outcomes.verdicts.append(judge(row, outcome, self.clock.now()))

    def _sleep(self) -> None:
        """Nothing more can be done before something becomes due, or a hold or a wait is over."""
        due = [self.planner.look_at(self.clock.now()) - self.clock.error]
        if self._asked(_is_settled):
            due.append(self.clock.true)
        waits = self._asked(_waits_in_outbox)
        if waits is not None and self.telegram.away:
            self._naps = min(3 * self._naps, LONGEST_NAP)
            due.append(self.clock.true + self._naps)
        elif waits is not None:
            self._naps = MOMENT
            due.append(datetime.fromisoformat(waits).replace(tzinfo=UTC) - self.clock.error)
        self.wakes_at = max(min(due), self.clock.true + MOMENT)


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
