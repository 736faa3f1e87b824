"""All canaries, or some: `python -m tests.reliability canaries_run [name …]`; a line each."""

import argparse
import json
import sys

from tests.reliability.canaries.plants import PLANTS
from tests.reliability.canaries.running import FAILED, PASSED, canaries, check_of, side_by_side


def main() -> None:
    """Exit 1 unless each check passes without its mistake and fails with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="all, if none is named")
    wished = parser.parse_args().names
    chosen = [each for each in canaries() if not wished or each["name"] in wished]
    planted = [([check_of(each)], PLANTS[each["name"]]) for each in chosen]
    outcomes = side_by_side([([check_of(each) for each in chosen], None), *planted])
    without, complaint = next(outcomes)
    if without != PASSED:
        sys.stderr.write(f"without any mistake:\n{complaint}\n")
    caught_all = True
    for canary, (status, noticed) in zip(chosen, outcomes, strict=True):
        caught = (without, status) == (PASSED, FAILED)
        figures = {"name": canary["name"], "without": without, "with": status, "caught": caught}
        sys.stdout.write(json.dumps(figures) + "\n")
        sys.stdout.flush()
        if status != FAILED:
            sys.stderr.write(f"{canary['name']}:\n{noticed}\n")
        caught_all = caught_all and caught
    raise SystemExit(0 if caught_all else 1)
