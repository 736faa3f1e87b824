"""Statements in archives, and statements made to harm."""

import json
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from bot.sync import opening, reading
from tests.command_line import Run


def test_archives_and_folders_hold_statements_too(
    run: Run, statement: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "三季度.zip", "w") as archive:
        archive.write(statement, "九月.csv")
        archive.writestr("说明.pdf", b"%PDF")
    with zipfile.ZipFile(tmp_path / "空.zip", "w"):
        pass
    (tmp_path / "账单").mkdir()
    statement.rename(tmp_path / "账单" / "九月.csv")
    for name in ("三季度.zip", "账单"):
        status, out, complaints = run("reconcile", name, "--json")
        assert (status, complaints) == (0, [])
        assert json.loads(out)["statement_total"] == "36.00"
    status, _, complaints = run("reconcile", "空.zip", "--json")
    assert (status, complaints) == (2, ["空.zip：压缩包是空的；请核对后重新打包"])


def test_a_statement_made_to_harm_ends_only_the_process_that_reads_it(
    run: Run, statement: Path, tmp_path: Path
) -> None:
    """A cell in the farthest corner makes the library ask for a terabyte."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = "订单号", "实发金额"
    book.active["XFD1048576"] = "远"
    book.save(tmp_path / "远.xlsx")
    status, out, (complaint,) = run("reconcile", "远.xlsx", statement, "--json")
    assert status == 2
    assert complaint.startswith("远.xlsx：")
    assert "一行也没有对账" in complaint
    assert json.loads(out)["statement_total"] == "36.00"


HEAD = (
    "import os, signal, sys; from bot.sync.child_protocol import frame_of_payouts, write_frame;"
    "from settlement.statements import StatementLine; from decimal import Decimal;"
    "pipe = sys.stdout.buffer; write_frame(pipe, {'payouts': {'if_none': ''}});"
    "write_frame(pipe, frame_of_payouts([StatementLine(2, '1', Decimal(7))]));"
)
ENDS = {
    "os.kill(os.getpid(), signal.SIGKILL)": "读取程序被系统停止了，多半是内存不够；一行也没有对账",
    "os.kill(os.getpid(), signal.SIGXCPU)": "读了 900 秒还没有读完，已经停止；一行也没有对账",
    "write_frame(pipe, {'failed': 'memory'})": "要超过 2048 MB 内存，已经停止；一行也没有对账",
    "sys.exit(3)": "读取程序中断了（3）；一行也没有对账",
}


@pytest.mark.parametrize("end", ENDS)
def test_of_a_statement_whose_reading_breaks_off_nothing_counts(
    run: Run, statement: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(opening, "SHORT", 0)
    monkeypatch.setattr(reading, "_PROGRAM", (sys.executable, "-c", HEAD + end))
    status, out, (complaint,) = run("reconcile", statement, "--json")
    assert status == 2
    assert complaint.startswith("九月.csv：")
    assert ENDS[end] in complaint
    assert json.loads(out)["statement_total"] == "0.00"
