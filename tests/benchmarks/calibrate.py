"""Fit knowledge/calibration.yaml on tests/questions: python -m tests.benchmarks.calibrate.

The matcher is asked twice, with and without the questions that are not ours, so that its
confidence does not lean on having seen every kind of question nobody should answer.
"""

import sys
from pathlib import Path

from knowledge.entry import KnowledgeBase
from knowledge.fitting import fit_calibration, joined, observe, render_calibration
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from knowledge.questions import Question, load_questions

ROOT = Path(__file__).parents[2]


def main() -> None:
    base = shipped_knowledge()
    questions = test_questions()
    asked = [*questions, *joined(questions)]
    bare = KnowledgeBase(base.entries)
    calibration = fit_calibration(
        list(observe(Matcher(base), asked)), list(observe(Matcher(bare), asked))
    )
    remark = f"Fitted by tests/benchmarks/calibrate.py on {len(questions)} test questions."
    text = render_calibration(calibration, remark)
    ROOT.joinpath("knowledge", "calibration.yaml").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def test_questions() -> tuple[Question, ...]:
    paths = sorted(ROOT.joinpath("tests", "questions").glob("*.yaml"))
    return load_questions({path.name: path.read_text(encoding="utf-8") for path in paths})


if __name__ == "__main__":
    main()
