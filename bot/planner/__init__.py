"""When to look for due pushes, and putting them into the outbox (推送计划).

A turn takes up what is new, plans what is due for everybody at once, and releases what may be
told now. All that is known between two turns stands in the store.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.planner.broadcasting import RenderBroadcast, send_broadcasts
from bot.planner.planning import (
    first_day,
    next_digest,
    plan_days,
    plan_digests,
    work_out_days,
)
from bot.planner.releasing import RenderPush, release_due
from bot.planner.taking_up import take_up
from bot.planner.work import Progress, Run, Work
from bot.reminders import QuietHours
from bot.store.agenda import Agenda, look_around
from bot.writer import Writer
from settlement.rulebook import Rulebook
from settlement.shanghai import day_of, end_of

__all__ = ["Planner", "RenderBroadcast", "RenderPush"]

_MOMENT = timedelta(microseconds=1)


class _Planned(NamedTuple):
    """What the last turn left planned, and until when no other day or week begins."""

    revision: str
    at: datetime
    until: datetime

    def holds(self, work: Work) -> bool:
        """Whether the rules are the same and the clock was not set back."""
        return self.revision == work.rulebook.revision and self.at <= work.now


class Planner:
    """Plans pushes, one turn at a time; it never sleeps, and `look_at` says when to call again.

    Looking and rendering happen beside the writer; in the transaction that writes a push it is
    asked whether the person still wants it and owns the line. Without `broadcast` no broadcasts
    are sent; `knows` says whether an entry is in force here yet.
    """

    def __init__(
        self,
        engine: Engine,
        rulebook: Callable[[], Rulebook],
        render: RenderPush,
        quiet: QuietHours,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        broadcast: RenderBroadcast | None = None,
        knows: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._engine = engine
        self._rulebook = rulebook
        self._render = render
        self._broadcast = broadcast
        self._knows = knows
        self._quiet = quiet
        self._zone = zone
        self._now = now
        self._progress = Progress()
        self._turning = Lock()
        self._planned: _Planned | None = None

    async def tick(self, writer: Writer) -> int:
        """Do a turn if there is anything to do; returns how many letters were written.

        Called every second; mostly it only reads where the store stands.
        """
        return await asyncio.to_thread(self.turn, lambda job: writer.run(job).result())

    def turn(self, run: Run) -> int:
        """Do a turn now, if there is anything to do; `run` gives a job its transaction.

        One at a time: who calls during a turn waits for its end.
        """
        with self._turning:
            return self._turn(run)

    def look_afresh(self) -> None:
        """Trust nothing that earlier turns left: another process has planned since."""
        with self._turning:
            self._planned = None

    def look_at(self, now: datetime) -> datetime:
        """The next instant at which something can become due by itself.

        What a message, an import or a new rule makes due does not wait for it.
        """
        work = self._work(lambda _: 0, now)
        agenda = _look(work)
        until = self._planned.until if self._planned else _until(work)
        times = (agenda.next_push, agenda.next_look, agenda.next_given_up, until)
        return min(each for each in times if each)

    def _work(self, run: Run, now: datetime) -> Work:
        return Work(
            *(self._engine, run, self._rulebook(), now, self._quiet, self._zone, self._progress),
            knows=self._knows,
        )

    def _turn(self, run: Run) -> int:
        work = self._work(run, self._now())
        agenda = _look(work)
        # A turn that fails leaves nothing known.
        before, self._planned = self._planned, None
        known = before if before and before.holds(work) else None
        planned = _plan(work, agenda, known)
        if planned is not known or agenda.is_new(work.now):
            agenda = _look(work)
        due = agenda.is_due(work.now)
        written = release_due(work, self._render, settled=agenda.settled) if due else 0
        # Reminders first: a broadcast takes the room they leave.
        if self._broadcast and agenda.is_broadcasting(work.now):
            written += send_broadcasts(work, self._broadcast)
        self._planned = planned._replace(at=work.now)
        return written


def _look(work: Work) -> Agenda:
    with work.reading() as connection:
        return look_around(connection, work.rulebook.revision, first_day(work.now))


def _plan(work: Work, agenda: Agenda, known: _Planned | None) -> _Planned:
    """Plan what is new, and what time has made due since the last turn."""
    other_rules = agenda.days_of_other_rules
    if other_rules:
        # Days first: a line judged by other rules than its month's day would stand apart.
        work_out_days(work)
    if agenda.is_new(work.now):
        take_up(work, agenda)
    if known is None or other_rules or work.now >= known.until:
        plan_days(work)
        plan_digests(work)
    elif not agenda.subscriptions:
        return known
    return _Planned(work.rulebook.revision, work.now, _until(work))


def _until(work: Work) -> datetime:
    """When the next day begins in Shanghai, or for somebody the week."""
    midnight = end_of(day_of(work.now)) + _MOMENT
    return min(midnight, next_digest(work) or midnight)
