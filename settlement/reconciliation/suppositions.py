"""What would explain a difference (差异推断): the same line with one fact taken differently."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from settlement.model import Order
from settlement.money import ZERO
from settlement.platforms import room_of
from settlement.reckoning import DEDUCTIONS
from settlement.reconciliation.expected import Expected
from settlement.reconciliation.findings import Cause
from settlement.reconciliation.movements import Judged, Kind, Movement, judge, movements
from settlement.room import no_fee
from settlement.shanghai import happened
from settlement.states import State

__all__ = ["DEDUCTION_CAUSES", "Guess", "guesses"]

DEDUCTION_CAUSES = {
    "technical_fee": Cause.TECHNICAL_FEE,
    "special_fee": Cause.SPECIAL_FEE,
    "agency_share": Cause.AGENCY_SHARE,
    "tax_withheld": Cause.TAX,
}
assert DEDUCTION_CAUSES.keys() == set(DEDUCTIONS)  # noqa: S101 - checked once, when loaded


class Guess(NamedTuple):
    """A cause, and how much it would make the statement differ."""

    cause: Cause
    amount: Decimal


def guesses(judged: Sequence[Judged], due: Expected) -> tuple[Guess, ...]:
    """Return every guess that would make a difference, each once."""
    found = dict.fromkeys(_of_movements(due))
    for line in judged:
        before = _brought(line)
        for cause, supposed in _supposed(line):
            after = _brought(judge(supposed, line.rulebook, line.now))
            if before is not None and after is not None:
                found[Guess(cause, after - before)] = None
    return tuple(guess for guess in found if guess.amount)


def _brought(judged: Judged) -> Decimal | None:
    """Return all that a line brings but for what was taken back later."""
    if judged.diagnosis.amounts.net is None:
        return None
    return sum((each.amount for each in movements(judged) if each.kind is not Kind.CLAWBACK), ZERO)


def _of_movements(due: Expected) -> Iterator[Guess]:
    for each in due.within:
        if each.kind is Kind.CLAWBACK:
            yield Guess(Cause.CLAWBACK, -each.amount)
        elif each.kind is Kind.PHASE:
            yield Guess(Cause.PHASE, -each.amount)
    for each in due.beyond:
        yield Guess(_cause_beyond(each, due), each.amount)


def _cause_beyond(movement: Movement, due: Expected) -> Cause:
    if movement.kind is Kind.CLAWBACK:
        return Cause.CLAWBACK
    if movement.kind is Kind.PAYOUT and due.paid_before:
        return Cause.PAID_BEFORE
    return Cause.PHASE


def _supposed(judged: Judged) -> Iterator[tuple[Cause, Order]]:
    order = judged.order
    yield from _other_deductions(order)
    yield from _other_fee(judged)
    yield from _other_refunds(judged)
    yield from _other_bases(judged)


def _other_deductions(order: Order) -> Iterator[tuple[Cause, Order]]:
    for name, cause in DEDUCTION_CAUSES.items():
        amount = getattr(order, name)
        if amount:
            yield cause, replace(order, **{name: None})  # type: ignore[arg-type]
            yield cause, replace(order, **{name: 2 * amount})


def _other_fee(judged: Judged) -> Iterator[tuple[Cause, Order]]:
    """The platform's share is taken once more, or not at all."""
    order = judged.order
    if room_of(order.platform).checks.fee_rate is no_fee:
        return
    amounts = _when_paid(judged).diagnosis.amounts
    if amounts.commission is None or amounts.returned is None:
        return
    # In a settled figure later clawbacks are already.
    changes = None if order.settled_commission is None else order.balance_changes
    kept = amounts.commission - amounts.returned
    for taken in (True, False):
        yield (
            Cause.PLATFORM_FEE,
            replace(
                order,
                settled_commission=kept,
                creator_fee_taken=taken,
                settlements=None,
                balance_changes=changes,
            ),
        )


def _when_paid(judged: Judged) -> Judged:
    """Judge a line as it stood when it was paid; a settled figure holds what came later too."""
    order = judged.order
    paid_at = happened(order.paid_out_at or order.withdrawn_at, judged.now)
    if paid_at is None or order.settled_commission is not None:
        return judged
    return judge(order, judged.rulebook, paid_at)


def _other_refunds(judged: Judged) -> Iterator[tuple[Cause, Order]]:
    """Refunds were not taken out, or one that is still open was."""
    order, amounts = judged.order, judged.diagnosis.amounts
    if amounts.returned and _tells_of_refunds(judged):
        yield Cause.REFUND, _without_refunds(order)
    elif order.settled_commission is not None and order.estimated_commission is not None:
        yield Cause.ESTIMATE, replace(order, settled_commission=order.estimated_commission)
    if order.refunds and any(each.succeeded_at is None for each in order.refunds):
        closed = [
            replace(each, succeeded_at=each.succeeded_at or each.requested_at or judged.now)
            for each in order.refunds
        ]
        yield Cause.REFUND, replace(order, refunds=tuple(closed), raw_status=None)


def _tells_of_refunds(judged: Judged) -> bool:
    order, base = judged.order, judged.diagnosis.amounts.base
    shrank = base is not None and order.settled_base is not None and order.settled_base < base
    back = judged.diagnosis.state in (State.REVERSED, State.CLAWED_BACK)
    return bool(order.refunds or order.return_count) or shrank or back


def _without_refunds(order: Order) -> Order:
    return replace(
        order,
        refunds=(),
        return_count=None,
        frozen_count=None,
        settled_base=None,
        settled_commission=None,
        # The status may say that all was refunded; without it the dates decide.
        raw_status=None,
    )


def _other_bases(judged: Judged) -> Iterator[tuple[Cause, Order]]:
    """Commission is counted on another amount, or at another rate."""
    order, amounts = judged.order, judged.diagnosis.amounts
    counted = replace(order, settled_base=None, settled_commission=None)
    for base in (order.gross_amount, order.paid_amount, order.base_amount):
        if base is not None and base != amounts.base:
            yield Cause.BASE, replace(counted, base_amount=base)
    for rate in (order.new_buyer_rate, order.old_buyer_rate):
        if rate is not None and rate != amounts.rate:
            yield Cause.RATE, replace(counted, commission_rate=rate)
