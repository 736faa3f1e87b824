"""Tables of refused rows: harmless in a spreadsheet, and the same to the reader of reports."""

import csv
import io

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from settlement.reports import Report, ReportLine, RowError, read_report
from settlement.reports.cells import cleaned
from settlement.reports.refusals import harmless, refused_header, refused_row
from tests.examples import examples

HEADER = ("订单号", "订单状态", "商品名称", "预估计佣金额", "预估佣金", "备忘")
JD = ",".join(HEADER) + "\n"
TELLING = ["=1+1", "+86", "-5.00", "@SUM(A1)", "\t=1", "\r\n=1", '="123"', "\uff1d1", "--", ""]
TELLING += ["713009185275031338", "007", "'=1", "`x", '"', "a\nb", "，", "1,200."]
ANY = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufffd"), max_size=20)
CELLS = st.lists(ANY | st.sampled_from(TELLING), min_size=4, max_size=4)


def report_of(content: str | bytes) -> Report:
    report = read_report(content.encode() if isinstance(content, str) else content, "订单.csv")
    assert isinstance(report, Report), str(report)
    return report


def table_of(report: Report, *errors: RowError) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([refused_header(report.header), *map(refused_row, errors)])
    return file.getvalue().encode("utf-8-sig")


def test_a_table_says_file_line_column_and_reason_beside_the_cells() -> None:
    report = report_of(JD + "100000000001,已付款,杯子,十元,5.00,=1+1\n")
    (error,) = report.rows
    assert isinstance(error, RowError)
    header, row = csv.reader(io.StringIO(table_of(report, error).decode("utf-8-sig"), newline=""))
    own = dict(zip(header[:4], row[:4], strict=True))
    assert own == {
        "未导入：文件": "订单.csv",
        "未导入：行": "2",
        "未导入：列": "预估计佣金额",
        "未导入：原因": "“十元”不是金额；请写成 12.30 这样的元",
    }
    assert tuple(header[4:]) == HEADER
    assert row[4:] == ["'100000000001", "已付款", "杯子", "十元", "5.00", "'=1+1"]


@settings(max_examples=examples(80))
@given(st.lists(CELLS, min_size=1, max_size=4))
def test_what_is_read_back_says_the_same(rows: list[list[str]]) -> None:
    # A text mark inside a text written as a formula, ="'5": nothing can be written for it.
    assume(all(cleaned(cleaned(cell)) == cleaned(cell) for row in rows for cell in row))
    originals = [
        ("已付款", f"1000000000{number:02}", *row[:2], "1.00", *row[2:])
        for number, row in enumerate(rows)
    ]
    names = ("订单状态", "订单号", "其一", "其二", "预估佣金", "其三", "其四", "预估计佣金额")
    errors = [
        RowError("=订单.csv", 2 + number, None, "@不好", (*cells, "1.00"))
        for number, cells in enumerate(originals)
    ]
    source = report_of(",".join(names) + "\n")
    again = report_of(table_of(source, *errors))
    assert again.unknown_columns == ("其一", "其二", "其三", "其四")
    lines = list(again.rows)
    for line, error in zip(lines, errors, strict=True):
        assert isinstance(line, ReportLine), str(line)
        assert [cleaned(cell) for cell in line.cells[4:]] == [
            cleaned(cell) for cell in error.cells
        ]


@settings(max_examples=examples(200))
@given(st.text(max_size=12) | CELLS.map("".join))
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_corrected_table_is_a_report_without_its_reasons() -> None:
    report = report_of(JD + "100000000001,已付款,杯子,十元,5.00,\n")
    (error,) = report.rows
    assert isinstance(error, RowError)
    corrected = table_of(report, error).replace("十元,".encode(), b"10.00,")
    again = report_of(corrected)
    (line,) = again.rows
    assert isinstance(line, ReportLine), str(line)
    assert line.order.order_number == "100000000001"
    assert again.unknown_columns == ("备忘",)


def test_rows_that_could_not_be_cut_are_there_too() -> None:
    report = report_of(JD + '100000000001,已付款\n100000000002,已付款,"杯,1.00,5.00,\n')
    short, unclosed = report.rows
    assert isinstance(short, RowError)
    assert isinstance(unclosed, RowError)
    assert short.cells == ("100000000001", "已付款")
    assert unclosed.cells == ('100000000002,已付款,"杯,1.00,5.00,',)


def test_a_cell_of_many_lines_becomes_one_line_or_the_table_could_not_be_read() -> None:
    source = report_of(JD)
    cells = ("100000000001", "已付款", "\n".join("杯子" * 50), "1.00", "1.00", "")
    (line,) = report_of(table_of(source, RowError("a.csv", 2, None, "x", cells))).rows
    assert isinstance(line, ReportLine), str(line)
    assert line.order.item == " ".join("杯子" * 50)
