"""Trying a proposal, and putting it into force (试改与发布), for every page that edits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from sqlalchemy import Connection

from bot.console.authorship import author_of, folders_of
from bot.console.learning.piles import MOST, Pile, texts_of
from bot.console.visit import Visit
from bot.publishing.candidate import Checked, Refused, build_knowledge
from bot.publishing.editing import (
    Conflict,
    Edit,
    checked_edits,
    publish_edits,
    working_files,
)
from bot.publishing.proposing import Consequences, Proposal, consequences, edits_of
from bot.publishing.publisher import Published, Unchanged
from bot.store.answered import close_answered
from bot.store.questions import OpenQuestion, answered_texts, open_questions, put_away

__all__ = ["Trial", "publish", "put_all_away", "try_out"]

MOST_TEXTS = 2_000
"""Distinct open questions that are asked of an edit: a second's work."""
MOST_WITH_MEANINGS = 100
"""The same, where the model of meaning is asked too: it takes ten milliseconds a question."""
MOST_SETTLED = 500
"""Of those that were answered after all, and shall stay so."""
AT_ONCE = 200
"""Questions closed in a transaction, which nobody may have to wait for."""
_one_at_a_time = Lock()
"""Learning takes a processor for a second: pages wait for each other, and the bot for none."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a proposal (试改结果)."""

    edits: dict[str, Edit] = field(default_factory=dict)
    consequences: Consequences | None = None
    problems: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    answered: tuple[OpenQuestion, ...] = ()
    """The open questions that the entry answers then."""
    asked: int = 0
    """How many stored questions were asked, of the latest."""

    @property
    def passed(self) -> bool:
        """Whether it may be published."""
        return self.consequences is not None

    @property
    def clean(self) -> bool:
        """Whether nothing needs a second look."""
        found = self.consequences
        if found is None:
            return False
        answered = {each.text for each in self.answered}
        return not found.advice and all(c.asking.text in answered for c in found.changes)

    @property
    def askers(self) -> int:
        """How many people asked what is answered then."""
        return len({each.user for each in self.answered})


def try_out(visit: Visit, proposal: Proposal, also: Collection[int] = ()) -> Trial:
    """Check a proposal, and ask the stored questions of it; nothing is changed.

    `also` are open questions that the editor says it answers, whatever the matcher thinks.
    """
    snapshot = visit.parts.current()
    with visit.reads() as connection:
        files = working_files(connection)
        asked = open_questions(connection, MOST)
        settled = answered_texts(connection, MOST_SETTLED)
    edits = edits_of(files, build_knowledge(files).entries, proposal)
    if isinstance(edits, Refused | Conflict):
        return _stopped(edits)
    with _one_at_a_time:
        checked = checked_edits(visit.parts.engine, edits, snapshot.matcher)
        if not isinstance(checked, Checked):
            return _stopped(checked)
        own = [each for each in asked if each.id in also]
        most = MOST_TEXTS if snapshot.matcher.channel is None else MOST_WITH_MEANINGS
        texts = texts_of((*own, *asked), most)
        texts = list(dict.fromkeys((*texts, *settled[: most // 4])))
        found = consequences(checked, snapshot, proposal.entry, texts)
    answered = (q for q in asked if q.text in found.answered or q.id in also)
    return Trial(edits, found, answered=tuple(answered), asked=len(texts))


def publish(visit: Visit, proposal: Proposal, trial: Trial, note: str) -> Published | Trial:
    """Put a trial that passed into force, close what it answers and tell who asked.

    What is more than a transaction may hold is closed after it; interrupted, the rest stays
    listed as what can be answered by now.
    """
    first, *rest = _parts([each.id for each in trial.answered])

    def also(connection: Connection) -> None:
        close_answered(connection, first, proposal.entry, visit.now)
        told, closed = trial.askers, len(trial.answered)
        about = f"entry:{proposal.entry}"
        visit.record(connection, "entry_published", about, closed=closed, asked_by=told)

    outcome = publish_edits(
        visit.parts.engine,
        folders_of(visit),
        trial.edits,
        author_of(visit, note),
        visit.now,
        before=visit.parts.current().matcher,
        also=also,
    )
    if isinstance(outcome, Refused | Conflict):
        return _stopped(outcome)
    if isinstance(outcome, Unchanged):
        visit.writes(also)  # what is in force answers it already
        outcome = Published(outcome.revision)
    for part in rest:
        visit.writes(partial(close_answered, questions=part, entry=proposal.entry, now=visit.now))
    return outcome


def put_all_away(visit: Visit, pile: Pile) -> None:
    """Put a pile away: it is not ours to answer."""
    first, *rest = _parts([each.id for each in pile.questions])

    def work(connection: Connection) -> None:
        put_away(connection, first, visit.now)
        closed = len(pile.questions)
        visit.record(connection, "questions_put_away", f"question:{pile.key}", closed=closed)

    visit.writes(work)
    for part in rest:
        visit.writes(partial(put_away, questions=part, now=visit.now))


def _parts(rows: Sequence[int]) -> list[Sequence[int]]:
    """So many rows as one transaction may close; at least one part."""
    return [rows[at : at + AT_ONCE] for at in range(0, max(len(rows), 1), AT_ONCE)]


def _stopped(outcome: Refused | Conflict) -> Trial:
    if isinstance(outcome, Conflict):
        return Trial(conflicts=outcome.paths)
    return Trial(problems=outcome.problems)
