"""`mingzhang chat` as a process: what is typed, and what is seen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image


def talk(*lines: str, options: tuple[str, ...] = (), database: Path | None = None) -> list[str]:
    """Type the lines; gives what stood on the screen, without frames."""
    ended = run(*lines, options=options, database=database)
    assert ended.returncode == 0, ended.stderr.decode()
    shown = ended.stdout.decode().splitlines()
    return [line.strip("│╭╮╰╯─ ") for line in shown]


def run(
    *lines: str, options: tuple[str, ...] = (), database: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    given = {"MINGZHANG_DATABASE_URL": f"sqlite:///{database}"} if database else {}
    return subprocess.run(  # noqa: S603 - the program under test
        [sys.executable, "-m", "bot", "chat", *options],
        input="".join(f"{line}\n" for line in lines).encode(),
        capture_output=True,
        env=os.environ | {"COLUMNS": "200", "PYTHONIOENCODING": "utf-8"} | given,
        check=False,
    )


def test_a_conversation(tmp_path: Path) -> None:
    typed = (
        "1688的佣金几号发",
        "1688111111110001",
        "1",
        ".5",
        "1688222222220002",
        "我的佣金",
        "2",
    )
    shown = talk(*typed, options=("--files", str(tmp_path)))
    assert any(line.startswith("1688 每月 15 日发佣金") for line in shown)
    card = shown.index("1688 · 1688111111110001")
    assert any("[1] 💰 金额明细" in line for line in shown[card:])
    assert any("到手" in line for line in shown[card:])
    assert any("太短" in line for line in shown), "a point before a number means the number"
    assert "1688 · 1688222222220002" not in shown, "it is another creator's"
    saved = {path.suffix: path for path in tmp_path.iterdir()}
    assert sorted(saved) == [".png", ".xlsx"]
    assert all(any(str(path) in line for line in shown) for path in saved.values())
    with Image.open(saved[".png"]) as drawn:
        assert drawn.width == 1080
    assert load_workbook(saved[".xlsx"]).worksheets[0].max_row > 10


def test_the_creator_that_is_named_sees_their_orders() -> None:
    shown = talk("1688222222220002", options=("--creator", "阿泽"))
    assert "1688 · 1688222222220002" in shown


def test_the_own_database_keeps_who_one_is(tmp_path: Path) -> None:
    database = tmp_path / "own.db"
    first = talk("/help", options=("--own", "--lang", "en"), database=database)
    assert any("order number" in line for line in first)
    second = talk("/help", options=("--own",), database=database)
    assert any("order number" in line for line in second)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--creator", "谁也不是"),
            "--creator：没有达人 '谁也不是'；先运行 mingzhang creator add 谁也不是",
        ),
        (("--files", "/no/such/folder"), "--files：没有这个目录 /no/such/folder"),
        (("--lang", "fr"), "fr"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(options: tuple[str, ...], said: str) -> None:
    ended = run(options=options)
    assert ended.returncode == 2
    complaint = ended.stderr.decode()
    assert said in complaint
    assert complaint.count("\n") == 1
