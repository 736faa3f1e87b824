"""The reviewed rows of every report: what each states, and what rows of a line state together."""

from settlement.contract import order_json
from settlement.reports import ReportLine, read_lines_joined
from settlement.reports.layout_files import layouts
from tests.settlement.reports.samples import MORE, Sample, lines, recognised


def test_the_reviewed_rows_state_what_they_state(each_sample: Sample) -> None:
    content = each_sample.text(each_sample.good).encode()
    assert recognised(content).layout.title == each_sample.title
    found = lines(content)
    assert [order_json(line.order) for line in found] == [row["order"] for row in each_sample.rows]
    assert [line.creator_hint for line in found] == [row["hint"] for row in each_sample.rows]
    assert [line.others for line in found] == [row.get("others", {}) for row in each_sample.rows]


def test_what_a_row_states_is_what_the_contract_writes(each_sample: Sample) -> None:
    for line in lines(each_sample.text(each_sample.good).encode()):
        assert line.document == order_json(line.order)
        assert line.number == line.order.key.number


def test_a_file_speaks_of_every_fact_that_its_rows_state(each_sample: Sample) -> None:
    report = recognised(each_sample.text(each_sample.good).encode())
    for item in report.rows:
        assert isinstance(item, ReportLine)
        said = item.document.keys() - {"platform", "order_number", "raw_status"}
        said |= {f"raw_status.{name}" for name in item.document.get("raw_status", {})}
        assert said <= report.states


def test_the_reviewed_rows_make_the_reviewed_lines(each_sample: Sample) -> None:
    report = recognised(each_sample.text(each_sample.good).encode())
    found = list(read_lines_joined(report))
    expected = each_sample.joined or [row["order"] for row in each_sample.rows]
    assert [item.document for item in found if isinstance(item, ReportLine)] == list(expected)
    assert len(found) == len(expected)


def test_every_layout_has_reviewed_rows() -> None:
    assert {layout.title for layout in layouts()} == {sample.title for sample in MORE}
