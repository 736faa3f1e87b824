"""Tables of refused rows: harmless in a spreadsheet, and the same to the reader of reports."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.sync.refused import RefusedFiles, write_refused
from settlement.reports import Report, ReportLine, RowError, read_report
from settlement.reports.cells import cleaned
from settlement.reports.refusals import harmless
from tests.examples import examples

HEADER = ("订单号", "订单状态", "商品名称", "预估计佣金额", "预估佣金", "备忘")
JD = ",".join(HEADER) + "\n"
TELLING = ["=1+1", "+86", "-5.00", "@SUM(A1)", "\t=1", "\r\n=1", '="123"', "\uff1d1", "--", ""]
TELLING += ["713009185275031338", "007", "'=1", "`x", '"', "a\nb", "，", "1,200."]
ANY = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufffd"), max_size=20)
CELLS = st.lists(ANY | st.sampled_from(TELLING), min_size=4, max_size=4)


def report_of(content: str | bytes, name: str = "订单.csv") -> Report:
    report = read_report(content.encode() if isinstance(content, str) else content, name)
    assert isinstance(report, Report), str(report)
    return report


def table_of(report: Report, *errors: RowError) -> bytes:
    file = io.StringIO(newline="")
    write = write_refused(file, report)
    for error in errors:
        write(error)
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


@settings(max_examples=examples(200))
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


@settings(max_examples=examples(500))
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


def bad_report(name: str, header: str = JD) -> tuple[Report, RowError]:
    report = report_of(header + "100000000001,已付款,杯子,十元,5.00,\n", name)
    (error,) = report.rows
    assert isinstance(error, RowError)
    return report, error


def test_a_folder_gets_a_file_for_each_report_and_only_where_rows_were_refused(
    tmp_path: Path,
) -> None:
    with RefusedFiles(tmp_path) as files:
        for name in ("三月.zip › 京东/订单.csv", "订单.csv"):
            report, error = bad_report(name)
            take = files.sink(report)
            take(error)
            take(error)
        files.sink(report_of(JD, "好的.csv"))
    assert files.written == {
        tmp_path / "订单.未导入.csv": 2,
        tmp_path / "订单.未导入-2.csv": 2,
    }
    assert sorted(tmp_path.iterdir()) == sorted(files.written)
    content = (tmp_path / "订单.未导入.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "三月.zip › 京东/订单.csv,2,预估计佣金额".encode() in content


def test_a_file_takes_all_reports_with_its_columns_and_is_never_written_over(
    tmp_path: Path,
) -> None:
    (tmp_path / "out.csv").write_text("corrected by hand", "utf-8")
    other = JD.replace("备忘", "别的")
    with RefusedFiles(tmp_path / "out.csv") as files:
        for name, header in (("a.csv", JD), ("b.csv", other), ("c.csv", JD)):
            report, error = bad_report(name, header)
            files.sink(report)(error)
    assert files.written == {tmp_path / "out-2.csv": 2, tmp_path / "out-3.csv": 1}
    assert (tmp_path / "out.csv").read_text("utf-8") == "corrected by hand"


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    report, error = bad_report("a.csv")
    with RefusedFiles(tmp_path / "nowhere" / "out.csv") as files, pytest.raises(FileNotFoundError):
        files.sink(report)(error)
