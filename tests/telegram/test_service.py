"""The whole service, with the emulator at the other end: taking in, and stopping."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import pytest
from sqlalchemy import Engine, select

from bot.simulator.demo import DemoServer
from bot.simulator.faults import Fault
from bot.store.tables import quarantine
from bot.telegram.gateway import TokenRefusedError
from bot.telegram.service import Service
from bot.telegram.transport import BotApi
from tests.telegram.echoing import EchoDesk, bot_texts
from tests.telegram.full_disk import full_disk

Until = Callable[..., Awaitable[None]]
States = Callable[[], dict[str, str]]


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
    with full_disk(engine, "INSERT INTO outbox", times=2) as failed:
        server.world.say(1, "一")
        server.world.say(2, "二")
        await until(lambda: len(failed) == 2)
        assert len(server.world.updates) == 2
        assert states() == {}
        await until(
            lambda: bot_texts(server, 1)[-1:] == ["一"] and bot_texts(server, 2)[-1:] == ["二"]
        )
    assert bot_texts(server, 1)[0].startswith("系统繁忙")
    await until(lambda: len(server.world.updates) == 0)


async def test_it_knows_for_how_long_nothing_could_be_written(
    service: Service, engine: Engine, until: Until
) -> None:
    with full_disk(engine, "INSERT", "UPDATE", "DELETE"):
        await until(lambda: service.condition().failing > 0)
    await until(lambda: service.condition().failing == 0)


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
