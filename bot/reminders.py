"""Who is to be told what, on which day (结算提醒): a pure function."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from settlement.diagnosis import Diagnosis, State, diagnose
from settlement.model import Order
from settlement.rulebook import Rulebook
from settlement.shanghai import day_of

__all__ = [
    "DueLine",
    "Push",
    "PushKind",
    "QuietHours",
    "Subscriber",
    "WatchedLine",
    "due",
]

LATEST = timedelta(days=2)
"""How long after its day a push may still go out, if the bot was away on the day itself."""

PAYING = frozenset(
    {State.WAIT_CYCLE, State.WAIT_PAYOUT, State.NO_ACCOUNT, State.WITHDRAWABLE, State.PAID}
)
"""States in which a payout day is good news; after a refund or in a dispute it is none."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours in which nobody is pushed (静默时段), by each person's own clock.

    `start` is silent and `end` is not; equal, they leave no silence at all.
    """

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def silent(self, at: time) -> bool:
        """Whether a time of day lies in the quiet hours."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def next_end(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The next instant at which they end for people of a zone."""
        local = now.astimezone(zone)
        end = local.replace(
            hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0, fold=0
        )
        if end <= local:
            end += timedelta(days=1)
        return end.astimezone(UTC)


class PushKind(StrEnum):
    """What a push is about."""

    PAYOUT = "payout"
    """The payout day of commission has come (到账提醒)."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """An order line a push is about, judged at the moment of the push."""

    row: int
    order: Order
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class Push:
    """One message nobody just asked for (推送).

    `about` is the line or the platform it speaks of; with user, kind and `day` (the payout day,
    Shanghai) it makes the key under which it is sent at most once.
    """

    user: int
    chat: int
    language: str
    kind: PushKind
    about: str
    day: date
    lines: tuple[DueLine, ...]

    @property
    def key(self) -> str:
        """What makes this push the same one, whenever and however often it is planned."""
        return f"push:{self.user}:{self.kind}:{self.about}:{self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who wants to be told (订阅者), and whose clock counts for the quiet hours."""

    user: int
    chat: int
    language: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class WatchedLine:
    """A line somebody wants to be told about, since when, and whether by name.

    A line watched by name gets a push of its own; the others share one for each platform and day.
    """

    row: int
    order: Order
    since: datetime
    by_name: bool


def due(
    subscriber: Subscriber,
    lines: Iterable[WatchedLine],
    rulebook: Rulebook,
    now: datetime,
    quiet: QuietHours,
) -> tuple[Push, ...]:
    """What is to be told now: lines whose payout day has come; in quiet hours nothing.

    The same pushes result however often it is asked on a day; their keys keep them single.
    """
    if quiet.silent(now.astimezone(subscriber.zone).time()):
        return ()
    together: dict[tuple[str, date], list[DueLine]] = {}
    for line in lines:
        diagnosis = diagnose(line.order, rulebook, now)
        day = _payout_day(diagnosis)
        if day is not None and _begins(line, now) <= day <= day_of(now):
            about = _name(line) if line.by_name else str(line.order.platform)
            told = DueLine(line.row, line.order, diagnosis)
            together.setdefault((about, day), []).append(told)
    return tuple(
        Push(
            subscriber.user,
            subscriber.chat,
            subscriber.language,
            PushKind.PAYOUT,
            about,
            day,
            tuple(told),
        )
        for (about, day), told in together.items()
    )


def _payout_day(diagnosis: Diagnosis) -> date | None:
    """The day on which the creator can expect the money, Shanghai; None if it may not come."""
    if diagnosis.state not in PAYING or diagnosis.amounts.net == 0:
        return None
    dates = diagnosis.dates
    expected = dates.agency_payout or dates.payout
    if expected is None and diagnosis.order.platform_settles_on is not None:
        expected = dates.settles
    return expected.day if expected else None


def _begins(line: WatchedLine, now: datetime) -> date:
    """The earliest payout day still worth telling; what was over at the subscription is not."""
    return max(day_of(now) - LATEST, day_of(line.since))


def _name(line: WatchedLine) -> str:
    return f"{line.order.platform}:{line.order.key.number}:{line.row}"
