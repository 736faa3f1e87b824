"""How sure the first candidate is right: fitted on our own questions (置信度)."""

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.strict_yaml import KnowledgeFileError, Node, read_yaml

__all__ = [
    "ABOUT",
    "RIGHT",
    "Bearing",
    "Calibration",
    "Evidence",
    "Regression",
    "load_calibration",
    "shipped_calibration",
]

_OPTIONAL = "meaning"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a candidate."""

    log_odds: float
    """Of this candidate against the others, as the softmax over them has it."""
    likeness: float
    """How like the nearest phrasing it sounds, by edits, 0 to 1."""
    familiarity: float
    """Share of the text that the phrasings know, 0 to 1."""
    inside: float
    """How far its logit lies above that of the nearest question that is not answered."""
    meaning: float = 0.0
    """How near it lies in meaning, 0 to 1; 0 where nothing tells."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What speaks for a question being about our subject, beside its first candidate."""

    familiarity: float
    """As in the evidence."""
    named: float
    """1 if it names a platform, or the conversation is about one; else 0."""
    ours: float
    """Its cosine with all that is answered."""
    others: float
    """Its cosine with all that is known and not answered."""


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression (逻辑回归)."""

    constant: float
    weights: tuple[float, ...]

    def log_odds(self, values: Iterable[float]) -> float:
        """Give the logarithm of the odds, between -30 and 30."""
        total: float = self.constant + sum(map(operator.mul, self.weights, values))
        return max(-30.0, min(30.0, total))

    def __call__(self, values: Iterable[float]) -> float:
        """Give the probability."""
        return 1 / (1 + math.exp(-self.log_odds(values)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether a candidate is right, whether a question is ours, and where to draw the lines."""

    right: Regression
    """Over the evidence."""
    about: Regression
    """Over the log odds of the first candidate being right, and the bearing."""
    sure: float
    """From this confidence a candidate is answered outright."""
    plausible: float
    """From this relevance a question is taken for ours; below, nothing is known."""

    def confidence(self, evidence: Evidence) -> float:
        """Give the probability that this candidate is right."""
        return self.right(_values(evidence))

    def relevance(self, evidence: Evidence, bearing: Bearing) -> float:
        """Give the probability that a question is about our subject; `evidence` is the first's."""
        return self.about((self.right.log_odds(_values(evidence)), *_values(bearing)))


def _values(seen: Evidence | Bearing) -> Iterable[float]:
    return (getattr(seen, name) for name in seen.__slots__)


RIGHT = ("constant", *Evidence.__slots__)
ABOUT = tuple(f"about_{name}" for name in ("constant", "certainty", *Bearing.__slots__))
"""What the figures of the regressions are called in a file, in their order."""
_PARTS = (RIGHT, ABOUT)


@cache
def shipped_calibration(*, semantic: bool = False) -> Calibration:
    """The figures that come with the program, for words alone or with meanings beside them."""
    name = "calibration-semantic.yaml" if semantic else "calibration.yaml"
    return load_calibration(name, files("knowledge").joinpath(name).read_text(encoding="utf-8"))


def load_calibration(file: str, text: str) -> Calibration:
    """Read fitted figures; raises KnowledgeFileError."""
    document = read_yaml(file, text)
    names = [*RIGHT, *ABOUT, "sure", "plausible"]
    if not isinstance(document, dict) or {*document, _OPTIONAL} != set(names):
        names.remove(_OPTIONAL)
        raise KnowledgeFileError(
            file,
            None,
            None,
            f"must hold exactly {', '.join(names)}, with or without {_OPTIONAL}",
            "fit it again",
        )
    figures = {name: _figure(file, name, value) for name, value in document.items()}
    right, about = (
        Regression(constant, tuple(weights))
        for constant, *weights in ([figures.get(name, 0.0) for name in part] for part in _PARTS)
    )
    return Calibration(right, about, figures["sure"], figures["plausible"])


def _figure(file: str, name: str, value: Node) -> float:
    try:
        return float(str(value))
    except ValueError as error:
        raise KnowledgeFileError(
            file, None, name, f"{value!r} is no number", "fit it again"
        ) from error
