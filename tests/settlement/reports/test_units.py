"""Cells in the units of single sources, and that usual cells mean what all others mean."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from settlement.contract import plain
from settlement.reading import Unreadable
from settlement.reports import Report, ReportLine, RowError, read_report
from settlement.reports.cells import ABSENT, cleaned
from settlement.reports.layout_files import read_own_layouts
from settlement.reports.layouts import Column
from settlement.reports.steps import READERS, UnreadableCell, step_of
from tests.examples import examples

UNITS: list[dict[str, Any]] = YAML(typ="safe").load(
    (Path(__file__).parents[2] / "reports" / "units.yaml").read_text("utf-8")
)
LAYOUT = """
mine:
  platform: taobao
  title: 自己的表
  needs: [单号, 一格]
  columns:
    单号: {{field: order_number, as: number}}
    一格: {{field: "{field}", as: {kind}}}
"""
ZEROS = ("0.00", "0000")
USUAL = ("text", "money", "instant", "number")


def cases(part: str) -> list[Any]:
    return [
        pytest.param(entry, cell, id=f"{entry['as']}-{cell!a}")
        for entry in UNITS
        for cell in entry.get(part, {})
    ]


def read(entry: dict[str, Any], cell: str) -> ReportLine | RowError:
    field = entry["field"] if entry["field"] != "balance_changes" else "balance_changes[].amount"
    layouts = read_own_layouts(LAYOUT.format(field=field, kind=entry["as"]), "my.yaml")
    content = f"单号\t一格\n187605728510635\t{cell}\n".encode()
    report = read_report(content, "表.csv", layouts=layouts)
    assert isinstance(report, Report), report
    (line,) = report.rows
    return line


@pytest.mark.parametrize(("entry", "cell"), cases("reads"))
def test_a_cell_in_a_unit_states_what_it_states(entry: dict[str, Any], cell: str) -> None:
    line = read(entry, cell)
    assert isinstance(line, ReportLine), line
    assert line.document.get(entry["field"]) == entry["reads"][cell]


@pytest.mark.parametrize(("entry", "cell"), cases("refuses"))
def test_a_cell_in_no_such_unit_costs_its_row(entry: dict[str, Any], cell: str) -> None:
    error = read(entry, cell)
    assert isinstance(error, RowError), error
    assert (error.column, error.message) == ("一格", entry["refuses"][cell])


def column(kind: str) -> Column:
    return Column("一格", "item", kind, absent=frozenset(ZEROS))


def exactly(kind: str, cell: str) -> object:
    bare = cleaned(cell)
    return None if bare in {*ABSENT, *ZEROS} else plain(READERS[kind](bare))


def said(read: Callable[[str], object], cell: str) -> tuple[str, object]:
    """What a reader makes of a cell: a fact, or the words of its refusal."""
    try:
        return "fact", read(cell)
    except (Unreadable, UnreadableCell) as error:
        return "refusal", str(error)


cells_of_all_kinds = (
    st.from_regex(r"[ '=]?[0-9]{0,7}[.,]?[0-9]{0,3} ?", fullmatch=True)
    | st.from_regex(
        r"20[0-9]{2}[-/][0-9]{2}[-/][0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", fullmatch=True
    )
    | st.from_regex(r"\t?[0-9]{3,33}\t?", fullmatch=True)
    | st.text(max_size=12)
    | st.sampled_from(
        ["2026-02-30 10:00:00", "2026-02-28 24:00:00", "00.10", "\t0000", *ZEROS, "", " "]
    )
)


@pytest.mark.parametrize("kind", USUAL)
@settings(max_examples=examples(40))
@given(cells=st.lists(cells_of_all_kinds, min_size=1, max_size=8))
def test_a_usual_cell_means_what_any_cell_means(kind: str, cells: list[str]) -> None:
    """What is told by a cell's shape, or remembered, is what its reader would say."""
    if kind == "number":
        # Digits are seen to survive first; before that numbers that end in zeros are refused.
        cells = ["18760572851063507961", *cells]
    step = step_of(0, column(kind))
    for cell in [*cells, *cells]:
        assert said(lambda cell: step.value([cell]), cell) == said(partial(exactly, kind), cell)


def test_only_so_many_and_so_long_cells_are_remembered() -> None:
    step = step_of(0, column("count"))
    for place in range(5000):
        assert step.value([f"{place}.0"]) == place
    assert len(step.known) == 4096
    step = step_of(0, column("text"))
    assert step.value([f"'{'伞' * 200}"]) == "伞" * 200
    assert len(step.known) < 10
