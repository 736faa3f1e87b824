"""Many messages, a payout day's reminders and people at the console, all at once (压力).

Run as `python -m tests.reliability load --rate 200 --minutes 10 --reminders 10000 --console 3`
on a machine that does nothing else. The bot is `mingzhang run` as it is installed, by webhook, on
the morning of a payout day. Messages come at their time whether or not it keeps up, and are late
from then until the answer is at Telegram, which takes `--telegram-ms` over each call. Prints one
JSON line; the exit status says whether nothing was lost and p99 stayed below `--p99-ms`.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from operator import itemgetter
from pathlib import Path

import aiohttp
import uvloop

from bot.console.menu import PAGES
from bot.store.database import open_engine, upgrade
from tests.benchmarks.gateway.stub import TOKEN, Pusher
from tests.reliability.databases import Databases
from tests.reliability.load_telegram import Arrivals, SlowTelegram, bring
from tests.reliability.load_world import STAFF, fill, kept, sign_in
from tests.reliability.replicas import free_port

__all__ = ["Figures", "Wishes", "play"]

SECRET = "a-secret-of-at-least-thirty-two-characters"  # noqa: S105
WARM_UP = 50
"""Messages that are not counted: the first ones wait until everything has been read."""
THINK_SECONDS = 0.5
SLOWEST = 3
PATIENCE_SECONDS = 120.0
"""After the last message; what has not arrived by then is lost."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How much is asked of the bot."""

    rate: float
    seconds: float
    reminders: int
    console: int
    telegram_seconds: float = 0.1
    database: str = "sqlite"


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of it; a page is an answer of the console."""

    messages: int
    lost: int
    refused: int
    p50_ms: float
    p99_ms: float
    longest_ms: float
    reminders: int
    reminders_doubled: int
    reminders_lost: int
    reminders_uncertain: int
    set_aside: int
    pages: int
    pages_failed: int
    page_p50_ms: float
    page_p99_ms: float
    slowest_pages: dict[str, float]
    """The p99 of the slowest ones, in milliseconds."""
    load: float

    def faultless(self) -> bool:
        """Whether nothing was lost, doubled or refused."""
        astray = (self.lost, self.refused, self.set_aside, self.pages_failed)
        return not any((*astray, self.reminders_doubled, self.reminders_lost))


@dataclass(slots=True)
class Looks:
    """What the people at the console got: how long each page took, how it was answered."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)


async def play(wishes: Wishes, address: str, folder: Path) -> Figures:
    """Fill the database, start the bot, bring everything, count."""
    engine = open_engine(address)
    upgrade(engine)
    fill(engine, wishes.reminders)
    tokens = sign_in(engine, wishes.console)
    stub = SlowTelegram(Arrivals(WARM_UP, wishes.rate), wishes.telegram_seconds)
    await stub.start()
    looks = Looks()
    async with _bot(address, stub.port, folder) as console:
        await stub.ready.wait()
        pusher = Pusher(stub)
        await pusher.connect()
        await bring(stub, pusher)
        await stub.traffic.done.wait()
        stub.traffic = Arrivals(int(wishes.rate * wishes.seconds), wishes.rate, first=WARM_UP)
        looking = [asyncio.create_task(_look(console, each, looks)) for each in tokens]
        await bring(stub, pusher)
        for task in looking:
            task.cancel()
        await _until_arrived(stub, wishes)
        figures = _figures(stub, pusher, looks, kept(engine), wishes)
    engine.dispose()
    return figures


@asynccontextmanager
async def _bot(address: str, telegram: int, folder: Path) -> AsyncIterator[str]:
    """The bot as a process of its own; gives the address of its web server."""
    with free_port() as taken:
        port = taken.getsockname()[1]
    served = f"http://127.0.0.1:{port}"
    given = {
        "TOKEN": TOKEN,
        "BOT_API": f"http://127.0.0.1:{telegram}",
        "DATABASE_URL": address,
        "MODE": "webhook",
        "WEBHOOK_URL": f"{served}/telegram",
        "WEBHOOK_SECRET": SECRET,
        "LISTEN": f"127.0.0.1:{port}",
        "ADMINS": ",".join(str(STAFF + number) for number in range(100)),
        "SEMANTIC": "off",
    }
    inherited = {name: value for name, value in os.environ.items() if "MINGZHANG" not in name}
    with (folder / "bot.log").open("wb") as log:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.reliability.load_process"),
            env=inherited | {f"MINGZHANG_{name}": value for name, value in given.items()},
            stderr=log,
        )
    try:
        yield served
    finally:
        with suppress(ProcessLookupError):
            bot.send_signal(signal.SIGTERM)
        await bot.wait()


async def _look(address: str, token: str, looks: Looks) -> None:
    """Open one page after the other, as somebody at work does."""
    cookies = {"mingzhang": token}
    async with aiohttp.ClientSession(cookies=cookies) as client:
        while True:
            for page in PAGES:
                began = time.perf_counter()
                async with client.get(f"{address}/console{page.path or '/'}") as response:
                    await response.read()
                looks.seconds[page.path].append(time.perf_counter() - began)
                looks.statuses[response.status] += 1
                await asyncio.sleep(THINK_SECONDS)


async def _until_arrived(stub: SlowTelegram, wishes: Wishes) -> None:
    """Wait for the answers, and for as many reminders as Telegram allows a second."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS + wishes.reminders / 20):
            await stub.traffic.done.wait()
            while len(stub.reminded) < wishes.reminders:  # noqa: ASYNC110 (ends on state)
                await asyncio.sleep(0.1)


def _figures(
    stub: SlowTelegram, pusher: Pusher, looks: Looks, stored: dict[str, int], wishes: Wishes
) -> Figures:
    waited = _milliseconds(stub.traffic.seconds)
    opened = _milliseconds([each for seconds in looks.seconds.values() for each in seconds])
    pages = {path: _p99(_milliseconds(seconds)) for path, seconds in looks.seconds.items()}
    return Figures(
        messages=stub.traffic.count,
        lost=stub.traffic.outstanding,
        refused=pusher.refused,
        p50_ms=statistics.median(waited),
        p99_ms=_p99(waited),
        longest_ms=waited[-1],
        reminders=len(stub.reminded),
        reminders_doubled=sum(count - 1 for count in stub.reminded.values()),
        reminders_lost=wishes.reminders - len(stub.reminded) - stored["reminders_uncertain"],
        reminders_uncertain=stored["reminders_uncertain"],
        set_aside=stored["set_aside"],
        pages=looks.statuses.total(),
        pages_failed=looks.statuses.total() - looks.statuses[200],
        page_p50_ms=statistics.median(opened),
        page_p99_ms=_p99(opened),
        slowest_pages=dict(sorted(pages.items(), key=itemgetter(1), reverse=True)[:SLOWEST]),
        load=round(os.getloadavg()[0], 1),
    )


def _milliseconds(seconds: Sequence[float]) -> list[float]:
    return sorted(round(1000 * each, 1) for each in seconds) or [0.0]


def _p99(ordered: Sequence[float]) -> float:
    return ordered[int(0.99 * len(ordered))]


def main() -> None:
    """Play and print; exit status 1 if something was lost or late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200, help="messages a second")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--reminders", type=int, default=10_000, help="due at the start")
    parser.add_argument("--console", type=int, default=3, help="people who open its pages")
    parser.add_argument("--telegram-ms", type=float, default=100)
    parser.add_argument("--p99-ms", type=float, default=300)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    wished = parser.parse_args()
    wishes = Wishes(
        wished.rate,
        60 * wished.minutes,
        wished.reminders,
        wished.console,
        wished.telegram_ms / 1000,
        wished.database,
    )
    with tempfile.TemporaryDirectory() as place, Databases() as databases:
        address = databases.new(wishes.database, Path(place))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            figures = runner.run(play(wishes, address, Path(place)))
    sys.stdout.write(json.dumps(asdict(wishes) | asdict(figures)) + "\n")
    raise SystemExit(0 if figures.faultless() and figures.p99_ms < wished.p99_ms else 1)


if __name__ == "__main__":
    main()
