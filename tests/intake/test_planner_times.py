from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import event, select

from bot.desk.effects import Prefer
from bot.desk.facts import Dialogue, Scope
from bot.desk.replies import Say
from bot.reminders import Push
from bot.store.people import Acquaintance, mark_unreachable, remember
from bot.store.subscriptions import unsubscribe
from bot.store.tables import bindings, outbox
from tests.intake.planned import LINE, PAYOUT_DAY, SHANGHAI, Bot, say


@pytest.mark.parametrize("reason", ["unbound", "unreachable", "unsubscribed"])
def test_who_may_not_or_cannot_be_told_is_not(reason: str, bot: Bot, bound: int) -> None:
    bot.watches(bound)
    bot.watches(bound, None)
    with bot.engine.begin() as connection:
        if reason == "unbound":
            connection.execute(bindings.update().values(ended_at=bot.now))
        elif reason == "unreachable":
            mark_unreachable(connection, 7, bot.now)
        else:
            unsubscribe(connection, bound, Scope.EVERYTHING, None, bot.now)
    bot.set(PAYOUT_DAY, 9)
    assert bot.turn() == 0
    assert bot.told() == []


def test_a_subscription_does_not_reach_other_peoples_lines(bot: Bot, bound: int) -> None:
    bot.imports(LINE, creator="阿青")
    bot.watches(bound, 2)
    bot.watches(bound, None)
    bot.set(PAYOUT_DAY, 9)
    bot.turn()
    assert bot.told() == ["7 payout 1"]


def test_everybody_is_told_however_many_they_are_as_fast_as_it_is_sent(
    bot: Bot, bound: int
) -> None:
    people = range(100, 321)
    with bot.engine.begin() as connection:
        friends = [Acquaintance(user, user, "友", "zh", Dialogue()) for user in people]
        remember(connection, friends, bot.now)
        rows = [{"user": user, "creator": 1, "bound_at": bot.now} for user in people]
        connection.execute(bindings.insert(), rows)
    for user in people:
        bot.watches(user, None)
    bot.set(PAYOUT_DAY, 9)
    written = []
    while count := bot.turn():
        written.append(count)
        bot.marks("sent")
    assert written == [100, 100, 21]
    assert sorted(bot.told()) == [f"{user} payout 1" for user in people]


def test_a_failed_look_is_repeated(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)

    def fail(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO outbox"):
            raise OSError("disk full")

    event.listen(bot.engine, "before_cursor_execute", fail)
    with pytest.raises(OSError, match="disk full"):
        bot.turn()
    event.remove(bot.engine, "before_cursor_execute", fail)
    assert bot.turn() == 1


def test_a_clock_set_back_and_forward_tells_nothing_twice(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    for hour in (10, 9, 10, 8, 12):
        bot.set(PAYOUT_DAY, hour)
        bot.turn()
    assert len(bot.told()) == 1


def test_what_could_not_be_sent_before_the_night_is_said_in_the_morning(
    bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 20)
    assert bot.turn() == 1
    with bot.engine.begin() as connection:
        silence = connection.execute(select(outbox.c.send_until)).scalar_one()
    assert silence == datetime(2026, 9, 15, 13, tzinfo=UTC)
    bot.marks("dropped")
    for hour in (21, 23):
        bot.set(PAYOUT_DAY, hour)
        assert bot.turn() == 0
    bot.set(PAYOUT_DAY + timedelta(days=1), 9)
    # what was not said yet, and the question that belongs to the next day
    assert bot.turn() == 2
    bot.set(PAYOUT_DAY + timedelta(days=1), 10)
    assert bot.turn() == 0


def test_what_waits_to_be_sent_is_taken_back_from_who_unsubscribes(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)
    bot.turn()
    assert bot.states() == [("payout 1", "pending")]
    bot.leaves(bound)
    assert bot.turn() == 0
    assert bot.states() == [("payout 1", "dropped")]
    bot.watches(bound)
    assert bot.turn() == 1


def test_what_is_on_its_way_cannot_be_taken_back_and_is_not_said_again(
    bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)
    bot.turn()
    bot.marks("uncertain")
    bot.leaves(bound)
    bot.watches(bound)
    assert bot.turn() == 0
    assert bot.states() == [("payout 1", "uncertain")]


def test_other_hours_or_another_zone_say_nothing_twice_and_nothing_too_late(
    bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 1)
    bot.turn()
    bot.prefers(bound, Prefer(zone="America/New_York"))
    # one in the night in Shanghai is one in the afternoon in New York
    assert bot.turn() == 1
    bot.marks("sent")
    bot.prefers(bound, Prefer(zone="Asia/Tokyo", sending=("00:00", "00:00")))
    bot.set(PAYOUT_DAY, 12)
    assert bot.turn() == 0


def test_other_hours_take_back_what_waits_to_be_sent(bot: Bot, bound: int) -> None:
    """Held back by Telegram, it would go out in what is night by now."""
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 11)
    assert bot.turn() == 1
    bot.prefers(bound, Prefer(sending=("14:00", "18:00")))
    assert bot.turn() == 0
    assert bot.states() == [("payout 1", "dropped")]
    bot.set(PAYOUT_DAY, 14)
    assert bot.turn() == 1
    assert bot.states() == [("payout 1", "dropped"), ("payout 1", "pending")]
    with bot.engine.begin() as connection:
        waiting = outbox.c.state == "pending"
        silence = connection.execute(select(outbox.c.send_until).where(waiting)).scalar_one()
    assert silence == datetime(2026, 9, 15, 10, tzinfo=UTC)


def test_two_replicas_say_it_once(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)
    other, turns = bot.replica(), []

    def overtaken(push: Push, now: datetime) -> Say:
        """Meanwhile the other one says it."""
        bot.render = say
        turns.append(bot.turn(other))
        return Say("again")

    bot.render = overtaken
    assert bot.turn() == 0
    assert turns == [1]
    assert bot.told() == ["7 payout 1"]


def test_the_next_instant_at_which_something_can_be_due_is_known(bot: Bot, bound: int) -> None:
    bot.watches(bound)
    due = []
    while bot.now < datetime(2026, 9, 17, tzinfo=SHANGHAI):
        if bot.turn():
            due.append(bot.now.astimezone(SHANGHAI))
        following = bot.planner.look_at(bot.now)
        assert following > bot.now
        bot.now = following
    nine = time(9)
    assert due == [
        datetime.combine(PAYOUT_DAY + timedelta(days=days), nine, SHANGHAI) for days in (0, 1)
    ]


def test_who_blocked_the_bot_and_comes_back_is_told_what_is_not_too_old(
    bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    with bot.engine.begin() as connection:
        mark_unreachable(connection, bound, bot.now)
    bot.set(PAYOUT_DAY, 9)
    assert bot.turn() == 0
    bot.meets(bound)
    bot.set(PAYOUT_DAY + timedelta(days=1), 9)
    bot.turn()
    assert bot.said() == ["payout 1", "arrived 1"]


def test_an_import_of_the_past_is_no_news(bot: Bot, bound: int) -> None:
    bot.watches(bound, None)
    bot.set(PAYOUT_DAY + timedelta(days=5), 12)
    long_ago = datetime(2026, 6, 3, tzinfo=SHANGHAI)
    bot.imports(replace(LINE, order_number="old", received_at=long_ago))
    bot.turn()
    assert "2" not in " ".join(bot.said())


def test_a_line_that_comes_on_its_payout_day_is_told_at_once(bot: Bot, bound: int) -> None:
    bot.watches(bound, None)
    bot.set(PAYOUT_DAY, 9)
    bot.turn()
    bot.set(PAYOUT_DAY, 14)
    bot.imports(replace(LINE, order_number="2"))
    bot.turn()
    assert bot.said() == ["payout 1", "payout 2"]
