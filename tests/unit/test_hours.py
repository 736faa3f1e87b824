"""Quiet hours against a minute-by-minute reading of the clock on the wall."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reminders import QuietHours, monday_of

NIGHT = QuietHours(time(21), time(9))
MINUTE = timedelta(minutes=1)
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Asia/Shanghai",
            "America/New_York",
            "Europe/London",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Pacific/Apia",
            "Africa/Casablanca",
            "America/St_Johns",
        )
    ]
)
# The days around the changes of the clock, and any others.
DAYS = st.one_of(
    st.sampled_from(["2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2026-04-05"]),
    st.sampled_from(["2026-10-04", "2026-02-15", "2026-03-22", "2026-06-30"]),
).map(datetime.fromisoformat)
INSTANTS = st.builds(
    lambda day, minutes: day.replace(tzinfo=UTC) + minutes * MINUTE,
    DAYS,
    st.integers(-2 * 24 * 60, 2 * 24 * 60),
)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45, 59]))
SPANS = st.builds(QuietHours, TIMES, TIMES)
TWO_DAYS = 2 * 24 * 60


@pytest.mark.parametrize(
    ("quiet", "silent", "loud"),
    [
        (QuietHours(time(21), time(9)), [time(21), time(0), time(8, 59)], [time(9), time(20)]),
        (QuietHours(time(1), time(6)), [time(1), time(5, 59)], [time(0, 59), time(6)]),
        (QuietHours(time(0), time(0)), [], [time(0), time(12), time(23, 59)]),
    ],
)
def test_quiet_hours_may_run_over_midnight(
    quiet: QuietHours, silent: list[time], loud: list[time]
) -> None:
    assert all(quiet.silent(moment) for moment in silent)
    assert not any(quiet.silent(moment) for moment in loud)


@pytest.mark.parametrize(
    ("zone", "now", "end"),
    [
        ("Asia/Shanghai", "2026-09-15T08:00:00+08:00", "2026-09-15T09:00:00+08:00"),
        ("Asia/Shanghai", "2026-09-15T09:00:00+08:00", "2026-09-15T09:00:00+08:00"),
        ("Asia/Shanghai", "2026-09-15T21:00:00+08:00", "2026-09-16T09:00:00+08:00"),
        # the night in which New York's clocks go forward, and back
        ("America/New_York", "2026-03-07T22:00:00-05:00", "2026-03-08T09:00:00-04:00"),
        ("America/New_York", "2026-10-31T22:00:00-04:00", "2026-11-01T09:00:00-05:00"),
        ("Australia/Lord_Howe", "2026-10-03T22:00:00+10:30", "2026-10-04T09:00:00+11:00"),
    ],
)
def test_when_people_may_be_pushed_next(zone: str, now: str, end: str) -> None:
    found = NIGHT.first_loud(datetime.fromisoformat(now), ZoneInfo(zone))
    assert found == datetime.fromisoformat(end)
    assert found.tzinfo is UTC


@given(SPANS, ZONES, INSTANTS)
def test_the_first_loud_instant_is_the_first(
    quiet: QuietHours, zone: ZoneInfo, now: datetime
) -> None:
    minutes = (now + each * MINUTE for each in range(2 * TWO_DAYS))
    expected = next(at for at in minutes if not quiet.silent_at(at, zone))
    assert quiet.first_loud(now, zone) == expected


@given(SPANS, ZONES, INSTANTS)
def test_silence_begins_when_it_is_said_to(
    quiet: QuietHours, zone: ZoneInfo, now: datetime
) -> None:
    minutes = (now + each * MINUTE for each in range(1, 2 * TWO_DAYS))
    if quiet.silent_at(now, zone):
        now = quiet.first_loud(now, zone)
        minutes = (now + each * MINUTE for each in range(1, 2 * TWO_DAYS))
    expected = next((at for at in minutes if quiet.silent_at(at, zone)), None)
    assert quiet.next_silence(now, zone) == expected


@given(ZONES, INSTANTS)
def test_a_week_begins_on_its_monday(zone: ZoneInfo, now: datetime) -> None:
    monday = monday_of(now, zone)
    local = monday.astimezone(zone)
    assert local.weekday() == 0
    assert local.date() <= now.astimezone(zone).date() < local.date() + timedelta(days=7)
