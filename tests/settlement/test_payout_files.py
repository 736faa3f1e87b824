"""Files that say what was paid: statements, and reports of settled orders."""

import io

import pytest

from settlement.apis import methods_of
from settlement.model import Platform
from settlement.payout_files import Payouts, read_payouts, read_report_of_orders
from settlement.reports import Report, ReportError, RowError
from settlement.statements import StatementLine

STATEMENT = "订单号,实发金额,平台\n1688000000000001,10.00,1688\n"
ORDERS = (
    "订单号,订单状态,预估计佣金额,预估佣金,完成时间,实际计佣金额,实际佣金\n"
    "318811110001,已完成,100.00,10.00,2026-08-01 10:00:00,100.00,9.50\n"
    "318811110002,已完成,很多,10.00,2026-08-01 10:00:00,100.00,9.50\n"
)
NOTHING = "今天,天气\n好,晴\n"


def payouts(text: str, **given: object) -> Payouts | ReportError:
    return read_payouts(io.BytesIO(text.encode()), "九月.csv", **given)  # type: ignore[arg-type]


def test_a_statement_gives_its_lines() -> None:
    read = payouts(STATEMENT)
    assert isinstance(read, Payouts)
    (line,) = read.lines
    assert isinstance(line, StatementLine)
    assert str(line.amount) == "10.00"
    assert "没有一行明细" in read.if_none


def test_of_a_report_of_orders_counts_what_was_settled() -> None:
    read = payouts(ORDERS)
    assert isinstance(read, Payouts)
    settled, refused = read.lines
    assert isinstance(settled, StatementLine)
    assert (settled.order_number, str(settled.amount)) == ("318811110001", "9.50")
    assert isinstance(refused, RowError)
    assert "没有已结算的行" in read.if_none


def test_what_is_neither_is_said() -> None:
    read = payouts(NOTHING)
    assert isinstance(read, ReportError)
    assert "看不出是结算单" in read.message


@pytest.mark.parametrize(
    ("text", "hint"), [(STATEMENT, True), (NOTHING, False), ("京东的\x00", False)]
)
def test_a_statement_that_is_imported_is_sent_to_reconcile(text: str, hint: bool) -> None:
    read = read_report_of_orders(io.BytesIO(text.encode()), "九月.csv")
    assert isinstance(read, ReportError)
    assert ("mingzhang reconcile" in read.message) is hint


def test_a_report_of_orders_is_read_as_one() -> None:
    assert isinstance(read_report_of_orders(io.BytesIO(ORDERS.encode()), "八月.csv"), Report)


def test_only_1688_has_bills_of_months() -> None:
    telling = {
        platform
        for platform in Platform
        for method in methods_of(platform)
        if method.tells_of_months
    }
    assert telling == {Platform.ALIBABA_1688}
