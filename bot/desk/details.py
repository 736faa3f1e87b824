"""What lies behind a card: the amounts, the timeline, the rules; each shown in its place."""

from collections import Counter
from datetime import date, datetime

from markupsafe import Markup

from bot.desk.aligned import aligned
from bot.desk.cards import Judged, amount_unknown
from bot.desk.dates import payout_event
from bot.desk.entries import question_of
from bot.desk.explained import covering, explaining
from bot.desk.rendering import Voice
from bot.desk.snapshot import Snapshot
from settlement.model import Order, Platform
from settlement.money import ZERO
from settlement.reckoning import DEDUCTIONS, Ledger
from settlement.shanghai import day_of
from settlement.timeline import Moment
from settlement.waterfall import Amounts

__all__ = ["amounts", "sources", "timeline"]

_MOST_ANSWERS = 3
_SILENT_AT_ZERO = frozenset({"returned", "platform_fee", "not_payable"})
"""Lines that say nothing where nothing was taken."""


def amounts(voice: Voice, judged: Judged) -> str:
    """Show the waterfall, line by line, as a table that adds up (金额明细)."""
    order, found = judged.order, judged.diagnosis.amounts
    lines = [
        (voice.word("lines", line.code), f"{line.amount:,.2f}")
        for line in found.lines
        if line.amount or line.code not in _SILENT_AT_ZERO
    ]
    low, high = map(voice.yuan, found.net_range) if found.net_range else (None, None)
    estimate = found.estimated_commission
    most = found.ends[1] if found.ends else None
    return voice.html(
        "amounts",
        number=order.order_number,
        table=aligned(lines),
        unknown=amount_unknown(voice, judged.diagnosis),
        formula=_formula(voice, order.platform, found),
        most=_reckoned(voice, order, most) if most and most.net < most.kept else None,
        estimate=estimate if estimate != found.commission else None,
        between=voice.word("money", "between", low=low, high=high) if low else None,
    )


def _formula(voice: Voice, platform: Platform, found: Amounts) -> Markup | None:
    """Say base times rate; on JD the creator's rate is itself a product of two columns."""
    if found.base is None or found.rate is None:
        return None
    rate = f"{found.rate * 100:f}".rstrip("0").rstrip(".") if found.rate else "0"
    code = "formula_jd" if platform is Platform.JD and found.rate else "formula"
    return voice.word("card", code, base=voice.yuan(found.base), rate=f"{rate}%")


def _reckoned(voice: Voice, order: Order, end: Ledger) -> Markup:
    """Say how the most that can be left comes about, with each thing that is taken from it."""
    taken = [("platform_fee", end.fee), *((name, getattr(order, name)) for name in DEDUCTIONS)]
    clawback = end.deducted - sum(amount or ZERO for _, amount in taken[1:])
    named = [(name, amount) for name, amount in (*taken, ("clawback", clawback)) if amount]
    return voice.word(
        "card",
        "most",
        kept=voice.yuan(end.kept),
        taken=[(voice.word("lines", name), voice.yuan(amount)) for name, amount in named],
        net=voice.yuan(end.net),
    )


def timeline(voice: Voice, judged: Judged) -> str:
    """Show what happened and what is still to come (时间线)."""
    moments = judged.diagnosis.timeline
    order = judged.order
    return voice.html(
        "timeline",
        number=order.order_number,
        past=[_event(voice, judged, each) for each in moments if not each.expected],
        ahead=[_event(voice, judged, each) for each in moments if each.expected],
        as_of=judged.as_of,
    )


def sources(voice: Voice, snapshot: Snapshot, judged: Judged, now: datetime) -> str:
    """Show the rules behind the card: where they come from, and what the answers say."""
    answers = [
        {
            "question": question_of(entry, voice),
            "text": snapshot.answer(entry.id, day_of(now), voice.folder),
        }
        for entry in explaining(snapshot.knowledge, judged)[:_MOST_ANSWERS]
    ]
    return voice.html(
        "sources",
        number=judged.order.order_number,
        sources=_origins(snapshot, judged),
        checked_on=_checked_on(snapshot, judged),
        answers=answers,
    )


def _event(voice: Voice, judged: Judged, moment: Moment) -> dict[str, Markup | None]:
    event = moment.event
    if event == "payout" and moment.expected:
        event = payout_event(judged.diagnosis)
    at = moment.at
    return {
        "at": voice.moment(at) if isinstance(at, datetime) else voice.day(at),
        "what": voice.word("events", event),
        "amount": None if moment.amount is None else voice.yuan(moment.amount),
    }


def _origins(snapshot: Snapshot, judged: Judged) -> list[tuple[Markup, str]]:
    """Return what the facts behind the card were taken from: title and date, each once."""
    found: dict[tuple[str, str], None] = {}
    for fact in judged.diagnosis.sources:
        entries = covering(snapshot.knowledge, {fact}, judged.order.platform.value) or covering(
            snapshot.knowledge, {fact}, "general"
        )
        named = Counter((entry.source.title, entry.source.as_of) for entry in entries)
        found.update(dict.fromkeys(origin for origin, _ in named.most_common(1)))
    return [(Markup.escape(title), as_of) for title, as_of in found]


def _checked_on(snapshot: Snapshot, judged: Judged) -> date | None:
    """Return when the figures behind the card were last compared with their source."""
    platform, facts = judged.order.platform.value, set(judged.diagnosis.sources)
    return max(
        (
            rule.last_checked
            for rule in snapshot.rulebook.rules.values()
            if rule.name.startswith(f"{platform}.") and facts & set(rule.facts)
        ),
        default=None,
    )
