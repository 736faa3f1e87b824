"""Which of an entry's phrasings are told from other entries the least (最弱的问法)."""

from dataclasses import dataclass

from knowledge.entry import Entry
from knowledge.matcher import Matcher

__all__ = ["Lead", "leads_of"]


@dataclass(frozen=True, slots=True)
class Lead:
    """How far an entry is ahead of its rival for what is like one of its phrasings (领先).

    `ahead` is in logits; below zero such a question leads to the rival. Asked in just these
    words it is answered all the same.
    """

    question: str
    ahead: float
    rival: str | None


def leads_of(entry: Entry, matcher: Matcher) -> tuple[Lead, ...]:
    """The leads of all phrasings, the weakest first."""
    leads = (_lead(entry, question, matcher) for question in entry.questions)
    return tuple(sorted(leads, key=lambda lead: (lead.ahead, lead.question)))


def _lead(entry: Entry, question: str, matcher: Matcher) -> Lead:
    scores = {ranked.entry_id: ranked.score for ranked, _ in matcher.ranked(question)}
    own = scores.pop(entry.id, float("-inf"))
    rival = max(scores, key=lambda name: scores[name], default=None)
    return Lead(question, own - scores[rival] if rival else float("inf"), rival)
