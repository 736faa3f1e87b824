"""What happens in a year, decided by the seed before it begins (一年里的事)."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

BEGIN = datetime(2027, 1, 4, tzinfo=UTC)
YEAR = timedelta(days=365)
ZONES = (
    *("Asia/Shanghai",) * 4,
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
)
HOURS = (*(("09:00", "21:00"),) * 4, ("10:00", "22:00"), ("22:00", "06:00"), ("02:00", "04:00"))
PEOPLE, CREATORS, CLOCKS = 40, 24, 6
SCOPES = (
    *("everything",) * 3,
    *("order",) * 3,
    "platform",
    "changes",
    "digest",
)
OFTEN = {
    "import": 90,
    "wish": 40,
    "stop": 25,
    "prefer": 15,
    "leave": 4,
    "block": 8,
    "crash": 42,
    "away": 6,
    "clock": 6,
    "notice": 4,
    "rule": 1,
}
"""How often each happens in a year."""
JOIN_AGAIN = 8
"""How often somebody binds one more creator, or comes back."""


class Happens(NamedTuple):
    """Something that happens, and what it needs to know beyond the moment."""

    at: datetime
    what: str
    with_: Any = None


def a_year(random: Random) -> list[Happens]:
    """Everything that happens by itself; what follows from it is decided then."""
    events = [Happens(BEGIN + _early(random), "join", user) for user in range(1, PEOPLE + 1)]
    events += [Happens(BEGIN + timedelta(minutes=i), "import") for i in range(1, 12)]
    events += [
        Happens(BEGIN + random.random() * YEAR, "join", random.randrange(1, PEOPLE + 1))
        for _ in range(JOIN_AGAIN)
    ]
    for what, count in OFTEN.items():
        events += [Happens(BEGIN + random.random() * YEAR, what) for _ in range(count)]
    audits = int(YEAR / timedelta(hours=6))
    events += [Happens(BEGIN + timedelta(hours=6 * i + 2), "audit") for i in range(audits)]
    return sorted(events)


def _early(random: Random) -> timedelta:
    """Most people are there from the beginning."""
    late = random.random() < 0.3
    return random.random() * (YEAR / 2 if late else timedelta(hours=20))
