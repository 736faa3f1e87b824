"""Candidates for one question, best first, with what speaks for each (候选排序)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.arrays import Floats, Ints
from knowledge.confidence import Bearing, Evidence
from knowledge.features import sounded
from knowledge.index import Group, Index
from knowledge.meaning import Channel
from knowledge.priors import Priors
from knowledge.shortlist import OUTSIDE, Candidate, Shortlist
from knowledge.vectors import Vector

__all__ = ["Ranked", "Ranker"]

_SHORTLIST = 12
_LIKENESS_WEIGHT = 2.5
_MEANING_WEIGHT = 20.0
"""Logits per unit of cosine between the meanings."""
_SHUT = -25.0
"""The prior below which a group does not come into question."""
_FAVOUR = 1.5
"""Logits for what an answer names as related to it."""

_Sounding = tuple[str, frozenset[str]]
"""What a phrasing sounds like, and the platforms it names."""


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
    bearing: Bearing
    """What speaks for the question being about our subject; the same for all candidates."""
    is_own_phrasing: bool
    """Whether it is one of the entry's phrasings, by its sound and the platforms it names."""


class Ranker:
    """Compares a normalised question with every group of phrasings."""

    def __init__(self, index: Index, channel: Channel | None) -> None:
        """Take what is known of the phrasings, and another opinion if there is one."""
        self._channel = channel
        self._groups = index.groups
        self._vectoriser, self._profiles = index.vectoriser, index.profiles
        self._subject = index.subject
        self._priors = Priors([group.platform for group in self._groups])
        self._rows = {group.name: row for row, group in enumerate(self._groups)}
        self._own = {group.name: _as_sounds(group) for group in self._groups}
        self._sounds = [[sounds for sounds, _ in own] for own in self._own.values()]
        self._asked = frozenset[_Sounding]().union(
            *(self._own[group.name] for group in self._groups if group.platform != OUTSIDE)
        )

    def rank(
        self,
        text: str,
        named: Collection[str],
        here: str | None = None,
        favoured: Collection[str] = (),
    ) -> tuple[Ranked, ...]:
        """Give the best candidates; naming platforms shuts out the entries of all others.

        Who asks as an entry is asked means that entry; as a question that is not answered,
        none. `here` is the platform that the conversation is about: words may mean something
        else there. `favoured` are ids of entries that it makes likelier.
        """
        if not self._groups:
            return ()
        vector, sounds = self._vectoriser(text), sounded(text)
        prior = self._prior(frozenset(named), here, favoured)
        candidates = self._candidates(text, vector, sounds, prior)
        asked = sounds, frozenset(named)
        own = {each.name for each in candidates if asked in self._own[each.name]}
        if not candidates or (here is None and _is_outside(own, candidates)):
            return ()
        candidates.sort(key=lambda each: (here is None and each.name not in own, -each.logit))
        in_place = float(bool(named or here or favoured))
        bearing = Bearing(vector.length, in_place, *self._subject(vector))
        return tuple(_weighed(candidates, own, bearing, is_named=bool(named)))

    def is_own_phrasing(self, text: str, named: Collection[str]) -> bool:
        """Say whether an entry is asked in just these words, by their sound."""
        return (sounded(text), frozenset(named)) in self._asked

    def _prior(self, named: frozenset[str], here: str | None, favoured: Collection[str]) -> Floats:
        prior = self._priors(named, here)
        if favoured:
            prior = prior.copy()
            prior[[self._rows[name] for name in favoured]] += _FAVOUR
        return prior

    def _candidates(
        self, text: str, vector: Vector, sounds: str, prior: Floats
    ) -> list[Candidate]:
        """Choose by what was said in all, and by the words alone where no platform is named."""
        scores = self._profiles.scores(vector)
        meant = self._channel.scores(text) if self._channel else np.zeros_like(scores)
        scores = scores + _MEANING_WEIGHT * (meant - meant.mean())
        rows = np.union1d(
            _highest(scores + prior), _highest(np.where(prior > _SHUT, scores, prior))
        )
        return [
            self._candidate(
                int(row), float(scores[row]), float(prior[row]), sounds, float(meant[row])
            )
            for row in rows[prior[rows] > _SHUT]
        ]

    def _candidate(
        self, row: int, score: float, prior: float, sounds: str, meaning: float
    ) -> Candidate:
        group = self._groups[row]
        likeness = process.extractOne(sounds, self._sounds[row], scorer=fuzz.ratio)[1] / 100
        words = score + _LIKENESS_WEIGHT * likeness
        return Candidate(group.name, group.platform, words, words + prior, likeness, meaning)


def _is_outside(own: Collection[str], candidates: Sequence[Candidate]) -> bool:
    """Say whether a question is asked in just the words of one that is not answered."""
    asked = [each.platform for each in candidates if each.name in own]
    return bool(asked) and all(platform == OUTSIDE for platform in asked)


def _weighed(
    candidates: Sequence[Candidate], own: Collection[str], bearing: Bearing, *, is_named: bool
) -> Iterator[Ranked]:
    """Give those of the candidates that can be answered, with the evidence for each."""
    shortlist = Shortlist(candidates, bearing.familiarity)
    for each in candidates:
        if each.platform == OUTSIDE:
            continue
        evidence = shortlist.evidence(each)
        yield Ranked(
            each.name,
            each.platform,
            each.logit,
            each.words,
            evidence,
            evidence if is_named else shortlist.evidence_if_named(each),
            bearing,
            each.name in own,
        )


def _as_sounds(group: Group) -> set[_Sounding]:
    """Give what a group's phrasings sound like, with the platforms they name."""
    sounds = sounded("\n".join(phrasing.text for phrasing in group.phrasings)).split("\n")
    named = (phrasing.platforms for phrasing in group.phrasings)
    return set(zip(sounds, named, strict=False))


def _highest(scores: Floats) -> Ints:
    count = min(_SHORTLIST, len(scores))
    return np.argpartition(-scores, count - 1)[:count]
