"""What people ask in a benchmark (问句): the test questions, always in the same order."""

import random
from bisect import bisect
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from pathlib import Path

from knowledge.questions import load_questions

__all__ = ["as_often_as_people_do", "each_once"]

QUESTIONS = Path(__file__).parents[2] / "questions"
SEED = 7

Texts = Callable[[int], str]
"""The text of the update with that number."""


def each_once() -> Texts:
    """All questions in turn: none comes twice before all have been asked."""
    asked = _asked()
    return lambda number: asked[number % len(asked)]


def as_often_as_people_do() -> Texts:
    """The nth most common question is asked one nth as often as the first (Zipf's law)."""
    asked = _asked()
    shares = list(accumulate(1 / place for place in range(1, len(asked) + 1)))
    return lambda number: asked[bisect(shares, _share(number) * shares[-1])]


def _share(number: int) -> float:
    return random.Random(SEED * 1_000_003 + number).random()  # noqa: S311


@cache
def _asked() -> tuple[str, ...]:
    files = {
        path.name: path.read_text(encoding="utf-8") for path in sorted(QUESTIONS.glob("*.yaml"))
    }
    asked = list(dict.fromkeys(question.ask for question in load_questions(files)))
    random.Random(SEED).shuffle(asked)  # noqa: S311
    return tuple(asked)
