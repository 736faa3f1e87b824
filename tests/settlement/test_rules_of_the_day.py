"""An order is judged by the rules of its own day; each rule says which day that is."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from settlement.contract import read_order
from settlement.diagnosis import Diagnosis, diagnose
from settlement.forecast import Certainty
from settlement.model import Order, Platform, RawStatus
from settlement.rulebook import overlay_rulebook, shipped_rulebook
from settlement.shanghai import SHANGHAI

NOW = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
SALE = {"order_number": "1", "paid_amount": "100.00", "commission_rate": "0.10", "refunds": []}


def judged(figure: str, values: str, **members: object) -> Diagnosis:
    order = read_order({**SALE, **members})
    assert isinstance(order, Order)
    own = {"own.yaml": f"{figure}: {{values: {{{values}}}}}"}
    return diagnose(order, overlay_rulebook(shipped_rulebook(), own), NOW)


@pytest.mark.parametrize(
    ("created_at", "fee"), [("2026-05-31T23:59:59", "1.00"), ("2026-06-01T00:00:00", "2.00")]
)
def test_the_fee_is_that_of_the_day_of_ordering(created_at: str, fee: str) -> None:
    diagnosis = judged(
        "douyin.creator_fee_rate", '2026-06-01: "0.20"', platform="douyin", created_at=created_at
    )
    assert diagnosis.amounts.platform_fee == Decimal(fee)


@pytest.mark.parametrize(
    ("received_at", "day", "certainty"),
    [
        ("2026-07-31T23:59:59", date(2026, 9, 15), Certainty.OFFICIAL),
        ("2026-07-31T16:00:00Z", date(2026, 10, 19), Certainty.OPERATOR),
    ],
)
def test_the_payout_day_is_that_of_the_day_of_success(
    received_at: str, day: date, certainty: Certainty
) -> None:
    diagnosis = judged(
        "1688.payout_day", '2026-08-01: "18"', platform="1688", received_at=received_at
    )
    assert diagnosis.dates.payout is not None
    assert diagnosis.dates.payout.day == day
    assert diagnosis.dates.payout.certainty is certainty


@pytest.mark.parametrize(
    ("received_at", "known"), [("2009-12-31T23:59:59", False), ("2010-01-01T00:00:00", True)]
)
def test_nothing_is_said_of_days_before_the_first_of_a_rule(received_at: str, known: bool) -> None:
    order = read_order({**SALE, "platform": "1688", "received_at": received_at})
    assert isinstance(order, Order)
    text = '1688.payout_day: {effective: 2010-01-01, values: {2010-01-01: "18"}}'
    rulebook = overlay_rulebook(shipped_rulebook(), {"own.yaml": text})
    payout = diagnose(order, rulebook, datetime(2010, 1, 5, tzinfo=SHANGHAI)).dates.payout
    assert (payout is not None) is known


@pytest.mark.parametrize(
    ("settled_at", "day"),
    [
        ("2026-02-28T10:00:00", None),
        ("2026-03-01T10:00:00", date(2026, 4, 20)),
        ("2026-06-01T10:00:00", date(2026, 7, 25)),
    ],
)
def test_the_operators_day_is_that_of_the_day_of_settlement(
    settled_at: str, day: date | None
) -> None:
    values = '2026-03-01: "20", 2026-06-01: "25"'
    diagnosis = judged("taobao.payout_day", values, platform="taobao", settled_at=settled_at)
    payout = diagnosis.dates.payout
    assert (payout and payout.day) == day


@pytest.mark.parametrize(("requested_at", "kept"), [("2026-05-31", True), ("2026-06-01", False)])
def test_the_protection_is_that_of_the_day_of_the_request(requested_at: str, kept: bool) -> None:
    refund = {
        "stage": "after_sale",
        "cause": "personal",
        "amount": "10.00",
        "requested_at": requested_at,
        "succeeded_at": "2026-06-05",
    }
    diagnosis = judged(
        "taobao.protection_days",
        '2026-01-01: "0", 2026-06-01: "30"',
        platform="taobao",
        channel="kol",
        received_at="2026-05-20T10:00:00",
        refunds=[refund],
    )
    assert ("refund_verdict_kept" in diagnosis.reasons) is kept
    assert ("protection_within" in diagnosis.reasons) is not kept


def test_grace_is_that_of_today() -> None:
    overdue = {
        "platform": "taobao",
        "platform_settles_on": "2026-11-10",
        "received_at": "2026-11-01",
    }
    assert judged("general.overdue_grace_days", '2026-11-20: "9"', **overdue).state == "overdue"
    assert (
        judged("general.overdue_grace_days", '2026-11-20: "10"', **overdue).state == "wait_cycle"
    )


@pytest.mark.parametrize(
    ("received_at", "state"),
    [
        (datetime(2026, 10, 31, 15, 59, tzinfo=UTC), "overdue"),
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), "wait_cycle"),
    ],
)
def test_days_are_counted_in_shanghai_whatever_the_offset(
    received_at: datetime, state: str
) -> None:
    """16:00 UTC is midnight in Shanghai."""
    order = Order(Platform.JD, "1", received_at=received_at, raw_status=RawStatus(code="17"))
    own = {"own.yaml": 'general.overdue_after_days: {values: {2026-01-01: "19"}}'}
    assert diagnose(order, overlay_rulebook(shipped_rulebook(), own), NOW).state == state
