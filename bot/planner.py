"""When to look for due pushes, and putting them into the outbox (推送计划)."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from bot.desk.replies import Say
from bot.reminders import Push, QuietHours, WatchedLine, due
from bot.store.outbox import Kind, Letter, enqueue
from bot.store.watching import (
    Watermark,
    read_watermark,
    still_watched,
    subscribers_after,
    watched_lines,
    zones,
)
from bot.writer import Writer
from settlement.rulebook import Rulebook
from settlement.shanghai import day_of, end_of

__all__ = ["Planner", "RenderPush"]

PEOPLE_AT_ONCE = 20
PUSHES_AT_ONCE = 50
"""Pushes written in one transaction, so that answers wait for no longer than that."""

RenderPush = Callable[[Push, datetime], Say]


class Planner:
    """Looks for due pushes when something can have become due.

    That is when the day or somebody's quiet hours ended, lines were imported, a subscription or
    a binding began, or other rules came into force. Looking and rendering happen beside the
    writer; in the transaction that writes a push it is only asked whether the person still wants
    it.
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
        self._seen: tuple[Watermark, str] | None = None
        self._looked_at = self._look_at = datetime.min.replace(tzinfo=UTC)

    async def tick(self, writer: Writer) -> int:
        """Put what has become due into the outbox; returns how many pushes that were.

        Called every second; mostly it only reads where the store stands.
        """
        now = self._now()
        rulebook = self._rulebook()
        seen = await asyncio.to_thread(self._watermark), rulebook.revision
        if seen == self._seen and self._looked_at <= now < self._look_at:
            return 0
        pushes, look_at = await asyncio.to_thread(self._look, rulebook, now)
        written = 0
        for start in range(0, len(pushes), PUSHES_AT_ONCE):
            job = partial(self._write, pushes[start : start + PUSHES_AT_ONCE], now)
            written += await asyncio.wrap_future(writer.run(job))
        self._seen, self._looked_at, self._look_at = seen, now, look_at
        return written

    def _watermark(self) -> Watermark:
        with self._engine.connect().execution_options(deferred=True) as connection:
            return read_watermark(connection)

    def _look(self, rulebook: Rulebook, now: datetime) -> tuple[list[tuple[Push, Say]], datetime]:
        """Everything due now, told before or not, and when to look again at the latest."""
        with self._engine.connect().execution_options(deferred=True) as connection:
            pushes = [
                (push, self._render(push, now)) for push in self._due(connection, rulebook, now)
            ]
            ends = [self._quiet.next_end(now, zone) for zone in zones(connection, self._zone)]
        midnight = end_of(day_of(now)) + timedelta(microseconds=1)
        return pushes, min(midnight, *ends)

    def _due(self, connection: Connection, rulebook: Rulebook, now: datetime) -> Iterator[Push]:
        last = NOBODY
        while people := subscribers_after(connection, last, PEOPLE_AT_ONCE, self._zone):
            last = people[-1].user
            lines: dict[int, list[WatchedLine]] = {}
            for user, line in watched_lines(connection, [person.user for person in people]):
                lines.setdefault(user, []).append(line)
            for person in people:
                theirs = lines.get(person.user, ())
                yield from due(person, theirs, rulebook, now, self._quiet)

    def _write(
        self, pushes: Sequence[tuple[Push, Say]], now: datetime, connection: Connection
    ) -> int:
        wanted = [
            Letter(push.key, Kind.PUSH, push.chat, said, push.user)
            for push, said in pushes
            if still_watched(connection, push.user, [line.row for line in push.lines])
        ]
        return enqueue(connection, wanted, now)


NOBODY = -(2**63)
