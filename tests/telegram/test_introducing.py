"""The first call: a 429 is kept for every sender, and the next start waits for its end."""

from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Engine

from bot.store.pace import EVERYTHING, holds_of
from bot.telegram.dispatch import Me
from bot.telegram.gateway import TokenRefusedError
from bot.telegram.introducing import introduce
from bot.telegram.transport import Accepted, BotApi, Outcome, Refused, Unreachable

ME = Accepted({"id": 42, "username": "mingzhang_bot"})
FLOOD = Refused(429, "Too Many Requests", 1386)


class Scripted:
    """Answers in this order."""

    bot = 42

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)

    async def call(self, method: str, arguments: dict[str, Any]) -> Outcome:
        assert method == "getMe"
        return self.outcomes.pop(0)


class Start:
    """A start of the bot, with how long it slept."""

    def __init__(self, engine: Engine, clock: Any) -> None:
        self.engine, self.clock = engine, clock
        self.slept: list[float] = []

    async def __call__(self, *outcomes: Outcome) -> Me:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        api = cast(BotApi, Scripted(*outcomes))
        return await introduce(api, self.engine, self.clock.now, sleep)


@pytest.fixture
def start(engine: Engine, clock: Any) -> Start:
    return Start(engine, clock)


async def test_who_is_away_is_asked_ever_more_rarely(start: Start) -> None:
    assert await start(Unreachable("no route"), Unreachable("no route"), ME) == Me(
        42, "mingzhang_bot"
    )
    assert start.slept == [0, 0.5, 1]


async def test_a_429_holds_every_sender_and_the_next_start(start: Start, clock: Any) -> None:
    await start(FLOOD, ME)
    assert start.slept == [0, 1386]
    with start.engine.connect() as connection:
        held = holds_of(connection, 42, (EVERYTHING,))
    assert held == {EVERYTHING: clock.now() + timedelta(seconds=1386)}
    clock.instant += timedelta(seconds=386)
    start.slept.clear()
    await start(ME)
    assert start.slept == [1000]
    clock.instant += timedelta(hours=1)
    start.slept.clear()
    await start(ME)
    assert start.slept == [0]


async def test_a_token_that_telegram_does_not_know_is_no_matter_of_patience(start: Start) -> None:
    with pytest.raises(TokenRefusedError, match=r"@BotFather.*MINGZHANG_TOKEN"):
        await start(Refused(401, "Unauthorized"))


@pytest.mark.parametrize(
    ("token", "number"), [("42:AA", 42), ("x", 0), ("", 0), ("9" * 40 + ":AA", 0)]
)
def test_a_token_begins_with_the_number_of_the_bot(token: str, number: int) -> None:
    assert BotApi("http://127.0.0.1:9", token).bot == number
