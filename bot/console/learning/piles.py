"""Open questions in piles (未答问题堆): those that ask the same, with who asked and when."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from bot.store.questions import OpenQuestion, open_questions
from knowledge.clustering import clustered
from knowledge.matcher import Matcher
from knowledge.normalise import Normalised

__all__ = ["MOST", "Pile", "pile_of", "piles", "texts_of"]

MOST = 10_000
"""Of the latest open questions; what is older is clustered once these are dealt with."""


@dataclass(frozen=True, slots=True)
class Pile:
    """Questions that ask the same (一堆), the latest last; `leader` is the one they are like."""

    leader: OpenQuestion
    questions: tuple[OpenQuestion, ...]

    @property
    def key(self) -> int:
        """The row of its latest question, by which it is named."""
        return self.questions[-1].id

    @property
    def askers(self) -> int:
        """How many people asked."""
        return len({each.user for each in self.questions})

    @property
    def last_asked(self) -> datetime:
        """When somebody asked last."""
        return max(each.asked_at for each in self.questions)

    @property
    def wordings(self) -> list[tuple[str, int]]:
        """How it was asked, and how often so, the most frequent first."""
        return Counter(each.text for each in self.questions).most_common()


def piles(connection: Connection, matcher: Matcher) -> tuple[Pile, ...]:
    """The open questions in piles, the largest first."""
    return _piled(matcher, tuple(open_questions(connection, MOST)))


def pile_of(connection: Connection, matcher: Matcher, question: int) -> Pile | None:
    """The pile that an open question lies in, no younger ones counted; None if it is closed.

    So what somebody decides holds for what they saw, and for nothing that came meanwhile.
    """
    for pile in piles(connection, matcher):
        if any(each.id == question for each in pile.questions):
            seen = tuple(each for each in pile.questions if each.id <= question)
            return Pile(pile.leader if pile.leader in seen else seen[0], seen)
    return None


def texts_of(questions: Sequence[OpenQuestion], most: int) -> list[str]:
    """Their distinct texts, those of the latest first."""
    return list(dict.fromkeys(each.text for each in questions))[:most]


@lru_cache(maxsize=1)
def _piled(matcher: Matcher, questions: tuple[OpenQuestion, ...]) -> tuple[Pile, ...]:
    """Cluster anew only when something was asked or closed, or other answers are in force."""
    normalise = _remembering(matcher)
    found = clustered([normalise(each.text) for each in questions])
    return tuple(
        Pile(
            questions[cluster.leader],
            tuple(sorted((questions[place] for place in cluster.members), key=lambda q: q.id)),
        )
        for cluster in found
    )


@lru_cache(maxsize=1)
def _remembering(matcher: Matcher) -> Callable[[str], Normalised]:
    """Normalise each text once: that costs most of it, and beside it creators wait for answers.

    Only the matcher in force is kept: one that edits replaced would stay as large as it is.
    """
    return lru_cache(maxsize=MOST)(matcher.normalise)
