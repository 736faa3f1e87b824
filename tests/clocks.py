"""Clocks for a simulated Telegram: one that stands until it is moved, and the machine's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["MachineClock", "StandingClock"]


@dataclass
class StandingClock:
    """A clock that only moves when told to."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it shows."""
        return self.instant

    def advance(self, days: int) -> None:
        """Move it on by whole days."""
        self.instant += timedelta(days=days)


class MachineClock:
    """The machine's clock: other processes have no other."""

    def now(self) -> datetime:
        """The present in UTC."""
        return datetime.now(UTC)  # noqa: TID251

    def advance(self, days: int) -> None:
        """Not moved here."""
        raise NotImplementedError
