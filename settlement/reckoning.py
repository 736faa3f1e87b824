"""Reckoning a commission (计算佣金): from base and rate to what is left for the creator."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from settlement.buyers import BuyerKind
from settlement.model import Order
from settlement.money import ZERO, part_to_fen, share_to_fen

if TYPE_CHECKING:
    from settlement.situation import Situation

Outcome = TypeVar("Outcome")
DEDUCTIONS = ("technical_fee", "special_fee", "agency_share", "tax_withheld")


class Ledger(NamedTuple):
    """What one rate and one sum of refunds lead to, in yuan."""

    kept: Decimal
    """Commission after refunds."""
    fee: Decimal
    deducted: Decimal

    @property
    def net(self) -> Decimal:
        """What is left for the creator (到手)."""
        return self.kept - self.fee - self.deducted


NOTHING_LEFT = Ledger(ZERO, ZERO, ZERO)
"""Nothing is paid for a sale refunded in full, so nothing can be taken from it either."""


def base_of(order: Order) -> Decimal | None:
    """Return what commission is counted on before refunds: as the platform says, else as paid."""
    return paid_of(order) if order.base_amount is None else order.base_amount


def paid_of(order: Order) -> Decimal | None:
    """Return what was paid for the goods, as stated or from the order total."""
    if order.paid_amount is not None:
        return order.paid_amount
    gross, discounts, freight = order.gross_amount, order.discounts, order.freight
    if gross is None or discounts is None or freight is None:
        return None
    return max(gross - discounts - freight, ZERO)


def possible_rates(order: Order, buyer: BuyerKind | None) -> tuple[Decimal, ...]:
    """Return the rate that holds; both where the buyer is unknown; none where no rate is."""
    new, old = order.new_buyer_rate, order.old_buyer_rate
    if order.commission_rate is not None:
        return (order.commission_rate,)
    if new is None:
        return (old,) if old is not None and buyer is BuyerKind.OLD else ()
    # A merchant who set a rate for new buyers alone pays nothing for old ones (S1688-23).
    old = ZERO if old is None else old
    if buyer is None and new != old:
        return (min(new, old), max(new, old))
    return (old,) if buyer is BuyerKind.OLD else (new,)


class Reckoning:
    """The amounts of one line as far as they are known; each is None where it is not."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.order = order = situation.order
        self.base = situation.base
        self.rates = rates = possible_rates(order, situation.buyer.kind)
        self.rate = rates[0] if len(rates) == 1 else None
        """The rate, if only one can hold."""
        self.commission = _if_certain([self._commission(rate) for rate in rates or (None,)])
        """Commission before refunds (佣金), if it is certain."""
        self.phases = _settled_in_phases(situation) if order.settlements else ZERO
        gone = situation.gone
        self.clawback = _clawed_back(situation) if order.balance_changes and not gone else ZERO
        self._deducted = _deductions(order) + self.clawback
        self._outcomes = self._possible_outcomes()
        self.ledger = None if self.commission is None else _if_certain(self._outcomes)
        """What is left, if only one outcome is possible and all of it is known."""
        self.kept = self._certainly_kept()
        """Commission after refunds, if it is certain."""

    @property
    def ends(self) -> tuple[Ledger, Ledger] | None:
        """How the least and the most that can be left come about, if both are known."""
        known = [outcome for outcome in self._outcomes if outcome is not None]
        if len(known) < len(self._outcomes):
            return None
        known.sort(key=attrgetter("net"))
        return known[0], known[-1]

    def _certainly_kept(self) -> Decimal | None:
        if self.ledger is not None:
            return self.ledger.kept
        return _if_certain([outcome.kept if outcome else None for outcome in self._outcomes])

    def _possible_outcomes(self) -> list[Ledger | None]:
        """Return what is left for each possible rate, if open questions end well, and if badly."""
        if self.situation.gone:
            return [NOTHING_LEFT]
        rates = self.rates or (None,)
        outcomes = [self._ledger(self._kept(rate)) for rate in rates]
        refunds = self.situation.refunds
        if refunds.undecided or refunds.amount_unknown:
            outcomes += [self._worst(rate) for rate in rates]
        return outcomes

    def _worst(self, rate: Decimal | None) -> Ledger | None:
        refunds = self.situation.refunds
        refunded = refunds.reversing + refunds.undecided
        if refunds.amount_unknown or (self.base is not None and refunded >= self.base):
            return NOTHING_LEFT
        return self._ledger(self._least_kept(rate))

    def _commission(self, rate: Decimal | None) -> Decimal | None:
        if self.base is not None and rate is not None:
            return share_to_fen(self.base, rate)
        if self.order.estimated_commission is not None:
            return self.order.estimated_commission
        return self._settled(rate)

    def _kept(self, rate: Decimal | None) -> Decimal | None:
        settled = self._settled(rate)
        if settled is not None:
            return settled
        counted = self._counted(rate, self.situation.refunds.reversing)
        return counted if counted is None else max(counted, self.phases)

    def _least_kept(self, rate: Decimal | None) -> Decimal:
        refunds, settled = self.situation.refunds, self._settled(rate)
        counted = self._counted(rate, refunds.reversing + refunds.undecided)
        if counted is None:
            return ZERO
        return counted if settled is None else min(counted, settled)

    def _settled(self, rate: Decimal | None) -> Decimal | None:
        """Return what the platform settled in the end; refunds are in it already."""
        if self.situation.settled_commission is not None:
            return self.situation.settled_commission
        if self.situation.settled_base is None or rate is None:
            return None
        return share_to_fen(self.situation.settled_base, rate)

    def _counted(self, rate: Decimal | None, refunded: Decimal) -> Decimal | None:
        """Return the commission on what is left of the base after refunds."""
        base, estimate = self.base, self.order.estimated_commission
        if base is not None and rate is not None:
            return share_to_fen(max(base - refunded, ZERO), rate)
        if estimate is None or not refunded:
            return estimate
        return part_to_fen(estimate, max(base - refunded, ZERO), base) if base else None

    def _ledger(self, kept: Decimal | None) -> Ledger | None:
        fee = None if kept is None else self._fee(kept)
        return None if kept is None or fee is None else Ledger(kept, fee, self._deducted)

    def _fee(self, kept: Decimal) -> Decimal | None:
        """Return what the platform keeps; out of a settled figure only if it is not out yet."""
        rate = self.situation.room.checks.fee_rate(self.situation)
        if not rate:
            return rate
        settled = kept if self.situation.settled_commission is not None else min(self.phases, kept)
        taken = ZERO if self.order.creator_fee_taken is False else settled
        return share_to_fen(kept - taken, rate)


def _if_certain(outcomes: list[Outcome | None]) -> Outcome | None:
    first = outcomes[0]
    if len(outcomes) == 1:
        return first
    return first if all(outcome == first for outcome in outcomes) else None


def _deductions(order: Order) -> Decimal:
    total = ZERO
    for name in DEDUCTIONS:
        total += getattr(order, name) or ZERO
    return total


def _settled_in_phases(situation: Situation) -> Decimal:
    """Return what was settled in phases by now (分次结算), where no settled total is given."""
    total = ZERO
    if situation.settled_commission is None:
        for phase in situation.order.settlements or ():
            if phase.settled_at is None or phase.settled_at <= situation.now:
                total += phase.commission or ZERO
    return total


def _clawed_back(situation: Situation) -> Decimal:
    """Return what was taken back after settlement (追回), where nothing else holds it already."""
    order = situation.order
    if order.refunds or situation.settled_commission is not None:
        return ZERO
    return taken_back(situation)


def taken_back(situation: Situation) -> Decimal:
    """Return the sum of negative balance changes up to today, as a positive amount in yuan."""
    taken = ZERO
    for change in situation.order.balance_changes or ():
        happened = change.on is None or change.on <= situation.today
        if happened and change.amount is not None and change.amount < 0:
            taken -= change.amount
    return taken
