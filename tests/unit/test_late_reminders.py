"""What is late, and what only could not be told before."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.reminders import Known, PushKind, Standing, midnight_of
from settlement.diagnosis import State
from settlement.model import Platform
from tests.unit.test_reminders import LIN, PAYOUT_DAY, RECEIVED_IN_JULY, at, planned, told

JD_DAY = date(2026, 9, 20)
JD = replace(RECEIVED_IN_JULY, platform=Platform.JD, platform_settles_on=JD_DAY)
DAY_BEFORE = at(JD_DAY - timedelta(days=1), 10)
WAITS = Standing(State.WAIT_CYCLE, Decimal("10.00"), settled=False)
THREE_DAYS = timedelta(days=3)


def kinds(now: datetime, known: Known) -> dict[PushKind, timedelta]:
    """What somebody who wants to be told three days ahead hears the day before, and how late."""
    ahead = planned(PushKind.AHEAD, day=JD_DAY, due_from=midnight_of(JD_DAY - THREE_DAYS))
    changed = planned(PushKind.UPDATE, day=now.date(), due_from=now)
    eager = replace(LIN, lead=3)
    pushes = told(now, ahead, changed, orders={1: JD}, known={1: known}, recipient=eager)
    return {push.kind: push.late for push in pushes}


@pytest.mark.parametrize("before", [None, JD_DAY + THREE_DAYS])
def test_a_day_named_at_the_last_moment_is_told_of_ahead_and_is_not_late(
    before: date | None,
) -> None:
    on_time = {PushKind.AHEAD: timedelta(0), PushKind.UPDATE: timedelta(0)}
    assert kinds(DAY_BEFORE, Known(WAITS, before)) == on_time


def test_what_should_have_been_said_ahead_is_late_though_the_line_has_changed() -> None:
    late = {PushKind.UPDATE: timedelta(0), PushKind.MISSED: timedelta(days=2, hours=1)}
    assert kinds(DAY_BEFORE, Known(WAITS, JD_DAY)) == late


def test_a_change_does_not_stand_for_the_question_that_was_missed() -> None:
    now = at(PAYOUT_DAY + timedelta(days=6), 10)
    asked = planned(PushKind.ARRIVED, due_from=midnight_of(PAYOUT_DAY + timedelta(days=1)))
    changed = planned(PushKind.UPDATE, day=now.date(), due_from=now)
    more = Known(Standing(State.WITHDRAWABLE, Decimal("12.00"), settled=False), PAYOUT_DAY)
    pushes = told(now, asked, changed, known={1: more})
    assert {push.kind: push.planned for push in pushes} == {
        PushKind.UPDATE: (changed,),
        PushKind.MISSED: (asked,),
    }
