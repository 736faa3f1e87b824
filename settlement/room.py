"""What a platform's room holds: its checks, its codes, and the facts behind its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from settlement.explanations import Explanations
from settlement.model import Platform
from settlement.money import ZERO
from settlement.states import State
from settlement.statuses import Statuses

if TYPE_CHECKING:
    from settlement.forecast import Forecast
    from settlement.model import Refund
    from settlement.refunds import Ruling
    from settlement.situation import Situation

Check = Callable[["Situation"], bool]
"""A predicate about an order line as it stands."""


def no_forecast(situation: Situation) -> Forecast | None:
    """Nothing is known about such a date on this platform."""
    del situation
    return None


def payout_day(situation: Situation) -> date | None:
    """From the payout day on the commission is paid out or can be withdrawn (可提现日)."""
    return situation.payout.day if situation.payout is not None else None


def no_fee(situation: Situation) -> Decimal | None:
    """The platform keeps no share of the commission."""
    del situation
    return ZERO


def never(situation: Situation) -> bool:
    """It does not happen on this platform."""
    del situation
    return False


def settled(situation: Situation) -> bool:
    """The platform says that the line is settled (已结算)."""
    return situation.settled


@dataclass(frozen=True)
class PlatformChecks:
    """What only one platform knows; each member has the meaning that fits most platforms."""

    states: Mapping[State, Check] = field(default_factory=dict)
    """Further ways into a state."""
    reasons: tuple[tuple[str, Check], ...] = ()
    visible: Callable[[Situation], Forecast | None] = no_forecast
    payout: Callable[[Situation], Forecast | None] = no_forecast
    closes: Callable[[Situation], Forecast | None] = no_forecast
    settled: Check = settled
    available_on: Callable[[Situation], date | None] = payout_day
    """The day from which a line counts as settled, and is paid out or can be withdrawn."""
    pays_by_itself: Check = never
    """The platform pays without being asked; elsewhere the creator withdraws."""
    fee_rate: Callable[[Situation], Decimal | None] = no_fee
    """Share of the commission the platform keeps (平台扣点); None where it is not known."""
    rule_on: Callable[[Situation, Refund], Ruling] | None = None
    """Judges whether a refund takes the commission; elsewhere its share always goes."""
    knows_buyers: bool = False
    """Whether new and old buyers have rates of their own (新客、老客)."""
    shows_gross: bool = False
    """Whether the commission on the order total is shown beside the one on the base."""


@dataclass(frozen=True)
class Room:
    """All that is known of one platform."""

    platform: Platform
    checks: PlatformChecks
    statuses: Statuses
    explanations: Explanations
