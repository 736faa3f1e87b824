"""Calculators: what they refuse, and the inputs that cases in YAML do not reach."""

from typing import Any

import pytest

from settlement.calculators import CalculationError, calculate, calculators
from settlement.rulebook import RuleUnknownError, overlay_rulebook, shipped_rulebook

RULES = shipped_rulebook()
TIMEOUT = {"deadline": "2026-03-01T12:00:00", "now": "2026-03-10T00:00:00"}


def result(name: str, **given: object) -> dict[str, Any]:
    found = calculate(name, given, RULES)
    assert isinstance(found, dict), found
    return found


def test_there_are_twelve() -> None:
    assert sorted(calculators()) == [
        *("buyer-kind", "creator-fee", "customer-service", "false-advertising"),
        *("false-shipment", "joining-1688", "live-gift", "merchant-fee", "payout-date"),
        *("refund-verdict", "selling-permission", "shipping-timeout"),
    ]


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("payout", {}, "没有叫 payout 的计算器；是不是 payout-date？"),
        ("zzz", {}, "没有叫 zzz 的计算器；可以写 payout-date、"),
        ("payout-date", {}, "succeeded_at：缺少这一项"),
        ("payout-date", {"succeeded_at": None}, "succeeded_at：缺少这一项"),
        (
            "payout-date",
            {"succeeded": 1},
            "succeeded：payout-date 没有这一项；可以写 succeeded_at",
        ),
        ("payout-date", {"succeeded_at": "soon"}, "succeeded_at：“soon”不是 2000 到 2099"),
        ("creator-fee", {"amount": 199.0, "rate": "0.20"}, "amount：199.0 不是金额"),
        ("false-advertising", {"severity": "minor"}, "first_time：缺少这一项"),
        ("false-advertising", {"severity": "mild"}, "可以写 minor、ordinary、severe"),
        ("customer-service", {}, "请写 unanswered_calls，或者 message_at"),
        (
            "customer-service",
            {"unanswered_calls": 1, "message_at": "2026-03-01T08:00:00"},
            "请写 unanswered_calls，或者 message_at",
        ),
        ("live-gift", {"coins": "1.5"}, "coins：“1.5”不是整数"),
        ("selling-permission", {"real_name": True, "videos": -1}, "videos：-1 不是数量"),
    ],
)
def test_a_wrong_member_is_named_with_a_remedy(
    name: str, given: dict[str, object], words: str
) -> None:
    error = calculate(name, given, RULES)
    assert isinstance(error, CalculationError)
    assert words in str(error)


def test_a_figure_the_operator_removed_is_not_made_up() -> None:
    own = {"1688.yaml": "payout_day: {values: {2026-01-01: null}}"}
    rulebook = overlay_rulebook(RULES, own)
    with pytest.raises(RuleUnknownError, match="enter it in the operator's rules"):
        calculate("payout-date", {"succeeded_at": "2026-07-01"}, rulebook)


def test_a_day_the_operator_entered_is_his() -> None:
    own = {"1688.yaml": 'payout_day: {values: {2026-01-01: "18"}}'}
    found = calculate("payout-date", {"succeeded_at": "2026-07-01"}, overlay_rulebook(RULES, own))
    assert found == {"nominal": "2026-09-18", "date": "2026-09-18", "certainty": "operator"}


def test_a_message_never_answered_is_late() -> None:
    assert result("customer-service", message_at="2026-03-01T08:00:00")["late"] is True


def test_judgements_end_with_now_and_are_instants() -> None:
    found = result("shipping-timeout", **{**TIMEOUT, "now": "2026-03-02T12:00:00"})
    assert found["judgements"] == ["2026-03-01T12:00:00+08:00", "2026-03-02T12:00:00+08:00"]
    assert found["deductions"][1] == {"on": "2026-03-03", "amount": "10.00"}
    assert found["shop_day_total"] == "10.00"


def test_a_late_evening_judgement_is_deducted_the_next_day_in_shanghai() -> None:
    found = result("shipping-timeout", **{**TIMEOUT, "deadline": "2026-03-01T16:00:00Z"})
    assert found["deductions"][0]["on"] == "2026-03-03"


def test_severe_false_advertising_needs_no_first_time() -> None:
    assert result("false-advertising", severity="severe") == {"deduction": "2000.00"}


def test_coins_may_be_a_number() -> None:
    given = {"started_at": "2026-03-01T20:00:00", "now": "2026-03-01T21:00:00"}
    assert result("live-gift", coins=3, **given)["gross"] == "0.30"


def test_an_unknown_channel_gives_what_both_share() -> None:
    shared = result("refund-verdict", stage="shipped", cause="merchant")
    assert shared == {"verdict": "reversed", "service_fee": "may_be_waived"}
    assert result("refund-verdict", stage="shipped")["verdict"] == "depends"
    assert result("refund-verdict") == {"verdict": "depends", "service_fee": "unknown"}
    assert result("refund-verdict", stage="after_sale")["service_fee"] == "already_charged"
    assert result("refund-verdict", stage="shipped", cause="unknown")["service_fee"] == "unknown"
