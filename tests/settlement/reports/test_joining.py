"""Rows of one line in one table, refunds that cannot be, and what is kept beside the facts."""

import pytest

from settlement.combining import Rows
from settlement.reports import Report, ReportLine, RowError, read_lines_joined, read_report
from settlement.reports.layout_files import read_own_layouts
from settlement.reports.outcomes import order_of

REFUNDS = """
mine:
  platform: taobao
  title: 退款表
  needs: [单号, 退款]
  rows: add
  columns:
    单号: {field: order_number, as: number, absent: ["0000"]}
    实付: {field: paid_amount, as: money}
    退款: {field: "refunds[].amount", as: money}
    成功时间: {field: "refunds[].succeeded_at", as: instant}
    完成时间: {field: "refunds[].ended_at", as: instant}
    结果: {field: raw_status.rights, as: code}
    冲减: {field: "balance_changes[].amount", as: deduction}
    推广位: {creator: position}
"""
NUMBER = "187605728510635"


def report_of(
    rows: str, header: str = "单号\t实付\t退款\t成功时间\t完成时间\t结果\t冲减\t推广位"
) -> Report:
    layouts = read_own_layouts(REFUNDS, "my.yaml")
    report = read_report(f"{header}\n{rows}".encode(), "表.csv", layouts=layouts)
    assert isinstance(report, Report), report
    return report


def lines(rows: str) -> list[ReportLine | RowError]:
    return list(read_lines_joined(report_of(rows)))


def test_refunds_of_rows_that_together_exceed_what_was_paid_are_refused() -> None:
    first, error = lines(
        f"{NUMBER}\t10.00\t6.00\t2026-10-02 10:00:00\t\t\t\t\n"
        f"{NUMBER}\t10.00\t7.00\t2026-10-03 10:00:00\t\t\t\t\n"
    )
    assert isinstance(first, ReportLine)
    assert first.document["refunds"] == [
        {"amount": "6.00", "succeeded_at": "2026-10-02T10:00:00+08:00"}
    ]
    assert isinstance(error, RowError)
    assert (error.row, error.column) == (3, None)
    assert error.message == "退款 13.00 超过实付加运费 10.00；请核对这两个金额"


def test_a_refund_that_exceeds_what_was_paid_costs_its_row() -> None:
    (error,) = lines(f"{NUMBER}\t10.00\t11.00\t\t\t\t\t\n")
    assert isinstance(error, RowError)
    assert error.column == "单号"
    assert "退款 11.00 超过实付加运费 10.00" in error.message


def test_the_end_of_a_refund_without_its_outcome_is_no_fact() -> None:
    (line,) = lines(f"{NUMBER}\t\t1.00\t\t2026-10-02 10:00:00\t\t1.00\t\n")
    assert isinstance(line, ReportLine)
    assert line.document["refunds"] == [{"amount": "1.00"}]
    assert line.document["balance_changes"] == [{"amount": "-1.00"}]


def test_a_number_that_says_there_is_none_costs_its_row() -> None:
    (error,) = lines("0000\t10.00\t\t\t\t\t\t\n")
    assert isinstance(error, RowError)
    assert (error.column, error.message) == ("单号", "缺少订单号；请补上，或删掉这一行")


def test_a_table_without_refunds_in_it_speaks_of_none() -> None:
    report = report_of(f"{NUMBER}\t10.00\n", "单号\t退款")
    assert report.joining is Rows.ADD
    assert report.states == {"order_number", "refunds"}


def test_hints_too_long_to_be_remembered_are_read_all_the_same() -> None:
    long = "位" * 300
    rows = "".join(f"{NUMBER}{place + 1}\t\t1.00\t\t\t\t\t{long}{place}\n" for place in range(3))
    found = [item for item in report_of(rows).rows if isinstance(item, ReportLine)]
    assert [line.creator_hint for line in found] == [
        {"position": f"{long}{place}"} for place in range(3)
    ]


def test_what_is_no_order_is_not_made_into_one() -> None:
    with pytest.raises(TypeError, match="paid_amount"):
        order_of({"platform": "jd", "order_number": "1", "paid_amount": "x"})
