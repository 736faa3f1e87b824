"""What the overview asks, on both databases: sums over hours, askers, votes, waiting times."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from bot.store.hourly_counts import add_counts, counts_since
from bot.store.overview import (
    Begun,
    HandOffs,
    begun,
    disliked,
    handoffs_since,
    latest_orders,
    top_entries,
)
from bot.store.tables import given_answers, handoffs, people, votes
from settlement.model import Order, Platform
from tests.rows import fitting_row
from tests.store.conftest import NOW, Import

HOUR = NOW.replace(minute=0, second=0, microsecond=0)
A_DAY = timedelta(days=1)


def test_counts_of_an_hour_add_up(connection: Connection) -> None:
    add_counts(connection, {"answer:choices": 2, "answer:answer": 1}, NOW)
    add_counts(connection, {"answer:answer": 3}, NOW + timedelta(minutes=30))
    add_counts(connection, {"answer:answer": 5}, NOW + timedelta(hours=1))
    add_counts(connection, {}, NOW)
    assert sorted(counts_since(connection, HOUR)) == [
        (HOUR, "answer:answer", 4),
        (HOUR, "answer:choices", 2),
        (HOUR + timedelta(hours=1), "answer:answer", 5),
    ]
    assert [each.times for each in counts_since(connection, HOUR + timedelta(hours=1))] == [5]


def test_topics_are_ranked_by_how_many_people_got_the_answer(connection: Connection) -> None:
    given = [(1, "b", NOW), (2, "b", NOW), (1, "a", NOW), (3, "c", NOW - A_DAY)]
    rows = [{"user": user, "entry": entry, "given_at": at} for user, entry, at in given]
    connection.execute(given_answers.insert(), rows)
    assert top_entries(connection, NOW, 5) == [("b", 2), ("a", 1)]
    assert top_entries(connection, NOW - A_DAY, 2) == [("b", 2), ("a", 1)]


def test_only_dislikes_of_the_span_count(connection: Connection) -> None:
    given = [(1, "a", False, NOW), (2, "a", True, NOW), (3, "b", False, NOW - A_DAY)]
    rows = [
        {"user": user, "entry": entry, "helpful": helpful, "revision": "", "voted_at": at}
        for user, entry, helpful, at in given
    ]
    connection.execute(votes.insert(), rows)
    assert disliked(connection, NOW, 5) == [("a", 1)]
    assert disliked(connection, NOW - A_DAY, 5) == [("a", 1), ("b", 1)]


def test_waiting_for_a_person_is_measured_by_those_taken(connection: Connection) -> None:
    def case(number: int, opened: datetime, taken: int | None, *, closed: bool = False) -> None:
        at = None if taken is None else opened + timedelta(minutes=taken)
        row = {"opened_at": opened, "taken_at": at, "closed_at": opened if closed else None}
        connection.execute(handoffs.insert(), [fitting_row(handoffs, number) | row])

    case(1, NOW - A_DAY, 99)
    case(2, NOW, 10)
    case(3, NOW, 2, closed=True)
    case(4, NOW, 4)
    case(5, NOW + timedelta(hours=1), None)
    case(6, NOW, None, closed=True)
    assert handoffs_since(connection, NOW) == HandOffs(
        opened=5,
        taken=3,
        waiting=1,
        usual_wait=timedelta(minutes=4),
        waiting_since=NOW + timedelta(hours=1),
    )
    assert handoffs_since(connection, NOW + 2 * A_DAY) == HandOffs()


def test_a_newcomer_has_nothing_yet(connection: Connection) -> None:
    assert begun(connection) == Begun(people=False, creators=False, orders=False)
    connection.execute(people.insert(), [fitting_row(people, 1)])
    assert begun(connection) == Begun(people=True, creators=False, orders=False)


def test_the_latest_lines_are_read(engine: Engine, import_lines: Import) -> None:
    import_lines("小雅", [Order(Platform.JD, f"10000{n}") for n in range(5)])
    with engine.connect() as connection:
        latest = [each.order_number for each in latest_orders(connection, 2)]
        assert sorted(latest) == ["100003", "100004"]
        assert len(latest_orders(connection, 10)) == 5
