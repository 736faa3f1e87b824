"""Statements as files: what is read and what is refused (tests/reconciliation/reading)."""

import io
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.rendering import Voice
from settlement.model import Order, Platform, SettlementPhase
from settlement.reports import ReportError, RowError
from settlement.shanghai import SHANGHAI
from settlement.statement_files import Statement, own_names, read_statement
from settlement.statements import MonthTotals, StatementLine, stated_by_order
from settlement.yaml_text import RuleFileError
from tests.cases.textual import textual
from tests.examples import examples

FOLDER = Path(__file__).parents[1] / "reconciliation" / "reading"


def cases() -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in textual(FOLDER / "files.yaml")]


@pytest.mark.parametrize("case", cases())
def test_a_file_states_its_lines(case: dict[str, Any]) -> None:
    content = case["text"].encode(case.get("encoding", "utf-8"))
    names = {
        fact: [name] if isinstance(name, str) else name
        for fact, name in case.get("columns", {}).items()
    }
    platform = Platform(case["platform"]) if "platform" in case else None
    read = read_statement(content, "账单.csv", platform=platform, names=names)
    items = [read] if isinstance(read, ReportError) else list(read.lines)
    said = [str(item) for item in items if isinstance(item, ReportError | RowError)]
    wanted = case.get("says", [])
    assert len(said) == len(wanted), said
    for words, expected in zip(said, wanted, strict=True):
        assert words.startswith("账单.csv")
        assert expected in words
    for kind, name in ((StatementLine, "lines"), (MonthTotals, "bills")):
        lines = [plain(item) for item in items if isinstance(item, kind)]
        expected = case.get(name, [])
        assert len(lines) == len(expected), lines
        for line, facts in zip(lines, expected, strict=True):
            assert {fact: line[fact] for fact in facts} == facts


def plain(line: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in asdict(line).items():
        if isinstance(value, Decimal):
            said[name] = f"{value}"
        elif isinstance(value, date):
            said[name] = value.isoformat()
        else:
            said[name] = value
    return said


def test_a_workbook_is_read_whichever_sheet_it_is_on() -> None:
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    sheet = book.create_sheet("明细")
    sheet.append(["订单号", "实发金额", "日期"])
    sheet.append(["312345678901", 5.5, date(2026, 9, 15)])
    content = io.BytesIO()
    book.save(content)
    read = read_statement(content, "账单.xlsx", platform=Platform.JD)
    assert isinstance(read, Statement)
    assert read.columns == {"order_number": "订单号", "amount": "实发金额", "paid_on": "日期"}
    assert list(read.lines) == [
        StatementLine(
            2,
            "312345678901",
            Decimal("5.50"),
            platform=Platform.JD,
            paid_on=date(2026, 9, 15),
        )
    ]


def test_a_workbook_without_a_statement_is_none() -> None:
    book = openpyxl.Workbook()
    book.active.append(["订单号", "备注"])
    content = io.BytesIO()
    book.save(content)
    read = read_statement(content, "账单.xlsx")
    assert "看不出是结算单" in str(read)


def test_a_broken_workbook_is_said_to_be_one() -> None:
    read = read_statement(b"PK\x03\x04 broken", "账单.xlsx")
    assert isinstance(read, ReportError)
    assert "打不开这个表格" in str(read)


@pytest.mark.parametrize(
    "content", ['订单号,"' + "x" * 200_000, "订单号\r实发\r\n", "\x00,\x00", "订单号,,,\n" * 30]
)
def test_what_is_no_header_is_said_to_be_none(content: str) -> None:
    read = read_statement(content.encode(), "账单.csv")
    assert isinstance(read, ReportError)
    assert "看不出是结算单" in str(read)


@pytest.mark.parametrize("platform", Platform)
def test_a_platform_is_known_by_the_name_the_bot_gives_it(platform: Platform) -> None:
    name = Voice("zh").word("platforms_in_short", platform)
    content = f"平台,订单号,实发金额\n{name},312345678901,5.00\n"
    read = read_statement(content.encode(), "账单.csv")
    assert isinstance(read, Statement), read
    assert [line.platform for line in read.lines if isinstance(line, StatementLine)] == [platform]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "betrag: 金额\n",
            "betrag: a statement has no such column; use one of order_number, sub_order_number,",
        ),
        ("- 1\n", "my.yaml"),
        ("amount: {a: b}\n", "amount"),
    ],
)
def test_names_of_columns_that_cannot_be_used_are_named(content: str, words: str) -> None:
    with pytest.raises(RuleFileError, match=r"my\.yaml") as error:
        own_names(content, "my.yaml")
    assert words in str(error.value)


def test_what_an_order_report_states_of_a_payout() -> None:
    settled = Order(
        Platform.TAOBAO,
        "713009185275031338",
        settled_base=Decimal("100.00"),
        settled_commission=Decimal("5.00"),
        technical_fee=Decimal("0.50"),
        special_fee=Decimal("0.30"),
        agency_share=Decimal("0.20"),
        tax_withheld=Decimal("0.10"),
        platform_settles_on=date(2026, 9, 20),
    )
    (line,) = stated_by_order(settled, 7)
    assert (line.row, line.amount, line.paid_on) == (7, Decimal("3.90"), date(2026, 9, 20))
    assert (line.base, line.commission) == (Decimal("100.00"), Decimal("5.00"))
    assert [line.technical_fee, line.special_fee, line.agency_share, line.tax_withheld] == [
        Decimal("0.50"),
        Decimal("0.30"),
        Decimal("0.20"),
        Decimal("0.10"),
    ]
    unsettled = Order(Platform.TAOBAO, "713009185275031338", estimated_commission=Decimal(5))
    assert list(stated_by_order(unsettled, 7)) == []
    phases = Order(
        Platform.DOUYIN,
        "4749414968096020393",
        settlements=(
            SettlementPhase(1, Decimal(3), datetime(2026, 9, 12, 23, tzinfo=SHANGHAI)),
            SettlementPhase(2, Decimal(2)),
            SettlementPhase(3),
        ),
    )
    assert [(each.phase, each.amount, each.paid_on) for each in stated_by_order(phases, 8)] == [
        (1, Decimal(3), date(2026, 9, 12)),
        (2, Decimal(2), None),
    ]


@pytest.mark.parametrize(
    ("paid_out_on", "settled_on", "named", "paid_on"),
    [(3, 2, 1, 3), (None, 2, 1, 2), (None, None, 1, 1), (None, None, None, None)],
)
def test_an_order_was_paid_on_the_day_that_comes_nearest_to_the_payout(
    paid_out_on: int | None, settled_on: int | None, named: int | None, paid_on: int | None
) -> None:
    def instant(day: int | None) -> datetime | None:
        return datetime(2026, 9, day, 10, tzinfo=SHANGHAI) if day else None

    order = Order(
        Platform.JD,
        "312345678901",
        settled_commission=Decimal(5),
        paid_out_at=instant(paid_out_on),
        settled_at=instant(settled_on),
        platform_settles_on=date(2026, 9, named) if named else None,
    )
    (line,) = stated_by_order(order, 2)
    assert line.paid_on == (date(2026, 9, paid_on) if paid_on else None)


SOUND = (
    "订单号,实发金额,期次,到账时间,账期,平台\n312345678901,-5.00,2,2026-09-12,2026-09,京东\n" * 2
)


@settings(max_examples=examples(80))
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.tuples(
        st.integers(0, len(SOUND)), st.text(max_size=6), st.sampled_from(["utf-8", "gb18030"])
    ).map(lambda cut: (SOUND[: cut[0]] + cut[1] + SOUND[cut[0] :]).encode(cut[2], "replace"))
)
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    read = read_statement(content, "账单.csv")
    lines = [] if isinstance(read, ReportError) else list(read.lines)
    for line in lines:
        assert isinstance(line, StatementLine | MonthTotals | RowError)
        if isinstance(line, RowError):
            assert str(line).startswith(f"账单.csv 第 {line.row} 行")
