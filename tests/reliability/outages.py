"""What the bot needs goes away for a while, in a stream of questions: nothing is lost.

Run as `python -m tests.reliability outages`, or with `--short` as the build machine does. Each
kind of outage is a run of its own, and Telegram is as faulty as for the kills:

- telegram: Telegram is away for a day; the day passes on the bot's clock within seconds;
- postgresql: the server crashes or restarts every 5 to 40 s while 5,000 updates arrive;
- disk: the file of SQLite cannot grow for a while, again and again;
- clock: the machine's clock goes back by an hour.

A run ends on state. Prints the figures, one JSON line per kind; exit status 1 if a promise was
broken.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.postgresql import PostgresServer
from tests.reliability.databases import PROCESSES
from tests.reliability.figures import Figures, count
from tests.reliability.stage import Setting, Stage

QUESTIONS_A_SECOND = 40
PUSHES_A_QUESTION = 0.15
DAY_SECONDS = 24 * 3600
HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Scale:
    """How long and how often: `questions` in all, an outage every `least` to `most` seconds."""

    questions: int
    outages: int
    least: float
    most: float
    away: float
    """Seconds of an outage, at most."""


LONG = {
    "telegram": Scale(1200, 1, 5, 10, 15),
    "postgresql": Scale(5000, 10**6, 5, 40, 2),
    "disk": Scale(1200, 6, 1, 4, 3),
    "clock": Scale(1200, 6, 1, 4, 0),
}
SHORT = {
    "telegram": Scale(100, 1, 0.5, 1, 1),
    "postgresql": Scale(200, 2, 0.5, 1.5, 1),
    "disk": Scale(100, 1, 0.5, 1, 1),
    "clock": Scale(100, 1, 0.5, 1, 0),
}


class Outages:
    """What can be taken away from a run; each makes one outage of some seconds."""

    def __init__(self, stage: Stage, server: PostgresServer | None, dice: random.Random) -> None:
        self._stage = stage
        self._server = server
        self._dice = dice

    async def telegram(self, seconds: float) -> None:
        """Nobody answers for a day by the bot's clock; people go on writing."""
        await self._stage.server.stop()
        for _ in range(24):
            self._stage.weather.clock.value += DAY_SECONDS / 24
            await asyncio.sleep(seconds / 24)
        await self._stage.server.start()

    async def postgresql(self, seconds: float) -> None:
        """The server ends, in peace or not, and comes back."""
        assert self._server is not None
        how = self._dice.choice((signal.SIGINT, signal.SIGQUIT))
        await asyncio.to_thread(self._server.stop, how)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self._server.start)

    async def disk(self, seconds: float) -> None:
        """The file cannot grow."""
        self._stage.weather.disk_full.value = 1
        await asyncio.sleep(seconds)
        self._stage.weather.disk_full.value = 0

    async def clock(self, _seconds: float) -> None:
        """It is an hour earlier."""
        self._stage.weather.clock.value -= HOUR_SECONDS


NOTICED = {
    "telegram": "ClientConnectorError",
    "postgresql": "the database failed",
    "disk": "the database failed",
    "clock": "the clock was set back",
}
"""What the processes' log says of an outage; a run in which nobody noticed shows nothing."""
KINDS: dict[str, Callable[[Outages, float], Coroutine[Any, Any, None]]] = {
    "telegram": Outages.telegram,
    "postgresql": Outages.postgresql,
    "disk": Outages.disk,
    "clock": Outages.clock,
}


@dataclass(frozen=True, slots=True)
class Run:
    """A kind of outage, how much of it, and on what."""

    kind: str
    scale: Scale
    setting: Setting
    server: PostgresServer | None

    async def live(self) -> Figures:
        """Ask, and meanwhile take something away again and again."""
        dice = random.Random(f"{self.setting.seed}:{self.kind}")  # noqa: S311
        scale = self.scale
        async with Stage(self.setting) as stage:
            outages = Outages(stage, self.server, dice)
            seconds = scale.questions / QUESTIONS_A_SECOND
            asking = asyncio.create_task(stage.ask(range(scale.questions), seconds))
            happened = 0
            while happened < scale.outages and not (happened and asking.done()):
                await asyncio.sleep(dice.uniform(scale.least, scale.most))
                await KINDS[self.kind](outages, dice.uniform(scale.away / 2, scale.away))
                happened += 1
            await asking
            await stage.until_empty()
            await stage.end()
            return count(stage, happened * self.setting.replicas)


def main() -> None:
    """Run all kinds, or those asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=tuple(KINDS), action="append")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--together", action="store_true", help="all kinds at the same time")
    parser.add_argument("--seed", type=int, default=7)
    wished = parser.parse_args()
    with ExitStack() as running:
        runs = [_run(kind, wished, running) for kind in wished.kind or KINDS]
        faultless = asyncio.run(_play_all(runs, wished.together))
    raise SystemExit(0 if faultless else 1)


def _run(kind: str, wished: argparse.Namespace, running: ExitStack) -> Run:
    folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
    name, server, address = "sqlite", None, f"sqlite:///{folder / 'bot.db'}"
    if kind == "postgresql":
        # A crash of the server alone loses nothing that was handed to the system.
        server = running.enter_context(PostgresServer("fsync=off", "full_page_writes=off"))
        server.execute("CREATE DATABASE bot")
        name, address = "postgresql", server.address("bot")
    scale = (SHORT if wished.short else LONG)[kind]
    setting = Setting(
        mode="webhook" if name == "postgresql" else "polling",
        database=address,
        replicas=PROCESSES[name],
        seed=wished.seed,
        pushes=int(PUSHES_A_QUESTION * scale.questions),
        folder=folder,
    )
    return Run(kind, scale, setting, server)


async def _play_all(runs: Sequence[Run], together: bool) -> bool:
    if together:
        return all(await asyncio.gather(*map(_play, runs)))
    return all([await _play(each) for each in runs])


async def _play(run: Run) -> bool:
    """Whether it was noticed and every promise was kept."""
    begun = time.monotonic()
    figures = await run.live()
    noticed = (run.setting.folder / "bot.log").read_text("utf-8").count(NOTICED[run.kind])
    seconds = round(time.monotonic() - begun, 1)
    about = {"kind": run.kind, "seed": run.setting.seed, "seconds": seconds, "noticed": noticed}
    sys.stdout.write(json.dumps(about | asdict(figures)) + "\n")
    sys.stdout.flush()
    return figures.faultless() and noticed > 0
