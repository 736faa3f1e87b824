"""`mingzhang import`: what comes in, what is refused, and how it is told."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import Workbook
from rich.console import Console

from bot.commands import refused_rows
from bot.commands.import_progress import told_on
from bot.sync import refused
from bot.sync.refused import RefusedFiles
from tests.command_line import Run
from tests.unit.import_files import TABLE, figures, report, results, row, write


def test_good_rows_come_in_and_each_bad_one_gets_a_line(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("订单.csv", report(row(1), row(2, base="十元"), row(3, position="谁"), row(4)))
    status, out, err = run("import", "订单.csv", "--creators", "creators.yaml")
    assert status == 2
    assert figures(out) == {"订单.csv": ["2", "0", "0", "0", "0", "2"]}
    assert err == [
        "新增达人 2 位：小林、小李",
        "新增叫法 2 个：小林（jd position 短视频1）、小李（jd position 直播9）",
        "订单.csv 第 3 行“预估计佣金额”列：“十元”不是金额；请写成 12.30 这样的元",
        "订单.csv 第 4 行：不知道这是哪位达人的订单（推广者信息：谁）；"
        "请先登记推广位，或指明达人（命令加 --creator 名字，发文件时说明里写“达人：名字”）",
        "订单.csv：不认识的列，原样保留：备忘",
        "有 2 行没有导入；再运行一次并加上 --refused 文件夹，"
        "就把它们连同原因存成表格，改好后直接导入",
    ]


def test_the_setting_names_the_creators_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write("creators.yaml", TABLE)
    write("订单.csv", report(row(1)))
    monkeypatch.setenv("MINGZHANG_CREATORS", "creators.yaml")
    status, out, _ = run("import", "订单.csv")
    assert (status, figures(out)) == (0, {"订单.csv": ["1", "0", "0", "0", "0", "0"]})
    monkeypatch.setenv("MINGZHANG_CREATORS", "nowhere.yaml")
    status, _, err = run("import", "订单.csv")
    assert (status, err) == (2, ["MINGZHANG_CREATORS：没有这个文件：nowhere.yaml"])


def test_a_dry_run_shows_examples_in_words_and_writes_nothing(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("旧.csv", report(row(1), row(2)))
    assert run("import", "旧.csv", "--creators", "creators.yaml")[0] == 0
    write("新.csv", report(row(1, "90.00", "已完成"), row(2), row(3), row(4, base="x")))
    for _ in range(2):
        status, out, err = run("import", "新.csv", "--dry-run")
        assert status == 2
        assert "试导入，没有写入" in out
        assert figures(out) == {"新.csv": ["1", "1", "1", "0", "0", "1"]}
        assert out.splitlines()[-3:] == [
            "新.csv 新增：订单 100000000003（第 4 行）",
            "新.csv 变化：订单 100000000001（第 2 行） "
            "计佣金额 100.00 元 → 90.00 元；平台状态 已付款 → 已完成",
            "新.csv 未变：订单 100000000002 等",
        ]
        assert err[0].startswith("新.csv 第 5 行")


def test_a_dry_run_knows_the_creators_of_the_table_without_registering_them(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("订单.csv", report(row(1), row(2, position="直播9"), row(3, position="谁")))
    _, out, _ = run("import", "订单.csv", "--creators", "creators.yaml", "--dry-run")
    assert figures(out) == {"订单.csv": ["2", "0", "0", "0", "0", "1"]}
    _, out, _ = run("import", "订单.csv", "--dry-run")
    assert figures(out) == {"订单.csv": ["0", "0", "0", "0", "0", "3"]}


def test_json_says_everything_of_each_file(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("订单.csv", report(row(1), row(2, base="x")))
    write("说明.csv", "没有,表头\n")
    status, out, err = run(
        *("import", "订单.csv", "说明.csv", "--creators", "creators.yaml", "--json"),
        *("--refused", "."),
    )
    first, second = results(out)
    assert status == 2
    assert first["errors"] == [err[2]]
    del first["errors"]
    assert first == {
        **{"file": "订单.csv", "new": 1, "changed": 0, "unchanged": 0, "older": 0, "joined": 0},
        **{"refused": 1, "dry_run": False, "report": "京东联盟订单明细", "import": 1},
        **{"imported_before": None, "unknown_columns": ["备忘"], "examples": {}},
        "refused_rows": "订单.未导入.csv",
    }
    assert second["refused"] is None
    assert second["errors"] == [err[3]]
    assert "看不出是哪个平台的报表" in err[3]


def test_refused_rows_are_corrected_and_imported_again(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("订单.csv", report(row(1), row(2, base="十元")))
    status, _, err = run("import", "订单.csv", "--creators", "creators.yaml", "--refused", ".")
    assert status == 2
    assert err[-1] == "没有导入的行连同原因写进了 订单.未导入.csv；改好后直接导入它"
    content = Path("订单.未导入.csv").read_text("utf-8-sig")
    (told,) = csv.DictReader(io.StringIO(content))
    assert (told["未导入：文件"], told["未导入：行"]) == ("订单.csv", "3")
    write("订单.未导入.csv", content.replace("十元,", "10.00,"))
    status, out, err = run("import", "订单.未导入.csv")
    assert status == 0
    assert figures(out) == {"订单.未导入.csv": ["1", "0", "0", "0", "0", "0"]}
    assert err == ["订单.未导入.csv：不认识的列，原样保留：备忘"]


def test_the_same_content_is_said_to_be_known_only_if_something_of_it_came_in(run: Run) -> None:
    write("订单.csv", report(row(1), row(2)))
    for _ in range(2):
        status, out, err = run("import", "订单.csv")
        assert (status, figures(out)) == (2, {"订单.csv": ["0", "0", "0", "0", "0", "2"]})
        assert not any("导入过" in line for line in err)
    write("creators.yaml", TABLE)
    _, out, err = run("import", "订单.csv", "--creators", "creators.yaml")
    assert figures(out) == {"订单.csv": ["2", "0", "0", "0", "0", "0"]}
    assert not any("导入过" in line for line in err)
    _, out, err = run("import", "订单.csv")
    assert figures(out) == {"订单.csv": ["0", "0", "2", "0", "0", "0"]}
    assert err[0].startswith("订单.csv：同样的内容在 ")
    assert err[0].endswith(" 导入过")


@pytest.mark.parametrize("name", ["账单.csv", "账单.xlsx"])
def test_a_payout_statement_is_sent_to_the_command_that_reads_it(run: Run, name: str) -> None:
    if name.endswith("xlsx"):
        book = Workbook()
        book.active.append(["订单号", "实发金额"])
        book.active.append(["1", "10.00"])
        book.save(name)
    else:
        write(name, "订单号,实发金额\n1,10.00\n")
    write("别的.csv", "日期,备注\n1,2\n")
    status, _, (said, other) = run("import", name, "别的.csv")
    assert status == 2
    assert said.startswith(f"{name}：看不出是哪个平台的报表")
    assert said.endswith("；如果是结算单，请用 mingzhang reconcile")
    assert "reconcile" not in other


def test_a_file_without_refused_rows_leaves_nothing_behind(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("订单.csv", report(row(1)))
    before = sorted(Path().iterdir())
    assert run("import", "订单.csv", "--creators", "creators.yaml", "--refused", ".")[0] == 0
    assert sorted(Path().iterdir()) == before


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("nowhere.csv",), "nowhere.csv：读不了（没有这个文件）；请检查路径与权限"),
        (("x.csv", "--platform", "amazon"), "--platform：没有平台 'amazon'；可用 1688、jd"),
        (
            ("x.csv", "--creator", "小王"),
            "--creator：没有达人 '小王'；先运行 mingzhang creator add",
        ),
        (("x.csv", "--creators", "x.yaml"), "x.yaml：整个文件：打不开"),
        (("x.csv", "--columns", "x.yaml"), "--columns x.yaml：读不了（没有这个文件）；请检查"),
        (("x.csv", "--columns", "x.csv"), "--columns x.csv："),
        (("x.csv", "--refused", "no/x.csv"), "--refused：没有文件夹 no；请先建好，或换一个地方"),
        (("x.csv", "--refused", "x.csv/y"), "--refused：没有文件夹 x.csv"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, words: tuple[str, ...], complaint: str
) -> None:
    write("x.csv", report(row(1)))
    status, _, err = run("import", *words)
    assert status == 2
    assert len(err) == 1
    assert err[0].startswith(complaint)


def test_of_many_bad_rows_the_first_are_said_and_the_reasons_of_most(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_rows, "MOST_SAID", 3)
    write("订单.csv", report(row(1, base="十元"), *(row(number) for number in range(2, 9))))
    _, _, err = run("import", "订单.csv")
    assert err[3:6] == [
        "订单.csv：还有 5 行没有导入；全部 8 行里最多的原因：",
        "订单.csv：7 行：不知道这是哪位达人的订单（推广者信息：短视频1）；"
        "请先登记推广位，或指明达人（命令加 --creator 名字，发文件时说明里写“达人：名字”）",
        "订单.csv：1 行：“十元”不是金额；请写成 12.30 这样的元",
    ]


@pytest.mark.parametrize(("method", "imported"), [("_write", 0), ("close", 1)])
def test_a_full_disk_under_refused_rows_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch, method: str, imported: int
) -> None:
    place = RefusedFiles if method == "close" else refused
    whole = getattr(place, method)
    left = [OSError(28, "No space left on device")]

    def full(*given: object) -> object:
        whole(*given)
        if left:
            raise left.pop()
        return None

    monkeypatch.setattr(place, method, full)
    write("creators.yaml", TABLE)
    write("订单.csv", report(row(1), row(2, base="x")))
    words = ("import", "订单.csv", "--refused", ".", "--creators", "creators.yaml")
    status, _, err = run(*words)
    assert status == 2
    assert "--refused：写不了（No space left on device）；请换一个地方，再运行一次" in err
    assert len(results(run("imports", "--json")[1])) == imported


def test_progress_is_shown_on_a_terminal_and_nowhere_else() -> None:
    screen = io.StringIO()
    with told_on(Console(file=screen, force_terminal=True, width=100)) as told:
        for name in ("一月.csv", "二月.csv"):
            tell = told(name)
            tell(5_000)
            tell(123_456)
    assert "二月.csv" in screen.getvalue()
    assert "123,456 行" in screen.getvalue()
    with told_on(None) as told:
        told("一月.csv")(5)
