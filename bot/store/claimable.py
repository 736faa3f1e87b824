"""Which rows of the outbox may be sent now (可发送的信件), as questions to the database.

Their values: `bot`, `now` by the program's clock, `clock` and `void_from` by the database's, and
how many rows at most (`count`).
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    true,
)

from bot.store.letters import Kind, State
from bot.store.pace import EVERYTHING
from bot.store.tables import outbox, sending_pace

__all__ = ["answers_to_send", "in_flight", "lease_run_out", "pushes_to_send"]

# Literals, so that both databases see that an index over part of the rows covers the question.
_PENDING: ColumnElement[str] = literal_column("'pending'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
_PUSH: ColumnElement[str] = literal_column("'push'")
_card = outbox.alias("card")
_other = outbox.alias("other")
_busy = outbox.alias("busy")


def _is_due(row: Any) -> ColumnElement[bool]:
    """Whether a row may go; one due at once stays so when the clock is set back."""
    at_once = and_(row.c.due_at == row.c.created_at, row.c.attempts == 0)
    return or_(row.c.due_at <= bindparam("now"), at_once)


def _mine(row: Any) -> ColumnElement[bool]:
    return or_(row.c.bot == bindparam("bot"), row.c.bot.is_(None))


def _none(question: Select[Any]) -> ColumnElement[bool]:
    """That there is no such row, asked for each row of the outbox while it is walked in order.

    Without an offset PostgreSQL would join them all and sort what is left, whatever the limit.
    """
    return ~question.offset(0).exists()


def _may_go(kind: ColumnElement[bool], goes_first: ColumnElement[bool]) -> Select[Any]:
    """Rows of a kind whose chat is free, except those that another pending row goes before."""
    next_ones = (
        select(outbox)
        .where(
            outbox.c.state == _PENDING,
            kind,
            _mine(outbox),
            _is_due(outbox),
            _none(_all_held),
            _none(_chat_waits),
            _none(_card_is_open),
            _none(_chat_is_busy),
            _none(_earlier.where(goes_first)),
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
_card_is_open = select(_card.c.id).where(
    _card.c.id == outbox.c.edits, _card.c.state.in_((State.PENDING, State.SENDING))
)
_chat_is_busy = select(_busy.c.id).where(
    _busy.c.chat == outbox.c.chat, _busy.c.state == _SENDING, _mine(_busy)
)
_earlier = select(_other.c.id).where(
    _other.c.chat == outbox.c.chat,
    _other.c.state == _PENDING,
    _other.c.id < outbox.c.id,
    _mine(_other),
    # A row planned for later does not hold the chat; one that waits for another try does.
    or_(_is_due(_other), _other.c.attempts > 0),
    # Neither does an edit that waits for its message to be sent.
    _other.c.edits.is_(None),
)
# Answers overtake the pushes of their chat: somebody waits for them.
answers_to_send = _may_go(outbox.c.kind != _PUSH, _other.c.kind != _PUSH)
_in_time = or_(outbox.c.send_until.is_(None), outbox.c.send_until > bindparam("now"))
pushes_to_send = _may_go(and_(outbox.c.kind == _PUSH, _in_time), true())
in_flight = (
    select(outbox)
    .where(outbox.c.state == _SENDING, _mine(outbox))
    .with_for_update(skip_locked=True)
)
lease_run_out = in_flight.where(
    or_(
        outbox.c.leased_until.is_(None),
        outbox.c.leased_until <= bindparam("clock"),
        outbox.c.leased_until > bindparam("void_from"),
    )
)
