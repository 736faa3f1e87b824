"""Fit knowledge/calibration.yaml: python -m tests.benchmarks.calibrate.

The weights are fitted on phrasings held out of the base and on the test questions that must
not be answered, each asked with and without the questions that are not ours, so that the
confidence does not lean on having seen every kind of question nobody should answer.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from knowledge.entry import KnowledgeBase
from knowledge.fitting import (
    Observation,
    fit_calibration,
    held_out,
    joined,
    observe,
    render_calibration,
)
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from knowledge.questions import Question, load_questions

ROOT = Path(__file__).parents[2]
FOLDS = 4


def main() -> None:
    base = shipped_knowledge()
    asked = read_questions()
    unseen = list(unseen_observations(base, asked))
    calibration = fit_calibration(unseen, list(observe(Matcher(base), asked)))
    text = render_calibration(
        calibration,
        "Fitted by tests/benchmarks/calibrate.py; do not edit by hand.\n"
        f"On {len(unseen)} held-out phrasings and questions that must not be answered.",
    )
    ROOT.joinpath("knowledge", "calibration.yaml").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def unseen_observations(base: KnowledgeBase, asked: tuple[Question, ...]) -> Iterator[Observation]:
    unanswerable = [question for question in asked if question.kind in ("near", "far")]
    foreign = [*unanswerable, *joined(unanswerable)]
    for fold in range(FOLDS):
        kept, questions = held_out(base, fold, FOLDS)
        for given in (kept, KnowledgeBase(kept.entries)):
            yield from observe(Matcher(given), [*questions, *foreign])


def read_questions() -> tuple[Question, ...]:
    paths = sorted(ROOT.joinpath("tests", "questions").glob("*.yaml"))
    return load_questions({path.name: path.read_text(encoding="utf-8") for path in paths})


if __name__ == "__main__":
    main()
