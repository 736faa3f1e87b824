"""The letters that failed or may have arrived (待处理的信件), a page at a time, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from bot.store.letters import State
from bot.store.tables import people
from bot.store.tables.sending import PENDING, PUSH, is_troubled, outbox
from bot.store.troubled import words_in

__all__ = [
    "Counted",
    "Place",
    "TroubledLetter",
    "Waiting",
    "troubled_counts",
    "troubled_letters",
    "waiting_to_be_sent",
    "words_of_letter",
]

MOST_COUNTED = 10_000


class Place(NamedTuple):
    """Where a page of letters ended: the next begins after it."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class TroubledLetter:
    """A letter nobody sends by itself any more; `at` is when that became known.

    `name` is empty for a chat that is nobody's, such as the operator's. `about` is the template
    it was made from, empty for one of an older release.
    """

    id: int
    state: State
    kind: str
    about: str
    chat: int
    name: str
    at: datetime
    created_at: datetime
    attempts: int
    reason: str
    handoff: int | None

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.at, self.id)


class Counted(NamedTuple):
    """How many letters of a kind came to a state between two instants."""

    since: datetime
    kind: str
    state: State
    letters: int


class Waiting(NamedTuple):
    """How many letters of a kind wait to be sent, counted up to `MOST_COUNTED`; since when."""

    kind: str
    letters: int
    oldest: datetime | None


def troubled_letters(
    connection: Connection,
    *,
    state: State | None = None,
    kind: str | None = None,
    after: Place | None = None,
    count: int = 50,
) -> list[TroubledLetter]:
    """Letters that failed or are uncertain, the latest first."""
    only: list[ColumnElement[bool]] = []
    if state is not None:
        only.append(outbox.c.state == state)
    if kind is not None:
        only.append(outbox.c.kind == kind)
    if after is not None:
        only.append(_comes_after(after))
    template = outbox.c.payload["template"].as_string()
    found = connection.execute(
        select(outbox, func.coalesce(people.c.name, "").label("name"), template.label("about"))
        .outerjoin(people, people.c.user == outbox.c.user)
        .where(is_troubled, *only)
        .order_by(outbox.c.settled_at.desc(), outbox.c.id.desc())
        .limit(count)
    )
    return [_letter(row) for row in found]


def words_of_letter(connection: Connection, row: int) -> str | None:
    """What a letter that failed or is uncertain says; None if there is no such letter."""
    found = select(outbox.c.payload).where(outbox.c.id == row, is_troubled)
    payload: dict[str, Any] | None = connection.execute(found).scalar_one_or_none()
    return None if payload is None else words_in(payload)


def troubled_counts(connection: Connection, days: Sequence[datetime]) -> list[Counted]:
    """How many letters came to trouble in each of some days, given by their beginnings and an end.

    `days` are in order; the last is where the last day ends.
    """
    counted: list[Counted] = []
    for since, until in pairwise(days):
        found = connection.execute(
            select(outbox.c.kind, outbox.c.state, func.count())
            .where(is_troubled, outbox.c.settled_at >= since, outbox.c.settled_at < until)
            .group_by(outbox.c.kind, outbox.c.state)
            .order_by(outbox.c.kind, outbox.c.state)
        )
        counted += [Counted(since, kind, State(state), count) for kind, state, count in found]
    return counted


def waiting_to_be_sent(connection: Connection) -> list[Waiting]:
    """How much is on its way out, by kind."""
    # Pushes and all else have an index each; without a kind the whole outbox would be read.
    sorts = (outbox.c.kind == PUSH, outbox.c.kind != PUSH)
    found = (Waiting(*row) for sort in sorts for row in connection.execute(_counted(sort)))
    return sorted(found, key=lambda each: each.kind)


def _counted(sort: ColumnElement[bool]) -> Select[Any]:
    some = (
        select(outbox.c.kind, outbox.c.created_at)
        .where(outbox.c.state == PENDING, sort)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return select(some.c.kind, func.count(), func.min(some.c.created_at)).group_by(some.c.kind)


def _comes_after(place: Place) -> ColumnElement[bool]:
    same = and_(outbox.c.settled_at == place.at, outbox.c.id < place.id)
    return or_(outbox.c.settled_at < place.at, same)


def _letter(row: Any) -> TroubledLetter:
    return TroubledLetter(
        row.id,
        State(row.state),
        row.kind,
        row.about or "",
        row.chat,
        row.name,
        row.settled_at,
        row.created_at,
        row.attempts,
        row.reason or "",
        row.handoff,
    )
