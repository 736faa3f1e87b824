"""Cases as the console shows them (工单列表): who waits, what was said, what did not arrive."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bot.desk.handoffs import HandOff, HandOffState
from bot.desk.markup import plain
from bot.store.cases import OPEN
from bot.store.handoffs import cases_by_id
from bot.store.letters import Kind
from bot.store.tables import cases, handoffs, order_lines, outbox, people

__all__ = [
    "CaseDetails",
    "ListedCase",
    "MissingMoney",
    "Said",
    "case_details",
    "close_missing",
    "conversation_of",
    "handed_over",
    "missing_money",
]

CLOSED_BY_OPERATOR = "closed"
_MOST_LETTERS = 200


class ListedCase(NamedTuple):
    """A conversation with a person of the operator's, and the instants that matter."""

    id: int
    number: str
    user: int
    name: str
    state: HandOffState
    question: str
    opened_at: datetime
    answer_by: datetime | None
    taken_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None

    @property
    def waited_until(self) -> datetime | None:
        """When the waiting for a person ended; None while it lasts."""
        return self.taken_at or self.closed_at


class CaseDetails(NamedTuple):
    """A case as a list has it and as the desk takes it; `bot` is the one it was opened with."""

    listed: ListedCase
    case: HandOff
    bot: int


class Said(NamedTuple):
    """One letter of a case: from whom, in words, and what became of it.

    `kind` is "words" or what else it was: "copy" for a picture or a file.
    """

    id: int
    by_creator: bool
    kind: str
    words: str
    template: str
    at: datetime
    state: str


class MissingMoney(NamedTuple):
    """Money that somebody said did not arrive: one line's, or all of a payout day (`line` 0)."""

    id: int
    number: str
    user: int
    name: str
    platform: str
    line: int
    order_number: str | None
    day: date
    opened_at: datetime
    state: str


_listed = select(
    handoffs.c.id,
    handoffs.c.number,
    handoffs.c.user,
    func.coalesce(people.c.name, "").label("name"),
    handoffs.c.state,
    handoffs.c.question,
    handoffs.c.opened_at,
    handoffs.c.answer_by,
    handoffs.c.taken_at,
    handoffs.c.closed_at,
    handoffs.c.closed_by,
).outerjoin(people, people.c.user == handoffs.c.user)


def handed_over(
    connection: Connection, *, is_open: bool, before: int | None = None, count: int = 50
) -> list[ListedCase]:
    """Open cases, who has waited longest first; or closed ones, the latest first."""
    closed = handoffs.c.closed_at
    statement = _listed.where(closed.is_(None) if is_open else closed.is_not(None))
    order: Any = handoffs.c.id if is_open else handoffs.c.id.desc()
    if before is not None:
        further = handoffs.c.id > before if is_open else handoffs.c.id < before
        statement = statement.where(further)
    return [_case(row) for row in connection.execute(statement.order_by(order).limit(count))]


def case_details(connection: Connection, case: int) -> CaseDetails | None:
    """One case; None if there is none, or it is erased."""
    row = connection.execute(_listed.where(handoffs.c.id == case)).one_or_none()
    if row is None:
        return None
    bot: int = connection.execute(select(handoffs.c.bot).where(handoffs.c.id == case)).scalar_one()
    return CaseDetails(_case(row), cases_by_id(connection, [case])[case], bot)


def conversation_of(connection: Connection, case: HandOff) -> list[Said]:
    """What passed between the two sides of a case, in its order: the latest that is still kept.

    Of what only the operator's chat is told, only what came from the creator is part of it.
    """
    theirs = and_(
        outbox.c.chat == case.operator_chat,
        or_(outbox.c.source.is_not(None), outbox.c.kind == Kind.EDIT),
    )
    found = connection.execute(
        select(
            outbox.c.id,
            outbox.c.chat,
            outbox.c.payload,
            outbox.c.created_at,
            outbox.c.state,
        )
        .where(outbox.c.handoff == case.id, or_(outbox.c.chat == case.chat, theirs))
        .order_by(outbox.c.id.desc())
        .limit(_MOST_LETTERS)
    ).all()
    return [said for row in reversed(found) if (said := _said(row, case)) is not None]


def missing_money(
    connection: Connection, *, is_open: bool, before: int | None = None, count: int = 50
) -> list[MissingMoney]:
    """What people said did not arrive, the latest first: what is open, or what is not any more."""
    statement = (
        select(
            cases.c.id,
            cases.c.number,
            cases.c.user,
            func.coalesce(people.c.name, ""),
            cases.c.platform,
            cases.c.line,
            order_lines.c.order_number,
            cases.c.day,
            cases.c.opened_at,
            cases.c.state,
        )
        .select_from(cases)
        .outerjoin(people, people.c.user == cases.c.user)
        .outerjoin(order_lines, order_lines.c.id == cases.c.line)
        .where(cases.c.state == OPEN if is_open else cases.c.state != OPEN)
        .order_by(cases.c.id.desc())
        .limit(count)
    )
    if before is not None:
        statement = statement.where(cases.c.id < before)
    return [MissingMoney._make(row) for row in connection.execute(statement)]


def close_missing(connection: Connection, case: int) -> bool:
    """Close what was said not to have arrived; False if it is not open. Said again, it opens."""
    still: ColumnElement[bool] = (cases.c.id == case) & (cases.c.state == OPEN)
    closed = connection.execute(cases.update().where(still).values(state=CLOSED_BY_OPERATOR))
    return closed.rowcount == 1


def _case(row: Any) -> ListedCase:
    return ListedCase._make(row)._replace(state=HandOffState(row.state))


def _said(row: Any, case: HandOff) -> Said | None:
    payload = row.payload
    by_creator = row.chat == case.operator_chat
    template = str(payload.get("template", ""))
    if "copied_message" in payload:
        return Said(row.id, by_creator, "copy", "", template, row.created_at, row.state)
    words = plain(str(payload.get("html") or ""))
    if not words or (by_creator and template != "operator/from_creator"):
        return None
    return Said(row.id, by_creator, "words", words, template, row.created_at, row.state)
