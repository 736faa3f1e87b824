"""What only Taobao and Tmall know: refund verdicts, the smallest commission (淘宝联盟)."""

from settlement.forecast import Forecast, operator_payout
from settlement.model import Channel, Refund, RefundStage, SettlementMode
from settlement.money import share
from settlement.platforms.taobao.verdicts import service_fee_of, verdict_of
from settlement.reason_checks import refund_timing_unknown
from settlement.refunds import Protection, Ruling, stage_of
from settlement.room import PlatformChecks
from settlement.shanghai import day_of
from settlement.situation import Situation
from settlement.states import Reason, State

TAKEN_BACK = frozenset({"13", "15"})
"""A refund's states in which the deduction has been made (扣款成功)."""


def below_a_fen(situation: Situation) -> bool:
    """A commission under 0.01 yuan, before refunds and rounding, is never paid (B-07)."""
    least = situation.decimal("taobao.minimum_commission")
    base, rate = situation.base, situation.reckoning.rate
    if least is None or base is None or not rate:
        return False
    return share(base, rate) < least


def payout(situation: Situation) -> Forecast | None:
    """A settled line is paid on the day the operator entered; no source names one."""
    return operator_payout(situation) if situation.settled else None


def rule_on(situation: Situation, refund: Refund) -> Ruling:
    """Judge a refund by the decision table."""
    order, stage = situation.order, stage_of(refund, situation)
    protection = protection_of(situation, refund, stage)
    verdict = verdict_of(order.channel, order.settlement_mode, stage, refund.cause, protection)
    counts = (
        order.channel is not Channel.TAOBAOKE
        and order.settlement_mode not in {SettlementMode.CPC, SettlementMode.CPM}
        and stage is not RefundStage.UNSHIPPED
    )
    return Ruling(verdict, protection if counts else None, service_fee_of(stage, refund.cause))


def protection_of(situation: Situation, refund: Refund, stage: RefundStage | None) -> Protection:
    """Tell where a refund lies to the protection period: from receipt, last day included."""
    days = _protection_days(situation, refund)
    if days is None:
        return Protection.UNKNOWN
    if days == 0:
        return Protection.NONE
    if situation.received_at is None:
        before = stage in {RefundStage.UNSHIPPED, RefundStage.SHIPPED} or not situation.received
        return Protection.WITHIN if before else Protection.UNKNOWN
    if refund.requested_at is None:
        return Protection.UNKNOWN
    passed = (day_of(refund.requested_at) - day_of(situation.received_at)).days
    return Protection.WITHIN if passed <= days else Protection.PAST


def _protection_days(situation: Situation, refund: Refund) -> int | None:
    if situation.order.protection_days is not None:
        return situation.order.protection_days
    day = situation.today if refund.requested_at is None else day_of(refund.requested_at)
    return situation.rulebook.number("taobao.protection_days", day)


def not_taken_back_yet(situation: Situation) -> bool:
    """When a share goes back is not known, unless it has gone back already."""
    taken = situation.raw is not None and situation.raw.rights in TAKEN_BACK
    return not taken and refund_timing_unknown(situation)


CHECKS = PlatformChecks(
    states={State.INVALID: below_a_fen},
    reasons=((Reason.REFUND_TIMING_UNKNOWN, not_taken_back_yet),),
    payout=payout,
    rule_on=rule_on,
)
