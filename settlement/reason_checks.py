"""When each reason beside the state holds; any number of them may."""

from __future__ import annotations

from collections.abc import Iterator

from settlement.forecast import Certainty
from settlement.money import ZERO
from settlement.reckoning import taken_back
from settlement.refunds import NO_REFUNDS, Protection, Verdict, all_returned, base_shrank
from settlement.room import Check
from settlement.shanghai import day_of
from settlement.situation import Situation
from settlement.state_checks import why_not_tracked
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, Reason, State

OF_VERDICT = {
    Verdict.REVERSED: Reason.REFUND_VERDICT_REVERSED,
    Verdict.REVERSED_LIKELY: Reason.REFUND_VERDICT_REVERSED_LIKELY,
    Verdict.DEPENDS: Reason.REFUND_VERDICT_DEPENDS,
    Verdict.KEPT: Reason.REFUND_VERDICT_KEPT,
    Verdict.MINOR_EFFECT: Reason.REFUND_VERDICT_MINOR,
}

ALL_GONE = frozenset({State.REVERSED, State.CLAWED_BACK})
BEFORE_AFTER_SALE = frozenset({State.PAID, State.FROZEN, State.REFUND_UNDECIDED})
"""States that are tested before an open after-sale and may pay."""


def reasons_of(situation: Situation) -> tuple[str, ...]:
    """Return every reason that holds, the weightiest first."""
    state = situation.state
    if state in NOTHING_KNOWN:
        return situation.told.reasons
    reasons = [*situation.told.reasons, *why_not_tracked(situation)]
    if situation.refunds is not NO_REFUNDS:
        reasons.extend(refund_verdicts(situation))
    reasons.extend(why_nothing_is_left(situation))
    for reason, holds in situation.room.checks.reasons:
        if holds(situation):
            reasons.append(reason)
    if state not in NEVER_PAYS:
        for reason, holds in WHILE_IT_PAYS:
            if holds(situation):
                reasons.append(reason)
    return tuple(dict.fromkeys(reasons)) if reasons else ()


def refund_verdicts(situation: Situation) -> Iterator[str]:
    """Name what is not known of refunds, and the verdicts where they differ (退款与佣金)."""
    if situation.refunds.amount_unknown and not situation.gone:
        yield Reason.REFUND_AMOUNT_UNKNOWN
    if situation.room.checks.rule_on is None:
        return
    for each in situation.refunds.judged:
        if not (each.succeeded or each.open):
            continue
        yield OF_VERDICT[each.ruling.verdict]
        if each.ruling.verdict is Verdict.DEPENDS:
            yield Reason.DEPENDS_ON_AGREEMENT
        if each.ruling.protection is Protection.WITHIN:
            yield Reason.PROTECTION_WITHIN
        if each.ruling.protection is Protection.PAST:
            yield Reason.PROTECTION_PAST


def why_nothing_is_left(situation: Situation) -> Iterator[str]:
    """Name what took all of the commission, where no refund is listed that says it."""
    if situation.state is State.CLAWED_BACK and not situation.gone:
        yield Reason.BALANCE_TAKEN_BACK
    if situation.state in ALL_GONE and all_returned(situation):
        yield Reason.ALL_RETURNED


def refund_timing_unknown(situation: Situation) -> bool:
    """Refunded once the commission was due: when it is taken back, no source says (AMB-08)."""
    payout = situation.payout
    for each in situation.refunds.judged:
        succeeded_at = each.refund.succeeded_at
        due = payout is not None and succeeded_at and day_of(succeeded_at) >= payout.day
        if each.succeeded and (each.after_payout or due):
            return True
    return False


def discount_delay(situation: Situation) -> bool:
    """Not shown yet, and bought with a discount (SJD-10)."""
    return situation.order.shown_in_backend is False and bool(situation.order.discounts)


def merchant_late(situation: Situation) -> bool:
    """The merchant did not ship, or not with a valid waybill, by the promised time (SDY2-08)."""
    order = situation.order
    if order.ship_by is None or situation.now <= order.ship_by or situation.received:
        return False
    return situation.unshipped or order.waybill_valid is False


def provisional_calendar(situation: Situation) -> bool:
    """The payout day lies in a year whose working days are not published."""
    payout = situation.dates.payout
    return payout is not None and payout.certainty is Certainty.PROVISIONAL


def base_reduced(situation: Situation) -> bool:
    """Commission is counted on less than the order total (计佣基数低于成交额)."""
    order, base = situation.order, situation.base
    if base is None:
        return False
    if order.gross_amount is not None:
        return base < order.gross_amount - (order.freight or ZERO)
    return bool(order.discounts) or (order.paid_amount is not None and base < order.paid_amount)


def partial_refund(situation: Situation) -> bool:
    """A part was refunded before the payout."""
    refunds = situation.refunds
    if refunds.reversing > refunds.clawing:
        return True
    # What was taken back later shrank the base later, too.
    return not refunds.clawing and base_shrank(situation) and not taken_back(situation)


def partial_clawback(situation: Situation) -> bool:
    """A part was taken back after the payout."""
    return bool(situation.refunds.clawing or taken_back(situation))


def after_sale_open(situation: Situation) -> bool:
    """Something is still asked for, though the state says more than that (售后未完)."""
    return situation.refunds.is_open and situation.state in BEFORE_AFTER_SALE


def fee_taken(situation: Situation) -> bool:
    """The platform keeps its share of the commission (平台扣点)."""
    taken = situation.order.creator_fee_taken is True
    return taken or bool(situation.amounts.platform_fee)


def tax_withheld(situation: Situation) -> bool:
    """The platform withheld tax (代扣税)."""
    return bool(situation.order.tax_withheld)


def below_minimum(situation: Situation) -> bool:
    """Less is left than the smallest amount paid out (低于最低提现额)."""
    minimum, net = situation.order.minimum_payout, situation.amounts.net
    return minimum is not None and net is not None and net < minimum


WHILE_IT_PAYS: tuple[tuple[str, Check], ...] = (
    (Reason.PARTIAL_REFUND, partial_refund),
    (Reason.PARTIAL_CLAWBACK, partial_clawback),
    (Reason.AFTER_SALE_OPEN, after_sale_open),
    (Reason.MERCHANT_LATE, merchant_late),
    (Reason.DISCOUNT_DELAY, discount_delay),
    (Reason.PROVISIONAL_CALENDAR, provisional_calendar),
    (Reason.BASE_REDUCED, base_reduced),
    (Reason.FEE_TAKEN, fee_taken),
    (Reason.TAX_WITHHELD, tax_withheld),
    (Reason.BELOW_MINIMUM, below_minimum),
)
