"""When a line brings or takes money (收支): its payout, its phases, what is taken back later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from settlement.diagnosis import Diagnosis, diagnose
from settlement.model import Order
from settlement.money import ZERO, part_to_fen
from settlement.rulebook import Rulebook
from settlement.shanghai import day_of, happened
from settlement.situation import settles_later
from settlement.states import State

__all__ = [
    "DUE",
    "Judged",
    "Kind",
    "Movement",
    "Movements",
    "all_movements",
    "judge",
    "movements",
    "paid_on",
]

DUE = frozenset(
    {
        State.PAID,
        State.CLAWED_BACK,
        State.NOT_YET_VISIBLE,
        State.OVERDUE,
        State.WAIT_CYCLE,
        State.WAIT_PAYOUT,
        State.NO_ACCOUNT,
        State.WITHDRAWABLE,
    }
)
"""States in which what the forecast says is due can be missed on a statement."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An order line and how it stood on the day of the statement."""

    diagnosis: Diagnosis
    rulebook: Rulebook
    now: datetime

    @property
    def order(self) -> Order:
        """The facts of the line."""
        return self.diagnosis.order


def judge(order: Order, rulebook: Rulebook, now: datetime) -> Judged:
    """Judge an order line as it stood at `now`."""
    return Judged(diagnose(order, rulebook, now), rulebook, now)


class Kind(StrEnum):
    """What a movement is: a payout (发放), one phase (分次结算), a clawback (追回)."""

    PAYOUT = "payout"
    PHASE = "phase"
    CLAWBACK = "clawback"


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount a line brings, or takes back where it is negative."""

    kind: Kind
    amount: Decimal
    on: date | None = None
    """None where nobody knows the day."""
    phase: int | None = None


Movements = tuple[Movement, ...]


def movements(judged: Judged) -> Movements:
    """Return what a line brings and takes, each with its day; its net must be known."""
    net = judged.diagnosis.amounts.net or ZERO
    taken = tuple(_taken(judged))
    paid = net - judged.diagnosis.amounts.taken_beyond - sum((each.amount for each in taken), ZERO)
    return tuple(each for each in (*_paid(judged, paid), *taken) if each.amount)


def paid_on(judged: Judged) -> date | None:
    """Return the day on which the platform pays the line, or settles it where that is all."""
    paid_at = happened(judged.order.paid_out_at, judged.now)
    if paid_at is not None:
        return day_of(paid_at)
    dates = judged.diagnosis.dates
    forecast = dates.payout or dates.settles
    return forecast.day if forecast is not None else None


def _taken(judged: Judged) -> Iterator[Movement]:
    """Yield what was taken back later; the net holds these amounts already."""
    order, amounts = judged.order, judged.diagnosis.amounts
    changes = [
        Movement(Kind.CLAWBACK, change.amount, change.on)
        for change in order.balance_changes or ()
        if change.amount is not None and change.amount < 0
    ]
    if _is_settled(judged):
        # The settled figure is the last word, what was taken after the statement's day included.
        yield from changes
        return
    until = [each for each in changes if each.on is None or each.on <= day_of(judged.now)]
    if sum((each.amount for each in until), ZERO) == -amounts.later_taken:
        yield from until
    else:
        yield Movement(Kind.CLAWBACK, -_taken_after_payout(judged))


def _taken_after_payout(judged: Judged) -> Decimal:
    """Return what refunds took after the payout: what the line brought then, less what is left."""
    order, amounts = judged.order, judged.diagnosis.amounts
    paid_at = order.paid_out_at or order.withdrawn_at
    then = diagnose(order, judged.rulebook, paid_at).amounts.net if paid_at else None
    return amounts.later_taken if then is None else then - (amounts.net or ZERO)


def _is_settled(judged: Judged) -> bool:
    order = judged.order
    return order.settled_commission is not None and not settles_later(order, judged.now)


def _paid(judged: Judged, amount: Decimal) -> Iterator[Movement]:
    """Yield the payout, or its phases and what is left of it beside them."""
    phases = list(_phases(judged)) if amount else []
    left = amount - sum((each.amount for each in phases), ZERO)
    day = paid_on(judged)
    if phases:
        yield from phases
        # Deductions are made from the last phase; without a settled total more phases may come.
        days = [each.on for each in phases if each.on is not None]
        day = max(days, default=day) if _is_settled(judged) or left < 0 else None
    yield Movement(Kind.PAYOUT, left, day)


def _phases(judged: Judged) -> Iterator[Movement]:
    amounts, order = judged.diagnosis.amounts, judged.order
    kept = (amounts.commission or ZERO) - (amounts.returned or ZERO)
    fee = amounts.platform_fee or ZERO
    for phase in order.settlements or ():
        ahead = phase.settled_at is not None and phase.settled_at > judged.now
        # A settled total holds the phases of later months too.
        if phase.commission is None or (ahead and not _is_settled(judged)):
            continue
        share = ZERO
        if order.creator_fee_taken is False and fee and kept:
            share = part_to_fen(fee, phase.commission, kept)
        day = day_of(phase.settled_at) if phase.settled_at else None
        yield Movement(Kind.PHASE, phase.commission - share, day, phase.phase)


def all_movements(judged: Sequence[Judged]) -> Movements:
    """Return the movements of several lines together."""
    return tuple(each for line in judged for each in movements(line))
