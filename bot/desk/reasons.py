"""Why, and what to do: the reasons and next steps of a diagnosis in words (原因与下一步)."""

from collections.abc import Iterator, Mapping
from functools import cache

from markupsafe import Markup

from bot.desk.dates import has_date_ahead, is_ahead
from bot.desk.rendering import Voice
from settlement.diagnosis import Diagnosis
from settlement.model import Platform
from settlement.platforms import room_of
from settlement.states import NEVER_PAYS, Reason, State
from settlement.statuses import Meaning

__all__ = [
    "NO_REMINDER",
    "nothing_ahead",
    "platforms_own_words",
    "reason_words",
    "state_word",
    "steps_worth_a_line",
    "why_in_words",
]

NO_REMINDER = NEVER_PAYS | {State.PAID, State.SPLIT, State.WITHDRAWABLE}
"""States after which nothing comes that one could be reminded of."""

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
_SAID_BY_AFTER_SALE = frozenset({"check_order"})
"""Next steps beside which looking at the after-sale is enough."""
_TOO_LATE = frozenset({"urge_merchant"})
"""Next steps that help only while something can still come."""
_CAVEATS = frozenset({Reason.REFUND_TIMING_UNKNOWN, Reason.OLD_SOURCE})
"""Reasons that limit what the others say; they come after them."""


def nothing_ahead(diagnosis: Diagnosis) -> bool:
    """Tell whether nothing comes any more that one could be reminded of."""
    return diagnosis.state in NO_REMINDER and not has_date_ahead(diagnosis)


def why_in_words(voice: Voice, diagnosis: Diagnosis) -> tuple[Markup, ...]:
    """Say why: in the platform's own words, then in ours."""
    return (*platforms_own_words(voice, diagnosis), *reason_words(voice, diagnosis))


def reason_words(voice: Voice, diagnosis: Diagnosis) -> tuple[Markup, ...]:
    """Return a sentence for each reason; a platform's own come from its table of codes."""
    own = _codes(diagnosis.order.platform)
    return tuple(
        voice.word("card", "sentence", text=Markup.escape(own[reason].words[voice.folder]))
        if reason in own
        else voice.word(
            "reasons",
            reason,
            order=diagnosis.order,
            amounts=diagnosis.amounts,
            state=diagnosis.state,
        )
        for reason in sorted(diagnosis.reasons, key=_CAVEATS.__contains__)
        if not _said_elsewhere(diagnosis, reason)
    )


def _said_elsewhere(diagnosis: Diagnosis, reason: str) -> bool:
    """Tell whether a date or the platform's own code says a reason already."""
    if reason == Reason.PROVISIONAL_CALENDAR:
        return is_ahead(diagnosis.dates.payout)
    own = _codes(diagnosis.order.platform)
    return reason == Reason.NOT_BOUND and any(each in own for each in diagnosis.reasons)


def state_word(diagnosis: Diagnosis) -> tuple[str, str]:
    """Return section and code of the short word for a state: what is held says by whom, or why."""
    if diagnosis.state is State.FROZEN:
        own = _codes(diagnosis.order.platform)
        for reason in diagnosis.reasons:
            if reason in own and own[reason].state is State.FROZEN:
                return "frozen_because", reason
    return "states", diagnosis.state


def platforms_own_words(voice: Voice, diagnosis: Diagnosis) -> Iterator[Markup]:
    """Quote what the platform itself says about the line, as it stands."""
    for fact in ("reason", "frozen_ratio"):
        said = diagnosis.evidence.get(f"raw_status.{fact}")
        if said:
            yield voice.word("card", fact, said=str(said))


def steps_worth_a_line(diagnosis: Diagnosis) -> list[str]:
    """Choose the next steps worth a line; someone who can only wait is told so."""
    over = diagnosis.state in NO_REMINDER
    idle = _SAID_ALREADY | _TOO_LATE if over else _SAID_ALREADY
    if "check_after_sale" in diagnosis.next_steps:
        idle |= _SAID_BY_AFTER_SALE
    steps = [step for step in diagnosis.next_steps if step not in idle]
    return steps or ([] if over else ["wait"])


@cache
def _codes(platform: Platform) -> Mapping[str, Meaning]:
    """Return the meanings of the reasons that are codes of the platform itself."""
    tables = room_of(platform).statuses.tables.values()
    meanings = (meaning for table in tables for meaning in table.values())
    return {meaning.reason: meaning for meaning in meanings if meaning.reason}
