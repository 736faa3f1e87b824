"""One order replayed day by day: what was not yet known never shows."""

from datetime import datetime, timedelta
from itertools import groupby

import pytest

from settlement.contract import read_order
from settlement.diagnosis import diagnose
from settlement.model import Order
from settlement.rulebook import shipped_rulebook
from settlement.shanghai import SHANGHAI

LIFE = {
    "created_at": "2026-07-01T10:00:00",
    "paid_at": "2026-07-02T10:00:00",
    "shipped_at": "2026-07-03T10:00:00",
    "received_at": "2026-07-10T10:00:00",
    "paid_amount": "100.00",
    "commission_rate": "0.10",
    "refunds": [],
}


def states(platform: str, **members: object) -> list[str]:
    """The states from the day before the order for 130 days, repetitions left out."""
    order = read_order({"platform": platform, "order_number": "1", **LIFE, **members})
    assert isinstance(order, Order)
    start = datetime(2026, 6, 30, 12, tzinfo=SHANGHAI)
    daily = (
        diagnose(order, shipped_rulebook(), start + timedelta(days=day)).state.value
        for day in range(130)
    )
    return [state for state, _ in groupby(daily)]


BEGINNING = ["unknown_status", "not_paid", "wait_ship", "wait_complete"]


@pytest.mark.parametrize(
    ("platform", "members", "expected"),
    [
        ("1688", {}, ["not_yet_visible", "wait_cycle", "withdrawable"]),
        (
            "1688",
            {"withdrawn_at": "2026-09-20T10:00:00"},
            ["not_yet_visible", "wait_cycle", "withdrawable", "paid"],
        ),
        (
            "1688",
            {"backend": "old"},
            ["not_yet_visible", "wait_cycle", "wait_payout", "overdue"],
        ),
        (
            "1688",
            {"backend": "old", "payout_accounts": []},
            ["not_yet_visible", "wait_cycle", "no_account"],
        ),
        (
            "1688",
            {"payout_accounts": [{"account": "a", "bound_at": "2026-09-20T10:00:00"}]},
            ["not_yet_visible", "wait_cycle", "no_account", "withdrawable"],
        ),
        (
            "1688",
            {"raw_status": {"code": "50", "settle": "1"}, "data_as_of": "2026-08-01"},
            ["not_yet_visible", "wait_cycle", "wait_payout", "withdrawable"],
        ),
        ("jd", {"platform_settles_on": "2026-08-20"}, ["wait_payout", "withdrawable"]),
        ("jd", {}, ["wait_cycle"]),
        ("douyin", {"settled_at": "2026-07-25T10:00:00"}, ["wait_cycle", "withdrawable"]),
        ("taobao", {"settled_at": "2026-07-25T10:00:00"}, ["wait_cycle", "wait_payout"]),
        ("taobao", {"platform_settles_on": "2026-08-01"}, ["wait_cycle", "overdue"]),
        (
            "kuaishou",
            {"refunds": [{"requested_at": "2026-07-20", "succeeded_at": "2026-07-25"}]},
            ["wait_cycle", "in_after_sale", "refund_undecided"],
        ),
        (
            "pinduoduo",
            {
                "refunds": [
                    {
                        "amount": "100.00",
                        "requested_at": "2026-07-20",
                        "succeeded_at": "2026-07-25",
                    }
                ]
            },
            ["wait_cycle", "in_after_sale", "reversed"],
        ),
        ("jd", {"closed_at": "2026-07-20T10:00:00"}, ["wait_cycle", "invalid"]),
        (
            "douyin",
            {
                "paid_out_at": "2026-08-01T10:00:00",
                "raw_status": {"code": "REFUND"},
                "data_as_of": "2026-08-10",
            },
            ["wait_cycle", "paid", "clawed_back"],
        ),
    ],
)
def test_an_order_goes_its_way(
    platform: str, members: dict[str, object], expected: list[str]
) -> None:
    assert states(platform, **members) == [*BEGINNING, *expected]
