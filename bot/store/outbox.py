"""The outbox (发件箱): what is to be said.

A row is written in the transaction of what it follows from and sent afterwards. It is `sending`,
committed, before the request leaves: a row found so after a crash may have arrived.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import BigInteger, Connection, bindparam, func, select

from bot.desk.replies import Edit
from bot.store.inserting import Insert, Inserting, insert_for
from bot.store.letters import Kind, Letter, State
from bot.store.tables import people
from bot.store.tables.sending import PENDING, PUSH, outbox
from bot.store.waking import announce

__all__ = ["enqueue", "said_since"]

_bot = func.coalesce(
    bindparam("of_bot", type_=BigInteger),
    select(people.c.bot).where(people.c.user == bindparam("of_user")).scalar_subquery(),
)
_card = outbox.alias("card")
_refer_to_card = (
    outbox.update()
    .where(outbox.c.key == bindparam("edit"))
    .values(edits=select(_card.c.id).where(_card.c.key == bindparam("card")).scalar_subquery())
)
_later = outbox.alias("later")
_same_message = (_later.c.target == outbox.c.target) | (_later.c.edits == outbox.c.edits)
_replace_earlier = (
    outbox.update()
    .where(
        outbox.c.chat == bindparam("its_chat"),
        outbox.c.state == PENDING,
        outbox.c.kind != PUSH,
        outbox.c.kind == Kind.EDIT,
        select(_later.c.id)
        .where(
            _later.c.chat == outbox.c.chat,
            _later.c.state == PENDING,
            _later.c.kind != PUSH,
            _later.c.kind == Kind.EDIT,
            _later.c.id > outbox.c.id,
            _same_message,
        )
        .exists(),
    )
    .values(
        state=State.DROPPED, reason="a later edit replaces it", settled_at=bindparam("its_end")
    )
)


def enqueue(connection: Connection, letters: Iterable[Letter], now: datetime) -> int:
    """Put letters into the outbox, in their order; returns how many were not there before.

    Of several edits of one message that wait, only the last is kept.
    """
    letters = list(letters)
    if not letters:
        return 0
    rows = [_row(letter, now) for letter in letters]
    written = connection.execute(_write(insert_for(connection)), rows)
    _coalesce(connection, [each for each in letters if each.kind is Kind.EDIT], now)
    announce(connection)
    return written.rowcount


def said_since(connection: Connection, beginning: str, since: datetime) -> bool:
    """Whether a letter whose key begins so was put into the outbox after an instant."""
    found = select(outbox.c.id).where(
        outbox.c.key >= beginning,
        outbox.c.key < f"{beginning}\U0010ffff",
        outbox.c.created_at > since,
    )
    return connection.execute(found.limit(1)).one_or_none() is not None


@cache
def _write(insert_into: Inserting) -> Insert:
    """Built once: building it anew costs as much as carrying it out."""
    statement = insert_into(outbox).values(bot=_bot).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


def _row(letter: Letter, now: datetime) -> dict[str, object]:
    return {
        "key": letter.key,
        "of_bot": letter.bot,
        "kind": letter.kind,
        "chat": letter.chat,
        "user": letter.user,
        "of_user": letter.user,
        "payload": letter.reply,
        "question": letter.question,
        "target": letter.reply.message if isinstance(letter.reply, Edit) else None,
        "state": State.PENDING,
        "created_at": now,
        "due_at": letter.due_at or now,
        "send_until": letter.send_until,
        "handoff": letter.handoff,
        "source": letter.source,
        "farewell": letter.farewell,
    }


def _coalesce(connection: Connection, edits: Sequence[Letter], now: datetime) -> None:
    if referring := [{"edit": e.key, "card": e.edits} for e in edits if e.edits is not None]:
        connection.execute(_refer_to_card, referring)
    if chats := {each.chat for each in edits}:
        ended = [{"its_chat": chat, "its_end": now} for chat in sorted(chats)]
        connection.execute(_replace_earlier, ended)
