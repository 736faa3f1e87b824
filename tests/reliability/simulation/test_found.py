"""What the simulation found, in short."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.planner.planning import _next_monday
from tests.reliability.simulation.life import BEGIN, ZONES
from tests.reliability.simulation.lines import Line
from tests.reliability.simulation.world import worlds

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", sorted(set(ZONES)))
def test_the_next_week_begins_at_the_next_midnight_of_a_monday(name: str) -> None:
    zone = ZoneInfo(name)
    for hour in range(0, 366 * 24):
        now = NEW_YEAR + timedelta(hours=hour, minutes=26)
        monday = _next_monday(now, zone)
        there = monday.astimezone(zone)
        assert timedelta() < monday - now <= timedelta(days=7, hours=1)
        assert (there.weekday(), f"{there:%H:%M}") == (0, "00:00")


class _AlwaysHalf(Random):
    """Under which every change is the same refund of half the commission."""

    def random(self) -> float:
        return 0.9


def test_a_report_that_repeats_a_refund_changes_nothing() -> None:
    day = date(2027, 1, 3)
    line = Line("1", "jd", 1, day, Decimal("48.02"), BEGIN, BEGIN, day, date(2027, 1, 16))
    refunded, repeated = BEGIN + timedelta(days=40), BEGIN + timedelta(days=200)
    with worlds() as world:
        year = world(423)
        year.deeds.random = _AlwaysHalf()
        for at in (refunded, repeated):
            year.clock.true = at
            year.deeds._change(line)
        year.close()
    assert (line.refunded, line.refunded_at) == (Decimal("24.01"), repeated)
    assert line.changed_at == refunded
