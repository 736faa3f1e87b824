"""A simulated Telegram on a free port, with three people and a clock that stands still."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import telegram

from bot.simulator.demo import DemoServer
from bot.simulator.people import Person
from bot.simulator.suggestions import Suggestion
from tests.clocks import StandingClock

TOKEN = "4711:demo"  # noqa: S105
ANNA = Person(1001, "阿娜", "anna", note="1688 分销客")
BORIS = Person(1002, "Boris", language_code="en")
CLARA = Person(1003, "Clara", language_code=None)


def fifteenth_after(day: date) -> date:
    """The next 15th, whatever day of the week it is."""
    this = day.replace(day=15)
    return this if this > day else (this + timedelta(days=31)).replace(day=15)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(datetime(2026, 8, 20, 2, 0, tzinfo=UTC))


@pytest.fixture
async def server(clock: StandingClock) -> AsyncIterator[DemoServer]:
    async with DemoServer(
        TOKEN,
        [ANNA, BORIS, CLARA],
        clock,
        suggestions=[Suggestion("1234", "等待结算", ANNA.id)],
        next_payout_day=fifteenth_after,
    ) as running:
        yield running


@pytest.fixture
async def bot(server: DemoServer) -> AsyncIterator[telegram.Bot]:
    """python-telegram-bot's own client, pointed at the emulator."""
    async with telegram.Bot(TOKEN, base_url=f"{server.url}/bot") as client:
        yield client
