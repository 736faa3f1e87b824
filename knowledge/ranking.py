"""Candidates for one question, best first, with what speaks for each (候选排序)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.arrays import Floats, Ints
from knowledge.confidence import Evidence
from knowledge.features import sounded
from knowledge.normalise import Normalised
from knowledge.profiles import build_profiles
from knowledge.shortlist import GENERAL, GENERAL_IF_NAMED, OUTSIDE, Candidate, Shortlist
from knowledge.vectors import Vectoriser

__all__ = ["Group", "Ranked", "Ranker"]

_SHORTLIST = 12
_LIKENESS_WEIGHT = 2.5
_NEVER = -50.0
_SHUT = -25.0
_PLATFORM_IF_UNNAMED = -3.5
_GENERAL_IF_HERE = -1.0
_FAVOUR = 1.5


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
    score: float
    """The logit by which candidates are ordered."""
    by_words: float
    """Its logit from the words alone, without what naming a platform or none says."""
    evidence: Evidence
    if_named: Evidence
    """The evidence if the question named this candidate's platform."""
    is_own_phrasing: bool
    """Whether it is one of the entry's phrasings, by its sound and the platforms it names."""


class Ranker:
    """Compares a normalised question with every group of phrasings."""

    def __init__(self, groups: Sequence[Group]) -> None:
        """Index the groups."""
        self._groups = groups
        self._prior = cache(self._prior_of)
        self._rows = {group.name: row for row, group in enumerate(groups)}
        self._platforms = np.array([group.platform for group in groups])
        texts = [phrasing.text for group in groups for phrasing in group.phrasings]
        owners = np.repeat(np.arange(len(groups)), [len(group.phrasings) for group in groups])
        self._own = [{(sounded(p.text), p.platforms) for p in group.phrasings} for group in groups]
        self._sounds = [[sounds for sounds, _ in own] for own in self._own]
        self._vectoriser = Vectoriser(texts, owners)
        named = [phrasing.platforms for group in groups for phrasing in group.phrasings]
        self._profiles = (
            build_profiles(self._vectoriser, owners, lambda: self._priors(owners, named))
            if groups
            else None
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
        if self._profiles is None:
            return ()
        vector = self._vectoriser(text)
        prior = self._prior(frozenset(named), here)
        if favoured:
            prior = prior.copy()
            prior[[self._rows[name] for name in favoured]] += _FAVOUR
        scores = self._profiles.scores(vector)
        sounds = sounded(text)
        candidates = [
            self._candidate(int(row), float(scores[row]), float(prior[row]), sounds)
            for row in self._shortlisted(scores, prior)
        ]
        if not candidates:
            return ()
        candidates.sort(key=lambda candidate: -candidate.logit)
        shortlist = Shortlist(candidates, vector.length)
        own = sounds, frozenset(named)
        return tuple(
            Ranked(
                candidate.name,
                candidate.platform,
                candidate.logit,
                candidate.words,
                evidence := shortlist.evidence(candidate),
                evidence if named else shortlist.evidence_if_named(candidate),
                own in self._own[self._rows[candidate.name]],
            )
            for candidate in candidates
            if candidate.platform != OUTSIDE
        )

    def _shortlisted(self, scores: Floats, prior: Floats) -> Ints:
        """Choose by what was said in all, and by the words alone where no platform is named."""
        rows = np.union1d(
            _highest(scores + prior), _highest(np.where(prior > _SHUT, scores, prior))
        )
        return np.asarray(rows[prior[rows] > _SHUT])

    def _candidate(self, row: int, score: float, prior: float, sounds: str) -> Candidate:
        group = self._groups[row]
        likeness = process.extractOne(sounds, self._sounds[row], scorer=fuzz.ratio)[1] / 100
        words = score + _LIKENESS_WEIGHT * likeness
        return Candidate(group.name, group.platform, words, words + prior, likeness)

    def _prior_of(self, named: frozenset[str], here: str | None = None) -> Floats:
        """Give what naming platforms, or naming none, says about each group, in logits."""
        anywhere = np.isin(self._platforms, [GENERAL, OUTSIDE])
        if named:
            meant = np.isin(self._platforms, list(named))
            return np.where(meant, 0, np.where(anywhere, GENERAL_IF_NAMED, _NEVER))
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


def _highest(scores: Floats) -> Ints:
    count = min(_SHORTLIST, len(scores))
    return np.argpartition(-scores, count - 1)[:count]
