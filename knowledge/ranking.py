"""Candidates for one question, best first, with what speaks for each (候选排序)."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from knowledge.arrays import Floats, Ints
from knowledge.confidence import Evidence
from knowledge.features import sounded
from knowledge.normalise import Normalised
from knowledge.profiles import build_profiles
from knowledge.vectors import Vectoriser

__all__ = ["OUTSIDE", "Group", "Ranked", "Ranker"]

OUTSIDE = "outside"
"""Stands as the platform of the groups of questions that are not answered."""

_SHORTLIST = 12
_LIKENESS_WEIGHT = 2.5
_NEVER = -50.0
_SHUT = -25.0
_GENERAL_IF_NAMED = -2.5
_PLATFORM_IF_UNNAMED = -3.5
_GENERAL_IF_HERE = -1.0
_FAVOUR = 1.5
_FAR = 10.0
_ANYWHERE = ["general", OUTSIDE]


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
    evidence: Evidence
    by_words: float
    """Its logit from the words alone, without what naming a platform or none says."""
    if_named: Evidence
    """The evidence if the question named this candidate's platform."""

    @property
    def score(self) -> float:
        """The logit by which candidates are ordered."""
        return self.evidence.score

    @property
    def is_own_phrasing(self) -> bool:
        """Whether the text sounds exactly like one of the entry's phrasings."""
        return self.evidence.likeness == 1


class Ranker:
    """Compares a normalised question with every group of phrasings."""

    def __init__(self, groups: Sequence[Group]) -> None:
        """Index the groups."""
        self._groups = groups
        self._rows = {group.name: row for row, group in enumerate(groups)}
        self._platforms = np.array([group.platform for group in groups])
        texts = [phrasing.text for group in groups for phrasing in group.phrasings]
        owners = np.repeat(np.arange(len(groups)), [len(group.phrasings) for group in groups])
        self._sounds = [
            [sounded(phrasing.text) for phrasing in group.phrasings] for group in groups
        ]
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
        scores = self._profiles.scores(vector)
        rows = np.union1d(
            _highest(scores + prior), _highest(np.where(prior > _SHUT, scores, prior))
        )
        rows = rows[prior[rows] > _SHUT]
        sounds = sounded(text)
        likeness = np.array([self._likeness(sounds, row) for row in rows])
        words = scores[rows] + _LIKENESS_WEIGHT * likeness
        shortlist = _Shortlist(
            words,
            words + prior[rows],
            self._platforms[rows],
            likeness,
            float(np.sqrt(vector.weights @ vector.weights)),
            math.log(1 + len(text)),
        )
        return tuple(
            Ranked(
                self._groups[rows[at]].name,
                self._groups[rows[at]].platform,
                shortlist.evidence(at),
                float(words[at]),
                shortlist.evidence(at) if named else shortlist.evidence_if_named(at),
            )
            for at in np.argsort(-shortlist.logits, kind="stable")
            if self._platforms[rows[at]] != OUTSIDE
        )

    def _prior(self, named: frozenset[str], here: str | None = None) -> Floats:
        """Give what naming platforms, or naming none, says about each group, in logits."""
        anywhere = np.isin(self._platforms, _ANYWHERE)
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

    def _likeness(self, sounds: str, row: int) -> float:
        return max((fuzz.ratio(sounds, asked) for asked in self._sounds[row]), default=0.0) / 100


def _highest(scores: Floats) -> Ints:
    count = min(_SHORTLIST, len(scores))
    return np.argpartition(-scores, count - 1)[:count]


@dataclass(frozen=True, slots=True)
class _Shortlist:
    """The groups that come into question, position by position."""

    words: Floats
    logits: Floats
    platforms: NDArray[np.str_]
    likeness: Floats
    familiarity: float
    log_length: float

    def evidence(self, at: int) -> Evidence:
        """Weigh a candidate against those that apply to its platform as well."""
        platform = self.platforms[at]
        rivals = (self.platforms == platform) | np.isin(self.platforms, _ANYWHERE)
        if platform == "general":
            rivals[:] = True
        return self._weighed(at, self.logits, rivals)

    def evidence_if_named(self, at: int) -> Evidence:
        """Weigh a candidate as if the question named its platform."""
        own = self.platforms == self.platforms[at]
        anywhere = np.isin(self.platforms, _ANYWHERE)
        logits = self.words + np.where(own, 0, _GENERAL_IF_NAMED)
        return self._weighed(at, logits, own | anywhere)

    def _weighed(self, at: int, logits: Floats, rivals: NDArray[np.bool_]) -> Evidence:
        others = rivals.copy()
        others[at] = False
        outside = logits[self.platforms == OUTSIDE].max(initial=-math.inf)
        odds = logits[at] - np.logaddexp.reduce(logits[others]) if others.any() else _FAR
        return Evidence(
            score=float(logits[at]),
            log_odds=float(min(_FAR, odds)),
            likeness=float(self.likeness[at]),
            familiarity=self.familiarity,
            log_length=self.log_length,
            inside=float(min(_FAR, logits[at] - outside)),
        )
