from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, event

from bot.desk.facts import Scope
from bot.desk.replies import Prefer, Say
from bot.planner import Planner
from bot.reminders import Push, QuietHours
from bot.store.creators import make_binding_code
from bot.store.people import bind
from bot.store.subscriptions import prefer, subscribe, unsubscribe
from bot.store.tables import bindings, order_facts
from bot.writer import Writer
from settlement.rulebook import shipped_rulebook
from tests.intake.planned import LINE, PAYOUT_DAY, SHANGHAI, Hand, Watch, kinds_told, told


async def test_a_payout_is_told_once_and_asked_about_once(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    assert await planner.tick(writer) == 0
    for day in range(3):
        for hour in (0, 8, 9, 12, 20, 23):
            hand.set(PAYOUT_DAY + timedelta(days=day), hour)
            await planner.tick(writer)
            expected = [
                f"{kind} 1"
                for kind, due in (("payout", (0, 9)), ("arrived", (1, 9)))
                if (day, hour) >= due
            ]
            assert kinds_told(engine) == expected


async def test_a_restart_tells_nothing_twice(
    engine: Engine, writer: Writer, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)
    for _ in range(3):
        planner = Planner(
            engine,
            shipped_rulebook,
            lambda push, now: Say("x"),
            QuietHours(time(21), time(9)),
            SHANGHAI,
            hand.now,
        )
        await planner.tick(writer)
    assert len(told(engine)) == 1


async def test_nothing_is_looked_at_until_something_can_have_become_due(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    looks: list[Push],
    bound: int,
    watch: Watch,
    import_orders: Callable[..., int],
) -> None:
    hand.set(PAYOUT_DAY, 10)
    watch(bound)
    await planner.tick(writer)
    assert len(looks) == 1
    hand.set(PAYOUT_DAY, 11)
    await planner.tick(writer)
    assert len(looks) == 1
    watch(bound, None)
    import_orders(replace(LINE, order_number="2"))
    await planner.tick(writer)
    assert told(engine) == [(7, "1"), (7, "2")]


async def test_a_turn_without_reason_costs_one_look(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    watch(bound, None)
    await planner.tick(writer)
    hand.at += timedelta(minutes=1)
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", note)
    await planner.tick(writer)
    event.remove(engine, "before_cursor_execute", note)
    assert asked.count("SELECT") == 1
    assert set(asked) <= {"SELECT", "BEGIN", "SET"}


async def test_who_unsubscribes_while_it_is_planned_is_not_told(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    looks: list[Push],
    bound: int,
    watch: Watch,
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)
    render = planner._render

    def unsubscribing(push: Push, now: datetime) -> Say:
        def job(connection: Connection) -> None:
            unsubscribe(connection, bound, Scope.ORDER, 1, now)

        writer.run(job).result(10)
        return render(push, now)

    planner._render = unsubscribing
    assert await planner.tick(writer) == 0
    assert len(looks) == 1
    assert told(engine) == []


async def test_who_wants_no_summary_any_more_is_not_looked_at_for_ever(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int
) -> None:
    with engine.begin() as connection:
        subscribe(connection, bound, Scope.DIGEST, None, hand.now())
    await planner.tick(writer)
    hand.set(date(2026, 9, 21), 8)
    await planner.tick(writer)
    nine = datetime(2026, 9, 21, 9, tzinfo=SHANGHAI)
    assert planner.look_at(hand.now()) == nine
    with engine.begin() as connection:
        unsubscribe(connection, bound, Scope.DIGEST, None, hand.now())
    hand.at = nine
    assert await planner.tick(writer) == 0
    assert planner.look_at(nine) > nine


async def test_who_changes_hours_while_it_is_planned_is_told_in_these(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)
    render = planner._render

    def preferring(push: Push, now: datetime) -> Say:
        planner._render = render
        wish = Prefer(sending=("14:00", "18:00"))
        writer.run(lambda connection: prefer(connection, bound, wish, now)).result(10)
        return render(push, now)

    planner._render = preferring
    assert await planner.tick(writer) == 0
    hand.set(PAYOUT_DAY, 13)
    assert await planner.tick(writer) == 0
    hand.set(PAYOUT_DAY, 14)
    assert await planner.tick(writer) == 1


async def test_a_reminder_ahead_comes_as_many_days_before_as_is_wished_by_then(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    hand.set(PAYOUT_DAY - timedelta(days=9), 12)
    watch(bound)
    with engine.begin() as connection:
        connection.execute(bindings.update().values(bound_at=hand.now()))
        connection.execute(order_facts.update().values(recorded_at=hand.now()))
        prefer(connection, bound, Prefer(lead_days=3), hand.now())
    hand.set(PAYOUT_DAY - timedelta(days=3), 1)
    await planner.tick(writer)
    with engine.begin() as connection:
        prefer(connection, bound, Prefer(lead_days=1), hand.now())
    told_on = []
    for days in range(3, -1, -1):
        hand.set(PAYOUT_DAY - timedelta(days=days), 10)
        told_on += [days] * await planner.tick(writer)
    assert told_on == [1, 0]
    assert kinds_told(engine) == ["ahead 1", "payout 1"]


SETTLED = replace(
    LINE,
    settled_commission=Decimal("9.80"),
    settled_at=datetime(2026, 9, 14, 11, tzinfo=SHANGHAI),
)


@pytest.mark.parametrize("row", [None, 1])
@pytest.mark.parametrize("later", [timedelta(seconds=0.5), -timedelta(hours=1)])
async def test_a_change_right_after_subscribing_is_told(
    later: timedelta,
    row: int | None,
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Callable[..., int],
) -> None:
    """Even if both are taken up together, and if the clock is set back in between."""
    await planner.tick(writer)
    watch(bound, row)
    hand.at += later
    import_orders(SETTLED)
    await planner.tick(writer)
    hand.at += timedelta(hours=2)
    await planner.tick(writer)
    assert kinds_told(engine) == ["update 1"]


@pytest.mark.parametrize("row", [None, 1])
async def test_what_was_imported_by_a_clock_an_hour_ahead_is_known_and_later_changes_are_told(
    row: int | None,
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Callable[..., int],
) -> None:
    await planner.tick(writer)
    hand.at += timedelta(hours=1)
    import_orders(replace(LINE, paid_amount=Decimal("120.00")))
    hand.at -= timedelta(hours=1)
    watch(bound, row)
    await planner.tick(writer)
    hand.at += timedelta(minutes=10)
    await planner.tick(writer)
    assert kinds_told(engine) == []
    import_orders(SETTLED)
    await planner.tick(writer)
    hand.at += timedelta(hours=3)
    await planner.tick(writer)
    assert kinds_told(engine) == ["update 1"]


async def test_a_new_binding_hides_no_change_of_what_was_watched_before(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Callable[..., int],
) -> None:
    watch(bound, None)
    await planner.tick(writer)
    owner = import_orders(replace(LINE, order_number="2"), creator="阿青")
    with engine.begin() as connection:
        bind(connection, bound, make_binding_code(connection, owner, hand.now()), hand.now())
    import_orders(SETTLED)
    await planner.tick(writer)
    hand.at += timedelta(hours=1)
    await planner.tick(writer)
    assert kinds_told(engine) == ["update 1"]
    hand.set(PAYOUT_DAY, 10)
    await planner.tick(writer)
    assert kinds_told(engine) == ["update 1", "payout 1 2"]


async def test_who_moves_to_where_it_is_sunday_still_gets_the_summary_on_monday(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    import_orders: Callable[..., int],
) -> None:
    september = datetime(2026, 9, 1, 10, tzinfo=SHANGHAI)
    import_orders(replace(LINE, order_number="2", received_at=september))
    with engine.begin() as connection:
        subscribe(connection, bound, Scope.DIGEST, None, hand.now())
    hand.at = datetime(2026, 9, 21, 0, 30, tzinfo=SHANGHAI)
    await planner.tick(writer)
    with engine.begin() as connection:
        prefer(connection, bound, Prefer("America/New_York", ("09:00", "21:00")), hand.now())
    nine = datetime(2026, 9, 21, 9, tzinfo=ZoneInfo("America/New_York"))
    while hand.now() < nine:
        assert await planner.tick(writer) == 0
        hand.at = planner.look_at(hand.now())
    assert hand.now() == nine
    assert await planner.tick(writer) == 1
