"""From a message to entries, with a confidence that can be trusted (匹配)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from knowledge.confidence import Calibration, shipped_calibration
from knowledge.entry import Entry, KnowledgeBase
from knowledge.normalise import LONGEST, Normalised, Normaliser
from knowledge.outcome import (
    Answer,
    Asked,
    Candidate,
    Choices,
    Clarify,
    Menu,
    Option,
    Outcome,
    Part,
    Unknown,
)
from knowledge.ranking import OUTSIDE, Group, Ranked, Ranker
from knowledge.splitting import pieces_of
from knowledge.vocabulary import Vocabulary, shipped_vocabulary

__all__ = ["Matcher"]

_OFFERED = 3
_WORD = 3
_SHORT = 8
_FAVOUR = 3.0
_PARTICLES = frozenset("那么呢吗啊呀吧哈的了也又是如果要换成换")


@dataclass(frozen=True, slots=True)
class _Context:
    """What was said before a question: the platform named, the entry answered last."""

    platforms: frozenset[str] = frozenset()
    topic: Entry | None = None


class Matcher:
    """Answers messages from one knowledge base; built once, then only read."""

    def __init__(
        self,
        base: KnowledgeBase,
        vocabulary: Vocabulary | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        """Index the phrasings of the base and learn what tells its entries apart."""
        self._base = base
        asked = [(e.id, e.platform, e.questions) for e in base.entries.values()]
        asked += [(name, OUTSIDE, questions) for name, questions in base.outside.items()]
        self.normalise = Normaliser(
            vocabulary or shipped_vocabulary(),
            (question for _, _, questions in asked for question in questions),
        )
        self._calibration = calibration or shipped_calibration()
        groups = [
            Group(name, platform, [self.normalise(question) for question in questions])
            for name, platform, questions in asked
        ]
        self._known = frozenset(p.text for group in groups for p in group.phrasings)
        self._ranker = Ranker(groups)

    def ask(self, text: str, *, topic: str | None = None) -> Asked:
        """Match a message; `topic` is the id of the entry answered last, for "那要多久？"."""
        message = text[:LONGEST]
        context = _Context(topic=self._base.entries.get(topic) if topic else None)
        pieces = pieces_of(message)
        parts = self._parts(pieces, context) if len(pieces) > 1 else ()
        answered = [part for part in parts if not isinstance(part.outcome, Menu)]
        if len(answered) > 1:
            return Asked(tuple(answered))
        whole = Part(text, self._outcome(self.normalise(message), context))
        return Asked((_surer(whole, answered),))

    def ranked(self, text: str) -> list[tuple[Ranked, float]]:
        """Give every candidate with its confidence, for reports and explanations."""
        normalised = self.normalise(text)
        found = self._ranker.rank(normalised.text, normalised.platforms)
        return [(ranked, self._calibration.confidence(ranked.evidence)) for ranked in found]

    def _parts(self, pieces: Sequence[str], context: _Context) -> tuple[Part, ...]:
        parts: list[Part] = []
        for piece in pieces:
            normalised = self.normalise(piece)
            if not normalised.text and not normalised.platforms:
                continue
            outcome = self._outcome(normalised, context)
            context = _Context(normalised.platforms or context.platforms, context.topic)
            if isinstance(outcome, Answer):
                context = replace(context, topic=self._base[outcome.entry_id])
            parts.append(Part(piece, outcome))
        return tuple(parts)

    def _outcome(self, asked: Normalised, context: _Context) -> Outcome:
        if asked.elsewhere and not asked.platforms:
            return Unknown()
        if context.topic is not None and (again := self._follow_up(asked, context.topic)):
            return again
        if len(asked.text) <= _WORD and asked.text not in self._known:
            return Menu(self._topics(asked), next(iter(sorted(asked.platforms)), None))
        platforms = asked.platforms or context.platforms
        return self._judged(self._ranker.rank(asked.text, platforms), bool(platforms))

    def _follow_up(self, asked: Normalised, topic: Entry) -> Outcome | None:
        """Read a short message as a question about the topic; None if it stands for itself."""
        if asked.platforms:
            if len(asked.text.strip("".join(_PARTICLES))) > 1:
                return None
            same = self.normalise(topic.questions[0]).text
            return self._judged(self._ranker.rank(same, asked.platforms), True)
        here = () if topic.platform == "general" else (topic.platform,)
        if len(asked.text) > _SHORT:
            found = self._judged(self._ranker.rank(asked.text, here), bool(here)) if here else None
            return found if isinstance(found, Answer) else None
        close = [topic.id, *(name for name in topic.related if name in self._base.entries)]
        found = self._judged(self._ranker.rank(asked.text, here, close, _FAVOUR), True)
        return None if isinstance(found, Unknown) else found

    def _topics(self, asked: Normalised) -> tuple[str, ...]:
        if not asked.text:
            return ()
        found = self._ranker.rank(asked.text, asked.platforms)
        return tuple(dict.fromkeys(self._base[ranked.entry_id].topic for ranked in found))

    def _judged(self, found: Sequence[Ranked], platform_known: bool) -> Outcome:
        """Decide between saying, offering, asking back and not knowing."""
        if not found:
            return Unknown()
        best = found[0]
        confidence = self._calibration.confidence(best.evidence)
        if confidence < self._calibration.plausible:
            return Unknown()
        twins = () if platform_known else self._twins(found)
        if confidence >= self._calibration.sure:
            return Clarify("platform", twins) if twins else Answer(best.entry_id, confidence)
        return Choices(tuple(self._candidate(ranked) for ranked in found[:_OFFERED]))

    def _candidate(self, ranked: Ranked) -> Candidate:
        confidence = self._calibration.confidence(ranked.evidence)
        return Candidate(ranked.entry_id, confidence, self._base[ranked.entry_id].questions[0])

    def _twins(self, found: Sequence[Ranked]) -> tuple[Option, ...]:
        """Give the best entry of each platform if several platforms are about equally good."""
        best = found[0]
        if best.platform == "general":
            return ()
        options: dict[str, Option] = {}
        for ranked in found:
            platform = ranked.platform
            if platform != "general" and best.score - ranked.score <= self._calibration.twin:
                confidence = self._calibration.confidence(ranked.evidence)
                options.setdefault(platform, Option(platform, ranked.entry_id, confidence))
        return tuple(options.values()) if len(options) > 1 else ()


def _surer(whole: Part, pieces: Collection[Part]) -> Part:
    """Prefer the one piece that is answered to the whole message around it."""
    for piece in pieces:
        if isinstance(piece.outcome, Answer) and not isinstance(whole.outcome, Answer):
            return Part(whole.text, piece.outcome)
    return whole
