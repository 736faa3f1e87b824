"""The demo's clock, as the page and its tests move it."""

from datetime import datetime
from typing import Protocol

__all__ = ["MovableClock"]


class MovableClock(Protocol):
    """A clock that can be moved forward by whole days."""

    def now(self) -> datetime:
        """The present instant, with its zone."""
        ...

    def advance(self, days: int) -> None:
        """Move forward; which hour it is afterwards is the clock's own matter."""
        ...
