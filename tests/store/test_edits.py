"""Edits of messages, those of a message not yet sent among them."""

from datetime import datetime

import pytest
from sqlalchemy import Connection, select

from bot.desk.replies import Button, Edit, Reply, Say
from bot.store.letters import Kind, Letter, State, Verdict
from bot.store.outbox import enqueue
from bot.store.settling import settle
from bot.store.tables import outbox
from tests.store.taking import BOT, take

BUTTONS = ((Button("按", "v1x"),),)


def card(kind: Kind = Kind.ANSWER) -> Letter:
    return Letter("card", kind, 7, Say("卡片"), bot=BOT)


def edit(key: str, html: str, of: str | None = "card", message: int | None = None) -> Letter:
    return Letter(key, Kind.EDIT, 7, Edit(message, html, BUTTONS), edits=of, bot=BOT)


def replies(connection: Connection, now: datetime) -> list[tuple[Kind, Reply]]:
    """What is sent until nothing is left, each message getting the id 70."""
    said: list[tuple[Kind, Reply]] = []
    for _ in range(9):
        for row in take(connection, now):
            said.append((row.kind, row.reply))
            settle(connection, BOT, [Verdict(row, State.SENT, now, message=70)], now)
    return said


def states(connection: Connection) -> dict[str, tuple[str, str | None]]:
    found = connection.execute(select(outbox.c.key, outbox.c.state, outbox.c.reason))
    return {key: (state, reason) for key, state, reason in found}


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.PUSH])
def test_an_edit_waits_until_its_message_has_an_id(
    kind: Kind, connection: Connection, now: datetime
) -> None:
    enqueue(connection, [card(kind), edit("e", "改")], now)
    (sent,) = take(connection, now)
    assert sent.reply == Say("卡片")
    assert take(connection, now) == []
    settle(connection, BOT, [Verdict(sent, State.SENT, now, message=70)], now)
    assert replies(connection, now) == [(Kind.EDIT, Edit(70, "改", BUTTONS))]


def test_an_edit_of_a_message_sent_long_ago(connection: Connection, now: datetime) -> None:
    enqueue(connection, [card()], now)
    replies(connection, now)
    enqueue(connection, [edit("e", "改")], now)
    assert replies(connection, now) == [(Kind.EDIT, Edit(70, "改", BUTTONS))]


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.PUSH])
def test_an_edit_of_a_message_that_failed_becomes_that_message(
    kind: Kind, connection: Connection, now: datetime
) -> None:
    enqueue(connection, [card(kind), edit("e", "改")], now)
    (sent,) = take(connection, now)
    settle(connection, BOT, [Verdict(sent, State.FAILED, now, "400")], now)
    assert replies(connection, now) == [(kind, Say("改", BUTTONS))]


def test_an_edit_of_a_message_that_may_have_arrived_is_dropped(
    connection: Connection, now: datetime
) -> None:
    """A second message might double the first, and whose id that one got is not known."""
    enqueue(connection, [card(Kind.PUSH), edit("e", "改"), edit("lost", "改", of="nothing")], now)
    (sent,) = take(connection, now)
    settle(connection, BOT, [Verdict(sent, State.UNCERTAIN, now, "502")], now)
    assert replies(connection, now) == []
    for key in ("e", "lost"):
        assert states(connection)[key] == ("dropped", "the message it changes is not known")


def test_an_edit_that_waits_holds_nobody_up(connection: Connection, now: datetime) -> None:
    """The push it changes may stand far back in the queue."""
    later = Letter("answer", Kind.ANSWER, 7, Say("答"), bot=BOT)
    enqueue(connection, [card(Kind.PUSH), edit("e", "改"), later], now)
    (row,) = take(connection, now)
    assert row.reply == Say("答")


def test_of_edits_that_wait_only_the_last_is_sent(connection: Connection, now: datetime) -> None:
    enqueue(connection, [card(), edit("e1", "一"), edit("e2", "二")], now)
    enqueue(connection, [edit("m1", "甲", None, 5), edit("m2", "乙", None, 6)], now)
    enqueue(connection, [edit("e3", "三"), edit("m3", "丙", None, 5)], now)
    said = [reply for _, reply in replies(connection, now)]
    assert said == [
        Say("卡片"),
        Edit(6, "乙", BUTTONS),
        Edit(70, "三", BUTTONS),
        Edit(5, "丙", BUTTONS),
    ]
    for key in ("e1", "e2", "m1"):
        assert states(connection)[key] == ("dropped", "a later edit replaces it")


def test_an_edit_planned_again_replaces_no_later_one(
    connection: Connection, now: datetime
) -> None:
    enqueue(connection, [edit("m1", "甲", None, 5), edit("m2", "乙", None, 5)], now)
    enqueue(connection, [edit("m1", "甲", None, 5)], now)
    assert replies(connection, now) == [(Kind.EDIT, Edit(5, "乙", BUTTONS))]


def test_edits_of_other_chats_stay(connection: Connection, now: datetime) -> None:
    elsewhere = Letter("x", Kind.EDIT, 8, Edit(5, "别处"), bot=BOT)
    enqueue(connection, [elsewhere, edit("m1", "甲", None, 5)], now)
    assert len(replies(connection, now)) == 2
