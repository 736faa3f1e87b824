"""Payout days and hours by plain arithmetic from the sources; it shares no code with bot/."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


@dataclass
class Calendar:
    """What is in force: the day of the month, and the days nobody works."""

    day_of_month: int = 15
    days_off: set[date] = field(default_factory=set)

    def payout_day(self, received: date) -> date:
        """1688 pays on a day of the second month after receipt; if a holiday, after it."""
        months = received.year * 12 + received.month - 1 + 2
        day = date(months // 12, months % 12 + 1, self.day_of_month)
        while day.weekday() >= 5 or day in self.days_off:
            day += DAY
        return day


@cache
def midnight(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    """When a day begins somewhere; UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def today(now: datetime) -> date:
    """The day in Shanghai."""
    return now.astimezone(SHANGHAI).date()


def is_loud(now: datetime, zone: str, hours: tuple[str, str]) -> bool:
    """Whether somebody wants to be told something at an instant, by the clock on their wall."""
    wall = now.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    begin, end = hours
    if begin == end:
        return True
    return begin <= wall < end if begin < end else wall >= begin or wall < end


def week_of(now: datetime, zone: str) -> date:
    """The Monday of the week it is somewhere."""
    day = now.astimezone(ZoneInfo(zone)).date()
    return day - day.weekday() * DAY
