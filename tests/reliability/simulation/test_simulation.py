"""Some simulated years, and that the oracle itself knows night, holidays and its promises."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.reliability.simulation.campaign import live
from tests.reliability.simulation.lines import Line
from tests.reliability.simulation.oracle import Oracle
from tests.reliability.simulation.payout_days import Calendar, is_loud, week_of
from tests.reliability.simulation.people import Person
from tests.reliability.simulation.world import worlds

NOW = datetime(2027, 3, 15, 4, 0, tzinfo=UTC)
LINE = "1000000000000001"


@pytest.mark.parametrize("seed", range(3))
def test_in_simulated_months_every_promise_is_kept(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with worlds() as world:
        figures = live(world, seed, days=100)
    assert figures["wrong"] == 0, capsys.readouterr().err
    assert figures["delivered"] > 10
    assert figures["required"] > 10
    assert figures["crashes"] > 0


@pytest.mark.parametrize(
    ("received", "days_off", "day"),
    [
        (date(2027, 1, 31), set(), date(2027, 3, 15)),
        (date(2027, 3, 1), set(), date(2027, 5, 17)),
        (date(2027, 3, 1), {date(2027, 5, 17), date(2027, 5, 18)}, date(2027, 5, 19)),
        (date(2027, 11, 30), set(), date(2028, 1, 17)),
    ],
)
def test_the_oracle_knows_payout_days(received: date, days_off: set[date], day: date) -> None:
    assert Calendar(15, days_off).payout_day(received) == day


@pytest.mark.parametrize(
    ("zone", "hours", "loud"),
    [
        ("Asia/Shanghai", ("09:00", "21:00"), True),
        ("America/New_York", ("09:00", "21:00"), False),
        ("America/New_York", ("22:00", "06:00"), True),
        ("Australia/Lord_Howe", ("09:00", "15:00"), False),
    ],
)
def test_the_oracle_knows_the_night(zone: str, hours: tuple[str, str], loud: bool) -> None:
    assert is_loud(NOW, zone, hours) is loud


def test_the_oracle_knows_the_week() -> None:
    assert week_of(datetime(2027, 3, 14, 20, tzinfo=UTC), "Asia/Shanghai") == date(2027, 3, 15)
    assert week_of(datetime(2027, 3, 14, 20, tzinfo=UTC), "Europe/Berlin") == date(2027, 3, 8)


def an_oracle() -> Oracle:
    """Somebody who wants to be told everything, and a line that is paid today."""
    long_ago = NOW - timedelta(days=30)
    oracle = Oracle()
    line = Line(LINE, "1688", 1, date(2027, 1, 2), Decimal("9.00"), long_ago, long_ago)
    line.received_on = date(2027, 1, 3)
    oracle.reported([line])
    person = oracle.people[1] = Person(1, {1: long_ago}, reachable_since=long_ago)
    person.subscribe("everything", "", long_ago)
    return oracle


def reminder(**other: object) -> dict[str, object]:
    line = {"number": LINE, "state": "withdrawable", "net": "9.00", "settled": False}
    return {
        "kind": "payout",
        "user": 1,
        "written_at": NOW.isoformat(),
        "planned": [("payout", LINE, "2027-03-15")],
        "lines": [{**line, "day": "2027-03-15", "before": None}],
        **other,
    }


def test_the_oracle_is_content_with_a_kept_promise() -> None:
    oracle = an_oracle()
    oracle.arrives(1, reminder(), NOW)
    oracle.missing.ask(NOW + timedelta(hours=1), NOW - timedelta(days=9))
    assert oracle.wrong == []
    assert oracle.required == 1


@pytest.mark.parametrize(
    ("sin", "at", "times", "message"),
    [
        ("lost", NOW, 0, {}),
        ("doubled", NOW, 2, {}),
        ("at night", NOW + timedelta(hours=10), 1, {}),
        ("early", NOW, 1, {"written_at": (NOW - timedelta(days=1)).isoformat()}),
        ("stranger", NOW, 1, {"user": 2}),
        ("false", NOW, 1, {"lines": [{**reminder()["lines"][0], "net": "8.00"}]}),  # type: ignore[index]
    ],
)
def test_the_oracle_sees_each_sin(
    sin: str, at: datetime, times: int, message: dict[str, object]
) -> None:
    oracle = an_oracle()
    for _ in range(times):
        oracle.arrives(1, reminder(**message), at)
    oracle.missing.ask(NOW + timedelta(hours=1), NOW - timedelta(days=9))
    assert [each.split(" at ")[0] for each in oracle.wrong if each.startswith(sin)]


def test_the_oracle_sees_that_somebody_had_unsubscribed() -> None:
    oracle = an_oracle()
    oracle.people[1].unsubscribe("everything", "", NOW)
    oracle.arrives(1, reminder(), NOW)
    assert [each.split(" at ")[0] for each in oracle.wrong] == ["unwanted"]


def test_an_older_message_that_is_listed_undoes_nothing_heard_since() -> None:
    oracle = an_oracle()
    oracle.arrives(1, reminder(), NOW)
    earlier = (NOW - timedelta(hours=1)).isoformat()
    line = {**reminder()["lines"][0], "net": "8.00"}  # type: ignore[index]
    oracle.listed(1, reminder(written_at=earlier, lines=[line]), NOW)
    assert oracle.people[1].beliefs[LINE].net == Decimal("9.00")


def test_nobody_is_asked_about_a_day_that_a_rule_puts_where_it_is_over() -> None:
    oracle = an_oracle()
    oracle.arrives(1, reminder(), NOW)
    oracle.missing.ask(NOW + timedelta(hours=1), NOW - timedelta(days=9))
    oracle.calendar.day_of_month = 12
    later = NOW + timedelta(days=1)
    oracle.ruled(later)
    oracle.missing.ask(later + timedelta(hours=1), later)
    assert oracle.wrong == []


def test_the_oracle_asks_again_once_a_line_has_changed() -> None:
    oracle = an_oracle()
    oracle.arrives(1, reminder(), NOW)
    line = oracle.lines[LINE]
    line.refunded, line.refunded_at = Decimal("4.00"), NOW + timedelta(hours=1)
    line.changed_at = NOW + timedelta(hours=1)
    oracle.reported([line])
    oracle.missing.ask(NOW + timedelta(hours=2), NOW + timedelta(hours=1))
    assert [each.split(" at ")[0] for each in oracle.wrong] == ["lost"]


def test_a_clock_that_was_set_back_makes_no_night() -> None:
    oracle = an_oracle()
    oracle.arrives(1, reminder(), NOW + timedelta(hours=10), NOW)
    assert oracle.wrong == []
