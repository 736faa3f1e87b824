"""What only 1688 knows: its payout day, its two back ends, new and old buyers (1688分销客)."""

from datetime import timedelta

from settlement.forecast import Certainty, Forecast, Waiting
from settlement.model import Backend
from settlement.reason_checks import refund_timing_unknown
from settlement.room import PlatformChecks
from settlement.rulebook import Value
from settlement.shanghai import day_in_month, day_of
from settlement.situation import Situation
from settlement.states import Reason, State
from settlement.workdays import Roll

EXPIRED = "已过期"
"""What the promotion page says once the seller stopped promoting the item (S1688-17)."""
VOID = "失效"
"""What the list of items says once the item was delisted or its promotion stopped (S1688-18)."""


def visible(situation: Situation) -> Forecast | None:
    """The line shows in the report the day after the trade succeeded (S1688-14)."""
    days = situation.number("1688.visible_after_days")
    if situation.received_at is None or days is None:
        return None
    day = day_of(situation.received_at) + timedelta(days=days)
    waits_for = Waiting("visible_next_day") if day > situation.today else None
    return Forecast(day, day, Certainty.OFFICIAL, waits_for)


def not_yet_visible(situation: Situation) -> bool:
    """Up to and including the day of success there is nothing to see yet."""
    forecast = visible(situation)
    return forecast is not None and situation.today < forecast.day


def payout(situation: Situation) -> Forecast | None:
    """The payout day two months on, postponed to a working day (S1688-15, S1688-16)."""
    received_at = situation.received_at
    day = situation.value("1688.payout_day")
    offset = situation.number("1688.payout_month_offset")
    if received_at is None or not isinstance(day.figure, int) or offset is None:
        return None
    nominal = day_in_month(day_of(received_at), offset, day.figure)
    roll = situation.rulebook.calendar.roll(nominal)
    waits_for = _waits_for(roll, day.figure) if roll.day > situation.today else None
    return Forecast(roll.day, nominal, certainty(roll, day), waits_for)


def certainty(roll: Roll, day: Value) -> Certainty:
    """An unpublished calendar outweighs a day the operator entered."""
    if not roll.official:
        return Certainty.PROVISIONAL
    return Certainty.OPERATOR if day.from_operator else Certainty.OFFICIAL


def _waits_for(roll: Roll, day: int) -> Waiting:
    arguments = (("day", str(day)),)
    if not roll.official:
        return Waiting("calendar", (*arguments, ("year", str(roll.day.year))))
    if roll.latest is not None:
        return Waiting("make_up_day", (*arguments, ("latest", roll.latest.isoformat())))
    return Waiting("payout_day", arguments)


def old_backend(situation: Situation) -> bool:
    """The old back end pays by itself; in the new one creators withdraw (S1688-20, S1688-22)."""
    return situation.order.backend is Backend.OLD


def boundary_60(situation: Situation) -> bool:
    """The buyer lies within a day of the boundary between new and old (AMB-01)."""
    return situation.buyer.boundary


def old_buyer_no_rate(situation: Situation) -> bool:
    """An old buyer, where the merchant pays for new ones only (S1688-23)."""
    order = situation.order
    pays_new = order.commission_rate is None and bool(order.new_buyer_rate)
    return pays_new and situation.state is State.NO_RATE


def promotion_cancelled(situation: Situation) -> bool:
    """The seller cancelled the promotion of the item, or may have (S1688-17, S1688-18)."""
    return _says(EXPIRED, situation) or _says(VOID, situation)


def item_delisted(situation: Situation) -> bool:
    """The item may as well have been delisted (S1688-18)."""
    return _says(VOID, situation)


def _says(word: str, situation: Situation) -> bool:
    raw = situation.raw
    return raw is not None and any(word in said for said in (raw.text, raw.reason) if said)


CHECKS = PlatformChecks(
    states={State.NOT_YET_VISIBLE: not_yet_visible},
    reasons=(
        (Reason.PROMOTION_CANCELLED, promotion_cancelled),
        ("1688_item_delisted", item_delisted),
        (Reason.REFUND_TIMING_UNKNOWN, refund_timing_unknown),
        (Reason.OLD_BUYER_NO_RATE, old_buyer_no_rate),
        (Reason.BOUNDARY_60, boundary_60),
    ),
    visible=visible,
    payout=payout,
    pays_by_itself=old_backend,
    knows_buyers=True,
)
