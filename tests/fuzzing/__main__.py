"""`python -m tests.fuzzing reports|apis --inputs 1000000`: a long campaign, and its figures.

Guided by coverage where atheris is there (`pip install -e '.[fuzzing]'`), else by Hypothesis.
Ends with 1 if anything was not handled, took over a second or 512 MB, or coverage did not grow.
"""

import argparse
import importlib.util
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzzing.targets import TARGETS, Target
from tests.fuzzing.unguided import run_unguided
from tests.fuzzing.watching import LONGEST_SECONDS, MOST_MEGABYTES, Watched
from tests.fuzzing.words import dictionary

_COVERED = re.compile(r"^#\d+\s+(\w+)\s+cov: (\d+)", re.MULTILINE)
_LARGEST = 8192
_BROKEN_OFF = (72, -signal.SIGINT)
"""How libFuzzer or Python ends on somebody's SIGINT; the figures so far count."""


def main() -> None:
    """Run one campaign and print its figures."""
    asked = _asked()
    keep = Path(asked.keep or tempfile.mkdtemp(prefix="fuzzing-"))
    keep.mkdir(parents=True, exist_ok=True)
    target = TARGETS[asked.target]
    guided = importlib.util.find_spec("atheris") is not None and not asked.unguided
    watched = (
        _guided(asked, keep, target)
        if guided
        else run_unguided(target, asked.inputs, keep / "kept")
    )
    how = "guided by coverage" if guided else "by random examples"
    sys.stdout.write(f"{asked.target}, {how}: {watched.line()}\n")
    for broken in watched.broken_promises:
        sys.stdout.write(f"  {broken}\n")
    sys.exit(1 if watched.broken_promises else 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="where inputs, failures and the log stay")
    parser.add_argument("--unguided", action="store_true", help="without atheris")
    return parser.parse_args()


def _guided(asked: argparse.Namespace, keep: Path, target: Target) -> Watched:
    """Let libFuzzer run in a process of its own, beginning with the seeds."""
    seeds, found = keep / "seeds", keep / "found"
    for folder in (seeds, found):
        folder.mkdir(exist_ok=True)
    for place, seed in enumerate(target.seeds()):
        (seeds / f"{place:04}").write_bytes(seed)
    (keep / "words.dict").write_text(dictionary())
    figures, log = keep / "figures.json", keep / "log.txt"
    options = [
        f"-runs={asked.inputs}",
        f"-seed={asked.seed}",
        f"-dict={keep / 'words.dict'}",
        f"-max_len={_LARGEST}",
        "-len_control=0",
        f"-timeout={20 * LONGEST_SECONDS:.0f}",
        f"-rss_limit_mb={MOST_MEGABYTES}",
        f"-artifact_prefix={keep}/",
        str(found),
        str(seeds),
    ]
    command = [sys.executable, "-m", "tests.fuzzing.guided", asked.target, str(figures), *options]
    began = time.monotonic()
    with log.open("wb") as written:
        status = subprocess.run(command, stdout=written, stderr=written, check=False).returncode  # noqa: S603
    watched = Watched(**json.loads(figures.read_text()))
    watched.seconds = time.monotonic() - began
    if status not in (0, *_BROKEN_OFF):
        watched.failures[f"the process ended with {status}"] = str(log)
    covered = _COVERED.findall(log.read_text("utf-8", "replace"))
    watched.coverage_of_seeds = next(int(count) for what, count in covered if what == "INITED")
    watched.coverage = int(covered[-1][1])
    return watched


if __name__ == "__main__":
    main()
