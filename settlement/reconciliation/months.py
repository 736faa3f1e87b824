"""Bills without order numbers (月账单、到账流水): a month's sums beside those of the orders."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from settlement.model import Platform
from settlement.money import ZERO
from settlement.reconciliation.expected import in_months, sum_of
from settlement.reconciliation.movements import DUE, Judged, Kind, movements, paid_on
from settlement.statements import MonthTotals, month_of

__all__ = ["MonthFinding", "MonthSums", "Part", "compare_month", "months_together"]

AMOUNTS = ("real", "estimate", "refunded", "refunding", "frozen", "rededucted", "tax", "service")
TAKEN = ("refunded", "rededucted", "tax", "service", "frozen")
"""Parts of a bill that make the payout smaller."""


@dataclass(slots=True)
class MonthSums:
    """What the orders come to in a month, in yuan."""

    due: Decimal = ZERO
    """What should be paid out in that month, clawbacks taken off."""
    estimate: Decimal = ZERO
    """Commission before refunds, of the lines paid out in that month."""
    refunded: Decimal = ZERO
    rededucted: Decimal = ZERO
    tax: Decimal = ZERO
    service: Decimal = ZERO
    lines: int = 0
    unknown: int = 0
    """Lines that are due in that month and whose amount nobody knows."""

    def add(self, judged: Judged, month: date) -> None:
        """Count a line, if it brings or takes anything in that month."""
        diagnosis = judged.diagnosis
        if diagnosis.state not in DUE:
            return
        if diagnosis.amounts.net is None:
            day = paid_on(judged)
            self.unknown += day is not None and month_of(day) == month
            return
        within = tuple(each for each in movements(judged) if in_months(each, frozenset([month])))
        if not within:
            return
        self.lines += 1
        self.due += sum_of(within)
        self.rededucted -= sum_of(tuple(each for each in within if each.kind is Kind.CLAWBACK))
        if any(each.kind is not Kind.CLAWBACK for each in within):
            self._add_parts(judged)

    def _add_parts(self, judged: Judged) -> None:
        amounts, order = judged.diagnosis.amounts, judged.order
        self.estimate += amounts.commission or ZERO
        # What was taken back in later months is no refund of this one.
        self.refunded += amounts.returned_before or ZERO
        self.tax += order.tax_withheld or ZERO
        self.service += (order.technical_fee or ZERO) + (amounts.platform_fee or ZERO)


@dataclass(frozen=True, slots=True)
class Part:
    """One sum of a bill beside that of the orders; None where it is not stated or not known."""

    name: str
    stated: Decimal | None
    reckoned: Decimal | None
    explains: Decimal = ZERO
    """How much of the difference comes from it."""


@dataclass(frozen=True, slots=True)
class MonthFinding:
    """A month's bill beside the orders; what the parts explain and `other` add up."""

    bill: MonthTotals
    sums: MonthSums
    parts: tuple[Part, ...]
    other: Decimal
    """What no part of the bill explains."""

    @property
    def difference(self) -> Decimal:
        """What was paid beyond what was due."""
        return self.bill.real - self.sums.due


def compare_month(bill: MonthTotals, sums: MonthSums) -> MonthFinding:
    """Compare a month's bill with what the orders come to in that month."""
    parts = tuple(_parts(bill, sums))
    explained = sum((part.explains for part in parts), ZERO)
    return MonthFinding(bill, sums, parts, bill.real - sums.due - explained)


def _parts(bill: MonthTotals, sums: MonthSums) -> Iterable[Part]:
    for name in ("estimate", *TAKEN):
        stated = getattr(bill, name)
        reckoned: Decimal | None = getattr(sums, name, None)
        if stated is None:
            yield Part(name, None, reckoned)
            continue
        beyond = stated - (reckoned or ZERO)
        yield Part(name, stated, reckoned, -beyond if name in TAKEN else beyond)
    # Whether money in open disputes was held back, no source says: it explains nothing.
    yield Part("refunding", bill.refunding, None)


def months_together(bills: Iterable[MonthTotals]) -> tuple[MonthTotals, ...]:
    """Add up what was paid on several days of a month; each month of a platform is one bill."""
    together: dict[tuple[Platform | None, date], MonthTotals] = {}
    for bill in bills:
        key = bill.platform, bill.month
        known = together.get(key)
        together[key] = _added(known, bill) if known else bill
    return tuple(together[key] for key in sorted(together, key=lambda key: (key[1], key[0] or "")))


def _added(one: MonthTotals, other: MonthTotals) -> MonthTotals:
    sums = {name: _sum(getattr(one, name), getattr(other, name)) for name in AMOUNTS}
    return replace(one, **sums)  # type: ignore[arg-type]


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other
