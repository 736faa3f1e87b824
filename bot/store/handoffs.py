"""Cases handed to a person of the operator's (转人工): opened, found, taken, closed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, select

from bot.desk.facts import Wanted
from bot.desk.handoffs import CaseSought, Earlier, HandOff, HandOffState
from bot.store.letters import Kind
from bot.store.tables import handoffs, outbox, people

__all__ = [
    "CaseFacts",
    "case_facts",
    "cases_by_id",
    "close_case",
    "forget_topic",
    "note_root",
    "note_topic",
    "open_cases_of",
    "overdue_cases",
    "take_case",
]

_cases = select(
    handoffs.c.id,
    handoffs.c.number,
    handoffs.c.user,
    handoffs.c.chat,
    handoffs.c.operator_chat,
    handoffs.c.state,
    handoffs.c.opened_at,
    handoffs.c.answer_by,
    people.c.language,
).outerjoin(people, people.c.user == handoffs.c.user)
_open_ones = _cases.where(
    handoffs.c.user.in_(bindparam("users", expanding=True)), handoffs.c.closed_at.is_(None)
)
_earlier = (
    select(outbox.c.key, outbox.c.handoff, outbox.c.payload)
    .where(
        outbox.c.chat == bindparam("its_chat"),
        outbox.c.question == bindparam("its_message"),
        outbox.c.kind == Kind.ANSWER,
    )
    .order_by(outbox.c.id)
)


def open_cases_of(connection: Connection, users: Collection[int]) -> dict[int, HandOff]:
    """The open case of each of these people who has one."""
    found = connection.execute(_open_ones, {"users": list(users)})
    return {row.user: _case(row) for row in found}


def _find_case(connection: Connection, sought: CaseSought) -> HandOff | None:
    """The case that is meant, if it is read in that chat; the latest, should there be several."""
    named = _named(sought)
    if named is None:
        return None
    here = handoffs.c.operator_chat == sought.chat
    row = connection.execute(_cases.where(here, named).order_by(handoffs.c.id.desc())).first()
    return _case(row) if row is not None else None


def _earlier_answers(
    connection: Connection, chat: int, message: int, case: HandOff | None
) -> tuple[Earlier, ...]:
    """What was answered to a message of a chat, or, in a case, what it was passed on as."""
    values = {"its_chat": chat, "its_message": message}
    found = list(connection.execute(_earlier, values))
    if case is not None:
        passed_on = select(outbox.c.key, outbox.c.handoff, outbox.c.payload).where(
            outbox.c.handoff == case.id,
            outbox.c.source == message,
            outbox.c.chat != chat,
            outbox.c.kind == Kind.ANSWER,
        )
        found += connection.execute(passed_on.order_by(outbox.c.id))
    return tuple(Earlier(row.key, row.handoff, _is_plain(row.payload)) for row in found)


def take_case(connection: Connection, case: int, now: datetime) -> None:
    """Somebody of the operator's answers from now on."""
    _change(connection, case, state=HandOffState.TAKEN, taken_at=now, answer_by=None)


def close_case(connection: Connection, case: int, by: str, now: datetime) -> None:
    """Close an open case."""
    values = {"state": HandOffState.CLOSED, "closed_at": now, "closed_by": by}
    _change(connection, case, **values, answer_by=None)


def overdue_cases(connection: Connection, bot: int, now: datetime) -> list[HandOff]:
    """The cases that nobody took in time, each given once: from now on the bot answers again."""
    late = connection.execute(
        handoffs.update()
        .where(
            handoffs.c.answer_by <= now,
            handoffs.c.bot == bot,
            handoffs.c.state == HandOffState.WAITING,
            handoffs.c.closed_at.is_(None),
        )
        .values(state=HandOffState.OVERDUE, answer_by=None)
        .returning(handoffs.c.id)
    )
    found = [case for (case,) in late]
    return list(cases_by_id(connection, found).values()) if found else []


def cases_by_id(connection: Connection, wanted: Collection[int]) -> dict[int, HandOff]:
    """These cases, open or closed."""
    found = connection.execute(_cases.where(handoffs.c.id.in_(sorted(wanted))))
    return {row.id: _case(row) for row in found}


def note_topic(connection: Connection, case: int, topic: int) -> None:
    """The forum topic of a case is open."""
    connection.execute(handoffs.update().where(handoffs.c.id == case).values(topic=topic))


def forget_topic(connection: Connection, case: int) -> None:
    """Somebody deleted the topic: from now on the case is read beside the others."""
    gone = {"topic": None, "root": None}
    connection.execute(handoffs.update().where(handoffs.c.id == case).values(**gone))


def note_root(connection: Connection, case: int, message: int) -> None:
    """The first message of a case, to which the others reply where there are no topics."""
    first = (handoffs.c.id == case) & handoffs.c.root.is_(None)
    connection.execute(handoffs.update().where(first).values(root=message))


def _change(connection: Connection, case: int, **values: object) -> None:
    still_open = (handoffs.c.id == case) & handoffs.c.closed_at.is_(None)
    connection.execute(handoffs.update().where(still_open).values(**values))


def _named(sought: CaseSought) -> ColumnElement[bool] | None:
    if sought.number is not None:
        return handoffs.c.number == sought.number
    if sought.thread is not None:
        return handoffs.c.topic == sought.thread
    if sought.replied_to is None:
        return None
    answered = select(outbox.c.handoff).where(
        outbox.c.chat == sought.chat,
        outbox.c.message == sought.replied_to,
        outbox.c.handoff.is_not(None),
    )
    return handoffs.c.id.in_(answered)


def _is_plain(payload: dict[str, Any]) -> bool:
    """Whether a message is words alone, which can be edited."""
    return "html" in payload and payload.keys().isdisjoint(("picture", "content"))


def _case(row: Any) -> HandOff:
    return HandOff(
        id=row.id,
        number=row.number,
        user=row.user,
        chat=row.chat,
        operator_chat=row.operator_chat,
        state=HandOffState(row.state),
        opened_at=row.opened_at,
        answer_by=row.answer_by,
        language=row.language or "zh",
    )


class CaseFacts(NamedTuple):
    """What cases have to do with one message."""

    handoff: HandOff | None = None
    case: HandOff | None = None
    earlier: tuple[Earlier, ...] = ()


def case_facts(connection: Connection, asking: Mapping[int, Wanted]) -> dict[int, CaseFacts]:
    """The cases that bear on these people's messages, and what was said to an edited one."""
    writing = [user for user, wanted in asking.items() if wanted.handoff]
    own = open_cases_of(connection, writing) if writing else {}
    return {
        user: _facts(connection, wanted, own.get(user))
        for user, wanted in asking.items()
        if user in own or wanted.case or wanted.earlier
    }


def _facts(connection: Connection, wanted: Wanted, own: HandOff | None) -> CaseFacts:
    case = _find_case(connection, wanted.case) if wanted.case else None
    if wanted.earlier is None:
        return CaseFacts(own, case)
    return CaseFacts(own, case, _earlier_answers(connection, *wanted.earlier, own or case))
