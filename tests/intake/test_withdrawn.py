"""What people hear when an import is taken back: the planner takes it up again."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from bot.store.lines import latest_lines
from bot.store.tables import import_batches, outlooks, subscriptions
from bot.store.withdrawing import Withdrawn, withdraw_import
from settlement.model import RawStatus
from tests.intake.planned import LINE, PAYOUT_DAY, Bot

CLOSED = replace(LINE, raw_status=RawStatus(code="60"), paid_amount=Decimal("40.00"))


def withdraw_latest(bot: Bot) -> None:
    latest = select(func.max(import_batches.c.id))
    batch = bot.run(lambda connection: connection.execute(latest).scalar_one())
    assert isinstance(withdraw_import(bot.engine, batch, bot.now), Withdrawn)


def turn_later(bot: Bot) -> None:
    """Let the planner see what is new, and once more after waiting for more news."""
    for _ in range(2):
        bot.turn()
        bot.now += timedelta(minutes=2)
    bot.turn()


def test_who_was_told_of_a_change_hears_that_it_is_over(bot: Bot, bound: int) -> None:
    bot.set(PAYOUT_DAY - timedelta(days=3), 10)
    bot.watches(bound)
    turn_later(bot)
    bot.imports(CLOSED)
    turn_later(bot)
    bot.marks("sent")
    assert bot.said() == ["update 1"]
    withdraw_latest(bot)
    turn_later(bot)
    assert bot.said() == ["update 1", "update 1"]


def test_a_change_taken_back_before_it_is_told_is_not_told(bot: Bot, bound: int) -> None:
    bot.set(PAYOUT_DAY - timedelta(days=3), 10)
    bot.watches(bound)
    turn_later(bot)
    bot.imports(CLOSED)
    withdraw_latest(bot)
    turn_later(bot)
    assert bot.said() == []


def test_a_line_that_vanishes_is_told_of_no_more_and_its_subscription_stays(
    bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    turn_later(bot)
    withdraw_latest(bot)
    turn_later(bot)
    bot.set(PAYOUT_DAY, 10)
    bot.turn()
    assert bot.said() == []
    with bot.engine.begin() as connection:
        assert latest_lines(connection, bound, 9) == ()
        assert connection.execute(select(outlooks.c.line)).all() == []
        assert len(connection.execute(select(subscriptions.c.ended_at)).all()) == 1
    bot.imports(LINE)
    turn_later(bot)
    assert bot.said() == ["payout 1"]


def test_the_planner_comes_to_rest_after_it(bot: Bot, bound: int) -> None:
    bot.watches(bound, None)
    turn_later(bot)
    withdraw_latest(bot)
    turn_later(bot)
    assert bot.asked_in_a_turn().count("SELECT") == 1
