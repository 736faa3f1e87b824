"""A year of working days as twelve small drawings (放假日历): what is off, what is worked."""

from calendar import Calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, get_day_names
from markupsafe import Markup

from settlement.workdays import SATURDAY, Year

__all__ = ["MarkedYear", "month_drawings"]

CELL, TOP = 26, 44
WIDTH, HEIGHT = 7 * CELL, TOP + 6 * CELL
MONDAYS_FIRST = Calendar(0)


@dataclass(frozen=True, slots=True)
class MarkedYear:
    """A year, its working days, and the days on which is paid."""

    number: int
    days: Year
    payouts: Collection[date] = ()

    def kind(self, day: date) -> str:
        """How a day is drawn: off, worked at a weekend, or as its weekday says."""
        if day in self.days.weekdays_off:
            return "off"
        if day in self.days.weekend_work:
            return "worked"
        return "rest" if day.weekday() >= SATURDAY else "day"


def month_drawings(year: MarkedYear, language: str) -> list[Markup]:
    """One drawing a month; the days that are not as their weekday says stand in its text too."""
    return [_month(year, date(year.number, month, 1), language) for month in range(1, 13)]


def _month(year: MarkedYear, first: date, language: str) -> Markup:
    name = format_date(first, "LLLL", locale=language)
    weeks = MONDAYS_FIRST.monthdatescalendar(first.year, first.month)
    days = Markup().join(
        _day(year, day, column * CELL, TOP + row * CELL)
        for row, week in enumerate(weeks)
        for column, day in enumerate(week)
        if day.month == first.month
    )
    return Markup(
        '<svg class="chart month" role="img" viewBox="0 0 {} {}"><title>{}</title><desc>{}</desc>'
        '<text class="strong" x="2" y="14">{}</text>{}{}</svg>'
    ).format(WIDTH, HEIGHT, name, _said(year, first), name, _weekdays(language), days)


def _weekdays(language: str) -> Markup:
    names = get_day_names("narrow", "stand-alone", locale=language)
    return Markup().join(
        Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
            column * CELL + CELL // 2, TOP - 10, names[column]
        )
        for column in range(7)
    )


def _day(year: MarkedYear, day: date, x: int, y: int) -> Markup:
    kind = year.kind(day)
    paid = " paid" if day in year.payouts else ""
    return Markup(
        '<g class="{}{}"><rect x="{}" y="{}" width="{}" height="{}" rx="5"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>'
    ).format(kind, paid, x + 1, y + 1, CELL - 2, CELL - 2, x + CELL // 2, y + 17, day.day)


def _said(year: MarkedYear, first: date) -> str:
    """The unusual days of a month for those who cannot see the drawing."""
    days = sorted(
        day
        for day in year.days.weekdays_off | year.days.weekend_work | set(year.payouts)
        if (day.year, day.month) == (first.year, first.month)
    )
    marks = {"off": "−", "worked": "+"}
    return " ".join(
        f"{day.day}{marks.get(year.kind(day), '')}{'¥' if day in year.payouts else ''}"
        for day in days
    )
