"""Candidates for one question, best first, with what speaks for each (候选排序)."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from knowledge.arrays import Floats, Ints
from knowledge.confidence import Evidence
from knowledge.normalise import Normalised
from knowledge.profiles import build_profiles
from knowledge.vectors import Vectoriser

__all__ = ["OUTSIDE", "Group", "Ranked", "Ranker"]

OUTSIDE = "outside"
"""Stands as the platform of the groups of questions that are not answered."""

_SHORTLIST = 16
_LIKENESS_WEIGHT = 2.5
_NEVER = -50.0
_GENERAL_IF_NAMED = -2.5
_PLATFORM_IF_UNNAMED = -3.5
_GENERAL_IF_HERE = -1.0
_FAVOUR = 1.5
_FAR = 10.0


@dataclass(frozen=True, slots=True)
class Group:
    """The phrasings of one entry, or of one kind of question that is not answered."""

    name: str
    platform: str
    phrasings: Sequence[Normalised]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate: an entry's id, its platform, and the evidence for it."""

    entry_id: str
    platform: str
    by_words: float
    """Its logit from the words alone, without what naming a platform or none says."""
    evidence: Evidence

    @property
    def score(self) -> float:
        """The logit by which candidates are ordered."""
        return self.evidence.score

    @property
    def is_own_phrasing(self) -> bool:
        """Whether the text is one of the entry's phrasings, to the letter that counts."""
        return self.evidence.likeness == 1


class Ranker:
    """Compares a normalised question with every group of phrasings."""

    def __init__(self, groups: Sequence[Group]) -> None:
        """Index the groups."""
        self._groups = groups
        self._rows = {group.name: row for row, group in enumerate(groups)}
        self._platforms = np.array([group.platform for group in groups])
        self._texts = [[phrasing.text for phrasing in group.phrasings] for group in groups]
        texts = [text for asked in self._texts for text in asked]
        owners = np.repeat(np.arange(len(groups)), [len(asked) for asked in self._texts])
        self._vectoriser = Vectoriser(texts, owners)
        named = [phrasing.platforms for group in groups for phrasing in group.phrasings]
        self._profiles = build_profiles(
            self._vectoriser.rows, owners, self._priors(owners, named), self._vectoriser.size
        )

    def rank(
        self,
        text: str,
        named: Collection[str] = (),
        here: str | None = None,
        favoured: Collection[str] = (),
    ) -> tuple[Ranked, ...]:
        """Give the best candidates; naming platforms shuts out the entries of all others.

        `here` is the platform that the conversation is about, `favoured` are ids of entries
        that it makes likelier.
        """
        vector = self._vectoriser(text)
        prior = self._prior(frozenset(named), here)
        prior[[self._rows[name] for name in favoured]] += _FAVOUR
        scores = self._profiles.scores(vector) + prior
        count = min(_SHORTLIST, len(scores))
        rows = np.argpartition(-scores, count - 1)[:count]
        likeness = np.array([self._likeness(text, row) for row in rows])
        logits = scores[rows] + _LIKENESS_WEIGHT * likeness
        familiarity = float(np.sqrt(vector.weights @ vector.weights))
        outside = logits[self._platforms[rows] == OUTSIDE].max(initial=-math.inf)
        return tuple(
            Ranked(
                self._groups[rows[at]].name,
                self._groups[rows[at]].platform,
                float(logits[at] - prior[rows[at]]),
                Evidence(
                    score=float(logits[at]),
                    log_odds=self._log_odds(logits, rows, int(at)),
                    likeness=float(likeness[at]),
                    familiarity=familiarity,
                    log_length=math.log(1 + len(text)),
                    inside=float(min(_FAR, logits[at] - outside)),
                ),
            )
            for at in np.argsort(-logits, kind="stable")
            if scores[rows[at]] > _NEVER / 2 and self._platforms[rows[at]] != OUTSIDE
        )

    def _prior(self, named: frozenset[str], here: str | None = None) -> Floats:
        """Give what naming platforms, or naming none, says about each group, in logits."""
        anywhere = np.isin(self._platforms, ["general", OUTSIDE])
        if named:
            meant = np.isin(self._platforms, list(named))
            return np.where(meant, 0, np.where(anywhere, _GENERAL_IF_NAMED, _NEVER))
        if here is None:
            return np.where(anywhere, 0, _PLATFORM_IF_UNNAMED)
        meant = self._platforms == here
        return np.where(meant, 0, np.where(anywhere, _GENERAL_IF_HERE, _PLATFORM_IF_UNNAMED))

    def _priors(self, owners: Ints, named: Sequence[frozenset[str]]) -> Floats:
        """Give the prior of each phrasing; what it decides need not be learned from words."""
        of_names = {names: self._prior(names) for names in set(named)}
        priors = np.array([of_names[names] for names in named], dtype=np.float32)
        own = np.arange(len(owners)), owners
        priors[own] = np.maximum(priors[own], _PLATFORM_IF_UNNAMED)
        return priors

    def _likeness(self, text: str, row: int) -> float:
        return max((fuzz.ratio(text, asked) for asked in self._texts[row]), default=0.0) / 100

    def _log_odds(self, logits: Floats, rows: Ints, at: int) -> float:
        """Weigh a candidate against those that apply to its platform as well."""
        platform = self._platforms[rows[at]]
        here = self._platforms[rows]
        rival = (here == platform) | (here == "general") | (platform == "general")
        rival[at] = False
        if not rival.any():
            return _FAR
        others = float(np.logaddexp.reduce(logits[rival]))
        return min(_FAR, float(logits[at]) - others)
