"""Answers of the platforms as reviewed data: what is understood, what is kept, what is refused."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from settlement.apis import ApiRefusal, Page, RefusalKind, refused_by_http
from settlement.combining import Statement
from settlement.contract import order_json, plain, read_order
from settlement.model import Platform
from tests.settlement.apis.cases import BY_NAME, QUESTION, START, body_of, cases, first_method


def name(case: dict[str, Any]) -> str:
    return f"{case['method']}: {case['name']}"


@pytest.mark.parametrize("case", cases("answers_*.yaml"), ids=name)
def test_an_answer_becomes_what_the_case_says(case: dict[str, Any]) -> None:
    question = replace(QUESTION, cursor=case.get("cursor"))

    page = BY_NAME[case["method"]].decode(body_of(case), question)

    assert isinstance(page, Page)
    assert page.cursor == case.get("next")
    assert page.total == case.get("total")
    assert [order_json(each.order) for each in page.statements] == [
        each["order"] for each in case["statements"]
    ]
    for statement, expected in zip(page.statements, case["statements"], strict=True):
        check_statement(statement, expected)
    check_unread(page, case.get("unread", []))
    assert [bill_json(bill) for bill in page.bills] == case.get("bills", [])


def check_statement(statement: Statement, expected: dict[str, Any]) -> None:
    assert dict(statement.creator_hint) == expected.get("hints", {})
    assert dict(statement.others) == expected.get("others", {})
    assert read_order(order_json(statement.order)) == statement.order
    if "rows" in expected:
        assert statement.rows == expected["rows"]
    if "states" in expected:
        assert statement.states == set(expected["states"])


def check_unread(page: Page, expected: list[dict[str, Any]]) -> None:
    assert [each.field for each in page.unread] == [each["field"] for each in expected]
    for unread, each in zip(page.unread, expected, strict=True):
        if "whole" in each:
            assert unread.message == each["whole"]
        else:
            assert each["message"] in unread.message
        assert "；" in unread.message or "应" in unread.message or "已知" in unread.message
        assert each.get("raw", "") in unread.raw
        if "number" in each:
            assert unread.number == each["number"]


def bill_json(bill: Any) -> dict[str, Any]:
    return {member: plain(value) for member, value in asdict(bill).items()}


@pytest.mark.parametrize("case", cases("refusals.yaml"), ids=lambda case: case["answer"][:60])
def test_a_refusal_has_its_kind_and_what_to_do(case: dict[str, Any]) -> None:
    refusal = first_method(case["platform"]).decode(case["answer"].encode(), QUESTION)

    assert isinstance(refusal, ApiRefusal)
    assert refusal.kind == case["kind"]
    assert refusal.code == case["code"]
    assert refusal.words == case.get("words", refusal.words)
    assert refusal.remedy == case.get("remedy", refusal.remedy)
    assert "；" in refusal.remedy
    assert "{" not in refusal.remedy
    wait = 5 if case["kind"] == "broken" else None
    assert refusal.retry_after == case.get("wait", wait)


def test_every_kind_of_refusal_has_its_remedy_among_the_cases() -> None:
    assert {case["kind"] for case in cases("refusals.yaml") if "remedy" in case} == set(
        RefusalKind
    )


def test_the_remedy_names_the_setting() -> None:
    refusal = first_method("1688").decode(b'{"error_code": "401"}', QUESTION)

    assert isinstance(refusal, ApiRefusal)
    assert "MINGZHANG_ALIBABA1688_ACCESS_TOKEN" in refusal.remedy


def test_when_it_was_asked_stands_with_the_order_and_not_among_what_a_refund_says() -> None:
    orders, refunds = (BY_NAME[f"taobao.tbk.order.{each}.get"] for each in ("details", "refund"))
    row = b'{"data": {"results": {"%s": {"trade_parent_id": 1, "tb_trade_parent_id": 1}}}}'

    for method, kind, stated in (
        (orders, b"publisher_order_dto", True),
        (refunds, b"result", False),
    ):
        envelope = b'{"tbk_order_%s_get_response": %s}'
        body = envelope % (method.name.split(".")[3].encode(), row % kind)
        page = method.decode(body, QUESTION, START)
        assert isinstance(page, Page)
        (statement,) = page.statements
        assert statement.order.data_as_of == START
        assert ("data_as_of" in statement.states) is stated


@pytest.mark.parametrize(("rows", "cursor"), [(19, None), (20, "2")])
def test_a_full_page_of_1688_that_names_no_total_may_have_another(
    rows: int, cursor: str | None
) -> None:
    bills = BY_NAME["alibaba.cps.listCPSSettleInfoDetail"]
    assert bills.figures.page_size == 20

    page = bills.decode(
        json.dumps({"result": [{"settleMonth": "2026-08"}] * rows}).encode(), QUESTION
    )

    assert isinstance(page, Page)
    assert (len(page.bills), page.cursor, page.total) == (rows, cursor, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("很" * 201, "很" * 200),
        ("很" * 190 + " a1b2c3d4e5f6a7b8c9d0e1f2", "很" * 190 + " …"),
        ("很" * 184 + "a1b2c3d4e5f6a7b8", "很" * 184 + "…"),
        ("很" * 185 + "a1b2c3d4e5f6a7b8", "很" * 185 + "…"),
    ],
    ids=["plain", "a key begins before the cut", "a key ends at the cut", "a key ends behind it"],
)
def test_a_platforms_words_are_cut_to_two_hundred_characters(words: str, said: str) -> None:
    body = json.dumps({"code": "777", "msg": words}).encode()

    refusal = first_method("jd").decode(body, QUESTION)

    assert isinstance(refusal, ApiRefusal)
    assert refusal.words == said


@pytest.mark.parametrize("figure", ["1" * 5000, "1e99999999999999999999", "0." + "1" * 30])
def test_a_figure_no_amount_can_have_costs_its_row_only(figure: str) -> None:
    rows = f'[{{"trade_parent_id": 1, "pub_share_pre_fee": {figure}}}, {{"trade_parent_id": 2}}]'
    body = f'{{"tbk_order_details_get_response": {{"data": {{"results": {rows}}}}}}}'

    page = BY_NAME["taobao.tbk.order.details.get"].decode(body.encode(), QUESTION)

    assert isinstance(page, Page)
    assert [each.order.order_number for each in page.statements] == ["2"]
    assert [each.field for each in page.unread] == ["pub_share_pre_fee"]
    assert page.unread[0].raw.count("1") > 1


def test_what_is_nested_too_deeply_is_broken() -> None:
    deep = b'{"tbk_order_details_get_response": ' + b'{"data":' * 5000 + b"1" + b"}" * 5001

    refusal = BY_NAME["taobao.tbk.order.details.get"].decode(deep, QUESTION)

    assert isinstance(refusal, ApiRefusal)
    assert refusal.kind is RefusalKind.BROKEN


@pytest.mark.parametrize(
    ("status", "kind", "wait"),
    [
        (429, RefusalKind.THROTTLED, 60),
        (500, RefusalKind.SERVER, 5),
        (503, RefusalKind.SERVER, 5),
        (401, RefusalKind.TOKEN_EXPIRED, None),
        (403, RefusalKind.NOT_ALLOWED, None),
        (404, RefusalKind.UNKNOWN, None),
        (499, RefusalKind.UNKNOWN, None),
    ],
)
def test_a_status_of_http_is_a_refusal(status: int, kind: RefusalKind, wait: float | None) -> None:
    refusal = refused_by_http(Platform.JD, status)

    assert (refusal.kind, refusal.code, refusal.retry_after) == (kind, f"HTTP {status}", wait)
    assert refusal.words == ""
    assert refused_by_http(Platform.JD, status, 7).retry_after == 7
