"""A Telegram that brings messages at their time, whether or not the bot keeps up."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.gateway.questions import as_often_as_people_do
from tests.benchmarks.gateway.stub import FIRST_CHAT, Pusher, StubApi, Traffic
from tests.reliability.load_world import FIRST_REMINDED

__all__ = ["Arrivals", "SlowTelegram", "bring"]

MESSAGES_EACH = 4
TICK_SECONDS = 0.002
_CHAT = re.compile(rb"chat_id\D{1,80}?(\d+)")


class Arrivals(Traffic):
    """Messages `rate` a second; each is late from the instant at which it was to come."""

    def __init__(self, count: int, rate: float, first: int = 0) -> None:
        super().__init__(count, as_often_as_people_do(), first, MESSAGES_EACH)
        self.rate = rate

    def next(self) -> dict[str, object]:
        """The next message; it counts from its own instant, even if it is brought later."""
        number = self.given
        update = super().next()
        chat = FIRST_CHAT + self._first + number % self.chats
        self._since[chat][-1] = self.began + number / self.rate
        return update

    def due(self, since: float) -> int:
        """How many are to have come so many seconds after the first."""
        return min(self.count, int(since * self.rate) + 1)


@dataclass(frozen=True, slots=True)
class _Later:
    """Answers a call after a while."""

    connection: Any
    seconds: float

    def answer(self, content: bytes) -> None:
        asyncio.get_running_loop().call_later(self.seconds, self.connection.answer, content)


class SlowTelegram(StubApi):
    """Takes its time over each call, and counts the reminders that arrive, by person."""

    traffic: Arrivals

    def __init__(self, traffic: Arrivals, seconds: float) -> None:
        super().__init__(traffic, window=0)
        self.reminded: Counter[int] = Counter()
        self._seconds = seconds

    def call(self, connection: Any, method: bytes, body: bytes) -> None:
        """Take a call as soon as it comes, and answer it later."""
        found = _CHAT.search(body) if method.lower() == b"sendmessage" else None
        if found and int(found[1]) > FIRST_REMINDED:
            self.reminded[int(found[1])] += 1
        later: Any = _Later(connection, self._seconds)
        super().call(later, method, body)


async def bring(stub: SlowTelegram, pusher: Pusher) -> None:
    """Bring every message at its time; one that finds no connection free waits and is late."""
    traffic = stub.traffic
    loop = asyncio.get_running_loop()
    began = loop.time()
    while traffic.given < traffic.count:
        stub.window = traffic.due(loop.time() - began) - traffic.answered
        pusher.push()
        await asyncio.sleep(TICK_SECONDS)
