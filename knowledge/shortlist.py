"""What speaks for each candidate of one question, against the others (证据)."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.confidence import Evidence

__all__ = ["GENERAL", "GENERAL_IF_NAMED", "OUTSIDE", "Candidate", "Shortlist"]

GENERAL = "general"
OUTSIDE = "outside"
"""Stands as the platform of the groups of questions that are not answered."""

GENERAL_IF_NAMED = -2.5
"""Logits: a question that names a platform is seldom meant for a general entry."""

_FAR = 10.0
_NOISE = 5.0
"""The logit of what any base has for any question; being alone proves nothing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group that comes into question: its logit from the words alone and in all."""

    name: str
    platform: str
    words: float
    logit: float
    likeness: float
    meaning: float


class Shortlist:
    """The candidates of one question; weighs each against those that apply where it does."""

    def __init__(self, candidates: Sequence[Candidate], familiarity: float) -> None:
        """Sum up what the candidates of each platform weigh together."""
        self._familiarity = familiarity
        self._top = max(max(c.logit, c.words) for c in candidates)
        self._mass: dict[str, float] = defaultdict(float)
        self._mass_if_named: dict[str, float] = defaultdict(float)
        for candidate in candidates:
            self._mass[candidate.platform] += math.exp(candidate.logit - self._top)
            self._mass_if_named[candidate.platform] += math.exp(candidate.words - self._top)
        outside = [c for c in candidates if c.platform == OUTSIDE]
        self._outside = max((c.logit for c in outside), default=-math.inf)
        self._outside_if_named = GENERAL_IF_NAMED + max(
            (c.words for c in outside), default=-math.inf
        )

    def evidence(self, candidate: Candidate) -> Evidence:
        """Weigh a candidate against its platform's, the general ones and what is outside."""
        mass = self._mass
        if candidate.platform == GENERAL:
            rivals = sum(mass.values())
        else:
            rivals = mass[candidate.platform] + mass[GENERAL] + mass[OUTSIDE]
        return self._evidence(candidate, candidate.logit, rivals, self._outside)

    def evidence_if_named(self, candidate: Candidate) -> Evidence:
        """Weigh a candidate as if the question named its platform."""
        mass = self._mass_if_named
        discount = 1.0 if candidate.platform == GENERAL else math.exp(GENERAL_IF_NAMED)
        rivals = discount * mass[GENERAL] + math.exp(GENERAL_IF_NAMED) * mass[OUTSIDE]
        if candidate.platform != GENERAL:
            rivals += mass[candidate.platform]
        return self._evidence(candidate, candidate.words, rivals, self._outside_if_named)

    def _evidence(
        self, candidate: Candidate, logit: float, rivals: float, outside: float
    ) -> Evidence:
        own = math.exp(logit - self._top)
        odds = math.log(own / (max(rivals - own, 0.0) + math.exp(_NOISE - self._top)))
        return Evidence(
            log_odds=min(_FAR, odds),
            likeness=candidate.likeness,
            familiarity=self._familiarity,
            inside=min(_FAR, logit - outside),
            meaning=candidate.meaning,
        )
