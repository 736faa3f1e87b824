"""The timeline (时间线) of a line: what happened, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from settlement.shanghai import SHANGHAI

if TYPE_CHECKING:
    from settlement.situation import Situation


class Moment(NamedTuple):
    """Something that happened, or that is expected: an instant, or a day where none is known."""

    event: str
    at: date
    amount: Decimal | None = None
    expected: bool = False


def timeline(situation: Situation) -> tuple[Moment, ...]:
    """Return what happened up to now in order, then what is expected."""
    past, ahead = _past(situation), _ahead(situation)
    # A day among the instants is rare, and comparing instants alone is much faster.
    past.sort(key=_by_time if situation.order.balance_changes else attrgetter("at"))
    if len(ahead) > 1:
        ahead.sort(key=_by_time)
    return (*past, *ahead)


def _by_time(moment: Moment) -> datetime:
    """Return when it happens; a day counts from its start."""
    at = moment.at
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=SHANGHAI)


def _past(situation: Situation) -> list[Moment]:
    order, now = situation.order, situation.now
    moments = []
    for event, instant in (
        ("created", order.created_at),
        ("paid", order.paid_at),
        ("shipped", order.shipped_at),
        ("received", order.received_at),
        ("closed", order.closed_at),
        ("settled", order.settled_at),
        ("paid_out", order.paid_out_at),
        ("withdrawn", order.withdrawn_at),
    ):
        if instant is not None and instant <= now:
            moments.append(Moment(event, instant))
    if situation.refunds.judged:
        moments.extend(_of_refunds(situation))
    if order.settlements or order.balance_changes:
        moments.extend(_of_settlement(situation))
    return moments


def _of_refunds(situation: Situation) -> Iterator[Moment]:
    for each in situation.refunds.judged:
        requested_at, succeeded_at = each.refund.requested_at, each.refund.succeeded_at
        if requested_at is not None:
            yield Moment("refund_requested", requested_at, each.refund.amount)
        if succeeded_at is not None and succeeded_at <= situation.now:
            yield Moment("refunded", succeeded_at, each.refund.amount)


def _of_settlement(situation: Situation) -> Iterator[Moment]:
    for phase in situation.order.settlements or ():
        if phase.settled_at is not None and phase.settled_at <= situation.now:
            yield Moment("settled", phase.settled_at, phase.commission)
    for change in situation.order.balance_changes or ():
        if change.on is not None and change.on <= situation.today:
            yield Moment("balance_changed", change.on, change.amount)


def _ahead(situation: Situation) -> list[Moment]:
    dates = situation.dates
    return [
        Moment(event, forecast.day, expected=True)
        for event, forecast in (
            ("visible", dates.visible),
            ("settles", dates.settles),
            ("payout", dates.payout),
            ("agency_payout", dates.agency_payout),
            ("closes", dates.closes),
        )
        if forecast is not None and forecast.waits_for is not None
    ]
