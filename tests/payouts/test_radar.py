"""`mingzhang radar` from the store to files."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from tests.command_line import Run


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
        (("--since", "下周"), "--since：读不懂时间 '下周'；请写成 2026-09-15"),
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
