"""One's commission in words and as a picture (我的佣金): the same figures in both."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from bot.desk.commission import LATE, LATER, MOST_CAUSES, NOW, UNDATED, Commission, Share
from bot.desk.markup import LONGEST_CAPTION, fit
from bot.desk.pictures import Bar, Figure, Picture, Section, Segment
from bot.desk.rendering import Voice

__all__ = ["month_name", "pictured", "said"]

_MOST_MONTHS = 3
_TONES = ("official", "platform", "operator", "provisional", UNDATED)
"""The certainties in the order in which a bar shows them, the surest first."""
_FEN = 100


def said(voice: Voice, found: Commission, *, count: int, latest_only: bool) -> str:
    """Say all that the picture shows; it fits a caption."""
    html = voice.html(
        "commission",
        as_of=voice.now,
        now=dict(found.months).get(NOW),
        this_month=found.this_month,
        next_month=found.next_month,
        months=[_named(voice, name, share) for name, share in _shown(found)],
        platforms=[(voice.word("platforms_in_short", name), each) for name, each in _sums(found)],
        causes=found.causes[:MOST_CAUSES],
        unknown=found.unknown,
        paid=found.paid,
        shortfalls=found.shortfalls,
        count=count,
        latest_only=latest_only,
    )
    return fit(html, LONGEST_CAPTION)


def pictured(voice: Voice, found: Commission) -> Picture | None:
    """Draw what is coming by month and by platform, and what is missing; None without any."""
    months = tuple(
        _bar(voice, month_name(voice, name), share) for name, share in _shown(found) if share.net
    )
    platforms = tuple(
        _bar(voice, voice.text("platforms_in_short", name), share)
        for name, share in _sums(found)
        if share.net
    )
    causes = tuple(
        _bar(voice, voice.text(*each.word), each.share)
        for each in found.causes[:MOST_CAUSES]
        if each.share.net
    )
    parts = (("by_month", months), ("by_platform", platforms), ("missing", causes))
    sections = tuple(Section(voice.text("commission", name), bars) for name, bars in parts if bars)
    if not sections:
        return None
    return Picture(
        script=voice.language,
        title=voice.text("commission", "title"),
        note=voice.text("commission", "as_of", as_of=voice.now),
        figures=tuple(_figures(voice, found)),
        sections=sections,
        legend=tuple(_legend(voice, found)),
        footnotes=tuple(_footnotes(voice, found)),
    )


def month_name(voice: Voice, month: str) -> str:
    """Name a month, or what stands for none."""
    if month in (NOW, LATE, LATER, UNDATED):
        return voice.text("commission", month)
    return str(voice.month(date.fromisoformat(f"{month}-01")))


def _named(voice: Voice, name: str, share: Share) -> dict[str, object]:
    certain = [
        (voice.word("certainty", tone), share.tones[tone])
        for tone in _TONES
        if tone in share.tones and tone != UNDATED
    ]
    return {"name": month_name(voice, name), "share": share, "certainties": certain}


def _shown(found: Commission) -> Sequence[tuple[str, Share]]:
    return found.by_month(_MOST_MONTHS)


def _sums(found: Commission) -> Sequence[tuple[str, Share]]:
    return [(str(name), share) for name, share in found.platforms]


def _bar(voice: Voice, name: str, share: Share) -> Bar:
    tones = [tone for tone in (*_TONES, "lost") if share.tones.get(tone)]
    segments = tuple(Segment(tone, _fen(share.tones[tone])) for tone in tones)
    return Bar(_begun(name), _amount(voice, share.net), segments)


def _figures(voice: Voice, found: Commission) -> Iterator[Figure]:
    now = dict(found.months).get(NOW)
    shares = (("now", now), ("this_month", found.this_month), ("next_month", found.next_month))
    for name, share in shares:
        if share is not None:
            yield Figure(voice.text("commission", name), _amount(voice, share.net))


def _legend(voice: Voice, found: Commission) -> Iterator[Figure]:
    used = {tone for _, share in _shown(found) for tone, net in share.tones.items() if net}
    for tone in _TONES:
        if tone in used:
            section = "commission" if tone == UNDATED else "certainty"
            yield Figure(tone, _begun(voice.text(section, tone)))


def _footnotes(voice: Voice, found: Commission) -> Iterator[str]:
    if found.unknown:
        yield voice.text("commission", "unknown", count=found.unknown)
    yield voice.text("commission", "footnote")


def _begun(words: str) -> str:
    """Begin a line as a line begins, in a language with capitals."""
    return words[:1].upper() + words[1:]


def _amount(voice: Voice, amount: Decimal) -> str:
    return str(voice.text("formats", "yuan", amount=f"{amount:,.2f}"))


def _fen(amount: Decimal) -> int:
    return max(int(amount * _FEN), 0)
