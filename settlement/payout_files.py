"""What files say of payouts (对账来源): payout statements, and reports of settled orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO

from settlement.model import Platform
from settlement.reports import (
    Report,
    ReportError,
    ReportLine,
    read_lines_joined,
    read_report,
)
from settlement.reports.layouts import Layout
from settlement.statement_files import Line, Names, Statement, read_statement
from settlement.statements import stated_by_order

__all__ = ["Payouts", "read_payouts", "read_report_of_orders"]


@dataclass(frozen=True, slots=True)
class Payouts:
    """The lines of a file that says what was paid; they are read once, while it stays open."""

    lines: Iterator[Line]
    if_none: str
    """What to say of a file without a line (zh)."""


def read_payouts(
    content: IO[bytes],
    name: str,
    *,
    platform: Platform | None = None,
    names: Names | None = None,
) -> Payouts | ReportError:
    """Read a payout statement, or of a report of orders what was settled.

    `names` is what the operator's own columns are called: what an operator describes is their own
    statement, whatever else it looks like.
    """
    report = None if names else read_report(content, name, platform=platform)
    if isinstance(report, Report):
        words = "没有已结算的行可以对；请导出结算单，或已结算的订单"
        return Payouts(_settled(report), words)
    statement = read_statement(content, name, platform=platform, names=names)
    if isinstance(statement, ReportError):
        return statement
    return Payouts(statement.lines, "里面没有一行明细；请核对文件")


def read_report_of_orders(
    content: IO[bytes],
    name: str,
    *,
    platform: Platform | None = None,
    layouts: Sequence[Layout] = (),
) -> Report | ReportError:
    """Read a report to import it; of a payout statement, say where it belongs."""
    report = read_report(content, name, platform=platform, layouts=layouts)
    if not isinstance(report, ReportError) or report.is_known:
        return report
    if not isinstance(read_statement(content, name), Statement):
        return report
    return replace(report, message=f"{report.message}；如果是结算单，请用 mingzhang reconcile")


def _settled(report: Report) -> Iterator[Line]:
    # All lines are in memory until the last row is read, so nothing is kept but what they state.
    stated = (
        row._replace(creator_hint={}, others={}, cells=()) if isinstance(row, ReportLine) else row
        for row in report.rows
    )
    for row in read_lines_joined(replace(report, rows=stated)):
        if isinstance(row, ReportLine):
            yield from stated_by_order(row.order, row.row)
        else:
            yield row
