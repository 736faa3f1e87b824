"""Single cells: the reviewed spellings are read, the reviewed nonsense costs its row alone."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from settlement.contract import order_json
from settlement.reports import Report, ReportLine, RowError, read_report
from tests.settlement.reports.samples import Sample

FOLDER = Path(__file__).parents[2] / "reports"


def cases(file: str) -> list[Any]:
    entries = YAML(typ="safe").load((FOLDER / file).read_text("utf-8"))
    return [
        pytest.param(entry, cell, id=f"{entry['platform']}-{entry['column']}-{cell!a}")
        for entry in entries
        for cell in entry["cells"]
    ]


def read(sample: Sample, rows: list[dict[str, str]]) -> list[ReportLine | RowError]:
    report = read_report(sample.text(rows).encode(), "订单.csv")
    assert isinstance(report, Report), report
    return list(report.rows)


@pytest.mark.parametrize(("entry", "cell"), cases("read_cells.yaml"))
def test_a_cell_states_what_it_states(
    entry: dict[str, Any], cell: str, taobao: Sample, jd: Sample
) -> None:
    sample = {"taobao": taobao, "jd": jd}[entry["platform"]]
    (line,) = read(sample, [{**sample.good[-1], entry["column"]: cell}])
    assert isinstance(line, ReportLine), line
    assert order_json(line.order).get(entry["field"]) == entry["cells"][cell]


@pytest.mark.parametrize(("entry", "cell"), cases("refused_cells.yaml"))
def test_a_bad_cell_costs_its_row_alone(
    entry: dict[str, Any], cell: str, taobao: Sample, jd: Sample
) -> None:
    sample = {"taobao": taobao, "jd": jd}[entry["platform"]]
    error, *found = read(sample, [{**sample.good[0], entry["column"]: cell}, *sample.good[1:]])
    assert [type(line) for line in found] == [ReportLine] * len(sample.good[1:])
    assert isinstance(error, RowError)
    assert (error.file, error.row, error.column) == ("订单.csv", 2, entry["column"])
    assert error.message == entry["says"].format(cell=cell)
    assert str(error) == f"订单.csv 第 2 行“{entry['column']}”列：{error.message}"
