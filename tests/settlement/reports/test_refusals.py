"""Bad cells, rows and files: one clear line each, and every good row survives."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import pytest
from ruamel.yaml import YAML

from settlement.model import Platform
from settlement.reports import (
    ReportError,
    ReportLine,
    RowError,
    read_lines_joined,
    read_report,
)
from settlement.reports.layout_files import layouts
from tests.settlement.reports.samples import Sample, recognised

FILES: list[dict[str, Any]] = YAML(typ="safe").load(
    (Path(__file__).parents[2] / "reports" / "refused_files.yaml").read_text("utf-8")
)
UNCLOSED = "引号没有成对，分不出这一行到哪里为止；请在原表里去掉多余的英文引号后重新导出"
GARBLED = "有认不出的字符（乱码）；请重新导出，编码选 UTF-8 或 GB18030"


def read(content: bytes) -> tuple[list[ReportLine], list[RowError]]:
    return parted(recognised(content).rows)


def joined(content: bytes) -> tuple[list[ReportLine], list[RowError]]:
    return parted(read_lines_joined(recognised(content)))


def parted(items: Iterable[ReportLine | RowError]) -> tuple[list[ReportLine], list[RowError]]:
    found = list(items)
    return (
        [item for item in found if isinstance(item, ReportLine)],
        [item for item in found if isinstance(item, RowError)],
    )


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


def test_one_number_that_ends_in_zeros_is_real_once_digits_are_seen_to_survive(
    taobao: Sample,
) -> None:
    rows = numbered(taobao, 3)
    rows[2]["淘宝订单编号"] = "1876057285106350000"
    found, errors = read(taobao.text(rows).encode())
    assert len(found) == 3
    assert errors == []


def test_a_row_that_stands_twice_is_one_line(taobao: Sample) -> None:
    rows = numbered(taobao, 3)
    found, errors = joined(taobao.text([*rows, rows[1]]).encode())
    assert [line.row for line in found] == [2, 3, 4]
    assert errors == []


def test_a_row_that_contradicts_an_earlier_one_is_refused(taobao: Sample) -> None:
    rows = numbered(taobao, 3)
    found, errors = joined(taobao.text([*rows, {**rows[1], "商品数量": "3"}]).encode())
    assert [line.order.quantity for line in found] == [2, 2, 2]
    (error,) = errors
    key = rows[1]["淘宝子订单号"]
    assert str(error) == (
        f"报表 第 5 行：订单行 {key} 在第 3 行已经有了，说的不一样，这一行没有导入；"
        "请核对后只留一行"
    )
    assert list(error.cells) == taobao.cells({**rows[1], "商品数量": "3"})


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
    assert [line.row for line in found] == [*range(2, 62), *range(63, 122)]
    (error,) = errors
    assert error.row == 62
    assert error.message == UNCLOSED


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r"])
def test_a_quote_that_is_open_where_the_file_ends_costs_the_last_row(
    taobao: Sample, end: str
) -> None:
    """The cell may have been cut off: `"1` may have been `"12.00"`."""
    header = ["淘宝订单编号", "淘宝子订单号", "订单状态", "付款预估收入", "付款金额"]
    rows = [[row.get(name, "1.00") for name in header] for row in numbered(taobao, 2)]
    first, last = (",".join(f'"{cell}"' for cell in row) for row in rows)
    text = "\r\n".join([",".join(header), first, last.rpartition("0")[0] + end])
    found, errors = read(text.encode())
    assert [line.row for line in found] == [2]
    assert [(error.row, error.message) for error in errors] == [(3, UNCLOSED)]


@pytest.mark.parametrize("height", [40, 41])
def test_a_cell_may_go_on_for_forty_lines(taobao: Sample, height: int) -> None:
    rows = numbered(taobao, 3)
    rows[1]["商品标题"] = "\n".join("伞" * height)
    found, errors = read(taobao.text(rows).encode())
    if height == 40:
        assert [line.row for line in found] == [2, 3, 43]
    else:
        assert [line.row for line in found] == [2, 44]
        assert {error.message for error in errors} >= {UNCLOSED}


def test_a_quote_within_a_cell_is_a_letter(taobao: Sample) -> None:
    rows = numbered(taobao, 2)
    rows[0]["商品标题"], rows[1]["商品标题"] = "MARK1", "MARK2"
    text = taobao.text(rows).replace("MARK1", '27" 显示器').replace("MARK2", '"晴雨"两用伞')
    found, errors = read(text.encode())
    assert errors == []
    assert [line.order.item for line in found] == ['27" 显示器', "晴雨两用伞"]


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
    assert [error.message for error in errors] == [
        "只有 37 格，表头有 38 格；文件可能没有下载完整，请重新导出",
        "有 39 格，表头只有 38 格；某一格里多了分隔符，请重新导出",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-8"])
def test_a_row_with_broken_bytes_is_refused(taobao: Sample, encoding: str) -> None:
    rows = numbered(taobao, 5)
    rows[2]["商品标题"] = "MARK"
    content = taobao.text(rows).encode(encoding).replace(b"MARK", b"\xff\xff")
    found, errors = read(content)
    assert len(found) == 4
    (error,) = errors
    assert error.row == 4
    assert error.message == GARBLED


def test_a_file_cut_off_in_the_middle_loses_its_last_row_only(taobao: Sample) -> None:
    content = taobao.text(numbered(taobao, 5)).encode("gb18030")
    found, errors = read(content[:-60])
    assert len(found) == 4
    assert [error.row for error in errors] == [6]


def test_a_cell_longer_than_any_title_costs_its_row_alone(taobao: Sample) -> None:
    rows = numbered(taobao, 3)
    rows[1]["商品标题"] = "伞" * 140_000
    found, errors = read(taobao.text(rows).encode())
    assert [line.row for line in found] == [2, 4]
    assert [(error.row, error.message) for error in errors] == [(3, UNCLOSED)]


def readable(platform: Platform | None) -> str:
    titles = {
        each: [layout.title for layout in layouts() if layout.platform is each]
        for each in Platform
    }
    if platform:
        return "、".join(titles[platform])
    firsts = "、".join(found[0] for found in titles.values())
    return f"{firsts}等 {len(layouts())} 种"


@pytest.mark.parametrize("case", FILES, ids=lambda case: str(case["name"]))
def test_a_file_that_cannot_be_read_is_told_what_to_do(
    case: dict[str, Any], workbook: Callable[..., bytes]
) -> None:
    if "rows" in case:
        content = workbook(case["rows"])
    elif "text" in case:
        content = case["text"].encode()
    else:
        content = case["bytes"].encode("latin-1")
    platform = Platform(case["platform"]) if "platform" in case else None
    report = read_report(content, "订单.csv", platform=platform)
    assert isinstance(report, ReportError), report
    says = case["says"].replace("{reports}", readable(platform))
    assert str(report) == f"订单.csv：{says}"


def test_a_foreign_report_is_told_in_other_encodings_too() -> None:
    report = read_report("订单id,商品名称,服务费率,预估服务费收入\n".encode("gb18030"), "订单.csv")
    assert isinstance(report, ReportError)
    assert "团长服务费" in report.message
