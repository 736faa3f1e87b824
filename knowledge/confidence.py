"""How sure the first candidate is right: fitted on our own questions (置信度)."""

import math
import operator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.strict_yaml import KnowledgeFileError, Node, read_yaml

__all__ = ["Calibration", "Evidence", "shipped_calibration"]


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
class Calibration:
    """A logistic regression over the evidence, and where to draw the lines."""

    constant: float
    weights: tuple[float, ...]
    sure: float
    """From here a candidate is answered outright."""
    plausible: float
    """From here candidates are offered; below, nothing is known."""

    def confidence(self, evidence: Evidence) -> float:
        """Give the probability that this candidate is right."""
        values = (getattr(evidence, name) for name in Evidence.__slots__)
        total = self.constant + sum(map(operator.mul, self.weights, values))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def shipped_calibration(*, semantic: bool = False) -> Calibration:
    """The figures that come with the program, for words alone or with meanings beside them."""
    name = "calibration-semantic.yaml" if semantic else "calibration.yaml"
    return load_calibration(name, files("knowledge").joinpath(name).read_text(encoding="utf-8"))


def load_calibration(file: str, text: str) -> Calibration:
    """Read fitted figures; raises KnowledgeFileError."""
    document = read_yaml(file, text)
    names = [*Evidence.__slots__, "constant", "sure", "plausible"]
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
    weights = tuple(figures.pop(name, 0.0) for name in Evidence.__slots__)
    return Calibration(weights=weights, **figures)


def _figure(file: str, name: str, value: Node) -> float:
    try:
        return float(str(value))
    except ValueError as error:
        raise KnowledgeFileError(
            file, None, name, f"{value!r} is no number", "fit it again"
        ) from error
