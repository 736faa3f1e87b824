"""The whole service by webhook, with the emulator at the other end."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.listening import Listener
from bot.simulator.demo import DemoServer
from bot.store.tables import quarantine
from bot.telegram.service import Service, brought_to
from bot.telegram.transport import BotApi
from bot.telegram.webhook_gateway import WebhookPlace
from tests.telegram.echoing import EchoDesk, Pushes, bot_texts
from tests.telegram.full_disk import full_disk

SECRET = "correct-horse-battery-staple-1234567890"  # noqa: S105
Until = Callable[..., Awaitable[None]]


class Web:
    """A web server that goes on while services come and go: the last one's webhook is served."""

    def __init__(self) -> None:
        self.place: WebhookPlace | None = None
        self.listener = Listener("127.0.0.1:0", [Route("/telegram", self)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.place is not None
        await self.place.door(scope, receive, send)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web()
    await web.listener.start()
    yield web
    await web.listener.stop()


@pytest.fixture
def make_service(
    engine: Engine, server: DemoServer, clock: Any, web: Web
) -> Callable[..., tuple[Service, EchoDesk]]:
    def make(secret: str = SECRET) -> tuple[Service, EchoDesk]:
        desk = EchoDesk()
        web.place = place = WebhookPlace(f"http://127.0.0.1:{web.listener.port}", secret)
        service = Service(
            engine=engine,
            api=BotApi(server.url, server.world.bot.token),
            desk_for=lambda _: desk,
            planner=Pushes(clock.now),
            now=clock.now,
            gateway=brought_to(place),
        )
        return service, desk

    return make


async def test_questions_come_by_webhook_and_answers_keep_their_order(
    make_service: Any, server: DemoServer, until: Until
) -> None:
    for number in range(3):
        for person in range(1, 31):
            server.world.say(person, str(number))
    service, _ = make_service()
    await service.start()
    await until(lambda: all(len(bot_texts(server, p)) == 3 for p in range(1, 31)))
    assert all(bot_texts(server, p) == ["0", "1", "2"] for p in range(1, 31))
    await until(lambda: len(server.world.updates) == 0)
    await service.stop()


async def test_an_update_that_comes_again_takes_effect_once(
    make_service: Any, server: DemoServer, until: Until
) -> None:
    again: list[int] = []

    def twice(update: int) -> bool:
        again.append(update)
        return again.count(update) == 1

    server.world.updates.comes_again = twice
    service, desk = make_service()
    await service.start()
    for person in range(1, 11):
        server.world.say(person, "一次")
    await until(lambda: len(again) == 20 and len(server.world.updates) == 0)
    assert len(desk.heard) == 10
    await until(lambda: all(bot_texts(server, person) for person in range(1, 11)))
    await service.stop()
    assert [bot_texts(server, person) for person in range(1, 11)] == [["一次"]] * 10


async def test_a_failing_database_delays_and_loses_nothing(
    make_service: Any, server: DemoServer, engine: Engine, until: Until
) -> None:
    with full_disk(engine, "INSERT INTO outbox", times=2):
        service, _ = make_service()
        await service.start()
        server.world.say(1, "一")
        await until(lambda: bot_texts(server, 1)[-1:] == ["一"])
    assert bot_texts(server, 1)[0].startswith("系统繁忙，稍后就回复你")
    assert bot_texts(server, 1).count("一") == 1
    assert server.world.webhook_error is not None
    assert server.world.webhook_error.message.endswith("503 Service Unavailable")
    await until(lambda: len(server.world.updates) == 0)
    await service.stop()


async def test_poison_is_set_aside_once_and_told(
    make_service: Any, server: DemoServer, engine: Engine, until: Until
) -> None:
    service, _ = make_service()
    await service.start()
    server.world.say(1, "boom")
    server.world.say(1, "还在吗")
    await until(lambda: len(bot_texts(server, 1)) == 2)
    assert bot_texts(server, 1)[0].startswith("这条消息我没能处理好")
    with engine.begin() as connection:
        assert len(connection.execute(select(quarantine)).all()) == 1
    await until(lambda: len(server.world.updates) == 0)
    await service.stop()


async def test_stopping_answers_what_is_under_way_and_leaves_the_rest(
    make_service: Any, server: DemoServer, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first, heard = make_service()
    await first.start()
    await until(lambda: server.world.webhook.url)
    for person in range(1, 41):
        server.world.say(person, "快停了")
    await first.stop()
    left = len(server.world.updates)
    assert len(heard.heard) == 40 - left
    second, later = make_service()
    await second.start()
    await until(lambda: all(bot_texts(server, p) == ["快停了"] for p in range(1, 41)))
    await second.stop()
    assert len(later.heard) == left
    assert SECRET not in caplog.text
