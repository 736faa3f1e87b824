"""Running the tests that touch a mistake, each mistake in a process of its own."""

import ast
import gc
import json
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from time import monotonic

import pytest
from coverage import CoverageData
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

from tests.mutation.operators import Mutant
from tests.mutation.planting import NeedsLoading, plant_in_file, plant_in_loaded

TESTS = ["tests/settlement", "tests/cases", "tests/broken"]
FEW = 5
"""A line fewer tests touch may run once for all of them: then all tests are run."""
CPU_SECONDS = 60
"""Longer than all tests take: whoever needs more will not come back."""
WALL_SECONDS = 900
"""For a mutant that waits instead; on a busy machine others take their time too."""
SHOWN_EVERY = 25

Tests = Mapping[int, Sequence[str]]


class Outcome(Enum):
    KILLED = 0
    SURVIVED = 10
    NEEDS_LOADING = 11
    OUT_OF_TIME = 12
    """Stopped, since its tests went on for ever; counts as noticed."""


@dataclass
class Plan:
    """The mutants still to run and what became of the others."""

    waiting: list[Mutant]
    trees: Mapping[str, ast.Module]
    tests: Mapping[str, Tests]
    until: float
    processes: int
    outcomes: dict[Mutant, Outcome]
    screen: int
    """A file descriptor that stays open where the tests' output is silenced: for progress."""

    def run(self, plant: Callable[[Mutant], Outcome]) -> None:
        """Run each waiting mutant in a process of its own until the time is up."""
        running: dict[int, Mutant] = {}
        waiting = iter(self.waiting)
        while True:
            while len(running) < self.processes and monotonic() < self.until:
                mutant = next(waiting, None)
                if mutant is None:
                    break
                running[_fork(plant, mutant)] = mutant
            if not running:
                return
            process, status = os.wait()
            mutant = running.pop(process)
            outcome = self.outcomes[mutant] = _outcome(os.waitstatus_to_exitcode(status))
            if outcome is Outcome.SURVIVED:
                self._show(f"survived so far: {mutant.name}")
            if len(self.outcomes) % SHOWN_EVERY == 0:
                self._show(f"{len(self.outcomes)} of {len(self.waiting)} run")

    def _show(self, line: str) -> None:
        os.write(self.screen, f"{line}\n".encode())

    def touching(self, mutant: Mutant) -> set[str]:
        """The tests that touch the lines of a mutant; the empty name is loading."""
        by_line = self.tests.get(mutant.path, {})
        lines = {*mutant.lines, mutant.statement.lineno}
        return {name for line in lines for name in by_line.get(line, ())}

    def selected(self, mutant: Mutant, items: Iterable[pytest.Item]) -> list[pytest.Item]:
        """The tests to run for a mutant: first those that touch it, of them the fast ones."""
        touching = self.touching(mutant)
        every = (
            "" in touching or len(touching) < FEW or _is_cached(mutant, self.trees[mutant.path])
        )
        chosen = [item for item in items if every or item.nodeid in touching]
        return sorted(chosen, key=lambda item: (item.nodeid not in touching, _cost(item)))


def _is_cached(mutant: Mutant, tree: ast.Module) -> bool:
    """Whether a cache answers for the line, so that only the first of many tests touches it."""
    return any(
        isinstance(node, ast.FunctionDef)
        and node.lineno <= mutant.statement.lineno <= (node.end_lineno or node.lineno)
        and any("cache" in ast.unparse(decorator) for decorator in node.decorator_list)
        for node in ast.walk(tree)
    )


def _outcome(code: int) -> Outcome:
    if code in (-signal.SIGPROF, -signal.SIGALRM):
        return Outcome.OUT_OF_TIME
    alive = code in (Outcome.SURVIVED.value, Outcome.NEEDS_LOADING.value)
    return Outcome(code) if alive else Outcome.KILLED


def _fork(plant: Callable[[Mutant], Outcome], mutant: Mutant) -> int:
    process = os.fork()
    if process:
        return process
    _keep_quiet()
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    signal.alarm(WALL_SECONDS)
    outcome = Outcome.KILLED
    try:
        outcome = plant(mutant)
    finally:
        os._exit(outcome.value)


def _keep_quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _cost(item: pytest.Item) -> int:
    function = getattr(item, "function", None)
    if getattr(function, "is_hypothesis_test", False):
        return 2
    return 0 if function is None else 1


class InLoadedModules:
    """Lets pytest collect once; then each mutant is planted in what is loaded."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        gc.disable()
        self.plan.run(lambda mutant: self._run(mutant, session.items))
        return True

    def _run(self, mutant: Mutant, items: list[pytest.Item]) -> Outcome:
        chosen = self.plan.selected(mutant, items)
        try:
            plant_in_loaded(mutant, self.plan.trees[mutant.path])
        except NeedsLoading:
            return Outcome.NEEDS_LOADING
        for item in chosen:
            if isinstance(item, pytest.Function):
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            elif not item.get_closest_marker("xfail"):
                item.runtest()  # a case needs no fixtures; what it raises ends the process
        return Outcome.SURVIVED

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(Outcome.KILLED.value)


class Chosen:
    """Lets pytest run the tests of one mutant only, the fast ones first."""

    def __init__(self, plan: Plan, mutant: Mutant) -> None:
        self.plan, self.mutant = plan, mutant

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = self.plan.selected(self.mutant, items)


def _load_and_run(plan: Plan, mutant: Mutant) -> Outcome:
    plant_in_file(mutant, plan.trees[mutant.path])
    status = pytest.main([*OPTIONS, "-x", *TESTS], plugins=[Chosen(plan, mutant)])
    return Outcome.SURVIVED if status == pytest.ExitCode.OK else Outcome.KILLED


OPTIONS = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
OPTIONS += ["--hypothesis-profile=mutation"]
OPTIONS += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]


def run_mutants(plan: Plan) -> dict[Mutant, Outcome]:
    """Say of each mutant that could be run in time whether a test noticed it.

    What survives where a module is loaded may only have come too late, so it is loaded afresh.
    """
    outcomes = _apart(plan)
    late = [
        mutant
        for mutant, outcome in outcomes.items()
        if outcome is Outcome.NEEDS_LOADING
        or (outcome is Outcome.SURVIVED and "" in plan.touching(mutant))
    ]
    for mutant in late:
        del outcomes[mutant]
    afresh = replace(plan, waiting=late, outcomes={})
    afresh.run(lambda mutant: _load_and_run(plan, mutant))
    return outcomes | afresh.outcomes


def _apart(plan: Plan) -> dict[Mutant, Outcome]:
    """Run what can be planted in loaded modules; they are loaded in another process than this."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        _keep_quiet()
        pytest.main([*OPTIONS, *TESTS], plugins=[InLoadedModules(plan)])
        numbers = {
            str(plan.waiting.index(mutant)): outcome.value
            for mutant, outcome in plan.outcomes.items()
        }
        with os.fdopen(writing, "w") as pipe:
            json.dump(numbers, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        numbers = json.load(pipe)
    os.waitpid(process, 0)
    return {plan.waiting[int(number)]: Outcome(value) for number, value in numbers.items()}


def remember_parsed() -> None:
    """Parse no YAML text twice: each mutant reads the rules again."""
    parse = YAML.load

    def load(self: YAML, stream: object) -> object:
        if not isinstance(stream, str) or self.Constructor is not SafeConstructor:
            return parse(self, stream)
        if stream not in parsed:
            parsed[stream] = pickle.dumps(parse(self, stream))
        return pickle.loads(parsed[stream])  # noqa: S301

    parsed: dict[str, bytes] = {}
    YAML.load = load  # type: ignore[method-assign]
    for path in Path("settlement").rglob("*.yaml"):
        YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


def tests_by_line(coverage_file: str, paths: Sequence[str]) -> dict[str, Tests]:
    """Read from a coverage file which tests touch each line of some modules.

    Raises:
        FileNotFoundError: if the coverage file is not there.
    """
    if not Path(coverage_file).exists():
        raise FileNotFoundError(
            f"{coverage_file} is not there; run the tests under coverage first: "
            "coverage run -m pytest"
        )
    recorded = CoverageData(coverage_file)
    recorded.read()
    return {path: recorded.contexts_by_lineno(str(Path(path).resolve())) for path in paths}
