"""The contract: what is read, what is refused and with which words, what is written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from settlement.contract import (
    OrderError,
    diagnosis_json,
    order_json,
    read_order,
    unknown_members,
)
from settlement.diagnosis import diagnose
from settlement.model import (
    BalanceChange,
    Click,
    Order,
    OrderKey,
    Platform,
    PriorOrder,
    RawStatus,
    Refund,
    RefundStage,
)
from settlement.order_members import NESTED
from settlement.rulebook import overlay_rulebook, shipped_rulebook
from settlement.shanghai import SHANGHAI

NOW = datetime(2026, 8, 20, 12, tzinfo=SHANGHAI)
BARE: dict[str, object] = {"platform": "jd", "order_number": "310000000001"}
FULL: dict[str, object] = {
    "platform": "1688",
    "order_number": "202607010001",
    "sub_order_number": "202607010002",
    "line_id": "202607010003",
    "parent_number": "202607010000",
    "raw_status": {
        "code": "50",
        "settle": "",
        "rights": "",
        "text": "",
        "reason": "超时未结算原因…",
        "frozen_ratio": "20%",
        "punished": False,
        "refund_tag": None,
    },
    "shop": "某店",
    "item": "手机壳",
    "item_id": "7",
    "quantity": 1,
    "return_count": 0,
    "frozen_count": 0,
    "shop_type": "third_party",
    "channel": "kol",
    "settlement_mode": "cps",
    "via_alliance": True,
    "created_at": "2026-07-01T10:00:00+08:00",
    "paid_at": "2026-07-01 10:01",
    "payment_failed": False,
    "shipped": True,
    "shipped_at": "2026-07-02",
    "ship_by": "2026-07-03T10:00:00Z",
    "waybill_valid": True,
    "received_at": "2026-07-31T16:00:00Z",
    "platform_settles_on": "2026-09-20",
    "shown_in_backend": None,
    "data_as_of": "2026-08-19T10:00:00.123456+08:00",
    "gross_amount": "1000.00",
    "discounts": "300",
    "freight": "0.0",
    "paid_amount": "700.00",
    "commission_rate": "0.05",
    "new_buyer_rate": "0.1",
    "prior_orders": [{"succeeded_at": "2026-01-01T00:00:00", "refund_stage": "after_sale"}],
    "settlements": [],
    "balance_changes": [{"on": "2026-10-20", "amount": "-2.00"}],
    "refunds": [
        {
            "kind": "refund",
            "stage": "unshipped",
            "cause": "merchant",
            "amount": "50.00",
            "requested_at": "2026-07-02T10:00:00",
            "succeeded_at": None,
        }
    ],
    "protection_days": 0,
    "promoter": "me",
    "clicks": [{"promoter": "me", "at": "2026-06-30T10:00:00", "item_id": "7"}],
    "order_audit": "passed",
    "backend": "new",
    "payout_accounts": [{"account": "a", "bound_at": "2026-01-01T00:00:00"}],
}


def order(**members: object) -> Order:
    read = read_order({**BARE, **members})
    assert isinstance(read, Order), read
    return read


def error(**members: Any) -> OrderError:
    read = read_order({**BARE, **members})
    assert isinstance(read, OrderError), read
    return read


def test_every_fact_is_read_as_what_it_is() -> None:
    read = read_order(FULL)
    assert isinstance(read, Order)
    assert read.platform is Platform.ALIBABA_1688
    assert read.raw_status == RawStatus("50", "", "", "", "超时未结算原因…", "20%", False)
    assert read.paid_at == datetime(2026, 7, 1, 10, 1, tzinfo=SHANGHAI)
    assert read.shipped_at == datetime(2026, 7, 2, tzinfo=SHANGHAI)
    assert read.ship_by == datetime(2026, 7, 3, 10, tzinfo=UTC)
    assert read.received_at is not None
    assert read.received_at.date() == date(2026, 8, 1)
    assert read.platform_settles_on == date(2026, 9, 20)
    assert read.discounts == Decimal("300")
    assert read.settlements == ()
    assert read.settled_base is None
    assert read.balance_changes == (BalanceChange(date(2026, 10, 20), Decimal("-2.00")),)
    assert read.prior_orders is not None
    assert read.prior_orders[0].refund_stage is RefundStage.AFTER_SALE
    assert read.clicks == (Click("me", datetime(2026, 6, 30, 10, tzinfo=SHANGHAI), "7"),)


def test_an_order_survives_being_written_and_read() -> None:
    read = read_order(FULL)
    assert isinstance(read, Order)
    assert read_order(order_json(read)) == read


def test_each_fact_of_the_model_is_read_and_written() -> None:
    instant, amount = "2026-08-01T10:00:00+08:00", "1.00"
    read = read_order(
        {
            **FULL,
            "raw_status": {**FULL["raw_status"], "refund_tag": "1"},  # type: ignore[dict-item]
            **dict.fromkeys(("closed_at", "settled_at", "paid_out_at", "withdrawn_at"), instant),
            **dict.fromkeys(("base_amount", "settled_base", "estimated_commission"), amount),
            **dict.fromkeys(("settled_commission", "technical_fee", "special_fee"), amount),
            **dict.fromkeys(("agency_share", "tax_withheld", "minimum_payout"), amount),
            **dict.fromkeys(("creator_fee_taken", "union_bound", "via_own_link"), True),
            "shown_in_backend": False,
            "old_buyer_rate": "0.01",
            "buyer_first_success_at": instant,
            "commission_audit": "pending",
            "settlements": [{"phase": 1, "commission": amount, "settled_at": instant}],
            "payout_accounts": [{"account": "a", "bound_at": instant, "unbound_at": instant}],
            "refunds": [
                {
                    **dict.fromkeys(("requested_at", "succeeded_at", "closed_at"), instant),
                    **{"kind": "refund", "stage": "shipped", "cause": "merchant"},
                    "amount": amount,
                }
            ],
        }
    )
    assert isinstance(read, Order)
    assert all(getattr(read, name) is not None for name in Order.__slots__)
    assert read_order(order_json(read)) == read
    for name in NESTED:
        value = getattr(read, name)
        one = value[0] if isinstance(value, tuple) else value
        assert all(getattr(one, member) is not None for member in type(one).__slots__), name


def test_only_known_facts_are_written() -> None:
    assert order_json(order()) == BARE
    assert order_json(order(refunds=[], shop=None)) == {**BARE, "refunds": []}


def test_amounts_are_written_without_exponents() -> None:
    large = Order(Platform.JD, "1", paid_amount=Decimal("1E+3"))
    assert order_json(large)["paid_amount"] == "1000"


def test_a_line_is_known_by_its_own_number() -> None:
    assert order().key == OrderKey(Platform.JD, "310000000001")
    assert order(sub_order_number="2").key.number == "2"
    assert order(sub_order_number="2", line_id="3").key.number == "3"


def test_codes_that_platforms_write_as_numbers_are_text() -> None:
    assert order(raw_status={"code": -1, "refund_tag": 1}).raw_status == RawStatus(
        code="-1", refund_tag="1"
    )


def test_one_refund_cannot_exceed_what_was_paid_with_freight() -> None:
    def refunds(*amounts: str, **members: object) -> dict[str, object]:
        done = {"succeeded_at": "2026-07-02", **members}
        return {"paid_amount": "100.00", "refunds": [{"amount": each, **done} for each in amounts]}

    assert error(**refunds("100.01")).field == "refunds[0].amount"
    assert order(**refunds("100.00")).refunds
    assert order(**refunds("105.00"), freight="5.00").refunds
    assert error(**refunds("105.01"), freight="5.00").message == (
        "退款 105.01 超过实付加运费 105.00；请核对这两个金额"
    )
    assert error(**refunds("60.00", "60.00")) == OrderError(
        "refunds[1].amount", "退款 120.00 超过实付加运费 100.00；请核对这两个金额"
    )
    assert order(**refunds("60.00", "60.00", succeeded_at=None)).refunds
    assert order(refunds=[{"amount": "100.01"}, {}]).refunds
    assert order(paid_amount="100.00", refunds=[{}]).refunds == (Refund(),)


def test_unknown_members_are_named_and_ignored() -> None:
    raw: dict[str, object] = {
        **BARE,
        "colour": 1,
        "raw_status": {"code": "16", "mood": 1},
        "refunds": [{"sum": 1}, {"amount": "1.00"}, 3],
        "clicks": None,
        "prior_orders": "x",
    }
    assert list(unknown_members(raw)) == ["colour", "raw_status.mood", "refunds[].sum"]
    assert isinstance(read_order({**BARE, "colour": 1}), Order)


def test_unknown_members_are_named_in_every_list() -> None:
    names = ["prior_orders", "settlements", "balance_changes", "refunds", "clicks"]
    for name in [*names, "payout_accounts"]:
        assert list(unknown_members({**BARE, name: [{}, {"mood": 1}]})) == [f"{name}[].mood"]


def test_a_diagnosis_has_exactly_the_members_of_the_contract() -> None:
    written = diagnosis_json(diagnose(order(), shipped_rulebook(), NOW))
    assert list(written) == [
        *("platform", "order_number", "sub_order_number", "line_id", "parent_number"),
        *("state", "reasons", "buyer", "buyer_boundary", "amounts", "dates"),
        *("payout_account", "service_fee_verdict", "next_steps", "evidence", "timeline"),
        *("sources", "rules_revision"),
    ]
    assert written["state"] == "unknown_status"
    assert written["amounts"] == {
        "lines": [],
        "commission": None,
        "returned": None,
        "platform_fee": None,
        "net": None,
        "net_range": None,
    }
    assert written["dates"] == dict.fromkeys(("visible", "settles", "payout", "closes"))


def test_what_a_date_waits_for_is_said_in_the_language_asked_for() -> None:
    read = order(platform="1688", received_at="2026-07-31T10:00:00")
    diagnosis = diagnose(read, shipped_rulebook(), NOW)

    def sentence(language: str) -> str:
        dates: Any = diagnosis_json(diagnosis, language)["dates"]
        return str(dates["payout"]["waits_for"])

    assert "遇非工作日顺延" in sentence("zh")
    assert sentence("zh-hant") == sentence("zh")
    assert "next working day" in sentence("en")


def test_the_agencys_day_appears_only_where_the_operator_set_one() -> None:
    own = {"general.yaml": 'agency_payout_day: {values: {2026-01-01: "20"}}'}
    rulebook = overlay_rulebook(shipped_rulebook(), own)
    waiting = diagnosis_json(diagnose(order(raw_status={"code": "17"}), rulebook, NOW))
    paid = order(platform="1688", received_at="2026-07-31T10:00:00")
    dates: Any = diagnosis_json(diagnose(paid, rulebook, NOW))["dates"]
    assert waiting["dates"] == {**dict.fromkeys(dates), "agency_payout": None}
    assert dates["agency_payout"] == {
        "date": "2026-09-20",
        "nominal": "2026-09-20",
        "certainty": "operator",
        "waits_for": "平台发放之后，等机构在每月 20 日发给你",
    }


def test_an_estimate_stands_beside_a_settled_figure_only() -> None:
    estimated = order(raw_status={"code": "17"}, estimated_commission="9.00")
    amounts: Any = diagnosis_json(diagnose(estimated, shipped_rulebook(), NOW))["amounts"]
    assert "estimated_commission" not in amounts
    settled = order(
        raw_status={"code": "17"}, estimated_commission="9.00", settled_commission="8.00"
    )
    amounts = diagnosis_json(diagnose(settled, shipped_rulebook(), NOW))["amounts"]
    assert amounts["estimated_commission"] == "9.00"
    assert amounts["net"] == "8.00"
    assert amounts["returned"] == "1.00"


def test_prior_orders_may_be_empty_or_unknown() -> None:
    assert order(prior_orders=[]).prior_orders == ()
    assert order(prior_orders=[{}]).prior_orders == (PriorOrder(),)
    assert order(prior_orders=None).prior_orders is None
