"""What counting costs an answer: run as `python -m tests.benchmarks.counting`.

Everything the bot counts and says of one message and its answer, as often as asked, in
microseconds of processor, which other work on the machine does not change much; then /metrics
itself. The gateway's benchmark says how many answers a second there are to share it.
"""

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client.exposition import generate_latest

from bot.desk.incoming import Incoming
from bot.desk.replies import Say
from bot.intake import Received
from bot.logs import about
from bot.metrics import REGISTRY
from bot.store.letters import Kind, Outgoing, State, Verdict
from bot.telegram.measuring import MeasuredSubmit, measure_call, measure_verdict
from bot.telegram.transport import Accepted

NOW = datetime(2026, 9, 1, tzinfo=UTC)
RECEIVED = [Received(1, {}, Incoming(1, 7, 7, text="佣金呢", message=1))]
ROW = Outgoing(1, Kind.ANSWER, 7, Say("好", template="answer"), 1, 1, False, NOW, NOW)
SENT = Verdict(ROW, State.SENT, NOW, message=1)


async def nothing(_: object) -> None:
    """A writer that takes no time."""


def bare(count: int) -> None:
    """The same without counting anything."""

    async def submit() -> None:
        for _ in range(count):
            await nothing(RECEIVED)

    asyncio.run(submit())


def counted(count: int) -> None:
    """All that is counted of one message and its answer."""
    measured = MeasuredSubmit(nothing)

    async def submit() -> None:
        for _ in range(count):
            await measured.submit(RECEIVED)
            about(row=1, update=1)
            measure_call("sendMessage", Accepted({}), 0.02)
            measure_verdict(SENT, 0.03)

    asyncio.run(submit())


def microseconds(work: Callable[[int], None], count: int) -> float:
    """Of processor, for each."""
    began = time.process_time()
    work(count)
    return 1e6 * (time.process_time() - began) / count


def main() -> None:
    """Measure in turns, and print the least of each as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    wished = parser.parse_args()
    logging.disable(logging.DEBUG)
    rounds = [
        (microseconds(bare, wished.answers), microseconds(counted, wished.answers))
        for _ in range(wished.rounds)
    ]
    least = [min(each) for each in zip(*rounds, strict=True)]
    began = time.process_time()
    page = generate_latest(REGISTRY)
    said = {
        "microseconds_per_answer": round(least[1] - least[0], 1),
        "page_milliseconds": round(1000 * (time.process_time() - began), 2),
        "page_bytes": len(page),
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
