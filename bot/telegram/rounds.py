"""What the sender has the writer do: write down outcomes, take the next rows, tidy up."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection

from bot.desk.spoken import template_of
from bot.desk.trouble import markup_alarm
from bot.handing_over import note_passed_on
from bot.store.claiming import Claimant, Room, claim, left_behind
from bot.store.leases import database_time
from bot.store.letters import Kind, Letter, Outgoing, Verdict
from bot.store.outbox import enqueue, said_since
from bot.store.pace import Limits, forget_rested, hold, lift_holds
from bot.store.settling import drop_late, drop_written_ahead, forget_delays, settle
from bot.telegram.policy import judge
from bot.telegram.transport import Uncertain
from bot.writer import Ride, Writer

__all__ = ["Exchange", "Outcomes", "Report", "Rounds"]

logger = logging.getLogger(__name__)

ALARM_AT_MOST_EVERY = timedelta(hours=1)
LATE_AT_ONCE = 500
SET_BACK = timedelta(seconds=1)
"""A clock that goes back by less only wavers."""


@dataclass(slots=True)
class Outcomes:
    """What has become known since the last round: verdicts, and chats to be held until when."""

    verdicts: list[Verdict] = field(default_factory=list)
    holds: dict[int, datetime] = field(default_factory=dict)


Report = Callable[[], tuple[Outcomes, Room]]
"""Tells what has become known, and how much room there is now."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was taken from the outbox, by which clock."""

    rows: list[Outgoing]
    now: datetime
    set_back: bool


class Rounds:
    """The database side of one sender; each method is one transaction on the writer's thread."""

    def __init__(
        self,
        writer: Writer,
        claimant: Claimant,
        limits: Limits,
        now: Callable[[], datetime],
        operator_chat: int | None,
    ) -> None:
        self._writer = writer
        self._claimant = claimant
        self._limits = limits
        self._now = now
        self._operator_chat = operator_chat
        self._last = now()

    async def exchange(self, outcomes: Outcomes, room: Room) -> list[Outgoing]:
        """Write down what became of the last rows and take the next ones."""
        job = self._exchanging(lambda: (outcomes, room))
        return self._exchanged(await asyncio.wrap_future(self._writer.run(job)))

    def begin(self, report: Report) -> Ride[Exchange]:
        """As `exchange`, but together with the next batch: what that puts in is taken at once.

        `report` is asked once, on the writer's thread.
        """
        return self._writer.ride(self._exchanging(report))

    def hurry(self, ride: Ride[Exchange]) -> None:
        """Wait for no batch."""
        self._writer.hurry(ride)

    async def end(self, ride: Ride[Exchange]) -> list[Outgoing]:
        """The rows that were taken, once they are."""
        return self._exchanged(await asyncio.wrap_future(ride.future))

    def _exchanging(self, report: Report) -> Callable[[Connection], Exchange]:
        # A transaction may be done again; what was reported is in no other report.
        reported = cache(report)

        def job(connection: Connection) -> Exchange:
            outcomes, room = reported()
            now, bot = self._now(), self._claimant.bot
            set_back = now < self._last - SET_BACK
            settle(connection, bot, outcomes.verdicts, now)
            hold(connection, bot, outcomes.holds)
            note_passed_on(connection, bot, outcomes.verdicts, now)
            self._raise_alarms(connection, outcomes.verdicts, now)
            if set_back:
                lift_holds(connection, bot)
                drop_written_ahead(connection, bot, now)
                forget_delays(connection, bot, now)
            rows = claim(connection, self._claimant, room, self._limits, now)
            return Exchange(rows, now, set_back)

        return job

    def _exchanged(self, exchange: Exchange) -> list[Outgoing]:
        """Begin the next one where this one, now committed, has ended."""
        if exchange.set_back:
            logger.warning("the clock was set back; what waits for another try is tried now")
        self._last = exchange.now
        return exchange.rows

    async def settle_left_behind(self, *, just_started: bool = False) -> None:
        """A row that was being sent when its process ended may have arrived."""
        now, bot = self._now(), self._claimant.bot

        def job(connection: Connection) -> int:
            # SQLite serves one process, so whatever is in flight when it starts is nobody's.
            alone = just_started and connection.dialect.name == "sqlite"
            rows = left_behind(connection, bot, now, alone=alone)
            ended = Uncertain("the process ended while sending")
            settle(connection, bot, [judge(row, ended, now) for row in rows], now)
            if just_started:
                drop_written_ahead(connection, bot, now)
            return len(rows)

        if left := await asyncio.wrap_future(self._writer.run(job)):
            logger.warning("%d messages were being sent when their process ended", left)

    async def tidy_up(self) -> None:
        """Drop the pushes whose time is over, forget the chats that have had their rest."""
        now, bot = self._now(), self._claimant.bot

        def job(connection: Connection) -> int:
            forget_rested(connection, bot, database_time(connection), now)
            return drop_late(connection, bot, now, LATE_AT_ONCE)

        if late := await asyncio.wrap_future(self._writer.run(job)):
            logger.warning("%d pushes were not sent in time and are dropped", late)

    def _raise_alarms(
        self, connection: Connection, verdicts: list[Verdict], now: datetime
    ) -> None:
        """Tell the operator of templates that Telegram cannot parse, of each once an hour."""
        for verdict in verdicts:
            if verdict.reply is None or self._operator_chat is None:
                continue
            template = template_of(verdict.reply) or verdict.row.kind
            subject = f"{self._claimant.bot}:markup:{template}:"
            if not said_since(connection, subject, now - ALARM_AT_MOST_EVERY):
                letter = Letter(
                    f"{subject}{now.isoformat()}",
                    Kind.PUSH,
                    self._operator_chat,
                    markup_alarm(verdict.row.id, template),
                    bot=self._claimant.bot,
                )
                enqueue(connection, [letter], now)
