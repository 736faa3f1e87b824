"""What a diagnosis says to a creator: the card of one order line (诊断卡片)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markupsafe import Markup

from bot.desk.dates import dates_in_words, is_ahead
from bot.desk.markup import plain
from bot.desk.reasons import steps_worth_a_line, why_in_words
from bot.desk.rendering import Voice
from settlement.diagnosis import Diagnosis
from settlement.model import Order
from settlement.money import ZERO
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, Reason, State

__all__ = [
    "EMOJI",
    "Judged",
    "amount_unknown",
    "card",
    "diagnosis_text",
    "money_in_words",
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


_NOT_SETTLED = frozenset({State.WAIT_CYCLE, State.NOT_YET_VISIBLE, State.WAIT_COMPLETE})
"""States in which a platform's own figure is still its estimate."""
_A_FEN = Decimal("0.01")
"""What a commission too small to be paid may round to."""
_UP_IN_THE_AIR = frozenset({State.FROZEN, State.IN_AUDIT, State.NOT_PAID})
"""States in which it is open whether the amount comes at all."""


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
        return self.updated_at or self.order.data_as_of


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
        settles_ahead=is_ahead(diagnosis.dates.settles),
        reasons=why_in_words(voice, diagnosis),
        money=money_in_words(voice, diagnosis),
        in_phases=_settled_in_part(diagnosis) is not None,
        dates=tuple(dates_in_words(voice, diagnosis)),
        steps=[voice.word("steps", step) for step in steps_worth_a_line(diagnosis)],
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


def _raw_status(order: Order) -> str | None:
    raw = order.raw_status
    return (raw.text or raw.code) if raw else None


def money_in_words(voice: Voice, diagnosis: Diagnosis) -> Markup | None:
    """Say what is left for the creator; nothing where no amount can be said."""
    state, amounts = diagnosis.state, diagnosis.amounts
    if state in NOTHING_KNOWN:
        return None
    if state in NEVER_PAYS:
        would_be = amounts.commission or ZERO
        lost = voice.yuan(would_be) if would_be > _A_FEN else None
        return voice.word("money", "nothing", lost=lost)
    if amounts.net is not None:
        settled = _settled_in_part(diagnosis)
        words = {"settled": voice.yuan(settled)} if settled is not None else {}
        return voice.word("money", _how_sure(diagnosis), net=voice.yuan(amounts.net), **words)
    if amounts.net_range:
        low, high = map(voice.yuan, amounts.net_range)
        open_buyer = amounts.base is not None and amounts.rate is None
        if open_buyer and Reason.REFUND_AMOUNT_UNKNOWN not in diagnosis.reasons:
            return voice.word("money", "new_or_old", low=low, high=high)
        return voice.word("money", "between", low=low, high=high)
    return amount_unknown(voice, diagnosis)


def amount_unknown(voice: Voice, diagnosis: Diagnosis) -> Markup:
    """Say what is missing for an amount."""
    amounts = diagnosis.amounts
    wanted = {
        "base": amounts.base is None,
        "rate": amounts.rate is None,
        "refund": Reason.REFUND_AMOUNT_UNKNOWN in diagnosis.reasons,
    }
    missing = [name for name, is_missing in wanted.items() if is_missing]
    return voice.word("money", "unknown", missing=missing or ["figures"])


def _settled_in_part(diagnosis: Diagnosis) -> Decimal | None:
    """Return what was settled in phases so far, where more is to come."""
    amounts = diagnosis.amounts
    for line in amounts.lines:
        if line.code == "settled_so_far" and amounts.commission is not None:
            left = amounts.commission - (amounts.returned or 0) - line.amount
            return line.amount if left > 0 and diagnosis.state is State.WITHDRAWABLE else None
    return None


def _how_sure(diagnosis: Diagnosis) -> str:
    """Choose between what was settled, what is expected, and what may yet be lost."""
    state, reasons = diagnosis.state, diagnosis.reasons
    if "douyin_partly_frozen" in reasons:
        return "partly_frozen"
    if "jd_24" in reasons:
        return "deposit"
    if _settled_in_part(diagnosis) is not None:
        return "in_phases"
    if state is State.IN_AFTER_SALE:
        return "unless_refunded"
    if state in _UP_IN_THE_AIR:
        return "hoped"
    waiting = state in _NOT_SETTLED or is_ahead(diagnosis.dates.settles)
    settled = diagnosis.order.settled_commission is not None and not waiting
    return "final" if state is State.PAID or settled else "expected"
