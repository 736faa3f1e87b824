"""From a message to entries, with a confidence that can be trusted (匹配)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.confidence import Calibration, shipped_calibration
from knowledge.entry import Entry, KnowledgeBase
from knowledge.index import Group, Index, build_index
from knowledge.judging import Judge
from knowledge.meaning import Channel
from knowledge.normalise import LONGEST, Normalised, Normaliser, stands_alone
from knowledge.outcome import Answer, Asked, Choices, Clarify, Menu, Outcome, Part, Unknown
from knowledge.ranking import Ranked, Ranker
from knowledge.shortlist import OUTSIDE
from knowledge.splitting import asks, pieces_of
from knowledge.vocabulary import shipped_vocabulary

__all__ = ["Matcher", "normaliser_of"]

_WORD = 3
_UNMISTAKABLE = 0.99
"""The confidence from which on a word is one that only one answer knows."""
_ECHO = 4
_MARKS = ("?", "？", ";", "；")


@dataclass(frozen=True, slots=True)
class _Context:
    """What was said before a question: the platform named, the entry answered last."""

    platforms: frozenset[str] = frozenset()
    topic: Entry | None = None
    within_message: bool = False


class Matcher:
    """Answers messages from one knowledge base; built once, then only read."""

    def __init__(
        self,
        base: KnowledgeBase,
        calibration: Calibration | None = None,
        index: Index | None = None,
        known: Mapping[str, Normalised] | None = None,
        channel: Channel | None = None,
    ) -> None:
        """Index the phrasings of the base and learn what tells its entries apart.

        An `index` of the same base, kept from before, spares that; `known` forms of phrasings,
        from another matcher, spare a part of it. A `channel` of the same groups joins in, with
        a calibration of its own.
        """
        self._base = base
        self.normalise = normaliser_of(base, known)
        fitted = calibration or shipped_calibration(semantic=channel is not None)
        self._judge = Judge(base, fitted)
        self.index = index or _index_of(base, self.normalise)
        self.channel = channel
        self._ranker = Ranker(self.index, channel)

    @property
    def known(self) -> Mapping[str, Normalised]:
        """The comparable forms of the phrasings that do not hang on other phrasings."""
        return {
            question: phrasing
            for (_, _, questions), group in zip(_asked(self._base), self.index.groups, strict=True)
            for question, phrasing in zip(questions, group.phrasings, strict=True)
            if stands_alone(question)
        }

    def ask(self, text: str, *, topic: str | None = None) -> Asked:
        """Match a message; `topic` is the id of the entry answered last, for "那要多久？"."""
        message = text[:LONGEST]
        context = _Context(topic=self._base.entries.get(topic) if topic else None)
        asked = self.normalise(message)
        is_phrasing = self._ranker.is_own_phrasing(asked.text, asked.platforms)
        pieces = () if is_phrasing else pieces_of(message)
        parts = self._parts(pieces, context) if len(pieces) > 1 else ()
        if _are_several(parts):
            return Asked(parts)
        whole = self._outcome(asked, context)
        if not isinstance(whole, Answer):
            whole = next((p.outcome for p in parts if isinstance(p.outcome, Answer)), whole)
        return Asked((Part(text, whole),))

    def ranked(self, text: str) -> list[tuple[Ranked, float]]:
        """Give every candidate with its confidence, for reports and explanations."""
        normalised = self.normalise(text)
        found = self._ranker.rank(normalised.text, normalised.platforms)
        return [(ranked, self._judge.confidence(ranked)) for ranked in found]

    def _parts(self, pieces: Sequence[str], context: _Context) -> tuple[Part, ...]:
        """Answer the pieces that ask something, each with what the earlier ones named."""
        parts: list[Part] = []
        for piece in pieces:
            normalised = self.normalise(piece)
            context = replace(context, platforms=normalised.platforms or context.platforms)
            if not asks(piece) or not (normalised.text or normalised.platforms):
                continue
            outcome = self._outcome(normalised, context)
            context = replace(context, within_message=True)
            if isinstance(outcome, Answer):
                context = replace(context, topic=self._base[outcome.entry_id])
            parts.append(Part(piece, outcome))
        return tuple(parts)

    def _outcome(self, asked: Normalised, context: _Context) -> Outcome:
        if asked.elsewhere and not asked.platforms:
            return Unknown()
        if not asked.text and not asked.platforms:
            return Menu(())
        if context.topic is not None and (asked.platforms or not context.within_message):
            outcome = self._follow_up(asked, context.topic)
            too_short = len(asked.text) <= _WORD and isinstance(outcome, Unknown)
            return self._menu(asked) if too_short else outcome
        platforms = asked.platforms or context.platforms
        found = self._ranker.rank(asked.text, platforms, None, self._related(context.topic))
        outcome = self._judge.outcome(found, platforms)
        if context.within_message or len(asked.text) > _WORD:
            return outcome
        return outcome if self._is_said(asked, found, outcome) else self._menu(asked)

    def _is_said(self, asked: Normalised, found: Sequence[Ranked], outcome: Outcome) -> bool:
        """Say whether a word or two are a question all the same: 人工, 1688补扣, 拆单."""
        if not isinstance(outcome, Answer):
            return False
        if self._judge.confidence(found[0]) >= _UNMISTAKABLE:
            return True
        beside_platform = asked.platforms and shipped_vocabulary().without_echoes(asked.text)
        return found[0].is_own_phrasing or bool(beside_platform)

    def _menu(self, asked: Normalised) -> Menu:
        found = self._ranker.rank(asked.text, asked.platforms) if asked.text else ()
        topics = dict.fromkeys(self._base[ranked.entry_id].topic for ranked in found)
        return Menu(tuple(topics), min(asked.platforms, default=None))

    def _follow_up(self, asked: Normalised, topic: Entry) -> Outcome:
        """Read a question as one that follows an answer about the topic."""
        own = shipped_vocabulary().without_echoes(asked.text)
        if asked.platforms:
            text = self.normalise(topic.questions[0]).text + own if len(own) <= _ECHO else own
            return self._judge.outcome(self._ranker.rank(text, asked.platforms), asked.platforms)
        here = None if topic.platform == "general" else topic.platform
        found = self._ranker.rank(asked.text, (), here, self._related(topic))
        return self._judge.outcome(found, {here} if here else ())

    def _related(self, topic: Entry | None) -> tuple[str, ...]:
        names = topic.related if topic else ()
        return tuple(name for name in names if name in self._base.entries)


def normaliser_of(
    base: KnowledgeBase, known: Mapping[str, Normalised] | None = None
) -> Normaliser:
    """Give what writes messages as a matcher of this base compares them."""
    phrasings = [question for _, _, questions in _asked(base) for question in questions]
    return Normaliser(shipped_vocabulary(), phrasings, known)


def _index_of(base: KnowledgeBase, normalise: Normaliser) -> Index:
    """Learn what is to be known of a base's phrasings; takes a second or more."""
    return build_index(
        [
            Group(name, platform, [normalise(question) for question in questions])
            for name, platform, questions in _asked(base)
        ]
    )


def _asked(base: KnowledgeBase) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Give the name, platform and phrasings of every group."""
    for entry in base.entries.values():
        yield entry.id, entry.platform, entry.questions
    for name, questions in base.outside.items():
        yield name, OUTSIDE, questions


def _are_several(parts: Sequence[Part]) -> bool:
    """Say whether the pieces are questions of their own: two different things are asked."""
    sure = [_aims(part.outcome) for part in parts if isinstance(part.outcome, Answer | Clarify)]
    if any(not one & other for one in sure for other in sure):
        return True
    return bool(sure) and any(
        part.text.endswith(_MARKS) and not _aims(part.outcome) & sure[0]
        for part in parts
        if isinstance(part.outcome, Choices | Unknown)
    )


def _aims(outcome: Outcome) -> frozenset[str]:
    """Give the entries that an outcome leads to; of those offered, only the likeliest."""
    match outcome:
        case Answer(entry_id):
            return frozenset({entry_id})
        case Clarify(_, options):
            return frozenset(option.entry_id for option in options)
        case Choices(candidates):
            return frozenset({candidates[0].entry_id})
    return frozenset()
