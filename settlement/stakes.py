"""What is at stake in a line (漏掉的佣金): what it does not pay, or not yet, and why.

At stake is what a line does not pay of its full commission, and what hangs or is overdue; what
the platform keeps of every line by its rules (fees, tax) is not.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from settlement.diagnosis import Diagnosis
from settlement.money import ZERO
from settlement.shanghai import day_of, happened
from settlement.states import NEVER_PAYS, Reason, State

__all__ = ["SETTLED_LESS", "Fate", "Stake", "stake_of"]

HANGING = frozenset(
    {
        State.FROZEN,
        State.IN_AFTER_SALE,
        State.REFUND_UNDECIDED,
        State.OVERDUE,
        State.NO_ACCOUNT,
    }
)
"""States in which money waits for somebody to act, and may be lost."""
TELLING = frozenset(
    {
        Reason.LAST_CLICK_OTHER,
        Reason.NOT_BOUND,
        Reason.NOT_OWN_LINK,
        Reason.OLD_BUYER_NO_RATE,
        Reason.PROMOTION_CANCELLED,
        Reason.MERCHANT_LATE,
        Reason.CLOSES_150_DAYS,
        Reason.BALANCE_TAKEN_BACK,
    }
)
"""Reasons that say more than the state; a platform's own codes do too."""


SETTLED_LESS = "settled_less"
"""The cause where less was settled than estimated, and no refund is known that says why."""


class Fate(StrEnum):
    """Whether money is gone (已损失) or hangs (悬着)."""

    LOST = "lost"
    HANGING = "hanging"


class Stake(NamedTuple):
    """What is at stake in one line."""

    fate: Fate
    cause: str
    """A state, or a reason where one says more than the state."""
    amount: Decimal | None
    """None where nobody knows how much."""
    on: date | None
    """The day it showed; None where none is known."""


def stake_of(diagnosis: Diagnosis, now: datetime) -> Stake | None:
    """Return what is at stake in a line; None if it pays all of its commission, or still may."""
    state, amounts = diagnosis.state, diagnosis.amounts
    if state in NEVER_PAYS:
        return _stake(diagnosis, Fate.LOST, amounts.commission, now)
    if state in HANGING:
        low_high = amounts.net_range
        amount = amounts.net if low_high is None else low_high[1]
        return _stake(diagnosis, Fate.HANGING, amount, now)
    lost = max(amounts.returned or ZERO, amounts.later_taken)
    if lost <= 0:
        return None
    partly = (Reason.PARTIAL_CLAWBACK, Reason.PARTIAL_REFUND)
    cause = next((each.value for each in partly if each in diagnosis.reasons), SETTLED_LESS)
    return Stake(Fate.LOST, cause, lost, _showed(diagnosis, now))


def _stake(
    diagnosis: Diagnosis, fate: Fate, amount: Decimal | None, now: datetime
) -> Stake | None:
    if amount is not None and amount <= 0:
        return None
    return Stake(fate, cause_of(diagnosis), amount, _showed(diagnosis, now))


def cause_of(diagnosis: Diagnosis) -> str:
    """Return the reason that says most, else the state."""
    own = f"{diagnosis.order.platform}_"
    telling = (each for each in diagnosis.reasons if each in TELLING or each.startswith(own))
    return str(next(telling, diagnosis.state))


def _showed(diagnosis: Diagnosis, now: datetime) -> date | None:
    """Return the day on which something went wrong, as nearly as the facts tell."""
    order, dates = diagnosis.order, diagnosis.dates
    if diagnosis.state is State.OVERDUE:
        expected = dates.payout or dates.settles
        if expected is not None:
            return expected.day
    refunded = [each.succeeded_at or each.requested_at for each in order.refunds or ()]
    taken = [
        change.on
        for change in order.balance_changes or ()
        if change.on is not None and change.amount is not None and change.amount < 0
    ]
    known = [at for at in (*refunded, order.closed_at) if at is not None and at <= now]
    days = [day_of(at) for at in known] + [day for day in taken if day <= day_of(now)]
    if days:
        return max(days)
    placed = happened(order.created_at or order.paid_at or order.received_at, now)
    return day_of(placed) if placed is not None else None
