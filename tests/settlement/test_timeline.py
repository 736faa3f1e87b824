"""The timeline: what happened, then what is to come; nothing that nobody vouches for."""

from datetime import datetime

import pytest

from settlement.contract import read_order
from settlement.diagnosis import diagnose
from settlement.model import Order
from settlement.rulebook import overlay_rulebook, shipped_rulebook
from settlement.shanghai import SHANGHAI
from settlement.timeline import EVENTS

SOLD = {"created_at": "2026-07-01T10:00:00", "received_at": "2026-07-10T10:00:00"}


def events(on: str, platform: str = "1688", **members: object) -> list[str]:
    """Each moment as event and day, an expected one with a question mark."""
    order = read_order({"platform": platform, "order_number": "1", **SOLD, **members})
    assert isinstance(order, Order)
    own = {"general.yaml": 'agency_payout_day: {values: {2026-01-01: "20"}}'}
    rulebook = overlay_rulebook(shipped_rulebook(), own)
    now = datetime.fromisoformat(f"{on}T12:00:00").replace(tzinfo=SHANGHAI)
    moments = diagnose(order, rulebook, now).timeline
    assert {moment.event for moment in moments} <= set(EVENTS)
    return [
        f"{moment.event} {moment.at:%m-%d}{'?' if moment.expected else ''}" for moment in moments
    ]


BEGINNING = ["created 07-01", "received 07-10"]


@pytest.mark.parametrize(
    ("on", "members", "expected"),
    [
        ("2026-07-10", {}, ["visible 07-11?", "withdrawable 09-15?", "agency_payout 09-20?"]),
        ("2026-09-14", {}, ["visible 07-11", "withdrawable 09-15?", "agency_payout 09-20?"]),
        ("2026-09-15", {}, ["visible 07-11", "withdrawable 09-15", "agency_payout 09-20?"]),
        ("2026-09-20", {}, ["visible 07-11", "withdrawable 09-15"]),
        (
            "2026-09-18",
            {"withdrawn_at": "2026-09-16T10:00:00"},
            ["visible 07-11", "withdrawable 09-15", "withdrawn 09-16", "agency_payout 09-20?"],
        ),
        (
            "2026-09-14",
            {"backend": "old"},
            ["visible 07-11", "payout 09-15?", "agency_payout 09-20?"],
        ),
        ("2026-10-14", {"backend": "old"}, ["visible 07-11"]),
        (
            "2026-10-14",
            {"backend": "old", "paid_out_at": "2026-09-15T10:00:00"},
            ["visible 07-11", "paid_out 09-15"],
        ),
        (
            "2026-07-20",
            {"platform": "jd", "platform_settles_on": "2026-07-15"},
            ["settles 07-15"],
        ),
        ("2026-07-20", {"platform": "taobao", "platform_settles_on": "2026-07-15"}, []),
        (
            "2026-07-20",
            {"platform": "taobao", "settled_at": "2026-07-15T10:00:00"},
            ["settled 07-15"],
        ),
        (
            "2026-07-20",
            {"platform": "jd", "closed_at": "2026-07-15T10:00:00"},
            ["closed 07-15"],
        ),
        (
            "2026-07-20",
            {"platform": "taobao", "platform_settles_on": "2026-07-25"},
            ["settles 07-25?", "agency_payout 08-20?"],
        ),
        (
            "2026-08-01",
            {
                "platform": "douyin",
                "settlements": [
                    {"commission": "2.00", "settled_at": "2026-07-20"},
                    {"commission": "2.00", "settled_at": "2026-08-20"},
                    {"commission": "2.00"},
                ],
                "balance_changes": [
                    {"on": "2026-07-22", "amount": "-1.00"},
                    {"on": "2026-08-22", "amount": "-1.00"},
                    {"amount": "-1.00"},
                ],
                "refunds": [
                    {"requested_at": "2026-07-21", "succeeded_at": "2026-07-23"},
                    {"requested_at": "2026-08-21"},
                    {"succeeded_at": "2026-08-21"},
                    {},
                ],
            },
            ["settled 07-20", "refund_requested 07-21", "balance_changed 07-22", "refunded 07-23"],
        ),
    ],
)
def test_what_happened_comes_first_and_what_is_expected_last(
    on: str, members: dict[str, object], expected: list[str]
) -> None:
    assert events(on, **members) == [*BEGINNING, *expected]  # type: ignore[arg-type]


def test_an_unshipped_order_of_douyin_names_the_day_it_closes() -> None:
    unshipped = {"platform": "douyin", "received_at": None, "shipped": False}
    assert events("2026-08-01", **unshipped)[-1] == "closes 11-28?"  # type: ignore[arg-type]
    assert events("2026-12-01", **unshipped)[-1] == "closes 11-28"  # type: ignore[arg-type]


def test_what_is_expected_stands_in_the_order_of_its_days() -> None:
    unshipped = {"platform": "douyin", "received_at": None, "shipped": False}
    named_later = events("2026-08-01", platform_settles_on="2026-12-05", **unshipped)  # type: ignore[arg-type]
    assert named_later[1:] == ["closes 11-28?", "settles 12-05?", "agency_payout 12-20?"]
    named_earlier = events("2026-08-01", platform_settles_on="2026-09-05", **unshipped)  # type: ignore[arg-type]
    assert named_earlier[1:] == ["settles 09-05?", "agency_payout 09-20?", "closes 11-28?"]


def test_a_change_of_the_balance_happens_on_its_day() -> None:
    change = [{"on": "2026-07-20", "amount": "-1.00"}]
    before, after = (
        events(on, platform="jd", balance_changes=change) for on in ("2026-07-19", "2026-07-20")
    )
    assert before == BEGINNING
    assert after == [*BEGINNING, "balance_changed 07-20"]


def test_a_refund_is_asked_for_and_then_paid() -> None:
    refund = {"requested_at": "2026-07-12T10:00:00", "succeeded_at": "2026-07-14T10:00:00"}
    refunds = [{"amount": "1.00", **refund}]
    assert events("2026-07-15", platform="jd", refunds=refunds) == [
        *BEGINNING,
        "refund_requested 07-12",
        "refunded 07-14",
    ]
