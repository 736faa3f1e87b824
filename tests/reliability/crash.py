"""Kill -9 in a stream of questions, with a faulty Telegram: what is lost, doubled, misordered?

Run as `python -m tests.reliability crash --kills 0-49 --mode webhook --database postgresql`.
Each kind of run takes the kills with these numbers; ranges can be run one after the other. A run
ends on state (nothing unconfirmed at Telegram, nothing open in the outbox), never on silence.
Prints the figures, one JSON line per kind; exit status 1 if a promise was broken.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.reliability.crash_run import PUSHES_A_KILL, run
from tests.reliability.databases import PROCESSES, Databases
from tests.reliability.ranges import numbers
from tests.reliability.stage import Setting

MODES = ("polling", "webhook")


def main() -> None:
    """Run all four kinds, or those asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=numbers, default=numbers("0-4"), metavar="FIRST-LAST")
    parser.add_argument("--mode", choices=MODES, action="append")
    parser.add_argument("--database", choices=tuple(PROCESSES), action="append")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="a folder for the processes' log, kept")
    parser.add_argument("--together", action="store_true", help="all kinds at the same time")
    wished = parser.parse_args()
    kinds = product(wished.database or PROCESSES, wished.mode or MODES)
    with Databases() as databases, TemporaryDirectory() as folder:
        settings = [
            _setting(name, mode, wished, databases, Path(folder) / f"{name}-{mode}")
            for name, mode in kinds
        ]
        faultless = asyncio.run(_play_all(settings, wished))
    raise SystemExit(0 if faultless else 1)


def _setting(
    name: str, mode: str, wished: argparse.Namespace, databases: Databases, folder: Path
) -> Setting:
    folder.mkdir()
    return Setting(
        mode=mode,
        database=databases.new(name, folder),
        replicas=PROCESSES[name],
        seed=wished.seed,
        pushes=PUSHES_A_KILL * len(wished.kills),
        folder=wished.keep or folder,
    )


async def _play_all(settings: Sequence[Setting], wished: argparse.Namespace) -> bool:
    runs = [_play(setting, wished.kills) for setting in settings]
    if wished.together:
        return all(await asyncio.gather(*runs))
    return all([await run for run in runs])


async def _play(setting: Setting, kills: range) -> bool:
    """Whether every promise was kept."""
    begun = time.monotonic()
    figures = await run(setting, kills)
    name = setting.database.partition(":")[0]
    kind = {"mode": setting.mode, "database": name, "seed": setting.seed, "kills": len(kills)}
    seconds = {"first": kills.start, "seconds": round(time.monotonic() - begun, 1)}
    sys.stdout.write(json.dumps(kind | seconds | asdict(figures)) + "\n")
    sys.stdout.flush()
    return figures.faultless()
