import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Engine, select

from bot.intake import Intake
from bot.simulator.clock import MovableClock
from bot.simulator.demo import DemoServer
from bot.simulator.people import Person
from bot.store.database import open_engine, upgrade
from bot.store.tables import outbox
from bot.telegram.sender import Sender
from bot.telegram.service import Service
from bot.telegram.transport import BotApi
from bot.writer import Writer
from tests.benchmarks.writer import EchoDesk as PlainEchoDesk
from tests.clocks import StandingClock
from tests.telegram import scripted
from tests.telegram.echoing import EchoDesk, Pushes

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
TOKEN = "42:AAtest-token"  # noqa: S105


@pytest.fixture
def clock() -> MovableClock:
    return StandingClock(NOW)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'mingzhang.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[DemoServer]:
    """Telegram, simulated, with people 1 to 40."""
    people = [Person(number, f"用户{number}") for number in range(1, 41)]
    async with DemoServer(TOKEN, people, clock) as server:
        yield server


@pytest.fixture
async def api(server: DemoServer) -> AsyncIterator[BotApi]:
    api = BotApi(server.url, TOKEN)
    await api.open()
    yield api
    await api.close()


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Wait until something holds; the last resort of a test that cannot fail otherwise."""

    async def wait(holds: Callable[[], bool], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 (what is waited for is in another process's hands)
                await asyncio.sleep(0.01)

    return wait


@pytest.fixture
def states(engine: Engine) -> Callable[[], dict[str, str]]:
    """The states of the outbox rows by key."""

    def read() -> dict[str, str]:
        with engine.begin() as connection:
            rows = connection.execute(select(outbox.c.key, outbox.c.state))
            return {key: state for key, state in rows}

    return read


@pytest.fixture
async def telegram() -> AsyncIterator[scripted.Telegram]:
    telegram = scripted.Telegram()
    application = web.Application()
    application.router.add_post(f"/bot{scripted.TOKEN}/{{method}}", telegram.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    telegram.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield telegram
    await runner.cleanup()


@pytest.fixture
def sending(engine: Engine, telegram: scripted.Telegram, clock: Any) -> scripted.Sending:
    """A sender at work, for as long as the context lasts; each is another process's."""

    @asynccontextmanager
    async def run() -> AsyncIterator[Writer]:
        api = BotApi(telegram.url, scripted.TOKEN)
        await api.open()
        writer = Writer(engine, Intake(PlainEchoDesk(), scripted.BOT, clock.now))
        writer.start()
        sender = Sender(api, writer, clock.now, scripted.BOT, scripted.OPERATOR)
        task = asyncio.create_task(sender.run())
        try:
            yield writer
        finally:
            sender.stop()
            await task
            await asyncio.to_thread(writer.stop)
            await api.close()

    return run


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
