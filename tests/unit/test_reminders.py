from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.reminders import Push, PushKind, QuietHours, Subscriber, WatchedLine, due
from settlement.model import Order, Platform, Refund, RefundKind
from settlement.rulebook import shipped_rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = QuietHours(time(21), time(9))
LIN = Subscriber(7, 7, "zh", SHANGHAI)
PAYOUT_DAY = date(2026, 9, 15)
RECEIVED_IN_JULY = Order(
    platform=Platform.ALIBABA_1688,
    order_number="1234567890123456789",
    received_at=datetime(2026, 7, 31, 10, tzinfo=SHANGHAI),
    paid_amount=Decimal("100.00"),
    commission_rate=Decimal("0.10"),
    refunds=(),
)
SUBSCRIBED_AT = datetime(2026, 8, 1, 12, tzinfo=SHANGHAI)


def at(day: date, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def watched(order: Order = RECEIVED_IN_JULY, row: int = 1, by_name: bool = True) -> WatchedLine:
    return WatchedLine(row, order, SUBSCRIBED_AT, by_name)


def pushes(now: datetime, *lines: WatchedLine, subscriber: Subscriber = LIN) -> tuple[Push, ...]:
    return due(subscriber, lines, shipped_rulebook(), now, QUIET)


def test_the_payout_day_is_told_on_that_day() -> None:
    assert pushes(at(date(2026, 9, 14), 12), watched()) == ()
    (push,) = pushes(at(PAYOUT_DAY, 9), watched())
    assert (push.user, push.chat, push.kind, push.day) == (7, 7, PushKind.PAYOUT, PAYOUT_DAY)
    (told,) = push.lines
    assert told.row == 1
    assert told.order == RECEIVED_IN_JULY
    assert told.diagnosis.dates.payout is not None
    assert told.diagnosis.dates.payout.certainty == "official"


def test_the_same_push_has_the_same_key_all_day_and_after() -> None:
    moments = [at(PAYOUT_DAY, 9), at(PAYOUT_DAY, 20, 59), at(date(2026, 9, 17), 9)]
    assert len({push.key for moment in moments for push in pushes(moment, watched())}) == 1


@pytest.mark.parametrize(
    ("hour", "minute", "told"),
    [(0, 0, False), (8, 59, False), (9, 0, True), (20, 59, True), (21, 0, False)],
)
def test_nobody_is_pushed_in_quiet_hours(hour: int, minute: int, told: bool) -> None:
    assert bool(pushes(at(PAYOUT_DAY, hour, minute), watched())) is told


def test_quiet_hours_are_those_of_the_persons_own_clock() -> None:
    new_york = ZoneInfo("America/New_York")
    subscriber = replace(LIN, zone=new_york)
    noon_in_shanghai = at(PAYOUT_DAY, 12)
    assert pushes(noon_in_shanghai, watched(), subscriber=subscriber) == ()
    nine_in_new_york = at(PAYOUT_DAY, 9, zone=new_york)
    assert len(pushes(nine_in_new_york, watched(), subscriber=subscriber)) == 1


@pytest.mark.parametrize(("days", "told"), [(0, True), (1, True), (2, True), (3, False)])
def test_a_missed_day_is_told_late_but_not_for_ever(days: int, told: bool) -> None:
    now = at(PAYOUT_DAY + timedelta(days=days), 9)
    assert bool(pushes(now, watched())) is told


def test_what_was_over_at_the_subscription_is_not_told() -> None:
    late = replace(watched(), since=at(date(2026, 9, 16), 8))
    assert pushes(at(date(2026, 9, 16), 9), late) == ()
    same_day = replace(watched(), since=at(PAYOUT_DAY, 8))
    assert len(pushes(at(PAYOUT_DAY, 9), same_day)) == 1


FULLY_REFUNDED = replace(
    RECEIVED_IN_JULY,
    refunds=(
        Refund(
            kind=RefundKind.REFUND,
            amount=Decimal("100.00"),
            requested_at=at(date(2026, 8, 2), 9),
            succeeded_at=at(date(2026, 8, 3), 9),
        ),
    ),
)


@pytest.mark.parametrize(
    "order",
    [
        FULLY_REFUNDED,
        replace(RECEIVED_IN_JULY, closed_at=at(date(2026, 7, 1), 9), received_at=None),
        replace(RECEIVED_IN_JULY, via_own_link=False),
        replace(RECEIVED_IN_JULY, commission_rate=Decimal("0")),
        replace(RECEIVED_IN_JULY, received_at=None, shipped=True),
    ],
)
def test_what_will_not_be_paid_is_not_announced(order: Order) -> None:
    assert pushes(at(PAYOUT_DAY, 9), watched(order)) == ()


def test_a_platform_without_a_payout_rule_announces_no_day() -> None:
    taobao = replace(RECEIVED_IN_JULY, platform=Platform.TAOBAO)
    assert pushes(at(PAYOUT_DAY, 9), watched(taobao)) == ()


def test_a_day_the_platform_names_is_told() -> None:
    jd = replace(
        RECEIVED_IN_JULY,
        platform=Platform.JD,
        platform_settles_on=date(2026, 9, 20),
    )
    assert pushes(at(date(2026, 9, 19), 12), watched(jd)) == ()
    (push,) = pushes(at(date(2026, 9, 20), 12), watched(jd))
    assert push.day == date(2026, 9, 20)


def test_everything_of_a_day_is_told_together_and_named_lines_by_themselves() -> None:
    lines = [
        watched(replace(RECEIVED_IN_JULY, order_number=str(number)), number, by_name=number == 3)
        for number in (1, 2, 3)
    ]
    together, alone = pushes(at(PAYOUT_DAY, 9), *lines)
    assert [line.row for line in together.lines] == [1, 2]
    assert together.about == "1688"
    assert [line.row for line in alone.lines] == [3]
    assert together.key != alone.key


def test_lines_of_one_number_are_told_apart() -> None:
    first, second = pushes(at(PAYOUT_DAY, 9), watched(row=1), watched(row=2))
    assert first.key != second.key


@pytest.mark.parametrize(
    ("quiet", "silent", "loud"),
    [
        (QuietHours(time(21), time(9)), [time(21), time(0), time(8, 59)], [time(9), time(20)]),
        (QuietHours(time(1), time(6)), [time(1), time(5, 59)], [time(0, 59), time(6)]),
        (QuietHours(time(0), time(0)), [], [time(0), time(12), time(23, 59)]),
    ],
)
def test_quiet_hours_may_run_over_midnight(
    quiet: QuietHours, silent: list[time], loud: list[time]
) -> None:
    assert all(quiet.silent(moment) for moment in silent)
    assert not any(quiet.silent(moment) for moment in loud)


@pytest.mark.parametrize(
    ("zone", "now", "end"),
    [
        ("Asia/Shanghai", "2026-09-15T08:00:00+08:00", "2026-09-15T09:00:00+08:00"),
        ("Asia/Shanghai", "2026-09-15T09:00:00+08:00", "2026-09-16T09:00:00+08:00"),
        # the night in which New York's clocks go forward, and back
        ("America/New_York", "2026-03-07T12:00:00-05:00", "2026-03-08T09:00:00-04:00"),
        ("America/New_York", "2026-10-31T12:00:00-04:00", "2026-11-01T09:00:00-05:00"),
        ("Australia/Lord_Howe", "2026-10-03T12:00:00+10:30", "2026-10-04T09:00:00+11:00"),
    ],
)
def test_when_the_quiet_hours_end_next(zone: str, now: str, end: str) -> None:
    found = QUIET.next_end(datetime.fromisoformat(now), ZoneInfo(zone))
    assert found == datetime.fromisoformat(end)
    assert found.tzinfo is UTC
