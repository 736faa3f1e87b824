"""Reports of every platform: the reviewed rows, encodings, delimiters, headers, workbooks."""

import io
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

import openpyxl
import pytest

from settlement.contract import order_json
from settlement.model import Order, Platform
from settlement.reports import Report, ReportError, ReportLine, RowError, read_report


class Sample(Protocol):
    """What conftest.py makes of the reviewed rows of a platform."""

    platform: Platform
    header: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    good: list[dict[str, str]]

    def cells(self, row: dict[str, str], header: Iterable[str] = ()) -> list[str]: ...
    def text(
        self, rows: list[dict[str, str]], header: Iterable[str] = (), delimiter: str = ","
    ) -> str: ...


def recognised(content: bytes, platform: Platform | None = None) -> Report:
    report = read_report(content, "报表.csv", platform=platform)
    assert isinstance(report, Report), report
    return report


def lines(content: bytes) -> list[ReportLine]:
    found = []
    for item in recognised(content).rows:
        assert isinstance(item, ReportLine), item
        found.append(item)
    return found


def orders(content: bytes) -> list[Order]:
    return [line.order for line in lines(content)]


def test_the_reviewed_rows_state_what_they_state(sample: Sample) -> None:
    found = lines(sample.text(sample.good).encode())
    assert [order_json(line.order) for line in found] == [row["order"] for row in sample.rows]
    assert [line.creator_hint for line in found] == [row["hint"] for row in sample.rows]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
def test_every_encoding_and_delimiter_reads_alike(
    sample: Sample, encoding: str, delimiter: str
) -> None:
    plain = orders(sample.text(sample.good).encode())
    assert orders(sample.text(sample.good, delimiter=delimiter).encode(encoding)) == plain


def test_columns_are_mapped_by_name_in_any_order(sample: Sample) -> None:
    header = sorted(sample.header)
    assert orders(sample.text(sample.good, header).encode()) == orders(
        sample.text(sample.good).encode()
    )


def test_headers_may_be_quoted_padded_and_carry_their_unit(taobao: Sample) -> None:
    text = taobao.text(taobao.good)
    odd = text.replace("付款金额,", '"\'付款 金额（元）\t",', 1).replace("商品ID", "商品ｉｄ", 1)
    assert orders(odd.encode()) == orders(text.encode())


def test_a_title_above_the_header_is_skipped_and_rows_keep_their_numbers(taobao: Sample) -> None:
    text = "淘宝联盟订单明细\r\n\r\n" + taobao.text(taobao.good)
    assert [line.row for line in lines(text.encode())] == [4, 5, 6]


def test_unknown_columns_are_named_and_kept(taobao: Sample) -> None:
    header = taobao.text([]).strip()
    row = ",".join(taobao.cells(taobao.good[1]))
    content = f"{header},新的一列,又一列\r\n{row.replace('1,200.00', '1200.00')},某个值,--\r\n"
    report = recognised(content.encode())
    assert report.unknown_columns == ("新的一列", "又一列")
    (line,) = report.rows
    assert isinstance(line, ReportLine)
    assert line.others == {"新的一列": "某个值"}


def test_a_total_in_the_column_of_the_order_number_is_no_order(taobao: Sample) -> None:
    totals = ",".join(taobao.cells({"淘宝订单编号": "合计"}))
    assert len(lines(f"{taobao.text(taobao.good)}{totals}\r\n".encode())) == len(taobao.good)


def test_however_many_statuses_there_are_each_row_keeps_its_own(jd: Sample) -> None:
    stated = [f"违规取消 {place}" for place in range(5000)]
    rows = [
        {**jd.good[0], "订单号": f"2026{place:08}", "订单状态": status}
        for place, status in enumerate(stated)
    ]
    found = orders(jd.text(rows).encode())
    assert [order.raw_status and order.raw_status.text for order in found] == stated


def test_totals_and_blank_rows_are_no_orders(taobao: Sample) -> None:
    totals = taobao.cells({"序号": "合计", "付款金额": "99,999,999.00"})
    blank = "," * (len(taobao.header) - 1)
    quoted = ",".join(f'"{cell}"' for cell in totals)
    text = f"{taobao.text(taobao.good)}\r\n{blank}\r\n{quoted}\r\n"
    assert len(lines(text.encode())) == len(taobao.good)


@pytest.mark.parametrize(
    "written",
    ["'{}", "\t{}", '="{}"', "`{}", "\u202a{}\u202c", " {}\u3000", "\ufeff{}", '"{}"'],
)
def test_a_spreadsheets_text_marks_are_taken_off(taobao: Sample, written: str) -> None:
    number = "1876057285106350796"
    marked = {**taobao.good[0], "淘宝订单编号": written.format(number)}
    if written == '"{}"':
        marked["淘宝订单编号"] = number
    (order,) = orders(taobao.text([marked]).encode())
    assert order.order_number == number


@pytest.mark.parametrize(
    "written",
    [
        "2026-07-31 10:05:00",
        "2026/7/31 10:05",
        "2026/07/31  10:05:00",
        "2026.07.31 10:05:00.000",
        "2026年7月31日 10:05:00",
        "2026-07-31T10:05:00",
        "2026-07-31T02:05:00Z",
        "2026-07-31 02:05:00+00:00",
        "20260731100500",
        "20260731100500000+0800",
    ],
)
def test_every_form_of_a_time_is_read_as_shanghais(taobao: Sample, written: str) -> None:
    (order,) = orders(taobao.text([{**taobao.good[1], "创建时间": written}]).encode())
    shanghai = timezone(timedelta(hours=8))
    assert order.created_at == datetime(2026, 7, 31, 10, 5, tzinfo=shanghai)
    assert order.created_at is not None
    assert order.created_at.utcoffset() == timedelta(hours=8)


def test_a_bare_day_is_its_beginning(taobao: Sample) -> None:
    (order,) = orders(taobao.text([{**taobao.good[1], "创建时间": "2026-07-31"}]).encode())
    assert order_json(order)["created_at"] == "2026-07-31T00:00:00+08:00"


def test_the_day_of_the_export_is_laid_on_every_order(taobao: Sample) -> None:
    exported_at = datetime(2026, 9, 1, tzinfo=timezone(timedelta(hours=8)))
    content = taobao.text(taobao.good).encode()
    report = read_report(content, "报表.csv", data_as_of=exported_at)
    assert isinstance(report, Report)
    assert {line.order.data_as_of for line in report.rows if isinstance(line, ReportLine)} == {
        exported_at
    }


def test_rows_of_one_order_are_told_apart_where_the_report_has_no_line_number(jd: Sample) -> None:
    cup = {**jd.good[0], "商品名称": "保温杯"}
    lid = {**jd.good[0], "商品名称": "杯盖"}
    first, second = orders(jd.text([cup, lid]).encode())
    assert first.order_number == second.order_number
    assert first.key != second.key


def test_a_plain_name_tells_rows_of_one_order_apart_as_it_stands(jd: Sample) -> None:
    (order,) = orders(jd.text([{**jd.good[0], "商品名称": "SKU100012043978"}]).encode())
    assert order.line_id == f"{order.order_number}-SKU100012043978"


def test_a_platform_can_be_demanded(taobao: Sample) -> None:
    content = taobao.text(taobao.good).encode()
    assert recognised(content, Platform.TAOBAO).layout.title == "淘宝联盟推广者订单明细"
    error = read_report(content, "报表.csv", platform=Platform.JD)
    assert isinstance(error, ReportError)
    assert "淘宝联盟推广者订单明细" in str(error)
    assert "jd" in str(error)


def test_rows_are_read_one_by_one_from_a_stream(taobao: Sample) -> None:
    row = taobao.good[0]
    many = [
        {**row, "淘宝订单编号": f"18760572851{place:08}", "淘宝子订单号": f"18760572851{place:08}"}
        for place in range(10, 5000)
    ]
    content = taobao.text(many).encode("utf-8-sig")
    stream = io.BytesIO(content)
    report = read_report(stream, "报表.csv")
    assert isinstance(report, Report)
    assert isinstance(next(report.rows), ReportLine)
    assert stream.tell() < len(content) / 2
    assert sum(1 for _ in report.rows) == len(many) - 1
    assert not stream.closed


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for place, rows in enumerate(sheets):
        sheet = book.create_sheet(f"表{place}")
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_reads_like_a_text(sample: Sample) -> None:
    rows: list[list[object]] = [list(sample.cells(row)) for row in sample.good]
    content = workbook([["说明"]], [["订单明细"], [], list(sample.header), *rows])
    found = lines(content)
    assert [line.order for line in found] == orders(sample.text(sample.good).encode())
    assert [line.row for line in found] == list(range(4, 4 + len(rows)))


def test_typed_cells_of_a_workbook_are_read(jd: Sample) -> None:
    typed: dict[str, object] = {
        "订单号": 202611075318,
        "订单状态": "已付款",
        "下单时间": datetime(2026, 10, 2, 20, 0),  # noqa: DTZ001
        "预估计佣金额": 35.1 * 3,
        "预估佣金": 9.5,
        "商品数量": 2,
        "佣金比例": "10%",
        "分成比例": "90.23%",
    }
    content = workbook([list(jd.header), [typed.get(name) for name in jd.header]])
    (order,) = orders(content)
    assert order_json(order) == {
        "platform": "jd",
        "order_number": "202611075318",
        "raw_status": {"code": "16", "text": "已付款"},
        "quantity": 2,
        "created_at": "2026-10-02T20:00:00+08:00",
        "base_amount": "105.30",
        "estimated_commission": "9.50",
        "commission_rate": "0.09023",
    }


def test_a_cell_of_a_workbook_that_says_yes_is_read_as_a_word(taobao: Sample) -> None:
    row: dict[str, object] = dict(taobao.good[0])
    content = workbook(
        [[*taobao.header, "新的一列"], [*(row.get(name, "--") for name in taobao.header), True]]
    )
    (line,) = lines(content)
    assert line.others == {"新的一列": "True"}


def test_a_number_that_a_workbook_holds_as_a_decimal_is_damaged(taobao: Sample) -> None:
    row: dict[str, object] = {**taobao.good[0], "淘宝订单编号": 1876057285106350796}
    content = workbook([list(taobao.header), [row.get(name, "--") for name in taobao.header]])
    (error,) = recognised(content).rows
    assert isinstance(error, RowError)
    assert "第 2 行“淘宝订单编号”列" in str(error)
    assert "改坏的订单号" in str(error)
