"""Order lines as the oracle knows them, and how they stand; it shares no code with bot/."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tests.reliability.simulation.payout_days import Calendar, today


class Stands(NamedTuple):
    """How a line stands at an instant."""

    state: str
    net: Decimal
    settled: bool
    day: date | None


@dataclass
class Line:
    """An order line: what the reports said of it."""

    number: str
    platform: str
    creator: int
    created_on: date
    commission: Decimal
    seen_at: datetime
    changed_at: datetime
    received_on: date | None = None
    named_day: date | None = None
    refunded: Decimal = Decimal()
    refunded_at: datetime | None = None
    settled: Decimal | None = None
    settled_at: datetime | None = None

    @property
    def may_change(self) -> bool:
        """Whether a report may still bring something new."""
        return self.refunded < self.commission and self.settled is None

    def stands(self, calendar: Calendar, now: datetime) -> Stands:
        """How it stands: as the sources say, not as the program does."""
        if self.refunded == self.commission:
            return Stands("reversed", Decimal(), False, None)
        net = self.settled if self.settled is not None else self.commission - self.refunded
        settled = self.settled is not None
        if self.platform == "jd":
            return self._named(net, today(now))
        if self.received_on is None:
            return Stands("wait_complete", net, False, None)
        if today(now) <= self.received_on:
            return Stands("not_yet_visible", net, False, None)
        day = calendar.payout_day(self.received_on)
        waits = "wait_payout" if settled else "wait_cycle"
        return Stands("withdrawable" if day <= today(now) else waits, net, settled, day)

    def _named(self, net: Decimal, now: date) -> Stands:
        """JD names the day itself."""
        day = self.named_day
        if day is None:
            return Stands("wait_cycle", net, False, None)
        return Stands("withdrawable" if day <= now else "wait_payout", net, False, day)
