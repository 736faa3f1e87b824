"""What is coming, and what is missing (我的佣金): one's own lines in sums, never guessed at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from bot.desk.cards import EMOJI, Judged
from bot.desk.reasons import state_word
from settlement.diagnosis import Diagnosis
from settlement.forecast import Forecast
from settlement.model import Platform
from settlement.money import ZERO
from settlement.shanghai import day_in_month, day_of
from settlement.states import NEVER_PAYS, State

__all__ = [
    "LATE",
    "LATER",
    "MOST_CAUSES",
    "NOW",
    "UNDATED",
    "Coming",
    "Commission",
    "Share",
    "coming_of",
    "commission_of",
    "day_expected",
    "expected_of",
    "is_due",
    "months_in_order",
]

Key = TypeVar("Key")

NOW, LATE, LATER, UNDATED = "now", "late", "later", "undated"
"""Months that are none: to be withdrawn now, past its day, after those shown, without a day."""
_NO_MONTHS = frozenset({NOW, LATE, UNDATED})
MOST_CAUSES = 3
_COMING = frozenset(
    {
        State.WAIT_SHIP,
        State.WAIT_COMPLETE,
        State.IN_AUDIT,
        State.NOT_YET_VISIBLE,
        State.OVERDUE,
        State.WAIT_CYCLE,
        State.WAIT_PAYOUT,
        State.NO_ACCOUNT,
        State.WITHDRAWABLE,
    }
)
"""States in which money is still to come."""
_HANGING = frozenset(
    {State.FROZEN, State.IN_AFTER_SALE, State.REFUND_UNDECIDED, State.OVERDUE, State.NO_ACCOUNT}
)
"""States in which money hangs; with those that never pay they are what somebody misses."""
_RETURNED = ("missing_because", "returned")


@dataclass(frozen=True, slots=True)
class Coming:
    """A line whose money is still to come: when, and who vouches for that day.

    `month` is "2026-09", or NOW, LATE or UNDATED; `tone` a Certainty, or UNDATED.
    """

    judged: Judged
    month: str
    tone: str


@dataclass(slots=True)
class Share:
    """Lines counted together; an amount nobody knows is counted apart."""

    count: int = 0
    net: Decimal = ZERO
    unknown: int = 0
    tones: dict[str, Decimal] = field(default_factory=dict)
    """The sum of each certainty."""

    def add(self, amount: Decimal | None, tone: str = UNDATED) -> None:
        """Count one line."""
        self.count += 1
        if amount is None:
            self.unknown += 1
            return
        self.net += amount
        self.tones[tone] = self.tones.get(tone, ZERO) + amount

    def take_in(self, other: "Share") -> None:
        """Count the lines of another share too."""
        self.count += other.count
        self.net += other.net
        self.unknown += other.unknown
        for tone, net in other.tones.items():
            self.tones[tone] = self.tones.get(tone, ZERO) + net


@dataclass(frozen=True, slots=True)
class Cause:
    """Why money is missing: the word for it, with its sign."""

    word: tuple[str, str]
    emoji: str
    share: Share


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What can be withdrawn on a platform and is too little for its minimum (最低提现额)."""

    platform: Platform
    net: Decimal
    minimum: Decimal

    @property
    def gap(self) -> Decimal:
        """What is still missing."""
        return self.minimum - self.net


@dataclass(frozen=True, slots=True)
class Commission:
    """All that is said of one's commission at an instant."""

    months: tuple[tuple[str, Share], ...]
    """The months in their order; before them NOW and LATE, after them UNDATED."""
    platforms: tuple[tuple[Platform, Share], ...]
    """The largest sum first."""
    causes: tuple[Cause, ...]
    """Why money is missing, the most first."""
    this_month: Share
    next_month: Share
    paid: Share
    """Paid out in this month."""
    shortfalls: tuple[Shortfall, ...]
    unknown: int
    """How many lines have no known amount and may still pay; they are in none of the sums."""

    def by_month(self, most: int) -> tuple[tuple[str, Share], ...]:
        """Return the months, with those after the first `most` counted together as LATER."""
        dated = [name for name, _ in self.months if name not in _NO_MONTHS]
        later = set(dated[most:]) if len(dated) > most + 1 else set()
        kept = [each for each in self.months if each[0] not in later and each[0] != UNDATED]
        together = Share()
        for name, share in self.months:
            if name in later:
                together.take_in(share)
        undated = [each for each in self.months if each[0] == UNDATED]
        return (*kept, *([(LATER, together)] if later else []), *undated)


def commission_of(judged: Iterable[Judged], now: datetime) -> Commission:
    """Sum up lines as they stand; days and months are Shanghai's."""
    judged = tuple(judged)
    coming = [each for line in judged if (each := coming_of(line, now)) is not None]
    months, platforms = _by_month(coming), _by_platform(coming)
    today = day_of(now)
    return Commission(
        months=months,
        platforms=platforms,
        causes=_causes(judged),
        this_month=dict(months).get(f"{today:%Y-%m}", Share()),
        next_month=dict(months).get(f"{day_in_month(today, 1, 1):%Y-%m}", Share()),
        paid=_paid_in(judged, today),
        shortfalls=tuple(_shortfalls(coming)),
        unknown=_unknown(judged, coming),
    )


def coming_of(judged: Judged, now: datetime) -> Coming | None:
    """Say when a line's money comes; None if none comes, or it hangs."""
    state = judged.diagnosis.state
    if state not in _COMING:
        return None
    forecast = expected_of(judged.diagnosis)
    tone = str(forecast.certainty) if forecast else UNDATED
    if state is State.WITHDRAWABLE:
        return Coming(judged, NOW, tone if forecast else "platform")
    if forecast is None:
        return Coming(judged, UNDATED, tone)
    day = day_expected(forecast)
    late = state in (State.OVERDUE, State.NO_ACCOUNT) or day < day_of(now)
    return Coming(judged, LATE if late else f"{day:%Y-%m}", tone)


def is_due(judged: Judged, now: datetime) -> bool:
    """Tell whether a line's money may have arrived: it was paid, or its day has come."""
    if judged.diagnosis.state in (State.PAID, State.WITHDRAWABLE):
        return True
    forecast = expected_of(judged.diagnosis)
    return (
        coming_of(judged, now) is not None
        and forecast is not None
        and (day_expected(forecast) <= day_of(now))
    )


def expected_of(diagnosis: Diagnosis) -> Forecast | None:
    """Return the day the creator gets the money; that of settling only if the platform named it.

    A line that will not pay may still have one: see `coming_of`.
    """
    dates = diagnosis.dates
    named = dates.settles if diagnosis.order.platform_settles_on is not None else None
    return dates.agency_payout or dates.payout or named


def day_expected(forecast: Forecast) -> date:
    """Return the Shanghai day of a forecast."""
    return day_of(forecast.day) if isinstance(forecast.day, datetime) else forecast.day


def _by_month(coming: Sequence[Coming]) -> tuple[tuple[str, Share], ...]:
    return months_in_order(_shares((each.month, each) for each in coming))


def months_in_order(shares: Mapping[str, Share]) -> tuple[tuple[str, Share], ...]:
    """Put months in the order in which the money comes: NOW and LATE before them, UNDATED last."""
    dated = sorted(shares.keys() - _NO_MONTHS)
    order = (NOW, LATE, *dated, UNDATED)
    return tuple((month, shares[month]) for month in order if month in shares)


def _by_platform(coming: Sequence[Coming]) -> tuple[tuple[Platform, Share], ...]:
    shares = _shares((each.judged.order.platform, each) for each in coming)
    return tuple(sorted(shares.items(), key=lambda item: -item[1].net))


def _shares(coming: Iterable[tuple[Key, Coming]]) -> dict[Key, Share]:
    shares: dict[Key, Share] = {}
    for key, each in coming:
        shares.setdefault(key, Share()).add(each.judged.net, each.tone)
    return shares


def _causes(judged: Iterable[Judged]) -> tuple[Cause, ...]:
    causes: dict[tuple[str, str], Cause] = {}

    def add(word: tuple[str, str], emoji: str, amount: Decimal | None) -> None:
        causes.setdefault(word, Cause(word, emoji, Share())).share.add(amount, "lost")

    for each in judged:
        diagnosis, amounts = each.diagnosis, each.diagnosis.amounts
        if diagnosis.state in NEVER_PAYS:
            add(state_word(diagnosis), EMOJI[diagnosis.state], amounts.commission)
        elif diagnosis.state in _HANGING:
            add(state_word(diagnosis), EMOJI[diagnosis.state], amounts.net)
        elif amounts.returned:
            add(_RETURNED, "↩️", amounts.returned)
    telling = (cause for cause in causes.values() if cause.share.net or cause.share.unknown)
    return tuple(sorted(telling, key=lambda each: (-each.share.net, -each.share.count)))


def _paid_in(judged: Iterable[Judged], today: date) -> Share:
    share = Share()
    for each in judged:
        at = each.order.paid_out_at or each.order.withdrawn_at
        paid = each.diagnosis.state is State.PAID and at is not None
        if paid and at is not None and f"{day_of(at):%Y-%m}" == f"{today:%Y-%m}":
            share.add(each.net)
    return share


def _unknown(judged: Iterable[Judged], coming: Iterable[Coming]) -> int:
    """Count the lines to come without an amount, and those of which nothing is known."""
    strange = sum(each.diagnosis.state is State.UNKNOWN_STATUS for each in judged)
    return strange + sum(each.judged.net is None for each in coming)


def _shortfalls(coming: Sequence[Coming]) -> Iterable[Shortfall]:
    """Compare what can be withdrawn of each platform with the least that it pays out."""
    ready: dict[Platform, list[Judged]] = {}
    for each in coming:
        if each.month == NOW:
            ready.setdefault(each.judged.order.platform, []).append(each.judged)
    for platform, lines in ready.items():
        known = [each.net for each in lines if each.net is not None]
        minimums = [each.order.minimum_payout for each in lines if each.order.minimum_payout]
        if minimums and len(known) == len(lines) and sum(known, ZERO) < max(minimums):
            yield Shortfall(platform, sum(known, ZERO), max(minimums))
