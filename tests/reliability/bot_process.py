"""A bot to be killed: the real service with a desk that writes down every question it answers."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, func, select

from bot.desk.effects import RecordQuestion
from bot.desk.facts import Dialogue, Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Say
from bot.listening import Listener
from bot.store.database import open_engine
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.tables import outbox
from bot.telegram.limiter import TELEGRAM
from bot.telegram.poller import PollerRunningError
from bot.telegram.service import Service, brought_to, polling
from bot.telegram.transport import BotApi
from bot.telegram.webhook_gateway import WebhookPlace
from bot.writer import Writer
from tests.orphans import end_with_parent
from tests.reliability.broadcast_process import FAST, BroadcastTurns

__all__ = ["STOOD_BACK", "Orders", "Weather", "serve"]

PUSHES_A_SECOND = 12
PUSHED_PEOPLE = 32
STOOD_BACK = 3
"""The exit status of a process that found another one polling."""
_LARGEST_DATABASE = 2**32 - 2
"""Pages, the most SQLite knows."""


WEBHOOK_SECRET = "a-secret-of-at-least-thirty-two-characters"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Weather:
    """What befalls a running process: numbers that it shares with the run.

    `clock` is by how many seconds its clock is wrong; with `disk_full` not 0 its SQLite file
    cannot grow.
    """

    clock: Any
    disk_full: Any


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is started with; without a `webhook_url` it polls."""

    database: str
    bot_api: str
    token: str
    started_at: datetime
    pushes: int
    lease: timedelta
    log: Path
    weather: Weather
    listen: str = ""
    broadcast: bool = False
    webhook_url: str | None = None


def machine_time() -> datetime:
    """The machine's clock: this is a process of its own."""
    return datetime.now(UTC)  # noqa: TID251


class WritingDesk:
    """Answers `Q5` with `A Q5` and counts a person's questions in the dialogue."""

    def wanted(self, incoming: Incoming) -> Wanted:
        """Nothing."""
        return Wanted()

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        """Leave a trace in the store and one answer."""
        count = int(facts.dialogue.topic or 0) + 1
        return Answered(
            (Say(f"A {incoming.text}"),),
            (RecordQuestion(incoming.text, str(count)),),
            Dialogue(topic=str(count)),
        )


class SteadyPushes:
    """Finds a few pushes due every second since the beginning of the run, until all are due."""

    def __init__(self, orders: Orders, now: Callable[[], datetime]) -> None:
        """Count from the beginning of the run, not of this process."""
        self._started_at = orders.started_at
        self._all = orders.pushes
        self._now = now

    async def tick(self, writer: Writer) -> int:
        """Plan what has become due and is not there yet."""
        seconds = (machine_time() - self._started_at).total_seconds()
        due = min(self._all, int(seconds * PUSHES_A_SECOND))

        def job(connection: Connection) -> int:
            pushes = select(func.count()).where(outbox.c.kind == Kind.PUSH)
            planned = connection.execute(pushes).scalar_one()
            letters = [_push(number) for number in range(planned, due)]
            return enqueue(connection, letters, self._now())

        return await asyncio.wrap_future(writer.run(job))


def _push(number: int) -> Letter:
    return Letter(f"push:{number}", Kind.PUSH, number % PUSHED_PEOPLE + 1, Say(f"P {number}"))


def serve(orders: Orders, serving: Pipe) -> None:
    """Serve until SIGTERM; says so through `serving` once the service has started."""
    end_with_parent()
    with orders.log.open("ab", buffering=0) as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
    logging.basicConfig(format="%(process)d %(asctime)s %(name)s %(message)s")
    try:
        asyncio.run(_serve(orders, serving))
    except PollerRunningError:
        raise SystemExit(STOOD_BACK) from None


async def _serve(orders: Orders, serving: Pipe) -> None:
    engine = open_engine(orders.database)
    if engine.dialect.name == "sqlite":
        _let_the_disk_be_full(engine, orders.weather)

    def now() -> datetime:
        return machine_time() + timedelta(seconds=orders.weather.clock.value)

    place = WebhookPlace(orders.webhook_url, WEBHOOK_SECRET) if orders.webhook_url else None
    listener = Listener(orders.listen, place.routes) if place else None
    service = Service(
        engine=engine,
        api=BotApi(orders.bot_api, orders.token),
        desk_for=lambda _: WritingDesk(),
        planner=BroadcastTurns(engine, now) if orders.broadcast else SteadyPushes(orders, now),
        limits=FAST if orders.broadcast else TELEGRAM,
        now=now,
        gateway=brought_to(place) if place else polling,
        lease=orders.lease,
    )
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    if listener:
        await listener.start()
    await service.start()
    serving.send(True)
    ends = [asyncio.ensure_future(each) for each in (told.wait(), service.wait())]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    await service.stop()
    if listener:
        await listener.stop()
    if not told.is_set():
        await ends[1]


def _let_the_disk_be_full(engine: Engine, weather: Weather) -> None:
    def limit(connection: Connection) -> None:
        # one page is below what the file has, and then means no more than it has
        pages = 1 if weather.disk_full.value else _LARGEST_DATABASE
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

    event.listen(engine, "begin", limit)
