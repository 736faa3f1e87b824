"""What becomes of news about awaited order numbers: told together, and however late."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.reminders import (
    Judged,
    Planned,
    Push,
    PushKind,
    QuietHours,
    Recipient,
    decide,
)
from settlement.diagnosis import diagnose
from settlement.model import Order, Platform
from settlement.rulebook import shipped_rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 14, 12, tzinfo=SHANGHAI)
TODAY = date(2026, 9, 14)
LIN = Recipient(7, 7, "zh", SHANGHAI, QuietHours(time(21), time(9)))


def judged(row: int) -> Judged:
    order = Order(platform=Platform.JD, order_number=str(row))
    return Judged(row, order, diagnose(order, shipped_rulebook(), NOON))


def planned(kind: PushKind, row: int, awaited: int, day: date = TODAY) -> Planned:
    return Planned(7, kind, row, day, awaited, "", NOON, NOON)


def told(*each: Planned, now: datetime = NOON) -> tuple[Push, ...]:
    return decide(LIN, each, {row: judged(row) for row in (1, 2)}, {}, (), now)


def test_what_arrived_is_told_in_one_message() -> None:
    (push,) = told(planned(PushKind.FOUND, 1, 10), planned(PushKind.FOUND, 2, 11))
    assert push.kind is PushKind.FOUND
    assert [line.row for line in push.lines] == [1, 2]


def test_a_line_awaited_by_two_of_its_numbers_is_told_once() -> None:
    (push,) = told(planned(PushKind.FOUND, 1, 10), planned(PushKind.FOUND, 1, 11))
    assert [line.row for line in push.lines] == [1]


def test_all_that_was_given_up_is_told_in_one_message() -> None:
    (push,) = told(planned(PushKind.GIVEN_UP, 0, 10), planned(PushKind.GIVEN_UP, 0, 11))
    assert push.kind is PushKind.GIVEN_UP
    assert [each.version for each in push.planned] == [10, 11]
    assert push.lines == ()


def test_both_are_told_apart() -> None:
    pushes = told(planned(PushKind.FOUND, 1, 10), planned(PushKind.GIVEN_UP, 0, 11))
    assert {push.kind for push in pushes} == {PushKind.FOUND, PushKind.GIVEN_UP}


def test_a_line_that_is_not_theirs_is_not_told() -> None:
    assert told(planned(PushKind.FOUND, 3, 10)) == ()


def test_what_was_awaited_is_told_however_late_but_not_at_night() -> None:
    news = planned(PushKind.FOUND, 1, 10), planned(PushKind.GIVEN_UP, 0, 11)
    later = NOON + timedelta(days=9)
    assert {push.kind for push in told(*news, now=later)} == {each.kind for each in news}
    assert told(*news, now=later.replace(hour=23)) == ()


def test_news_of_several_days_share_a_message_and_its_key_is_its_own() -> None:
    first = planned(PushKind.FOUND, 1, 10)
    second = planned(PushKind.FOUND, 2, 11, first.day + timedelta(days=1))
    (both,) = told(first, second)
    (alone,) = told(second)
    assert both.key != alone.key
    assert replace(both, late=timedelta()).planned == (first, second)
