"""How fast may be sent, as all replicas see it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from bot.desk.replies import Say, Toast
from bot.store.claiming import Claimant, Room, claim
from bot.store.leases import database_time
from bot.store.letters import Kind, Letter, Outgoing, State, Verdict
from bot.store.outbox import enqueue
from bot.store.pace import (
    EVERYTHING,
    Limits,
    Pace,
    forget_rested,
    hold,
    lift_holds,
    reserve_pushes,
)
from bot.store.settling import settle
from bot.store.tables import sending_pace
from tests.store.taking import BOT, FREE

SECOND = timedelta(seconds=1)
LIMITS = Limits(Pace(15 * SECOND, 3), Pace(45 * SECOND, 1), SECOND / 25)
START = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)


def put(connection: Connection, now: datetime, *chats: int, kind: Kind = Kind.ANSWER) -> None:
    reply = Toast("1") if kind is Kind.TOAST else Say("x")
    letters = [
        Letter(f"{kind}:{place}", kind, chat, reply, bot=BOT) for place, chat in enumerate(chats)
    ]
    enqueue(connection, letters, now)


def take(
    connection: Connection, now: datetime, limits: Limits = LIMITS, bot: int = BOT
) -> list[Outgoing]:
    return claim(connection, Claimant(bot, "me"), Room(64, 64), limits, now)


def send_all(connection: Connection, now: datetime, limits: Limits = LIMITS) -> list[int]:
    """The chats that were sent to until there was nothing more to take."""
    chats: list[int] = []
    while rows := take(connection, now, limits):
        chats += [row.chat for row in rows]
        settle(connection, BOT, [Verdict(row, State.SENT, now) for row in rows], now)
    return chats


def test_a_chat_rests_after_its_burst(connection: Connection, now: datetime) -> None:
    put(connection, now, *[7] * 5, *[-8] * 3, 9)
    assert sorted(send_all(connection, now)) == [-8, 7, 7, 7, 9]
    connection.execute(sending_pace.update().where(sending_pace.c.chat == 7).values(open_at=None))
    assert send_all(connection, now) == [7]


def test_a_rest_of_before_the_clock_was_set_back_is_void(
    connection: Connection, now: datetime
) -> None:
    put(connection, now, -8, -8)
    send_all(connection, now)
    ahead = database_time(connection) + timedelta(hours=2)
    connection.execute(sending_pace.update().values(open_at=ahead, rested_at=ahead))
    assert send_all(connection, now) == [-8]


def test_answers_to_buttons_do_not_count(connection: Connection, now: datetime) -> None:
    put(connection, now, *[-8] * 4, kind=Kind.TOAST)
    assert send_all(connection, now) == [-8] * 4


def test_the_rest_of_a_chat_is_told(connection: Connection, now: datetime) -> None:
    put(connection, now, 7, -8)
    rest = {row.chat: row.rest for row in take(connection, now)}
    assert rest == {7: timedelta(), -8: 45 * SECOND}


def test_all_are_held_by_one_row(connection: Connection, now: datetime) -> None:
    put(connection, now, 7, 8)
    put(connection, now, 9, kind=Kind.PUSH)
    hold(connection, BOT, {EVERYTHING: now + SECOND})
    hold(connection, BOT, {EVERYTHING: now})
    assert take(connection, now, FREE) == []
    assert len(take(connection, now + SECOND, FREE)) == 3


def test_a_hold_of_one_bot_is_not_anothers(connection: Connection, now: datetime) -> None:
    enqueue(connection, [Letter("a", Kind.ANSWER, 7, Say("x"), bot=BOT + 1)], now)
    hold(connection, BOT, {7: now + SECOND, EVERYTHING: now + SECOND})
    assert len(take(connection, now, FREE, BOT + 1)) == 1


def test_holds_end_when_the_clock_was_set_back(connection: Connection, now: datetime) -> None:
    put(connection, now, 7)
    hold(connection, BOT, {7: now + timedelta(hours=1)})
    assert take(connection, now, FREE) == []
    lift_holds(connection, BOT)
    assert len(take(connection, now, FREE)) == 1


def test_only_chats_that_rest_or_are_held_are_remembered(
    connection: Connection, now: datetime
) -> None:
    put(connection, now, 1, 2, 3)
    clock = database_time(connection)
    take(connection, now)
    hold(connection, BOT, {4: now + SECOND, 5: now, EVERYTHING: now})
    assert forget_rested(connection, BOT, clock, now) == 1
    later = clock + timedelta(hours=2)
    assert forget_rested(connection, BOT, later, now) == 3
    assert forget_rested(connection, BOT, later, now + SECOND) == 1
    left = connection.execute(select(func.count()).select_from(sending_pace)).scalar_one()
    assert left == 1


@pytest.mark.parametrize("bots", [(BOT, BOT), (BOT, BOT + 1)])
def test_pushes_share_one_pace_over_all_replicas_of_a_bot(
    connection: Connection, now: datetime, bots: tuple[int, int]
) -> None:
    places = [reserve_pushes(connection, bot, 5, LIMITS, START) for bot in bots]
    first = [LIMITS.push_interval * place for place in range(5)]
    later = [each + 5 * LIMITS.push_interval for each in first]
    assert places == [first, later if bots[0] == bots[1] else first]


def test_places_are_not_taken_far_ahead(connection: Connection, now: datetime) -> None:
    assert len(reserve_pushes(connection, BOT, 64, LIMITS, START)) == 26
    assert reserve_pushes(connection, BOT, 5, LIMITS, START) == []
    assert len(reserve_pushes(connection, BOT, 5, LIMITS, START + SECOND)) == 5


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 700), st.integers(1, 5)), max_size=60))
def test_no_second_holds_more_than_25_pushes(
    connection: Connection, claims: list[tuple[int, int]]
) -> None:
    """Whoever claims how many and when: a place is only taken once, and never too early."""
    connection.execute(sending_pace.delete())
    at, places = START, []
    for wait, count in claims:
        at += timedelta(milliseconds=wait)
        places += [at + delay for delay in reserve_pushes(connection, BOT, count, LIMITS, at)]
    assert all(sum(one <= each < one + SECOND for each in places) <= 25 for one in places)
