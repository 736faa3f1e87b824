"""Whatever bytes come in, values come out: no exception, no invented order, no lost good row."""

import re
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlement.contract import OrderError, order_json, read_order
from settlement.reports import ReportError, ReportLine, RowError, read_report
from tests.examples import examples
from tests.settlement.reports.samples import Sample

SAMPLED = settings(
    max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBER = re.compile(r"[0-9]{4,32}(-[0-9]{1,32})?")


def read(content: bytes) -> list[ReportLine | RowError]:
    report = read_report(content, "订单.csv")
    if isinstance(report, ReportError):
        assert report.message
        return []
    return list(report.rows)


def check(item: ReportLine | RowError) -> None:
    if isinstance(item, RowError):
        assert "；" in item.message
        assert "\n" not in str(item)
        return
    assert NUMBER.fullmatch(item.order.order_number)
    for name, value in order_json(item.order).items():
        assert not isinstance(value, float), name
    for amount in (item.order.paid_amount, item.order.settled_commission):
        assert amount is None or Decimal(0) <= amount <= Decimal(10_000_000)
    # What a report states is an order line of the contract, fact by fact.
    again = read_order(order_json(item.order))
    assert not isinstance(again, OrderError), again
    assert again == item.order


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_answered(content: bytes) -> None:
    for item in read(content):
        check(item)


@SAMPLED
@given(st.data(), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_a_mutilated_report_is_answered(sample: Sample, data: st.DataObject, code: str) -> None:
    content = bytearray(sample.text(sample.good).encode(code))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 40)))
        content[start:end] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b'"', b",", b"\n"])
        )
    for item in read(bytes(content)):
        check(item)


CELL = (
    st.text(st.characters(codec="utf-8"), max_size=30)
    | st.text("0123456789.,-%eE年月日:/ '=\"\n元¥", max_size=20)
    | st.decimals(allow_nan=True).map(str)
    | st.datetimes().map(str)
)


@SAMPLED
@given(st.data(), CELL)
def test_any_cell_costs_at_most_its_row(sample: Sample, data: st.DataObject, cell: str) -> None:
    column = data.draw(st.sampled_from(sample.header))
    first, second = sample.good[0], sample.good[1]
    items = read(sample.text([{**first, column: cell}, second]).encode())
    for item in items:
        check(item)
    assert isinstance(items[-1], ReportLine)
    assert len(items) <= 2
