"""Workbooks read like texts; what a spreadsheet does to cells, and what is no workbook."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest

from settlement.contract import order_json
from settlement.reports import ReportError, RowError, read_report
from tests.settlement.reports.samples import Sample, lines, orders, recognised

Workbook = Callable[..., bytes]


def refused(content: bytes) -> str:
    report = read_report(content, "报表.xlsx")
    assert isinstance(report, ReportError), report
    return report.message


def test_a_workbook_reads_like_a_text(each_sample: Sample, workbook: Workbook) -> None:
    sample = each_sample
    rows: list[list[object]] = [list(sample.cells(row)) for row in sample.good]
    content = workbook([["说明"]], [["订单明细"], [], list(sample.header), *rows])
    found = lines(content)
    assert [line.order for line in found] == orders(sample.text(sample.good).encode())
    assert [line.row for line in found] == list(range(4, 4 + len(rows)))


def test_typed_cells_of_a_workbook_are_read(jd: Sample, workbook: Workbook) -> None:
    typed: dict[str, object] = {
        "订单号": 202611075318123,
        "订单状态": "已付款",
        "下单时间": datetime(2026, 10, 2, 20, 0),  # noqa: DTZ001
        "预估计佣金额": 35.1 * 3,
        "预估佣金": 9.5,
        "商品数量": 2,
        "退货数量": -0.0,
        "佣金比例": "10%",
        "分成比例": "90.23%",
    }
    content = workbook([list(jd.header), [typed.get(name) for name in jd.header]])
    (order,) = orders(content)
    assert order_json(order) == {
        "platform": "jd",
        "order_number": "202611075318123",
        "raw_status": {"code": "16", "text": "已付款"},
        "quantity": 2,
        "return_count": 0,
        "created_at": "2026-10-02T20:00:00+08:00",
        "base_amount": "105.30",
        "estimated_commission": "9.50",
        "commission_rate": "0.09023",
    }


def test_a_cell_of_a_workbook_that_says_yes_is_read_as_a_word(
    taobao: Sample, workbook: Workbook
) -> None:
    row: dict[str, object] = dict(taobao.good[0])
    content = workbook(
        [[*taobao.header, "新的一列"], [*(row.get(name, "--") for name in taobao.header), True]]
    )
    (line,) = lines(content)
    assert line.others == {"新的一列": "True"}


def test_a_number_that_a_workbook_holds_as_a_decimal_is_damaged(
    taobao: Sample, workbook: Workbook
) -> None:
    row: dict[str, object] = {**taobao.good[0], "淘宝订单编号": 1876057285106350796}
    content = workbook([list(taobao.header), [row.get(name, "--") for name in taobao.header]])
    (error,) = recognised(content).rows
    assert isinstance(error, RowError)
    assert "第 2 行“淘宝订单编号”列" in str(error)
    assert "改坏的订单号" in str(error)


@pytest.mark.parametrize("above", [19, 20])
def test_the_header_is_among_the_first_twenty_rows(
    taobao: Sample, workbook: Workbook, above: int
) -> None:
    """Empty rows count, so that rows keep the numbers a spreadsheet shows."""
    rows: list[list[object]] = [list(taobao.cells(row)) for row in taobao.good[:3]]
    content = workbook([*[[]] * above, list(taobao.header), *rows])
    if above == 20:
        assert refused(content).startswith("看不出是哪个平台的报表；")
    else:
        assert [line.row for line in lines(content)] == [21, 22, 23]


def test_a_workbook_with_a_password_is_named() -> None:
    """Excel wraps it into a compound file, in which the stream EncryptedPackage holds it."""
    protected = b"\xd0\xcf\x11\xe0" + b"\0" * 64 + "EncryptedPackage".encode("utf-16-le")
    assert refused(protected) == "表格有密码；请去掉密码后重新保存"


CANNOT_OPEN = "打不开这个表格，可能已损坏，也可能是压缩包；请解压后再传，或从平台后台重新导出"
TOO_LARGE = "表格解开后太大；请按月份分开导出，或导出为 CSV"


def test_an_archive_is_no_workbook(taobao: Sample) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("订单.csv", taobao.text(taobao.good))
    assert refused(content.getvalue()) == CANNOT_OPEN


def test_an_archive_whose_directory_is_broken_is_no_workbook(workbook: Workbook) -> None:
    content = workbook([["说明"]])
    assert refused(content.replace(b"PK\x01\x02", b"PK\x01\x09")) == CANNOT_OPEN


def test_a_workbook_made_to_harm_is_not_opened() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    assert refused(content.getvalue()) == TOO_LARGE


@pytest.mark.parametrize(
    ("expanded", "packed", "says"),
    [
        (200_000_000, 2_000_000, CANNOT_OPEN),
        (200_000_001, 200_000_001, TOO_LARGE),
        (20_000, 200, CANNOT_OPEN),
        (20_001, 200, TOO_LARGE),
        (1, 0, TOO_LARGE),
        (101, 1, TOO_LARGE),
    ],
)
def test_a_workbook_is_opened_up_to_200_million_bytes_and_a_hundred_to_one(
    expanded: int, packed: int, says: str
) -> None:
    """What its directory states decides, before anything is unpacked."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("sheet1.xml", b"")
        archive.filelist[0].file_size = expanded
        archive.filelist[0].compress_size = packed
    assert refused(content.getvalue()) == says
