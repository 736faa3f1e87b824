"""The same campaign by random examples (Hypothesis), where atheris is missing."""

import random
import time
from pathlib import Path

import coverage
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzzing.targets import Target
from tests.fuzzing.watching import Watch, Watched

__all__ = ["run_examples", "run_unguided"]


def run_examples(target: Target, watch: Watch, count: int, most_changes: int = 4) -> None:
    """Run as many mutations of the seeds, some of them mutated several times."""
    seeds = target.seeds()

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**64), st.integers(1, most_changes))
    def run(number: int, changes: int) -> None:
        dice = random.Random(number)  # noqa: S311 - the same number, the same input
        content = dice.choice(seeds)
        for _ in range(changes):
            content = target.mutated(content, dice)
        watch(content)

    run()


def run_unguided(target: Target, inputs: int, keep: Path) -> Watched:
    """Run a whole campaign and count the branches that seeds and inputs cover."""
    watch = Watch(target.run, keep, keep.parent / "figures.json")
    began = time.monotonic()
    watched = watch.watched
    for seed in target.seeds()[:5]:
        target.run(seed)  # what is read once, such as layouts, is no input's time
    with _branches(target) as of_seeds:
        for seed in target.seeds():
            watch(seed)
        watched.coverage_of_seeds = of_seeds.count()
        run_examples(target, watch, inputs)
        watched.coverage = of_seeds.count()
    watch.write()
    watched.seconds = time.monotonic() - began
    return watched


class _branches:
    """Counts the branches covered in the target's packages."""

    def __init__(self, target: Target) -> None:
        self._coverage = coverage.Coverage(
            branch=True,
            source_dirs=[str(Path(__file__).parents[2] / "settlement")],
            data_file=None,
            config_file=False,
        )

    def __enter__(self) -> "_branches":
        self._coverage.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._coverage.stop()

    def count(self) -> int:
        """How many branches were taken so far."""
        data = self._coverage.get_data()
        return sum(len(data.arcs(file) or ()) for file in data.measured_files())
