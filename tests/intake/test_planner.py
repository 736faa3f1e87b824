from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, event, func, select

from bot.desk.facts import Dialogue, Scope
from bot.desk.replies import Prefer, Say
from bot.planner import Planner
from bot.reminders import Push, QuietHours
from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import Acquaintance, bind, mark_unreachable, remember
from bot.store.subscriptions import prefer, subscribe, unsubscribe
from bot.store.tables import bindings, order_facts, outbox
from bot.writer import Writer
from settlement.model import Order, Platform
from settlement.rulebook import shipped_rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAYOUT_DAY = date(2026, 9, 15)
LINE = Order(
    platform=Platform.ALIBABA_1688,
    order_number="1",
    received_at=datetime(2026, 7, 31, 10, tzinfo=SHANGHAI),
    paid_amount=Decimal("100.00"),
    commission_rate=Decimal("0.10"),
    refunds=(),
)


@dataclass
class Hand:
    """A clock that is set by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def set(self, day: date, hour: int) -> None:
        self.at = datetime.combine(day, time(hour), SHANGHAI)


@pytest.fixture
def hand() -> Hand:
    return Hand(datetime(2026, 9, 14, 12, tzinfo=SHANGHAI))


@pytest.fixture
def looks() -> list[Push]:
    """Every push rendered, told before or not."""
    return []


@pytest.fixture
def planner(engine: Engine, hand: Hand, looks: list[Push]) -> Planner:
    def render(push: Push, now: datetime) -> Say:
        looks.append(push)
        return Say(" ".join(str(line.row) for line in push.lines))

    quiet = QuietHours(time(21), time(9))
    return Planner(engine, shipped_rulebook, render, quiet, SHANGHAI, hand.now)


@pytest.fixture
def import_orders(engine: Engine, hand: Hand) -> Callable[..., int]:
    def run(*orders: Order, creator: str = "小林") -> int:
        with engine.begin() as connection:
            owner = add_creator(connection, creator, hand.now())
        report = ReportImport(engine, "report.csv", "hash", hand.now())
        report.add([OwnedOrder(owner, order) for order in orders])
        report.publish(refused=0)
        return owner

    return run


@pytest.fixture
def bound(engine: Engine, hand: Hand, import_orders: Callable[..., int]) -> int:
    """Person 7, bound to 小林, who has one line that is paid on the payout day."""
    owner = import_orders(LINE)
    with engine.begin() as connection:
        remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue())], hand.now())
        code = make_binding_code(connection, owner, hand.now())
        bind(connection, 7, code, hand.now())
    return 7


@pytest.fixture
def watch(engine: Engine, hand: Hand) -> Callable[..., None]:
    def run(user: int, row: int | None = 1) -> None:
        scope = Scope.EVERYTHING if row is None else Scope.ORDER
        with engine.begin() as connection:
            subscribe(connection, user, scope, row, hand.now())

    return run


Watch = Callable[..., None]


def kinds_told(engine: Engine) -> list[str]:
    """The kind and the rows of each push, in their order."""
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.key, outbox.c.payload).order_by(outbox.c.id))
        return [f"{key.split(':')[2]} {payload['html']}" for key, payload in rows]


def told(engine: Engine) -> list[tuple[int, str]]:
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.chat, outbox.c.payload).order_by(outbox.c.id))
        return [(chat, payload["html"]) for chat, payload in rows]


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


def states(engine: Engine) -> list[tuple[str, str]]:
    """The rows' words and their states, in their order."""
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.payload, outbox.c.state).order_by(outbox.c.id))
        return [(payload["html"], state) for payload, state in rows]


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
