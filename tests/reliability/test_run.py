import asyncio
import json
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.simulator.demo import DemoServer
from bot.simulator.driver import Driver
from bot.simulator.people import Person
from tests.bare import bare_environment
from tests.clocks import MachineClock
from tests.ports import free_port
from tests.programs import starting_bots

TOKEN = "42:AArun-token"  # noqa: S105


Start = Callable[..., Awaitable[Process]]


@pytest_asyncio.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts `mingzhang run` with these settings and no others, in an empty home."""
    async with starting_bots() as start_bot:

        async def starting(**settings: str) -> Process:
            return await start_bot(bare_environment(tmp_path), settings)

        yield starting


async def test_the_bot_serves_and_ends_in_peace(start: Start, tmp_path: Path) -> None:
    async with DemoServer(TOKEN, [Person(7, "小林")], MachineClock()) as server:
        bot = await start(TOKEN=TOKEN, BOT_API=server.url, LOG_LEVEL="DEBUG", LISTEN="127.0.0.1:0")
        async with asyncio.timeout(240), Driver(server.url, patience=60) as driver:
            await driver.say(7, "京东带货有成交额为什么没有佣金")
            await driver.next(7)
            bot.send_signal(signal.SIGTERM)
            _, written = await bot.communicate()
    assert bot.returncode == 0, written.decode()
    assert TOKEN.partition(":")[2] not in written.decode()
    assert (tmp_path / ".local" / "share" / "mingzhang" / "mingzhang.db").exists()


async def test_without_a_token_one_line_says_how_to_get_one(start: Start) -> None:
    bot = await start()
    _, written = await bot.communicate()
    (line,) = written.decode().splitlines()
    assert bot.returncode == 2
    assert "@BotFather" in line


async def test_a_wrong_token_is_one_line_too(start: Start) -> None:
    async with DemoServer(TOKEN, [], MachineClock()) as server:
        bot = await start(TOKEN="41:other", BOT_API=server.url)  # noqa: S106
        _, written = await bot.communicate()
    assert bot.returncode == 2
    assert "BotFather" in written.decode().splitlines()[-1]
    assert "Traceback" not in written.decode()


@pytest.mark.parametrize("address", ["sqlite:////proc/bot.db", "postgresql://127.0.0.1:1/bot"])
async def test_a_database_that_cannot_be_opened_is_one_line(start: Start, address: str) -> None:
    bot = await start(TOKEN=TOKEN, DATABASE_URL=address)
    _, written = await bot.communicate()
    (line,) = written.decode().splitlines()
    assert bot.returncode == 2
    assert "MINGZHANG_DATABASE_URL" in line


async def test_health_and_figures_are_served_while_polling(start: Start) -> None:
    listen = f"127.0.0.1:{free_port()}"
    async with DemoServer(TOKEN, [Person(7, "小林")], MachineClock()) as server:
        given = {"TOKEN": TOKEN, "BOT_API": server.url, "LISTEN": listen}
        bot = await start(**given, LOG_FORMAT="json", LOG_LEVEL="DEBUG")
        async with asyncio.timeout(240), aiohttp.ClientSession(f"http://{listen}") as http:
            while await status(http, "/readyz") != 200:  # noqa: ASYNC110 (another process's)
                await asyncio.sleep(0.1)
            assert await status(http, "/healthz") == 200
            async with http.get("/metrics") as answer:
                figures = await answer.text()
            second = await start(**given)
            _, complaints = await second.communicate()
            bot.send_signal(signal.SIGTERM)
            _, written = await bot.communicate()
    assert "mingzhang_gateway_open 1.0" in figures
    (line,) = complaints.decode().splitlines()
    assert line.startswith(f"MINGZHANG_LISTEN：{listen} 监听不了")
    assert (bot.returncode, second.returncode) == (0, 2)
    events = [json.loads(line) for line in written.splitlines()]
    assert "call answered" in {event["event"] for event in events}


async def status(http: aiohttp.ClientSession, path: str) -> int | None:
    """What a page answers; None while nobody does."""
    try:
        async with http.get(path) as answer:
            return answer.status
    except aiohttp.ClientConnectorError:
        return None
