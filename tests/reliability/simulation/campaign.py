"""Lives through the years of a range of seeds, and sums up; resumable by the range."""

import argparse
import gc
import json
import logging
import sys
from collections.abc import Callable
from time import process_time

from tests.reliability.canaries.plants import PLANTS
from tests.reliability.ranges import numbers
from tests.reliability.simulation.world import World, worlds

TRACE = 20


def main() -> None:
    """Live through the seeds of a range; exit 1 if any goes wrong, with its trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=numbers, default=numbers("0-19"), metavar="FIRST-LAST")
    parser.add_argument("--days", type=int, default=365, help="only the beginning of each year")
    parser.add_argument("--plant", choices=tuple(PLANTS), help="with this mistake in the program")
    wished = parser.parse_args()
    if wished.plant:
        PLANTS[wished.plant]()
    logging.disable(logging.CRITICAL)
    totals = dict.fromkeys(("years", "delivered", "required", "crashes", "uncertain", "wrong"), 0)
    gc.freeze()
    gc.disable()  # by itself it would look again and again at the tables, which stay
    with worlds() as world:
        for seed in wished.seeds:
            figures = live(world, seed, wished.days)
            _print(figures)
            for name in totals:
                totals[name] += figures.get(name, 1)
    _print({"first": wished.seeds.start} | totals)
    raise SystemExit(1 if totals["wrong"] else 0)


def live(world: Callable[[int], World], seed: int, days: int = 365) -> dict[str, int]:
    """One year, or its beginning; its figures, with what went wrong on standard error."""
    began = process_time()
    year = world(seed)
    try:
        year.live(days)
        for each in year.oracle.wrong[:TRACE]:
            sys.stderr.write(f"seed {seed}: {each}\n")
        return {
            "seed": seed,
            "delivered": year.oracle.delivered,
            "required": year.oracle.required,
            "crashes": year.crashes,
            "uncertain": year.uncertain(),
            "wrong": len(year.oracle.wrong),
            "cpu_ms": int(1000 * (process_time() - began)),
        }
    finally:
        year.close()
        gc.collect()


def _print(figures: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
