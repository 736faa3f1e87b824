"""Updates brought to a webhook: who knows the secret, one by one per chat, until it says 200."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import telegram
from aiohttp import web

from bot.simulator.demo import DemoServer

ANNA, BORIS, CLARA = 1001, 1002, 1003
SECRET = "s" * 32


class Hook:
    """A bot's end of the webhook; it answers when it is let, with the status it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.secrets: set[str | None] = set()
        self.brought: asyncio.Queue[str] = asyncio.Queue()
        self.open = 0
        self.most_open = 0
        self.statuses: list[int] = []
        self.let = asyncio.Event()
        self.let.set()

    async def serve(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.brought.put_nowait(update["message"]["text"])
        await self.let.wait()
        self.open -= 1
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def next(self, count: int = 1) -> list[str]:
        async with asyncio.timeout(20):
            return [await self.brought.get() for _ in range(count)]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    application = web.Application()
    application.router.add_post("/hook", hook.serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    hook.let.set()
    await runner.cleanup()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come again at once."""
    monkeypatch.setattr("bot.simulator.delivery.FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("bot.simulator.delivery.LONGEST_PAUSE_SECONDS", 0.05)


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 (the answer's way back tells nobody)
            await asyncio.sleep(0.005)


Register = Callable[..., Awaitable[None]]


@pytest.fixture
def register(bot: telegram.Bot, hook: Hook) -> Register:
    async def act(**more: Any) -> None:
        await bot.set_webhook(hook.url, secret_token=SECRET, **more)

    return act


async def test_what_waits_and_what_comes_is_brought_with_the_secret(
    server: DemoServer, hook: Hook, register: Register
) -> None:
    server.world.say(ANNA, "before")
    await register()
    server.world.say(BORIS, "after")
    assert sorted(await hook.next(2)) == ["after", "before"]
    assert hook.secrets == {SECRET}
    await until(lambda: len(server.world.updates) == 0)


async def test_one_chat_waits_for_its_answer_and_others_do_not(
    server: DemoServer, hook: Hook, register: Register
) -> None:
    hook.let.clear()
    await register()
    for person, text in [(ANNA, "a1"), (ANNA, "a2"), (BORIS, "b1"), (BORIS, "b2")]:
        server.world.say(person, text)
    assert sorted(await hook.next(2)) == ["a1", "b1"]
    assert hook.brought.empty()
    hook.let.set()
    assert sorted(await hook.next(2)) == ["a2", "b2"]
    assert hook.most_open == 2


async def test_no_more_connections_than_allowed(
    server: DemoServer, hook: Hook, register: Register, bot: telegram.Bot
) -> None:
    await register(max_connections=2)
    assert (await bot.get_webhook_info()).max_connections == 2
    for person in (ANNA, BORIS, CLARA):
        server.world.say(person, str(person))
    assert sorted(await hook.next(3)) == ["1001", "1002", "1003"]
    assert hook.most_open <= 2


async def test_what_is_not_confirmed_comes_again_before_what_follows(
    server: DemoServer, hook: Hook, register: Register, bot: telegram.Bot
) -> None:
    hook.statuses = [503, 500]
    await register()
    server.world.say(ANNA, "a1")
    server.world.say(ANNA, "a2")
    assert await hook.next(4) == ["a1", "a1", "a1", "a2"]
    await until(lambda: len(server.world.updates) == 0)
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"


async def test_nobody_at_the_address_is_told_and_tried_again(
    server: DemoServer, hook: Hook, register: Register, bot: telegram.Bot
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    server.world.say(ANNA, "x")
    await until(lambda: server.world.webhook_error)
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")
    await register()
    assert await hook.next() == ["x"]


async def test_a_bot_that_polls_again_gets_what_was_not_delivered(
    server: DemoServer, hook: Hook, register: Register, bot: telegram.Bot
) -> None:
    hook.statuses = [503] * 1000
    await register()
    server.world.say(ANNA, "x")
    await hook.next()
    await bot.delete_webhook()
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "x"


async def test_only_the_kinds_asked_for(
    server: DemoServer, hook: Hook, register: Register
) -> None:
    await register(allowed_updates=["callback_query"])
    server.world.say(ANNA, "x")
    assert len(server.world.updates) == 0
    await register(allowed_updates=["message"])
    server.world.say(ANNA, "y")
    assert await hook.next() == ["y"]


async def test_what_nobody_fetches_for_a_day_is_gone(
    server: DemoServer, bot: telegram.Bot, clock: Any
) -> None:
    server.world.say(ANNA, "old")
    clock.instant += timedelta(hours=24)
    server.world.say(ANNA, "new")
    assert len(await bot.get_updates()) == 2
    clock.instant += timedelta(seconds=1)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "new"


async def test_a_confirmed_update_may_come_again(
    server: DemoServer, hook: Hook, register: Register
) -> None:
    seen: list[int] = []

    def once_more(update: int) -> bool:
        seen.append(update)
        return len(seen) == 1

    server.world.updates.comes_again = once_more
    await register()
    server.world.say(ANNA, "x")
    assert await hook.next(2) == ["x", "x"]
    await until(lambda: len(server.world.updates) == 0)
