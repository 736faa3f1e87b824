"""When to look for due pushes, and putting them into the outbox (推送计划).

A turn takes up what is new, plans what is due for everybody at once, and releases what may be
told now. All that is known between two turns stands in the store.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, literal, select

from bot.planner.planning import next_digest, plan_days, plan_digests, work_out_days
from bot.planner.releasing import RenderPush, release_due
from bot.planner.taking_up import take_up
from bot.planner.work import Progress, Run, Work
from bot.reminders import QuietHours
from bot.store.tables import bindings, import_batches, outlooks, pushes, subscriptions
from bot.writer import Writer
from settlement.rulebook import Rulebook
from settlement.shanghai import day_of, end_of

__all__ = ["Planner", "RenderPush"]

_MOMENT = timedelta(microseconds=1)
_published = import_batches.c.published_at.is_not(None)
_waits = [
    select(literal(1)).select_from(table).where(table.c.taken_up_at.is_(None), *more).exists()
    for table, more in ((subscriptions, ()), (bindings, ()), (import_batches, (_published,)))
]
_next_push = select(func.min(pushes.c.due_at)).where(pushes.c.released_at.is_(None))
_on_the_way = select(literal(1)).select_from(pushes).where(pushes.c.letter.is_not(None)).exists()


class Planner:
    """Plans pushes, one turn at a time; it never sleeps, and `look_at` says when to call again.

    Looking and rendering happen beside the writer; in the transaction that writes a push it is
    asked whether the person still wants it and owns the line.
    """

    def __init__(
        self,
        engine: Engine,
        rulebook: Callable[[], Rulebook],
        render: RenderPush,
        quiet: QuietHours,
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._rulebook = rulebook
        self._render = render
        self._quiet = quiet
        self._zone = zone
        self._now = now
        self._progress = Progress()
        self._turning = Lock()
        self._revision: str | None = None
        self._looked_at = self._look_at = datetime.min.replace(tzinfo=UTC)

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

    def _turn(self, run: Run) -> int:
        work = Work(
            self._engine,
            run,
            self._rulebook(),
            self._now(),
            self._quiet,
            self._zone,
            self._progress,
        )
        if not self._has_reason(work):
            return 0
        self._look_at = datetime.min.replace(tzinfo=UTC)
        # Days first: a line judged by other rules than its month's day would stand apart.
        work_out_days(work)
        more = take_up(work)
        plan_days(work)
        plan_digests(work)
        written = release_due(work, self._render)
        self._revision, self._looked_at = work.rulebook.revision, work.now
        self._look_at = work.now if more else self.look_at(work.now)
        return written

    def look_at(self, now: datetime) -> datetime:
        """The next instant at which something can become due by itself.

        What a message, an import or a new rule makes due does not wait for it.
        """
        work = Work(
            self._engine,
            lambda _: 0,
            self._rulebook(),
            now,
            self._quiet,
            self._zone,
            self._progress,
        )
        statement = select(
            _next_push.scalar_subquery(),
            select(func.min(outlooks.c.look_at)).scalar_subquery(),
        )
        with work.reading() as connection:
            push, look = connection.execute(statement).one()
        midnight = end_of(day_of(now)) + _MOMENT
        return min(each for each in (push, look, next_digest(work), midnight) if each)

    def _has_reason(self, work: Work) -> bool:
        """Whether the store, the rules or the clock give a reason to look."""
        if self._revision != work.rulebook.revision:
            return True
        if not self._looked_at <= work.now < self._look_at:
            return True
        with work.reading() as connection:
            return _stands_open(connection, work.now)


def _stands_open(connection: Connection, now: datetime) -> bool:
    *waiting, on_the_way, push = connection.execute(
        select(*_waits, _on_the_way, _next_push.scalar_subquery())
    ).one()
    return any(waiting) or on_the_way or (push is not None and push <= now)
