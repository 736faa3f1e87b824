"""Updates a second and the time to an answer, beside python-telegram-bot and aiogram.

Run as `python -m tests.benchmarks.gateway`: one run, one stub Bot API, every bot on the first
core and the stub on the second. An update counts when its answer has arrived at the stub; ours is
by then committed with SQLite and synchronous=FULL. The rivals are installed on first use into an
environment of their own. Without MINGZHANG_SEMANTIC=auto the optional model of meaning is left
out. Prints a table with the load average of the machine beside each line.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvloop

from tests.benchmarks.gateway.questions import as_often_as_people_do, each_once
from tests.benchmarks.gateway.stub import Pusher, StubApi, Traffic
from tests.ports import free_port

HERE = Path(__file__).parent
WINDOW = 64
WARM_UP = 300
PATIENCE_SECONDS = 300.0
OPEN_LOOP_RATE = 100


@dataclass(frozen=True)
class Variant:
    """One bot in one mode; `rate` updates a second instead of as many as it can."""

    name: str
    command: tuple[str, ...]
    mode: str
    count: int
    rate: int = 0
    text: Callable[[int], str] = "你好 {}".format


@dataclass(frozen=True)
class Figures:
    """What came of a run."""

    updates_per_second: float
    cpu_microseconds: float
    p50_ms: float
    p99_ms: float
    megabytes: float
    load: float


def variants(count: int, rivals: Path | None) -> list[Variant]:
    """What is measured, in order."""
    ours = (sys.executable, "-m", "tests.benchmarks.gateway.our_bot")
    common = as_often_as_people_do()
    measured = [
        Variant("Mingzhang, echo", (*ours, "echo"), "webhook", count),
        Variant("Mingzhang, echo", (*ours, "echo"), "polling", count),
        Variant("Mingzhang, FAQ", (*ours, "real"), "webhook", count // 2, text=common),
        Variant("Mingzhang, FAQ once", (*ours, "real"), "webhook", count // 4, text=each_once()),
        Variant("Mingzhang, echo, 100/s", (*ours, "echo"), "webhook", 2000, OPEN_LOOP_RATE),
        Variant("Mingzhang, FAQ, 100/s", (*ours, "real"), "webhook", 2000, OPEN_LOOP_RATE, common),
    ]
    if rivals is None:
        return measured
    python = str(rivals / "bin" / "python")
    for name, script in (("python-telegram-bot", "rival_ptb.py"), ("aiogram", "rival_aiogram.py")):
        for mode in ("webhook", "polling"):
            command = (python, str(HERE / script))
            measured.append(Variant(name, command, mode, count // 5))
    return measured


class BotEndedError(Exception):
    """A bot ended before it was measured; the text holds its last words."""


async def measure(variant: Variant, folder: str) -> Figures:
    """Start the bot, warm it up, give it the updates, count."""
    stub = StubApi(_traffic(variant, WARM_UP), WINDOW)
    await stub.start()
    port = free_port()
    words = (*variant.command, variant.mode, f"http://127.0.0.1:{stub.port}", str(port))
    said = Path(folder) / "said"
    with said.open("wb") as errors:
        bot = await asyncio.create_subprocess_exec(
            *words,
            env={"MINGZHANG_SEMANTIC": "off"} | os.environ | {"BENCHMARK_FOLDER": folder},
            stderr=errors,
            preexec_fn=lambda: os.sched_setaffinity(0, {0}),
        )
    measuring = asyncio.create_task(_measured(variant, stub, bot.pid))
    ending = asyncio.create_task(bot.wait())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.wait((measuring, ending), return_when=asyncio.FIRST_COMPLETED)
        if not measuring.done():
            raise BotEndedError(f"{variant.name} has ended by itself:\n{said.read_text()[-2000:]}")
        return await measuring
    finally:
        measuring.cancel()
        # Not asked to end in peace: while its Telegram goes away, a bot would wait for it.
        with suppress(ProcessLookupError):
            bot.kill()
        await bot.wait()


async def _measured(variant: Variant, stub: StubApi, bot: int) -> Figures:
    await stub.ready.wait()
    give: Callable[[], None] = stub.give
    if variant.mode == "webhook":
        pusher = Pusher(stub)
        await pusher.connect()
        give = pusher.push
    await _run(stub.traffic, give)
    traffic = stub.traffic = _traffic(variant, variant.count, WARM_UP)
    cpu = _cpu_seconds(bot)
    await (paced(traffic, give, variant.rate, stub) if variant.rate else _run(traffic, give))
    cpu = _cpu_seconds(bot) - cpu
    milliseconds = sorted(1000 * each for each in traffic.seconds)
    return Figures(
        variant.count / (traffic.ended - traffic.began),
        1e6 * cpu / variant.count,
        statistics.median(milliseconds),
        milliseconds[int(0.99 * len(milliseconds))],
        resident_megabytes(bot),
        os.getloadavg()[0],
    )


async def _run(traffic: Traffic, give: Callable[[], None]) -> None:
    """As many as the bot can, `WINDOW` unanswered at a time."""
    traffic.moved = give
    give()
    await traffic.done.wait()


async def paced(traffic: Traffic, give: Callable[[], None], rate: int, stub: StubApi) -> None:
    """So many a second, whether or not the bot keeps up."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(traffic.count):
        stub.window = traffic.outstanding + 1
        give()
        await asyncio.sleep(max(0.0, began + (number + 1) / rate - loop.time()))
    await traffic.done.wait()


def _traffic(variant: Variant, count: int, first: int = 0) -> Traffic:
    return Traffic(count, lambda number: variant.text(first + number), first)


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(process: int) -> float:
    """What a process holds in memory now."""
    status = Path(f"/proc/{process}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(resident.split()[1]) / 1024


def installed_rivals(folder: Path) -> Path:
    """The environment of the rivals, made if it is missing."""
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
        wanted = ("install", "-q", "-r", str(HERE / "rivals.txt"))
        subprocess.run([folder / "bin" / "pip", *wanted], check=True)  # noqa: S603
    return folder


def table(lines: Sequence[tuple[Variant, Figures]]) -> str:
    """The figures as text."""
    head = f"{'bot':24} {'mode':8} {'updates/s':>9} {'µs CPU':>7} {'p50 ms':>7} {'p99 ms':>7}"
    rows = [f"{head} {'MB':>5} {'load':>5}"]
    for variant, each in lines:
        rows.append(
            f"{variant.name:24} {variant.mode:8} {each.updates_per_second:9.0f}"
            f" {each.cpu_microseconds:7.0f} {each.p50_ms:7.1f} {each.p99_ms:7.1f}"
            f" {each.megabytes:5.0f} {each.load:5.1f}"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=10_000)
    parser.add_argument("--only", default="", help="part of a name; without it everything")
    parser.add_argument("--rivals", type=Path, default=Path("build/rivals"))
    parser.add_argument("--no-rivals", action="store_true")
    parser.add_argument("--folder", default=None, help="where the database is written")
    wished = parser.parse_args()
    rivals = None if wished.no_rivals else installed_rivals(wished.rivals.absolute())
    os.sched_setaffinity(0, {1})
    lines = []
    with tempfile.TemporaryDirectory(dir=wished.folder) as folder:
        for variant in variants(wished.updates, rivals):
            if wished.only in f"{variant.name} {variant.mode}":
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    lines.append((variant, runner.run(measure(variant, folder))))
                sys.stderr.write(table(lines[-1:]).splitlines()[1] + "\n")
    sys.stdout.write(table(lines) + "\n")


if __name__ == "__main__":
    main()
