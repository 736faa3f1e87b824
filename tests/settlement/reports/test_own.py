"""Our own export: what was written comes back to the last character, or is refused by column."""

import csv
import io
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.combining import ALL_STATES, Rows
from settlement.contract import OrderError, order_json, read_order
from settlement.model import Order, Platform, RawStatus
from settlement.reports import Report, ReportError, ReportLine, RowError, read_report
from settlement.reports.own import own_header, own_row
from settlement.reports.own_layout import own_fields
from tests.examples import examples
from tests.settlement.contract_orders import orders

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
HOSTILE = st.sampled_from(
    [
        *("=1+1", "+86", "-", "--", "@SUM(A1)", "'", "''", '"', '"x"', " x", "x ", "\t", "\r\n"),
        *("'=1+1", '="1"', "1876057285106350000", "1.5E+18", "0012", "null", "[]", "\ufffd"),
        "x\n" * 60,
        *("_x0041_", "\ufeff", "合计", "是", "\u202e", "\x85", "\u2028", "，", "\x7f", "\uff1d1"),
    ]
)  # fmt: skip
WORDS = TEXTS | HOSTILE
NUMBERS = st.sampled_from(
    ["1876057285106350000", "1E5", "12.50", "000123", "240309-402233834970071", "A-1", "=1", "'7"]
)


LINE = {"platform": "jd", "order_number": "301234567897", "paid_amount": "12.30"}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A line of the contract as the store keeps it, with any texts."""
    raw = dict(draw(orders()))
    for name in ("shop", "item", "item_id", "promoter"):
        raw[name] = draw(st.none() | WORDS)
    raw["order_number"] = draw(NUMBERS | st.from_regex("[0-9]{10,20}", fullmatch=True))
    raw["line_id"] = draw(st.none() | NUMBERS)
    if isinstance(status := raw.get("raw_status"), dict):
        status["reason"] = draw(WORDS)
    raw["clicks"] = draw(st.lists(st.fixed_dictionaries({"promoter": WORDS}), max_size=2))
    order = read_order(raw)
    document = order_json(order) if not isinstance(order, OrderError) else LINE
    if document.get("raw_status") == {}:
        del document["raw_status"]
    return document


def table(rows: list[list[str]], names: list[str] | None = None) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([names or own_header(), *rows])
    return text.getvalue().encode("utf-8-sig")


def read(content: bytes) -> list[ReportLine | RowError]:
    report = read_report(content, "导出.csv")
    assert isinstance(report, Report), report
    assert report.layout.title == "明账导出的订单"
    assert (report.states, report.joining) == (ALL_STATES, Rows.REPLACE)
    return list(report.rows)


def test_every_fact_of_an_order_has_a_column() -> None:
    members = {each.name for each in fields(Order)} - {"raw_status"}
    members |= {f"raw_status.{each.name}" for each in fields(RawStatus)}
    assert sorted(field.name for field in own_fields().values()) == sorted(members)


@pytest.mark.parametrize("spreadsheet", [False, True])
@settings(max_examples=examples(50))
@given(creator=WORDS, document=documents())
def test_a_line_comes_back_as_it_was(
    spreadsheet: bool, creator: str, document: dict[str, Any]
) -> None:
    row = own_row(creator, document, spreadsheet=spreadsheet)
    (line,) = read(table([row]))
    assert isinstance(line, ReportLine), line
    assert line.document == document
    assert line.creator_hint == ({"creator": creator} if creator else {})


@settings(max_examples=examples(30))
@given(document=documents())
def test_no_cell_is_a_formula_or_a_number_that_loses_digits(document: dict[str, Any]) -> None:
    for cell in own_row("小雅", document):
        assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
        assert not (cell.isascii() and cell.isdigit() and len(cell) > 15)
        assert "\n" not in cell
        assert "\r" not in cell


def changed(header: str, cell: str) -> list[str]:
    row = own_row("小雅", LINE)
    row[own_header().index(header)] = cell
    return row


@pytest.mark.parametrize(
    ("header", "cell", "words"),
    [
        ("付款金额", "12.305", "超过两位小数"),
        ("达人", "12.30", "改坏的号码"),
        ("订单号", "1.87605728510635E+18", "改坏的号码"),
        ("子订单号", "1876057285106350000", "改坏的号码"),
        ("平台", "tiktok", "不认识"),
        ("平台", "", "缺少 platform"),
        ("件数", "两", "不是整数"),
        ("已发货", "TRUE", "请写 是 或 否"),
        ("退款", "[{", "不是导出时的写法"),
        ("退款", "\n", "“�”不是导出时的写法"),
        ("退款", '{"amount":"1.00"}', "不是导出时的写法"),
        ("退款", '[{"amount":"99.00"}]', "超过实付加运费"),
        ("商品", '"没有写完', "不是导出时的写法"),
        ("状态码", '"\\u0000"', "损坏的字符"),
    ],
)
def test_a_cell_that_was_spoilt_is_refused_by_its_column(
    header: str, cell: str, words: str
) -> None:
    refused, kept = read(table([changed(header, cell), own_row("小雅", LINE)]))
    assert isinstance(refused, RowError)
    assert (refused.row, refused.column) == (2, header)
    assert words in refused.message
    assert isinstance(kept, ReportLine)


def test_columns_may_be_left_out_or_moved_and_empty_rows_are_none() -> None:
    names = [name for name in own_header() if name != "付款金额"][::-1]
    row = dict(zip(own_header(), own_row("小雅", LINE), strict=True))
    (line,) = read(table([[row[name] for name in names], [""] * len(names)], names))
    assert isinstance(line, ReportLine)
    assert line.document == {"platform": "jd", "order_number": "301234567897"}


def test_a_platform_that_is_demanded_is_not_that_of_an_export() -> None:
    report = read_report(table([own_row("小雅", LINE)]), "导出.csv", platform=Platform.JD)
    assert isinstance(report, ReportError)
    assert "明账导出的订单" in report.message


def test_a_file_may_be_closed_before_its_last_row_is_asked_for() -> None:
    stream = io.BytesIO(table([own_row("小雅", LINE)] * 3))
    report = read_report(stream, "导出.csv")
    assert isinstance(report, Report)
    assert isinstance(next(report.rows), ReportLine)
    stream.close()
    report.rows.close()  # type: ignore[attr-defined]
