"""Files of refused rows: where they are written, and never over another."""

from pathlib import Path

import pytest

from bot.sync.refused import RefusedFiles
from settlement.reports import Report, RowError, read_report

JD = "订单号,订单状态,商品名称,预估计佣金额,预估佣金,备忘\n"


def report_of(content: str, name: str) -> Report:
    report = read_report(content.encode(), name)
    assert isinstance(report, Report), str(report)
    return report


def bad_report(name: str, header: str = JD) -> tuple[Report, RowError]:
    report = report_of(header + "100000000001,已付款,杯子,十元,5.00,\n", name)
    (error,) = report.rows
    assert isinstance(error, RowError)
    return report, error


def rows_in(folder: Path) -> dict[str, int]:
    """How many rows stand below the header of each file."""
    files = {path.name: path.read_text("utf-8-sig").splitlines() for path in folder.iterdir()}
    return {name: len(lines) - 1 for name, lines in files.items()}


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
    assert rows_in(tmp_path) == {"订单.未导入.csv": 2, "订单.未导入-2.csv": 2}
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
    assert rows_in(tmp_path) == {"out.csv": 0, "out-2.csv": 2, "out-3.csv": 1}
    assert (tmp_path / "out.csv").read_text("utf-8") == "corrected by hand"


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    report, error = bad_report("a.csv")
    with RefusedFiles(tmp_path / "nowhere" / "out.csv") as files, pytest.raises(FileNotFoundError):
        files.sink(report)(error)
