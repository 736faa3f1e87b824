"""The outbox (发件箱): what is to be said, and what became of it.

A row is written in the transaction of what it follows from and sent afterwards. It is `sending`,
committed, before the request leaves: a row found so after a crash may have arrived.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from bot.desk.replies import Button, Edit, Reply, Say, Toast
from bot.store.inserting import insert
from bot.store.people import mark_unreachable
from bot.store.tables import outbox

__all__ = [
    "Kind",
    "Letter",
    "Outgoing",
    "State",
    "Verdict",
    "claim",
    "enqueue",
    "left_in_flight",
    "settle",
]


class Kind(StrEnum):
    """What a row is, and so what may be promised of it (发送承诺)."""

    ANSWER = "answer"
    """A message that answers: arrives at least once."""
    EDIT = "edit"
    """A change of a message: may be repeated freely."""
    TOAST = "toast"
    """The answer to a button press: may be repeated freely."""
    PUSH = "push"
    """A message nobody just asked for, such as a reminder: sent at most once."""


class State(StrEnum):
    """Where a row stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """It may have arrived and is not repeated; the operator sees it."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to be said, not yet in the outbox; a key that is there already is not repeated.

    `question` is the message it answers, to which a second copy replies.
    """

    key: str
    kind: Kind
    chat: int
    reply: Reply
    user: int | None = None
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row on its way out; `attempts` counts this one."""

    id: int
    kind: Kind
    chat: int
    reply: Reply
    question: int | None
    attempts: int
    repeated: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an attempt to send a row.

    `repeated` says that an earlier copy may have arrived; `reply` replaces what is to be said;
    `unreachable` says that the person blocked the bot or is gone.
    """

    row: Outgoing
    state: State
    due_at: datetime
    reason: str | None = None
    message: int | None = None
    repeated: bool = False
    reply: Reply | None = None
    unreachable: bool = False


_earlier = outbox.alias("earlier")
_blocked_by_earlier = (
    select(_earlier.c.id)
    .where(
        _earlier.c.chat == outbox.c.chat,
        _earlier.c.id < outbox.c.id,
        _earlier.c.state.in_((State.PENDING, State.SENDING)),
        # A row planned for later does not hold the chat; one that waits for another try does.
        or_(_earlier.c.due_at <= bindparam("now"), _earlier.c.attempts > 0),
    )
    .exists()
)
_columns = (
    outbox.c.id,
    outbox.c.kind,
    outbox.c.chat,
    outbox.c.payload,
    outbox.c.question,
    outbox.c.attempts,
    outbox.c.repeated,
    outbox.c.created_at,
)
_heads = (
    select(*_columns)
    .where(
        outbox.c.state == State.PENDING,
        outbox.c.due_at <= bindparam("now"),
        outbox.c.kind.in_(bindparam("kinds", expanding=True)),
        outbox.c.chat.not_in(bindparam("held", expanding=True)),
        ~_blocked_by_earlier,
    )
    .order_by(outbox.c.id)
    .limit(bindparam("count"))
)
_take = (
    outbox.update()
    .where(outbox.c.id.in_(bindparam("taken", expanding=True)))
    .values(state=State.SENDING, attempts=outbox.c.attempts + 1)
)
_settle = (
    outbox.update()
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        due_at=bindparam("new_due_at"),
        message=bindparam("new_message"),
        settled_at=bindparam("new_settled_at"),
        repeated=bindparam("new_repeated"),
    )
)


def enqueue(connection: Connection, letters: Iterable[Letter], now: datetime) -> int:
    """Put letters into the outbox, in their order; returns how many were not there before."""
    rows = [
        {
            "key": letter.key,
            "kind": letter.kind,
            "chat": letter.chat,
            "user": letter.user,
            "payload": letter.reply,
            "question": letter.question,
            "state": State.PENDING,
            "created_at": now,
            "due_at": now,
        }
        for letter in letters
    ]
    if not rows:
        return 0
    statement = insert(connection, outbox).on_conflict_do_nothing()
    written = connection.execute(statement, rows, execution_options={"preserve_rowcount": True})
    return written.rowcount


def claim(
    connection: Connection,
    kinds: Collection[Kind],
    count: int,
    held: Collection[int],
    now: datetime,
) -> list[Outgoing]:
    """Mark up to `count` due rows as `sending`: of each chat the oldest, none of `held` chats."""
    found = connection.execute(
        _heads, {"now": now, "kinds": list(kinds), "held": list(held), "count": count}
    )
    taken = [replace(row, attempts=row.attempts + 1) for row in _read(connection, found, now)]
    if taken:
        connection.execute(_take, {"taken": [row.id for row in taken]})
    return taken


def left_in_flight(connection: Connection, now: datetime) -> list[Outgoing]:
    """The rows that were `sending` when the process that sent them ended."""
    found = connection.execute(select(*_columns).where(outbox.c.state == State.SENDING))
    return list(_read(connection, found, now))


def settle(connection: Connection, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Write down what became of the rows."""
    if not verdicts:
        return
    connection.execute(_settle, [_settlement(verdict, now) for verdict in verdicts])
    for verdict in verdicts:
        if verdict.reply is not None:
            connection.execute(
                outbox.update().where(outbox.c.id == verdict.row.id).values(payload=verdict.reply)
            )
        if verdict.unreachable:
            mark_unreachable(connection, verdict.row.chat, now)


def _settlement(verdict: Verdict, now: datetime) -> dict[str, object]:
    waits = verdict.state is State.PENDING
    return {
        "row": verdict.row.id,
        "new_state": verdict.state,
        "new_reason": verdict.reason,
        "new_due_at": verdict.due_at,
        "new_message": verdict.message,
        "new_settled_at": None if waits else now,
        "new_repeated": verdict.row.repeated or verdict.repeated,
    }


def _read(connection: Connection, found: Iterable[Any], now: datetime) -> Iterator[Outgoing]:
    """The rows; one that cannot be read is failed, or it would hold up all others for ever."""
    for row in found:
        try:
            reply = _reply(Kind(row.kind), row.payload)
        except (KeyError, TypeError, ValueError) as error:
            failed = {"state": State.FAILED, "reason": f"unreadable: {error}", "settled_at": now}
            connection.execute(outbox.update().where(outbox.c.id == row.id).values(failed))
            continue
        yield Outgoing(
            row.id,
            Kind(row.kind),
            row.chat,
            reply,
            row.question,
            row.attempts,
            row.repeated,
            row.created_at,
        )


def _reply(kind: Kind, payload: dict[str, Any]) -> Reply:
    if kind is Kind.TOAST:
        return Toast(**payload)
    buttons = tuple(tuple(Button(**button) for button in row) for row in payload["buttons"])
    content = payload | {"buttons": buttons}
    return Edit(**content) if kind is Kind.EDIT else Say(**content)
