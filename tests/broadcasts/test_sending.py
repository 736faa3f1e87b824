"""A broadcast on both databases: once each, in decent hours, held up and ended at any moment."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from bot.desk.broadcasts import BroadcastState
from bot.planner import broadcasting
from bot.planner.broadcasting import ROOM
from bot.reminders import Appointed
from bot.store.broadcasts import (
    Broadcast,
    ChangedMeanwhileError,
    cancel,
    pause,
    resume,
)
from bot.store.erasing import forget_person
from bot.store.letters import Kind, State
from bot.store.opt_outs import opt_in, opt_out
from bot.store.people import mark_unreachable
from bot.store.recipient_outcomes import Figures, uncertain_recipients
from bot.store.settling import drop_late, drop_written_ahead
from bot.store.tables import outbox
from bot.store.troubled import resend
from tests.broadcasts.conftest import AUTHOR
from tests.broadcasts.stage import Hand, Post

People = Callable[..., None]
Begin = Callable[..., Broadcast]


def test_everybody_gets_it_once(post: Post, people: People, begin: Begin) -> None:
    everybody = range(1, 231)
    people(*everybody)
    broadcast = begin()
    assert post.turn() == ROOM
    assert post.play() == dict.fromkeys(everybody, 1)
    over = post.now_is(broadcast)
    assert (over.state, over.figures) == (BroadcastState.DONE, Figures(sent=230))
    assert post.turn() == 0


def test_each_reads_it_in_their_language_with_one_button(
    engine: Engine, post: Post, people: People, begin: Begin
) -> None:
    for user, language in enumerate(("zh", "zh-hant", "en"), 1):
        people(user, language=language)
    begin()
    post.turn()
    with engine.connect() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.user)).all()
    said = [(row.payload["html"], row.payload["buttons"][0][0]["label"]) for row in rows]
    assert said == [
        ("<b>九月</b>账单出来了", "🔕 不再接收通知"),
        ("<b>九月</b>帳單出來了", "🔕 不再接收通知"),
        ("The <b>September</b> statement is out", "🔕 No more announcements"),
    ]
    assert {row.kind for row in rows} == {Kind.PUSH}


def test_who_blocked_the_bot_or_opted_out_is_left_out(
    engine: Engine, post: Post, people: People, begin: Begin, hand: Hand
) -> None:
    people(*range(1, 8))
    with engine.begin() as connection:
        mark_unreachable(connection, 1, hand.now())
        opt_out(connection, 2, hand.now())
        opt_out(connection, 3, hand.now())
        opt_in(connection, 3)
    broadcast = begin()
    hand.at = hand.at.replace(hour=22)
    post.turn()
    assert post.figures(broadcast) == Figures(waiting=5)
    with engine.begin() as connection:
        mark_unreachable(connection, 4, hand.now())
        opt_out(connection, 5, hand.now())
    hand.at += timedelta(hours=12)
    assert sorted(post.play()) == [3, 6, 7]
    assert post.now_is(broadcast).figures == Figures(sent=3, left_out=2)


def test_it_comes_at_its_hour_by_each_clock_and_never_in_the_silence(
    post: Post, people: People, begin: Begin, hand: Hand
) -> None:
    people(1)
    people(2, zone="America/Los_Angeles")
    people(3, zone="Pacific/Auckland")
    appointed = Appointed.at(date(2026, 9, 16), "10:00")
    early = Appointed.at(date(2026, 9, 16), "05:00")
    begin(appointed=appointed)
    begin(appointed=early)
    came: dict[int, list[str]] = {1: [], 2: [], 3: []}
    hand.at = datetime.fromisoformat("2026-09-15T00:00:00+00:00")
    for _ in range(60):
        post.turn()
        for user in post.waiting():
            came[user].append(f"{hand.at:%d %H}")
        post.deliver()
        hand.at += timedelta(hours=1)
    # Ten in the morning there, and nine, when the silence ends, for what was to come at five.
    assert came == {1: ["16 01", "16 02"], 2: ["16 16", "16 17"], 3: ["15 21", "15 22"]}


def test_a_pause_takes_back_what_waits_and_nobody_gets_it_twice(
    engine: Engine, post: Post, people: People, begin: Begin, hand: Hand
) -> None:
    people(*range(1, 131))
    broadcast = begin()
    post.turn()
    post.deliver(1, 2, 3)
    with engine.begin() as connection:
        assert pause(connection, broadcast) == ROOM - 3
    assert post.turn() == 0
    assert post.waiting() == []
    assert post.figures(broadcast) == Figures(waiting=127, sent=3)
    with engine.begin() as connection:
        resume(connection, broadcast)
        with pytest.raises(ChangedMeanwhileError, match=f"broadcast {broadcast.id} was changed"):
            resume(connection, broadcast)
    assert post.play() == dict.fromkeys(range(1, 131), 1)


def test_what_is_in_flight_at_a_pause_still_arrives_and_counts(
    engine: Engine, post: Post, people: People, begin: Begin, hand: Hand
) -> None:
    people(1, 2)
    broadcast = begin()
    post.turn()
    post.deliver(1, state=State.SENDING)
    with engine.begin() as connection:
        assert pause(connection, broadcast) == 1
        sending = outbox.c.state == State.SENDING
        connection.execute(outbox.update().where(sending).values(state=State.SENT))
    post.turn()
    assert post.figures(broadcast) == Figures(waiting=1, sent=1)


@pytest.mark.parametrize("begun", [True, False])
def test_who_was_not_written_to_before_the_end_is_not(
    engine: Engine, post: Post, people: People, begin: Begin, hand: Hand, begun: bool
) -> None:
    people(*range(1, 131))
    far = Appointed.at(date(2027, 1, 1), "10:00")
    broadcast = begin(appointed=None if begun else far)
    post.turn()
    post.deliver(*range(1, 11))
    with engine.begin() as connection:
        cancel(connection, broadcast, hand.now())
    post.turn()
    over = post.now_is(broadcast)
    expected = Figures(waiting=120, sent=10) if begun else Figures()
    assert (over.state, over.figures) == (BroadcastState.CANCELLED, expected)
    assert post.turn() == 0
    assert len(post.arrived) == (10 if begun else 0)
    with engine.begin() as connection, pytest.raises(ChangedMeanwhileError):
        resume(connection, broadcast)


def test_who_opts_out_meanwhile_gets_nothing_that_waits(
    engine: Engine, post: Post, people: People, begin: Begin, hand: Hand
) -> None:
    people(1, 2, 3)
    broadcast = begin()
    post.turn()
    with engine.begin() as connection:
        opt_out(connection, 2, hand.now())
    assert post.waiting() == [1, 3]
    assert sorted(post.play()) == [1, 3]
    assert post.now_is(broadcast).figures == Figures(sent=2, left_out=1)


def test_of_who_is_erased_nothing_is_left(
    engine: Engine, post: Post, people: People, begin: Begin
) -> None:
    people(1, 2, 3)
    broadcast = begin()
    post.turn()
    with engine.begin() as connection:
        forget_person(connection, 2)
        forget_person(connection, AUTHOR)
    assert sorted(post.play()) == [1, 3]
    over = post.now_is(broadcast)
    assert (over.figures, over.author) == (Figures(sent=2), None)


def test_what_could_not_be_sent_before_the_night_comes_in_the_morning(
    engine: Engine, post: Post, people: People, begin: Begin, hand: Hand
) -> None:
    people(1)
    broadcast = begin()
    hand.at = hand.at.replace(hour=20)
    post.turn()
    hand.at = hand.at.replace(hour=22)
    with engine.begin() as connection:
        assert drop_late(connection, 4, hand.now(), 10) == 1
    assert post.turn() == 0
    assert post.figures(broadcast) == Figures(waiting=1)
    hand.at += timedelta(hours=11)
    assert post.play() == {1: 1}


def test_what_a_fast_clock_wrote_waits_for_the_right_hours(
    engine: Engine, post: Post, people: People, begin: Begin, hand: Hand
) -> None:
    people(1)
    broadcast = begin()
    post.turn()
    assert post.waiting() == [1]
    hand.at = hand.at.replace(hour=3)
    with engine.begin() as connection:
        assert drop_written_ahead(connection, 4, hand.now()) == 1
    assert post.turn() == 0
    assert post.waiting() == []
    hand.at = hand.at.replace(hour=12)
    assert post.play() == {1: 1}
    assert post.now_is(broadcast).figures == Figures(sent=1)


def test_what_may_have_arrived_is_listed_and_not_repeated(
    engine: Engine, post: Post, people: People, begin: Begin, hand: Hand
) -> None:
    people(1, 2, 3)
    broadcast = begin()
    post.turn()
    post.deliver(1, state=State.UNCERTAIN)
    post.deliver(2, state=State.FAILED)
    assert post.play() == {1: 1, 2: 1, 3: 1}
    assert post.now_is(broadcast).figures == Figures(sent=1, uncertain=1, failed=1)
    with engine.begin() as connection:
        assert uncertain_recipients(connection, broadcast.id, 9) == [(1, "用户1", "uncertain")]
        row = select(outbox.c.id).where(outbox.c.user == 1)
        resend(connection, [connection.execute(row).scalar_one()], hand.now())
        assert uncertain_recipients(connection, broadcast.id, 9) == [(1, "用户1", "pending")]


def test_a_turn_that_ends_anywhere_is_made_up_for(
    engine: Engine, post: Post, people: People, begin: Begin
) -> None:
    """Of each turn only the first few transactions count; then the process is another one."""
    people(*range(1, 301))
    begin()
    for allowed in range(1, 40):
        left = allowed % 4

        def run(job: Callable[[Connection], int]) -> int:
            nonlocal left
            if not left:
                raise InterruptedError
            left -= 1
            with engine.begin() as connection:
                return job(connection)

        try:
            post.planner.turn(run)
        except InterruptedError:
            post.planner.look_afresh()
        post.deliver()
    assert post.play() == dict.fromkeys(range(1, 301), 1)


def test_newcomers_are_in_it_as_long_as_they_are_not_passed(
    post: Post, people: People, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasting, "PLANNED_AT_ONCE", 10)
    people(*range(1, 52))
    broadcast = begin()
    post.turn()
    assert post.now_is(broadcast).planned_upto == 50
    people(5000)
    people(-5)
    assert set(post.play()) == {*range(1, 52), 5000}
