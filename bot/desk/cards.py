"""What a diagnosis says to a creator: the card of one order line (诊断卡片)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from markupsafe import Markup

from bot.desk.markup import plain
from bot.desk.rendering import Voice
from settlement.diagnosis import Diagnosis
from settlement.forecast import Forecast
from settlement.model import Backend, Order, Platform
from settlement.platforms import room_of
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, Reason, State
from settlement.waiting import in_words

__all__ = [
    "EMOJI",
    "NO_REMINDER",
    "Judged",
    "card",
    "diagnosis_text",
    "has_date_ahead",
    "payout_event",
    "title_of",
]

EMOJI = {
    State.UNKNOWN_STATUS: "❓",
    State.SPLIT: "🔀",
    State.NOT_TRACKED: "❌",
    State.CLAWED_BACK: "❌",
    State.PAID: "✅",
    State.INVALID: "❌",
    State.FROZEN: "🧊",
    State.REVERSED: "❌",
    State.REFUND_UNDECIDED: "⚠️",
    State.IN_AFTER_SALE: "⚠️",
    State.NOT_PAID: "⏳",
    State.WAIT_SHIP: "⏳",
    State.WAIT_COMPLETE: "⏳",
    State.NO_RATE: "❌",
    State.AUDIT_REJECTED: "❌",
    State.IN_AUDIT: "⏳",
    State.NOT_YET_VISIBLE: "⏳",
    State.OVERDUE: "⏰",
    State.WAIT_CYCLE: "⏳",
    State.WAIT_PAYOUT: "⏳",
    State.NO_ACCOUNT: "⚠️",
    State.WITHDRAWABLE: "💰",
}
NO_REMINDER = NEVER_PAYS | {State.PAID, State.SPLIT, State.WITHDRAWABLE}
"""States after which nothing comes that one could be reminded of."""

_UNDATED = {
    **dict.fromkeys((State.NOT_PAID, State.WAIT_SHIP, State.WAIT_COMPLETE), "not_complete"),
    **dict.fromkeys((State.IN_AFTER_SALE, State.REFUND_UNDECIDED), "after_sale"),
    State.FROZEN: "frozen",
    State.IN_AUDIT: "audit",
}
"""Why there is no date yet; in the other states the platform decides."""
_SAID_ALREADY = frozenset(
    {
        "look_at_child_orders",
        "subscribe_reminder",
        "wait",
        "wait_for_payment",
        "wait_for_receipt",
    }
)
"""Next steps that the state or a button says."""
_TOO_LATE = frozenset({"urge_merchant"})
"""Next steps that help only while something can still come."""
_CAVEATS = frozenset({Reason.REFUND_TIMING_UNKNOWN, Reason.OLD_SOURCE})
"""Reasons that limit what the others say; they come after them."""
_DATES_SPEAK_FOR_THEMSELVES = frozenset({"settlement", "shipment"})
"""What a date waits for that the words of the date say already."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An order line of the store with its diagnosis."""

    row: int
    order: Order
    diagnosis: Diagnosis
    updated_at: datetime | None = None

    @property
    def net(self) -> Decimal | None:
        """What is left for the creator, if it can be known."""
        return self.diagnosis.amounts.net

    @property
    def as_of(self) -> datetime | None:
        """When the platform was last asked about the line (数据截至)."""
        return self.order.data_as_of or self.updated_at


def card(voice: Voice, judged: Judged, reminder: str | None = None) -> str:
    """Render the card; `reminder` is the word about a reminder already wished for."""
    order, diagnosis = judged.order, judged.diagnosis
    return voice.html(
        f"state/{diagnosis.state}",
        emoji=EMOJI[diagnosis.state],
        platform=voice.word("platforms", order.platform),
        number=order.order_number,
        title=title_of(order),
        order=order,
        diagnosis=diagnosis,
        raw_status=_raw_status(order),
        settles_ahead=_ahead(diagnosis.dates.settles),
        reasons=(*_reason_words(voice, diagnosis), *_platforms_own_words(voice, diagnosis)),
        money=_money(voice, diagnosis),
        dates=tuple(_dates(voice, diagnosis)),
        steps=[voice.word("steps", step) for step in _steps(diagnosis)],
        as_of=judged.as_of,
        reminder=reminder,
    )


def diagnosis_text(
    diagnosis: Diagnosis, order: Order, language: str, now: datetime | None = None
) -> str:
    """Return the card as plain text for a terminal; `now` spares the days of its year the year."""
    return plain(card(Voice(language, now), Judged(0, order, diagnosis)))


def title_of(order: Order) -> str:
    """Return what the creator knows the line by: its item, else its shop; may be empty."""
    return (order.item or order.shop or "")[:40]


def _reason_words(voice: Voice, diagnosis: Diagnosis) -> tuple[Markup, ...]:
    """Return a sentence for each reason; a platform's own come from its table of codes."""
    own = _codes(diagnosis.order.platform)
    return tuple(
        voice.word("card", "sentence", text=Markup.escape(own[reason][voice.folder]))
        if reason in own
        else voice.word(
            "reasons",
            reason,
            order=diagnosis.order,
            amounts=diagnosis.amounts,
            state=diagnosis.state,
        )
        for reason in sorted(diagnosis.reasons, key=_CAVEATS.__contains__)
        if reason != Reason.PROVISIONAL_CALENDAR or not _ahead(diagnosis.dates.payout)
    )


@cache
def _codes(platform: Platform) -> Mapping[str, Mapping[str, str]]:
    """Return the words for the reasons that are codes of the platform itself."""
    tables = room_of(platform).statuses.tables.values()
    meanings = (meaning for table in tables for meaning in table.values())
    return {meaning.reason: meaning.words for meaning in meanings if meaning.reason}


def _platforms_own_words(voice: Voice, diagnosis: Diagnosis) -> Iterator[Markup]:
    """Quote what the platform itself says about the line, as it stands."""
    for fact in ("reason", "frozen_ratio"):
        said = diagnosis.evidence.get(f"raw_status.{fact}")
        if said:
            yield voice.word("card", fact, said=str(said))


def _raw_status(order: Order) -> str | None:
    raw = order.raw_status
    return (raw.text or raw.code) if raw else None


def _steps(diagnosis: Diagnosis) -> list[str]:
    """Choose the next steps worth a line; someone who can only wait is told so."""
    over = diagnosis.state in NO_REMINDER
    idle = _SAID_ALREADY | _TOO_LATE if over else _SAID_ALREADY
    steps = [step for step in diagnosis.next_steps if step not in idle]
    return steps or ([] if over else ["wait"])


def _money(voice: Voice, diagnosis: Diagnosis) -> Markup | None:
    """Say what is left for the creator; nothing where no amount can be said."""
    state, amounts, order = diagnosis.state, diagnosis.amounts, diagnosis.order
    if state in NOTHING_KNOWN:
        return None
    if state in NEVER_PAYS:
        lost = voice.yuan(amounts.commission) if amounts.commission else None
        return voice.word("money", "nothing", lost=lost)
    if amounts.net is not None:
        final = state is State.PAID or order.settled_commission is not None
        return voice.word("money", "final" if final else "expected", net=voice.yuan(amounts.net))
    if amounts.net_range:
        low, high = map(voice.yuan, amounts.net_range)
        return voice.word("money", "between", low=low, high=high)
    return voice.word("money", "unknown")


def _dates(voice: Voice, diagnosis: Diagnosis) -> Iterator[Markup]:
    """Say when, each date with who vouches for it; or that there is no date, and why."""
    if diagnosis.state in NEVER_PAYS | NOTHING_KNOWN:
        return
    known = [(name, date) for name, date in _relevant(diagnosis) if date is not None]
    for name, date in known:
        yield _dated(voice, name, date)
    if not known and diagnosis.state not in {State.PAID, State.WITHDRAWABLE, State.NO_ACCOUNT}:
        because = _UNDATED.get(diagnosis.state, diagnosis.order.platform.value)
        yield voice.word("when", "undated", because=voice.word("undated", because))


def _relevant(diagnosis: Diagnosis) -> Iterator[tuple[str, Forecast | None]]:
    """Choose the dates a creator in this state cares about, in their order."""
    dates, state = diagnosis.dates, diagnosis.state
    if state is State.NOT_YET_VISIBLE:
        yield "visible", dates.visible
    overdue = "overdue" if state in {State.OVERDUE, State.NO_ACCOUNT} else None
    if state is not State.PAID and (dates.payout is None or _ahead(dates.settles)):
        yield overdue or "settles", dates.settles
    yield overdue or payout_event(diagnosis), dates.payout
    if state is not State.PAID:
        yield "agency_payout", dates.agency_payout
    if _ahead(dates.closes):
        yield "closes", dates.closes


def payout_event(diagnosis: Diagnosis) -> str:
    """Name what happens on the payout day: 1688's new back end lets creators withdraw."""
    order = diagnosis.order
    withdrawn = order.platform is Platform.ALIBABA_1688 and order.backend is not Backend.OLD
    return "withdrawable" if withdrawn and diagnosis.state is not State.PAID else "payout"


def has_date_ahead(diagnosis: Diagnosis) -> bool:
    """Tell whether the day of the money is known and still to come."""
    dates = diagnosis.dates
    return any(map(_ahead, (dates.settles, dates.payout, dates.agency_payout)))


def _ahead(forecast: Forecast | None) -> bool:
    return forecast is not None and forecast.waits_for is not None


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
