"""A limit for each person (刷屏限制): who writes faster than anybody reads is told so once.

It stands before the database, so that a flood costs nobody else anything. The buckets are in the
memory of each replica: written down, a flood would cost what it is kept from costing.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bot.desk.incoming import Incoming
from bot.desk.trouble import slow_down
from bot.intake import Received
from bot.telegram.gateway import Submit
from bot.telegram.notices import Notices
from bot.telegram.transport import BotApi

__all__ = ["FloodGate"]

A_SECOND = 1.0
"""How many messages a person gets back for each second."""
REMEMBERED = 10_000


class _Bucket(NamedTuple):
    """How many messages somebody may still send at once, at an instant; and whether they know."""

    level: float
    at: float
    told: bool = False


class FloodGate:
    """Submits what people may still send; the rest is confirmed and never answered.

    `burst` messages at once and then one a second; what the operator's chat says always passes,
    as does what is not said to the bot. When submitting fails the messages come again, so they
    are given back.
    """

    def __init__(
        self,
        submit: Submit,
        api: BotApi,
        burst: int,
        exempt: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._submit = submit
        self._notices = Notices(api)
        self._burst = float(burst)
        self._exempt = exempt
        self._clock = clock
        self._buckets: dict[int, _Bucket] = {}

    async def submit(self, received: Sequence[Received]) -> None:
        """As `submit` itself, without what is too much; raises what it raises."""
        passed = [each for each in received if self._passes(each.incoming)]
        try:
            await self._submit(passed)
        except Exception:
            self._give_back(passed)
            raise

    async def settled(self) -> None:
        """Return when no notice is under way."""
        await self._notices.settled()

    def _passes(self, incoming: Incoming | None) -> bool:
        if incoming is None or incoming.chat == self._exempt or not incoming.is_meant:
            return True
        bucket = self._now_of(incoming.user)
        if bucket.level >= 1:
            self._keep(incoming.user, bucket._replace(level=bucket.level - 1))
            return True
        if not bucket.told:
            self._notice(incoming)
        self._keep(incoming.user, bucket._replace(told=True))
        return False

    def _now_of(self, user: int) -> _Bucket:
        """Somebody's bucket with what has come back since; full, it has forgotten the notice."""
        now = self._clock()
        known = self._buckets.get(user)
        if known is None:
            return _Bucket(self._burst, now)
        level = min(self._burst, known.level + (now - known.at) * A_SECOND)
        return _Bucket(level, now, known.told and level < self._burst)

    def _keep(self, user: int, bucket: _Bucket) -> None:
        self._buckets[user] = bucket
        if len(self._buckets) > REMEMBERED:
            emptier = {each: self._now_of(each) for each in self._buckets}
            self._buckets = {
                each: state for each, state in emptier.items() if state.level < self._burst
            }
            if len(self._buckets) > REMEMBERED:
                self._buckets.clear()

    def _give_back(self, passed: Sequence[Received]) -> None:
        for incoming in (each.incoming for each in passed):
            if incoming is not None and incoming.user in self._buckets and incoming.is_meant:
                bucket = self._buckets[incoming.user]
                level = min(self._burst, bucket.level + 1)
                self._buckets[incoming.user] = bucket._replace(level=level)

    def _notice(self, incoming: Incoming) -> None:
        """Tell somebody to slow down; whoever finds no place is not told."""
        if incoming.can_be_told and self._notices.has_room:
            self._notices.tell(incoming, slow_down(incoming))
