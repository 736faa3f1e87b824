"""The hours in which nobody is pushed (静默时段), by each person's own clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["QuietHours", "monday_of"]

_DAY = timedelta(days=1)
_FURTHEST = 4
"""Days to look ahead: even where clocks jump over the only loud hour, the next day has one."""
_TRANSITIONS = timedelta(minutes=15)
"""Clocks are set forward and back at whole quarters of an hour, UTC."""


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

    def silent_at(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Whether people of a zone have their quiet hours at an instant."""
        return self.silent(instant.astimezone(zone).time())

    def first_loud(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """The first instant, from this one on, at which people of a zone may be pushed; UTC."""
        if not self.silent_at(instant, zone):
            return instant.astimezone(UTC)
        return next(at for at in self._turns(instant, zone) if not self.silent_at(at, zone))

    def next_silence(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """The next instant at which silence begins for people of a zone; None if it never does."""
        if self.start == self.end:
            return None
        turns = self._turns(instant, zone)
        return next((at for at in turns if self.silent_at(at, zone)), None)

    def _turns(self, instant: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Every later instant at which silence may begin or end, in order."""
        beginning = instant.astimezone(UTC)
        for day in range(_FURTHEST):
            since = beginning + day * _DAY
            yield from sorted(at for at in self._turns_of_day(since, zone) if at > since)

    def _turns_of_day(self, since: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        local = since.astimezone(zone)
        for date in (local.date(), local.date() + _DAY):
            for at in (self.start, self.end):
                for fold in (0, 1):
                    wall = datetime.combine(date, at, zone).replace(fold=fold)
                    if since < wall.astimezone(UTC) <= since + _DAY:
                        yield wall.astimezone(UTC)
        if local.utcoffset() != (since + _DAY).astimezone(zone).utcoffset():
            quarter = since.replace(minute=0, second=0, microsecond=0)
            while quarter <= since + _DAY:
                yield quarter
                quarter += _TRANSITIONS


def monday_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """When the week of an instant began for people of a zone: Monday, midnight; UTC."""
    local = instant.astimezone(zone).date()
    monday = local - timedelta(days=local.weekday())
    return datetime.combine(monday, time(), zone).astimezone(UTC)
