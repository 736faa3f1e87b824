"""`mingzhang reconcile` and `mingzhang radar` from files to files."""

import csv
import io
import json
import re
import shlex
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from bot.cli import main
from bot.store.creators import add_creator
from bot.store.database import open_engine
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.monthly_bills import keep_bills
from bot.sync import opening, reading
from settlement.apis import MonthlyBill
from settlement.contract import read_order
from settlement.model import Order, Platform

NOW = datetime(2026, 10, 20, tzinfo=UTC)
RECEIVED = "2026-07-20T10:00:00+08:00"
Run = Callable[..., tuple[int, str, list[str]]]


def sold(number: int, shop: str = "纸箱店", **facts: object) -> Order:
    said = {
        "platform": "1688",
        "order_number": f"16880000000000{number:02}",
        "shop": shop,
        "received_at": RECEIVED,
        "paid_amount": "100.00",
        "commission_rate": "0.10",
        **facts,
    }
    order = read_order(said)
    assert isinstance(order, Order), order
    return order


ORDERS = [
    sold(1),
    sold(2),
    sold(3, "=cmd|' /C calc'!A0", tax_withheld="2.00"),
    sold(4, refunds=[{"amount": "50.00", "succeeded_at": "2026-07-25T10:00:00+08:00"}]),
    sold(5, received_at=None, raw_status={"code": "80"}, closed_at="2026-08-01T10:00:00+08:00"),
]
STATEMENT = """订单号,实发金额,平台
1688000000000001,10.00,1688
1688000000000003,10.00,1688
1688000000000004,10.00,1688
1688000000000009,3.00,1688
1688000000000009,3.00,1688
合计,36.00,
"""


@pytest.fixture
def run(
    sqlite_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Run the command line over a store with orders; status, output, lines of standard error."""
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        owner = add_creator(connection, "小雅", NOW)
    report = ReportImport(engine, "report.csv", "hash", NOW)
    report.add([OwnedOrder(owner, order) for order in ORDERS])
    report.publish(refused=0)
    engine.dispose()
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)

    def command(*words: object) -> tuple[int, str, list[str]]:
        monkeypatch.setattr(sys, "argv", ["mingzhang", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err.splitlines()

    return command


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    path = tmp_path / "九月.csv"
    path.write_text(STATEMENT, "utf-8")
    return path


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


def keep_bill(database: str, real: str) -> None:
    """As the sync keeps 1688's bill of September."""
    engine = open_engine(database)
    unsaid = dict.fromkeys(("refund", "frozen", "rededucted", "service_fee"))
    said = {"estimate": "40.00", "refund_succeeded": "5.00", "tax": "1.00", "real": real}
    amounts = {name: Decimal(amount) for name, amount in said.items()}
    bill = MonthlyBill(month=date(2026, 9, 1), others={}, **unsaid, **amounts)
    with engine.begin() as connection:
        keep_bills(connection, Platform.ALIBABA_1688, "account", [bill], NOW)
    engine.dispose()


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


def test_the_radar_shows_where_money_goes_missing(run: Run) -> None:
    status, out, complaints = run("radar", "--since", "2026-07-01")
    assert (status, complaints) == (0, [])
    for words in ("漏佣雷达 2026-07-01", "看了 5 单", "15.00", "纸箱店", "交易关闭", "部分退款"):
        assert words in out
    _, out, _ = run("radar", "--since", "2026-07-01", "--json")
    said = json.loads(out)
    assert said["total"]["amount"] == "15.00"
    assert [(spot["cause"], spot["amount"]) for spot in said["spots"]] == [
        ("1688_80", "10.00"),
        ("partial_refund", "5.00"),
    ]
    assert json.loads(run("radar", "--platform", "jd", "--json")[1])["lines"] == 0


def test_the_radar_as_files(run: Run, tmp_path: Path) -> None:
    for name in ("r.csv", "r.xlsx", "r.png"):
        status, out, _ = run("radar", "--since", "2026-07-01", "--out", name)
        assert (status, f"已写入 {name}" in out) == (0, True)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig"))))
    assert [(row["代码"], row["本期"]) for row in rows] == [
        ("1688_80", "10.00"),
        ("partial_refund", "5.00"),
    ]
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet.max_row == 3
    with Image.open(tmp_path / "r.png") as picture:
        assert picture.width == 1080


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--since", "下周"), "--since：读不懂日期 '下周'；请写成 2026-11-01"),
        (("--since", "2199-01-01"), "--since：2199-01-01 还没到；请给出今天或更早的日期"),
        (("--out", "r.pdf"), "--out：r.pdf 不认识；请写成 .csv、.xlsx 或 .png 结尾"),
        (("--out", "none/r.png"), "--out none/r.png：写不了"),
        (("--platform", "amazon"), "--platform：没有平台 'amazon'"),
    ],
)
def test_what_the_radar_cannot_do_is_said_in_a_line(
    run: Run, words: tuple[str, ...], complaint: str
) -> None:
    status, _, complaints = run("radar", *words)
    assert status == 2
    assert complaints[0].startswith(complaint), complaints


@pytest.mark.parametrize("page", ["README.md", "deploy/README.md"])
def test_the_commands_of_a_page_work(
    run: Run, sqlite_database: str, tmp_path: Path, page: str
) -> None:
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    wanted = ("mingzhang reconcile ", "mingzhang radar")
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(wanted)]
    assert len(lines) >= 4
    for name in ("九月结算单.csv", "补发.csv"):
        (tmp_path / name).write_text(STATEMENT, "utf-8")
    (tmp_path / "自己的账单.csv").write_text(
        "平台单号,本期实发\n1688000000000001,10.00\n", "utf-8"
    )
    (tmp_path / "1688月账单.csv").write_text("settleMonth,realAmount\n202609,33.00\n", "utf-8")
    keep_bill(sqlite_database, "33.00")
    own = (each for each in re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    for yaml in own:
        if "my.yaml" in yaml:
            (tmp_path / "my.yaml").write_text(yaml, "utf-8")
    for line in lines:
        status, out, complaints = run(*shlex.split(line.split(" #")[0])[1:])
        assert (status, complaints) == (0, []), line
        assert out
