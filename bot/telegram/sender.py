"""The sender (发送器): from the outbox to the Bot API, each chat in order."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.desk.replies import Document, Photo
from bot.logs import about, fault_name
from bot.store.claiming import LEASE, Claimant, Room
from bot.store.letters import Kind, Outgoing, State
from bot.store.pace import EVERYTHING, Limits
from bot.telegram.in_flight import InFlight
from bot.telegram.limiter import TELEGRAM, Floods
from bot.telegram.measuring import measure_verdict
from bot.telegram.payloads import UnsendableError, method_and_arguments
from bot.telegram.policy import judge, wait_asked_for
from bot.telegram.rounds import Exchange, Outcomes, Rounds
from bot.telegram.transport import Accepted, BotApi, Outcome, Refused, Uncertain
from bot.writer import Ride, Writer

__all__ = ["FLUSH_SECONDS", "Sender"]

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
"""How long a row may wait that became due without anybody waking the sender."""
LOOKS_A_LEASE = 6
"""How often, while a lease lasts, it is looked at whether others have run out."""
DATABASE_PAUSE_SECONDS = 1.0
FLUSH_SECONDS = 4.0
"""How long stopping waits for messages in flight."""


class Sender:
    """Sends what the outbox holds for one bot; `wake` it after a commit that put something in.

    One job on the writer's thread per turn: write down what became of the last rows, take the
    next ones. It waits for the next batch of updates, whose answers it takes at once, unless
    there is something to be written down or taken already.
    """

    def __init__(
        self,
        api: BotApi,
        writer: Writer,
        now: Callable[[], datetime],
        bot: int,
        operator_chat: int | None = None,
        limits: Limits = TELEGRAM,
        lease: timedelta = LEASE,
    ) -> None:
        self._api = api
        self._now = now
        claimant = Claimant(bot, uuid.uuid4().hex, lease)
        self._rounds = Rounds(writer, claimant, limits, now, operator_chat)
        self._upkeep_every = lease.total_seconds() / LOOKS_A_LEASE
        self._woken = True
        self._ride: Ride[Exchange] | None = None
        self._floods = Floods()
        self._in_flight = InFlight()
        self._upkeep_at = float("-inf")
        self._stopping = False

    def wake(self) -> None:
        """Look at the outbox now."""
        if not self._woken:
            self._woken = True
            self._hurry()

    def stop(self) -> None:
        """Send nothing more; `run` ends once what is in flight is written down."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Send until `stop`; a failing database only delays."""
        started = False
        while not self._stopping:
            if not started:
                started = await self._survive(self._start)
            else:
                await self._survive(self._turn)
        await self._in_flight.settled(FLUSH_SECONDS)
        await self._survive(self._settle_last)

    async def _survive(self, action: Callable[[], Awaitable[bool]]) -> bool:
        try:
            return await action()
        except Exception as error:  # most likely the database; the rows are still there
            logger.error("sending is delayed: %s", fault_name(error))
            await asyncio.sleep(DATABASE_PAUSE_SECONDS)
            return False

    async def _start(self) -> bool:
        await self._rounds.settle_left_behind(just_started=True)
        return True

    async def _turn(self) -> bool:
        if self._seconds() - self._upkeep_at >= self._upkeep_every:
            await self._rounds.settle_left_behind()
            await self._rounds.tidy_up()
            self._upkeep_at = self._seconds()
        for row in await self._exchange():
            self._send_soon(row)
        return True

    async def _settle_last(self) -> bool:
        await self._exchange()
        return True

    async def _exchange(self) -> list[Outgoing]:
        self._ride = self._rounds.begin(self._report)
        late = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._hurry)
        if self._woken or self._stopping:
            self._hurry()
        try:
            rows = await self._rounds.end(self._ride)
        except Exception:
            self._in_flight.put_back()
            self._woken = True
            raise
        finally:
            self._ride = None
            late.cancel()
        self._in_flight.written_down()
        return rows

    def _hurry(self) -> None:
        if self._ride is not None:
            self._rounds.hurry(self._ride)

    def _report(self) -> tuple[Outcomes, Room]:
        """What has become known, and the room that it leaves; asked on the writer's thread."""
        # Whoever wakes the sender from here on has something that this report may lack.
        self._woken = False
        outcomes, room = self._in_flight.report()
        return outcomes, Room(0, 0) if self._stopping else room

    def _send_soon(self, row: Outgoing) -> None:
        task = asyncio.create_task(self._send(row))
        self._in_flight.add(task, row)
        task.add_done_callback(self._finish)
        if row.rest:
            # Its chat may have more to be told then.
            asyncio.get_running_loop().call_later(row.rest.total_seconds(), self.wake)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._in_flight.end(task)
        self.wake()

    async def _send(self, row: Outgoing) -> None:
        about(row=row.id, update=row.update)
        await asyncio.sleep(row.delay.total_seconds())
        outcome = await self._attempt(row)
        verdict = judge(row, outcome, self._now())
        if verdict.reply is not None:
            logger.error("outbox row %d did not parse and is sent as plain text", row.id)
        elif verdict.state not in (State.SENT, State.DROPPED):
            logger.warning("outbox row %d is %s: %s", row.id, verdict.state, verdict.reason)
        self._in_flight.became(verdict)
        measure_verdict(verdict, (self._now() - row.created_at).total_seconds())
        self._watch_for_floods(row, outcome)

    def _watch_for_floods(self, row: Outgoing, outcome: Outcome) -> None:
        match outcome:
            case Accepted():
                self._floods.accepted()
            case Refused(429):
                chat = None if row.kind is Kind.TOAST else row.chat
                if self._floods.refused(chat, self._seconds()):
                    wait = wait_asked_for(outcome)
                    logger.error("Telegram refuses everything for %s", wait)
                    self._in_flight.hold(EVERYTHING, self._now() + wait)

    async def _attempt(self, row: Outgoing) -> Outcome:
        try:
            method, arguments = await _prepared(row)
            return await self._api.call(method, arguments)
        except (UnsendableError, TypeError) as error:
            return Refused(400, f"cannot be sent: {error}")
        except Exception as error:  # a fault of ours: the chat must go on
            return Uncertain(type(error).__name__)

    @staticmethod
    def _seconds() -> float:
        return asyncio.get_running_loop().time()


async def _prepared(row: Outgoing) -> tuple[str, dict[str, Any]]:
    """What to call; what has to be drawn for it keeps nobody waiting."""
    if isinstance(row.reply, Photo | Document):
        return await asyncio.to_thread(method_and_arguments, row)
    return method_and_arguments(row)
