"""Does memory stay flat? An hour of questions to the real bot, ten minutes at a time.

Run as `python -m tests.benchmarks.memory` (`--minutes 70`, the first ten of them to warm up):
the bot by webhook with SQLite, so many questions a second from ever new people. Prints the median
resident memory of each ten minutes and by how much the later ones differ from the first one
counted; exit status 1 above five in a hundred.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress

import uvloop

from tests.benchmarks.gateway.__main__ import WINDOW, paced, resident_megabytes
from tests.benchmarks.gateway.questions import as_often_as_people_do
from tests.benchmarks.gateway.stub import Pusher, StubApi, Traffic
from tests.ports import free_port

PART_SECONDS = 600
SAMPLE_SECONDS = 5
MOST_DIFFERENCE = 0.05
LEAST_PARTS = 3
"""One to warm up and two to compare."""


async def measure(minutes: int, rate: int, folder: str) -> list[list[float]]:
    """Give the samples of resident memory in megabytes, a list for each ten minutes."""
    stub = StubApi(Traffic(60 * minutes * rate, as_often_as_people_do()), WINDOW)
    await stub.start()
    port = free_port()
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.gateway.our_bot", "real", "webhook"),
        *(f"http://127.0.0.1:{stub.port}", str(port)),
        env=os.environ | {"BENCHMARK_FOLDER": folder},
    )
    try:
        await stub.ready.wait()
        pusher = Pusher(stub)
        await pusher.connect()
        asking = asyncio.create_task(paced(stub.traffic, pusher.push, rate, stub))
        return await _samples(bot.pid, asking)
    finally:
        with suppress(ProcessLookupError):
            bot.kill()
        await bot.wait()


async def _samples(bot: int, asking: asyncio.Task[None]) -> list[list[float]]:
    parts: list[list[float]] = [[]]
    while not asking.done():
        await asyncio.wait((asking,), timeout=SAMPLE_SECONDS)
        parts[-1].append(resident_megabytes(bot))
        if len(parts[-1]) == PART_SECONDS // SAMPLE_SECONDS:
            sys.stderr.write(f"{len(parts) * 10} min: {statistics.median(parts[-1]):.1f} MB\n")
            parts.append([])
    await asking
    return [part for part in parts if len(part) > PART_SECONDS // SAMPLE_SECONDS // 2]


def difference(medians: Sequence[float]) -> float:
    """Give the largest share by which a later part differs from the first."""
    return max((abs(each / medians[0] - 1) for each in medians[1:]), default=0.0)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=70)
    parser.add_argument("--rate", type=int, default=20, help="questions a second")
    wished = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        parts = runner.run(measure(wished.minutes, wished.rate, folder))
    medians = [statistics.median(part) for part in parts]
    if len(medians) < LEAST_PARTS:
        sys.stderr.write(f"{wished.minutes} minutes are too short: ask for 30 or more\n")
        return 2
    share = difference(medians[1:])
    told = ", ".join(f"{each:.1f}" for each in medians)
    sys.stdout.write(
        f"MB, median of each ten minutes, the first to warm up: {told}\n"
        f"largest difference after it: {share:.1%}\n"
    )
    return int(share > MOST_DIFFERENCE)


if __name__ == "__main__":
    sys.exit(main())
