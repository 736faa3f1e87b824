"""What is on its way to Telegram (在途), and what has become of it since the last report."""

import asyncio
from collections import deque
from datetime import datetime
from typing import TypeVar

from bot.store.claiming import Room
from bot.store.letters import Kind, Outgoing, Verdict
from bot.telegram.rounds import Outcomes

__all__ = ["ANSWERS_IN_FLIGHT", "PUSHES_IN_FLIGHT", "InFlight"]

# What is in flight when the process is killed may be sent twice (answers) or not at all (pushes).
ANSWERS_IN_FLIGHT = 64
PUSHES_IN_FLIGHT = 5

Item = TypeVar("Item")


class InFlight:
    """Kept by the event loop; reported from the writer's thread, one report at a time."""

    def __init__(self) -> None:
        self._rows: dict[asyncio.Task[None], Outgoing] = {}
        self._pushes = 0
        self._verdicts: deque[Verdict] = deque()
        self._holds: deque[tuple[int, datetime]] = deque()
        self._reported = Outcomes()

    def add(self, task: asyncio.Task[None], row: Outgoing) -> None:
        """A task has begun to send a row."""
        self._rows[task] = row
        self._pushes += row.kind is Kind.PUSH

    def became(self, verdict: Verdict) -> None:
        """What became of a row is known; to be said before its task ends."""
        self._verdicts.append(verdict)

    def hold(self, chat: int, until: datetime) -> None:
        """Nothing is to be sent to a chat until then."""
        self._holds.append((chat, until))

    def end(self, task: asyncio.Task[None]) -> None:
        """A task has ended."""
        self._pushes -= self._rows.pop(task).kind is Kind.PUSH

    async def settled(self, seconds: float) -> None:
        """Wait until nothing is in flight, at most so long."""
        if self._rows:
            await asyncio.wait(self._rows, timeout=seconds)

    def report(self) -> tuple[Outcomes, Room]:
        """Take what has become known, and see how much room it leaves."""
        # The room comes first: what makes more of it meanwhile is then in this report.
        rows = len(self._rows)
        pushes = self._pushes
        room = Room(ANSWERS_IN_FLIGHT - (rows - pushes), PUSHES_IN_FLIGHT - pushes)
        self._reported = Outcomes(_all(self._verdicts), dict(_all(self._holds)))
        return self._reported, room

    def written_down(self) -> None:
        """The last report is committed."""
        self._reported = Outcomes()

    def put_back(self) -> None:
        """The last report did not take effect and is part of the next one."""
        lost, self._reported = self._reported, Outcomes()
        self._verdicts.extendleft(reversed(lost.verdicts))
        self._holds.extendleft(reversed(lost.holds.items()))


def _all(waiting: deque[Item]) -> list[Item]:
    """Take everything out, while more may be put in."""
    return [waiting.popleft() for _ in range(len(waiting))]
