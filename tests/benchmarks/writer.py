"""How many updates a second one process handles durably, without Telegram around it.

Run as `python -m tests.benchmarks.writer [--desk real] [--database postgresql]`: SQLite with
synchronous=FULL or a PostgreSQL server with its own defaults, a hundred people, 64 updates
outstanding, one answer each. Prints updates a second, microseconds of this process's CPU per
update, and the median and 99th percentile of the time until the commit.
"""

import argparse
import asyncio
import gc
import json
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.desk.facts import Dialogue, Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Say
from bot.intake import AnswersMessages, Intake, Received
from bot.store.database import open_engine, upgrade
from bot.writer import Writer
from tests.benchmarks.databases import KINDS, database

OUTSTANDING = 64
PEOPLE = 100
QUESTIONS = (
    "京东带货有成交额为什么没有佣金",
    "1688佣金几号发放",
    "退了一部分佣金怎么算",
    "今天天气怎么样",
    "淘宝联盟结算时间",
)


class EchoDesk:
    """Says what it hears: nothing but the cost of handling."""

    def wanted(self, incoming: Incoming) -> Wanted:
        """Nothing."""
        return Wanted()

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        """The text itself."""
        return Answered((Say(incoming.text),), (), Dialogue(topic=incoming.text))


class NothingDue:
    """A planner that pushes nothing to anybody."""

    async def tick(self, writer: Writer) -> int:
        """Nothing."""
        return 0


def real_desk() -> AnswersMessages:
    """The shipped answers and rules."""
    from bot.app import load_snapshot
    from bot.desk.desk import Desk

    snapshot = load_snapshot()
    return Desk(lambda: snapshot, b"benchmark", "mingzhang_bot")


def updates(count: int) -> Iterator[Received]:
    """Questions of a hundred people in turn."""
    for number in range(1, count + 1):
        user = number % PEOPLE + 1
        text = QUESTIONS[number % len(QUESTIONS)]
        yield Received(number, {}, Incoming(number, user, user, text=text, message=number))


async def measure(desk: AnswersMessages, count: int, address: str) -> dict[str, float]:
    """Keep 64 updates outstanding until all are handled."""
    engine = open_engine(address)
    upgrade(engine)
    writer = Writer(engine, Intake(desk, 42, lambda: datetime(2026, 9, 1, tzinfo=UTC)))
    stream = updates(count)
    seconds: list[float] = []

    async def ask() -> None:
        for update in stream:
            began = time.perf_counter()
            await asyncio.wrap_future(writer.submit([update]))
            seconds.append(time.perf_counter() - began)

    gc.collect()
    gc.freeze()
    writer.start()
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(ask() for _ in range(OUTSTANDING)))
    elapsed, cpu = time.perf_counter() - began, time.process_time() - cpu
    writer.stop()
    engine.dispose()
    milliseconds = sorted(1000 * each for each in seconds)
    return {
        "updates_per_second": round(count / elapsed),
        "cpu_microseconds_per_update": round(1e6 * cpu / count),
        "p50_ms": round(statistics.median(milliseconds), 1),
        "p99_ms": round(milliseconds[int(0.99 * len(milliseconds))], 1),
    }


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desk", choices=("echo", "real"), default="echo")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--updates", type=int, default=20_000)
    wished = parser.parse_args()
    desk = real_desk() if wished.desk == "real" else EchoDesk()
    with database(wished.database) as address:
        figures = asyncio.run(measure(desk, wished.updates, address))
    said = {"desk": wished.desk, "database": wished.database}
    sys.stdout.write(json.dumps(said | figures) + "\n")


if __name__ == "__main__":
    main()
