"""The whole service, with the emulator at the other end: what goes out."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.desk.replies import Say
from bot.simulator.demo import DemoServer
from bot.simulator.faults import Fault
from bot.simulator.refusal import Refusal
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.tables import outbox, people
from bot.telegram.service import Service
from tests.telegram.echoing import Pushes, bot_texts

Until = Callable[..., Awaitable[None]]
States = Callable[[], dict[str, str]]


async def test_what_was_in_flight_at_a_crash_is_repeated_or_shown(
    make_service: Callable[[], Service],
    server: DemoServer,
    engine: Engine,
    clock: Any,
    states: States,
    until: Until,
) -> None:
    for person in (1, 2):
        server.world.say(person, "你好")
    question = server.world.messages(1)[0].id
    with engine.begin() as connection:
        letters = [
            Letter("answer", Kind.ANSWER, 1, Say("答"), 1, question),
            Letter("push", Kind.PUSH, 2, Say("到账"), 2),
        ]
        enqueue(connection, letters, clock.now())
        connection.execute(outbox.update().values(state="sending", attempts=1))
    server.world.updates.confirm_below(2**60)
    service = make_service()
    await service.start()
    await until(lambda: states()["answer"] == "pending")
    clock.instant += timedelta(seconds=2)
    await until(lambda: states() == {"answer": "sent", "push": "uncertain"})
    await service.stop()
    (answer,) = (m for m in server.world.messages(1) if m.by_bot)
    assert answer.reply_to == question
    assert bot_texts(server, 2) == []


async def test_a_429_delays_only_its_chat(
    service: Service, server: DemoServer, clock: Any, engine: Engine, until: Until
) -> None:
    refused: list[object] = []

    def rests() -> bool:
        with engine.begin() as connection:
            due = connection.execute(select(outbox.c.due_at).where(outbox.c.chat == 1)).scalars()
            return any(at > clock.instant for at in due)

    def flood(method: str, parameters: Mapping[str, object]) -> Fault | None:
        if method == "sendmessage" and parameters["chat_id"] == 1 and not refused:
            refused.append(parameters["text"])
            return Fault(refusal=Refusal(429, "Too Many Requests: retry after 5", retry_after=5))
        return None

    server.bot_api.faults = flood
    for person, text in [(1, "一"), (1, "二"), (2, "三")]:
        server.world.say(person, text)
    await until(lambda: bot_texts(server, 2) == ["三"] and rests())
    assert bot_texts(server, 1) == []
    clock.instant += timedelta(seconds=5)
    await until(lambda: bot_texts(server, 1) == ["一", "二"])


async def test_a_push_whose_answer_is_lost_is_not_repeated(
    service: Service, server: DemoServer, pushes: Pushes, states: States, until: Until, clock: Any
) -> None:
    server.world.say(1, "订阅")
    await until(lambda: len(bot_texts(server, 1)) == 1)
    server.bot_api.faults = lambda method, _: Fault(answer_lost=method == "sendmessage")
    pushes.due.append(Letter("push", Kind.PUSH, 1, Say("到账"), 1))
    await until(lambda: states().get("push") == "uncertain")
    clock.instant += timedelta(hours=1)
    server.bot_api.faults = lambda method, _: None
    server.world.say(1, "再问")
    await until(lambda: bot_texts(server, 1)[-1] == "再问")
    assert bot_texts(server, 1).count("到账") == 1


async def test_an_answer_that_is_lost_is_repeated(
    service: Service, server: DemoServer, until: Until, states: States, clock: Any
) -> None:
    lost: list[str] = []

    def lose(method: str, _: Mapping[str, object]) -> Fault | None:
        if method == "sendmessage" and not lost:
            lost.append(method)
            return Fault(refusal=Refusal(502, "Bad Gateway"))
        return None

    server.bot_api.faults = lose
    server.world.say(1, "在吗")
    await until(lambda: bool(lost))

    def repeated() -> bool:
        # The pause begins when the failure is written down, which may be after it was seen.
        clock.instant += timedelta(seconds=2)
        return bot_texts(server, 1) == ["在吗"]

    await until(repeated)
    question, answer = server.world.messages(1)
    assert answer.reply_to == question.id


async def test_who_blocks_the_bot_is_left_alone_until_writing_again(
    service: Service,
    server: DemoServer,
    engine: Engine,
    pushes: Pushes,
    states: States,
    until: Until,
) -> None:
    def blocked() -> bool:
        with engine.begin() as connection:
            return connection.execute(select(people.c.blocked_at)).scalar_one() is not None

    server.world.say(1, "你好")
    await until(lambda: len(bot_texts(server, 1)) == 1)
    server.world.block(1)
    pushes.due.append(Letter("push", Kind.PUSH, 1, Say("到账"), 1))
    await until(blocked)
    assert states()["push"] == "failed"
    server.world.say(1, "我回来了")
    await until(lambda: len(bot_texts(server, 1)) == 2)
    assert not blocked()


async def test_markup_telegram_refuses_is_said_plainly(
    service: Service, server: DemoServer, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    server.world.say(1, "<b>3 < 5")
    await until(lambda: bot_texts(server, 1) == ["3 < 5"])
    assert "plain text" in caplog.text
