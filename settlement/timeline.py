"""The timeline (时间线) of a line: what happened, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from settlement.shanghai import day_of, in_shanghai

if TYPE_CHECKING:
    from settlement.situation import Situation

HAPPENED = (
    ("created", "created_at"),
    ("paid", "paid_at"),
    ("shipped", "shipped_at"),
    ("received", "received_at"),
    ("closed", "closed_at"),
    ("settled", "settled_at"),
    ("paid_out", "paid_out_at"),
    ("withdrawn", "withdrawn_at"),
)
EXPECTED = ("visible", "settles", "payout", "agency_payout", "closes")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, or that is expected: an instant, or a day where none is known."""

    event: str
    at: date
    amount: Decimal | None = None
    expected: bool = False


def timeline(situation: Situation) -> tuple[Moment, ...]:
    """Return what happened up to now in order, then what is expected."""
    past = sorted(_past(situation), key=_by_time)
    ahead = sorted(_ahead(situation), key=_by_time)
    return (*past, *ahead)


def _by_time(moment: Moment) -> tuple[date, bool, datetime | None]:
    if isinstance(moment.at, datetime):
        return day_of(moment.at), True, in_shanghai(moment.at)
    return moment.at, False, None


def _past(situation: Situation) -> Iterator[Moment]:
    order, now = situation.order, situation.now
    for event, name in HAPPENED:
        instant = getattr(order, name)
        if instant is not None and instant <= now:
            yield Moment(event, instant)
    for each in situation.refunds.judged:
        requested_at, succeeded_at = each.refund.requested_at, each.refund.succeeded_at
        if requested_at is not None:
            yield Moment("refund_requested", requested_at, each.refund.amount)
        if succeeded_at is not None and succeeded_at <= now:
            yield Moment("refunded", succeeded_at, each.refund.amount)
    for phase in order.settlements or ():
        if phase.settled_at is not None and phase.settled_at <= now:
            yield Moment("settled", phase.settled_at, phase.commission)
    for change in order.balance_changes or ():
        if change.on is not None and change.on <= situation.today:
            yield Moment("balance_changed", change.on, change.amount)


def _ahead(situation: Situation) -> Iterator[Moment]:
    for name in EXPECTED:
        forecast = getattr(situation.dates, name)
        if forecast is not None and forecast.waits_for is not None:
            yield Moment(name, forecast.day, expected=True)
