"""What only JD Union knows: payMonth, and why commission is not shown (京东联盟)."""

from datetime import date

from settlement.forecast import Forecast, operator_payout
from settlement.model import ShopType
from settlement.room import PlatformChecks, payout_day
from settlement.shanghai import day_of
from settlement.situation import Situation
from settlement.states import Reason, State


def settled(situation: Situation) -> bool:
    """JD names the settlement day (payMonth) as soon as it will settle (B-01)."""
    return situation.settled or situation.order.platform_settles_on is not None


def payout(situation: Situation) -> Forecast | None:
    """A settled line without a day of JD's own is paid on the day the operator entered."""
    if not situation.settled or situation.order.platform_settles_on is not None:
        return None
    return operator_payout(situation)


def available_on(situation: Situation) -> date | None:
    """From the settlement day on the commission can be withdrawn (B-01)."""
    if situation.settled_at is not None:
        return day_of(situation.settled_at)
    if situation.order.platform_settles_on is not None:
        return situation.order.platform_settles_on
    return payout_day(situation)


def system_delay(situation: Situation) -> bool:
    """In a big promotion JD updates its figures more slowly (SJD-12)."""
    if not _waits_unseen(situation):
        return False
    windows = situation.value("general.promotion_windows").figure
    return isinstance(windows, tuple) and any(each.holds(situation.today) for each in windows)


def third_party_slow(situation: Situation) -> bool:
    """Third-party shops take longer to confirm than JD itself (SJD-11)."""
    return situation.order.shop_type is ShopType.THIRD_PARTY and _waits_unseen(situation)


def _waits_unseen(situation: Situation) -> bool:
    return situation.state is State.WAIT_CYCLE and situation.order.shown_in_backend is not True


CHECKS = PlatformChecks(
    reasons=((Reason.THIRD_PARTY_SLOW, third_party_slow), (Reason.SYSTEM_DELAY, system_delay)),
    payout=payout,
    settled=settled,
    available_on=available_on,
    shows_gross=True,
)
