import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from bot.desk.facts import Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Button, Edit, Reply, Say, Toast
from bot.simulator.demo import DemoServer
from bot.simulator.faults import Fault
from bot.simulator.refusal import Refusal
from bot.store.outbox import Kind, Letter, enqueue
from bot.store.tables import outbox, people, quarantine
from bot.telegram.gateway import TokenRefusedError
from bot.telegram.service import Service
from bot.telegram.transport import BotApi
from bot.writer import Writer

Until = Callable[..., Awaitable[None]]
States = Callable[[], dict[str, str]]


@dataclass
class EchoDesk:
    """Says what it hears, with a button whose press edits the message."""

    heard: list[str] = field(default_factory=list)

    def wanted(self, incoming: Incoming) -> Wanted:
        return Wanted()

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        if incoming.button is not None:
            assert incoming.message is not None
            assert incoming.button_query is not None
            replies: tuple[Reply, ...] = (
                Toast(incoming.button_query, "好"),
                Edit(incoming.message, "<b>改</b>"),
            )
            return Answered(replies)
        self.heard.append(incoming.text)
        if incoming.text == "boom":
            raise ZeroDivisionError
        if incoming.text.startswith("<"):
            return Answered((Say(incoming.text),))
        return Answered((Say(f"<b>{incoming.text}</b>", ((Button("按", "v1x"),),)),))


@dataclass
class Pushes:
    """Puts letters into the outbox as if they had become due."""

    now: Callable[[], datetime]
    due: list[Letter] = field(default_factory=list)

    async def tick(self, writer: Writer) -> int:
        letters, self.due = self.due, []
        if letters:
            job = writer.run(lambda connection: enqueue(connection, letters, self.now()))
            await asyncio.wrap_future(job)
        return len(letters)


@pytest.fixture
def desk() -> EchoDesk:
    return EchoDesk()


@pytest.fixture
def pushes(clock: Any) -> Pushes:
    return Pushes(clock.now)


@pytest.fixture
def make_service(
    engine: Engine, server: DemoServer, clock: Any, desk: EchoDesk, pushes: Pushes
) -> Callable[[], Service]:
    def make(token: str = server.world.bot.token) -> Service:
        api = BotApi(server.url, token)
        return Service(
            engine=engine, api=api, desk_for=lambda _: desk, planner=pushes, now=clock.now
        )

    return make


@pytest.fixture
async def service(make_service: Callable[[], Service]) -> AsyncIterator[Service]:
    service = make_service()
    await service.start()
    yield service
    await service.stop()


def bot_texts(server: DemoServer, person: int) -> list[str]:
    return [m.content.text for m in server.world.messages(person) if m.by_bot]


async def test_a_question_is_answered_and_a_press_too(
    service: Service, server: DemoServer, until: Until, states: States
) -> None:
    server.world.say(1, "你好")
    await until(lambda: bot_texts(server, 1) == ["你好"])
    message = next(m for m in server.world.messages(1) if m.by_bot)
    toasts: list[Mapping[str, object]] = []
    server.world.listen(
        lambda change: toasts.append(change.content) if change.kind == "toast" else None
    )
    server.world.press(1, message.id, 0, 0)
    await until(lambda: bot_texts(server, 1) == ["改"])
    assert [toast["text"] for toast in toasts] == ["好"]
    await until(lambda: set(states().values()) == {"sent"})


async def test_answers_keep_the_order_of_the_questions(
    service: Service, server: DemoServer, until: Until
) -> None:
    for number in range(3):
        for person in range(1, 31):
            server.world.say(person, str(number))
    await until(lambda: all(len(bot_texts(server, p)) == 3 for p in range(1, 31)))
    assert all(bot_texts(server, p) == ["0", "1", "2"] for p in range(1, 31))


async def test_a_poison_update_is_set_aside_and_the_next_one_served(
    service: Service, server: DemoServer, engine: Engine, until: Until
) -> None:
    server.world.say(1, "boom")
    server.world.updates.add("message", {"message_id": "?", "text": 5, "from": 7})
    server.world.say(1, "还在吗")
    await until(lambda: bot_texts(server, 1)[1:] == ["还在吗"])
    assert bot_texts(server, 1)[0].startswith("这条消息我没能处理好")
    with engine.begin() as connection:
        problems = connection.execute(select(quarantine.c.problem)).scalars().all()
    assert sorted(problem.split(":")[0] for problem in problems) == [
        "ZeroDivisionError",
        "from",
    ]
    await until(lambda: len(server.world.updates) == 0)


async def test_the_offset_does_not_move_before_the_commit(
    service: Service, server: DemoServer, engine: Engine, until: Until, states: States
) -> None:
    failures: list[str] = []

    def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO outbox") and len(failures) < 2:
            failures.append(statement)
            raise OperationalError(statement, None, Exception("database or disk is full"))

    event.listen(engine, "before_cursor_execute", fail)
    server.world.say(1, "一")
    server.world.say(2, "二")
    await until(lambda: len(failures) == 2)
    assert len(server.world.updates) == 2
    assert states() == {}
    await until(
        lambda: bot_texts(server, 1)[-1:] == ["一"] and bot_texts(server, 2)[-1:] == ["二"]
    )
    assert bot_texts(server, 1)[0].startswith("系统繁忙")
    event.remove(engine, "before_cursor_execute", fail)
    await until(lambda: len(server.world.updates) == 0)


async def test_stopping_finishes_what_was_begun(
    make_service: Callable[[], Service],
    server: DemoServer,
    desk: EchoDesk,
    states: States,
    until: Until,
) -> None:
    service = make_service()
    await service.start()
    server.bot_api.faults = lambda method, _: Fault(delay=0.3 if method == "sendmessage" else 0)
    for person in range(1, 11):
        server.world.say(person, "快停了")
    await until(lambda: list(states().values()).count("sending") == 10)
    await service.stop()
    assert set(states().values()) == {"sent"}
    server.world.say(1, "下次再说")
    again = make_service()
    await again.start()
    await until(lambda: bot_texts(server, 1) == ["快停了", "下次再说"])
    await again.stop()
    assert desk.heard.count("快停了") == 10


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
    clock.at += timedelta(seconds=2)
    await until(lambda: states() == {"answer": "sent", "push": "uncertain"})
    await service.stop()
    (answer,) = (m for m in server.world.messages(1) if m.by_bot)
    assert answer.reply_to == question
    assert bot_texts(server, 2) == []


async def test_a_429_delays_only_its_chat(
    service: Service, server: DemoServer, clock: Any, states: States, until: Until
) -> None:
    refused: list[object] = []

    def flood(method: str, parameters: Mapping[str, object]) -> Fault | None:
        if method == "sendmessage" and parameters["chat_id"] == 1 and not refused:
            refused.append(parameters["text"])
            return Fault(refusal=Refusal(429, "Too Many Requests: retry after 5", retry_after=5))
        return None

    server.bot_api.faults = flood
    for person, text in [(1, "一"), (1, "二"), (2, "三")]:
        server.world.say(person, text)
    await until(lambda: bot_texts(server, 2) == ["三"] and bool(refused))
    assert bot_texts(server, 1) == []
    clock.at += timedelta(seconds=5)
    await until(lambda: bot_texts(server, 1) == ["一", "二"])


async def test_a_push_whose_answer_is_lost_is_not_repeated(
    service: Service, server: DemoServer, pushes: Pushes, states: States, until: Until, clock: Any
) -> None:
    server.world.say(1, "订阅")
    await until(lambda: len(bot_texts(server, 1)) == 1)
    server.bot_api.faults = lambda method, _: Fault(answer_lost=method == "sendmessage")
    pushes.due.append(Letter("push", Kind.PUSH, 1, Say("到账"), 1))
    await until(lambda: states().get("push") == "uncertain")
    clock.at += timedelta(hours=1)
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
        clock.at += timedelta(seconds=2)
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


async def test_the_menu_is_announced(service: Service, server: DemoServer, until: Until) -> None:
    private = {"type": "all_private_chats"}
    await until(lambda: len(server.world.commands.get(private, "en")) > 5)
    chinese = server.world.commands.get(private, "")
    assert {command["command"] for command in chinese} >= {"orders", "reminders", "help"}


async def test_a_wrong_token_ends_with_a_clear_line(
    make_service: Callable[[str], Service],
) -> None:
    service = make_service("41:wrong")
    with pytest.raises(TokenRefusedError, match=r"@BotFather.*MINGZHANG_TOKEN"):
        await service.start()


async def test_waiting_ends_when_the_service_stops(make_service: Callable[[], Service]) -> None:
    service = make_service()
    await service.start()
    waiting = asyncio.create_task(service.wait())
    await asyncio.sleep(0)
    await service.stop()
    await asyncio.wait_for(waiting, 5)


async def test_a_second_poller_is_named(
    service: Service, server: DemoServer, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    other = BotApi(server.url, server.world.bot.token)
    await other.open()
    await until(lambda: server.bot_api.polling.idle.is_set())
    await other.call("getUpdates", {"timeout": 0})
    await until(lambda: "另有一个程序" in caplog.text)
    await other.close()
    server.world.say(1, "还在")
    await until(lambda: bot_texts(server, 1) == ["还在"])


async def test_a_webhook_left_behind_is_taken_back(
    make_service: Callable[[], Service], server: DemoServer, until: Until
) -> None:
    other = BotApi(server.url, server.world.bot.token)
    await other.open()
    await other.call("setWebhook", {"url": "https://127.0.0.1:9/hook"})
    service = make_service()
    await service.start()
    server.world.say(1, "你好")
    await until(lambda: bot_texts(server, 1) == ["你好"])
    await service.stop()
    await other.close()
