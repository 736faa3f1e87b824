"""Fit knowledge/calibration.yaml to the questions of the base and of tests/questions.

The weights are fitted on phrasings held out of the base and on the test questions that must
not be answered, each asked with and without the questions that are not ours, so that the
confidence does not lean on having seen every kind of question nobody should answer."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot.publishing.learning import with_meanings
from bot.publishing.meanings import meaning_store
from knowledge.confidence import Calibration
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
from knowledge.trial import Report, Verdict, render_report, run_trial

ROOT = Path(__file__).parents[2]
FOLDS = 4
SEALED = ("sealed.yaml", "far_sealed.yaml")

Build = Callable[[KnowledgeBase], Matcher]


def main() -> None:
    arguments = _arguments()
    base, asked = shipped_knowledge(), read_questions()
    build = _with_meanings if arguments.semantic else Matcher
    if arguments.check:
        sys.stdout.write(render_report(cross_validated(base, asked, build)) + "\n")
        return
    text = render_calibration(
        fitted(base, asked, build),
        "Fitted by tests/benchmarks/calibrate.py; do not edit by hand.\n"
        f"On held-out phrasings, and on {len(asked)} test questions.",
    )
    name = "calibration-semantic.yaml" if arguments.semantic else "calibration.yaml"
    ROOT.joinpath("knowledge", name).write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.benchmarks.calibrate", description=__doc__)
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing: ask in folds, each with a calibration that saw none of its questions",
    )
    parser.add_argument(
        "--semantic",
        action="store_true",
        help="with the model of meaning, into calibration-semantic.yaml",
    )
    return parser.parse_args()


def fitted(base: KnowledgeBase, asked: Sequence[Question], build: Build) -> Calibration:
    tested = list(observe(build(base), asked))
    return fit_calibration(list(unseen_observations(base, asked, build)), tested)


def cross_validated(base: KnowledgeBase, asked: Sequence[Question], build: Build) -> Report:
    verdicts: list[Verdict] = []
    whole = build(base)
    for fold in range(FOLDS):
        others = [question for at, question in enumerate(asked) if at % FOLDS != fold]
        matcher = Matcher(
            base,
            calibration=fitted(base, others, build),
            index=whole.index,
            channel=whole.channel,
        )
        verdicts += run_trial(matcher, asked[fold::FOLDS]).verdicts
    return Report(tuple(verdicts))


def unseen_observations(
    base: KnowledgeBase, asked: Sequence[Question], build: Build
) -> Iterator[Observation]:
    unanswerable = [question for question in asked if question.kind in ("near", "far")]
    foreign = [*unanswerable, *joined(unanswerable)]
    for fold in range(FOLDS):
        kept, questions = held_out(base, fold, FOLDS)
        for given in (kept, KnowledgeBase(kept.entries)):
            yield from observe(build(given), [*questions, *foreign])


def _with_meanings(base: KnowledgeBase) -> Matcher:
    store = meaning_store()
    if store is None:
        sys.exit("--semantic needs the extra: pip install 'mingzhang[semantic]'")
    return with_meanings(base, Matcher(base), store)


def read_questions() -> tuple[Question, ...]:
    """Read what may be fitted on: all but the sealed questions, which judge what was fitted."""
    folder = ROOT.joinpath("tests", "questions")
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.name not in SEALED]
    return load_questions({path.name: path.read_text(encoding="utf-8") for path in paths})


if __name__ == "__main__":
    main()
