"""All canaries, or some: `python -m tests.reliability canaries_run [name …]`; a line each."""

import argparse
import json
import sys

from tests.reliability.canaries.plants import PLANTS
from tests.reliability.canaries.running import FAILED, PASSED, canaries, check_of, outcome_of


def main() -> None:
    """Exit 1 unless each check passes without its mistake and fails with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="all, if none is named")
    wished = parser.parse_args().names
    chosen = [each for each in canaries() if not wished or each["name"] in wished]
    without, complaint = outcome_of([check_of(each) for each in chosen], None)
    if without != PASSED:
        sys.stderr.write(f"without any mistake:\n{complaint}\n")
    caught_all = True
    for canary in chosen:
        planted, noticed = outcome_of([check_of(canary)], PLANTS[canary["name"]])
        caught = (without, planted) == (PASSED, FAILED)
        figures = {"name": canary["name"], "without": without, "with": planted, "caught": caught}
        sys.stdout.write(json.dumps(figures) + "\n")
        sys.stdout.flush()
        if planted != FAILED:
            sys.stderr.write(f"{canary['name']}:\n{noticed}\n")
        caught_all = caught_all and caught
    raise SystemExit(0 if caught_all else 1)
