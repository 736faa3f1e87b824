"""What an edit would change (差异): where questions lead, and how answers read."""

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.entry import KnowledgeBase
from knowledge.matcher import Matcher
from knowledge.outcome import Answer, Choices, Clarify, Menu, Outcome

__all__ = [
    "Asking",
    "Compared",
    "changed_outcomes",
    "compared",
    "described",
    "outcome_of",
    "reworded",
]


@dataclass(frozen=True, slots=True)
class Asking:
    """A message, and the id of the entry answered before it."""

    text: str
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A question, and what comes of it before and after an edit."""

    asking: Asking
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether it leads elsewhere."""
        return self.before != self.after


def compared(before: Matcher, after: Matcher, questions: Iterable[Asking]) -> tuple[Compared, ...]:
    """What comes of each question, in their order."""
    return tuple(
        Compared(asking, outcome_of(before, asking), outcome_of(after, asking))
        for asking in questions
    )


def changed_outcomes(
    before: Matcher, after: Matcher, questions: Iterable[Asking]
) -> tuple[Compared, ...]:
    """The questions that lead elsewhere, in their order."""
    return tuple(each for each in compared(before, after, questions) if each.differs)


def reworded(before: KnowledgeBase, after: KnowledgeBase) -> tuple[str, ...]:
    """The entries in both bases whose answer reads otherwise."""
    both = (name for name in after.entries if name in before.entries)
    return tuple(name for name in both if _words(before, name) != _words(after, name))


def described(outcome: Outcome) -> str:
    """An outcome in a few words (zh), without its confidence: that moves with every edit."""
    match outcome:
        case Answer(entry_id):
            return entry_id
        case Choices(candidates):
            return "三选一 " + " | ".join(candidate.entry_id for candidate in candidates)
        case Clarify(_, options):
            return "问平台 " + " | ".join(option.entry_id for option in options)
        case Menu():
            return "菜单"
    return "不知道"


def outcome_of(matcher: Matcher, asking: Asking) -> str:
    """What comes of a message, each of its questions described."""
    parts = matcher.ask(asking.text, topic=asking.topic).parts
    return "；".join(described(part.outcome) for part in parts)


def _words(base: KnowledgeBase, name: str) -> tuple[object, ...]:
    entry = base[name]
    return entry.answer, entry.answer_en, entry.source
