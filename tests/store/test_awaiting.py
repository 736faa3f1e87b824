"""Order numbers people wait for."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select

from bot.desk.facts import Scope
from bot.desk.sought import AWAITED_FOR
from bot.reminders import Planned, PushKind
from bot.store.awaiting import (
    arrived_of,
    await_numbers,
    awaited_by,
    awaited_in_batch,
    end_awaiting,
    given_up,
    leave_numbers,
    look_again,
    mark_looked_up,
    waiting_to_be_looked_up,
)
from bot.store.forgetting import DONE_KEPT, forget_settled
from bot.store.pushes import plan_each
from bot.store.subscriptions import unsubscribe
from bot.store.tables import awaited_numbers, import_batches, pushes
from bot.store.unbinding import unbind
from settlement.model import Order, Platform

Import = Callable[..., object]
Bind = Callable[[int, str], int]
DAY = timedelta(days=1)


def order(number: str, **known: str) -> Order:
    return Order(platform=Platform.JD, order_number=number, **known)  # type: ignore[arg-type]


def waiting(connection: Connection) -> list[int]:
    return waiting_to_be_looked_up(connection, 100)


def test_a_number_is_awaited_once_and_left(connection: Connection, now: datetime) -> None:
    await_numbers(connection, 7, ["1", "2"], now)
    await_numbers(connection, 7, ["2"], now + DAY)
    await_numbers(connection, 8, ["2"], now)
    assert awaited_by(connection, 7) == ("1", "2")
    leave_numbers(connection, 7, ["2", "never"], now)
    assert awaited_by(connection, 7) == ("1",)
    assert awaited_by(connection, 8) == ("2",)
    await_numbers(connection, 7, ["2"], now)
    assert awaited_by(connection, 7) == ("1", "2")


def test_a_number_arrives_by_any_of_its_names_for_its_owner_alone(
    engine: Engine, now: datetime, import_lines: Import, bind_person: Bind
) -> None:
    for user in (7, 8):
        with engine.begin() as connection:
            await_numbers(connection, user, ["1", "2", "3", "4"], now)
    bind_person(7, "小林")
    bind_person(8, "小李")
    import_lines("小林", [order("1"), order("9", sub_order_number="2"), order("8", line_id="3")])
    import_lines("小林", [order("7", parent_number="4")])
    with engine.begin() as connection:
        arrived = arrived_of(connection, waiting(connection))
        assert {each.user for each in arrived} == {7}
        assert len({each.line for each in arrived}) == 4
        connection.exec_driver_sql("UPDATE bindings SET ended_at = bound_at")
        assert arrived_of(connection, waiting(connection)) == []


def test_an_unfinished_import_tells_nothing(
    engine: Engine, now: datetime, import_lines: Import, bind_person: Bind
) -> None:
    bind_person(7, "小林")
    import_lines("小林", [order("1")])
    with engine.begin() as connection:
        await_numbers(connection, 7, ["1"], now)
        connection.execute(import_batches.update().values(published_at=None))
        assert arrived_of(connection, waiting(connection)) == []


def test_a_batch_names_what_is_awaited_in_it(
    engine: Engine, now: datetime, import_lines: Import
) -> None:
    with engine.begin() as connection:
        await_numbers(connection, 7, ["1", "2", "3"], now)
        await_numbers(connection, 8, ["1"], now)
        leave_numbers(connection, 7, ["2"], now)
    import_lines("小林", [order("1"), order("2"), order("5", line_id="3")])
    with engine.begin() as connection:
        batch = connection.execute(select(import_batches.c.id)).scalar_one()
        awaited = awaited_in_batch(connection, batch)
        found = select(awaited_numbers.c.user, awaited_numbers.c.number).where(
            awaited_numbers.c.id.in_(awaited)
        )
        assert {tuple(row) for row in connection.execute(found)} == {(7, "1"), (7, "3"), (8, "1")}
        assert awaited_in_batch(connection, batch + 1) == []


def test_what_was_looked_up_rests_until_there_is_a_reason(
    connection: Connection, now: datetime
) -> None:
    await_numbers(connection, 7, ["1"], now)
    await_numbers(connection, 8, ["1"], now)
    first, second = waiting(connection)
    mark_looked_up(connection, [first, second], now)
    assert waiting(connection) == []
    look_again(connection, [first])
    assert waiting(connection) == [first]
    look_again(connection, users=[8])
    assert waiting(connection) == [first, second]


def test_a_number_ends_once(connection: Connection, now: datetime) -> None:
    await_numbers(connection, 7, ["1", "2"], now)
    ids = waiting(connection)
    assert end_awaiting(connection, ids[:1], now) == set(ids[:1])
    assert end_awaiting(connection, ids, now) == set(ids[1:])
    assert end_awaiting(connection, ids, now) == set()


def test_a_number_is_given_up_when_its_time_is_over(connection: Connection, now: datetime) -> None:
    await_numbers(connection, 7, ["1"], now)
    await_numbers(connection, 7, ["2"], now + DAY)
    assert given_up(connection, now + AWAITED_FOR - timedelta(seconds=1), 10) == []
    assert [each.user for each in given_up(connection, now + AWAITED_FOR, 10)] == [7]
    assert len(given_up(connection, now + AWAITED_FOR + DAY, 10)) == 2
    assert len(given_up(connection, now + AWAITED_FOR + DAY, 1)) == 1


def test_what_ended_long_ago_is_forgotten(connection: Connection, now: datetime) -> None:
    await_numbers(connection, 7, ["1", "2"], now)
    leave_numbers(connection, 7, ["1"], now)
    assert forget_settled(connection, now + DONE_KEPT, 10) == 0
    assert forget_settled(connection, now + DONE_KEPT + DAY, 10) == 1
    assert awaited_by(connection, 7) == ("2",)


def test_who_leaves_the_last_account_waits_for_nothing(
    engine: Engine, now: datetime, bind_person: Bind
) -> None:
    first, second = bind_person(7, "小林"), bind_person(7, "小李")
    with engine.begin() as connection:
        await_numbers(connection, 7, ["1"], now)
        unbind(connection, 7, first, now)
        assert awaited_by(connection, 7) == ("1",)
        unbind(connection, 7, second, now)
        assert awaited_by(connection, 7) == ()


def test_who_unsubscribes_from_everything_is_told_nothing_that_came(
    connection: Connection, now: datetime
) -> None:
    for user in (7, 8):
        await_numbers(connection, user, ["1"], now)
        kinds = (PushKind.FOUND, PushKind.GIVEN_UP, PushKind.PAYOUT)
        plan_each(
            connection,
            [Planned(user, kind, 1, now.date(), 1, "jd", now, now) for kind in kinds],
        )
    unsubscribe(connection, 7, Scope.EVERYTHING, None, now)
    left = select(pushes.c.user, pushes.c.kind).order_by(pushes.c.user, pushes.c.kind)
    assert [tuple(row) for row in connection.execute(left)] == [
        (7, "payout"),
        (8, "found"),
        (8, "given_up"),
        (8, "payout"),
    ]
    assert awaited_by(connection, 7) == ()
    assert awaited_by(connection, 8) == ("1",)
