"""Working days in China (工作日): what the State Council published, and what is only expected.

A year comes from the first source that holds it: the operator's override file, chinesecalendar
(published notices), the statutory days of holidays, weekends alone. Only the first two can be
official.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from settlement.yaml_text import RuleFileError, mapping, only, texts, whole_mapping

SATURDAY = 5
ONE_DAY = timedelta(days=1)
YEAR_KEYS = frozenset({"official", "source", "weekday_off", "weekend_work"})


@dataclass(frozen=True, slots=True)
class Year:
    """The days of one year that are not as their weekday says."""

    official: bool
    """Whether the State Council's notice for the year is in it (国务院放假安排)."""
    weekdays_off: frozenset[date]
    weekend_work: frozenset[date]
    """Make-up working days (调休上班日)."""

    def is_workday(self, day: date) -> bool:
        """Tell whether people work on this day of the year."""
        if day.weekday() >= SATURDAY:
            return day in self.weekend_work
        return day not in self.weekdays_off


@dataclass(frozen=True, slots=True)
class Roll:
    """The working day on or after a nominal day (顺延)."""

    nominal: date
    day: date
    official: bool
    """False when a day examined on the way lies in a year without a published notice."""
    latest: date | None = None
    """After a make-up weekend day, the next ordinary working day, for payers who rest then."""


@dataclass(frozen=True)
class WorkCalendar:
    """Working days by year; `overrides` are the operator's own years."""

    overrides: Mapping[int, Year] = field(default_factory=dict)
    _years: dict[int, Year] = field(default_factory=dict, repr=False, compare=False)
    _rolls: dict[date, Roll] = field(default_factory=dict, repr=False, compare=False)

    def is_workday(self, day: date) -> bool:
        """Tell whether people work on this day, as far as it is known."""
        return self.year(day.year).is_workday(day)

    def is_official(self, year: int) -> bool:
        """Tell whether the State Council's notice for this year is known."""
        return self.year(year).official

    def year(self, number: int) -> Year:
        """Return the year from the first source that holds it."""
        known = self._years.get(number)
        if known is None:
            known = self._years[number] = (
                self.overrides.get(number) or _published(number) or _expected(number)
            )
        return known

    def roll(self, nominal: date) -> Roll:
        """Postpone a day to the next working day if it is not one."""
        known = self._rolls.get(nominal)
        if known is None:
            known = self._rolls[nominal] = self._roll(nominal)
        return known

    def _roll(self, nominal: date) -> Roll:
        day = nominal
        official = self.is_official(day.year)
        while not self.is_workday(day):
            day += ONE_DAY
            official = official and self.is_official(day.year)
        if day.weekday() < SATURDAY:
            return Roll(nominal, day, official)
        latest = day + ONE_DAY
        while latest.weekday() >= SATURDAY or not self.is_workday(latest):
            latest += ONE_DAY
        return Roll(nominal, day, official, latest)


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=index) for index in range((date(year + 1, 1, 1) - first).days)]


def _published(year: int) -> Year | None:
    """Return a year chinesecalendar holds; it raises for a year it does not know."""
    import chinese_calendar

    try:
        different = [
            day
            for day in _days(year)
            if chinese_calendar.is_workday(day) != (day.weekday() < SATURDAY)
        ]
    except NotImplementedError:
        return None
    weekend_work = frozenset(day for day in different if day.weekday() >= SATURDAY)
    return Year(
        official=True,
        weekdays_off=frozenset(different) - weekend_work,
        weekend_work=weekend_work,
    )


def _expected(year: int) -> Year:
    """Return a year with its statutory days alone (法定节假日); nothing is published for it."""
    import holidays

    statutory = holidays.country_holidays("CN", years=year)
    # Those at a weekend do no harm: nobody works then anyway.
    return Year(official=False, weekdays_off=frozenset(statutory), weekend_work=frozenset())


def read_override(text: str, file: str) -> dict[int, Year]:
    """Read an operator's override file; each entry replaces its whole year."""
    top = whole_mapping(text, file)
    only(top, frozenset({"years"}), file, "the whole file")
    years = mapping(top.get("years"), file, "years")
    return {_year_number(name, file): _read_year(name, years[name], file) for name in years}


def _year_number(name: str, file: str) -> int:
    if not (name.isascii() and name.isdigit() and len(name) == 4):
        raise RuleFileError(file, f"years.{name}", "is not a year", 'write it as "2027"')
    return int(name)


def _read_year(name: str, raw: object, file: str) -> Year:
    place = f"years.{name}"
    entry = mapping(raw, file, place)
    only(entry, YEAR_KEYS, file, place)
    official = entry.get("official")
    if not isinstance(official, bool):
        remedy = "write true once the State Council's notice is entered, else false"
        raise RuleFileError(file, f"{place}.official", "is neither true nor false", remedy)
    return Year(
        official=official,
        weekdays_off=_read_days(entry, "weekday_off", name, file, weekend=False),
        weekend_work=_read_days(entry, "weekend_work", name, file, weekend=True),
    )


def _read_days(
    entry: Mapping[str, object], key: str, year: str, file: str, *, weekend: bool
) -> frozenset[date]:
    place = f"years.{year}.{key}"
    days = set()
    for text in texts(entry.get(key) or [], file, place):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            remedy = f'write days in quotes, such as "{year}-01-01"'
            raise RuleFileError(file, place, f"{text} is not a day", remedy) from None
        if day.year != int(year) or (day.weekday() >= SATURDAY) is not weekend:
            kind = "Saturday or Sunday" if weekend else "Monday to Friday"
            cause = f"{text} is not a {kind} of {year}"
            raise RuleFileError(file, place, cause, "check the day against the notice")
        days.add(day)
    return frozenset(days)
