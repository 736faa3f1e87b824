"""The week in sums (每周小结): what came in, what comes, what hangs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from bot.desk.cards import EMOJI
from bot.reminders import HANGING, Outlook
from settlement.diagnosis import State
from settlement.money import ZERO

__all__ = ["summary_of"]

MOST_DAYS = 6


@dataclass(frozen=True, slots=True)
class _Sum:
    """Lines counted together; `net` is what is known of their money, None if nothing is."""

    count: int
    net: Decimal | None
    platform: str = ""
    day: date | None = None
    state: State | None = None

    @property
    def emoji(self) -> str:
        """The sign of the state."""
        return EMOJI[self.state] if self.state else ""


def summary_of(outlooks: Sequence[Outlook], today: date) -> dict[str, object]:
    """What the template of a week's summary shows."""
    paid = [each for each in outlooks if each.standing.state is State.PAID]
    arrived = [each for each in paid if each.day and (today - each.day).days < 7]
    days = _coming(outlooks, today)
    return {
        "fresh": _sum([each for each in outlooks if each.fresh]),
        "arrived": _sum(arrived),
        "coming": days[:MOST_DAYS],
        "more_days": max(0, len(days) - MOST_DAYS),
        "hanging": _hanging(outlooks),
    }


def _coming(outlooks: Iterable[Outlook], today: date) -> list[_Sum]:
    ahead = [
        (each.day, each.platform, each)
        for each in outlooks
        if each.day and each.day >= today and each.standing.state is not State.PAID
    ]
    ahead.sort(key=lambda each: each[:2])
    return [
        _sum([each for *_, each in group], platform=platform, day=day)
        for (day, platform), group in groupby(ahead, key=lambda each: each[:2])
    ]


def _hanging(outlooks: Iterable[Outlook]) -> list[_Sum]:
    hanging = [each for each in outlooks if each.standing.state in HANGING]
    hanging.sort(key=lambda each: each.standing.state)
    return [
        _sum(list(group), state=state)
        for state, group in groupby(hanging, key=lambda each: each.standing.state)
    ]


def _sum(
    outlooks: Sequence[Outlook],
    platform: str = "",
    day: date | None = None,
    state: State | None = None,
) -> _Sum:
    known = [each.standing.net for each in outlooks if each.standing.net is not None]
    return _Sum(len(outlooks), sum(known, ZERO) if known else None, platform, day, state)
