"""From a row of the outbox to what can be sent; what cannot is settled or changed instead.

Left as it is, it would hold up its chat for ever.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.desk.replies import Edit, Reply, Say
from bot.desk.topics import CloseTopic
from bot.store.letters import Kind, Outgoing, State, read_reply
from bot.store.tables import handoffs, outbox

__all__ = ["read_row", "read_sendable"]

_place = select(handoffs.c.operator_chat, handoffs.c.topic, handoffs.c.root).where(
    handoffs.c.id == bindparam("its_case")
)


def read_row(connection: Connection, row: Any, now: datetime) -> Outgoing | None:
    """A row as it stands; None for one that cannot be read, which fails by that."""
    try:
        reply = read_reply(Kind(row.kind), row.payload)
    except (KeyError, TypeError, ValueError) as error:
        _end(connection, row.id, State.FAILED, f"unreadable: {error}", now)
        return None
    return _outgoing(row, reply, now)


def read_sendable(connection: Connection, row: Any, now: datetime) -> Outgoing | None:
    """A row that can be sent now; `row` also tells what became of the message it edits."""
    read = read_row(connection, row, now)
    if read is not None and read.handoff is not None:
        read = _placed(connection, read, now)
    if read is None or not isinstance(read.reply, Edit) or read.reply.message is not None:
        return read
    if row.card_message is not None:
        return replace(read, reply=replace(read.reply, message=row.card_message))
    if row.card_state == State.FAILED:
        _say_instead(connection, row, read.reply)
    else:
        _end(connection, row.id, State.DROPPED, "the message it changes is not known", now)
    return None


def _placed(connection: Connection, letter: Outgoing, now: datetime) -> Outgoing | None:
    """Where in the operator's chat a letter of a case goes; None if the case is forgotten."""
    case = connection.execute(_place, {"its_case": letter.handoff}).one_or_none()
    if case is None:
        _end(connection, letter.id, State.DROPPED, "its case is forgotten", now)
        return None
    if case.operator_chat != letter.chat:
        return letter
    if case.topic is None and isinstance(letter.reply, CloseTopic):
        _end(connection, letter.id, State.DROPPED, "the case has no topic", now)
        return None
    return replace(letter, thread=case.topic, reply_to=None if case.topic else case.root)


def _say_instead(connection: Connection, row: Any, edit: Edit) -> None:
    """An edit of a message that never arrived holds all of it: it becomes that message."""
    said = Say(edit.html, edit.buttons, edit.template)
    values = {"kind": row.card_kind, "payload": said, "edits": None}
    connection.execute(outbox.update().where(outbox.c.id == row.id).values(values))


def _end(connection: Connection, row: int, state: State, reason: str, now: datetime) -> None:
    values = {"state": state, "reason": reason, "settled_at": now}
    connection.execute(outbox.update().where(outbox.c.id == row).values(values))


def _outgoing(row: Any, reply: Reply, now: datetime) -> Outgoing:
    return Outgoing(
        id=row.id,
        kind=Kind(row.kind),
        chat=row.chat,
        reply=reply,
        question=row.question,
        attempts=row.attempts,
        repeated=row.repeated,
        created_at=row.resent_at or row.created_at,
        taken_at=now,
        owner=row.owner,
        handoff=row.handoff,
        update=_update_of(row),
        reply_to=row.question if _in_group(row) else None,
    )


def _update_of(row: Any) -> int | None:
    """What an exchange says has the key <bot>:<update>:<place>."""
    bot, _, rest = row.key.partition(":")
    update = rest.partition(":")[0]
    is_of_exchange = bot.isdecimal() and update.removeprefix("-").isdecimal()
    return int(update) if is_of_exchange else None


def _in_group(row: Any) -> bool:
    """Among many people an answer points at its question, and so stands in its topic too."""
    return row.chat < 0 and row.kind == Kind.ANSWER and row.handoff is None
