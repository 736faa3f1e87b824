"""What may go wrong between a bot and Telegram, on purpose."""

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.simulator.refusal import Refusal, too_many_requests

__all__ = ["Fault", "FaultRates", "Faults", "SeededFaults", "no_faults"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One mishap of one call.

    First the `delay` in seconds; then a `refusal` is answered instead of doing anything, or
    the call is done and, with `answer_lost`, the connection closed without an answer.
    """

    delay: float = 0.0
    refusal: Refusal | None = None
    answer_lost: bool = False


Faults = Callable[[str, Mapping[str, object]], Fault | None]
"""Decides call by call (method in lower case, parameters) what goes wrong; None: nothing."""


def no_faults(_method: str, _parameters: Mapping[str, object]) -> Fault | None:
    """A quiet day."""
    return None


@dataclass(frozen=True, slots=True)
class FaultRates:
    """How often what goes wrong: shares of the calls of `methods`, from 0 to 1.

    `flood` is a 429 that holds the chat, `global_flood` one that holds the whole bot, both for
    `retry_after` seconds; `redelivery` the share of confirmed updates that come once more.
    Every call of any method takes between `delay_from` and `delay_to` seconds.
    """

    flood: float = 0.0
    global_flood: float = 0.0
    server_error: float = 0.0
    lost_answer: float = 0.0
    redelivery: float = 0.0
    delay_from: float = 0.0
    delay_to: float = 0.0
    retry_after: int = 1
    methods: frozenset[str] = frozenset({"sendmessage"})

    @property
    def any(self) -> float:
        """The share of calls that go wrong."""
        return self.flood + self.global_flood + self.server_error + self.lost_answer


class SeededFaults:
    """Throws dice from a seed: the same calls in the same order fail in the same way.

    `counted` says what happened; `early` in it counts calls made while a 429 still held.
    """

    def __init__(self, rates: FaultRates, seed: int, seconds: Callable[[], float]) -> None:
        """Pauses of a 429 are measured by `seconds`, which only goes forward."""
        self.rates = rates
        self.seed = seed
        self.counted: Counter[str] = Counter()
        self._dice = random.Random(seed)  # noqa: S311
        self._seconds = seconds
        self._held: dict[object, float] = {}

    def __call__(self, method: str, parameters: Mapping[str, object]) -> Fault:
        """What goes wrong with one call."""
        delay = self._dice.uniform(self.rates.delay_from, self.rates.delay_to)
        if method not in self.rates.methods:
            return Fault(delay)
        chat = str(parameters.get("chat_id"))
        if left := self._left(chat):
            self.counted["early"] += 1
            return Fault(delay, too_many_requests(left))
        return self._thrown(delay, chat)

    def comes_again(self, _update: int) -> bool:
        """Whether a confirmed update is delivered once more."""
        again = self._dice.random() < self.rates.redelivery
        self.counted["redelivery"] += again
        return again

    def _thrown(self, delay: float, chat: object) -> Fault:
        roll = self._dice.random()
        for name in ("flood", "global_flood", "server_error", "lost_answer"):
            share: float = getattr(self.rates, name)
            if roll < share:
                self.counted[name] += 1
                return self._mishap(name, delay, chat)
            roll -= share
        return Fault(delay)

    def _mishap(self, name: str, delay: float, chat: object) -> Fault:
        if name == "lost_answer":
            return Fault(delay, answer_lost=True)
        if name == "server_error":
            return Fault(delay, Refusal(500, "Internal Server Error"))
        return Fault(delay, self._hold(None if name == "global_flood" else chat))

    def _hold(self, chat: object) -> Refusal:
        self._held[chat] = self._seconds() + self.rates.retry_after
        return too_many_requests(self.rates.retry_after)

    def _left(self, chat: object) -> int:
        """The whole seconds for which this chat, or everything, is still held."""
        until = max(self._held.get(chat, 0.0), self._held.get(None, 0.0))
        return max(0, math.ceil(until - self._seconds()))
