"""The timeline (时间线) of a line: what happened, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from settlement.shanghai import SHANGHAI

if TYPE_CHECKING:
    from settlement.forecast import Forecast
    from settlement.situation import Situation

EVENTS = (
    *("created", "paid", "shipped", "received", "closed", "settled", "paid_out", "withdrawn"),
    *("refund_requested", "refunded", "balance_changed"),
    *("visible", "settles", "withdrawable", "payout", "agency_payout", "closes"),
)
"""Every event a timeline can name: the order's own, then those that rules and platforms date."""


class Moment(NamedTuple):
    """Something that happened, or that is expected: an instant, or a day where none is known."""

    event: str
    at: date
    amount: Decimal | None = None
    expected: bool = False


def timeline(situation: Situation) -> tuple[Moment, ...]:
    """Return what happened up to now in order, then what is expected."""
    past = _past(situation)
    only_instants = not situation.order.balance_changes
    ahead: list[Moment] = []
    for event, forecast, comes_by_itself in _forecasts(situation):
        if forecast.waits_for is not None:
            ahead.append(Moment(event, forecast.day, expected=True))
        elif comes_by_itself:
            past.append(Moment(event, forecast.day))
            only_instants = False
    # Comparing instants alone is much faster, and most orders have nothing else.
    past.sort(key=attrgetter("at") if only_instants else _by_time)
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


def _forecasts(situation: Situation) -> Iterator[tuple[str, Forecast, bool]]:
    """Name the dates that are no event of the order's own, and whether they come by a rule."""
    dates = situation.dates
    if dates.visible is not None:
        yield "visible", dates.visible, True
    if dates.settles is not None and situation.settled_at is None:
        yield "settles", dates.settles, situation.counts_as_settled
    if dates.payout is not None and situation.paid_out_at is None:
        asked_for = not situation.pays_by_itself
        yield "withdrawable" if asked_for else "payout", dates.payout, asked_for
    if dates.agency_payout is not None:
        yield "agency_payout", dates.agency_payout, False
    if dates.closes is not None:
        yield "closes", dates.closes, True
