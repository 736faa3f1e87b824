"""Days and instants in Shanghai, where every day and month of a rule is counted."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

SHANGHAI = timezone(timedelta(hours=8))
"""China Standard Time; without daylight saving since 1991, so a fixed offset is exact."""


def in_shanghai(instant: datetime) -> datetime:
    """Return the same instant by Shanghai's clock; a time without offset is Shanghai's."""
    if instant.tzinfo is SHANGHAI:
        return instant
    if instant.tzinfo is None:
        return instant.replace(tzinfo=SHANGHAI)
    return instant.astimezone(SHANGHAI)


def day_of(instant: datetime) -> date:
    """Return the day an instant falls on in Shanghai."""
    return in_shanghai(instant).date()


def happened(instant: datetime | None, now: datetime) -> datetime | None:
    """Return an instant if it has come; what lies ahead of now is not known yet."""
    return instant if instant is not None and instant <= now else None


def end_of(day: date) -> datetime:
    """Return the last instant of a day in Shanghai."""
    return datetime.combine(day, time.max, SHANGHAI)


@lru_cache(maxsize=4096)
def day_in_month(month: date, offset: int, day: int) -> date:
    """Return a day of the month `offset` months later, at most that month's last day."""
    count = month.year * 12 + month.month - 1 + offset
    year, index = divmod(count, 12)
    return date(year, index + 1, min(day, monthrange(year, index + 1)[1]))
