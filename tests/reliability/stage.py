"""What a run is played on (舞台): a simulated Telegram, a database, the bot's processes."""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from bot.simulator.demo import DemoServer
from bot.simulator.entities import settled
from bot.simulator.faults import Fault, FaultRates, SeededFaults
from bot.simulator.people import Person
from bot.store.claiming import LEASE
from bot.store.database import open_engine, upgrade
from bot.store.letters import Kind, State
from bot.store.tables import outbox
from bot.store.transactions import reads
from tests.clocks import MachineClock
from tests.reliability.bot_process import PUSHED_PEOPLE, Orders, machine_time
from tests.reliability.replicas import Balancer, Replica, calm, free_port

__all__ = ["Setting", "Stage"]

TOKEN = "42:AAcrash-run"  # noqa: S105
PEOPLE = 120
LONGEST_BURST = 4
SHORT_LEASE = timedelta(seconds=5)
"""For replicas, so that what a killed one held is soon taken over; one process need not wait."""
PATIENCE_SECONDS = 240.0
"""After that a run that does not come to its end says what is left."""
RATES = FaultRates(
    flood=0.05,
    server_error=0.03,
    lost_answer=0.02,
    redelivery=0.02,
    delay_from=0.005,
    delay_to=0.04,
)


class Mishaps:
    """A faulty Telegram's dice; counts apart what left the bot unsure about a push."""

    def __init__(self, seed: int) -> None:
        """The same calls in the same order fail in the same way."""
        self.dice = SeededFaults(RATES, seed, time.monotonic)
        self.watch: Callable[[str], None] = lambda method: None
        self.unsure_pushes = 0

    @property
    def counted(self) -> Counter[str]:
        """What happened how often."""
        return self.dice.counted

    def __call__(self, method: str, parameters: Mapping[str, object]) -> Fault:
        """What goes wrong with one call."""
        self.watch(method)
        fault = self.dice(method, parameters)
        unsure = fault.answer_lost or (fault.refusal is not None and fault.refusal.code >= 500)
        self.unsure_pushes += unsure and str(parameters.get("text")).startswith("P ")
        return fault


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and with what a run is played; `folder` takes the processes' log."""

    mode: str
    database: str
    replicas: int
    seed: int
    pushes: int
    folder: Path
    people: int = PEOPLE
    broadcast: bool = False
    """Whether the processes send broadcasts instead of pushes."""


class Stage:
    """Everything a run needs; use it as an asynchronous context manager."""

    def __init__(self, setting: Setting) -> None:
        """Bring the database up to date; start nothing yet."""
        self.setting = setting
        self.engine: Engine = open_engine(setting.database)
        upgrade(self.engine)
        self.mishaps = Mishaps(setting.seed)
        people = [Person(number, f"用户{number}") for number in range(1, setting.people + 1)]
        self.server = DemoServer(TOKEN, people, MachineClock(), faults=self.mishaps)
        self.server.world.updates.comes_again = self.mishaps.dice.comes_again
        self.weather = calm()
        self.replicas: list[Replica] = []
        self.asked: dict[int, list[int]] = defaultdict(list)
        """The numbers of each person's questions, in their order."""
        self._ports = [free_port() for _ in range(setting.replicas)]
        self.balancer = Balancer([port.getsockname()[1] for port in self._ports])
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start Telegram and all replicas."""
        self._running.callback(self.engine.dispose)
        for port in self._ports:
            self._running.callback(port.close)
        await self._running.enter_async_context(self.balancer)
        await self._running.enter_async_context(self.server)
        for person in () if self.setting.broadcast else range(1, PUSHED_PEOPLE + 1):
            self._say(person, -person)  # a bot may not write to people who never wrote to it
        started_at = machine_time()
        for number in range(self.setting.replicas):
            replica = Replica(self._orders(started_at, number))
            replica.start()
            self._running.callback(replica.kill)
            self.replicas.append(replica)
        for replica in self.replicas:
            await replica.serving()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything."""
        await self._running.aclose()

    async def ask(self, numbers: range, seconds: float) -> None:
        """Have people ask these questions, in bursts, within about so many seconds."""
        dice = random.Random(f"{self.setting.seed}:{numbers.start}")  # noqa: S311
        left = list(numbers[::-1])
        pause = seconds / len(left)
        while left:
            person = dice.randint(1, PEOPLE)
            burst = [left.pop() for _ in range(min(len(left), dice.randint(1, LONGEST_BURST)))]
            for number in burst:
                self._say(person, number)
            await asyncio.sleep(dice.uniform(0, 2 * pause * len(burst)))

    def acquaint(self, person: int) -> None:
        """Let somebody have written to the bot long ago: it may write to them."""
        sender = self.server.world.people[person]
        self.server.world.post(sender, sender.as_user(), settled("/start", ()))

    def _say(self, person: int, number: int) -> None:
        self.server.world.say(person, f"Q{number}")
        self.asked[person].append(number)

    async def until_empty(self) -> None:
        """Wait until nothing is unconfirmed and everything is sent; name what is left if not."""
        left: tuple[int, int, int] | None = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (left := self._left()) != (0, 0, 0):
                    self.revive()
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise SystemExit(f"unconfirmed, unsent and unplanned are left: {left}") from None

    def revive(self) -> None:
        """Start those anew that stood back because another one polled."""
        for replica in self.replicas:
            replica.revive()

    async def end(self) -> None:
        """End all processes in peace."""
        await asyncio.gather(*(replica.end() for replica in self.replicas))

    def _left(self) -> tuple[int, int, int] | None:
        """Unconfirmed updates, unsent rows, unplanned pushes; None if the database is away."""
        unsent = outbox.c.state.in_((State.PENDING, State.SENDING))
        counted = select(
            func.count().filter(unsent), func.count().filter(outbox.c.kind == Kind.PUSH)
        ).select_from(outbox)
        try:
            with reads(self.engine) as connection:
                unsent_rows, planned = connection.execute(counted).one()
        except OperationalError:
            return None
        return len(self.server.world.updates), unsent_rows, self.setting.pushes - planned

    def _orders(self, started_at: datetime, number: int) -> Orders:
        port = self._ports[number].getsockname()[1]
        return Orders(
            database=self.setting.database,
            bot_api=self.server.url,
            token=TOKEN,
            started_at=started_at,
            pushes=self.setting.pushes,
            lease=SHORT_LEASE if self.setting.replicas > 1 else LEASE,
            log=self.setting.folder / "bot.log",
            weather=self.weather,
            broadcast=self.setting.broadcast,
            listen=f"127.0.0.1:{port}",
            webhook_url=self.balancer.url if self.setting.mode == "webhook" else None,
        )
