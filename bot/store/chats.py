"""Chats that cannot be reached, and groups that became supergroups (聊天)."""

from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.letters import State
from bot.store.people import mark_reachable, mark_unreachable
from bot.store.tables import document_imports, handoffs, people, unanswered_questions
from bot.store.tables.sending import PENDING, PUSH, outbox, sending_pace, sent_by

__all__ = ["give_up_chat", "move_chat", "stand_in_chat"]


def give_up_chat(connection: Connection, bot: int, chat: int, tried_at: datetime) -> None:
    """Remember that a chat blocked the bot or is gone, and fail the pushes that wait for it.

    Whoever writes revives the chat, so one that wrote after the attempt is not marked; nor is a
    person who last wrote to another bot.
    """
    person = connection.execute(
        select(people.c.seen_at, people.c.bot).where(people.c.chat == chat)
    ).first()
    if person is not None and (person.seen_at > tried_at or person.bot not in (None, bot)):
        return
    mark_unreachable(connection, chat, tried_at)
    connection.execute(
        outbox.update()
        .where(
            outbox.c.chat == chat,
            outbox.c.state == PENDING,
            outbox.c.kind == PUSH,
            sent_by(bot),
        )
        .values(state=State.FAILED, reason="the chat cannot be reached", settled_at=tried_at)
    )


def stand_in_chat(
    connection: Connection, bot: int, chat: int, reachable: bool, now: datetime
) -> None:
    """The bot was blocked, unblocked, added to a group or removed from it, and was told so.

    Answers that wait for a group it is no longer in need not be said any more; to a person they
    are tried, for the block may end before.
    """
    if reachable:
        mark_reachable(connection, chat)
        return
    give_up_chat(connection, bot, chat, now)
    if chat < 0:
        connection.execute(
            outbox.update()
            .where(
                outbox.c.chat == chat,
                outbox.c.state == PENDING,
                outbox.c.kind != PUSH,
                outbox.c.handoff.is_(None),
                sent_by(bot),
            )
            .values(
                state=State.DROPPED, reason="the bot is not in the group any more", settled_at=now
            )
        )


def move_chat(connection: Connection, bot: int, old: int, new: int) -> None:
    """A group became a supergroup with another id: all that concerns it goes there.

    What waits for the old chat is sent to the new one; doing it twice changes nothing.
    """
    connection.execute(
        outbox.update()
        .where(
            outbox.c.chat == old,
            sent_by(bot),
            outbox.c.state.not_in((State.SENT, State.DROPPED)),
        )
        .values(chat=new)
    )
    connection.execute(
        unanswered_questions.update().where(unanswered_questions.c.chat == old).values(chat=new)
    )
    connection.execute(
        handoffs.update()
        .where(handoffs.c.operator_chat == old, handoffs.c.bot == bot)
        .values(operator_chat=new)
    )
    connection.execute(
        document_imports.update()
        .where(document_imports.c.chat == old, document_imports.c.bot == bot)
        .values(chat=new)
    )
    connection.execute(
        sending_pace.delete().where(sending_pace.c.bot == bot, sending_pace.c.chat == old)
    )
