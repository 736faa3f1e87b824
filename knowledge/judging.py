"""Deciding between saying, offering, asking back and not knowing (判定)."""

from collections.abc import Collection, Sequence

from knowledge.confidence import Calibration
from knowledge.entry import KnowledgeBase
from knowledge.outcome import Answer, Candidate, Choices, Clarify, Option, Outcome, Unknown
from knowledge.ranking import Ranked

__all__ = ["Judge"]

_OFFERED = 3
_SHORT_OF_CERTAIN = 0.995
_TWIN = 2.0
_AHEAD = (2.2, 1.2)


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
        if not found or self.confidence(found[0]) < self._calibration.plausible:
            return Unknown()
        if not platforms and (options := self._differing(found)):
            return Clarify("platform", options)
        confidence = self.confidence(found[0])
        if confidence >= self._calibration.sure:
            return Answer(found[0].entry_id, confidence)
        return Choices(tuple(self._candidate(ranked) for ranked in found[:_OFFERED]))

    def _candidate(self, ranked: Ranked) -> Candidate:
        question = self._base[ranked.entry_id].questions[0]
        return Candidate(ranked.entry_id, self.confidence(ranked), question)

    def _differing(self, found: Sequence[Ranked]) -> tuple[Option, ...]:
        """Give each platform's entry if several platforms answer better than a general entry."""
        best: dict[str, Ranked] = {}
        for ranked in found:
            best.setdefault(ranked.platform, ranked)
        general = best.pop("general", None)
        leads = sorted(best.values(), key=lambda ranked: -ranked.by_words)
        if len(leads) < 2 or leads[0].by_words - leads[1].by_words > _TWIN:
            return ()
        if general is not None and any(
            lead.by_words - general.by_words < least
            for lead, least in zip(leads, _AHEAD, strict=False)
        ):
            return ()
        return tuple(
            Option(lead.platform, lead.entry_id, self.confidence(lead))
            for lead in leads
            if leads[0].by_words - lead.by_words <= 2 * _TWIN
        )
