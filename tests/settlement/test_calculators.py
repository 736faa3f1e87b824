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


FACTS = {
    "payout-date": "S1688-15 S1688-16",
    "buyer-kind": "S1688-05 S1688-06",
    "joining-1688": "S1688-03",
    "refund-verdict": (
        "STM-01 STM-05 STM-06 STM-07 STM-08 STM-09 STM-12 STM-13 STM-16 STM-17 STM-18 STM-19"
    ),
    "shipping-timeout": (
        "SDY2-02 SDY2-03 SDY2-04 SDY2-05 SDY2-06 SDY2-07 SDY2-08 SDY2-09 SDY2-10 SDY2-11 SDY2-12"
    ),
    "false-shipment": "SDY3-03 SDY3-04 SDY3-06 SDY3-07",
    "false-advertising": "SDY3-01 SDY3-02",
    "customer-service": "SDY3-09 SDY3-10",
    "live-gift": "SDY2-13 SDY2-15 SDY2-16",
    "creator-fee": "SDY3-11 SDY3-16",
    "merchant-fee": "SDY3-12 SDY3-13 SDY3-14",
    "selling-permission": "SDY2-17 SDY2-18",
}


def test_each_calculator_rests_on_its_facts() -> None:
    assert {each.name: " ".join(each.facts) for each in calculators().values()} == FACTS


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("payout", {}, "没有叫 payout 的计算器；是不是 payout-date？"),
        (
            "zzz",
            {},
            "没有叫 zzz 的计算器；可以写 payout-date、buyer-kind、joining-1688、refund-verdict、"
            "shipping-timeout、false-shipment、false-advertising、customer-service、live-gift、"
            "creator-fee、merchant-fee、selling-permission",
        ),
        ("payout-date", {}, "succeeded_at：缺少这一项；payout-date 需要它"),
        ("payout-date", {"succeeded_at": None}, "succeeded_at：缺少这一项；payout-date 需要它"),
        (
            "payout-date",
            {"succeeded": 1},
            "succeeded：payout-date 没有这一项；可以写 succeeded_at",
        ),
        (
            "payout-date",
            {"succeeded_at": "soon"},
            'succeeded_at：“soon”不是 2000 到 2099 年的时间；请写成 "2026-07-31T10:00:00+08:00"',
        ),
        (
            "creator-fee",
            {"amount": 199.0, "rate": "0.20"},
            'amount：199.0 不是金额；请写成文本 "12.30"',
        ),
        (
            "false-advertising",
            {"severity": "minor"},
            "first_time：缺少这一项；轻微违规要看是不是第一次",
        ),
        (
            "false-advertising",
            {"severity": "mild"},
            "severity：“mild”不认识；可以写 minor、ordinary、severe",
        ),
        ("customer-service", {}, "请写 unanswered_calls，或者 message_at 和 replied_at"),
        (
            "customer-service",
            {"unanswered_calls": 1, "message_at": "2026-03-01T08:00:00"},
            "请写 unanswered_calls，或者 message_at 和 replied_at",
        ),
        (
            "creator-fee",
            {"amount": "199.00", "ratio": "0.20"},
            "ratio：creator-fee 没有这一项；可以写 amount、rate",
        ),
        (
            "live-gift",
            {"coins": "0000000000001"},
            "coins：“0000000000001”不是整数；请写成 2 这样，不加引号",
        ),
        ("live-gift", {"coins": "1.5"}, "coins：“1.5”不是整数；请写成 2 这样，不加引号"),
        (
            "selling-permission",
            {"real_name": True, "videos": -1},
            "videos：-1 不是数量；请写 0 到 1000000000",
        ),
    ],
)
def test_a_wrong_member_is_named_with_a_remedy(
    name: str, given: dict[str, object], message: str
) -> None:
    error = calculate(name, given, RULES)
    assert isinstance(error, CalculationError)
    assert str(error) == message


def test_a_list_is_refused_with_what_can_be_written() -> None:
    error = calculate("creator-fee", ["199.00"], RULES)  # type: ignore[arg-type]
    assert str(error) == "creator-fee 要一个 JSON 对象 {…}；可以写 amount、rate"


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
    assert result("live-gift", coins="000000000003", **given)["gross"] == "0.30"


def test_an_unknown_channel_gives_what_both_share() -> None:
    shared = result("refund-verdict", stage="shipped", cause="merchant")
    assert shared == {"verdict": "reversed", "service_fee": "may_be_waived"}
    assert result("refund-verdict", stage="shipped")["verdict"] == "depends"
    assert result("refund-verdict") == {"verdict": "depends", "service_fee": "unknown"}
    assert result("refund-verdict", stage="after_sale")["service_fee"] == "already_charged"
    assert result("refund-verdict", stage="shipped", cause="unknown")["service_fee"] == "unknown"
