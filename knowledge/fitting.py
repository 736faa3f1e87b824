"""Fitting the confidence on questions that the matcher has not seen (校准).

Two kinds: phrasings held out of the base, which tell how a right and a wrong first candidate
look when nobody has taught the matcher that very question; and the test questions that must
not be answered. The lines are drawn so that hardly anything wrong is said on either.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import pairwise

import numpy as np

from knowledge.arrays import Floats
from knowledge.confidence import ABOUT, RIGHT, Bearing, Calibration, Evidence, Regression
from knowledge.entry import Entry, KnowledgeBase
from knowledge.matcher import Matcher
from knowledge.questions import Expected, Question

__all__ = [
    "Observation",
    "fit_calibration",
    "held_out",
    "joined",
    "observe",
    "render_calibration",
]

_PULL = 0.5
_ROUNDS = 30
_MISLED = 0.006
_LOST = 0.0005
_MISLED_UNSEEN = 0.04


@dataclass(frozen=True, slots=True)
class Observation:
    """The first candidate for a question, whether it was right, and whether any of three was."""

    evidence: Evidence
    bearing: Bearing
    right: bool
    among_three: bool
    answerable: bool


def observe(matcher: Matcher, questions: Iterable[Question]) -> Iterator[Observation]:
    """Look at the first candidates for all questions that stand alone."""
    for question in questions:
        (expected, *others) = question.expected
        asked_back = expected.outcome is not None
        foreign = matcher.normalise(question.ask).elsewhere
        if others or question.topic is not None or asked_back or foreign:
            continue
        found = [ranked for ranked, _ in matcher.ranked(question.ask)[:3]]
        right = [ranked.entry_id in expected.entries for ranked in found]
        if found:
            first = found[0]
            yield Observation(
                first.evidence, first.bearing, right[0], any(right), bool(expected.entries)
            )


def held_out(base: KnowledgeBase, fold: int, folds: int) -> tuple[KnowledgeBase, list[Question]]:
    """Take every n-th phrasing out of a base; give the rest, and those taken as questions."""
    entries: dict[str, Entry] = {}
    outside: dict[str, tuple[str, ...]] = {}
    questions: list[Question] = []
    for entry in base.entries.values():
        kept, taken = _parted(entry.questions, fold, folds)
        entries[entry.id] = replace(entry, questions=kept)
        questions += [Question(ask, "plain", (Expected((entry.id,)),)) for ask in taken]
    for name, asked in base.outside.items():
        outside[name], taken = _parted(asked, fold, folds)
        questions += [Question(ask, "far", (Expected(()),)) for ask in taken]
    return KnowledgeBase(entries, outside), questions


def joined(questions: Iterable[Question]) -> Iterator[Question]:
    """Join the questions that must not be answered in pairs: length alone proves nothing."""
    asked = [question.ask for question in questions if question.kind in ("near", "far")]
    for first, second in pairwise(asked):
        yield Question(f"{first}，{second}", "far", (Expected(()),))


def fit_calibration(unseen: Sequence[Observation], tested: Sequence[Observation]) -> Calibration:
    """Fit the weights on unseen questions; draw the lines so that both kinds are safe."""
    right = _fitted([astuple(one.evidence) for one in unseen], [one.right for one in unseen])
    given = [(right.log_odds(astuple(one.evidence)), *astuple(one.bearing)) for one in tested]
    about = _fitted(given, [one.answerable for one in tested])
    unlined = Calibration(right, about, sure=1.0, plausible=0.0)
    sure = max(_line(unlined, tested, _MISLED), _line(unlined, unseen, _MISLED_UNSEEN))
    confidences = np.array([unlined.confidence(one.evidence) for one in tested])
    relevances = np.array([about(values) for values in given])
    offered = np.array([one.among_three for one in tested])
    plausible = float(np.quantile(relevances[offered], _LOST, method="lower"))
    return replace(
        unlined, sure=_between(confidences, sure), plausible=_between(relevances, plausible)
    )


def render_calibration(calibration: Calibration, remark: str) -> str:
    """Write the figures as a calibration file; `remark` says what on, in a line or more."""
    right, about = calibration.right, calibration.about
    figures = {
        **dict(zip(RIGHT, (right.constant, *right.weights), strict=True)),
        **dict(zip(ABOUT, (about.constant, *about.weights), strict=True)),
        "sure": calibration.sure,
        "plausible": calibration.plausible,
    }
    lines = [f"# {line}" for line in remark.splitlines()]
    if not figures["meaning"]:  # fitted on words alone
        del figures["meaning"]
    lines += [f"{name}: {value:.4g}" for name, value in figures.items()]
    return "\n".join(lines) + "\n"


def _fitted(seen: Sequence[Sequence[float]], held: Sequence[bool]) -> Regression:
    """Fit a regression on what was seen, and whether it held."""
    values, outcome = np.array(seen), np.array(held, dtype=float)
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    weights = _logistic(np.c_[(values - middle) / spread, np.ones(len(outcome))], outcome)
    slopes = weights[:-1] / spread
    return Regression(float(weights[-1] - slopes @ middle), tuple(map(float, slopes)))


def _parted(
    asked: tuple[str, ...], fold: int, folds: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    taken = asked[fold::folds] if len(asked) >= folds else ()
    return tuple(ask for ask in asked if ask not in taken), taken


def _line(calibration: Calibration, seen: Sequence[Observation], allowed: float) -> float:
    """Give the lowest confidence from which hardly anything wrong would be said."""
    confidences = np.array([calibration.confidence(one.evidence) for one in seen])
    right = np.array([one.right for one in seen])
    answerable = np.array([one.answerable for one in seen])
    for line in np.arange(0.50, 1.0, 0.01):
        said = confidences >= line
        misled = np.mean(said[answerable] & ~right[answerable]), np.mean(said[~answerable])
        if max(misled) <= allowed:
            return float(line)
    return 0.99


def _between(confidences: Floats, line: float) -> float:
    """Move a line to the middle of the gap it is in, so that no question stands on it."""
    above = confidences[confidences >= line].min(initial=1.0)
    below = confidences[confidences < line].max(initial=0.0)
    return float(above + below) / 2


def _logistic(evidence: Floats, right: Floats) -> Floats:
    """Fit a logistic regression with a small pull towards zero, by Newton's method."""
    weights = np.zeros(evidence.shape[1])
    pull = _PULL * np.eye(len(weights))
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-evidence @ weights))
        slope = evidence.T @ (likely - right) + pull @ weights
        curvature = (evidence * (likely * (1 - likely))[:, None]).T @ evidence + pull
        weights -= np.linalg.solve(curvature, slope)
    return weights
