"""Bad cells, rows and files: one clear line each, and every good row survives."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any, Literal, Protocol

import openpyxl
import pytest
from python_calamine import CalamineWorkbook, PasswordError
from ruamel.yaml import YAML

from settlement.model import Platform
from settlement.reports import Report, ReportError, ReportLine, RowError, read_report

CELLS: list[dict[str, Any]] = YAML(typ="safe").load(
    (Path(__file__).parents[2] / "reports" / "refused_cells.yaml").read_text("utf-8")
)


class Sample(Protocol):
    """What conftest.py makes of the reviewed rows of a platform."""

    platform: Platform
    header: tuple[str, ...]
    good: list[dict[str, str]]

    def cells(self, row: dict[str, str]) -> list[str]: ...
    def text(self, rows: list[dict[str, str]]) -> str: ...


def read(content: bytes) -> tuple[list[ReportLine], list[RowError]]:
    report = read_report(content, "订单.csv")
    assert isinstance(report, Report), report
    items = list(report.rows)
    return (
        [item for item in items if isinstance(item, ReportLine)],
        [item for item in items if isinstance(item, RowError)],
    )


def refused(content: bytes) -> str:
    report = read_report(content, "订单.csv")
    assert isinstance(report, ReportError), report
    line = str(report)
    assert line.startswith("订单.csv：")
    assert "\n" not in line
    return line


def numbered(sample: Sample, count: int) -> list[dict[str, str]]:
    """Good rows with numbers of their own; none ends in zeros."""
    return [
        {
            **sample.good[0],
            "淘宝订单编号": f"1876057285106{place:05}9",
            "淘宝子订单号": f"1876057285107{place:05}9",
        }
        for place in range(count)
    ]


@pytest.mark.parametrize("case", CELLS, ids=lambda case: str(case["name"]))
def test_a_bad_cell_costs_its_row_alone(case: dict[str, Any], taobao: Sample, jd: Sample) -> None:
    sample = {"taobao": taobao, "jd": jd}[case["platform"]]
    bad = {**sample.good[0], case["column"]: case["cell"]}
    good = sample.good[1:]
    found, errors = read(sample.text([bad, *good]).encode())
    assert len(found) == len(good)
    (error,) = errors
    assert (error.file, error.row, error.column) == ("订单.csv", 2, case["column"])
    for words in case["says"]:
        assert words in error.message
    assert "；" in error.message
    assert str(error) == f"订单.csv 第 2 行“{case['column']}”列：{error.message}"


def test_one_number_that_ends_in_zeros_is_real_once_digits_are_seen_to_survive(
    taobao: Sample,
) -> None:
    rows = numbered(taobao, 3)
    rows[2]["淘宝订单编号"] = "1876057285106350000"
    found, errors = read(taobao.text(rows).encode())
    assert len(found) == 3
    assert errors == []


def test_a_row_that_stands_twice_is_read_once(taobao: Sample) -> None:
    rows = numbered(taobao, 3)
    found, errors = read(taobao.text([*rows, rows[1]]).encode())
    assert [line.row for line in found] == [2, 3, 4]
    (error,) = errors
    assert error.row == 5
    assert "第 3 行已经有了" in error.message


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("column", ["序号", "商品标题", "定金付款金额"])
def test_a_quote_that_is_never_closed_costs_its_row_alone(
    taobao: Sample, column: str, quoting: Literal[0, 1]
) -> None:
    """Whatever the quote swallowed is read again as rows of their own."""
    rows = numbered(taobao, 120)
    written = io.StringIO(newline="")
    csv.writer(written, quoting=quoting).writerows(map(taobao.cells, rows))
    physical = written.getvalue().splitlines(keepends=True)
    mark = "MARK"
    broken = io.StringIO(newline="")
    csv.writer(broken, quoting=quoting).writerow(taobao.cells({**rows[60], column: mark}))
    physical[60] = broken.getvalue().replace(f'"{mark}"', mark).replace(mark, f'"{mark}')
    header = taobao.text([])
    found, errors = read((header + "".join(physical)).encode())
    assert len(found) == 119
    (error,) = errors
    assert error.row == 62
    assert "引号" in error.message


def test_a_cell_over_several_lines_is_one_cell(taobao: Sample) -> None:
    rows = numbered(taobao, 3)
    rows[1]["商品标题"] = '遮阳伞\n（"晴雨"两用）\r\n大号'
    found, errors = read(taobao.text(rows).encode())
    assert errors == []
    assert [line.order.item for line in found][1] == '遮阳伞 （"晴雨"两用） 大号'
    assert [line.row for line in found] == [2, 3, 6]


def test_a_row_with_too_few_or_too_many_cells_is_refused(taobao: Sample) -> None:
    first, second, third = (",".join(taobao.cells(row)) for row in numbered(taobao, 3))
    short = second.rpartition(",")[0]
    long = f"{third},多出来的"
    found, errors = read(f"{taobao.text([])}{first},\r\n{short}\r\n{long}\r\n".encode())
    assert [line.row for line in found] == [2]
    assert [error.row for error in errors] == [3, 4]
    assert "没有下载完整" in errors[0].message
    assert "多了分隔符" in errors[1].message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-8"])
def test_a_row_with_broken_bytes_is_refused(taobao: Sample, encoding: str) -> None:
    rows = numbered(taobao, 5)
    rows[2]["商品标题"] = "MARK"
    content = taobao.text(rows).encode(encoding).replace(b"MARK", b"\xff\xff")
    found, errors = read(content)
    assert len(found) == 4
    (error,) = errors
    assert error.row == 4
    assert "乱码" in error.message


def test_a_file_cut_off_in_the_middle_loses_its_last_row_only(taobao: Sample) -> None:
    content = taobao.text(numbered(taobao, 5)).encode("gb18030")
    found, errors = read(content[:-60])
    assert len(found) == 4
    assert [error.row for error in errors] == [6]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\t\r\n", b"\x00\x00"],
    ids=["nothing", "mark", "utf-16 mark", "blanks", "nul"],
)
def test_an_empty_file_is_called_empty(content: bytes) -> None:
    assert "空的" in refused(content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "图片"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "图片"),
        (b"Rar!\x1a\x07\x01\x00", "压缩包"),
        (b"\n <html><table><tr><td>", "网页"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "网页"),
        (b"PK\x03\x04" + b"\x00" * 64, "打不开"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 64, "打不开"),
    ],
)
def test_a_file_of_another_kind_is_named(content: bytes, kind: str) -> None:
    assert kind in refused(content)


def test_a_cell_longer_than_any_title_costs_its_row_alone(taobao: Sample) -> None:
    rows = numbered(taobao, 3)
    rows[1]["商品标题"] = "伞" * 140_000
    found, errors = read(taobao.text(rows).encode())
    assert [line.row for line in found] == [2, 4]
    assert [error.row for error in errors] == [3]


def test_a_workbook_with_a_password_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(stream: object) -> None:
        raise PasswordError

    monkeypatch.setattr(CalamineWorkbook, "from_filelike", refuse)
    assert "密码" in refused(b"\xd0\xcf\x11\xe0" + b"\x00" * 64)


def test_an_archive_is_no_workbook(taobao: Sample) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("订单.csv", taobao.text(taobao.good))
    assert "解压" in refused(content.getvalue())


def test_a_workbook_made_to_harm_is_not_opened() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    assert "太大" in refused(content.getvalue())


def test_an_empty_workbook_is_called_empty() -> None:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    assert "没有内容" in refused(content.getvalue())


def test_a_foreign_table_is_told_what_can_be_read() -> None:
    line = refused("姓名,电话\n小明,123\n".encode())
    for title in ("淘宝联盟", "京东联盟", "抖音", "1688"):
        assert title in line


def test_a_missing_column_is_named(taobao: Sample) -> None:
    line = refused(taobao.text([]).replace("淘宝子订单号", "某某号").encode())
    assert "淘宝联盟推广者订单明细" in line
    assert "“淘宝子订单号”" in line


def test_a_column_that_stands_twice_is_named(taobao: Sample) -> None:
    header = taobao.text([]).strip()
    assert "“付款金额”这一列出现了两次" in refused(f"{header},付款金额\n".encode())


TIKTOK = (
    "订单 ID,商品 ID,商品名称,SKU ID,商品价格,支付金额,货币单位,下单件数,已全部退货或全额退款,"
    "付款方式,订单状态,达人用户名,内容形式,内容ID,commission model,标准佣金率,预估计佣金额,"
    "预计标准佣金付款,实际计佣金额,实际佣金"
)


def test_a_tiktok_shop_report_is_not_jds() -> None:
    line = refused(f"{TIKTOK}\n1,2,3\n".encode())
    assert "TikTok Shop" in line
    assert "京东联盟" in line


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (
            "订单id,商品id,作者账号,支付金额,佣金率,预估佣金支出,结算金额,实际佣金支出,订单状态",
            "商家的报表",
        ),
        ("订单id,商品名称,订单状态,出单机构,支付金额,服务费率,预估服务费收入", "团长服务费"),
        ("订单编号,订单状态描述,商品信息,订单金额,佣金比例,预估佣金收入,创建时间,pid", "拼多多"),
        (
            "确认收货时间,淘客结算时间,实际成交价格,佣金,淘宝父订单编号,淘宝子订单编号",
            "商家的报表",
        ),
    ],
)
def test_reports_of_others_are_told_apart(header: str, says: str) -> None:
    assert says in refused(f"{header}\n".encode("gb18030"))
