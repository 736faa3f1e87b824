"""Plant small mistakes in settlement/ and count those that no test notices.

`coverage run -m pytest tests/settlement tests/cases tests/broken` first, to record which tests
touch which line; then `python -m tests.mutation [--since REVISION] [--again REPORT] [MODULE…]`.
A survivor that changes nothing is listed in survivors.yaml with the reason and is not planted.
"""

import argparse
import ast
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic

from hypothesis import Phase, settings
from ruamel.yaml import YAML

from tests.mutation.operators import Mutant, mutants_of
from tests.mutation.running import Outcome, Plan, remember_parsed, run_mutants, tests_by_line

HERE = Path(__file__).parent
REQUIRED = 90


def main() -> int:
    arguments = _arguments()
    # Whether a mistake is noticed matters, not by which least example.
    os.environ.setdefault("MINGZHANG_TEST_EXAMPLES", "25")
    settings.register_profile(
        "mutation",
        max_examples=25,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
    )

    remember_parsed()
    paths = arguments.modules or sorted(map(str, Path("settlement").rglob("*.py")))
    changed = _changed_lines(arguments.since) if arguments.since else None
    trees = {path: ast.parse(Path(path).read_text("utf-8")) for path in paths}
    known = _equivalent()
    again = _survivors_in(Path(arguments.again)) if arguments.again else None
    mutants = [
        mutant
        for path, tree in trees.items()
        for mutant in mutants_of(path, tree)
        if (
            changed is None or changed.get(path, set()) & set(range(mutant.first, mutant.last + 1))
        )
        and (path, mutant.function, mutant.change) not in known
        and (again is None or (path, mutant.change) in again)
    ]
    random.Random(arguments.seed).shuffle(mutants)  # noqa: S311
    outcomes = run_mutants(
        Plan(
            mutants,
            trees,
            tests_by_line(arguments.coverage, paths),
            monotonic() + arguments.seconds,
            arguments.processes,
            {},
            os.dup(sys.stderr.fileno()),
        )
    )
    return _report(mutants, outcomes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as settlement/refunds.py; else all")
    parser.add_argument("--since", help="only lines changed since this revision, such as HEAD~1")
    parser.add_argument("--again", help="only what this earlier report names as survived")
    parser.add_argument("--seconds", type=float, default=36_000, help="start no mutant later")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7, help="of the order the mutants run in")
    parser.add_argument("--coverage", default=".coverage", help="the recorded coverage")
    return parser.parse_args()


def _changed_lines(revision: str) -> dict[str, set[int]]:
    """The lines of settlement/ that differ from a revision, by path."""
    command = ["git", "diff", "--unified=0", revision, "--", "settlement/*.py"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if answer.returncode:
        sys.exit(f"no difference from {revision} to be had; fetch more history: {answer.stderr}")
    lines: dict[str, set[int]] = {}
    path = ""
    for line in answer.stdout.splitlines():
        if line.startswith("+++ "):
            path = line.removeprefix("+++ b/")
        elif hunk := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            lines.setdefault(path, set()).update(range(first, first + count))
    return lines


def _survivors_in(report: Path) -> set[tuple[str, str]]:
    """The files and changes named in a report; lines may have moved since."""
    named = re.findall(r"^survived: (.+?):\d+: (.+)$", report.read_text("utf-8"), re.MULTILINE)
    return {(path, change) for path, change in named}


def _equivalent() -> set[tuple[str, str, str]]:
    """The mistakes that change nothing anyone could see, as file, function and change."""
    content = YAML(typ="safe").load((HERE / "survivors.yaml").read_text("utf-8")) or {}
    return {
        (path, entry["function"], entry["change"])
        for path, entries in content.items()
        for entry in entries
    }


def _report(mutants: list[Mutant], outcomes: Mapping[Mutant, Outcome]) -> int:
    sys.stdout.writelines(f"{line}\n" for line in _lines(mutants, outcomes))
    survived = sum(outcome is Outcome.SURVIVED for outcome in outcomes.values())
    return 1 if survived * 100 > (100 - REQUIRED) * len(outcomes) else 0


def _lines(mutants: list[Mutant], outcomes: Mapping[Mutant, Outcome]) -> Iterator[str]:
    survivors = [mutant for mutant, outcome in outcomes.items() if outcome is Outcome.SURVIVED]
    yield from sorted(f"survived: {mutant.name}" for mutant in survivors)
    run = Counter(mutant.path for mutant in outcomes)
    lost = Counter(mutant.path for mutant in survivors)
    for path in sorted(run):
        yield f"{path}: {run[path] - lost[path]} of {run[path]}"
    if outcomes:
        killed = len(outcomes) - len(survivors)
        left = len(mutants) - len(outcomes)
        late = sum(outcome is Outcome.OUT_OF_TIME for outcome in outcomes.values())
        score = f"{killed} of {len(outcomes)} noticed, {killed / len(outcomes):.1%}"
        yield f"{score}, {late} of them by going on for ever; {left} not run"
    else:
        yield "nothing to plant a mistake in"


if __name__ == "__main__":
    sys.exit(main())
