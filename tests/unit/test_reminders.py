from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.reminders import (
    Judged,
    Known,
    Outlook,
    Planned,
    Push,
    PushKind,
    QuietHours,
    Recipient,
    Standing,
    decide,
    known_after,
    midnight_of,
    next_change,
    payout_of,
    standing_of,
)
from settlement.diagnosis import State, diagnose
from settlement.model import Order, Platform, Refund, RefundKind
from settlement.rulebook import shipped_rulebook
from settlement.workdays import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = QuietHours(time(21), time(9))
LIN = Recipient(7, 7, "zh", SHANGHAI, QUIET)
PAYOUT_DAY = date(2026, 9, 15)
RECEIVED_IN_JULY = Order(
    platform=Platform.ALIBABA_1688,
    order_number="1234567890123456789",
    received_at=datetime(2026, 7, 31, 10, tzinfo=SHANGHAI),
    paid_amount=Decimal("100.00"),
    commission_rate=Decimal("0.10"),
    refunds=(),
)
REFUND = Refund(
    kind=RefundKind.REFUND,
    amount=Decimal("100.00"),
    requested_at=datetime(2026, 8, 2, 9, tzinfo=SHANGHAI),
    succeeded_at=datetime(2026, 8, 3, 9, tzinfo=SHANGHAI),
)
NOBODY_KNOWS: Mapping[int, Known] = {}


def at(day: date, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def judged(now: datetime, order: Order = RECEIVED_IN_JULY, row: int = 1) -> Judged:
    return Judged(row, order, diagnose(order, shipped_rulebook(), now))


def planned(
    kind: PushKind = PushKind.PAYOUT,
    row: int = 1,
    due_from: datetime | None = None,
    day: date = PAYOUT_DAY,
    version: int = 0,
) -> Planned:
    due = due_from or midnight_of(day)
    return Planned(7, kind, row, day, version, "1688", due, due)


def told(
    now: datetime,
    *what: Planned,
    orders: Mapping[int, Order] | None = None,
    known: Mapping[int, Known] = NOBODY_KNOWS,
    outlooks: tuple[Outlook, ...] = (),
    recipient: Recipient = LIN,
) -> tuple[Push, ...]:
    lines = {
        row: judged(now, order, row) for row, order in (orders or {1: RECEIVED_IN_JULY}).items()
    }
    return decide(recipient, what, lines, known, outlooks, now)


def test_the_payout_day_is_told_on_that_day() -> None:
    (push,) = told(at(PAYOUT_DAY, 9), planned())
    assert (push.recipient, push.kind, push.day) == (LIN, PushKind.PAYOUT, PAYOUT_DAY)
    assert push.late == timedelta(0)
    (line,) = push.lines
    assert (line.row, line.order) == (1, RECEIVED_IN_JULY)


@pytest.mark.parametrize(
    ("hour", "minute", "loud"),
    [(0, 0, False), (8, 59, False), (9, 0, True), (20, 59, True), (21, 0, False)],
)
def test_nobody_is_pushed_in_quiet_hours(hour: int, minute: int, loud: bool) -> None:
    assert bool(told(at(PAYOUT_DAY, hour, minute), planned())) is loud


def test_quiet_hours_are_those_of_the_persons_own_clock() -> None:
    new_york = ZoneInfo("America/New_York")
    there = replace(LIN, zone=new_york)
    assert told(at(PAYOUT_DAY, 12), planned(), recipient=there) == ()
    (push,) = told(at(PAYOUT_DAY, 9, zone=new_york), planned(), recipient=there)
    # Shanghai's midnight is noon in New York: it could have gone out then, 21 hours before.
    assert push.late == timedelta(hours=21)


@pytest.mark.parametrize(
    ("hours", "kind"),
    [(0, PushKind.PAYOUT), (48, PushKind.PAYOUT), (49, PushKind.MISSED), (240, PushKind.MISSED)],
)
def test_what_is_late_goes_out_by_itself_for_two_days(hours: int, kind: PushKind) -> None:
    (push,) = told(at(PAYOUT_DAY, 9) + timedelta(hours=hours), planned())
    assert push.kind is kind
    assert push.late == timedelta(hours=hours)


def test_everything_older_is_told_in_one_message() -> None:
    orders = {1: RECEIVED_IN_JULY, 2: replace(RECEIVED_IN_JULY, order_number="2")}
    now = at(PAYOUT_DAY + timedelta(days=6), 10)
    asked = planned(PushKind.ARRIVED, due_from=midnight_of(PAYOUT_DAY + timedelta(days=1)))
    (push,) = told(now, planned(row=1), planned(row=2), asked, orders=orders)
    assert push.kind is PushKind.MISSED
    assert [line.row for line in push.lines] == [1, 2]
    assert set(push.planned) == {planned(row=1), planned(row=2), asked}


def test_lines_of_a_platform_and_day_are_told_together() -> None:
    orders = {row: replace(RECEIVED_IN_JULY, order_number=str(row)) for row in (1, 2, 3)}
    (push,) = told(at(PAYOUT_DAY, 9), *(planned(row=row) for row in (1, 2, 3)), orders=orders)
    assert [line.row for line in push.lines] == [1, 2, 3]


FULLY_REFUNDED = replace(RECEIVED_IN_JULY, refunds=(REFUND,))


@pytest.mark.parametrize(
    "order",
    [
        FULLY_REFUNDED,
        replace(RECEIVED_IN_JULY, closed_at=at(date(2026, 7, 1), 9), received_at=None),
        replace(RECEIVED_IN_JULY, via_own_link=False),
        replace(RECEIVED_IN_JULY, commission_rate=Decimal("0")),
        replace(RECEIVED_IN_JULY, received_at=None, shipped=True),
        replace(RECEIVED_IN_JULY, platform=Platform.TAOBAO),
        replace(RECEIVED_IN_JULY, received_at=datetime(2026, 8, 1, tzinfo=SHANGHAI)),
    ],
)
def test_what_is_not_paid_that_day_is_not_announced(order: Order) -> None:
    assert told(at(PAYOUT_DAY, 9), planned(), orders={1: order}) == ()


def test_a_line_that_may_not_be_told_of_is_not() -> None:
    assert told(at(PAYOUT_DAY, 9), planned(row=2)) == ()


def test_a_day_the_platform_names_is_told() -> None:
    jd = replace(RECEIVED_IN_JULY, platform=Platform.JD, platform_settles_on=date(2026, 9, 20))
    day = date(2026, 9, 20)
    (push,) = told(at(day, 12), planned(day=day), orders={1: jd})
    assert push.day == day
    payout = payout_of(judged(at(day, 12), jd).diagnosis)
    assert payout is not None
    assert payout.cycle == "jd/2026-07/2026-09-20"


def test_nobody_is_asked_whether_money_arrived_that_is_known_to_have() -> None:
    day_after = at(PAYOUT_DAY + timedelta(days=1), 10)
    ask = planned(PushKind.ARRIVED, due_from=midnight_of(PAYOUT_DAY + timedelta(days=1)))
    assert [push.kind for push in told(day_after, ask)] == [PushKind.ARRIVED]
    paid = replace(RECEIVED_IN_JULY, paid_out_at=at(PAYOUT_DAY, 8))
    assert told(day_after, ask, orders={1: paid}) == ()


AHEAD = planned(PushKind.AHEAD, due_from=midnight_of(PAYOUT_DAY - timedelta(days=3)))


def test_what_is_said_ahead_is_not_said_on_the_day() -> None:
    eager = replace(LIN, lead=1)
    assert len(told(at(PAYOUT_DAY - timedelta(days=1), 10), AHEAD, recipient=eager)) == 1
    assert told(at(PAYOUT_DAY, 10), AHEAD, recipient=eager) == ()


@pytest.mark.parametrize(("lead", "days_before"), [(0, ()), (1, (1,)), (3, (3, 2, 1))])
def test_how_far_ahead_somebody_is_told_is_what_they_wish_by_then(
    lead: int, days_before: tuple[int, ...]
) -> None:
    """It was planned three days ahead, as they wished before."""
    recipient = replace(LIN, lead=lead)
    days = [
        days
        for days in range(4, -1, -1)
        if told(at(PAYOUT_DAY - timedelta(days=days), 10), AHEAD, recipient=recipient)
    ]
    assert tuple(days) == days_before


EXPECTED_TEN = Known(Standing(State.WAIT_CYCLE, Decimal("10.00"), settled=False), PAYOUT_DAY)
NEWS = planned(PushKind.UPDATE, due_from=at(date(2026, 8, 20), 10), day=date(2026, 8, 20))
NOON = at(date(2026, 8, 20), 12)


def test_a_change_is_told_with_what_was_known_before() -> None:
    settled = replace(RECEIVED_IN_JULY, settled_commission=Decimal("9.80"))
    settled = replace(settled, settled_at=at(date(2026, 8, 19), 9))
    (push,) = told(NOON, NEWS, orders={1: settled}, known={1: EXPECTED_TEN})
    assert push.kind is PushKind.UPDATE
    (line,) = push.lines
    assert line.before == EXPECTED_TEN.standing
    assert standing_of(line.diagnosis).net == Decimal("9.80")
    after = known_after(push, line)
    assert told(NOON, NEWS, orders={1: settled}, known={1: after}) == ()


def test_what_went_back_to_what_was_told_is_no_news() -> None:
    assert told(NOON, NEWS, known={1: EXPECTED_TEN}) == ()
    assert told(NOON, NEWS) == ()


def test_two_changes_of_a_line_are_told_as_one() -> None:
    later = planned(PushKind.UPDATE, due_from=NEWS.due_from, day=NEWS.day, version=2)
    (push,) = told(NOON, NEWS, later, orders={1: FULLY_REFUNDED}, known={1: EXPECTED_TEN})
    assert len(push.lines) == 1


def test_the_payout_reminder_tells_the_state_and_leaves_the_money_to_be_explained() -> None:
    less = replace(RECEIVED_IN_JULY, paid_amount=Decimal("80.00"))
    now = at(PAYOUT_DAY, 9)
    (push,) = told(now, planned(), orders={1: less}, known={1: EXPECTED_TEN})
    after = known_after(push, push.lines[0])
    assert after.standing == replace(EXPECTED_TEN.standing, state=State.WITHDRAWABLE)
    update = planned(PushKind.UPDATE)
    (news,) = told(now, update, orders={1: less}, known={1: after})
    assert news.lines[0].before == after.standing


def test_a_change_of_state_alone_is_told_by_the_payout_reminder() -> None:
    now = at(PAYOUT_DAY, 9)
    update = planned(PushKind.UPDATE)
    (push,) = told(now, planned(), update, known={1: EXPECTED_TEN})
    assert push.kind is PushKind.PAYOUT


def test_a_moved_day_is_corrected_once() -> None:
    known = {1: Known(EXPECTED_TEN.standing, date(2026, 9, 14))}
    (push,) = told(NOON, NEWS, known=known)
    after = known_after(push, push.lines[0])
    assert after.day == PAYOUT_DAY
    assert told(NOON, NEWS, known={1: after}) == ()


WEEKLY = Planned(7, PushKind.DIGEST, 0, date(2026, 8, 17), 0, "", NOON, NOON)


def test_a_week_with_nothing_in_it_is_not_summed_up() -> None:
    standing = standing_of(judged(NOON).diagnosis)
    old = Outlook(replace(standing, state=State.PAID), "1688", date(2026, 1, 1), fresh=False)
    assert told(NOON, WEEKLY, outlooks=(old,)) == ()
    coming = Outlook(standing, "1688", PAYOUT_DAY, fresh=False)
    (push,) = told(NOON, WEEKLY, outlooks=(old, coming))
    assert push.outlooks == (old, coming)


def test_a_day_by_rule_is_that_of_the_whole_month_and_moves_with_the_calendar() -> None:
    payout = payout_of(judged(NOON).diagnosis)
    assert payout is not None
    assert payout.cycle == "1688/2026-07"
    year = WorkCalendar().year(2026)
    holiday = replace(year, weekdays_off=year.weekdays_off | {PAYOUT_DAY})
    rules = replace(shipped_rulebook(), calendar=WorkCalendar({2026: holiday}))
    moved = payout_of(diagnose(RECEIVED_IN_JULY, rules, NOON))
    assert moved is not None
    assert (moved.cycle, moved.day) == (payout.cycle, date(2026, 9, 16))


def test_the_next_change_is_when_time_alone_changes_the_state() -> None:
    now = NOON
    states = [judged(now).diagnosis.state]
    while (following := next_change(judged(now).diagnosis, shipped_rulebook(), now)) is not None:
        before = judged(following - timedelta(microseconds=1)).diagnosis.state
        assert before is states[-1]
        now = following
        states.append(judged(now).diagnosis.state)
    assert State.WITHDRAWABLE in states


@pytest.mark.parametrize("net", [None, Decimal("9.80")])
def test_a_standing_is_kept_and_read_as_it_was(net: Decimal | None) -> None:
    standing = Standing(State.OVERDUE, net, settled=True, reasons=("partial_refund",))
    assert Standing.read(standing.document()) == standing
