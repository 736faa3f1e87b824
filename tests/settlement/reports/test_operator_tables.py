"""Tables of the operator's own: the documented example, what goes first, what is said if wrong."""

import json
import re
from pathlib import Path

import pytest

from settlement.model import Platform
from settlement.reports import Report, ReportError, ReportLine, read_lines_joined, read_report
from settlement.reports.layout_files import layouts, read_own_layouts
from settlement.reports.steps import KINDS
from settlement.yaml_text import RuleFileError

PAGE = (Path(__file__).parents[3] / "deploy" / "README.md").read_text("utf-8")
SECTION = PAGE.partition("### Tables of your own")[2].partition("\n### ")[0]
OWN = """
mine:
  platform: jd
  title: 自己的表
  needs: [订单号, 结算]
  columns:
    订单号: {field: order_number, as: number}
    结算: {field: settled_commission, as: money}
    预估佣金: {field: estimated_commission, as: money}
"""


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```", SECTION, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def test_the_documented_table_states_what_the_page_says() -> None:
    own = read_own_layouts(block("yaml"), "columns.yaml")
    report = read_report(block("csv").encode(), "小店结算表.csv", layouts=own)
    assert isinstance(report, Report), report
    (line,) = read_lines_joined(report)
    assert isinstance(line, ReportLine), line
    assert line.document == json.loads(block("json"))
    assert line.creator_hint == {"author": "林姐"}
    assert line.others == {"备注": "加急"}


def test_every_kind_of_cell_is_documented() -> None:
    assert [kind for kind in KINDS if f"`{kind}`" not in SECTION] == []


def test_every_report_that_can_be_read_is_documented() -> None:
    titles = (layout.title.partition("（") for layout in layouts())
    missing = [
        f"{name}{bracket}{kind}"
        for name, bracket, kind in titles
        if name not in PAGE or f"{bracket}{kind}" not in PAGE
    ]
    assert missing == []


def test_an_own_layout_goes_before_those_of_the_platforms() -> None:
    header = "订单号,订单状态,预估计佣金额,预估佣金,结算"
    own = read_own_layouts(OWN, "my.yaml")
    for known, title in ((own, "自己的表"), ((), "京东联盟订单明细")):
        report = read_report(header.encode(), "表.csv", layouts=known)
        assert isinstance(report, Report)
        assert report.layout.title == title


def test_an_own_layout_of_another_platform_than_demanded_is_named() -> None:
    own = read_own_layouts(OWN, "my.yaml")
    report = read_report("订单号,结算".encode(), "表.csv", platform=Platform.TAOBAO, layouts=own)
    assert isinstance(report, ReportError)
    assert "“自己的表”，不是所选平台（taobao）的报表" in report.message


def test_a_table_that_is_nearly_an_own_one_is_told_what_is_missing() -> None:
    own = read_own_layouts(OWN, "my.yaml")
    report = read_report("订单号,预估佣金".encode(), "表.csv", layouts=own)
    assert isinstance(report, ReportError)
    assert "最像“自己的表”，但缺少列“结算”" in report.message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", 'the whole file: is not a mapping; write "key: value" lines'),
        ("{}", "the whole file: holds no layout; describe one report"),
        (
            OWN.replace("platform: jd", "platform: ebay"),
            f"mine.platform: ebay is not known; use one of {', '.join(Platform)}",
        ),
        (
            OWN.replace("  platform: jd\n", ""),
            f"mine.platform: None is not known; use one of {', '.join(Platform)}",
        ),
        (
            OWN.replace("title", "titel"),
            "mine.titel: is not known here; use one of columns, kept, last_checked, line_id, "
            "needs, platform, rows, source, title, unused",
        ),
        (
            "mine: [",
            "line 1: expected the node content, but found '<stream end>'; correct the YAML",
        ),
        (
            OWN.replace("as: number", "as: numbers"),
            "mine.columns.订单号.as: numbers is no kind of cell; use one of " + ", ".join(KINDS),
        ),
    ],
)
def test_a_wrong_file_is_told_with_place_cause_and_remedy(text: str, says: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_own_layouts(text, "my.yaml")
    assert str(caught.value) == f"my.yaml: {says}"
