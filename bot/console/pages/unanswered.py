"""What creators asked and nobody could answer (未答问题), in piles, the largest first."""

from dataclasses import dataclass

from starlette.responses import Response

from bot.console.learning.piles import MOST, Pile, pile_of, piles
from bot.console.learning.steps import put_all_away
from bot.console.page import Page, get, post
from bot.console.visit import Visit
from bot.desk.snapshot import Snapshot
from bot.publishing.comparing import Asking, outcome_of
from bot.store.staff import StaffRole
from bot.store.voting import Opinion, opinions
from knowledge.entry import Entry

__all__ = ["PAGE"]

ROWS = 30
SUGGESTED = 5
DISLIKED = 20
NEAR = 30
"""Percent of confidence."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry that may be meant, and how surely, in percent."""

    entry: Entry
    sure: int


def show(visit: Visit) -> Response:
    """The piles, a page at a time, and what was found wrong with answers lately."""
    snapshot = visit.parts.current()
    first = visit.asked_number("from") or 0
    with visit.reads() as connection:
        found = piles(connection, snapshot.matcher)
        disliked = _disliked(opinions(connection)[:DISLIKED])
    shown = found[first : first + ROWS]
    questions = sum(len(pile.questions) for pile in found)
    return visit.show(
        "pages/unanswered.html",
        piles=shown,
        answers={pile.key: _answer_by_now(snapshot, pile) for pile in shown},
        count=len(found),
        questions=questions,
        is_all=questions < MOST,
        further=first + ROWS if first + ROWS < len(found) else None,
        disliked=disliked,
        told=visit.asked_number("told"),
    )


def show_pile(visit: Visit) -> Response:
    """One pile: how it was asked, and which entries may be meant."""
    snapshot = visit.parts.current()
    with visit.reads() as connection:
        pile = pile_of(connection, snapshot.matcher, visit.path("question"))
    if pile is None:
        return visit.back(said="done_closed")
    ranked = snapshot.matcher.ranked(pile.leader.text)[:SUGGESTED]
    entries = snapshot.knowledge.entries
    suggestions = [Suggestion(entries[r.entry_id], round(c * 100)) for r, c in ranked]
    answer = _answer_by_now(snapshot, pile)
    return visit.show(
        "pages/unanswered_pile.html",
        pile=pile,
        answer=answer,
        likely=answer or _likely(suggestions),
        suggestions=suggestions,
        entries=list(entries.values()),
    )


def away(visit: Visit) -> Response:
    """Put a pile away: it is not ours to answer."""
    with visit.reads() as connection:
        pile = pile_of(connection, visit.parts.current().matcher, visit.path("question"))
    if pile is None:
        return visit.back(said="done_closed")
    put_all_away(visit, pile)
    return visit.back(said="done_away")


def _answer_by_now(snapshot: Snapshot, pile: Pile) -> str | None:
    """The entry that its leading question leads to by now, if it does."""
    outcome = outcome_of(snapshot.matcher, Asking(pile.leader.text))
    return outcome if outcome in snapshot.knowledge.entries else None


def _likely(suggestions: list[Suggestion]) -> str | None:
    """The nearest entry, if it is near enough to be chosen beforehand."""
    first = suggestions[0] if suggestions else None
    return first.entry.id if first and first.sure >= NEAR else None


def _disliked(found: list[Opinion]) -> list[Opinion]:
    """Those that say what was wrong."""
    return [each for each in found if each.words or each.reason]


PAGE = Page(
    "unanswered",
    "question",
    (
        get("", show, StaffRole.AGENT),
        get("/{question:int}", show_pile, StaffRole.AGENT),
        post("/{question:int}/away", away, StaffRole.EDITOR),
    ),
    role=StaffRole.AGENT,
)
