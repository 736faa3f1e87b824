"""An order line as it stood at one instant: what had happened, and what its status told."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from settlement.accounts import counting_account
from settlement.buyers import UNKNOWN, Buyer, buyer_of
from settlement.computed_once import computed_once
from settlement.model import Order, PayoutAccount, RawStatus
from settlement.reckoning import Reckoning, base_of
from settlement.refunds import NO_REFUNDS, Refunds, judge, nothing_left
from settlement.room import Room
from settlement.rulebook import Event, Rulebook, Value
from settlement.shanghai import day_of, happened, in_shanghai
from settlement.states import State
from settlement.statuses import NOTHING_TOLD, Progress

if TYPE_CHECKING:
    from settlement.forecast import Dates, Forecast
    from settlement.waterfall import Amounts

# Looking a member up in its enumeration is slow before Python 3.12.
RECEIVED, SETTLED = Progress.RECEIVED, Progress.SETTLED
CREATED_DAY, RECEIVED_DAY, SETTLED_DAY = Event.CREATED, Event.RECEIVED, Event.SETTLED


class Situation:
    """An order line as it stood at `now` (局面); later events have not happened yet.

    Built once per diagnosis. `state`, `amounts` and `dates` are filled in by `diagnose`, in this
    order, for the checks of reasons, which come last.
    """

    state: State
    amounts: Amounts
    dates: Dates

    def __init__(self, order: Order, room: Room, rulebook: Rulebook, now: datetime) -> None:
        self.order = order
        self.room = room
        self.rulebook = rulebook
        self.now = now = in_shanghai(now)
        self.today = now.date()
        self.paid_at = happened(order.paid_at, now)
        self.received_at = happened(order.received_at, now)
        self.closed_at = happened(order.closed_at, now)
        self.settled_at = happened(order.settled_at, now)
        self.paid_out_at = happened(order.paid_out_at, now)
        self.withdrawn_at = happened(order.withdrawn_at, now)
        self.first_payout_at = self.paid_out_at or self.withdrawn_at
        ahead = settles_later(order, now)
        self.settled_commission = None if ahead else order.settled_commission
        """What the platform settled (结算佣金); before the settlement it was not known."""
        self.settled_base = None if ahead else order.settled_base
        self.raw = raw = status_at(now, order)
        """The platform's status, unless it was recorded after `now`."""
        self.told = told = room.statuses.told(raw) if raw is not None else NOTHING_TOLD
        """What the platform's status tells, all its codes together."""
        self.settled = self.settled_at is not None or told.progress is SETTLED
        """The platform says that the line is settled (已结算)."""
        self.received = self._is_received()
        """The buyer confirmed receipt (确认收货), or what can only follow it has happened."""
        self.unshipped = is_unshipped(now, order)
        """The goods are known not to have left (未发货)."""

    def _is_received(self) -> bool:
        later = self.received_at or self.settled_at or self.first_payout_at
        told = self.told.progress
        return later is not None or (told is not None and told >= RECEIVED)

    @computed_once
    def base(self) -> Decimal | None:
        """What commission is counted on before refunds (计佣基数), in yuan."""
        return base_of(self.order)

    @computed_once
    def buyer(self) -> Buyer:
        """The kind of buyer, on platforms where it matters."""
        return buyer_of(self) if self.room.checks.knows_buyers else UNKNOWN

    @computed_once
    def refunds(self) -> Refunds:
        """The refunds, as listed and as the status tells."""
        order = self.order
        listed = order.refunds or order.return_count or order.frozen_count
        return judge(self) if listed or self.told.after_sale else NO_REFUNDS

    @computed_once
    def gone(self) -> bool:
        """Refunds left nothing to count commission on (全额退款)."""
        untouched = self.refunds is NO_REFUNDS and self.settled_base is None
        return nothing_left(self) if self.told.decided or not untouched else False

    @computed_once
    def reckoning(self) -> Reckoning:
        """The amounts, as far as they are known."""
        return Reckoning(self)

    @computed_once
    def payout(self) -> Forecast | None:
        """When the rules of the platform have the line paid out."""
        return self.room.checks.payout(self)

    @computed_once
    def pays_by_itself(self) -> bool:
        """The platform pays without being asked."""
        return self.room.checks.pays_by_itself(self)

    @computed_once
    def reached(self) -> bool:
        """The day has come from which the line is paid out or can be withdrawn (可提现日)."""
        day = self.room.checks.available_on(self)
        return day is not None and day <= self.today

    @computed_once
    def counts_as_settled(self) -> bool:
        """The line is settled, or its payout day has come."""
        return self.reached or self.room.checks.settled(self)

    @computed_once
    def account(self) -> PayoutAccount | None:
        """The account the commission goes to, if one is known to count."""
        return counting_account(self) if self.order.payout_accounts else None

    @computed_once
    def lacks_account(self) -> bool:
        """Payout accounts are known, and none of them counts."""
        return self.order.payout_accounts is not None and self.account is None

    def value(self, name: str) -> Value:
        """Return what a rule says for this line, on the day the rule is judged by."""
        timeless = self.rulebook.timeless.get(name)
        if timeless is not None:
            return timeless
        rule = self.rulebook.rule(name)
        return rule.at(self.day_of(rule.judged_by))

    def number(self, name: str) -> int | None:
        """Return a rule's figure for this line, if it is a known whole number."""
        figure = self.value(name).figure
        return figure if isinstance(figure, int) else None

    def decimal(self, name: str) -> Decimal | None:
        """Return a rule's figure for this line, if it is a known amount or rate."""
        figure = self.value(name).figure
        return figure if isinstance(figure, Decimal) else None

    def day_of(self, event: Event) -> date:
        """Return the day of an event; while it is not known, the rules of today hold."""
        instant = None
        if event is CREATED_DAY:
            instant = self.order.created_at or self.paid_at or self.received_at
        elif event is RECEIVED_DAY:
            instant = self.received_at
        elif event is SETTLED_DAY:
            instant = self.settled_at or self.received_at
        return self.today if instant is None else day_of(instant)


def settles_later(order: Order, now: datetime) -> bool:
    """Tell whether a line has not been settled yet, so that no settled figure of it counts."""
    return order.settled_at is not None and order.settled_at > now


def status_at(now: datetime, order: Order) -> RawStatus | None:
    """Return the platform's status, unless it was recorded later: it has no time of its own."""
    if order.raw_status is None:
        return None
    if order.data_as_of is None:
        return None if _knows_more(order, now) else order.raw_status
    return order.raw_status if order.data_as_of <= now else None


def is_unshipped(now: datetime, order: Order) -> bool:
    """Tell whether the goods are known not to have left."""
    if order.shipped_at is not None:
        return order.shipped_at > now
    return order.shipped is False


def _knows_more(order: Order, now: datetime) -> bool:
    """Tell whether a line records something later than now; shipping may be a plan."""
    return (
        _any_later(now, order.created_at, order.paid_at, order.received_at, order.closed_at)
        or _any_later(now, order.settled_at, order.paid_out_at, order.withdrawn_at)
        or any(
            _any_later(now, refund.requested_at, refund.succeeded_at, refund.closed_at)
            for refund in order.refunds or ()
        )
        or any(_any_later(now, phase.settled_at) for phase in order.settlements or ())
    )


def _any_later(now: datetime, *instants: datetime | None) -> bool:
    for instant in instants:  # noqa: SIM110
        if instant is not None and instant > now:
            return True
    return False
