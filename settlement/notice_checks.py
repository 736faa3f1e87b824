"""Whether a holiday notice can be right (校对放假通知), and the years of working days it makes."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from settlement.holiday_notice import SEVEN, Doubt, Notice
from settlement.workdays import SATURDAY, WorkCalendar, Year

__all__ = ["doubts_of", "usable", "years_of"]

LONG_HOLIDAYS = ("春节", "国庆节")
LONG = 7
"""Days in a row that the two long holidays have had in every notice (七天长假)."""
FARTHEST = timedelta(days=45)
"""How far a make-up day has ever lain from its holiday is half of this."""


def doubts_of(notice: Notice) -> tuple[Doubt, ...]:
    """Everything that is wrong with a notice, or worth a second look."""
    if notice.year is None or not notice.holidays:
        return notice.doubts
    return (
        *notice.doubts,
        *_names(notice),
        *_contradictions(notice),
        *_make_up_days(notice),
        *_long_holidays(notice),
        *_statutory(notice, notice.year),
    )


def usable(notice: Notice) -> bool:
    """Whether nothing about the notice keeps it from being used."""
    return not any(doubt.blocks for doubt in doubts_of(notice))


def years_of(notice: Notice, calendar: WorkCalendar) -> dict[int, Year]:
    """The years a notice makes official: its own, and days it moves in the one before.

    A year beside its own keeps what is known of it; raises ValueError for an unusable notice.
    """
    if notice.year is None or not usable(notice):
        raise ValueError("the notice has blocking doubts; show them instead of using it")
    years = {notice.year: _only(notice, notice.year)}
    for number in sorted({day.year for day in notice.off | notice.work} - {notice.year}):
        known, said = calendar.year(number), _only(notice, number)
        years[number] = Year(
            known.official,
            (known.weekdays_off | said.weekdays_off),
            (known.weekend_work | said.weekend_work),
        )
    return years


def _only(notice: Notice, year: int) -> Year:
    off = {day for day in notice.off if day.year == year and day.weekday() < SATURDAY}
    work = {day for day in notice.work if day.year == year}
    return Year(official=True, weekdays_off=frozenset(off), weekend_work=frozenset(work))


def _names(notice: Notice) -> Iterator[Doubt]:
    named = Counter(name for holiday in notice.holidays for name in holiday.names)
    for name in SEVEN:
        if name not in named:
            yield Doubt("missing", name)
    for name, times in named.items():
        if times > 1:
            yield Doubt("named_twice", name)
        if name not in SEVEN:
            yield Doubt("unusual_name", name, blocks=False)


def _contradictions(notice: Notice) -> Iterator[Doubt]:
    for code, days in (
        ("off_twice", [day for holiday in notice.holidays for day in holiday.off]),
        ("worked_twice", [day for holiday in notice.holidays for day in holiday.work]),
    ):
        yield from (Doubt(code, f"{day}") for day, times in Counter(days).items() if times > 1)
    for day in sorted(notice.off & notice.work):
        yield Doubt("off_and_worked", f"{day}")
    for day in sorted(notice.off | notice.work):
        if notice.year is not None and not notice.year - 1 <= day.year <= notice.year:
            yield Doubt("other_year", f"{day}")


def _make_up_days(notice: Notice) -> Iterator[Doubt]:
    for holiday in notice.holidays:
        for day in holiday.work:
            if day.weekday() < SATURDAY:
                yield Doubt("worked_weekday", f"{day}")
            elif holiday.off and min(abs(day - off) for off in holiday.off) > FARTHEST:
                yield Doubt("far_away", f"{holiday.name} {day}", blocks=False)


def _long_holidays(notice: Notice) -> Iterator[Doubt]:
    for holiday in notice.holidays:
        days = sorted(set(holiday.off))
        for before, after in pairwise(days):
            if not _joined(before, after, notice):
                yield Doubt("gap", f"{holiday.name} {before}、{after}", blocks=False)
        if set(holiday.names) & set(LONG_HOLIDAYS) and len(days) < LONG:
            yield Doubt("short", f"{holiday.name} {len(days)}天", blocks=False)


def _joined(before: date, after: date, notice: Notice) -> bool:
    """Whether nobody works between two days off; 补休 may follow a weekend."""
    between = [before + timedelta(days=index) for index in range(1, (after - before).days)]
    return all(day.weekday() >= SATURDAY and day not in notice.work for day in between)


def _statutory(notice: Notice, year: int) -> Iterator[Doubt]:
    """Statutory days must be free, and every other weekday off is made up for at a weekend."""
    statutory = _statutory_days(year)
    for day in sorted(statutory):
        free = day in notice.off or (day.weekday() >= SATURDAY and day not in notice.work)
        if not free:
            yield Doubt("statutory_worked", f"{day}")
    weekdays = [day for day in notice.off if day.weekday() < SATURDAY]
    given = len(weekdays) - len(notice.work)
    if given != statutory.total():
        yield Doubt("not_balanced", f"{given}、{statutory.total()}", blocks=False)


def _statutory_days(year: int) -> Counter[date]:
    """The statutory days of a year (法定节假日); a day of two holidays counts twice."""
    import holidays

    # a published year also has the days that its own notice moved
    moved = ("substituted", "Extended")
    known = holidays.country_holidays("CN", years=year, observed=False, language="en_US")
    return Counter(
        {
            day: len(names.split("; "))
            for day, names in known.items()
            if not any(word in names for word in moved)
        }
    )
