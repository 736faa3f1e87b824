"""What people hear when an import is taken back: the planner takes it up again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Engine, event, func, select

from bot.planner import Planner
from bot.store.lines import latest_lines
from bot.store.tables import import_batches, outbox, outlooks, subscriptions
from bot.store.withdrawing import Withdrawn, withdraw_import
from bot.writer import Writer
from settlement.model import RawStatus
from tests.intake.planned import LINE, PAYOUT_DAY, Hand, Watch, kinds_told

CLOSED = replace(LINE, raw_status=RawStatus(code="60"), paid_amount=Decimal("40.00"))
Imports = Callable[..., int]


def withdraw_latest(engine: Engine, hand: Hand) -> None:
    with engine.begin() as connection:
        batch = connection.execute(select(func.max(import_batches.c.id))).scalar_one()
    assert isinstance(withdraw_import(engine, batch, hand.now()), Withdrawn)


async def tick_later(planner: Planner, writer: Writer, hand: Hand) -> None:
    """Let the planner see what is new, and once more after waiting for more news."""
    for _ in range(2):
        await planner.tick(writer)
        hand.at += timedelta(minutes=2)
    await planner.tick(writer)


def mark_sent(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(outbox.update().values(state="sent"))


async def test_who_was_told_of_a_change_hears_that_it_is_over(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Imports,
) -> None:
    hand.set(PAYOUT_DAY - timedelta(days=3), 10)
    watch(bound)
    await tick_later(planner, writer, hand)
    import_orders(CLOSED)
    await tick_later(planner, writer, hand)
    mark_sent(engine)
    assert kinds_told(engine) == ["update 1"]
    withdraw_latest(engine, hand)
    await tick_later(planner, writer, hand)
    assert kinds_told(engine) == ["update 1", "update 1"]


async def test_a_change_taken_back_before_it_is_told_is_not_told(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Imports,
) -> None:
    hand.set(PAYOUT_DAY - timedelta(days=3), 10)
    watch(bound)
    await tick_later(planner, writer, hand)
    import_orders(CLOSED)
    withdraw_latest(engine, hand)
    await tick_later(planner, writer, hand)
    assert kinds_told(engine) == []


async def test_a_line_that_vanishes_is_told_of_no_more_and_its_subscription_stays(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Imports,
) -> None:
    watch(bound)
    await tick_later(planner, writer, hand)
    withdraw_latest(engine, hand)
    await tick_later(planner, writer, hand)
    hand.set(PAYOUT_DAY, 10)
    await planner.tick(writer)
    assert kinds_told(engine) == []
    with engine.begin() as connection:
        assert latest_lines(connection, bound, 9) == ()
        assert connection.execute(select(outlooks.c.line)).all() == []
        assert len(connection.execute(select(subscriptions.c.ended_at)).all()) == 1
    import_orders(LINE)
    await tick_later(planner, writer, hand)
    assert kinds_told(engine) == ["payout 1"]


async def test_the_planner_comes_to_rest_after_it(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound, None)
    await tick_later(planner, writer, hand)
    withdraw_latest(engine, hand)
    await tick_later(planner, writer, hand)
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", note)
    await planner.tick(writer)
    event.remove(engine, "before_cursor_execute", note)
    assert asked.count("SELECT") == 1
