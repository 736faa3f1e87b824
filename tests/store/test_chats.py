"""Chats that are gone, and groups that moved."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.desk.facts import Dialogue
from bot.desk.replies import Say
from bot.store.chats import give_up_chat, move_chat, stand_in_chat
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.pace import hold
from bot.store.people import Acquaintance, remember
from bot.store.tables import outbox, people, sending_pace, unanswered_questions

BOT = 4
GROUP, SUPERGROUP = -50, -1_000_050


def states(connection: Connection) -> dict[str, str]:
    return {key: state for key, state in connection.execute(select(outbox.c.key, outbox.c.state))}


def put(connection: Connection, now: datetime) -> None:
    """A push and an answer for a person, and a push for somebody else."""
    letters = [
        Letter("push", Kind.PUSH, 7, Say("x"), 7, bot=BOT),
        Letter("answer", Kind.ANSWER, 7, Say("x"), 7, bot=BOT),
        Letter("other bot's", Kind.PUSH, 7, Say("x"), 7, bot=BOT + 1),
        Letter("other", Kind.PUSH, 8, Say("x"), 8, bot=BOT),
    ]
    enqueue(connection, letters, now)


def test_the_pushes_of_a_chat_that_is_gone_fail_at_once(
    connection: Connection, now: datetime
) -> None:
    remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue(), BOT)], now)
    put(connection, now)
    give_up_chat(connection, BOT, 7, now)
    assert connection.execute(select(people.c.blocked_at)).scalar_one() == now
    assert states(connection) == {
        "push": "failed",
        "answer": "pending",
        "other bot's": "pending",
        "other": "pending",
    }
    reason = select(outbox.c.reason).where(outbox.c.key == "push")
    assert "cannot be reached" in connection.execute(reason).scalar_one()


@pytest.mark.parametrize(("seen_after", "bot"), [(1, BOT), (0, BOT + 1)])
def test_who_wrote_meanwhile_or_to_another_bot_is_not_given_up(
    seen_after: int, bot: int, connection: Connection, now: datetime
) -> None:
    at = now + timedelta(seconds=seen_after)
    remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue(), bot)], at)
    put(connection, now)
    give_up_chat(connection, BOT, 7, now)
    assert connection.execute(select(people.c.blocked_at)).scalar_one() is None
    assert states(connection)["push"] == "pending"


def test_writing_revives(connection: Connection, now: datetime) -> None:
    person = [Acquaintance(7, 7, "七", "zh", Dialogue(), BOT)]
    remember(connection, person, now)
    give_up_chat(connection, BOT, 7, now)
    remember(connection, person, now + timedelta(seconds=1))
    assert connection.execute(select(people.c.blocked_at)).scalar_one() is None


def test_a_group_that_moved_is_followed(connection: Connection, now: datetime) -> None:
    letters = [
        Letter("waits", Kind.ANSWER, GROUP, Say("x"), bot=BOT),
        Letter("sent", Kind.ANSWER, GROUP, Say("x"), bot=BOT),
        Letter("other", Kind.ANSWER, 8, Say("x"), bot=BOT),
    ]
    enqueue(connection, letters, now)
    connection.execute(outbox.update().where(outbox.c.key == "sent").values(state="sent"))
    question = {"user": 7, "chat": GROUP, "text": "?", "outcome": "person", "asked_at": now}
    connection.execute(unanswered_questions.insert(), [question])
    hold(connection, BOT, {GROUP: now})
    for _ in range(2):
        move_chat(connection, BOT, GROUP, SUPERGROUP)
    chats = dict(connection.execute(select(outbox.c.key, outbox.c.chat)).all())
    assert chats == {"waits": SUPERGROUP, "sent": GROUP, "other": 8}
    assert connection.execute(select(unanswered_questions.c.chat)).scalar_one() == SUPERGROUP
    assert connection.execute(select(sending_pace)).all() == []


def blocked(connection: Connection) -> bool:
    row = connection.execute(select(people.c.blocked_at).where(people.c.user == 7)).one()
    return row.blocked_at is not None


def test_who_blocks_and_unblocks_the_bot_is_known_at_once(
    connection: Connection, now: datetime
) -> None:
    remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue(), BOT)], now)
    put(connection, now)
    later = now + timedelta(minutes=1)
    stand_in_chat(connection, BOT, 7, False, later)
    assert blocked(connection)
    assert states(connection)["push"] == "failed"
    assert states(connection)["answer"] == "pending"
    stand_in_chat(connection, BOT, 7, True, later)
    assert not blocked(connection)


def test_a_group_that_removes_the_bot_is_answered_no_more(
    connection: Connection, now: datetime
) -> None:
    letters = [
        Letter("answer", Kind.ANSWER, GROUP, Say("x"), 7, bot=BOT),
        Letter("case", Kind.ANSWER, GROUP, Say("x"), 7, bot=BOT, handoff=1),
        Letter("other bot's", Kind.ANSWER, GROUP, Say("x"), 7, bot=BOT + 1),
        Letter("elsewhere", Kind.ANSWER, 7, Say("x"), 7, bot=BOT),
    ]
    enqueue(connection, letters, now)
    stand_in_chat(connection, BOT, GROUP, False, now)
    assert states(connection) == {
        "answer": "dropped",
        "case": "pending",
        "other bot's": "pending",
        "elsewhere": "pending",
    }
