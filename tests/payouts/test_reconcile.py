"""`mingzhang reconcile` from files to files."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.command_line import Run
from tests.payouts.conftest import keep_bill


def test_a_statement_is_told_in_a_few_lines(run: Run, statement: Path) -> None:
    status, out, complaints = run("reconcile", statement, "--month", "2026-09")
    assert (status, complaints) == (0, [])
    for words in (
        "2026-09 对账",
        "36.00",
        "33.00",
        "+3.00",
        "代扣税",
        "退款份额",
        "没发：可以提现",
    ):
        assert words in out
    status, out, _ = run("reconcile", statement)
    assert "账单没有写月份，所以没有找该发没发的单；请加 --month 2026-09" in out


def test_the_same_as_one_json_object(run: Run, statement: Path) -> None:
    status, out, _ = run("reconcile", statement, "--month", "2026-09", "--json")
    said = json.loads(out)
    assert status == 0
    assert (said["statement_total"], said["expected_total"]) == ("36.00", "33.00")
    assert said["difference"] == "3.00"
    counts = {name: outcome["count"] for name, outcome in said["outcomes"].items()}
    assert counts == {
        "agrees": 1,
        "differs": 2,
        "repeated": 1,
        "only_statement": 1,
        "only_orders": 1,
        "undetermined": 0,
    }
    assert said["causes"] == {
        "refund": {"count": 1, "amount": "5.00"},
        "tax_withheld": {"count": 1, "amount": "2.00"},
    }
    parts = (Decimal(outcome["difference"]) for outcome in said["outcomes"].values())
    assert sum(parts) == Decimal(said["difference"])
    assert said["largest"][0]["order_number"] == "1688000000000002"
    assert said["statement_months"] == ["2026-09"]


def test_the_table_is_exact_and_harmless(run: Run, statement: Path, tmp_path: Path) -> None:
    out = tmp_path / "差异.csv"
    assert run("reconcile", statement, "--month", "2026-09", "--out", out)[0] == 0
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["账单金额"] for row in rows] == ["10.00", "10.00", "10.00", "3.00", "3.00", ""]
    assert [row["应得金额"] for row in rows] == ["10.00", "8.00", "5.00", "", "", "10.00"]
    assert [row["账单行"] for row in rows] == ["2", "3", "4", "5", "6", ""]
    assert rows[1]["店铺"] == "'=cmd|' /C calc'!A0"
    assert rows[1]["原因"] == "代扣税"
    assert not list(tmp_path.glob(".*"))


def test_the_workbook_has_a_sheet_for_each_outcome(
    run: Run, statement: Path, tmp_path: Path
) -> None:
    out = tmp_path / "对账.xlsx"
    assert run("reconcile", statement, "--month", "2026-09", "--out", out)[0] == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["汇总", "差异", "仅账单", "仅订单", "一致"]
    assert [book[name].max_row - 1 for name in book.sheetnames[1:]] == [3, 1, 1, 1]
    differing = {cell.value: cell.column for cell in book["差异"][1]}
    amount = book["差异"].cell(2, differing["账单金额"])
    assert (amount.value, amount.data_type) == (10, "n")
    shop = book["差异"].cell(2, differing["店铺"])
    assert (shop.value, shop.data_type) == ("=cmd|' /C calc'!A0", "s")
    total = next(row for row in book["汇总"].values if row[0] == "合计")
    assert total == ("合计", 6, 36, 33, 3)


def test_a_bill_without_orders_is_compared_by_month(run: Run, tmp_path: Path) -> None:
    bill = tmp_path / "月账单.csv"
    bill.write_text("结算月份,预估收入,税费代扣,月结发钱金额\n2026-09,40.00,1.00,32.00\n", "utf-8")
    status, out, _ = run("reconcile", bill, "--platform", "1688")
    assert status == 0
    assert "按月对总数" in out
    _, out, _ = run("reconcile", bill, "--platform", "1688", "--month", "2026-09", "--json")
    assert json.loads(out)["outcomes"]["only_orders"]["count"] == 0
    (month,) = json.loads(out)["months"]
    assert (month["real"], month["expected"], month["difference"]) == ("32.00", "33.00", "-1.00")
    assert month["parts"]["tax"] == {"stated": "1.00", "reckoned": "2.00", "explains": "1.00"}


def test_without_a_file_the_bill_that_was_fetched_is_compared(
    run: Run, sqlite_database: str
) -> None:
    words = ("reconcile", "--platform", "1688", "--month", "2026-09")
    status, out, complaints = run(*words)
    assert (status, out, len(complaints)) == (2, "", 1)
    assert "没有 1688 2026-09 的月账单" in complaints[0]
    keep_bill(sqlite_database, "32.00")
    status, out, complaints = run(*words)
    assert (status, complaints) == (0, [])
    assert "按月对总数" in out
    _, out, _ = run(*words, "--json")
    (month,) = json.loads(out)["months"]
    assert (month["real"], month["expected"], month["difference"]) == ("32.00", "33.00", "-1.00")
    assert month["parts"]["tax"] == {"stated": "1.00", "reckoned": "2.00", "explains": "1.00"}
    status, out, complaints = run("reconcile")
    assert (status, out, len(complaints)) == (2, "", 1)


def test_several_statements_are_told_apart(run: Run, statement: Path, tmp_path: Path) -> None:
    more = tmp_path / "补发.csv"
    more.write_text(
        "单号,给你,月份\n1688000000000002,10.00,2026-09\n1688000000000001,1.00,2026-08\nx,1,2026-09\n",
        "utf-8",
    )
    names = tmp_path / "my.yaml"
    names.write_text("order_number: [单号, 订单号]\namount: [给你, 实发金额]\n", "utf-8")
    words = ("reconcile", statement, more, "--month", "2026-09", "--columns", names, "--json")
    status, out, complaints = run(*words)
    said = json.loads(out)
    assert (status, said["refused"], said["outcomes"]["only_orders"]["count"]) == (2, 1, 0)
    assert {each["rows"] for each in said["largest"]} >= {"九月.csv:4"}
    assert any("补发.csv 第 4 行" in line for line in complaints)
    assert "1 行不是 2026-09 的，没有算进去" in complaints


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--month", "九月"), "--month：读不懂 '九月'；请写成 2026-09"),
        (("--platform", "amazon"), "--platform：没有平台 'amazon'；可用 1688、jd"),
        (("--creator", "没有"), "--creator：没有达人 '没有'"),
        (("--out", "x.pdf"), "--out：x.pdf 不认识；请写成 .csv 或 .xlsx 结尾"),
        (("--out", "none/x.csv"), "--out none/x.csv：写不了"),
        (("--out", "none/x.xlsx"), "--out none/x.xlsx：写不了"),
        (("--columns", "none.yaml"), "--columns none.yaml：读不了（没有这个文件）"),
        (("none.csv",), "none.csv：读不了（没有这个文件）"),
        (("空.csv",), "空.csv：看不出是结算单"),
        (("光有表头.csv",), "光有表头.csv：里面没有一行明细；请核对文件"),
        (("未结算.csv",), "未结算.csv：没有已结算的行可以对"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    run: Run, statement: Path, tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / "空.csv").write_text("", "utf-8")
    (tmp_path / "光有表头.csv").write_text("订单号,实发金额\n", "utf-8")
    unsettled = "订单号,订单状态,预估计佣金额,预估佣金\n312345678901,已付款,100.00,5.00\n"
    (tmp_path / "未结算.csv").write_text(unsettled, "utf-8")
    status, _, complaints = run("reconcile", statement, *words)
    assert status == 2
    assert any(line.startswith(complaint) for line in complaints), complaints
    assert not list(tmp_path.glob(".*"))
