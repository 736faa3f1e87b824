from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.desk.effects import Prefer
from bot.desk.facts import Scope
from bot.desk.replies import Say
from bot.reminders import Push
from bot.store.tables import bindings, order_facts
from bot.writer import Writer
from tests.intake.planned import LINE, PAYOUT_DAY, SHANGHAI, Bot, say


async def test_a_payout_is_told_once_and_asked_about_once(
    writer: Writer, bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    assert await bot.planner.tick(writer) == 0
    for day in range(3):
        for hour in (0, 8, 9, 12, 20, 23):
            bot.set(PAYOUT_DAY + timedelta(days=day), hour)
            await bot.planner.tick(writer)
            expected = [
                f"{kind} 1"
                for kind, due in (("payout", (0, 9)), ("arrived", (1, 9)))
                if (day, hour) >= due
            ]
            assert bot.said() == expected


def test_a_restart_tells_nothing_twice(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)
    for _ in range(3):
        bot.turn(bot.replica())
    assert len(bot.told()) == 1


def test_nothing_is_looked_at_until_something_can_have_become_due(bot: Bot, bound: int) -> None:
    bot.set(PAYOUT_DAY, 10)
    bot.watches(bound)
    bot.turn()
    assert len(bot.looks) == 1
    bot.set(PAYOUT_DAY, 11)
    bot.turn()
    assert len(bot.looks) == 1
    bot.watches(bound, None)
    bot.imports(replace(LINE, order_number="2"))
    bot.turn()
    assert bot.told() == ["7 payout 1", "7 payout 2"]


def test_a_turn_without_reason_costs_one_look(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    bot.watches(bound, None)
    bot.turn()
    bot.now += timedelta(minutes=1)
    asked = bot.asked_in_a_turn()
    assert asked.count("SELECT") == 1
    assert set(asked) <= {"SELECT", "BEGIN", "SET"}


def test_who_unsubscribes_while_it_is_planned_is_not_told(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)

    def unsubscribing(push: Push, now: datetime) -> Say:
        bot.leaves(bound)
        return say(push, now)

    bot.render = unsubscribing
    assert bot.turn() == 0
    assert len(bot.looks) == 1
    assert bot.told() == []


def test_who_wants_no_summary_any_more_is_not_looked_at_for_ever(bot: Bot, bound: int) -> None:
    bot.watches(bound, None, Scope.DIGEST)
    bot.turn()
    bot.set(date(2026, 9, 21), 8)
    bot.turn()
    nine = datetime(2026, 9, 21, 9, tzinfo=SHANGHAI)
    assert bot.planner.look_at(bot.now) == nine
    bot.leaves(bound, Scope.DIGEST, None)
    bot.now = nine
    assert bot.turn() == 0
    assert bot.planner.look_at(nine) > nine


def test_who_changes_hours_while_it_is_planned_is_told_in_these(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)

    def preferring(push: Push, now: datetime) -> Say:
        bot.render = say
        bot.prefers(bound, Prefer(sending=("14:00", "18:00")))
        return say(push, now)

    bot.render = preferring
    assert bot.turn() == 0
    bot.set(PAYOUT_DAY, 13)
    assert bot.turn() == 0
    bot.set(PAYOUT_DAY, 14)
    assert bot.turn() == 1


def test_a_reminder_ahead_comes_as_many_days_before_as_is_wished_by_then(
    bot: Bot, bound: int
) -> None:
    bot.set(PAYOUT_DAY - timedelta(days=9), 12)
    bot.watches(bound)
    with bot.engine.begin() as connection:
        connection.execute(bindings.update().values(bound_at=bot.now))
        connection.execute(order_facts.update().values(recorded_at=bot.now))
    bot.prefers(bound, Prefer(lead_days=3))
    bot.set(PAYOUT_DAY - timedelta(days=3), 1)
    bot.turn()
    bot.prefers(bound, Prefer(lead_days=1))
    told_on = []
    for days in range(3, -1, -1):
        bot.set(PAYOUT_DAY - timedelta(days=days), 10)
        told_on += [days] * bot.turn()
    assert told_on == [1, 0]
    assert bot.said() == ["ahead 1", "payout 1"]


SETTLED = replace(
    LINE,
    settled_commission=Decimal("9.80"),
    settled_at=datetime(2026, 9, 14, 11, tzinfo=SHANGHAI),
)


@pytest.mark.parametrize("row", [None, 1])
@pytest.mark.parametrize("later", [timedelta(seconds=0.5), -timedelta(hours=1)])
def test_a_change_right_after_subscribing_is_told(
    later: timedelta, row: int | None, bot: Bot, bound: int
) -> None:
    """Even if both are taken up together, and if the clock is set back in between."""
    bot.turn()
    bot.watches(bound, row)
    bot.now += later
    bot.imports(SETTLED)
    bot.turn()
    bot.now += timedelta(hours=2)
    bot.turn()
    assert bot.said() == ["update 1"]


@pytest.mark.parametrize("row", [None, 1])
def test_what_was_imported_by_a_clock_an_hour_ahead_is_known_and_later_changes_are_told(
    row: int | None, bot: Bot, bound: int
) -> None:
    bot.turn()
    bot.now += timedelta(hours=1)
    bot.imports(replace(LINE, paid_amount=Decimal("120.00")))
    bot.now -= timedelta(hours=1)
    bot.watches(bound, row)
    bot.turn()
    bot.now += timedelta(minutes=10)
    bot.turn()
    assert bot.said() == []
    bot.imports(SETTLED)
    bot.turn()
    bot.now += timedelta(hours=3)
    bot.turn()
    assert bot.said() == ["update 1"]


def test_a_new_binding_hides_no_change_of_what_was_watched_before(bot: Bot, bound: int) -> None:
    bot.watches(bound, None)
    bot.turn()
    bot.imports(replace(LINE, order_number="2"), creator="阿青")
    bot.binds(bound, "阿青")
    bot.imports(SETTLED)
    bot.turn()
    bot.now += timedelta(hours=1)
    bot.turn()
    assert bot.said() == ["update 1"]
    bot.set(PAYOUT_DAY, 10)
    bot.turn()
    assert bot.said() == ["update 1", "payout 1 2"]


def test_who_moves_to_where_it_is_sunday_still_gets_the_summary_on_monday(
    bot: Bot, bound: int
) -> None:
    september = datetime(2026, 9, 1, 10, tzinfo=SHANGHAI)
    bot.imports(replace(LINE, order_number="2", received_at=september))
    bot.watches(bound, None, Scope.DIGEST)
    bot.now = datetime(2026, 9, 21, 0, 30, tzinfo=SHANGHAI)
    bot.turn()
    bot.prefers(bound, Prefer("America/New_York", ("09:00", "21:00")))
    nine = datetime(2026, 9, 21, 9, tzinfo=ZoneInfo("America/New_York"))
    while bot.now < nine:
        assert bot.turn() == 0
        bot.now = bot.planner.look_at(bot.now)
    assert bot.now == nine
    assert bot.turn() == 1
