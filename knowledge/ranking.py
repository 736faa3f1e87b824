"""Candidates for one question, best first, with what speaks for each (候选排序)."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from knowledge.arrays import Floats, Ints
from knowledge.confidence import Evidence
from knowledge.entry import Entry
from knowledge.normalise import Normalised
from knowledge.profiles import build_profiles
from knowledge.vectors import Vectoriser

__all__ = ["Ranked", "Ranker"]

_SHORTLIST = 12
_LIKENESS_WEIGHT = 2.5
_NEVER = -50.0
_ELSEWHERE = -2.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate: an entry, its logit, and the evidence for it."""

    entry: Entry
    evidence: Evidence

    @property
    def score(self) -> float:
        """The logit by which candidates are ordered."""
        return self.evidence.score


class Ranker:
    """Compares a normalised question with every entry."""

    def __init__(
        self, entries: Sequence[Entry], phrasings: Sequence[Sequence[Normalised]]
    ) -> None:
        """Index the entries; `phrasings` are the normalised questions of each entry."""
        self._entries = entries
        self._texts = [[phrasing.text for phrasing in asked] for asked in phrasings]
        self._rows = {entry.id: row for row, entry in enumerate(entries)}
        self._platforms = np.array([entry.platform for entry in entries])
        texts = [text for asked in self._texts for text in asked]
        owners = np.repeat(np.arange(len(entries), dtype=np.int32), list(map(len, self._texts)))
        self._vectoriser = Vectoriser(texts, owners)
        named = [phrasing.platforms for asked in phrasings for phrasing in asked]
        self._profiles = build_profiles(
            self._vectoriser.rows,
            owners,
            self._rivals(owners, named),
            self._vectoriser.size,
        )

    def rank(
        self,
        text: str,
        platforms: Collection[str] = (),
        favoured: Collection[str] = (),
        favour: float = 0.0,
    ) -> tuple[Ranked, ...]:
        """Give the best candidates, only of the named platforms and general if any are named.

        `favoured` are ids of entries that the conversation makes likelier by `favour` logits.
        """
        vector = self._vectoriser(text)
        scores = self._profiles.scores(vector)
        for entry_id in favoured:
            scores[self._rows[entry_id]] += favour
        if platforms:
            scores[~np.isin(self._platforms, [*platforms, "general"])] = _NEVER
        count = min(_SHORTLIST, len(scores))
        rows = np.argpartition(-scores, count - 1)[:count]
        likeness = np.array([self._likeness(text, row) for row in rows])
        logits = scores[rows] + _LIKENESS_WEIGHT * likeness
        familiarity = float(np.sqrt(vector.weights @ vector.weights))
        return tuple(
            Ranked(
                self._entries[rows[at]],
                Evidence(
                    score=float(logits[at]),
                    log_odds=self._log_odds(logits, rows, int(at)),
                    likeness=float(likeness[at]),
                    familiarity=familiarity,
                    log_length=math.log(1 + len(text)),
                ),
            )
            for at in np.argsort(-logits, kind="stable")
            if scores[rows[at]] > _NEVER
        )

    def _rivals(self, owners: Ints, named: Sequence[frozenset[str]]) -> Floats:
        """Give what keeps a phrasing from competing with other platforms' entries."""
        platforms = self._platforms
        own = platforms[owners][:, None]
        foreign = (platforms[None, :] != own) & (platforms != "general") & (own != "general")
        decided = np.array([bool(names) for names in named])[:, None]
        return np.where(foreign, np.where(decided, _NEVER, _ELSEWHERE), 0).astype(np.float32)

    def _likeness(self, text: str, row: int) -> float:
        return max((fuzz.ratio(text, asked) for asked in self._texts[row]), default=0.0) / 100

    def _log_odds(self, logits: Floats, rows: Ints, at: int) -> float:
        """Weigh a candidate against those that apply to its platform as well."""
        platform = self._platforms[rows[at]]
        here = self._platforms[rows]
        rival = (here == platform) | (here == "general") | (platform == "general")
        rival[at] = False
        if not rival.any():
            return 10.0
        others = float(np.logaddexp.reduce(logits[rival]))
        return min(10.0, float(logits[at]) - others)
