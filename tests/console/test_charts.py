"""What charts draw: bars as long as their values, and the figures in words beside them."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.charts import WIDTH, Bar, Column, bars, columns, keys, rounded_up

AMOUNTS = st.integers(0, 10**9) | st.decimals(0, 10**9, places=2)


def drawn(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)  # noqa: S314 (our own)


def test_the_longest_bar_fills_the_width_and_half_of_it_is_half_as_long() -> None:
    chart = drawn(bars("话题", [Bar("结算", 40), Bar("退款", 20), Bar("没有", 0)]))
    widths = [float(each.attrib["width"]) for each in chart.iter("rect")]
    assert widths == [WIDTH, WIDTH / 2, 0]
    assert chart.attrib["aria-label"] == "话题: 结算 40, 退款 20, 没有 0"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("问" * 20, "问" * 20), ("问" * 21, "问" * 19 + "…"), ("q" * 41, "q" * 39 + "…")],
)
def test_a_name_leaves_room_for_the_number(name: str, shown: str) -> None:
    texts = [each.text for each in drawn(bars("x", [Bar(name, 1)])).iter("text")]
    assert texts == [shown, "1"]


def test_what_comes_from_outside_is_escaped() -> None:
    chart = bars("<b>", [Bar('"><script>', 1)])
    assert "<script>" not in chart
    assert drawn(chart).attrib["aria-label"] == '<b>: "><script> 1'


def test_columns_stack_their_series_up_to_the_scale() -> None:
    chart = drawn(
        columns("问题", [Column("9月1日", (3, 1)), Column("9月2日", (0, 10))], ["答", "问"])
    )
    heights = [float(each.attrib["height"]) for each in chart.iter("rect")]
    assert heights == [35.4, 11.8, 118.0]  # of 118, which is 10
    assert [each.text for each in chart.iter("title")] == [
        "9月1日: 答 3, 问 1",
        "9月2日: 答 0, 问 10",
    ]
    assert chart.attrib["aria-label"] == "问题: 答 3, 问 11"


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=100))
def test_any_figures_make_a_drawing_within_its_bounds(values: list[tuple[int, int]]) -> None:
    chart = columns("x", [Column(str(n), each) for n, each in enumerate(values)], ["a", "b"])
    for rect in drawn(chart).iter("rect"):
        assert 0 <= float(rect.attrib["x"]) <= WIDTH
        assert 0 <= float(rect.attrib["y"]) <= 126
        assert 0 <= float(rect.attrib["height"]) <= 118.1


@pytest.mark.parametrize(
    ("most", "top"), [(0, "1"), (1, "1"), (3, "5"), (10, "10"), (11, "20"), ("0.03", "0.05")]
)
def test_a_scale_ends_at_a_round_number(most: int | str, top: str) -> None:
    assert rounded_up(Decimal(most)) == Decimal(top)


def test_colours_are_explained() -> None:
    assert re.findall(r'class="(s\d)".*?</svg>(.*?)</li>', keys(["甲", "乙"])) == [
        ("s1", "甲"),
        ("s2", "乙"),
    ]
