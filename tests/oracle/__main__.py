"""The long run: `python -m tests.oracle --count 1000000 --seed 1`."""

import argparse
import sys

from tests.oracle.comparing import first_difference

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--count", type=int, default=1_000_000)
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()
difference = first_difference(arguments.seed, arguments.count)
sys.stdout.write(f"{arguments.count} ledgers, seed {arguments.seed}: {difference or '0 fen'}\n")
sys.exit(1 if difference else 0)
