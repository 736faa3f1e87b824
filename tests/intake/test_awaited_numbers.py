"""Order numbers people wait for: told once, to their owner, when there is data; or given up."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, select

from bot.desk.facts import Dialogue
from bot.desk.replies import Say
from bot.desk.sought import AWAITED_FOR
from bot.planner import Planner
from bot.reminders import Push, QuietHours
from bot.store.awaiting import await_numbers, awaited_by
from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import Acquaintance, bind, remember
from bot.store.tables import bindings, outbox, people
from settlement.model import Order, Platform
from settlement.rulebook import shipped_rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 14, 12, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 9, 14, 23, tzinfo=SHANGHAI)
MORNING = datetime(2026, 9, 15, 9, tzinfo=SHANGHAI)


class Bot:
    """A planner by a clock that is set by hand, and what may happen around it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = NOON
        self.planner = self.replica()

    def replica(self) -> Planner:
        quiet = QuietHours(time(21), time(9))
        return Planner(self.engine, shipped_rulebook, said, quiet, SHANGHAI, lambda: self.now)

    def turn(self, planner: Planner | None = None) -> list[str]:
        """Let the bot work, and return all that was ever told."""
        (planner or self.planner).turn(self.run)
        with self.engine.begin() as connection:
            letters = select(outbox.c.chat, outbox.c.payload).order_by(outbox.c.id)
            return [f"{chat} {told['html']}" for chat, told in connection.execute(letters)]

    def run(self, job: Callable[[Connection], Any]) -> Any:
        with self.engine.begin() as connection:
            return job(connection)

    def waits(self, user: int, *numbers: str) -> None:
        self.run(lambda connection: await_numbers(connection, user, numbers, self.now))

    def imports(self, creator: str, *numbers: str) -> None:
        owner = self.run(lambda connection: add_creator(connection, creator, NOON))
        report = ReportImport(self.engine, "report.csv", "hash", self.now)
        orders = (Order(platform=Platform.JD, order_number=number) for number in numbers)
        report.add([OwnedOrder(owner, order) for order in orders])
        report.publish(refused=0)

    def binds(self, user: int, creator: str) -> None:
        def known(connection: Connection) -> None:
            remember(connection, [Acquaintance(user, user, "", "zh", Dialogue())], self.now)
            owner = add_creator(connection, creator, NOON)
            bind(connection, user, make_binding_code(connection, owner, self.now), self.now)

        self.run(known)


def said(push: Push, _: datetime) -> Say:
    lines = [line.order.order_number for line in push.lines]
    return Say(f"{push.kind} {' '.join((*sorted(lines), *push.numbers))}")


@pytest.fixture
def bot(engine: Engine) -> Bot:
    return Bot(engine)


def test_the_owner_is_told_once_and_nobody_else(bot: Bot) -> None:
    for user, creator in ((7, "小林"), (8, "小李")):
        bot.binds(user, creator)
        bot.waits(user, "1")
    assert bot.turn() == []
    bot.imports("小林", "1", "2")
    assert bot.turn() == ["7 found 1"]
    bot.imports("小林", "1", "3")
    bot.now += timedelta(days=3)
    assert bot.turn() == ["7 found 1"]


def test_what_is_there_already_is_told_at_once(bot: Bot) -> None:
    bot.binds(7, "小林")
    bot.imports("小林", "1", "2")
    assert bot.turn() == []
    bot.waits(7, "1", "2", "3")
    assert bot.turn() == ["7 found 1 2"]


def test_a_new_binding_brings_what_was_awaited(bot: Bot) -> None:
    bot.binds(7, "小林")
    bot.imports("小李", "1")
    bot.waits(7, "1")
    assert bot.turn() == []
    bot.binds(7, "小李")
    assert bot.turn() == ["7 found 1"]


def test_it_is_said_in_the_morning_and_not_to_who_left_in_the_night(bot: Bot) -> None:
    for user, creator in ((7, "小林"), (8, "小李")):
        bot.binds(user, creator)
        bot.waits(user, "1")
        bot.turn()
        bot.now = NIGHT
        bot.imports(creator, "1")
    assert bot.turn() == []
    ended = bindings.update().where(bindings.c.user == 8).values(ended_at=NIGHT)
    bot.run(lambda connection: connection.execute(ended))
    bot.now = MORNING
    assert bot.turn() == ["7 found 1"]


def test_what_was_awaited_is_told_however_late(bot: Bot) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    bot.now = NIGHT
    bot.imports("小林", "1")
    bot.turn()
    bot.now = MORNING + timedelta(days=6)
    assert bot.turn() == ["7 found 1"]


def test_two_replicas_tell_it_once(bot: Bot) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    other = bot.replica()
    bot.imports("小林", "1")
    bot.turn()
    assert bot.turn(other) == ["7 found 1"]


def test_a_turn_that_fails_is_made_good(bot: Bot) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    bot.imports("小林", "1")

    def fail(job: Callable[[Connection], int]) -> int:
        with bot.engine.begin() as connection:
            job(connection)
            raise ConnectionError("gone before the commit")

    with pytest.raises(ConnectionError):
        bot.planner.turn(fail)
    assert bot.turn() == ["7 found 1"]


def test_what_never_comes_is_given_up_with_one_line(bot: Bot) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1", "2")
    bot.turn()
    assert bot.planner.look_at(bot.now) <= bot.now + AWAITED_FOR
    bot.now = NOON + AWAITED_FOR - timedelta(seconds=1)
    assert bot.turn() == []
    bot.now = NOON + AWAITED_FOR
    assert bot.turn() == ["7 given_up 1 2"]
    assert bot.run(lambda connection: awaited_by(connection, 7)) == ()
    bot.imports("小林", "1")
    assert bot.turn() == ["7 given_up 1 2"]


def test_who_cannot_be_reached_is_told_nothing(bot: Bot) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    bot.run(lambda connection: connection.execute(people.update().values(blocked_at=NOON)))
    bot.imports("小林", "1")
    assert bot.turn() == []


def test_nothing_is_looked_up_without_a_reason(bot: Bot) -> None:
    bot.binds(7, "小林")
    bot.waits(7, "1")
    bot.turn()
    assert bot.planner.look_at(bot.now).astimezone(SHANGHAI).date() == date(2026, 9, 15)
    bot.now += timedelta(minutes=1)
    assert bot.turn() == []
