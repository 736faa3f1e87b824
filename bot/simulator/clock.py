"""The demo's clock, as the page and its tests move it."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.simulator.refusal import bad_request

__all__ = ["ClockPanel", "DayPassed", "MovableClock", "NextPayoutDay"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_DAYS = 400

NextPayoutDay = Callable[[date], date]
"""From a day in Shanghai to the first payout day (结算日) after it."""


DayPassed = Callable[[], Awaitable[None]]
"""What the bot does on a day, done before the next one comes."""


class MovableClock(Protocol):
    """A clock that can be moved forward by whole days."""

    def now(self) -> datetime:
        """The present instant, with its zone."""
        ...

    def advance(self, days: int) -> None:
        """Move forward; which hour it is afterwards is the clock's own matter."""
        ...


class ClockPanel:
    """The bot's day as the page shows and moves it; a day is Shanghai's."""

    def __init__(self, clock: MovableClock, next_payout_day: NextPayoutDay | None) -> None:
        """Without `next_payout_day` the clock moves by days only."""
        self._clock = clock
        self._next_payout_day = next_payout_day
        self.day_passed: DayPassed | None = None

    def as_json(self) -> dict[str, object]:
        """The present, and where the jump would lead."""
        now = self._clock.now().astimezone(SHANGHAI)
        payout = self._payout_day(now.date())
        return {
            "now": now.isoformat(timespec="seconds"),
            "next_payout_day": payout.isoformat() if payout else None,
        }

    async def move(self, days: int) -> None:
        """Some days forward, one after the other, so that each brings what it has to bring.

        Never back, since what was told cannot be untold.
        """
        if not 1 <= days <= MAX_DAYS:
            raise bad_request(f"days must be 1 to {MAX_DAYS}")
        for _ in range(days):
            self._clock.advance(1)
            if self.day_passed:
                await self.day_passed()

    async def move_to_payout_day(self) -> None:
        """Forward to the next payout day."""
        today = self._clock.now().astimezone(SHANGHAI).date()
        payout = self._payout_day(today)
        if payout is None:
            raise bad_request("no payout day is known")
        await self.move((payout - today).days)

    def _payout_day(self, today: date) -> date | None:
        return self._next_payout_day(today) if self._next_payout_day else None
