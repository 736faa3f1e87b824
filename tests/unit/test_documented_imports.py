"""Every command about imports in the READMEs does what it is there for."""

import re
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import Run

ROOT = Path(__file__).parents[2]
HEADER = "订单号,商品名称,下单时间,预估计佣金额,预估佣金,订单状态,推广位\n"
ROW = "{number},杯子,2026-09-01 10:00:00,{base},5.00,已付款,小雅短视频\n"
OWN = """
own:
  {platform: jd, title: 自己的表, source: own, last_checked: 2026-11-22, needs: [单号, 达人],
   columns: {单号: {field: order_number, as: number}, 达人: {creator: position}}}
"""


def blocks(kind: str, page: str) -> Iterator[str]:
    text = (ROOT / page).read_text("utf-8")
    yield from re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(page: str) -> list[str]:
    wanted = ("mingzhang import ", "mingzhang imports", "mingzhang creator ")
    lines = (line for block in blocks("sh", page) for line in block.splitlines())
    return [line for line in lines if line.startswith(wanted)]


def make_files() -> None:
    creators = next(each for each in blocks("yaml", "deploy/README.md") if "creators.yaml" in each)
    Path("creators.yaml").write_text(creators, "utf-8")
    Path("columns.yaml").write_text(OWN, "utf-8")
    Path("自己的表.csv").write_text("单号,达人\n100000000007,小雅短视频\n", "utf-8")
    good = HEADER + ROW.format(number="100000000001", base="100.00")
    bad = HEADER + ROW.format(number="100000000002", base="十元")
    Path("报表").mkdir()
    for name in ("订单.csv", "报表/订单.csv", "京东联盟订单明细.csv"):
        Path(name).write_text(good, "utf-8")
    Path("坏的.csv").write_text(bad, "utf-8")
    with zipfile.ZipFile("三月.zip", "w") as archive:
        archive.writestr("订单.csv", good)


@pytest.mark.parametrize("page", ["README.md", "deploy/README.md"])
def test_the_commands_of_a_page_work_one_after_the_other(page: str, run: Run) -> None:
    make_files()
    found = commands(page)
    assert len(found) >= 5
    # The table of creators is shown last and needed first.
    for line in ("mingzhang creator load creators.yaml", *found):
        status, _, err = run(*shlex.split(line, comments=True)[1:])
        assert status == (2 if "坏的.csv" in line else 0), (line, err)
    assert Path("坏的.未导入.csv").exists() == ("坏的.csv --refused" in "\n".join(found))
