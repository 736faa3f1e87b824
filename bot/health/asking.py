"""Asking something slow now and then (探问): many who want to know share one answer."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

__all__ = ["NoAnswerError", "Shared"]

Result = TypeVar("Result")


class NoAnswerError(Exception):
    """What was asked has not answered in time; it is not asked again before it does."""


class Shared(Generic[Result]):
    """Calls `ask` on a thread, at most every `fresh` seconds, and waits at most `patience`."""

    def __init__(self, ask: Callable[[], Result], *, fresh: float, patience: float) -> None:
        self._ask = ask
        self._fresh = fresh
        self._patience = patience
        self._asked: asyncio.Task[Result] | None = None
        self._at = 0.0

    async def __call__(self) -> Result:
        """The answer; raises what `ask` raised, or NoAnswerError."""
        asked = self._asked
        if asked is None or (asked.done() and monotonic() - self._at >= self._fresh):
            asked = self._asked = asyncio.create_task(asyncio.to_thread(self._ask))
            self._at = monotonic()
        # A thread cannot be ended, so whoever comes next waits for the same one.
        done, _ = await asyncio.wait((asked,), timeout=self._patience)
        if not done:
            raise NoAnswerError(f"no answer within {self._patience:g} s")
        return asked.result()
