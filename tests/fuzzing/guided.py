"""A campaign guided by coverage (atheris, libFuzzer): `python -m tests.fuzzing.guided …`.

It is a process of its own, for libFuzzer ends it. `tests.fuzzing` starts it and reads its log.
"""

import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["settlement"]):
    from tests.fuzzing.targets import TARGETS

from tests.fuzzing.watching import Watch

__all__: list[str] = []


def main(name: str, figures: str, *options: str) -> None:
    """Run a target; the figures are written to a file every 500 inputs, and at the end."""
    target, file = TARGETS[name], Path(figures)
    watch = Watch(target.run, file.parent / "kept", file)
    for seed in target.seeds()[:5]:
        target.run(seed)  # what is read once, such as layouts, is no input's time
    last = next(int(each.partition("=")[2]) for each in options if each.startswith("-runs="))

    def run(content: bytes) -> None:
        watch(content)
        if watch.watched.inputs >= last:
            watch.write()

    def mutated(content: bytes, most: int, seed: int) -> bytes:
        dice = random.Random(seed)  # noqa: S311 - the same seed, the same input
        if dice.random() < 0.05:
            changed: bytes = atheris.Mutate(content, most)
            return changed
        return target.mutated(content, dice)[:most]

    atheris.Setup([sys.argv[0], *options], run, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
