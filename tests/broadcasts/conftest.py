from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import partial

import pytest
from sqlalchemy import Engine

from bot.desk.broadcasts import Words, broadcast_message
from bot.desk.effects import Prefer
from bot.desk.facts import Dialogue
from bot.desk.segments import EVERYBODY, Segment
from bot.planner import Planner
from bot.reminders import Appointed, QuietHours
from bot.store.broadcasts import Broadcast, new_draft, read_broadcast, schedule
from bot.store.people import Acquaintance, remember
from bot.store.subscriptions import prefer
from settlement.rulebook import shipped_rulebook
from tests.broadcasts.stage import SECRET, SHANGHAI, Hand, Post

WORDS = Words("<b>九月</b>账单出来了", "The <b>September</b> statement is out")
AUTHOR = 900


@pytest.fixture
def hand() -> Hand:
    return Hand(datetime(2026, 9, 14, 12, tzinfo=SHANGHAI))


@pytest.fixture
def planner(engine: Engine, hand: Hand) -> Planner:
    def nothing(*_: object) -> None:
        raise AssertionError("there are no reminders here")

    render = partial(broadcast_message, secret=SECRET)
    quiet = QuietHours(time(21), time(9))
    return Planner(engine, shipped_rulebook, nothing, quiet, SHANGHAI, hand.now, render)  # type: ignore[arg-type]


@pytest.fixture
def post(engine: Engine, planner: Planner, hand: Hand) -> Post:
    return Post(engine, planner, hand)


@pytest.fixture
def people(engine: Engine, hand: Hand) -> Callable[..., None]:
    """Make people by number; all of them live by one zone, if it is given."""

    def make(*users: int, language: str = "zh", zone: str | None = None) -> None:
        known = [Acquaintance(user, user, f"用户{user}", language, Dialogue()) for user in users]
        with engine.begin() as connection:
            remember(connection, known, hand.now())
            for user in users if zone else ():
                prefer(connection, user, Prefer(zone=zone), hand.now())

    return make


@pytest.fixture
def begin(engine: Engine, hand: Hand) -> Callable[..., Broadcast]:
    """Begin a broadcast, at once or by appointment."""

    def run(
        segment: Segment = EVERYBODY, words: Words = WORDS, appointed: Appointed | None = None
    ) -> Broadcast:
        with engine.begin() as connection:
            number = new_draft(connection, AUTHOR, segment, words, hand.now())
            draft = read_broadcast(connection, number)
            assert draft is not None
            schedule(connection, draft, appointed, 0, hand.now())
            begun = read_broadcast(connection, number)
        assert begun is not None
        return begun

    return run


@pytest.fixture
def at() -> Callable[[str], datetime]:
    """An instant from ISO 8601, in UTC."""
    return lambda text: datetime.fromisoformat(text).astimezone(UTC)
