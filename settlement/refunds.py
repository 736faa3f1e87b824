"""Refunds (退款) as they stand: which succeeded, which are open, and what each takes away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from settlement.model import Order, Refund, RefundKind, RefundStage
from settlement.money import ZERO
from settlement.shanghai import happened
from settlement.states import State
from settlement.statuses import Dispute

if TYPE_CHECKING:
    from settlement.situation import Situation


class Verdict(StrEnum):
    """Whether a refund takes the creator's commission of the refunded share (佣金是否扣回)."""

    REVERSED = "reversed"
    REVERSED_LIKELY = "reversed_likely"
    DEPENDS = "depends"
    KEPT = "kept"
    MINOR_EFFECT = "minor_effect"


class Protection(StrEnum):
    """Where a refund lies to the agreed protection period (退款保护期)."""

    WITHIN = "within"
    PAST = "past"
    NONE = "none"
    UNKNOWN = "unknown"


class ServiceFee(StrEnum):
    """What becomes of the merchant's service fee after a refund (平台服务费)."""

    RETURNED = "returned"
    MAY_BE_WAIVED = "may_be_waived"
    CHARGED = "charged"
    ALREADY_CHARGED = "already_charged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say about one refund."""

    verdict: Verdict
    protection: Protection | None = None
    """None where no protection period counts."""
    service_fee: ServiceFee | None = None


SHARE_GOES = Ruling(Verdict.REVERSED)
HARMLESS = frozenset({Verdict.KEPT, Verdict.MINOR_EFFECT})
OPEN_QUESTION = frozenset({Verdict.REVERSED_LIKELY, Verdict.DEPENDS})


@dataclass(frozen=True, slots=True)
class JudgedRefund:
    """One refund with what is known of it at the instant of the diagnosis."""

    refund: Refund
    ruling: Ruling
    succeeded: bool
    open: bool
    after_payout: bool


@dataclass(frozen=True, slots=True)
class Refunds:
    """All refunds of a line together, in yuan of the base."""

    judged: tuple[JudgedRefund, ...] = ()
    reversing: Decimal = ZERO
    """What surely no longer counts."""
    clawing: Decimal = ZERO
    """The part of it that was refunded after the payout."""
    undecided: Decimal = ZERO
    """What perhaps no longer counts."""
    amount_unknown: bool = False
    """Money went back, and nobody says how much."""
    has_question: bool = False
    """Some verdict is REVERSED_LIKELY or DEPENDS."""
    is_open: bool = False
    """A return, exchange or dispute that matters is not finished."""


NO_REFUNDS = Refunds()


def judge(situation: Situation) -> Refunds:
    """Judge the refunds of a line, as listed and as the platform's status tells."""
    listed = tuple(
        _judged(refund, situation)
        for refund in situation.order.refunds or ()
        if _begun(refund, situation.now)
    )
    effective = [each for each in listed if each.succeeded and each.ruling.verdict not in HARMLESS]
    known = [each for each in effective if each.refund.amount is not None]
    return Refunds(
        judged=listed,
        reversing=_total(known, Verdict.REVERSED),
        clawing=_total([each for each in known if each.after_payout], Verdict.REVERSED),
        undecided=_total(known, *OPEN_QUESTION),
        amount_unknown=len(known) < len(effective)
        or _untold(situation, bool(listed))
        or (bool(known) and _share_unknown(situation)),
        has_question=any(each.ruling.verdict in OPEN_QUESTION for each in effective),
        is_open=_is_open(situation, listed),
    )


def nothing_left(situation: Situation) -> bool:
    """Tell whether refunds left nothing to count commission on."""
    base = situation.base
    if State.REVERSED in situation.told.decided or all_returned(situation):
        return True
    if base is None or base == 0:
        return False
    return situation.refunds.reversing >= base or situation.settled_base == 0


def gone_after_payout(situation: Situation) -> bool:
    """Tell whether what left nothing came after the payout."""
    if situation.first_payout_at is None:
        return False
    told = State.REVERSED in situation.told.decided or all_returned(situation)
    return told or bool(situation.refunds.clawing)


def all_returned(situation: Situation) -> bool:
    """Tell whether every piece was returned, where no amount says anything else."""
    order = situation.order
    if not order.return_count or not order.quantity or _amounts(order):
        return False
    return order.return_count >= order.quantity


def _amounts(order: Order) -> list[Decimal]:
    return [refund.amount for refund in order.refunds or () if refund.amount is not None]


def _total(refunds: list[JudgedRefund], *verdicts: Verdict) -> Decimal:
    amounts = (each.refund.amount or ZERO for each in refunds if each.ruling.verdict in verdicts)
    return sum(amounts, ZERO)


def _judged(refund: Refund, situation: Situation) -> JudgedRefund:
    exchange = refund.kind is RefundKind.EXCHANGE
    succeeded_at = happened(refund.succeeded_at, situation.now)
    dispute = situation.told.dispute
    told = dispute is Dispute.WON and refund.amount is not None
    closed = happened(refund.closed_at, situation.now) is not None or dispute is Dispute.OVER
    ended = succeeded_at is not None or (told and not closed)
    rule_on = situation.room.checks.rule_on
    paid_out_at = situation.first_payout_at
    return JudgedRefund(
        refund=refund,
        ruling=rule_on(situation, refund) if rule_on else SHARE_GOES,
        succeeded=ended and not exchange,
        open=not ended and not closed,
        after_payout=paid_out_at is not None
        and (succeeded_at or refund.requested_at or situation.now) > paid_out_at,
    )


def _begun(refund: Refund, now: datetime) -> bool:
    first = refund.requested_at or refund.succeeded_at or refund.closed_at
    return first is None or first <= now


def _is_open(situation: Situation, listed: tuple[JudgedRefund, ...]) -> bool:
    order = situation.order
    return (
        any(each.open and each.ruling.verdict not in HARMLESS for each in listed)
        or bool(order.frozen_count)
        or State.IN_AFTER_SALE in situation.told.decided
    )


def _untold(situation: Situation, any_listed: bool) -> bool:
    """Tell whether the platform reports a refund that no listed amount explains."""
    order = situation.order
    won = situation.told.dispute is Dispute.WON
    if won or (order.return_count and not base_shrank(situation)):
        return not _amounts(order)
    return situation.told.tagged and not any_listed


def _share_unknown(situation: Situation) -> bool:
    """Tell whether an amount cannot be set against what was paid, nor is in a settled figure."""
    return situation.base is None and situation.settled_commission is None


def base_shrank(situation: Situation) -> bool:
    """Tell whether the platform settled on less than the base: refunds are in it already."""
    base, settled = situation.base, situation.settled_base
    return base is not None and settled is not None and settled < base


def stage_of(refund: Refund, situation: Situation) -> RefundStage | None:
    """Return the stage of a refund: as stated, else from the dates."""
    asked = refund.requested_at
    if refund.stage is not None or asked is None:
        return refund.stage
    if situation.received_at is not None and asked >= situation.received_at:
        return RefundStage.AFTER_SALE
    shipped_at = situation.order.shipped_at
    if shipped_at is not None:
        return RefundStage.SHIPPED if asked >= shipped_at else RefundStage.UNSHIPPED
    return RefundStage.UNSHIPPED if situation.unshipped else None
