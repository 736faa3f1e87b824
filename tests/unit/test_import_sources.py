"""`mingzhang import` of archives, folders, tables of one's own, and of files that take long."""

import csv
import io
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.sync import opening, reading
from tests.command_line import Run
from tests.unit.import_files import HEADER, TABLE, figures, report, row, write


def packed(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


def test_an_archive_is_its_reports(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("三月.zip", packed(a_csv=report(row(1)), README_txt="read", b_csv=report(row(2))))
    status, out, err = run("import", "三月.zip", "--creators", "creators.yaml")
    assert status == 0
    assert figures(out) == {
        "三月.zip › a.csv": ["1", "0", "0", "0", "0", "0"],
        "三月.zip › b.csv": ["1", "0", "0", "0", "0", "0"],
    }
    assert err[2:] == [
        "三月.zip：跳过了不是报表的 1 个文件：三月.zip › README.txt",
        "三月.zip › a.csv、三月.zip › b.csv：不认识的列，原样保留：备忘",
    ]


def test_a_folder_is_its_reports(run: Run) -> None:
    write("creators.yaml", TABLE)
    Path("三月").mkdir()
    write("三月/a.csv", report(row(1)))
    write("三月/b.zip", packed(c_csv=report(row(2)), d_zip="x"))
    status, out, err = run("import", "三月", "--creators", "creators.yaml")
    assert status == 2
    assert list(figures(out)) == ["三月 › a.csv", "三月 › b.zip › c.csv", "三月 › b.zip › d.zip"]
    assert "三月 › b.zip › d.zip" in err[2]


def test_columns_of_ones_own_are_read(run: Run) -> None:
    write(
        "columns.yaml",
        "own:\n  platform: jd\n  title: 自己的表\n  source: own\n  last_checked: 2026-11-22\n"
        "  needs: [单号, 达人]\n  columns:\n    单号: {field: order_number, as: number}\n"
        "    达人: {creator: position}\n    金额: {field: base_amount, as: money}\n",
    )
    write("creators.yaml", TABLE)
    write("own.csv", "单号,达人,金额\n100000000001,短视频1,10.00\n")
    words = ("import", "own.csv", "--creators", "creators.yaml")
    assert run(*words)[0] == 2
    status, out, _ = run(*words, "--columns", "columns.yaml")
    assert (status, figures(out)) == (0, {"own.csv": ["1", "0", "0", "0", "0", "0"]})


def test_workbooks_and_long_files_are_read_by_a_process_of_their_own(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("creators.yaml", TABLE)
    book = Workbook()
    for line in csv.reader([HEADER, row(1), row(2, base="十元")]):
        book.worksheets[0].append(line)
    book.save("订单.xlsx")
    write("long.csv", report(row(3), row(4, base="十元")))
    monkeypatch.setattr(opening, "SHORT", 0)
    words = ("import", "订单.xlsx", "long.csv", "--creators", "creators.yaml", "--refused", ".")
    status, out, err = run(*words)
    assert status == 2
    assert figures(out) == {
        "订单.xlsx": ["1", "0", "0", "0", "0", "1"],
        "long.csv": ["1", "0", "0", "0", "0", "1"],
    }
    assert "long.csv 第 3 行“预估计佣金额”列：“十元”不是金额" in err[3]
    assert Path("订单.未导入.csv").read_text("utf-8-sig").count("十元") == 2


def test_a_file_whose_reading_ends_is_refused_whole(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("订单.csv", report(row(1)))
    monkeypatch.setattr(opening, "SHORT", 0)
    monkeypatch.setattr(reading, "_PROGRAM", (sys.executable, "-c", "raise SystemExit(3)"))
    status, out, err = run("import", "订单.csv")
    assert status == 2
    assert figures(out) == {"订单.csv": ["-", "-", "-", "-", "-", "整份"]}
    assert err == [
        "订单.csv：读取程序中断了（3）；一行也没有导入，"
        "请再试一次，还不行就重新导出，并把这句话告诉开发者"
    ]
