"""The amounts of a diagnosis, line by line (金额明细), such that a creator can check each one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from settlement.money import ZERO, share_to_fen
from settlement.reckoning import DEDUCTIONS, Ledger, paid_of, taken_back
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, State

if TYPE_CHECKING:
    from settlement.situation import Situation

LINES = (
    *("gross_amount", "discounts", "freight", "paid_amount", "refunded", "base_amount"),
    *("commission_on_gross", "settled_so_far"),
    *("commission", "returned", "platform_fee", *DEDUCTIONS, "clawback", "not_payable", "net"),
)
"""Every line a waterfall can have, in their order; those from the commission on add up."""


class Line(NamedTuple):
    """One line of the waterfall."""

    code: str
    amount: Decimal


class Amounts(NamedTuple):
    """The amounts of a line in yuan; None where they cannot be known.

    `returned` and `platform_fee` are positive here and signed in `lines`; `commission` and the
    lines after it, up to `net`, add up to `net`.
    """

    lines: tuple[Line, ...] = ()
    commission: Decimal | None = None
    returned: Decimal | None = None
    platform_fee: Decimal | None = None
    net: Decimal | None = None
    net_range: tuple[Decimal, Decimal] | None = None
    estimated_commission: Decimal | None = None
    """The platform's estimate, where a settled figure stands beside it."""
    base: Decimal | None = None
    rate: Decimal | None = None
    ends: tuple[Ledger, Ledger] | None = None
    """How the two ends of the range come about."""
    taken_beyond: Decimal = ZERO
    """What was taken back beyond all that the line had brought."""
    later_taken: Decimal = ZERO
    """What the creator loses of a commission that was paid out or settled, where it is known."""

    @property
    def returned_before(self) -> Decimal | None:
        """What of `returned` was gone when the line was paid out or settled."""
        if self.returned is None or any(line.code == "clawback" for line in self.lines):
            return self.returned
        return self.returned - self.later_taken


NO_AMOUNTS = Amounts()


def waterfall(situation: Situation, state: State) -> Amounts:
    """Return the amounts of a line in its state."""
    if state in NOTHING_KNOWN:
        return NO_AMOUNTS
    reckoning, never_pays = situation.reckoning, state in NEVER_PAYS
    takes_back = state is State.CLAWED_BACK and not situation.gone
    ledger = reckoning.ledger if takes_back or not never_pays else None
    fee = ledger.fee if ledger else ZERO if never_pays else None
    commission, kept = reckoning.commission, reckoning.kept
    ends = None if never_pays or ledger else reckoning.ends
    return Amounts(
        lines=tuple(_lines(situation, state, ledger, fee)),
        commission=commission,
        returned=None if commission is None or kept is None else commission - kept,
        platform_fee=fee,
        net=ZERO if never_pays else ledger.net if ledger else None,
        net_range=(ends[0].net, ends[1].net) if ends else None,
        estimated_commission=_estimate_beside_settled(situation),
        base=situation.base,
        rate=reckoning.rate,
        ends=ends,
        taken_beyond=-ledger.net if ledger and takes_back else ZERO,
        later_taken=_later_taken(situation),
    )


def _later_taken(situation: Situation) -> Decimal:
    """A clawback of its own; else the share of the refunds, if all of them came after payout."""
    reckoning, refunds = situation.reckoning, situation.refunds
    if reckoning.clawback or reckoning.commission is None or reckoning.kept is None:
        return reckoning.clawback
    all_later = refunds.clawing == refunds.reversing
    taken = taken_back(situation) or (refunds.clawing if all_later else ZERO)
    return reckoning.commission - reckoning.kept if taken else ZERO


def _estimate_beside_settled(situation: Situation) -> Decimal | None:
    settled = situation.settled_commission is not None
    return situation.order.estimated_commission if settled else None


def _lines(
    situation: Situation, state: State, ledger: Ledger | None, fee: Decimal | None
) -> list[Line]:
    summed = _from_commission(situation, ledger, fee)
    left = sum([line.amount for line in summed], ZERO)
    if state in NEVER_PAYS:
        if left < 0:
            # A line gives back what it brought; what was taken beyond that is no loss of its own.
            summed[-1] = summed[-1]._replace(amount=summed[-1].amount - left)
            left = ZERO
        summed += [Line("not_payable", -left), Line("net", ZERO)]
    elif ledger:
        summed.append(Line("net", left))
    return _down_to_base(situation) + summed


def _down_to_base(situation: Situation) -> list[Line]:
    """From the order total to what commission is counted on; it explains, it is not summed."""
    order, paid = situation.order, paid_of(situation.order)
    lines = []
    if order.gross_amount is not None:
        lines.append(Line("gross_amount", order.gross_amount))
        if order.discounts:
            lines.append(Line("discounts", -order.discounts))
        if order.freight:
            lines.append(Line("freight", -order.freight))
    if paid is not None:
        lines.append(Line("paid_amount", paid))
    if order.gross_amount is not None and situation.refunds.reversing:
        lines.append(Line("refunded", -situation.refunds.reversing))
    if order.base_amount is not None and order.base_amount != paid:
        lines.append(Line("base_amount", order.base_amount))
    if order.gross_amount is not None or order.settlements:
        lines.extend(_beside(situation))
    return lines


def _beside(situation: Situation) -> Iterator[Line]:
    """What else a creator may compare with: commission on the total, phases settled so far."""
    order, reckoning = situation.order, situation.reckoning
    gross, rate = order.gross_amount, reckoning.rate
    on_paid = situation.room.checks.shows_gross and order.base_amount is None
    if on_paid and gross is not None and rate is not None and gross != situation.base:
        yield Line("commission_on_gross", share_to_fen(gross, rate))
    if reckoning.phases:
        yield Line("settled_so_far", reckoning.phases)


def _from_commission(
    situation: Situation, ledger: Ledger | None, fee: Decimal | None
) -> list[Line]:
    """From the commission to what is left; these lines add up."""
    reckoning, order = situation.reckoning, situation.order
    if reckoning.commission is None:
        return []
    lines = [Line("commission", reckoning.commission)]
    if reckoning.kept is None:
        return lines
    lines.append(Line("returned", reckoning.kept - reckoning.commission))
    if fee is not None:
        lines.append(Line("platform_fee", -fee))
    if ledger and ledger.deducted:
        taken = [(name, getattr(order, name)) for name in DEDUCTIONS]
        lines += [Line(name, -amount) for name, amount in taken if amount]
        if reckoning.clawback:
            lines.append(Line("clawback", -reckoning.clawback))
    return lines
