"""`mingzhang imports`: what came in, what it changed, and taking it back."""

import io
import sys

import pytest

from tests.command_line import Run
from tests.unit.import_files import TABLE, figures, report, results, row, write


def test_what_was_imported_is_listed_and_what_it_changed(run: Run) -> None:
    assert run("imports")[1] == "还没有导入过；先运行 mingzhang import 报表文件\n"
    write("creators.yaml", TABLE)
    write("[b]旧.csv", report(row(1), row(2)))
    write("新.csv", report(row(1, "90.00"), row(2, base="x")))
    _, out, _ = run("import", "[b]旧.csv", "--creators", "creators.yaml")
    assert list(figures(out)) == ["[b]旧.csv"]
    run("import", "新.csv")
    _, out, _ = run("imports")
    assert [cells[-6:] for cells in figures(out).values()] == [
        ["新.csv", "0", "1", "0", "1", "已生效"],
        ["[b]旧.csv", "2", "0", "0", "0", "已生效"],
    ]
    status, out, _ = run("imports", "show", "2")
    assert status == 0
    assert out.splitlines()[1:] == [
        "新增 0，变化 1，未变 0，拒绝 1；已生效",
        "  jd 100000000001：计佣金额 100.00 元 → 90.00 元",
    ]
    assert "新.csv（京东联盟订单明细）" in out
    _, out, _ = run("imports", "show", "2", "--json")
    record, changed = results(out)
    assert (record["state"], record["changed"]) == ("published", 1)
    assert changed["changes"] == [{"field": "base_amount", "before": "100.00", "after": "90.00"}]
    assert [each["import"] for each in results(run("imports", "--json")[1])] == [2, 1]


def test_an_import_is_taken_back_and_says_what_becomes_of_its_lines(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("旧.csv", report(row(1)))
    write("新.csv", report(row(1, "90.00"), row(2)))
    run("import", "旧.csv", "--creators", "creators.yaml")
    run("import", "新.csv")
    assert run("imports", "undo", "1", "--yes")[::2] == (
        2,
        ["第 1 号导入的订单后来又由第 2 号（新.csv）更新过；请先撤销它们，从编号最大的开始"],
    )
    assert run("imports", "undo", "2", "--yes")[:2] == (
        0,
        "已撤销第 2 号导入 新.csv：它带来的 1 行订单不再显示，它改过的 1 行恢复成导入之前的样子\n",
    )
    assert "已撤销" in run("imports", "show", "2")[1]
    assert run("imports", "undo", "2", "--yes")[::2] == (2, ["第 2 号导入已经撤销了"])
    assert figures(run("import", "新.csv", "--dry-run")[1]) == {
        "新.csv": ["1", "1", "0", "0", "0", "0"]
    }
    assert run("imports", "undo", "7", "--yes")[0] == 2
    assert run("imports", "undo", "1", "--yes")[0] == 0


def test_what_found_lines_as_they_were_is_to_be_imported_again(run: Run) -> None:
    write("creators.yaml", TABLE)
    write("一.csv", report(row(1)))
    write("二.csv", report(row(1), row(2)))
    run("import", "一.csv", "--creators", "creators.yaml")
    run("import", "二.csv")
    status, out, _ = run("imports", "undo", "1", "--yes")
    assert status == 0
    assert out.splitlines()[1] == (
        "后来的第 2 号（二.csv）里有些行当时没有变化，所以没有另存；"
        "要保留它们说的，请把这些文件再导入一次"
    )
    assert figures(run("import", "二.csv")[1]) == {"二.csv": ["1", "0", "1", "0", "0", "0"]}


@pytest.mark.parametrize(("typed", "status"), [("y\n", 0), ("n\n", 2)])
def test_on_a_terminal_undoing_is_asked_about(
    run: Run, monkeypatch: pytest.MonkeyPatch, typed: str, status: int
) -> None:
    write("creators.yaml", TABLE)
    write("订单.csv", report(row(1)))
    run("import", "订单.csv", "--creators", "creators.yaml")
    assert run("imports", "undo", "1")[::2] == (
        2,
        ["撤销第 1 号导入要确认；不在终端里请加 --yes"],
    )
    terminal = io.StringIO(typed)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    ended, out, err = run("imports", "undo", "1")
    assert ended == status
    assert "撤销第 1 号导入（订单.csv，新增 1，变化 0）吗？" in out
    assert err == ([] if status == 0 else ["没有撤销"])


def test_an_import_nobody_made_is_not_shown(run: Run) -> None:
    status, _, err = run("imports", "show", "7")
    assert (status, err) == (2, ["没有第 7 号导入；编号见 mingzhang imports"])
