"""Joining the rows of one line within memory; an import does the same in its store."""

from collections.abc import Iterator

from settlement.combining import joined
from settlement.contract import OrderError, read_order
from settlement.reports.outcomes import Report, ReportLine, RowError


def read_lines_joined(report: Report) -> Iterator[ReportLine | RowError]:
    """Read a report whose lines all fit into memory; each line comes once, as of its first row."""
    lines: dict[str, ReportLine] = {}
    refused: list[RowError] = []
    for item in report.rows:
        if isinstance(item, RowError):
            refused.append(item)
            continue
        first = lines.get(item.number)
        both = _both(first, item, report) if first else item
        if isinstance(both, RowError):
            refused.append(both)
        else:
            lines[item.number] = both
    found: list[ReportLine | RowError] = [*lines.values(), *refused]
    yield from sorted(found, key=lambda item: item.row)


def _both(first: ReportLine, second: ReportLine, report: Report) -> ReportLine | RowError:
    document = joined(first.document, second.document, report.joining, report.states)
    if document is None:
        return RowError(report.file, second.row, None, contradicts(first), tuple(second.cells))
    order = read_order(document)
    if isinstance(order, OrderError):
        return RowError(report.file, second.row, None, order.message, tuple(second.cells))
    return first._replace(document=document, others={**first.others, **second.others})


def contradicts(first: ReportLine) -> str:
    """Say why a row that contradicts an earlier one of its line was refused (zh)."""
    return (
        f"订单行 {first.number} 在第 {first.row} 行已经有了，说的不一样，这一行没有导入；"
        "请核对后只留一行"
    )
