"""Rows of the outbox: planned once, taken in order by one, settled once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.desk.facts import Dialogue
from bot.desk.replies import Button, Edit, Reply, Say, Toast
from bot.store.claiming import Claimant, left_behind
from bot.store.letters import Kind, Letter, Outgoing, State, Verdict
from bot.store.outbox import enqueue
from bot.store.people import Acquaintance, remember
from bot.store.settling import drop_late, forget_delays, settle
from bot.store.tables import outbox, people
from tests.store.taking import BOT, take


def letter(
    key: str, chat: int = 7, kind: Kind = Kind.ANSWER, reply: Reply | None = None
) -> Letter:
    return Letter(key, kind, chat, reply or Say(key), user=chat, bot=BOT)


def end(connection: Connection, row: Outgoing, state: State, now: datetime) -> None:
    settle(connection, BOT, [Verdict(row, state, now)], now)


def keys(rows: list[Outgoing]) -> list[str]:
    return [row.reply.html for row in rows if isinstance(row.reply, Say)]


def states(connection: Connection) -> dict[str, str]:
    return {key: state for key, state in connection.execute(select(outbox.c.key, outbox.c.state))}


def reason(connection: Connection, key: str) -> str:
    found: str = connection.execute(
        select(outbox.c.reason).where(outbox.c.key == key)
    ).scalar_one()
    return found


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
    enqueue(connection, [Letter("k", kind, 7, reply, 7, 3, bot=BOT)], now)
    (row,) = take(connection, now)
    assert row == Outgoing(row.id, kind, 7, reply, 3, 1, False, now, now, "me")


def test_a_key_is_planned_once(connection: Connection, now: datetime) -> None:
    assert enqueue(connection, [letter("a"), letter("b", 8)], now) == 2
    assert enqueue(connection, [letter("a"), letter("c", 9)], now) == 1
    assert keys(take(connection, now)) == ["a", "b", "c"]


def test_of_each_chat_one_at_a_time_and_in_order(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("b"), letter("x", 8), letter("c")], now)
    first = take(connection, now)
    assert keys(first) == ["a", "x"]
    assert take(connection, now) == []
    settle(connection, BOT, [Verdict(first[0], State.SENT, now, message=70)], now)
    assert keys(take(connection, now)) == ["b"]
    assert states(connection) == {"a": "sent", "b": "sending", "x": "sending", "c": "pending"}


def test_a_429_holds_its_chat_and_no_other(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("b"), letter("x", 8), letter("y", 8)], now)
    a, x = take(connection, now)
    later = now + timedelta(seconds=7)
    refused = Verdict(a, State.PENDING, later, "429", hold=later)
    settle(connection, BOT, [refused, Verdict(x, State.SENT, now)], now)
    assert keys(take(connection, now)) == ["y"]
    assert keys(take(connection, now + timedelta(seconds=6))) == []
    (again,) = take(connection, later)
    assert (again.reply, again.attempts) == (Say("a"), 2)


def test_what_is_planned_for_later_holds_nothing_up(connection: Connection, now: datetime) -> None:
    tomorrow = replace(letter("tomorrow", kind=Kind.PUSH), due_at=now + timedelta(days=1))
    enqueue(connection, [tomorrow, letter("now"), letter("push", kind=Kind.PUSH)], now)
    for expected in ("now", "push"):
        (row,) = take(connection, now)
        assert keys([row]) == [expected]
        end(connection, row, State.SENT, now)


def test_answers_overtake_the_pushes_of_their_chat(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("push", kind=Kind.PUSH), letter("a"), letter("b")], now)
    for expected in ("a", "b", "push"):
        (row,) = take(connection, now)
        assert keys([row]) == [expected]
        end(connection, row, State.SENT, now)


def test_there_is_room_for_each_sort_by_itself(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("x", 8), letter("p", 9, Kind.PUSH)], now)
    assert keys(take(connection, now, answers=1, pushes=0)) == ["a"]
    assert keys(take(connection, now, answers=0, pushes=1)) == ["p"]
    assert keys(take(connection, now)) == ["x"]


def test_a_row_in_flight_is_found_after_a_crash(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("b", 8)], now)
    (row,) = take(connection, now, answers=1)
    assert left_behind(connection, BOT, now) == []
    assert left_behind(connection, BOT, now, alone=True) == [row]
    connection.execute(outbox.update().values(leased_until=now - timedelta(days=1)))
    assert left_behind(connection, BOT, now) == [row]
    assert left_behind(connection, BOT + 1, now) == []


def test_what_was_given_up_meanwhile_stays_so(connection: Connection, now: datetime) -> None:
    """A process that was held up for long learns too late that another one took over."""
    enqueue(connection, [letter("a", kind=Kind.PUSH)], now)
    (mine,) = take(connection, now)
    (found,) = left_behind(connection, BOT, now, alone=True)
    end(connection, found, State.PENDING, now)
    (theirs,) = take(connection, now, who=Claimant(BOT, "they"))
    end(connection, mine, State.SENT, now)
    assert states(connection) == {"a": "sending"}
    end(connection, theirs, State.UNCERTAIN, now)
    end(connection, mine, State.SENT, now)
    assert states(connection) == {"a": "uncertain"}


def test_a_verdict_is_written_down(connection: Connection, now: datetime) -> None:
    remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue())], now)
    enqueue(connection, [letter("a"), letter("b", 8), letter("c", 9)], now)
    a, b, c = take(connection, now)
    verdicts = [
        Verdict(a, State.FAILED, now, "403 blocked", unreachable=True),
        Verdict(b, State.UNCERTAIN, now, "timeout"),
        Verdict(c, State.PENDING, now, "400 entities", repeated=True, reply=Say("plain")),
    ]
    settle(connection, BOT, verdicts, now)
    assert states(connection) == {"a": "failed", "b": "uncertain", "c": "pending"}
    assert connection.execute(select(people.c.blocked_at)).scalar_one() == now
    (again,) = take(connection, now)
    assert (again.reply, again.repeated, again.attempts) == (Say("plain"), True, 2)
    rows = connection.execute(
        select(outbox.c.reason, outbox.c.settled_at).order_by(outbox.c.id)
    ).all()
    assert rows == [("403 blocked", now), ("timeout", now), ("400 entities", None)]


def test_a_row_that_cannot_be_read_stops_nobody(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("broken"), letter("b"), letter("x", 8)], now)
    connection.execute(
        outbox.update().where(outbox.c.key == "broken").values(payload={"markdown": "?"})
    )
    assert keys(take(connection, now)) == ["x"]
    assert states(connection)["broken"] == "failed"
    assert keys(take(connection, now)) == ["b"]


def test_two_bots_leave_each_others_rows_alone(connection: Connection, now: datetime) -> None:
    known = [Acquaintance(9, 9, "九", "zh", Dialogue(), BOT + 1)]
    remember(connection, known, now)
    others = [
        replace(letter("theirs"), bot=BOT + 1),
        replace(letter("known", 9, Kind.PUSH), bot=None),
        replace(letter("anybody's", 8, Kind.PUSH), bot=None),
    ]
    enqueue(connection, [*others, letter("mine")], now)
    assert keys(take(connection, now)) == ["mine", "anybody's"]
    theirs = take(connection, now, who=Claimant(BOT + 1, "they"))
    assert keys(theirs) == ["theirs", "known"]


def test_a_push_that_is_late_is_dropped(connection: Connection, now: datetime) -> None:
    soon = now + timedelta(hours=1)
    enqueue(connection, [replace(letter("p", kind=Kind.PUSH), send_until=soon)], now)
    assert take(connection, soon) == []
    assert drop_late(connection, BOT, now, 9) == 0
    assert drop_late(connection, BOT, soon, 9) == 1
    assert states(connection) == {"p": "dropped"}
    assert "too late" in reason(connection, "p")


def test_a_clock_that_was_set_back_delays_nothing(connection: Connection, now: datetime) -> None:
    enqueue(connection, [letter("a"), letter("x", 8)], now)
    earlier = now - timedelta(hours=1)
    a, x = take(connection, earlier)
    settle(connection, BOT, [Verdict(a, State.PENDING, now, "503")], now)
    end(connection, x, State.SENT, now)
    assert take(connection, earlier) == []
    forget_delays(connection, BOT, earlier)
    assert keys(take(connection, earlier)) == ["a"]
