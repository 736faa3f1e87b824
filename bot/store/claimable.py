"""Which rows of the outbox may be sent now (可发送的信件), as questions to the database.

Their values: `bot`, `now` by the program's clock, `clock` and `void_from` by the database's, and
how many rows at most (`count`). None of them costs more because somebody floods the bot: answers
are looked for chat by chat, of each only its first; pushes, of which nobody gets many, in order.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from bot.store.letters import Kind, State
from bot.store.pace import EVERYTHING
from bot.store.tables.sending import PENDING, PUSH, SENDING, outbox, sending_pace, sent_by

__all__ = [
    "answers_to_send",
    "chats_with_answers",
    "in_flight",
    "lease_run_out",
    "pushes_to_send",
    "waiting",
]

_card = outbox.alias("card")
_other = outbox.alias("other")
_busy = outbox.alias("busy")


def _is_due(row: Any) -> ColumnElement[bool]:
    """Whether a row may go; one due at once stays so when the clock is set back."""
    at_once = and_(row.c.due_at == row.c.created_at, row.c.attempts == 0)
    return or_(row.c.due_at <= bindparam("now"), at_once)


def _mine(row: Any) -> ColumnElement[bool]:
    return sent_by(bindparam("bot"), row)


def _none(question: Select[Any]) -> ColumnElement[bool]:
    """That there is no such row, asked for each row of the outbox while it is walked in order.

    Without an offset PostgreSQL would join them all and sort what is left, whatever the limit.
    """
    return ~question.offset(0).exists()


def _may_go(*which: ColumnElement[bool]) -> Select[Any]:
    """Such rows as are due and whose chat is free, the oldest first."""
    next_ones = (
        select(outbox)
        .where(
            outbox.c.state == PENDING,
            _mine(outbox),
            _is_due(outbox),
            _none(_all_held),
            _none(_chat_waits),
            _none(_card_is_open(outbox)),
            _none(_chat_is_busy),
            *which,
        )
        .order_by(outbox.c.id)
        .limit(bindparam("count"))
        .with_for_update(skip_locked=True)
        .subquery()
    )
    paced = and_(sending_pace.c.bot == bindparam("bot"), sending_pace.c.chat == next_ones.c.chat)
    return (
        select(
            next_ones,
            sending_pace.c.rested_at,
            _card.c.state.label("card_state"),
            _card.c.kind.label("card_kind"),
            _card.c.message.label("card_message"),
        )
        .outerjoin(sending_pace, paced)
        .outerjoin(_card, _card.c.id == next_ones.c.edits)
        .order_by(next_ones.c.id)
    )


def _card_is_open(row: Any) -> Select[Any]:
    return select(_card.c.id).where(
        _card.c.id == row.c.edits, _card.c.state.in_((State.PENDING, State.SENDING))
    )


def _chats_with_answers() -> Select[Any]:
    """Chats after the id `after` up to `until`, at most `chats`, each with its first answer."""
    answers = and_(_other.c.state == PENDING, _other.c.kind != PUSH)
    next_chat = select(func.min(_other.c.chat)).where(answers)
    found = select(
        next_chat.where(_other.c.chat > bindparam("after")).scalar_subquery().label("chat"),
        literal_column("1").label("place"),
    ).cte("found", recursive=True)
    found = found.union_all(
        select(
            next_chat.where(_other.c.chat > found.c.chat).scalar_subquery(), found.c.place + 1
        ).where(found.c.chat < bindparam("until"), found.c.place < bindparam("chats"))
    )
    first = (
        select(_other.c.id)
        .where(
            _other.c.chat == found.c.chat,
            answers,
            _mine(_other),
            or_(_is_due(_other), _other.c.attempts > 0),
            ~_card_is_open(_other).exists(),
        )
        .order_by(_other.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(found.c.chat, first.label("first")).where(found.c.chat <= bindparam("until"))


_my_pace = select(sending_pace.c.chat).where(sending_pace.c.bot == bindparam("bot"))
_all_held = _my_pace.where(
    sending_pace.c.chat == EVERYTHING, sending_pace.c.held_until > bindparam("now")
)
_chat_waits = _my_pace.where(
    sending_pace.c.chat == outbox.c.chat,
    or_(
        sending_pace.c.held_until > bindparam("now"),
        and_(
            sending_pace.c.open_at > bindparam("clock"),
            sending_pace.c.open_at <= bindparam("void_from"),
            # Telegram counts messages and edits of a chat, not the answers to its buttons.
            outbox.c.kind != Kind.TOAST,
        ),
    ),
)
_chat_is_busy = select(_busy.c.id).where(
    _busy.c.chat == outbox.c.chat, _busy.c.state == SENDING, _mine(_busy)
)
_earlier = select(_other.c.id).where(
    _other.c.chat == outbox.c.chat,
    _other.c.state == PENDING,
    _other.c.id < outbox.c.id,
    _mine(_other),
    # A row planned for later does not hold the chat; one that waits for another try does.
    or_(_is_due(_other), _other.c.attempts > 0),
    # Neither does an edit that waits for its message to be sent.
    _other.c.edits.is_(None),
)
# Asked as the first of an index, which no planner answers by walking the whole table.
_an_answer = select(func.min(_other.c.chat)).where(
    _other.c.state == PENDING, _other.c.kind != PUSH
)
_a_push = (
    select(_other.c.id)
    .where(_other.c.state == PENDING, _other.c.kind == PUSH)
    .order_by(_other.c.id)
    .limit(1)
)
waiting = select(
    _an_answer.scalar_subquery().label("answers"), _a_push.scalar_subquery().label("pushes")
)
"""Whether anything waits to be sent, by any bot: of each kind something that does, or nothing."""
_no_earlier_answer = _none(_earlier.where(_other.c.kind != PUSH))
_no_earlier_push = _none(_earlier.where(_other.c.kind == PUSH))
chats_with_answers = _chats_with_answers()
# Answers overtake the pushes of their chat: somebody waits for them.
answers_to_send = _may_go(outbox.c.id.in_(bindparam("firsts", expanding=True)), _no_earlier_answer)
_in_time = or_(outbox.c.send_until.is_(None), outbox.c.send_until > bindparam("now"))
pushes_to_send = _may_go(outbox.c.kind == PUSH, _in_time, _no_earlier_answer, _no_earlier_push)
in_flight = (
    select(outbox)
    .where(outbox.c.state == SENDING, _mine(outbox))
    .with_for_update(skip_locked=True)
)
lease_run_out = in_flight.where(
    or_(
        outbox.c.leased_until.is_(None),
        outbox.c.leased_until <= bindparam("clock"),
        outbox.c.leased_until > bindparam("void_from"),
    )
)
