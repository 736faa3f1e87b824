"""What only Douyin knows: the creator's fee, orders that close by themselves (抖音精选联盟)."""

import re
from datetime import date, timedelta
from decimal import Decimal

from settlement.forecast import Forecast, closing
from settlement.room import PlatformChecks
from settlement.shanghai import day_of
from settlement.situation import Situation
from settlement.states import NEVER_PAYS, Reason, State

DEPOSIT = "保证金"
NOT_ZERO = re.compile("[1-9]")
HELD_UP = frozenset(
    {State.WAIT_SHIP, State.WAIT_COMPLETE, State.WAIT_CYCLE, State.WAIT_PAYOUT, State.OVERDUE}
)
"""States in which the platform's reason for not settling still holds."""


def closes(situation: Situation) -> Forecast | None:
    """An order neither shipped nor refunded closes by itself after 150 days (SDY2-01, AMB-19)."""
    created_at, shipped_at = situation.order.created_at, situation.order.shipped_at
    days = situation.number("douyin.auto_close_days")
    if created_at is None or days is None or situation.received or situation.gone:
        return None
    closes_at = created_at + timedelta(days=days)
    too_late = shipped_at is not None and shipped_at > closes_at
    return closing(closes_at, situation.now) if situation.unshipped or too_late else None


def closed_by_itself(situation: Situation) -> bool:
    """The order was not shipped in time and has closed by itself."""
    forecast = closes(situation)
    return forecast is not None and forecast.waits_for is None


def will_close(situation: Situation) -> bool:
    """The order closes by itself unless it is shipped, or has done so."""
    return closes(situation) is not None


def available_on(situation: Situation) -> date | None:
    """A settled line can be withdrawn at once."""
    if not situation.settled:
        return None
    return situation.today if situation.settled_at is None else day_of(situation.settled_at)


def fee_rate(situation: Situation) -> Decimal | None:
    """The platform keeps a share of the creator's commission, once (SDY3-16, AMB-15)."""
    return situation.decimal("douyin.creator_fee_rate")


def old_source(situation: Situation) -> bool:
    """The figures come from public texts of December 2022 (AMB-23)."""
    pays = situation.state not in NEVER_PAYS and situation.amounts.commission is not None
    return pays or will_close(situation)


def deposit_short(situation: Situation) -> bool:
    """The platform does not settle because the merchant's deposit is short (商家保证金不足)."""
    raw = situation.raw
    said = raw.reason if raw is not None else None
    return said is not None and DEPOSIT in said and situation.state in HELD_UP


def partly_frozen(situation: Situation) -> bool:
    """The platform holds a share of the commission (冻结比例); how much that is, it never says."""
    raw = situation.raw
    ratio = raw.frozen_ratio if raw is not None else None
    holds = ratio is not None and NOT_ZERO.search(ratio) is not None
    return holds and situation.state not in NEVER_PAYS


CHECKS = PlatformChecks(
    states={State.INVALID: closed_by_itself},
    reasons=(
        (Reason.CLOSES_150_DAYS, will_close),
        ("douyin_deposit_short", deposit_short),
        ("douyin_partly_frozen", partly_frozen),
        (Reason.OLD_SOURCE, old_source),
    ),
    closes=closes,
    available_on=available_on,
    fee_rate=fee_rate,
)
