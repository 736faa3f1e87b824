"""Forecasts (预测): when a line becomes visible, settles, is paid or closes, and how certain."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from settlement.shanghai import day_in_month, day_of
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, State

if TYPE_CHECKING:
    from settlement.situation import Situation

UNDATED = NEVER_PAYS | NOTHING_KNOWN | {State.FROZEN, State.IN_AFTER_SALE}
"""States in which no payout day can be said: none will come, or nobody knows when."""


class Certainty(StrEnum):
    """Who vouches for a date (确定程度); without certainty there is no date."""

    OFFICIAL = "official"
    """A rule, and the published calendar where the rule needs one."""
    PROVISIONAL = "provisional"
    """The State Council has not published the year's working days yet."""
    PLATFORM = "platform"
    OPERATOR = "operator"


class Waiting(NamedTuple):
    """What a date waits for: a code with its arguments; the words are in forecast_words.yaml."""

    code: str
    arguments: tuple[tuple[str, str], ...] = ()


class Forecast(NamedTuple):
    """A date with who vouches for it; `day` is an instant where the platform counts hours."""

    day: date
    nominal: date
    certainty: Certainty
    waits_for: Waiting | None = None
    """None once the date has come."""


class Dates(NamedTuple):
    """The dates of a diagnosis; None where nobody can know."""

    visible: Forecast | None = None
    settles: Forecast | None = None
    payout: Forecast | None = None
    closes: Forecast | None = None
    agency_payout: Forecast | None = None
    has_agency_day: bool = False
    """Whether the operator entered the day on which the agency pays."""


NO_DATES = Dates()


def forecast(situation: Situation, state: State) -> Dates:
    """Return every date that can be known, also when it has passed."""
    if state in NOTHING_KNOWN:
        return NO_DATES
    checks = situation.room.checks
    settles = _settles(situation, state)
    payout = _payout(situation, state)
    agency_day = situation.number("general.agency_payout_day")
    platform_pays = None if state in UNDATED else payout or settles
    return Dates(
        visible=checks.visible(situation),
        settles=settles,
        payout=payout,
        closes=checks.closes(situation),
        agency_payout=_agency(agency_day, platform_pays, situation.today),
        has_agency_day=agency_day is not None,
    )


def _settles(situation: Situation, state: State) -> Forecast | None:
    if situation.settled_at is not None:
        day = day_of(situation.settled_at)
        return Forecast(day, day, Certainty.PLATFORM)
    named = situation.order.platform_settles_on
    if named is None or state in UNDATED:
        return None
    waits_for = Waiting("settlement") if named > situation.today else None
    return Forecast(named, named, Certainty.PLATFORM, waits_for)


def _payout(situation: Situation, state: State) -> Forecast | None:
    if state in UNDATED:
        return None
    if situation.paid_out_at is not None:
        day = day_of(situation.paid_out_at)
        return Forecast(day, day, Certainty.PLATFORM)
    return situation.payout


def _agency(day: int | None, base: Forecast | None, today: date) -> Forecast | None:
    """Return the agency's first payout day on or after the day the platform pays."""
    if day is None or base is None:
        return None
    pays_on = day_in_month(base.day, 0, day)
    if pays_on < base.day:
        pays_on = day_in_month(base.day, 1, day)
    provisional = base.certainty is Certainty.PROVISIONAL
    return Forecast(
        pays_on,
        pays_on,
        Certainty.PROVISIONAL if provisional else Certainty.OPERATOR,
        Waiting("agency_payout_day", (("day", str(day)),)) if pays_on > today else None,
    )


def operator_payout(situation: Situation) -> Forecast | None:
    """Return the payout day of a settled line where the operator entered a day of the month."""
    settled_at = situation.settled_at or situation.received_at
    platform = situation.order.platform.value
    value = situation.value(f"{platform}.payout_day")
    offset = situation.number(f"{platform}.payout_month_offset")
    if not isinstance(value.figure, int) or offset is None or settled_at is None:
        return None
    day = day_in_month(day_of(settled_at), offset, value.figure)
    waiting = Waiting("operator_payout_day", (("day", str(value.figure)),))
    return Forecast(day, day, Certainty.OPERATOR, waiting if day > situation.today else None)


def closing(at: datetime, now: datetime) -> Forecast:
    """Return the instant at which an order closes by itself unless it is shipped or refunded."""
    return Forecast(at, at, Certainty.OFFICIAL, Waiting("shipment") if at > now else None)
