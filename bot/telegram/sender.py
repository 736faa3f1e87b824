"""The sender (发送器): from the outbox to the Bot API, each chat in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.store.outbox import Kind, Outgoing, Verdict, claim, left_in_flight, settle
from bot.telegram.limiter import Limiter
from bot.telegram.payloads import UnsendableError, method_and_arguments
from bot.telegram.policy import judge
from bot.telegram.transport import BotApi, Outcome, Refused, Uncertain
from bot.writer import Writer

__all__ = ["Sender"]

logger = logging.getLogger(__name__)

# What is in flight when the process is killed may be sent twice (answers) or not at all (pushes).
ANSWERS_IN_FLIGHT = 16
PUSHES_IN_FLIGHT = 5
IDLE_SECONDS = 0.5
"""How long a row may wait that became due without anybody waking the sender."""
DATABASE_PAUSE_SECONDS = 1.0
FLUSH_SECONDS = 4.0
"""How long stopping waits for messages in flight."""

ANSWERS = (Kind.ANSWER, Kind.EDIT, Kind.TOAST)
PUSHES = (Kind.PUSH,)


class Sender:
    """Sends what the outbox holds; `wake` it after a commit that put something in.

    One job on the writer's thread per turn: write down what became of the last rows, take the
    next ones.
    """

    def __init__(self, api: BotApi, writer: Writer, now: Callable[[], datetime]) -> None:
        self._api = api
        self._writer = writer
        self._now = now
        self._woken = asyncio.Event()
        self._limiter = Limiter(_seconds())
        self._in_flight: dict[asyncio.Task[None], Outgoing] = {}
        self._verdicts: list[Verdict] = []
        self._stopping = False

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def stop(self) -> None:
        """Send nothing more; `run` ends once what is in flight is written down."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Send until `stop`; a failing database only delays."""
        started = False
        while not self._stopping:
            self._woken.clear()
            if not started:
                started = await self._survive(self._settle_left_behind)
            elif not await self._survive(self._turn):
                await self._rest()
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=FLUSH_SECONDS)
        await self._survive(self._settle_last)

    async def _survive(self, action: Callable[[], Awaitable[bool]]) -> bool:
        try:
            return await action()
        except Exception as error:  # most likely the database; the rows are still there
            logger.error("sending is delayed: %s", type(error).__name__)
            await asyncio.sleep(DATABASE_PAUSE_SECONDS)
            return False

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), IDLE_SECONDS)
        except TimeoutError:
            return

    async def _settle_left_behind(self) -> bool:
        """A row that was being sent when the last process ended may have arrived."""

        def job(connection: Connection) -> int:
            now = self._now()
            ended = Uncertain("the process ended while sending")
            rows = left_in_flight(connection, now)
            settle(connection, [judge(row, ended, now) for row in rows], now)
            return len(rows)

        if left := await asyncio.wrap_future(self._writer.run(job)):
            logger.warning("%d messages were being sent when the last process ended", left)
        return True

    async def _turn(self) -> bool:
        rows = await self._exchange(*self._room())
        for row in rows:
            self._start(row)
        return bool(rows)

    async def _settle_last(self) -> bool:
        await self._exchange(0, 0)
        return True

    def _room(self) -> tuple[int, int]:
        pushes = sum(row.kind is Kind.PUSH for row in self._in_flight.values())
        answers = len(self._in_flight) - pushes
        allowed = min(PUSHES_IN_FLIGHT - pushes, self._limiter.pushes(_seconds()))
        return ANSWERS_IN_FLIGHT - answers, allowed

    async def _exchange(self, answers: int, pushes: int) -> list[Outgoing]:
        verdicts, self._verdicts = self._verdicts, []
        held = self._limiter.held(_seconds())

        def job(connection: Connection) -> list[Outgoing]:
            now = self._now()
            settle(connection, verdicts, now)
            taken = claim(connection, ANSWERS, answers, held, now) if answers > 0 else []
            return taken + (claim(connection, PUSHES, pushes, held, now) if pushes > 0 else [])

        try:
            return await asyncio.wrap_future(self._writer.run(job))
        except Exception:
            self._verdicts = verdicts + self._verdicts
            raise

    def _start(self, row: Outgoing) -> None:
        if row.kind is not Kind.TOAST:
            self._limiter.spend(row.chat, _seconds(), push=row.kind is Kind.PUSH)
        task = asyncio.create_task(self._send(row))
        self._in_flight[task] = row
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        del self._in_flight[task]
        self.wake()

    async def _send(self, row: Outgoing) -> None:
        verdict = judge(row, await self._attempt(row), self._now())
        if verdict.reply is not None:
            logger.error("outbox row %d did not parse and is sent as plain text", row.id)
        elif verdict.reason is not None:
            logger.warning("outbox row %d is %s: %s", row.id, verdict.state, verdict.reason)
        self._verdicts.append(verdict)

    async def _attempt(self, row: Outgoing) -> Outcome:
        try:
            method, arguments = method_and_arguments(row)
            return await self._api.call(method, arguments)
        except (UnsendableError, TypeError) as error:
            return Refused(400, f"cannot be sent: {error}")
        except Exception as error:  # a fault of ours: the chat must go on
            return Uncertain(type(error).__name__)


def _seconds() -> float:
    return asyncio.get_running_loop().time()
