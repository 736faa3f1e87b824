"""Kill -9 while a broadcast goes out to thousands: who gets it twice, who is missed?

Run as `python -m tests.reliability broadcast --people 3000 --kills 0-19 --database postgresql`.
On SQLite one process sends by polling, on PostgreSQL two by webhook, both planning at once.
Meanwhile people block the bot and opt out, and it is paused and resumed. Prints the figures, one
JSON line per database; exit status 1 if a promise was broken.
"""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.reliability.broadcast_run import run
from tests.reliability.databases import PROCESSES, Databases
from tests.reliability.ranges import numbers
from tests.reliability.stage import Setting


def main() -> None:
    """Run both databases, or the one asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--kills", type=numbers, default=numbers("0-9"), metavar="FIRST-LAST")
    parser.add_argument("--database", choices=tuple(PROCESSES), action="append")
    parser.add_argument("--seed", type=int, default=7)
    wished = parser.parse_args()
    with Databases() as databases, TemporaryDirectory() as folder:
        runs = [
            _play(name, wished, databases, Path(folder)) for name in wished.database or PROCESSES
        ]
    raise SystemExit(0 if all(runs) else 1)


def _play(name: str, wished: argparse.Namespace, databases: Databases, folder: Path) -> bool:
    """Whether every promise was kept."""
    begun = time.monotonic()
    (folder / name).mkdir()
    setting = Setting(
        mode="polling" if PROCESSES[name] == 1 else "webhook",
        database=databases.new(name, folder / name),
        replicas=PROCESSES[name],
        seed=wished.seed,
        pushes=0,
        folder=folder / name,
        people=wished.people,
        broadcast=True,
    )
    figures = asyncio.run(run(setting, wished.kills))
    kind = {"database": name, "seed": wished.seed, "first": wished.kills.start}
    seconds = {"seconds": round(time.monotonic() - begun, 1)}
    sys.stdout.write(json.dumps(kind | seconds | asdict(figures)) + "\n")
    sys.stdout.flush()
    return figures.faultless()
