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
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.reliability.crash_run import PUSHES_A_KILL, run
from tests.reliability.databases import PROCESSES, database
from tests.reliability.figures import Figures
from tests.reliability.stage import Setting

MODES = ("polling", "webhook")


def numbers(text: str) -> range:
    """`0-49` as the fifty numbers it means."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main() -> None:
    """Run all four kinds, or those asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=numbers, default=numbers("0-4"), metavar="FIRST-LAST")
    parser.add_argument("--mode", choices=MODES, action="append")
    parser.add_argument("--database", choices=tuple(PROCESSES), action="append")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="a folder for the processes' log, kept")
    wished = parser.parse_args()
    faultless = True
    for name in wished.database or PROCESSES:
        for mode in wished.mode or MODES:
            figures = _play(name, mode, wished)
            faultless = faultless and figures.faultless()
    raise SystemExit(0 if faultless else 1)


def _play(name: str, mode: str, wished: argparse.Namespace) -> Figures:
    begun = time.monotonic()
    kills: range = wished.kills
    with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as address:
        setting = Setting(
            mode=mode,
            database=address,
            replicas=PROCESSES[name],
            seed=wished.seed,
            pushes=PUSHES_A_KILL * len(kills),
            folder=wished.keep or Path(folder),
        )
        figures = asyncio.run(run(setting, kills))
    kind = {"mode": mode, "database": name, "seed": wished.seed, "kills": len(kills)}
    seconds = {"first": kills.start, "seconds": round(time.monotonic() - begun, 1)}
    sys.stdout.write(json.dumps(kind | seconds | asdict(figures)) + "\n")
    sys.stdout.flush()
    return figures
