"""Files of layouts: what they say, and that what is wrong is said with place and remedy."""

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from settlement.combining import Rows
from settlement.model import Platform
from settlement.platforms import folder, room_of
from settlement.reports.layout_files import (
    foreign_layouts,
    layouts,
    read_foreign_layouts,
    read_layouts,
)
from settlement.reports.layouts import Column, ForeignLayout, Layout, header_key, word_key
from settlement.yaml_text import RuleFileError, packaged

BROKEN: list[dict[str, str]] = YAML(typ="safe").load(
    (Path(__file__).parents[2] / "reports" / "broken_layouts.yaml").read_text("utf-8")
)
GOOD = """
orders:
  title: 订单
  source: a test
  last_checked: 2026-11-21
  needs: [单号]
  line_id: [单号, 商品]
  columns:
    单号: {field: order_number, as: number, absent: ["0", 无]}
    商品: {field: item}
    状态: {field: raw_status.code, as: code, words: {完成: "17"}}
    金额: {field: paid_amount, as: money, also: [付款金额]}
    预估: {field: special_fee, as: money, counts_without: settled_at}
    结算: {field: special_fee, as: money, counts_with: settled_at}
    比例: {field: commission_rate, as: percent, times: 分成, checked_by: estimated_commission}
    分成: {as: percent}
    推广位: {creator: position}
  unused: [序 号]
  rows: sum
"""


def read(text: str) -> list[Layout]:
    statuses = room_of(Platform.JD).statuses
    return list(read_layouts(text, "columns.yaml", Platform.JD, statuses))


def test_a_good_file_says_what_it_says() -> None:
    (layout,) = read(GOOD)
    assert (layout.platform, layout.name, layout.title) == (Platform.JD, "orders", "订单")
    assert (layout.needs, layout.line_id) == (("单号",), ("单号", "商品"))
    assert layout.unused == {"序号"}
    assert layout.rows is Rows.SUM
    columns = dict(layout.columns)
    number, status = columns.pop("单号"), columns.pop("状态")
    assert (number.fact, number.kind) == ("order_number", "number")
    assert number.absent == {"0", "无"}
    assert (status.fact, status.kind) == ("raw_status.code", "code")
    money = Column("金额", "paid_amount", "money")
    checked_by = "estimated_commission"
    assert columns == {
        "商品": Column("商品", "item", "text"),
        "金额": money,
        "付款金额": money,
        "预估": Column("预估", "special_fee", "money", counts_without="settled_at"),
        "结算": Column("结算", "special_fee", "money", counts_with="settled_at"),
        "比例": Column("比例", "commission_rate", "percent", times="分成", checked_by=checked_by),
        "分成": Column("分成", None, "percent"),
        "推广位": Column("推广位", None, "text", creator="position"),
    }


def test_the_words_of_codes_are_those_of_the_statuses_and_those_of_the_report() -> None:
    (layout,) = read(GOOD)
    table = room_of(Platform.JD).statuses.tables["code"]
    words = {word_key(meaning.text): code for code, meaning in table.items()}
    assert layout.columns["状态"].codes == {**words, "完成": "17"}


def test_what_a_layout_need_not_say_may_be_left_out() -> None:
    (layout,) = read("a: {title: b, needs: [c], columns: {c: {field: order_number}}}")
    assert (layout.unused, layout.line_id) == (frozenset(), ())
    assert layout.rows is Rows.SINGLE


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: str(case["name"]))
def test_a_broken_file_names_place_cause_and_remedy(case: dict[str, str]) -> None:
    if "text" not in case:
        assert GOOD.count(case["old"]) == 1
    with pytest.raises(RuleFileError) as caught:
        read(case.get("text") or GOOD.replace(case["old"], case["new"]))
    assert str(caught.value) == case["says"]


def test_a_foreign_report_is_told_by_what_it_needs() -> None:
    (foreign,) = read_foreign_layouts("别家:\n  needs: [单 号, 金额]\n  remedy: 换一份", "f.yaml")
    assert foreign == ForeignLayout("别家", frozenset({"单号", "金额"}), "换一份")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- 别家", 'the whole file: is not a mapping; write "key: value" lines'),
        ("别家: 无", '别家: is not a mapping; write "key: value" lines'),
        ("别家: {need: [单号]}", "别家.need: is not known here; use one of needs, remedy"),
        ("别家: {remedy: 换}", "别家.needs: None is not a text; write a text, or a list of texts"),
        (
            "别家: {needs: [], remedy: 换}",
            "别家.needs: every file would do; name the columns that tell it from other reports",
        ),
        (
            "别家: {needs: [单号], remedy: [换, 改]}",
            "别家.remedy: ['换', '改'] is not a text; write a text",
        ),
    ],
)
def test_a_broken_file_of_foreign_reports_names_place_cause_and_remedy(
    text: str, says: str
) -> None:
    with pytest.raises(RuleFileError) as caught:
        list(read_foreign_layouts(text, "f.yaml"))
    assert str(caught.value) == f"f.yaml: {says}"


@pytest.mark.parametrize("platform", Platform)
def test_every_layout_names_its_source_and_when_that_was_checked(platform: Platform) -> None:
    text = packaged(f"platforms/{folder(platform)}/columns.yaml")
    for layout in YAML(typ="safe").load(text).values():
        assert layout["source"]
        assert isinstance(layout["last_checked"], date)


def test_every_layout_is_told_from_every_other_by_what_it_needs() -> None:
    needs = {layout.title: frozenset(map(header_key, layout.needs)) for layout in layouts()}
    needs |= {
        f"{foreign.title} {place}": foreign.needs
        for place, foreign in enumerate(foreign_layouts())
    }
    for title, keys in needs.items():
        for other, others in needs.items():
            assert title == other or not keys <= others, f"{title} looks like {other}"
