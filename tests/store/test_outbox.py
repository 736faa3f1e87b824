from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.desk.facts import Dialogue
from bot.desk.replies import Button, Edit, Reply, Say, Toast
from bot.store.outbox import (
    Kind,
    Letter,
    Outgoing,
    State,
    Verdict,
    claim,
    enqueue,
    left_in_flight,
    settle,
)
from bot.store.people import Acquaintance, remember
from bot.store.tables import outbox, people

ALL = list(Kind)


def letter(
    key: str, chat: int = 7, kind: Kind = Kind.ANSWER, reply: Reply | None = None
) -> Letter:
    return Letter(key, kind, chat, reply or Say(key), user=chat)


def take(connection: Connection, now: datetime, count: int = 9) -> list[Outgoing]:
    return claim(connection, ALL, count, [], now)


def keys(rows: list[Outgoing]) -> list[str]:
    return [row.reply.html for row in rows if isinstance(row.reply, Say)]


def states(connection: Connection) -> dict[str, str]:
    return {key: state for key, state in connection.execute(select(outbox.c.key, outbox.c.state))}


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        (Kind.ANSWER, Say("<b>佣金</b>", ((Button("a", "t"), Button("b", copy_text="1")),))),
        (Kind.PUSH, Say("到账", ((Button("c", url="https://example.com"),),))),
        (Kind.EDIT, Edit(5, "改", ((Button("a", "t"),),))),
        (Kind.TOAST, Toast("99", "好", alert=True)),
    ],
)
def test_a_reply_comes_out_as_it_went_in(
    kind: Kind, reply: Reply, connection: Connection, now: datetime
) -> None:
    enqueue(connection, [Letter("k", kind, 7, reply, 7, 3)], now)
    (row,) = take(connection, now)
    assert row == Outgoing(row.id, kind, 7, reply, 3, 1, False, now)


def test_a_key_is_planned_once(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("b", 8)], now)
    enqueue(connection, [letter("a"), letter("c", 9)], now)
    assert keys(take(connection, now)) == ["a", "b", "c"]


def test_of_each_chat_one_at_a_time_and_in_order(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("b"), letter("x", 8), letter("c")], now)
    first = take(connection, now)
    assert keys(first) == ["a", "x"]
    assert take(connection, now) == []
    settle(connection, [Verdict(first[0], State.SENT, now, message=70)], now)
    assert keys(take(connection, now)) == ["b"]
    assert states(connection) == {"a": "sent", "b": "sending", "x": "sending", "c": "pending"}


def test_a_429_holds_its_chat_and_no_other(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("b"), letter("x", 8), letter("y", 8)], now)
    a, x = take(connection, now)
    later = now + timedelta(seconds=7)
    settle(connection, [Verdict(a, State.PENDING, later, "429"), Verdict(x, State.SENT, now)], now)
    assert keys(take(connection, now)) == ["y"]
    assert keys(take(connection, now + timedelta(seconds=6))) == []
    (again,) = take(connection, later)
    assert (again.reply, again.attempts) == (Say("a"), 2)


def test_what_is_planned_for_later_holds_nothing_up(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("tomorrow", kind=Kind.PUSH)], now + timedelta(days=1))
    enqueue(connection, [letter("now")], now)
    assert keys(take(connection, now)) == ["now"]


def test_held_chats_and_other_kinds_wait(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("x", 8), letter("p", 9, Kind.PUSH)], now)
    assert keys(claim(connection, [Kind.ANSWER], 9, [8], now)) == ["a"]
    assert keys(claim(connection, [Kind.PUSH], 9, [8], now)) == ["p"]
    assert keys(take(connection, now)) == ["x"]


def test_no_more_than_asked_for_is_taken(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter(str(chat), chat) for chat in range(1, 9)], now)
    assert keys(take(connection, now, count=3)) == ["1", "2", "3"]


def test_a_row_in_flight_is_found_after_a_crash(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("b", 8)], now)
    (row,) = take(connection, now, count=1)
    assert left_in_flight(connection, now) == [row]


def test_a_verdict_is_written_down(connection: Connection, now: datetime) -> None:
    remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue())], now)
    enqueue(connection, [letter("a"), letter("b", 8), letter("c", 9)], now)
    a, b, c = take(connection, now)
    verdicts = [
        Verdict(a, State.FAILED, now, "403 blocked", unreachable=True),
        Verdict(b, State.UNCERTAIN, now, "timeout"),
        Verdict(c, State.PENDING, now, "400 entities", repeated=True, reply=Say("plain")),
    ]
    settle(connection, verdicts, now)
    assert states(connection) == {"a": "failed", "b": "uncertain", "c": "pending"}
    assert connection.execute(select(people.c.blocked_at)).scalar_one() == now
    (again,) = take(connection, now)
    assert (again.reply, again.repeated, again.attempts) == (Say("plain"), True, 2)
    rows = connection.execute(select(outbox.c.reason, outbox.c.settled_at)).all()
    assert rows == [("403 blocked", now), ("timeout", now), ("400 entities", None)]


def test_a_row_that_cannot_be_read_stops_nobody(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("broken"), letter("b"), letter("x", 8)], now)
    connection.execute(
        outbox.update().where(outbox.c.key == "broken").values(payload={"markdown": "?"})
    )
    assert keys(take(connection, now)) == ["x"]
    assert states(connection)["broken"] == "failed"
    assert keys(take(connection, now)) == ["b"]
