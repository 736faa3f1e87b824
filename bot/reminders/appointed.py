"""An hour of a day by each person's own clock (约定时间)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.reminders.hours import QuietHours

__all__ = ["Appointed", "first_chance"]

_EARLIEST = timezone(timedelta(hours=14))
"""Where a day begins first."""


@dataclass(frozen=True, slots=True)
class Appointed:
    """A day and an hour, which come at another instant in each zone."""

    day: date
    hour: time

    @classmethod
    def at(cls, day: date, hour: str) -> "Appointed":
        """From an hour as "10:00"; raises ValueError if it is none."""
        return cls(day, time.fromisoformat(hour))

    @property
    def earliest(self) -> datetime:
        """The first instant at which it is that hour anywhere; UTC."""
        return datetime.combine(self.day, self.hour, _EARLIEST).astimezone(UTC)

    def in_zone(self, zone: ZoneInfo) -> datetime:
        """The instant at which it is that hour for people of a zone; UTC."""
        return datetime.combine(self.day, self.hour, zone).astimezone(UTC)


def first_chance(
    appointed: Appointed | None, zone: ZoneInfo, quiet: QuietHours, now: datetime
) -> datetime:
    """When somebody may first be written to: not before the hour, not in their silence; UTC."""
    earliest = max(appointed.in_zone(zone), now) if appointed else now
    return quiet.first_loud(earliest, zone)
