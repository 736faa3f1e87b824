"""One poller at a time: the second is told, a killed one's place is taken."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, update

from bot.simulator.demo import DemoServer
from bot.store.leases import acquire, held_by
from bot.store.tables import leases
from bot.telegram import poller
from bot.telegram.dispatch import Me
from bot.telegram.gateway import Polling
from bot.telegram.poller import PollerLease, PollerRunningError
from bot.telegram.transport import BotApi
from tests.ports import free_port
from tests.programs import starting_bots

BOT = 42
NAME = f"poller:{BOT}"
Run = Callable[[Callable[[Connection], Any]], Future[Any]]


@pytest.fixture
def run(engine: Engine) -> Run:
    """A job done at once."""

    def act(job: Callable[[Connection], Any]) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            with engine.begin() as connection:
                done.set_result(job(connection))
        except Exception as error:
            done.set_exception(error)
        return done

    return act


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller, "LEASE_SECONDS", 0.6)
    monkeypatch.setattr(poller, "RENEWAL_SECONDS", 0.1)
    monkeypatch.setattr(poller, "LOOK_SECONDS", 0.05)


@pytest.fixture
async def holder(run: Run) -> AsyncIterator[PollerLease]:
    """A lease held by a poller that is alive."""
    lease = PollerLease(run, BOT)
    await lease.take()
    keeping = asyncio.create_task(lease.keep())
    yield lease
    keeping.cancel()


@pytest.fixture
async def command(server: DemoServer, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """`mingzhang run` as a process, killed at the end if it still lives."""
    async with starting_bots() as start_bot:

        async def start(mode: str) -> asyncio.subprocess.Process:
            listen = f"127.0.0.1:{free_port()}"
            settings = {
                "TOKEN": server.world.bot.token,
                "BOT_API": server.url,
                "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
                "MODE": mode,
                "LISTEN": listen if mode == "webhook" else "127.0.0.1:0",
                "WEBHOOK_URL": f"http://{listen}",
                "WEBHOOK_SECRET": "s" * 32,
            }
            return await start_bot(os.environ, settings)

        yield start


def owner(engine: Engine) -> str | None:
    with engine.begin() as connection:
        return held_by(connection, NAME)


async def test_a_second_poller_is_told_what_to_do(holder: PollerLease, run: Run) -> None:
    with pytest.raises(PollerRunningError, match=r"另一个 mingzhang run .*停掉它.*webhook"):
        await PollerLease(run, BOT).take()


async def test_another_bot_is_nobodys_business(holder: PollerLease, run: Run) -> None:
    await PollerLease(run, BOT + 1).take()


async def test_a_place_given_back_is_free_at_once(
    holder: PollerLease, run: Run, engine: Engine
) -> None:
    await holder.give_back()
    assert owner(engine) is None
    await PollerLease(run, BOT).take()


def _hold_for(engine: Engine, someone: str) -> None:
    with engine.begin() as connection:
        assert acquire(connection, NAME, someone, 200)


async def test_a_place_whose_owner_died_on_this_machine_is_taken_at_once(
    run: Run, engine: Engine
) -> None:
    """Its lease would hold for minutes more."""
    dead = subprocess.Popen([sys.executable, "-c", ""])  # noqa: ASYNC220
    dead.wait()
    _hold_for(engine, f"{poller._machine()}:{dead.pid}:1234")
    await PollerLease(run, BOT).take()
    taken = owner(engine)
    assert taken is not None
    assert f":{os.getpid()}:" in taken


@pytest.mark.parametrize("machine", ["elsewhere/pid:[1]", ""])
async def test_an_owner_elsewhere_is_believed_until_its_lease_runs_out(
    machine: str, run: Run, engine: Engine
) -> None:
    _hold_for(engine, f"{machine}:1:1234")
    with pytest.raises(PollerRunningError):
        await PollerLease(run, BOT).take()
    with engine.begin() as connection:
        earlier = connection.execute(select(leases.c.expires_at)).scalar_one()
        connection.execute(update(leases).values(expires_at=earlier.replace(year=2020)))
    await PollerLease(run, BOT).take()


async def test_who_was_replaced_while_stalled_stops(
    holder: PollerLease, run: Run, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(update(leases).values(owner="somebody else:1:1"))
    async with asyncio.timeout(20):
        with pytest.raises(PollerRunningError, match="接手"):
            await holder.keep()


async def test_a_database_that_fails_for_a_while_costs_nothing(
    engine: Engine, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    failing = [True]

    def sometimes(job: Callable[[Connection], Any]) -> Future[Any]:
        if not failing:
            return run(job)
        failing.pop()
        refused: Future[Any] = Future()
        refused.set_exception(RuntimeError("no database"))
        return refused

    caplog.set_level(logging.WARNING, "bot")
    lease = PollerLease(sometimes, BOT)
    failing.clear()
    await lease.take()
    failing.append(True)
    keeping = asyncio.create_task(lease.keep())
    async with asyncio.timeout(20):
        while "RuntimeError" not in caplog.text:  # noqa: ASYNC110 (the task tells nobody)
            await asyncio.sleep(0.01)
    before = owner(engine)
    keeping.cancel()
    assert before is not None
    assert not failing


async def test_stopping_does_not_wait_for_the_place_of_another(
    holder: PollerLease, run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "LEASE_SECONDS", 200.0)
    monkeypatch.setattr(poller, "LOOK_SECONDS", 100.0)
    before, asked = owner(engine), asyncio.Event()

    def note(job: Callable[[Connection], Any]) -> Future[Any]:
        asked.set()
        return run(job)

    async def submit(_: Any) -> None:
        raise NotImplementedError

    nobody = BotApi("http://127.0.0.1:9", "42:x")
    polling = Polling(nobody, Me(BOT, "mingzhang_bot"), submit, PollerLease(note, BOT))
    running = asyncio.create_task(polling.run())
    await asked.wait()
    polling.stop()
    async with asyncio.timeout(50):
        await running
    assert owner(engine) == before


# As processes: what an operator sees.


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_sigterm_ends_the_program_in_peace(
    mode: str, command: Callable[..., Any], server: Any, until: Any
) -> None:
    bot = await command(mode)
    server.world.say(1, "/start")
    await until(lambda: any(m.by_bot for m in server.world.messages(1)), 60)
    bot.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        _, complaints = await bot.communicate()
    assert bot.returncode == 0
    assert b"Traceback" not in complaints
    await until(lambda: len(server.world.updates) == 0)


async def test_a_second_program_ends_with_one_line(
    command: Callable[..., Any], server: Any, until: Any
) -> None:
    await command("polling")
    await until(lambda: server.bot_api.polling.idle.is_set(), 60)
    second = await command("polling")
    async with asyncio.timeout(60):
        _, complaints = await second.communicate()
    assert second.returncode == 2
    assert "另一个 mingzhang run 正在用同一个令牌轮询" in complaints.decode()
    assert b"is serving" not in complaints
    assert b"Traceback" not in complaints
