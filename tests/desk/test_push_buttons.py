"""A push has three rows of buttons, folded and unfolded, and its tokens fit."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk.actions import Action, Signer, Verb
from bot.desk.desk import Desk
from bot.desk.facts import Facts, OwnedLine
from bot.desk.incoming import Incoming
from bot.desk.pushes import render_push
from bot.desk.replies import Button, Rearrange, Rows
from bot.desk.snapshot import Snapshot
from bot.reminders import DueLine, Planned, Push, PushKind, QuietHours, Recipient
from knowledge.loader import shipped_knowledge
from settlement.diagnosis import diagnose
from settlement.model import Order, Platform
from settlement.rulebook import shipped_rulebook

NOW = datetime(2026, 9, 15, 2, 0, tzinfo=UTC)
DAY = date(2026, 9, 15)
SECRET = b"secret"
USER = 7
HIGHEST_ROW = 10**12
KINDS = (
    PushKind.AHEAD,
    PushKind.PAYOUT,
    PushKind.ARRIVED,
    PushKind.UPDATE,
    PushKind.MISSED,
)


def order_of(place: int) -> Order:
    return Order(Platform.PINDUODUO, f"260915-{place:015}", item="保温杯")


def pushed(kind: PushKind, count: int) -> Rows:
    recipient = Recipient(
        USER, USER, "zh", ZoneInfo("Asia/Shanghai"), QuietHours(NOW.time(), NOW.time())
    )
    lines = tuple(
        DueLine(
            HIGHEST_ROW + place,
            order_of(place),
            diagnose(order_of(place), shipped_rulebook(), NOW),
        )
        for place in range(count)
    )
    planned = Planned(USER, kind, 0, DAY, 1, "pinduoduo", NOW, NOW)
    push = Push(recipient, kind, "pinduoduo", DAY, (planned,), lines)
    return render_push(push, NOW, secret=SECRET).buttons


@cache
def desk() -> Desk:
    no_questions: Any = None
    snapshot = Snapshot(shipped_knowledge(), no_questions, shipped_rulebook(), "test")
    return Desk(lambda: snapshot, SECRET)


def unfolded(token: str, facts: Facts) -> Rows:
    pressed = Incoming(1, USER, USER, message=5, button=token, button_query="q")
    replies = desk().answer(pressed, facts, NOW).replies
    return next((each.buttons for each in replies if isinstance(each, Rearrange)), ())


def own(count: int) -> Facts:
    rows = range(HIGHEST_ROW, HIGHEST_ROW + count)
    lines = tuple(OwnedLine(row, 1, order_of(row - HIGHEST_ROW), NOW) for row in rows)
    return Facts(creators=(1,), creator_names=("小王",), lines=lines)


def more_of(rows: Rows) -> Button:
    return next(each for row in rows for each in row if "更多" in each.label)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 9])
def test_three_rows_folded_and_unfolded_and_folded_again(kind: PushKind, count: int) -> None:
    folded = pushed(kind, count)
    token = more_of(folded).token
    assert token is not None
    opened = unfolded(token, own(min(count, 2)))
    closing = next(each.token for row in opened for each in row if "返回" in each.label)
    assert closing is not None
    assert unfolded(closing, own(min(count, 2))) == folded
    for rows in (folded, opened):
        assert 1 <= len(rows) <= 3
        assert all(1 <= len(row) <= 3 for row in rows)
    labels = [each.label for row in opened for each in row]
    assert any("全部停止" in label for label in labels)
    assert any("管理提醒" in label for label in labels)


def test_the_summary_of_the_week_needs_no_more() -> None:
    assert len(pushed(PushKind.DIGEST, 0)) == 2


@pytest.mark.parametrize(
    "subject", ["", "1", "1.p20260915.0.1.x", "x.p20260915.0.1.m", "1.z20260915.0.1.m"]
)
def test_a_button_of_another_release_does_not_unfold(subject: str) -> None:
    token = Signer(SECRET).token(USER, Action(Verb.PUSH_MORE, subject))
    assert unfolded(token, own(1)) == ()


def test_lines_that_are_not_ones_own_any_more_do_not_unfold() -> None:
    token = more_of(pushed(PushKind.PAYOUT, 1)).token
    assert token is not None
    assert unfolded(token, Facts(creators=(2,))) == ()
