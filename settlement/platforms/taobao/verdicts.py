"""Whether a refund takes the commission on Taobao and Tmall: the decision table (退款与佣金)."""

from settlement.model import Cause, Channel, RefundStage, SettlementMode
from settlement.refunds import Protection, ServiceFee, Verdict

Stages = tuple[RefundStage, ...]
TAKEN = frozenset({Verdict.REVERSED, Verdict.REVERSED_LIKELY})


def verdict_of(
    channel: Channel | None,
    mode: SettlementMode | None,
    stage: RefundStage | None,
    cause: Cause | None,
    protection: Protection,
) -> Verdict:
    """Return the verdict.

    An unknown channel gives the verdict both share, else DEPENDS: the agreement decides. An
    unknown stage that takes the commission surely or most likely takes it most likely.
    """
    if mode in {SettlementMode.CPC, SettlementMode.CPM}:
        return Verdict.MINOR_EFFECT
    channels = Channel if channel is None else (channel,)
    stages = tuple(RefundStage) if stage is None else (stage,)
    verdicts = {_at_any(stages, each, cause or Cause.UNKNOWN, protection) for each in channels}
    return verdicts.pop() if len(verdicts) == 1 else Verdict.DEPENDS


def _at_any(stages: Stages, channel: Channel, cause: Cause, protection: Protection) -> Verdict:
    verdicts = {_by_sales(channel, stage, cause, protection) for stage in stages}
    if len(verdicts) == 1:
        return verdicts.pop()
    return Verdict.REVERSED_LIKELY if verdicts <= TAKEN else Verdict.DEPENDS


def _by_sales(
    channel: Channel, stage: RefundStage, cause: Cause, protection: Protection
) -> Verdict:
    if stage is RefundStage.UNSHIPPED:
        return Verdict.REVERSED
    if channel is Channel.TAOBAOKE:
        return Verdict.REVERSED if cause is Cause.MERCHANT else Verdict.REVERSED_LIKELY
    if protection is Protection.WITHIN:
        return Verdict.REVERSED
    return _by_contract(stage, cause, protection)


def _by_contract(stage: RefundStage, cause: Cause, protection: Protection) -> Verdict:
    """A contracted creator (达人), outside a protection period or not known to be in one."""
    known = protection is not Protection.UNKNOWN
    if cause is Cause.MERCHANT:
        if stage is RefundStage.SHIPPED:
            return Verdict.REVERSED
        return Verdict.DEPENDS if known else Verdict.REVERSED_LIKELY
    return Verdict.KEPT if cause is Cause.PERSONAL and known else Verdict.DEPENDS


def service_fee_of(stage: RefundStage | None, cause: Cause | None) -> ServiceFee:
    """Return what becomes of the merchant's service fee (平台服务费)."""
    if stage is RefundStage.UNSHIPPED:
        return ServiceFee.RETURNED
    if stage is RefundStage.AFTER_SALE:
        return ServiceFee.ALREADY_CHARGED
    if stage is None or cause is None or cause is Cause.UNKNOWN:
        return ServiceFee.UNKNOWN
    return ServiceFee.MAY_BE_WAIVED if cause is Cause.MERCHANT else ServiceFee.CHARGED
