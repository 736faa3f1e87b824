"""An order line as it stood at one instant: what had happened, and what its status told."""

from __future__ import annotations

from collections.abc import Iterator
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
from settlement.shanghai import day_of, in_shanghai
from settlement.states import State
from settlement.statuses import Meaning, Progress

if TYPE_CHECKING:
    from settlement.forecast import Dates, Forecast
    from settlement.waterfall import Amounts


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

    @computed_once
    def raw(self) -> RawStatus | None:
        """The platform's status, unless it was recorded after `now`: it has no time of its own."""
        order = self.order
        if order.raw_status is None:
            return None
        if order.data_as_of is not None:
            return order.raw_status if order.data_as_of <= self.now else None
        later = any(event is not None and event > self.now for event in _recorded(order))
        return None if later else order.raw_status

    @computed_once
    def told(self) -> dict[str, Meaning]:
        """What the status tells, by table; codes that are not listed are left out."""
        raw, statuses = self.raw, self.room.statuses
        if raw is None:
            return {}
        told = {}
        for name, table in statuses.tables.items():
            code = getattr(raw, name)
            if code and code in table:
                told[name] = table[code]
        if raw.text and not raw.code and raw.text in statuses.by_text:
            told["code"] = statuses.by_text[raw.text]
        return told

    @computed_once
    def unlisted(self) -> bool:
        """The platform uses a code, or words instead of one, that our tables do not have."""
        raw, tables = self.raw, self.room.statuses.tables
        if raw is None:
            return False
        if not raw.code and raw.text and "code" not in self.told:
            return True
        return any(getattr(raw, name) and name not in self.told for name in tables)

    @computed_once
    def code(self) -> Meaning | None:
        """What the status code itself means."""
        return self.told.get("code")

    @computed_once
    def decided(self) -> frozenset[State]:
        """The states that the status decides by itself; how much was refunded, it never tells."""
        states = {meaning.state for meaning in self.told.values() if meaning.state is not None}
        return frozenset(states - {State.REFUND_UNDECIDED})

    @computed_once
    def progress(self) -> Progress | None:
        """How far the order has come by its status; None if the status tells no way."""
        ways = [meaning.progress for meaning in self.told.values() if meaning.progress is not None]
        return max(ways, default=None)

    @computed_once
    def dispute_won(self) -> bool:
        """The platform reports a successful dispute (维权成功)."""
        rights = self.told.get("rights")
        return rights is not None and rights.state is State.REFUND_UNDECIDED

    @computed_once
    def dispute_over(self) -> bool:
        """The platform reports that a dispute ended without a refund (退款关闭)."""
        rights = self.told.get("rights")
        return rights is not None and rights.state is None

    @computed_once
    def tagged(self) -> bool:
        """The platform tags the line as disputed and tells nothing else (维权标签)."""
        tag = self.told.get("refund_tag")
        return tag is not None and tag.state is not None and "rights" not in self.told

    @computed_once
    def settled(self) -> bool:
        """The platform says that the line is settled (已结算)."""
        return self.settled_at is not None or self.progress is Progress.SETTLED

    @computed_once
    def received(self) -> bool:
        """The buyer confirmed receipt (确认收货), or what can only follow it has happened."""
        later = self.received_at or self.settled_at or self.first_payout_at
        return later is not None or (self.progress or 0) >= Progress.RECEIVED

    @computed_once
    def unshipped(self) -> bool:
        """The goods are known not to have left (未发货)."""
        if self.order.shipped_at is not None:
            return self.order.shipped_at > self.now
        return self.order.shipped is False

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
        anything = order.refunds or order.return_count or order.frozen_count or self.told
        return judge(self) if anything else NO_REFUNDS

    @computed_once
    def gone(self) -> bool:
        """Refunds left nothing to count commission on (全额退款)."""
        return nothing_left(self)

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
        instant = {
            Event.CREATED: self.order.created_at or self.paid_at or self.received_at,
            Event.RECEIVED: self.received_at,
            Event.SETTLED: self.settled_at or self.received_at,
        }.get(event)
        return self.today if instant is None else day_of(instant)


def happened(instant: datetime | None, now: datetime) -> datetime | None:
    """Return the instant if it has come."""
    return instant if instant is not None and instant <= now else None


def _recorded(order: Order) -> Iterator[datetime | None]:
    """Every instant that can only be known once it has passed; shipping may be a plan."""
    yield from (order.created_at, order.paid_at, order.received_at, order.closed_at)
    yield from (order.settled_at, order.paid_out_at, order.withdrawn_at)
    for refund in order.refunds or ():
        yield from (refund.requested_at, refund.succeeded_at, refund.closed_at)
    for phase in order.settlements or ():
        yield phase.settled_at
