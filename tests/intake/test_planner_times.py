from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Connection, Engine, event, func, select

from bot.desk.facts import Dialogue, Scope
from bot.desk.replies import Prefer, Say
from bot.planner import Planner
from bot.reminders import Push, QuietHours
from bot.store.people import Acquaintance, mark_unreachable, remember
from bot.store.subscriptions import prefer, unsubscribe
from bot.store.tables import bindings, outbox
from bot.writer import Writer
from settlement.rulebook import shipped_rulebook
from tests.intake.planned import LINE, PAYOUT_DAY, SHANGHAI, Hand, Watch, kinds_told, states, told


@pytest.mark.parametrize("reason", ["unbound", "unreachable", "unsubscribed"])
async def test_who_may_not_or_cannot_be_told_is_not(
    reason: str,
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
) -> None:
    watch(bound)
    watch(bound, None)
    with engine.begin() as connection:
        if reason == "unbound":
            connection.execute(bindings.update().values(ended_at=hand.now()))
        elif reason == "unreachable":
            mark_unreachable(connection, 7, hand.now())
        else:
            unsubscribe(connection, bound, Scope.EVERYTHING, None, hand.now())
    hand.set(PAYOUT_DAY, 9)
    assert await planner.tick(writer) == 0
    assert told(engine) == []


async def test_a_subscription_does_not_reach_other_peoples_lines(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Callable[..., int],
) -> None:
    import_orders(LINE, creator="阿青")
    watch(bound, 2)
    watch(bound, None)
    hand.set(PAYOUT_DAY, 9)
    await planner.tick(writer)
    assert told(engine) == [(7, "1")]


async def test_everybody_is_told_however_many_they_are_as_fast_as_it_is_sent(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    people = range(100, 321)
    with engine.begin() as connection:
        friends = [Acquaintance(user, user, "友", "zh", Dialogue()) for user in people]
        remember(connection, friends, hand.now())
        rows = [{"user": user, "creator": 1, "bound_at": hand.now()} for user in people]
        connection.execute(bindings.insert(), rows)
    for user in people:
        watch(user, None)
    hand.set(PAYOUT_DAY, 9)
    written = []
    while count := await planner.tick(writer):
        written.append(count)
        with engine.begin() as connection:
            connection.execute(outbox.update().values(state="sent"))
    assert written == [100, 100, 21]
    assert sorted(chat for chat, _ in told(engine)) == list(people)


async def test_a_failed_look_is_repeated(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)

    def fail(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO outbox"):
            raise OSError("disk full")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(OSError, match="disk full"):
        await planner.tick(writer)
    event.remove(engine, "before_cursor_execute", fail)
    assert await planner.tick(writer) == 1


async def test_a_clock_set_back_and_forward_tells_nothing_twice(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    for hour in (10, 9, 10, 8, 12):
        hand.set(PAYOUT_DAY, hour)
        await planner.tick(writer)
    assert len(told(engine)) == 1


async def test_what_could_not_be_sent_before_the_night_is_said_in_the_morning(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 20)
    assert await planner.tick(writer) == 1
    with engine.begin() as connection:
        silence = connection.execute(select(outbox.c.send_until)).scalar_one()
        assert silence == datetime(2026, 9, 15, 13, tzinfo=UTC)
        connection.execute(outbox.update().values(state="dropped"))
    for hour in (21, 23):
        hand.set(PAYOUT_DAY, hour)
        assert await planner.tick(writer) == 0
    hand.set(PAYOUT_DAY + timedelta(days=1), 9)
    # what was not said yet, and the question that belongs to the next day
    assert await planner.tick(writer) == 2
    hand.set(PAYOUT_DAY + timedelta(days=1), 10)
    assert await planner.tick(writer) == 0


async def test_what_waits_to_be_sent_is_taken_back_from_who_unsubscribes(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)
    await planner.tick(writer)
    assert states(engine) == [("1", "pending")]
    with engine.begin() as connection:
        unsubscribe(connection, bound, Scope.ORDER, 1, hand.now())
    assert await planner.tick(writer) == 0
    assert states(engine) == [("1", "dropped")]
    watch(bound)
    assert await planner.tick(writer) == 1


async def test_what_is_on_its_way_cannot_be_taken_back_and_is_not_said_again(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)
    await planner.tick(writer)
    with engine.begin() as connection:
        connection.execute(outbox.update().values(state="uncertain"))
        unsubscribe(connection, bound, Scope.ORDER, 1, hand.now())
    watch(bound)
    assert await planner.tick(writer) == 0
    assert states(engine) == [("1", "uncertain")]


async def test_other_hours_or_another_zone_say_nothing_twice_and_nothing_too_late(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 1)
    await planner.tick(writer)
    with engine.begin() as connection:
        prefer(connection, bound, Prefer(zone="America/New_York"), hand.now())
    # one in the night in Shanghai is one in the afternoon in New York
    assert await planner.tick(writer) == 1
    with engine.begin() as connection:
        connection.execute(outbox.update().values(state="sent"))
        tokyo = Prefer(zone="Asia/Tokyo", sending=("00:00", "00:00"))
        prefer(connection, bound, tokyo, hand.now())
    hand.set(PAYOUT_DAY, 12)
    assert await planner.tick(writer) == 0


async def test_other_hours_take_back_what_waits_to_be_sent(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    """Held back by Telegram, it would go out in what is night by now."""
    watch(bound)
    hand.set(PAYOUT_DAY, 11)
    assert await planner.tick(writer) == 1
    with engine.begin() as connection:
        prefer(connection, bound, Prefer(sending=("14:00", "18:00")), hand.now())
    assert await planner.tick(writer) == 0
    assert states(engine) == [("1", "dropped")]
    hand.set(PAYOUT_DAY, 14)
    assert await planner.tick(writer) == 1
    assert states(engine) == [("1", "dropped"), ("1", "pending")]
    with engine.begin() as connection:
        waiting = outbox.c.state == "pending"
        silence = connection.execute(select(outbox.c.send_until).where(waiting)).scalar_one()
    assert silence == datetime(2026, 9, 15, 10, tzinfo=UTC)


async def test_two_replicas_say_it_once(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)
    quiet = QuietHours(time(21), time(9))

    def say(push: Push, now: datetime) -> Say:
        # Meanwhile the other one has said it.
        with engine.connect() as connection:
            assert connection.execute(select(func.count()).select_from(outbox)).scalar() == 1
        return Say("again")

    slow = Planner(engine, shipped_rulebook, say, quiet, SHANGHAI, hand.now)
    fast_render = planner._render
    turns: list[int] = []

    def run(job: Callable[[Connection], int]) -> int:
        with engine.begin() as connection:
            return job(connection)

    def overtaken(push: Push, now: datetime) -> Say:
        planner._render = fast_render
        turns.append(planner.turn(run))
        return say(push, now)

    slow._render = overtaken
    assert slow.turn(run) == 0
    assert turns == [1]
    assert told(engine) == [(7, "1")]


async def test_the_next_instant_at_which_something_can_be_due_is_known(
    writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    due = []
    while hand.now() < datetime(2026, 9, 17, tzinfo=SHANGHAI):
        if await planner.tick(writer):
            due.append(hand.now().astimezone(SHANGHAI))
        following = planner.look_at(hand.now())
        assert following > hand.now()
        hand.at = following
    nine = time(9)
    assert due == [
        datetime.combine(PAYOUT_DAY + timedelta(days=days), nine, SHANGHAI) for days in (0, 1)
    ]


async def test_who_blocked_the_bot_and_comes_back_is_told_what_is_not_too_old(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    with engine.begin() as connection:
        mark_unreachable(connection, bound, hand.now())
    hand.set(PAYOUT_DAY, 9)
    assert await planner.tick(writer) == 0
    with engine.begin() as connection:
        remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue())], hand.now())
    hand.set(PAYOUT_DAY + timedelta(days=1), 9)
    await planner.tick(writer)
    assert kinds_told(engine) == ["payout 1", "arrived 1"]


async def test_an_import_of_the_past_is_no_news(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Callable[..., int],
) -> None:
    watch(bound, None)
    hand.set(PAYOUT_DAY + timedelta(days=5), 12)
    long_ago = datetime(2026, 6, 3, tzinfo=SHANGHAI)
    import_orders(replace(LINE, order_number="old", received_at=long_ago))
    await planner.tick(writer)
    assert "2" not in " ".join(words for _, words in told(engine))


async def test_a_line_that_comes_on_its_payout_day_is_told_at_once(
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
    import_orders: Callable[..., int],
) -> None:
    watch(bound, None)
    hand.set(PAYOUT_DAY, 9)
    await planner.tick(writer)
    hand.set(PAYOUT_DAY, 14)
    import_orders(replace(LINE, order_number="2"))
    await planner.tick(writer)
    assert kinds_told(engine) == ["payout 1", "payout 2"]
