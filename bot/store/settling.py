"""Writing down what became of the rows that were sent, and all that follows from it (回执)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from bot.desk.replies import Document
from bot.store.chats import give_up_chat, move_chat
from bot.store.letters import State, Verdict
from bot.store.pace import hold
from bot.store.tables import pushes
from bot.store.tables.sending import PENDING, PUSH, SENDING, outbox, sent_by

__all__ = ["SET_BACK", "TOO_LATE", "drop_late", "drop_written_ahead", "forget_delays", "settle"]

TOO_LATE, SET_BACK = "too late to be sent", "the clock was set back"
"""Why pushes are dropped that are to be said again, at another time."""
LONGEST_REASON = 500

# A row that was given up meanwhile, by another replica after the lease ran out, stays so.
_settle = (
    outbox.update()
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.state == SENDING,
        outbox.c.attempts == bindparam("attempt"),
        or_(outbox.c.owner == bindparam("its_owner"), outbox.c.owner.is_(None)),
    )
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        due_at=bindparam("new_due_at"),
        message=bindparam("new_message"),
        settled_at=bindparam("new_settled_at"),
        repeated=bindparam("new_repeated"),
    )
)


def settle(connection: Connection, bot: int, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Write down what became of rows of this bot."""
    if not verdicts:
        return
    connection.execute(_settle, [_settlement(verdict, now) for verdict in verdicts])
    holds = {each.row.chat: each.hold for each in verdicts if each.hold is not None}
    hold(connection, bot, holds)
    for verdict in verdicts:
        if verdict.reply is not None:
            said = {"payload": verdict.reply}
            connection.execute(outbox.update().where(outbox.c.id == verdict.row.id).values(said))
        elif verdict.state is State.SENT and isinstance(verdict.row.reply, Document):
            _let_go_of_file(connection, verdict.row.id, verdict.row.reply)
        if verdict.unreachable:
            give_up_chat(connection, bot, verdict.row.chat, verdict.row.taken_at)
        if verdict.moved_to is not None:
            move_chat(connection, bot, verdict.row.chat, verdict.moved_to)


def _let_go_of_file(connection: Connection, row: int, sent: Document) -> None:
    """A file may hold all that somebody has; once it arrived, nobody needs it here."""
    said = {"payload": replace(sent, content="")}
    connection.execute(
        outbox.update().where(outbox.c.id == row, outbox.c.state == State.SENT).values(said)
    )


def drop_late(connection: Connection, bot: int, now: datetime, count: int) -> int:
    """Drop up to `count` pushes that were not sent in time; returns how many there were."""
    late = (
        select(outbox.c.id)
        .where(
            outbox.c.state == PENDING,
            outbox.c.kind == PUSH,
            outbox.c.send_until <= now,
            sent_by(bot),
        )
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    dropped = connection.execute(
        outbox.update()
        .where(outbox.c.id.in_(late))
        .values(state=State.DROPPED, reason=TOO_LATE, settled_at=now)
    )
    return dropped.rowcount


def drop_written_ahead(connection: Connection, bot: int, now: datetime) -> int:
    """Drop the reminders and broadcasts that a clock wrote which was set back since; how many.

    By the right clock it may still be night: they are planned anew for when it no longer is.
    """
    planned = select(pushes.c.letter).where(pushes.c.letter.is_not(None))
    dropped = connection.execute(
        outbox.update()
        .where(
            outbox.c.state == PENDING,
            outbox.c.kind == PUSH,
            outbox.c.created_at > now,
            or_(outbox.c.key.in_(planned), outbox.c.key.startswith("broadcast:")),
            sent_by(bot),
        )
        .values(state=State.DROPPED, reason=SET_BACK, settled_at=now)
    )
    return dropped.rowcount


def forget_delays(connection: Connection, bot: int, now: datetime) -> None:
    """Try again at once what waits for another try: the clock it waits by was set back."""
    connection.execute(
        outbox.update()
        .where(
            outbox.c.state == PENDING,
            outbox.c.attempts > 0,
            outbox.c.due_at > now,
            sent_by(bot),
        )
        .values(due_at=now)
    )


def _storable(reason: str | None) -> str | None:
    """The reason without what PostgreSQL refuses; a server may answer anything."""
    if reason is None:
        return None
    return reason[:LONGEST_REASON].replace("\x00", "").encode("utf-8", "replace").decode()


def _settlement(verdict: Verdict, now: datetime) -> dict[str, object]:
    waits = verdict.state is State.PENDING
    return {
        "row": verdict.row.id,
        "attempt": verdict.row.attempts,
        "its_owner": verdict.row.owner,
        "new_state": verdict.state,
        "new_reason": _storable(verdict.reason),
        "new_due_at": verdict.due_at,
        "new_message": verdict.message,
        "new_settled_at": None if waits else now,
        "new_repeated": verdict.row.repeated or verdict.repeated,
    }
