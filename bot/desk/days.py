"""Days as people mean them (日期): a day, a week or a month back, or one of the calendar.

Days and months are Shanghai's, as on the platforms.
"""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

__all__ = ["WEEKEND", "DayRange", "Days", "Unit"]

WEEKEND = 8
"""Stands for Saturday and Sunday where a weekday is a number from 1, Monday."""
_LONGEST_AGO = 12 * 8
"""Months within which a day that exists in leap years alone comes again."""


class Unit(StrEnum):
    """What an expression counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    RECENT = "recent"
    """The last so many days, today included."""
    FESTIVAL = "festival"
    """The day of a sale and the evening before, when it opens (大促)."""


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days in a row, the last one included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Days:
    """An expression: so many units back, or a day of the calendar.

    `back` counts from the unit that contains today; without it and without a year it is the
    last one that has begun. `weekday` counts from 1, Monday.
    """

    unit: Unit
    back: int | None = None
    year: int | None = None
    years_back: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    def range(self, today: date) -> DayRange | None:
        """Return the days that are meant; None if there is no such day."""
        return _RANGES[self.unit](self, today)


def _of_day(said: Days, today: date) -> DayRange | None:
    day = today - timedelta(days=said.back or 0)
    return DayRange(day, day)


def _of_week(said: Days, today: date) -> DayRange | None:
    monday = today - timedelta(days=today.weekday())
    back = said.back
    if back is None:
        first = 6 if said.weekday == WEEKEND else said.weekday or 1
        back = int(first > today.isoweekday())
    monday -= timedelta(weeks=back)
    if said.weekday is None:
        return DayRange(monday, monday + timedelta(days=6))
    if said.weekday == WEEKEND:
        return DayRange(monday + timedelta(days=5), monday + timedelta(days=6))
    day = monday + timedelta(days=said.weekday - 1)
    return DayRange(day, day)


def _of_month(said: Days, today: date) -> DayRange | None:
    if said.back is not None:
        year, month = divmod(today.year * 12 + today.month - 1 - said.back, 12)
        return _in_month(year, month + 1, said.day)
    if said.years_back is not None:
        return _in_month(today.year - said.years_back, said.month or 1, said.day)
    if said.year is not None:
        return _in_month(said.year, said.month or 1, said.day)
    return _last_that_fits(said, today)


def _last_that_fits(said: Days, today: date) -> DayRange | None:
    """Find the last day or month of that name which has begun; February 29 may be years ago."""
    months = today.year * 12 + today.month - 1
    for back in range(_LONGEST_AGO + 1):
        year, month = divmod(months - back, 12)
        if said.month in (None, month + 1):
            found = _in_month(year, month + 1, said.day)
            if found and found.first <= today:
                return found
    return None


def _in_month(year: int, month: int, day: int | None) -> DayRange | None:
    if not 1 <= month <= 12 or not 1 <= year <= 9999:
        return None
    last = calendar.monthrange(year, month)[1]
    if day is None:
        return DayRange(date(year, month, 1), date(year, month, last))
    return DayRange(date(year, month, day), date(year, month, day)) if 1 <= day <= last else None


def _of_year(said: Days, today: date) -> DayRange | None:
    year = today.year - (said.back or 0)
    return DayRange(date(year, 1, 1), date(year, 12, 31))


def _recent(said: Days, today: date) -> DayRange | None:
    return DayRange(today - timedelta(days=max(1, said.back or 1) - 1), today)


def _of_festival(said: Days, today: date) -> DayRange | None:
    found = _of_month(said, today)
    return DayRange(found.first - timedelta(days=1), found.last) if found else None


_RANGES: Mapping[Unit, Callable[[Days, date], DayRange | None]] = {
    Unit.DAY: _of_day,
    Unit.WEEK: _of_week,
    Unit.MONTH: _of_month,
    Unit.YEAR: _of_year,
    Unit.RECENT: _recent,
    Unit.FESTIVAL: _of_festival,
}
