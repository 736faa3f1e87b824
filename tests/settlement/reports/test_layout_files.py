"""Files of layouts: what is wrong with one is said to its editor, with place and remedy."""

import pytest

from settlement.model import Platform
from settlement.platforms import room_of
from settlement.reports.layout_files import foreign_layouts, layouts, read_layouts
from settlement.reports.layouts import header_key
from settlement.yaml_text import RuleFileError

GOOD = """
orders:
  title: 订单
  source: a test
  last_checked: 2026-11-21
  needs: [单号]
  columns:
    单号: {field: order_number, as: number}
    状态: {field: raw_status.code, as: code, words: {完成: "17"}}
    金额: {field: paid_amount, as: money}
"""


def read(text: str) -> None:
    list(read_layouts(text, "columns.yaml", Platform.JD, room_of(Platform.JD).statuses))


def test_a_good_file_reads() -> None:
    read(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("field: paid_amount", "field: price", ["orders.columns.金额", "no field price", "use a"]),
        ("as: money", "as: yuan", ["orders.columns.金额.as", "yuan is no kind", "money"]),
        ("as: money", "unit: yuan", ["金额.unit", "is not known here", "use one of"]),
        ('完成: "17"', '完成: "99"', ["状态.words.完成", "99 is no code", "add it there"]),
        ("needs: [单号]", "needs: [总号]", ["总号 is referred to", "add it to columns"]),
        ("field: order_number", "field: item", ["no column holds the order number", "give one"]),
        ("    金额:", "    单号 :", ["单号"]),
        ("as: money}", "as: money, also: [状态]}", ["状态 stands twice", "keep one"]),
        ("as: money}", "as: money, times: 比例}", ["比例 is referred to", "add it"]),
        ("title: 订单", "name: 订单", ["orders.name", "is not known here"]),
        ("  title: 订单\n", "", ["orders.title", "is not a text"]),
    ],
)
def test_a_broken_file_names_place_cause_and_remedy(old: str, new: str, says: list[str]) -> None:
    assert old in GOOD
    with pytest.raises(RuleFileError) as caught:
        read(GOOD.replace(old, new))
    message = str(caught.value)
    assert message.startswith("columns.yaml: ")
    for words in says:
        assert words in message


def test_every_layout_is_told_from_every_other_by_what_it_needs() -> None:
    needs = {layout.title: frozenset(map(header_key, layout.needs)) for layout in layouts()}
    needs |= {
        f"{foreign.title} {place}": foreign.needs
        for place, foreign in enumerate(foreign_layouts())
    }
    for title, keys in needs.items():
        for other, others in needs.items():
            assert title == other or not keys <= others, f"{title} looks like {other}"
