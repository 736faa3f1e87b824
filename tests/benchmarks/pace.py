"""How evenly is sent, against a Telegram that refuses whatever comes too fast.

Run as `python -m tests.benchmarks.pace`: first pushes to as many people as fast as is allowed,
by one sender or by several replicas (`--replicas 2`, on a PostgreSQL of its own); then fifty
people who ask while one floods the bot, on a slow disk if wished (`--commit-ms 12`). Prints one
JSON line each; exit status 1 if a limit was broken. Telegram takes 50 to 200 ms for every call.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from time import sleep

from sqlalchemy import event, func, select

from bot.desk.replies import Say
from bot.intake import Intake
from bot.simulator.demo import DemoServer
from bot.simulator.faults import Fault
from bot.simulator.people import Person
from bot.simulator.refusal import too_many_requests
from bot.simulator.telegram_world import Change, TelegramWorld
from bot.store.database import open_engine, upgrade
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.tables import outbox
from bot.telegram.sender import Sender
from bot.telegram.service import Service
from bot.telegram.transport import BotApi
from bot.writer import Writer
from tests.benchmarks.databases import database
from tests.benchmarks.writer import EchoDesk, NothingDue
from tests.clocks import MachineClock

TOKEN = "42:AApace"  # noqa: S105
BOT = 42
FLOODER = 1
OVERALL_A_SECOND, CHAT_A_SECOND = 30, 4
# A burst of three and the next one a second later, seen through a network that wavers.


class StrictTelegram:
    """Takes its time, notes what arrived when, refuses a fifth message to a chat within a second.

    With `broadcast`, also the thirty-first to everybody: answers have no such limit.
    """

    def __init__(self, seed: int, *, broadcast: bool) -> None:
        """The same seed gives the same delays."""
        self._dice = random.Random(seed)  # noqa: S311
        self._broadcast = broadcast
        self.arrivals: list[float] = []
        self.refused = 0
        self._lately: deque[float] = deque()
        self._chats: defaultdict[object, deque[float]] = defaultdict(deque)

    def __call__(self, method: str, parameters: Mapping[str, object]) -> Fault:
        """What becomes of a call."""
        delay = self._dice.uniform(0.05, 0.2)
        if method != "sendmessage":
            return Fault()
        at = asyncio.get_running_loop().time()
        overall = self._broadcast and not _room(self._lately, at, OVERALL_A_SECOND)
        if overall or not _room(self._chats[parameters["chat_id"]], at, CHAT_A_SECOND):
            self.refused += 1
            return Fault(delay, too_many_requests(1))
        self.arrivals.append(at)
        return Fault(delay)


def _room(lately: deque[float], at: float, most: int) -> bool:
    while lately and at - lately[0] >= 1:
        lately.popleft()
    if len(lately) >= most:
        return False
    lately.append(at)
    return True


@asynccontextmanager
async def simulated(people: int, telegram: StrictTelegram) -> AsyncIterator[DemoServer]:
    """Telegram with people who have all written before."""
    persons = [Person(number, f"用户{number}") for number in range(1, people + 1)]
    async with DemoServer(TOKEN, persons, MachineClock(), faults=telegram) as server:
        for person in persons:
            server.world.say(person.id, "你好")
        server.world.updates.confirm_below(2**60)
        yield server


@contextmanager
def prepared(replicas: int) -> Iterator[str]:
    """A fresh database with its tables."""
    with database("postgresql" if replicas > 1 else "sqlite") as address:
        engine = open_engine(address)
        upgrade(engine)
        engine.dispose()
        yield address


class Replica:
    """One process's worth of sending."""

    def __init__(self, address: str, url: str) -> None:
        """Share the database with the others."""
        self._engine = open_engine(address)
        self._api = BotApi(url, TOKEN)
        self._writer = Writer(self._engine, Intake(EchoDesk(), BOT, MachineClock().now))
        self._sender = Sender(self._api, self._writer, MachineClock().now, BOT)

    async def __aenter__(self) -> "Replica":
        """Begin to send."""
        await self._api.open()
        self._writer.start()
        self._sending = asyncio.create_task(self._sender.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Finish what is in flight."""
        self._sender.stop()
        await self._sending
        await asyncio.to_thread(self._writer.stop)
        await self._api.close()
        self._engine.dispose()


async def bulk(pushes: int, replicas: int, seed: int) -> dict[str, float]:
    """Send a push to everybody."""
    telegram = StrictTelegram(seed, broadcast=True)
    async with simulated(pushes, telegram) as server:
        with prepared(replicas) as address:
            engine = open_engine(address)
            with engine.begin() as connection:
                letters = (
                    Letter(f"push:{n}", Kind.PUSH, n, Say(f"到账提醒 {n}"), n, bot=BOT)
                    for n in range(1, pushes + 1)
                )
                enqueue(connection, letters, MachineClock().now())
            senders = [Replica(address, server.url) for _ in range(replicas)]
            for sender in senders:
                await sender.__aenter__()
            while len(telegram.arrivals) < pushes:  # noqa: ASYNC110 (ends on state)
                await asyncio.sleep(0.1)
            for sender in senders:
                await sender.__aexit__()
            with engine.connect() as connection:
                states = connection.execute(
                    select(outbox.c.state, func.count()).group_by(outbox.c.state)
                )
                sent = {state: count for state, count in states}
            engine.dispose()
    seconds = telegram.arrivals[-1] - telegram.arrivals[0]
    return {
        "pushes": pushes,
        "replicas": replicas,
        "sent": sent.get("sent", 0),
        "a_second": round((pushes - 1) / seconds, 2),
        "most_in_a_second": _most_in_a_second(telegram.arrivals),
        "refused": telegram.refused,
    }


def _most_in_a_second(arrivals: list[float]) -> int:
    lately: deque[float] = deque()
    most = 0
    for at in arrivals:
        lately.append(at)
        while at - lately[0] >= 1:
            lately.popleft()
        most = max(most, len(lately))
    return most


class Waiting:
    """Notes how long each question waits for its echo."""

    def __init__(self, world: TelegramWorld) -> None:
        """Listen to what is said in this world."""
        self.seconds: list[float] = []
        self.asked: dict[tuple[int, str], float] = {}
        self._world = world
        world.listen(self._note)

    async def ask(self, person: int, seconds: float, dice: random.Random) -> None:
        """Have somebody ask every two seconds."""
        await asyncio.sleep(dice.uniform(0, 2))
        for number in range(int(seconds / 2)):
            text = f"问 {number}"
            self.asked[person, text] = asyncio.get_running_loop().time()
            self._world.say(person, text)
            await asyncio.sleep(2)

    def _note(self, change: Change) -> None:
        if change.kind != "message" or change.person in (None, FLOODER):
            return
        last = self._world.messages(change.person)[-1]
        began = self.asked.pop((change.person, last.content.text), None) if last.by_bot else None
        if began is not None:
            self.seconds.append(asyncio.get_running_loop().time() - began)


async def flood(world: TelegramWorld, seconds: float, rate: int) -> None:
    """Let one person write `rate` messages a second."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(int(seconds * rate)):
        world.say(FLOODER, f"洪水 {number}")
        await asyncio.sleep(max(0.0, began + number / rate - loop.time()))


@asynccontextmanager
async def echoing(url: str, commit_seconds: float) -> AsyncIterator[None]:
    """The bot at work on a database whose commits take so much longer."""
    with prepared(1) as address:
        engine = open_engine(address)
        event.listen(engine, "commit", lambda _: sleep(commit_seconds))
        service = Service(
            engine=engine,
            api=BotApi(url, TOKEN),
            desk_for=lambda _: EchoDesk(),
            planner=NothingDue(),
            now=MachineClock().now,
        )
        await service.start()
        yield
        await service.stop()
        engine.dispose()


async def flooded(seconds: float, rate: int, seed: int, commit_seconds: float) -> dict[str, float]:
    """Let one person write `rate` messages a second while fifty others ask every two seconds."""
    telegram = StrictTelegram(seed, broadcast=False)
    dice = random.Random(seed)  # noqa: S311
    async with (
        simulated(51, telegram) as server,
        echoing(server.url, commit_seconds),
    ):
        waiting = Waiting(server.world)
        people = (waiting.ask(person, seconds, dice) for person in range(2, 52))
        await asyncio.gather(flood(server.world, seconds, rate), *people)
        while waiting.asked:  # noqa: ASYNC110 (ends on state)
            await asyncio.sleep(0.05)
    milliseconds = sorted(1000 * wait for wait in waiting.seconds)
    return {
        "flood_a_second": rate,
        "answers": len(milliseconds),
        "p50_ms": round(statistics.median(milliseconds)),
        "p99_ms": round(milliseconds[int(0.99 * len(milliseconds))]),
        "refused": telegram.refused,
    }


def main() -> None:
    """Measure; exit status 1 if a limit was broken or the others had to wait."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pushes", type=int, default=1000)
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--flood", type=int, default=100, help="messages a second")
    parser.add_argument("--commit-ms", type=float, default=0, help="what each commit takes longer")
    parser.add_argument("--seed", type=int, default=7)
    wished = parser.parse_args()
    kept = True
    if wished.pushes:
        figures = asyncio.run(bulk(wished.pushes, wished.replicas, wished.seed))
        kept = figures["refused"] == 0 and figures["sent"] == wished.pushes
        _print({"seed": wished.seed} | figures)
    if wished.seconds:
        slow = wished.commit_ms / 1000
        figures = asyncio.run(flooded(wished.seconds, wished.flood, wished.seed, slow))
        kept = kept and figures["refused"] == 0 and figures["p99_ms"] < 1000
        _print({"seed": wished.seed} | figures)
    raise SystemExit(0 if kept else 1)


def _print(figures: Mapping[str, float]) -> None:
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
