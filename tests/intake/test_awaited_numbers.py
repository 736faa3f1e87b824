"""Order numbers people wait for: told once, to their owner, when there is data; or given up."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine

from bot.desk.sought import AWAITED_FOR
from bot.store.awaiting import await_numbers, awaited_by
from bot.store.tables import bindings, people
from settlement.model import Order, Platform
from tests.intake.planned import MORNING, NIGHT, NOON, SHANGHAI, Bot


class Waiting(Bot):
    """A bot with people who wait for order numbers."""

    def waits(self, user: int, *numbers: str) -> None:
        self.run(lambda connection: await_numbers(connection, user, numbers, self.now))

    def brings(self, creator: str, *numbers: str) -> None:
        """Orders of a creator come with an import."""
        self.imports(
            *(Order(platform=Platform.JD, order_number=number) for number in numbers),
            creator=creator,
        )


@pytest.fixture
def bot(engine: Engine) -> Waiting:
    return Waiting(engine)


def test_the_owner_is_told_once_and_nobody_else(bot: Waiting) -> None:
    for user, creator in ((7, "小林"), (8, "小李")):
        bot.binds(user, creator)
        bot.waits(user, "1")
    assert bot.told_after_turn() == []
    bot.brings("小林", "1", "2")
    assert bot.told_after_turn() == ["7 found 1"]
    bot.brings("小林", "1", "3")
    bot.now += timedelta(days=3)
    assert bot.told_after_turn() == ["7 found 1"]


def test_what_is_there_already_is_told_at_once(bot: Waiting) -> None:
    bot.binds(7, "小林")
    bot.brings("小林", "1", "2")
    assert bot.told_after_turn() == []
    bot.waits(7, "1", "2", "3")
    assert bot.told_after_turn() == ["7 found 1 2"]


def test_a_new_binding_brings_what_was_awaited(bot: Waiting) -> None:
    bot.binds(7, "小林")
    bot.brings("小李", "1")
    bot.waits(7, "1")
    assert bot.told_after_turn() == []
    bot.binds(7, "小李")
    assert bot.told_after_turn() == ["7 found 1"]


def test_it_is_said_in_the_morning_and_not_to_who_left_in_the_night(bot: Waiting) -> None:
    for user, creator in ((7, "小林"), (8, "小李")):
        bot.binds(user, creator)
        bot.waits(user, "1")
        bot.turn()
        bot.now = NIGHT
        bot.brings(creator, "1")
    assert bot.told_after_turn() == []
    ended = bindings.update().where(bindings.c.user == 8).values(ended_at=NIGHT)
    bot.run(lambda connection: connection.execute(ended))
    bot.now = MORNING
    assert bot.told_after_turn() == ["7 found 1"]


def test_what_was_awaited_is_told_however_late(bot: Waiting) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    bot.now = NIGHT
    bot.brings("小林", "1")
    bot.turn()
    bot.now = MORNING + timedelta(days=6)
    assert bot.told_after_turn() == ["7 found 1"]


def test_two_replicas_tell_it_once(bot: Waiting) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    other = bot.replica()
    bot.brings("小林", "1")
    bot.turn()
    assert bot.told_after_turn(other) == ["7 found 1"]


def test_a_turn_that_fails_is_made_good(bot: Waiting) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    bot.brings("小林", "1")

    def fail(job: Callable[[Connection], int]) -> int:
        with bot.engine.begin() as connection:
            job(connection)
            raise ConnectionError("gone before the commit")

    with pytest.raises(ConnectionError):
        bot.planner.turn(fail)
    assert bot.told_after_turn() == ["7 found 1"]


def test_what_never_comes_is_given_up_with_one_line(bot: Waiting) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1", "2")
    bot.turn()
    assert bot.planner.look_at(bot.now) <= bot.now + AWAITED_FOR
    bot.now = NOON + AWAITED_FOR - timedelta(seconds=1)
    assert bot.told_after_turn() == []
    bot.now = NOON + AWAITED_FOR
    assert bot.told_after_turn() == ["7 given_up 1 2"]
    assert bot.run(lambda connection: awaited_by(connection, 7)) == ()
    bot.brings("小林", "1")
    assert bot.told_after_turn() == ["7 given_up 1 2"]


def test_who_cannot_be_reached_is_told_nothing(bot: Waiting) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    bot.run(lambda connection: connection.execute(people.update().values(blocked_at=NOON)))
    bot.brings("小林", "1")
    assert bot.told_after_turn() == []


def test_nothing_is_looked_up_without_a_reason(bot: Waiting) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    bot.turn()
    assert bot.planner.look_at(bot.now).astimezone(SHANGHAI).date() == date(2026, 9, 15)
    bot.now += timedelta(minutes=1)
    assert bot.told_after_turn() == []
