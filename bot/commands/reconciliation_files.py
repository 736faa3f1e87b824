"""What reconciling found, as a file (对账结果): CSV for programs, XLSX for people."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from bot.commands.reconciliation_words import (
    CAUSES,
    OUTCOMES,
    because,
    platform_word,
    state_word,
)
from bot.desk.pictures import MOST_ROWS
from settlement.reconciliation.findings import Finding, Outcome, Totals
from settlement.reports.refusals import harmless

__all__ = ["KINDS", "FindingsFile", "findings_file"]

COLUMNS = (
    *("结果", "平台", "订单号", "子订单号", "账单行", "账单金额", "应得金额", "差额", "原因"),
    *("状态", "店铺", "商品"),
)
SHEETS = {
    Outcome.DIFFERS: "差异",
    Outcome.REPEATED: "差异",
    Outcome.UNDETERMINED: "差异",
    Outcome.ONLY_STATEMENT: "仅账单",
    Outcome.ONLY_ORDERS: "仅订单",
    Outcome.AGREES: "一致",
}
WIDTHS = (14, 8, 24, 24, 14, 12, 12, 12, 30, 14, 22, 30)
Place = Callable[[tuple[int, ...]], str]


class FindingsFile(Protocol):
    """A file that findings are written to as they come, and their totals in the end."""

    def write(self, finding: Finding) -> None:
        """Write one finding."""

    def finish(self, totals: Totals) -> None:
        """Write what they come to."""


@contextmanager
def findings_file(path: Path, place: Place) -> Iterator[FindingsFile]:
    """Write to a file that is there only once it is whole; raises OSError."""
    unfinished = path.with_name(f".{path.name}.part")
    # Where nothing can be written, that is found out before the work.
    unfinished.touch()
    try:
        with KINDS[path.suffix.lower()](unfinished, place) as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _cells(finding: Finding, place: Place) -> list[str | Decimal | None]:
    known = finding.paid is not None or finding.expected is not None
    return [
        OUTCOMES[finding.outcome],
        platform_word(finding.platform),
        finding.order_number,
        finding.sub_order_number,
        place(finding.rows),
        finding.paid,
        finding.expected,
        finding.difference if known else None,
        because(finding.shares),
        state_word(finding.state),
        finding.shop,
        finding.item,
    ]


class _Csv:
    def __init__(self, file: Any, place: Place) -> None:
        self._writer = csv.writer(file)
        self._place = place
        self._writer.writerow(COLUMNS)

    def write(self, finding: Finding) -> None:
        self._writer.writerow(_as_text(cell) for cell in _cells(finding, self._place))

    def finish(self, totals: Totals) -> None:
        """A table holds findings alone: sums among them would be added up again."""


def _as_text(cell: str | Decimal | None) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    return harmless(cell) if cell else ""


@contextmanager
def _csv(path: Path, place: Place) -> Iterator[FindingsFile]:
    # With a mark of its encoding, or spreadsheets take it for the machine's own.
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        yield _Csv(file, place)


class _Workbook:
    def __init__(self, book: Any, place: Place) -> None:
        self._place = place
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._heading = book.add_format({"bold": True, "bg_color": "#EDF0F3"})
        self._summary = book.add_worksheet("汇总")
        self._pages = {name: book.add_worksheet(name) for name in dict.fromkeys(SHEETS.values())}
        self._next = dict.fromkeys(self._pages, 1)
        for page in self._pages.values():
            page.freeze_panes(1, 0)
            for column, width in enumerate(WIDTHS):
                page.set_column(column, column, width)
            page.write_row(0, 0, COLUMNS, self._heading)

    def write(self, finding: Finding) -> None:
        name = SHEETS[finding.outcome]
        row = self._next[name]
        if row > MOST_ROWS:
            return
        self._next[name] = row + 1
        for column, cell in enumerate(_cells(finding, self._place)):
            self._cell(self._pages[name], row, column, cell)

    def finish(self, totals: Totals) -> None:
        page = self._summary
        page.set_column(0, 0, 30)
        page.set_column(1, 4, 14)
        rows = list(_summary_rows(totals))
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if place in (0, len(Outcome) + 3):
                    page.write_string(place, column, str(cell), self._heading)
                else:
                    self._cell(page, place, column, cell)

    def _cell(self, page: Any, row: int, column: int, cell: str | int | Decimal | None) -> None:
        if isinstance(cell, Decimal):
            page.write_number(row, column, cell, self._money)
        elif isinstance(cell, int):
            page.write_number(row, column, cell)
        elif cell:
            # A text stays a text, whatever it looks like.
            page.write_string(row, column, cell)


def _summary_rows(totals: Totals) -> Iterator[tuple[str | int | Decimal, ...]]:
    yield "对账结果", "项", "账单", "应得", "差额"
    for outcome, word in OUTCOMES.items():
        paid, due = totals.paid[outcome], totals.expected[outcome]
        yield word, totals.findings[outcome], paid, due, paid - due
    count = sum(totals.findings.values())
    yield "合计", count, totals.statement, totals.due, totals.difference
    yield "其中到期、金额未知（不在合计里）", totals.unknown
    yield "金额不同的原因", "项", "差额"
    for cause, total in sorted(totals.causes.items(), key=lambda item: -abs(item[1].amount)):
        yield CAUSES[cause], total.findings, total.amount


@contextmanager
def _workbook(path: Path, place: Place) -> Iterator[FindingsFile]:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        yield _Workbook(book, place)


KINDS: dict[str, Callable[[Path, Place], Any]] = {".csv": _csv, ".xlsx": _workbook}
"""What a file may be, by the end of its name."""
