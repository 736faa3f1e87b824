"""What the simulation found, in short."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.planner.planning import _next_monday
from tests.reliability.simulation.life import ZONES

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
