"""Who is to be told what, on which day (结算提醒): a pure function."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from settlement.diagnosis import Diagnosis
from settlement.model import Order

__all__ = ["DueLine", "Push", "PushKind", "QuietHours"]


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
