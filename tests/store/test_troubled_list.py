"""Letters that failed or may have arrived: listed, counted by day, read."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.desk.facts import Dialogue
from bot.desk.replies import Say, Toast
from bot.store.gauges import read_gauges
from bot.store.letters import Kind, Letter, State
from bot.store.outbox import enqueue
from bot.store.people import Acquaintance, remember
from bot.store.tables import outbox
from bot.store.troubled_list import (
    Counted,
    Waiting,
    troubled_counts,
    troubled_letters,
    waiting_to_be_sent,
    words_of_letter,
)
from tests.store.plans import read_whole, steps_of

USER, DAY = 7, timedelta(days=1)


def letter(connection: Connection, key: str, kind: Kind, at: datetime, state: State) -> None:
    said = Toast("q", "不行") if kind is Kind.TOAST else Say("<b>好</b>了", template="reminder")
    enqueue(connection, [Letter(key, kind, USER, said, user=USER)], at)
    settled = None if state is State.PENDING else at
    connection.execute(
        outbox.update().where(outbox.c.key == key).values(state=state, settled_at=settled)
    )


@pytest.fixture
def letters(connection: Connection, now: datetime) -> Connection:
    remember(connection, [Acquaintance(USER, USER, "小雅", "zh", Dialogue())], now)
    letter(connection, "a", Kind.PUSH, now - DAY, State.UNCERTAIN)
    letter(connection, "b", Kind.ANSWER, now, State.FAILED)
    letter(connection, "c", Kind.TOAST, now, State.FAILED)
    letter(connection, "d", Kind.ANSWER, now, State.SENT)
    letter(connection, "e", Kind.ANSWER, now, State.PENDING)
    return connection


def test_the_latest_come_first_and_a_page_goes_on_where_one_ended(letters: Connection) -> None:
    assert [each.id for each in troubled_letters(letters)] == [3, 2, 1]
    first = troubled_letters(letters, count=2)
    assert [each.id for each in troubled_letters(letters, after=first[-1].place)] == [1]
    assert first[1].name == "小雅"
    assert [each.about for each in troubled_letters(letters)] == ["", "reminder", "reminder"]


def test_they_are_found_by_state_and_kind(letters: Connection) -> None:
    found = troubled_letters(letters, state=State.UNCERTAIN)
    assert [(each.id, each.kind) for each in found] == [(1, "push")]
    assert [each.id for each in troubled_letters(letters, kind="answer")] == [2]


def test_what_they_say_can_be_read(letters: Connection) -> None:
    assert [words_of_letter(letters, row) for row in (1, 3)] == ["好了", "不行"]
    assert words_of_letter(letters, 4) is None, "it was sent: that is between the two"


def test_they_are_counted_by_day(letters: Connection, now: datetime) -> None:
    days = [now - DAY, now, now + DAY]
    assert troubled_counts(letters, days) == [
        Counted(now - DAY, "push", State.UNCERTAIN, 1),
        Counted(now, "answer", State.FAILED, 1),
        Counted(now, "toast", State.FAILED, 1),
    ]


def test_what_waits_is_counted(letters: Connection, now: datetime) -> None:
    letter(letters, "f", Kind.PUSH, now, State.PENDING)
    assert waiting_to_be_sent(letters) == [Waiting("answer", 1, now), Waiting("push", 1, now)]


@pytest.mark.parametrize("look", [read_gauges, troubled_letters, waiting_to_be_sent])
def test_what_is_open_is_found_without_what_was_sent(
    look: Callable[[Connection], object], connection: Connection
) -> None:
    assert "outbox" not in read_whole(steps_of(connection, look))
