"""The files that describe the order interfaces: read strictly, with errors for their editor."""

from datetime import timedelta
from typing import Any

import pytest

from settlement import apis
from settlement.apis import ApiMethod, Page, methods
from settlement.apis.method_files import read_methods
from settlement.apis.methods import Answer, Interface
from settlement.combining import Rows
from settlement.contract import order_json
from settlement.model import Platform
from settlement.yaml_text import RuleFileError
from tests.settlement.apis.cases import QUESTION, cases

GOOD = """
gateway: https://api.example.org
needs: [app_key, app_secret]
renew: at the platform's
refusals:
  throttled: {codes: ["429"], words: [too many]}
  server: {codes: ["500"]}
methods:
  orders:
    title: orders
    source: nowhere
    last_checked: 2026-11-22
    version: "1"
    time_type: update
    asks_by: update
    page_size: 100
    pages_shift: true
    window: 1h
    narrowest_window: none
    history: 90d
    overlap: 10m
    sweep_every: 1h
    sweep_back: 6h
    calls_per_second: 5
    rows: replace
    members:
      number: {field: order_number, as: number, also: [no, "inner.no"]}
      settled: {field: settled_at, as: instant}
      before: {field: special_fee, as: yuan, counts_without: settled_at}
      after: {field: special_fee, as: yuan, counts_with: settled_at}
      amount: {field: paid_amount, as: yuan}
    unused: []
"""


def read(text: str) -> ApiMethod:
    interface = Interface(
        call=lambda method, credentials, question, at, gateway: pytest.fail("not asked"),
        opened=lambda method, document, question: Answer(document),
    )
    (method,) = read_methods(text, "api.yaml", Platform.JD, interface)
    return method


@pytest.mark.parametrize("case", cases("broken_files.yaml"), ids=lambda case: str(case["name"]))
def test_an_error_names_file_place_cause_and_remedy(case: dict[str, Any]) -> None:
    text = case.get("text") or GOOD.replace(case["old"], case["new"])
    assert text != GOOD

    with pytest.raises(RuleFileError) as caught:
        read(text)

    assert str(caught.value) == case["says"]


def test_a_file_says_what_a_method_is_like() -> None:
    method = read(GOOD)

    assert (method.name, method.gateway, method.version) == (
        "orders",
        "https://api.example.org",
        "1",
    )
    assert method.needs == ("app_key", "app_secret")
    assert method.figures.window == timedelta(hours=1)
    assert method.figures.narrowest_window is None
    assert method.figures.history == timedelta(days=90)
    assert method.figures.overlap == timedelta(minutes=10)
    assert method.figures.pages_shift
    assert read(GOOD.replace("page_size: 100", "page_size: 1000")).figures.page_size == 1000


def test_other_names_mean_the_same_member_and_the_first_that_says_something_counts() -> None:
    page = read(GOOD).decode(
        b'[{"no": 7}, {"inner": {"no": "8"}}, {"no": null, "number": 9}, {"no": 1, "number": 2},'
        b' {"inner": 5}]',
        QUESTION,
    )

    assert isinstance(page, Page)
    assert [each.order.order_number for each in page.statements] == ["7", "8", "9", "1"]
    assert [each.message[:5] for each in page.unread] == ["缺少订单号"]


def test_a_member_may_count_only_with_or_without_another() -> None:
    page = read(GOOD).decode(
        b'[{"no": 1, "after": 5, "before": 3},'
        b' {"no": 1, "after": 5, "before": 3, "settled": "2026-08-01 10:00:00"}]',
        QUESTION,
    )

    assert isinstance(page, Page)
    fees = [order_json(each.order)["special_fee"] for each in page.statements]
    assert fees == ["3.00", "5.00"]


def test_what_another_member_rules_out_does_not_count_though_it_stands_before_it() -> None:
    ruled_out = GOOD.replace("counts_without: settled_at", "counts_without: settled_base").replace(
        "unused: []",
        "  base: {field: settled_base, as: yuan, counts_with: settled_at}\n    unused: []",
    )

    page = read(ruled_out).decode(
        b'[{"no": 1, "before": 3, "base": 9, "settled": "2026-08-01 10:00:00"},'
        b' {"no": 2, "before": 3, "base": 9}]',
        QUESTION,
    )

    assert isinstance(page, Page)
    settled, open_yet = (order_json(each.order) for each in page.statements)
    assert "special_fee" not in settled
    assert settled["settled_base"] == "9.00"
    assert open_yet["special_fee"] == "3.00"
    assert "settled_base" not in open_yet


def test_a_member_that_is_not_told_how_to_read_is_text() -> None:
    page = read(GOOD.replace("{field: paid_amount, as: yuan}", "{field: item}")).decode(
        b'[{"no": 1, "amount": 5}]', QUESTION
    )

    assert isinstance(page, Page)
    assert page.statements[0].order.item == "5"


def test_an_amount_below_zero_with_more_than_fen_is_kept_as_it_stands_too() -> None:
    change = 'field: "balance_changes[].amount", as: signed_yuan'
    page = read(GOOD.replace("field: paid_amount, as: yuan", change)).decode(
        b'[{"no": 1, "amount": -1.005}]', QUESTION
    )

    assert isinstance(page, Page)
    (statement,) = page.statements
    assert order_json(statement.order)["balance_changes"] == [{"amount": "-1.01"}]
    assert statement.others == {"amount": "-1.005"}


def test_every_shipped_method_can_be_asked_with_what_it_needs() -> None:
    assert methods()
    for method in methods():
        assert {"app_key", "app_secret"} <= set(method.needs)
        assert method.gateway.startswith("https://")
        assert method.renew
        assert method.figures.sweep_back >= method.figures.overlap
        assert method.figures.window is not None or method.figures.asks_by == "month"


def test_a_room_without_an_interface_has_no_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apis, "find_spec", lambda name: None)

    assert apis.methods_of.__wrapped__(Platform.JD) == ()


def test_only_rows_that_add_something_leave_the_line_its_own_numbers() -> None:
    others = (
        "  line: {field: line_id, as: number}\n      parent: {field: parent_number, as: number}\n"
    )
    adding = GOOD.replace("rows: replace", f"rows: {Rows.ADD}")
    page = read(adding.replace("unused: []", f"{others}    unused: []")).decode(
        b'[{"no": 1, "amount": 5, "line": 2, "parent": 3}]', QUESTION
    )

    assert isinstance(page, Page)
    (statement,) = page.statements
    assert (statement.order.line_id, statement.order.parent_number) == ("2", "3")
    assert statement.states == {"paid_amount"}
