"""What an edit would change (差异): where questions lead, and how answers read."""

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.entry import KnowledgeBase
from knowledge.matcher import Matcher
from knowledge.outcome import Answer, Choices, Clarify, Menu, Outcome

__all__ = ["Asking", "Difference", "changed_outcomes", "described", "outcome_of", "reworded"]


@dataclass(frozen=True, slots=True)
class Asking:
    """A message, and the id of the entry answered before it."""

    text: str
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A question whose outcome would change."""

    asking: Asking
    before: str
    after: str


def changed_outcomes(
    before: Matcher, after: Matcher, questions: Iterable[Asking]
) -> tuple[Difference, ...]:
    """The questions that lead elsewhere, in their order."""
    compared = (
        Difference(asking, outcome_of(before, asking), outcome_of(after, asking))
        for asking in questions
    )
    return tuple(each for each in compared if each.before != each.after)


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
