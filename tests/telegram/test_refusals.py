"""What the sender makes of refusals, on either database."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.desk.facts import Dialogue
from bot.desk.replies import Edit, Say
from bot.store.database import open_engine
from bot.store.letters import Kind, Letter
from bot.store.people import Acquaintance, remember
from bot.store.tables import people
from tests.telegram.scripted import (
    BOT,
    OPERATOR,
    Sending,
    States,
    Telegram,
    Until,
    answer,
    flood,
    push,
    put,
)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_engine(database)
    yield engine
    engine.dispose()


async def test_the_operator_is_told_of_a_template_once_an_hour(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until
) -> None:
    broken = {"error_code": 400, "description": "Bad Request: can't parse entities: end tag"}
    telegram.refuse = lambda call: broken if "<i>" in call["text"] else None

    def alarms() -> int:
        return sum(chat == OPERATOR for chat, _ in telegram.said)

    def say(chat: int, template: str) -> None:
        reply = Say("<i>9.80", template=template)
        letter = Letter(f"{chat}:{template}", Kind.ANSWER, chat, reply, chat, bot=BOT)
        put(engine, clock.now(), letter)

    async with sending():
        say(1, "card")
        await until(lambda: (1, "9.80") in telegram.said)
        say(2, "card")
        say(3, "list")
        await until(lambda: alarms() == 2)
        clock.instant += timedelta(hours=1)
        say(4, "card")
        await until(lambda: alarms() == 3)
    told = [text for chat, text in telegram.said if chat == OPERATOR]
    assert ["card" in text for text in told] == [True, False, True]
    assert not any("9.80" in text for text in told)


async def test_the_pushes_of_who_blocked_the_bot_are_not_even_tried(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    blocked = {"error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    telegram.refuse = lambda call: blocked if call["chat_id"] == 1 else None
    with engine.begin() as connection:
        remember(connection, [Acquaintance(1, 1, "一", "zh", Dialogue(), BOT)], clock.now())
    put(engine, clock.now(), push(1, "甲"), push(1, "乙"), push(1, "丙"), push(2, "丁"))
    async with sending():
        await until(lambda: "pending" not in states().values())
        await until(lambda: states()["2:丁"] == "sent")
    assert telegram.said.count((1, "甲")) == 1
    assert len(telegram.calls) == 2
    with engine.connect() as connection:
        assert connection.execute(select(people.c.blocked_at)).scalar_one() == clock.now()


async def test_a_clock_that_is_set_back_does_not_stop_the_bot(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    refusals = iter([flood(5)])
    telegram.refuse = lambda _: next(refusals, None)
    put(engine, clock.now(), answer(1, "一"))
    async with sending():
        await until(lambda: len(telegram.calls) == 1 and states()["1:一"] == "pending")
        clock.instant -= timedelta(hours=1)
        put(engine, clock.now(), answer(2, "二"))
        await until(lambda: set(states().values()) == {"sent"})


@pytest.mark.parametrize(
    "nonsense",
    [
        {"error_code": 400, "description": "bad \x00 and \ud800"},
        {"error_code": 400, "description": "moved", "parameters": {"migrate_to_chat_id": 2**70}},
        {"error_code": 400, "description": "x" * 10_000},
    ],
)
async def test_an_answer_that_makes_no_sense_stops_nobody(
    nonsense: dict[str, Any],
    sending: Sending,
    telegram: Telegram,
    engine: Engine,
    clock: Any,
    until: Until,
    states: States,
) -> None:
    telegram.refuse = lambda call: nonsense if call["chat_id"] == 1 else None
    put(engine, clock.now(), answer(1, "一"), answer(2, "二"))
    async with sending():
        await until(lambda: states() == {"1:一": "failed", "2:二": "sent"})


async def test_an_edit_follows_its_card(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    changed = Letter("edit", Kind.EDIT, 1, Edit(None, "改"), edits="1:卡片", bot=BOT)
    put(engine, clock.now(), answer(1, "卡片"), changed)
    async with sending():
        await until(lambda: set(states().values()) == {"sent"})
    assert [call.get("message_id") for _, call in telegram.calls] == [None, 1]
