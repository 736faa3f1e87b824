"""What a payout statement says (结算单、月账单): amounts paid for order lines, or for months.

Amounts are yuan; what a statement does not state is None, which is not zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from settlement.model import Order, Platform
from settlement.money import ZERO
from settlement.reckoning import DEDUCTIONS
from settlement.shanghai import day_of

__all__ = ["MonthTotals", "StatementLine", "month_of", "stated_by_order"]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement (账单明细): an amount paid for an order, negative if taken back."""

    row: int
    """The line in the file, counted from 1."""
    order_number: str
    amount: Decimal
    platform: Platform | None = None
    sub_order_number: str | None = None
    line_id: str | None = None
    phase: int | None = None
    """Which of several settlements of the line this is (结算期次)."""
    paid_on: date | None = None
    month: date | None = None
    """The first day of the bill's month (账单月)."""
    base: Decimal | None = None
    """What commission was counted on (计佣金额)."""
    rate: Decimal | None = None
    commission: Decimal | None = None
    """Commission before deductions (佣金), refunds taken out."""
    refunded: Decimal | None = None
    platform_fee: Decimal | None = None
    technical_fee: Decimal | None = None
    special_fee: Decimal | None = None
    agency_share: Decimal | None = None
    tax_withheld: Decimal | None = None
    clawback: Decimal | None = None
    """What was taken back of earlier payouts (补扣), as a positive amount."""

    @property
    def own_number(self) -> str:
        """The number that names the line most narrowly."""
        return self.line_id or self.sub_order_number or self.order_number

    @property
    def in_month(self) -> date | None:
        """The month the line belongs to, as its first day, if the statement says so."""
        return self.month or (month_of(self.paid_on) if self.paid_on else None)


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """One month of a bill without order numbers (月账单): its sums, as far as each is stated."""

    row: int
    month: date
    """Its first day."""
    real: Decimal
    """What was paid out (月结发钱金额)."""
    platform: Platform | None = None
    estimate: Decimal | None = None
    refunded: Decimal | None = None
    """Taken out because refunds succeeded (维权返款)."""
    refunding: Decimal | None = None
    """In disputes that are open (维权金额)."""
    frozen: Decimal | None = None
    rededucted: Decimal | None = None
    """Taken back of earlier payouts (补扣金额)."""
    tax: Decimal | None = None
    service: Decimal | None = None
    """Technical service fee (技术服务费)."""


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def stated_by_order(order: Order, row: int) -> Iterator[StatementLine]:
    """Read a line of an order report with settled amounts as lines of a statement.

    A line that is not settled yet was not paid and gives none; each settlement phase gives one.
    """
    if order.settled_commission is None:
        for phase in order.settlements or ():
            if phase.commission is not None:
                day = day_of(phase.settled_at) if phase.settled_at else None
                yield _line(order, row, phase.commission, day, phase.phase)
        return
    settled_on = order.paid_out_at or order.settled_at
    day = day_of(settled_on) if settled_on else order.platform_settles_on
    taken = sum((getattr(order, name) or ZERO for name in DEDUCTIONS), ZERO)
    yield _line(order, row, order.settled_commission - taken, day, None)


def _line(
    order: Order, row: int, amount: Decimal, day: date | None, phase: int | None
) -> StatementLine:
    whole = phase is None
    return StatementLine(
        row=row,
        order_number=order.order_number,
        amount=amount,
        platform=order.platform,
        sub_order_number=order.sub_order_number,
        line_id=order.line_id,
        phase=phase,
        paid_on=day,
        base=order.settled_base if whole else None,
        commission=order.settled_commission if whole else None,
        technical_fee=order.technical_fee if whole else None,
        special_fee=order.special_fee if whole else None,
        agency_share=order.agency_share if whole else None,
        tax_withheld=order.tax_withheld if whole else None,
    )
