"""Missing-commission radar (漏佣雷达): money at stake by platform, shop, cause, and its growth."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar

from settlement.diagnosis import Diagnosis
from settlement.model import Platform
from settlement.money import ZERO
from settlement.stakes import Fate, Stake, stake_of

__all__ = ["Radar", "Span", "Spot", "Sums"]

Part = TypeVar("Part")


class Span(NamedTuple):
    """The period looked at (本期) and the one of the same length before it (上期)."""

    start: date
    """The first day of the period."""
    today: date
    """Its last day."""

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.today - self.start).days + 1

    @property
    def before(self) -> date:
        """The first day of the period before."""
        return self.start - timedelta(days=self.days)


class Spot(NamedTuple):
    """Where money is at stake: a platform, a shop and a cause."""

    platform: Platform
    shop: str | None
    cause: str
    fate: Fate


@dataclass(slots=True)
class Sums:
    """What is at stake somewhere, in yuan."""

    lines: int = 0
    """Lines of the period."""
    amount: Decimal = ZERO
    before: Decimal = ZERO
    """The amount of the period before."""
    lines_before: int = 0
    unknown: int = 0
    """Lines of the period whose amount nobody knows; they are in no sum."""
    all_lines: int = 0
    all_amount: Decimal = ZERO
    """Whenever it showed."""

    def add(self, stake: Stake, span: Span) -> None:
        """Count a line."""
        amount = stake.amount or ZERO
        self.all_lines += 1
        self.all_amount += amount
        if stake.on is None:
            return
        if stake.on >= span.start:
            self.lines += 1
            self.amount += amount
            self.unknown += stake.amount is None
        elif stake.on >= span.before:
            self.lines_before += 1
            self.before += amount

    def take_in(self, other: "Sums") -> None:
        """Count the lines of another place too."""
        self.lines += other.lines
        self.amount += other.amount
        self.before += other.before
        self.lines_before += other.lines_before
        self.unknown += other.unknown
        self.all_lines += other.all_lines
        self.all_amount += other.all_amount

    @property
    def growth(self) -> Decimal:
        """How much more is at stake than in the period before."""
        return self.amount - self.before


@dataclass(slots=True)
class Radar:
    """A running count of what is at stake; its size is that of the shops, not of the orders."""

    span: Span
    spots: dict[Spot, Sums] = field(default_factory=dict)
    looked_at: int = 0
    """Lines in all."""

    def add(self, diagnosis: Diagnosis, now: datetime) -> None:
        """Look at one line."""
        self.looked_at += 1
        stake = stake_of(diagnosis, now)
        if stake is not None:
            order = diagnosis.order
            spot = Spot(order.platform, order.shop, stake.cause, stake.fate)
            self.spots.setdefault(spot, Sums()).add(stake, self.span)

    def worst(self) -> list[tuple[Spot, Sums]]:
        """Return every place, the most money of the period first, then the most of all."""
        return sorted(self.spots.items(), key=_weight)

    def by(self, part: Callable[[Spot], Part]) -> list[tuple[Part, Sums]]:
        """Return the sums by a part of the place, such as its platform, the most money first."""
        sums: dict[Part, Sums] = {}
        for spot, each in self.spots.items():
            sums.setdefault(part(spot), Sums()).take_in(each)
        return sorted(sums.items(), key=_weight)

    @property
    def total(self) -> Sums:
        """All of it together."""
        total = Sums()
        for each in self.spots.values():
            total.take_in(each)
        return total


def _weight(item: tuple[object, Sums]) -> tuple[Decimal, Decimal, int, str]:
    place, sums = item
    return -sums.amount, -sums.all_amount, -sums.all_lines, str(place)
