"""Working days: published years, expected years, an operator's own."""

import warnings
from datetime import date, timedelta

import holidays
import pytest

from settlement.workdays import Roll, WorkCalendar, Year, read_override
from settlement.yaml_text import RuleFileError

# The payout days of 1688 that move, 2024 to 2026, from the State Council's notices.
MOVED = {
    "2024-02-15": "2024-02-18",
    "2024-06-15": "2024-06-17",
    "2024-09-15": "2024-09-18",
    "2024-12-15": "2024-12-16",
    "2025-02-15": "2025-02-17",
    "2025-03-15": "2025-03-17",
    "2025-06-15": "2025-06-16",
    "2025-11-15": "2025-11-17",
    "2026-02-15": "2026-02-24",
    "2026-03-15": "2026-03-16",
    "2026-08-15": "2026-08-17",
    "2026-11-15": "2026-11-16",
}
MAKE_UP_DAYS = """2018-02-11 2018-02-24 2018-04-08 2018-04-28 2018-09-29 2018-09-30 2018-12-29
2019-02-02 2019-02-03 2019-04-28 2019-05-05 2019-09-29 2019-10-12
2020-01-19 2020-04-26 2020-05-09 2020-06-28 2020-09-27 2020-10-10
2021-02-07 2021-02-20 2021-04-25 2021-05-08 2021-09-18 2021-09-26 2021-10-09
2022-01-29 2022-01-30 2022-04-02 2022-04-24 2022-05-07 2022-10-08 2022-10-09
2023-01-28 2023-01-29 2023-04-23 2023-05-06 2023-06-25 2023-10-07 2023-10-08
2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10"""
UNPUBLISHED_2027 = Year(
    official=False,
    weekdays_off=frozenset(
        date.fromisoformat(f"2027-{day}")
        for day in (
            *("01-01", "02-05", "02-08", "02-09", "02-10", "04-05", "05-03", "05-04"),
            *("06-09", "09-15", "10-01", "10-04", "10-05"),
        )
    ),
    weekend_work=frozenset(),
)


def all_days(first: int, last: int) -> list[date]:
    start, end = date(first, 1, 1), date(last, 12, 31)
    return [start + timedelta(days=index) for index in range((end - start).days + 1)]


def fifteenths(first: int, last: int) -> list[date]:
    return [day for day in all_days(first, last) if day.day == 15]


def test_two_independent_calendars_agree_on_every_day() -> None:
    calendar = WorkCalendar()
    other = holidays.country_holidays("CN", years=range(2006, 2027), language="zh_CN")
    differing = [
        day
        for day in all_days(2006, 2026)
        if calendar.is_workday(day) != other.is_working_day(day)
    ]
    assert differing == []


@pytest.mark.parametrize("nominal", fifteenths(2024, 2026), ids=str)
def test_the_fifteenth_is_postponed_as_published(nominal: date) -> None:
    roll = WorkCalendar().roll(nominal)
    assert roll.day == date.fromisoformat(MOVED.get(str(nominal), str(nominal)))
    assert roll.official


def test_make_up_days_are_working_days() -> None:
    calendar = WorkCalendar()
    worked = [
        str(day) for day in all_days(2018, 2026) if day.weekday() >= 5 and calendar.is_workday(day)
    ]
    assert worked == MAKE_UP_DAYS.split()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
    ],
)
def test_spring_festival_and_national_day_of_2026(day: str, works: bool) -> None:
    assert WorkCalendar().is_workday(date.fromisoformat(day)) is works


def test_a_make_up_day_names_the_next_ordinary_working_day() -> None:
    """AMB-05: it is a working day, and some payers rest then."""
    assert WorkCalendar().roll(date(2024, 2, 15)) == Roll(
        date(2024, 2, 15), date(2024, 2, 18), official=True, latest=date(2024, 2, 19)
    )
    assert WorkCalendar().roll(date(2026, 2, 14)).latest == date(2026, 2, 24)


def test_another_make_up_day_is_no_ordinary_working_day() -> None:
    golden_week = Year(
        official=True,
        weekdays_off=frozenset(date(2026, 3, day) for day in range(9, 14)),
        weekend_work=frozenset({date(2026, 3, 8), date(2026, 3, 14)}),
    )
    roll = WorkCalendar({2026: golden_week}).roll(date(2026, 3, 7))
    assert (roll.day, roll.latest) == (date(2026, 3, 8), date(2026, 3, 16))


def test_a_year_is_asked_for_once() -> None:
    calendar = WorkCalendar()
    assert calendar.year(2026) is calendar.year(2026)
    assert calendar.roll(date(2026, 2, 15)) is calendar.roll(date(2026, 2, 15))


@pytest.mark.parametrize(
    ("nominal", "paid"),
    [
        ("2027-01-15", "2027-01-15"),
        ("2027-02-15", "2027-02-15"),
        ("2027-05-15", "2027-05-17"),
        ("2027-08-15", "2027-08-16"),
        ("2027-09-15", "2027-09-16"),
    ],
)
def test_an_unpublished_year_is_only_expected(nominal: str, paid: str) -> None:
    roll = WorkCalendar({2027: UNPUBLISHED_2027}).roll(date.fromisoformat(nominal))
    assert roll.day == date.fromisoformat(paid)
    assert not roll.official


def test_a_published_day_is_provisional_once_the_way_leads_into_an_unpublished_year() -> None:
    published = Year(
        official=True,
        weekdays_off=frozenset(date(2026, 12, day) for day in (28, 29, 30, 31)),
        weekend_work=frozenset(),
    )
    calendar = WorkCalendar({2026: published, 2027: UNPUBLISHED_2027})
    roll = calendar.roll(date(2026, 12, 28))
    assert roll.day == date(2027, 1, 4)
    assert not roll.official
    assert calendar.roll(date(2026, 12, 24)).official


def test_far_years_have_their_statutory_days_and_the_farthest_only_weekends() -> None:
    calendar = WorkCalendar()
    assert not calendar.is_official(2090)
    assert not calendar.is_workday(date(2090, 10, 2))
    assert calendar.is_workday(date(2150, 10, 1))
    assert not calendar.is_workday(date(2150, 10, 3))
    assert not calendar.is_official(2150)


def test_the_operators_year_replaces_the_published_one() -> None:
    years = read_override(
        'years: {"2026": {official: true, source: 通知, weekday_off: ["2026-01-15"],'
        ' weekend_work: ["2026-01-17"]}, "2027": {official: false}}',
        "workdays.yaml",
    )
    calendar = WorkCalendar(years)
    assert calendar.roll(date(2026, 1, 15)).day == date(2026, 1, 16)
    assert calendar.is_workday(date(2026, 1, 17))
    assert calendar.is_workday(date(2026, 10, 1))
    assert calendar.is_official(2026)
    assert not calendar.is_official(2027)


def test_a_list_is_no_override() -> None:
    with pytest.raises(RuleFileError) as caught:
        read_override("[2027]", "workdays.yaml")
    assert str(caught.value) == (
        'workdays.yaml: the whole file: is not a mapping; write "key: value" lines'
    )


def test_nothing_is_published_before_2004() -> None:
    assert not WorkCalendar().is_official(2003)
    assert WorkCalendar().is_official(2004)


def test_neither_package_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert WorkCalendar().roll(date(2030, 1, 1)).day.year == 2030
