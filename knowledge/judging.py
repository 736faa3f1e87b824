"""Deciding between saying, offering, asking back and not knowing (判定)."""

import math
from collections.abc import Collection, Sequence

from knowledge.confidence import Calibration
from knowledge.entry import KnowledgeBase
from knowledge.outcome import Answer, Candidate, Choices, Clarify, Option, Outcome, Unknown
from knowledge.ranking import Ranked

__all__ = ["Judge"]

_OFFERED = 3
_SHORT_OF_CERTAIN = 0.995
_NEARER_OUTSIDE = -0.5
_TWIN = 4.0
_CLEAR = 0.5
_AHEAD = 1.0
_AHEAD_OF_SURE = 1.2


class Judge:
    """Turns ranked candidates into an outcome."""

    def __init__(self, base: KnowledgeBase, calibration: Calibration) -> None:
        """Take the lines to judge by."""
        self._base = base
        self._calibration = calibration

    def confidence(self, ranked: Ranked) -> float:
        """Give the probability that a candidate is right."""
        fitted = self._calibration.confidence(ranked.evidence)
        return max(fitted, _SHORT_OF_CERTAIN) if ranked.is_own_phrasing else fitted

    def outcome(self, found: Sequence[Ranked], platforms: Collection[str]) -> Outcome:
        """Decide on the candidates for a question that names these platforms."""
        if not found:
            return Unknown()
        # Who names two platforms asks about both: one answer would leave the other out.
        options = () if len(platforms) == 1 else self._differing(found, named=bool(platforms))
        if options and not _means_none_of(found[0], options):
            return Clarify("platform", options)
        confidence = self.confidence(found[0])
        if not (found[0].is_own_phrasing or self._is_ours(found[0])):
            return Unknown()
        if confidence >= self._calibration.sure:
            return Answer(found[0].entry_id, confidence)
        return Choices(tuple(self._candidate(ranked) for ranked in _offered(found)))

    def _is_ours(self, first: Ranked) -> bool:
        relevance = self._calibration.relevance(first.evidence, first.bearing)
        nearer_outside = first.evidence.inside < _NEARER_OUTSIDE
        return relevance >= self._calibration.plausible and not nearer_outside

    def _candidate(self, ranked: Ranked) -> Candidate:
        question = self._base[ranked.entry_id].questions[0]
        return Candidate(ranked.entry_id, self.confidence(ranked), question)

    def _differing(self, found: Sequence[Ranked], *, named: bool) -> tuple[Option, ...]:
        """Give each platform's entry if several platforms answer better than a general entry.

        Who has `named` them seldom means a general one, as its score knows.
        """
        best: dict[str, Ranked] = {}
        for ranked in found:
            best.setdefault(ranked.platform, ranked)
        general = best.pop("general", None)
        floor = -math.inf
        if general:
            floor = general.score if named else general.by_words
        if general is found[0] and self.confidence(general) >= self._calibration.sure:
            floor += _AHEAD_OF_SURE
        leads = sorted(best.values(), key=lambda ranked: -ranked.by_words)
        clear = [
            Option(lead.platform, lead.entry_id, self._if_named(lead))
            for lead in leads
            if leads[0].by_words - lead.by_words <= _TWIN
            and lead.by_words - floor >= _AHEAD
            and self._if_named(lead) >= _CLEAR
        ]
        return tuple(clear) if len(clear) > 1 else ()

    def _if_named(self, ranked: Ranked) -> float:
        return self._calibration.confidence(ranked.if_named)


def _means_none_of(first: Ranked, options: Sequence[Option]) -> bool:
    """Say whether the question is a phrasing of an entry that is not among the options."""
    return first.is_own_phrasing and all(o.entry_id != first.entry_id for o in options)


def _offered(found: Sequence[Ranked]) -> Sequence[Ranked]:
    """Give the likeliest three, the third by its words alone if these speak for it."""
    first, rest = found[: _OFFERED - 1], found[_OFFERED - 1 :]
    third = max(rest, key=lambda ranked: ranked.by_words, default=None)
    return [*first, third] if third else first
