"""Many lines at once, what changes between diagnoses, what if, and which fact is used where."""

from datetime import date, datetime
from decimal import Decimal

from settlement.comparison import Change, compare_rulebooks
from settlement.contract import read_order
from settlement.diagnosis import Diagnosis, State, diagnose
from settlement.fact_index import Use, fact_index, next_steps, own_reasons, reasons
from settlement.model import Order, Platform
from settlement.platforms import room_of
from settlement.rulebook import Rulebook, overlay_rulebook, shipped_rulebook
from settlement.shanghai import SHANGHAI
from settlement.states import Reason
from settlement.summary import Summary
from settlement.what_if import what_if

NOW = datetime(2026, 8, 20, 12, tzinfo=SHANGHAI)
RULES = shipped_rulebook()


def order(**members: object) -> Order:
    given = {"platform": "1688", "order_number": "1", "refunds": [], **members}
    read = read_order(given)
    assert isinstance(read, Order), read
    return read


def judged(**members: object) -> Diagnosis:
    return diagnose(order(**members), RULES, NOW)


SALE = {"paid_amount": "100.00", "commission_rate": "0.10"}
WAITING = judged(order_number="1", line_id="1a", received_at="2026-07-31T10:00:00", **SALE)
LATER = judged(order_number="1", line_id="1b", received_at="2026-08-01T10:00:00", **SALE)
CLOSED = judged(order_number="1", line_id="1c", closed_at="2026-08-01T10:00:00", **SALE)
UNKNOWN = judged(order_number="2", raw_status={"code": "99"})
PARENT = judged(platform="jd", order_number="3", raw_status={"code": "2"}, **SALE)


def test_a_summary_counts_lines_and_money_by_state_and_reason() -> None:
    summary = Summary()
    for diagnosis in (WAITING, LATER, CLOSED, UNKNOWN, PARENT):
        summary.add(diagnosis)
    assert summary.as_json() == {
        "lines": 5,
        "commission": "30.00",
        "net": "20.00",
        "net_unknown": 2,
        "states": {
            "wait_cycle": money(2, "20.00", "20.00"),
            "invalid": money(1, "10.00", "0.00"),
            "split": money(1, "0.00", "0.00", 1),
            "unknown_status": money(1, "0.00", "0.00", 1),
        },
        "reasons": {"jd_2": money(1, "0.00", "0.00", 1)},
    }
    assert list(summary.as_json()["states"]) == [  # type: ignore[call-overload]
        *("wait_cycle", "invalid", "split", "unknown_status")
    ]


def money(lines: int, commission: str, net: str, unknown: int = 0) -> dict[str, object]:
    return {"lines": lines, "commission": commission, "net": net, "net_unknown": unknown}


def own(**figures: str) -> Rulebook:
    text = "".join(
        f'1688.{name}: {{values: {{2026-01-01: "{figure}"}}}}\n'
        for name, figure in figures.items()
    )
    return overlay_rulebook(RULES, {"own.yaml": text})


def test_other_rules_change_what_they_decide_and_nothing_else() -> None:
    found = compare_rulebooks(WAITING.order, RULES, own(payout_day="18"), NOW)
    by_path = {change.path: change for change in found}
    assert set(by_path) == {
        "dates.payout.certainty",
        "dates.payout.date",
        "dates.payout.nominal",
        "dates.payout.waits_for",
        "timeline",
    }
    assert by_path["dates.payout.date"] == Change("dates.payout.date", "2026-09-15", "2026-09-18")
    assert compare_rulebooks(WAITING.order, RULES, own(new_buyer_days="30"), NOW) == ()


def test_what_only_one_diagnosis_has_is_a_change() -> None:
    text = 'agency_payout_day: {values: {2026-01-01: "20"}}'
    other = overlay_rulebook(RULES, {"general.yaml": text})
    agency = {
        "date": "2026-09-20",
        "nominal": "2026-09-20",
        "certainty": "operator",
        "waits_for": "平台发放之后，等机构在每月 20 日发给你",
    }
    added = Change("dates.agency_payout", None, agency)
    assert added in compare_rulebooks(WAITING.order, RULES, other, NOW)
    removed = Change("dates.agency_payout", agency, None)
    assert removed in compare_rulebooks(WAITING.order, other, RULES, NOW)


def test_what_if_the_buyer_confirmed_on_a_day_to_come() -> None:
    shipped = order(
        raw_status={"code": "20", "text": "已付款", "reason": "x"},
        paid_at="2026-08-18T10:00:00",
        shipped_at="2026-08-19T10:00:00",
        **SALE,
    )
    supposed, now = what_if(shipped, NOW, received=datetime(2026, 12, 1, tzinfo=SHANGHAI))
    diagnosis = diagnose(supposed, RULES, now)
    assert now == datetime(2026, 12, 1, tzinfo=SHANGHAI)
    assert diagnosis.state is State.NOT_YET_VISIBLE
    assert diagnosis.dates.payout is not None
    assert diagnosis.dates.payout.day == date(2027, 2, 15)
    assert supposed.raw_status is not None
    assert (supposed.raw_status.code, supposed.raw_status.reason) == (None, "x")
    assert supposed.shipped_at == shipped.shipped_at


def test_what_if_the_buyer_had_confirmed_before_now() -> None:
    unshipped = order(paid_at="2026-07-01T10:00:00", shipped=False, **SALE)
    supposed, now = what_if(unshipped, NOW, received=datetime(2026, 7, 20, tzinfo=SHANGHAI))
    assert now == NOW
    assert diagnose(supposed, RULES, now).state is State.WAIT_CYCLE


def test_what_the_platform_says_beyond_receipt_still_holds() -> None:
    received = datetime(2026, 8, 1, tzinfo=SHANGHAI)
    for code in ("50", "80", "99", ""):
        told = order(raw_status={"code": code})
        supposed, _ = what_if(told, NOW, received=received)
        assert supposed.raw_status == told.raw_status
    supposed, _ = what_if(order(), NOW, received=received)
    assert supposed.raw_status is None


def test_what_if_a_part_were_refunded() -> None:
    supposed, now = what_if(WAITING.order, NOW, refund=Decimal("50.00"))
    amounts = diagnose(supposed, RULES, now).amounts
    assert (amounts.commission, amounts.returned, amounts.net) == (
        Decimal("10.00"),
        Decimal("5.00"),
        Decimal("5.00"),
    )


def test_nothing_supposed_changes_nothing() -> None:
    assert what_if(WAITING.order, NOW) == (WAITING.order, NOW)


def test_each_fact_names_its_uses() -> None:
    index = fact_index(RULES)
    assert Use("figure", "1688.payout_day") in index["S1688-15"]
    assert Use("calculator", "payout-date") in index["S1688-15"]
    assert Use("states", "1688.wait_cycle") in index["S1688-15"]
    assert Use("statuses", "jd.code.16") in index["B-05"]
    assert list(index) == sorted(index)


def test_every_reason_of_ours_is_explained() -> None:
    assert set(Reason) <= set(reasons())
    assert "1688_item_delisted" in reasons()
    assert not {state.value for state in State} & set(reasons())


def test_every_own_reason_of_a_platform_has_words() -> None:
    assert own_reasons()["jd_3"]["zh"] == "订单已取消，没有佣金"
    assert set(own_reasons()) <= set(reasons())


def test_every_state_is_explained_on_every_platform() -> None:
    for platform in Platform:
        explained = room_of(platform).explanations.by_word
        assert all(("states", state.value) in explained for state in State)


def test_next_steps_are_listed_once() -> None:
    steps = next_steps()
    assert "subscribe_reminder" in steps
    assert list(steps) == sorted(set(steps))
