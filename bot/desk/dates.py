"""When: each date of a diagnosis in words, with who vouches for it (日期与确定程度)."""

from collections.abc import Iterator
from datetime import datetime

from markupsafe import Markup

from bot.desk.rendering import Voice
from settlement.diagnosis import Diagnosis
from settlement.forecast import Forecast
from settlement.model import Backend, Platform
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, State
from settlement.waiting import in_words

__all__ = ["dates_in_words", "has_date_ahead", "is_ahead", "payout_event"]

_UNDATED = {
    **dict.fromkeys((State.NOT_PAID, State.WAIT_SHIP, State.WAIT_COMPLETE), "not_complete"),
    **dict.fromkeys((State.IN_AFTER_SALE, State.REFUND_UNDECIDED), "after_sale"),
    State.FROZEN: "frozen",
    State.IN_AUDIT: "audit",
}
"""Why there is no date yet; in the other states the platform decides."""
_DATELESS = frozenset({State.PAID, State.WITHDRAWABLE, State.NO_ACCOUNT})
"""States in which a missing date is not missed."""
_DATES_SPEAK_FOR_THEMSELVES = frozenset({"settlement", "shipment"})
"""What a date waits for that the words of the date say already."""


def dates_in_words(voice: Voice, diagnosis: Diagnosis) -> Iterator[Markup]:
    """Say when, each date with who vouches for it; or that there is no date, and why."""
    if diagnosis.state in NEVER_PAYS | NOTHING_KNOWN:
        return
    known = [(name, date) for name, date in _relevant(diagnosis) if date is not None]
    for name, date in known:
        yield _dated(voice, name, date)
    settled = diagnosis.state is State.WAIT_PAYOUT
    open_ended = settled and not has_date_ahead(diagnosis) and diagnosis.dates.payout is None
    if open_ended or (not known and diagnosis.state not in _DATELESS):
        because = _UNDATED.get(diagnosis.state, diagnosis.order.platform.value)
        undated = "undated_payout" if known or settled else "undated"
        yield voice.word("when", undated, because=voice.word("undated", because))


def has_date_ahead(diagnosis: Diagnosis) -> bool:
    """Tell whether the day of the money is known and still to come."""
    dates = diagnosis.dates
    return any(map(is_ahead, (dates.settles, dates.payout, dates.agency_payout)))


def payout_event(diagnosis: Diagnosis) -> str:
    """Name what happens on the payout day: 1688's new back end lets creators withdraw."""
    order = diagnosis.order
    withdrawn = order.platform is Platform.ALIBABA_1688 and order.backend is not Backend.OLD
    paid_out = diagnosis.state is State.PAID and order.paid_out_at is not None
    return "withdrawable" if withdrawn and not paid_out else "payout"


def is_ahead(forecast: Forecast | None) -> bool:
    """Tell whether a date is known and still waits for something."""
    return forecast is not None and forecast.waits_for is not None


def _relevant(diagnosis: Diagnosis) -> Iterator[tuple[str, Forecast | None]]:
    """Choose the dates a creator in this state cares about, in their order."""
    dates, state = diagnosis.dates, diagnosis.state
    if state is State.NOT_YET_VISIBLE:
        yield "visible", dates.visible
    missed = state is State.NO_ACCOUNT and payout_event(diagnosis) == "payout"
    held = state is State.IN_AUDIT and not is_ahead(dates.settles)
    overdue = "overdue" if missed or held or state is State.OVERDUE else None
    if state is not State.PAID and (dates.payout is None or is_ahead(dates.settles)):
        over = diagnosis.order.settled_at is not None and not is_ahead(dates.settles)
        yield overdue or ("settled" if over else "settles"), dates.settles
    due = state is State.WAIT_PAYOUT and dates.payout is not None and not is_ahead(dates.payout)
    yield overdue or ("due" if due else payout_event(diagnosis)), dates.payout
    if state is not State.PAID:
        yield "agency_payout", dates.agency_payout
    if is_ahead(dates.closes):
        yield "closes", dates.closes


def _dated(voice: Voice, name: str, forecast: Forecast) -> Markup:
    day = forecast.day
    date = voice.word(
        "when",
        name,
        day=voice.moment(day) if isinstance(day, datetime) else voice.day(day),
        certainty=voice.word("certainty", forecast.certainty),
    )
    if forecast.waits_for is None or forecast.waits_for.code in _DATES_SPEAK_FOR_THEMSELVES:
        return date
    waits_for = Markup.escape(in_words(forecast.waits_for, voice.folder))
    return voice.word("when", "waiting", date=date, waits_for=waits_for)
