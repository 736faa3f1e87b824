"""Exported reports of the platforms (订单报表) → order lines and row errors.

Good rows survive bad ones: what is wrong with a row or a file is a value, in the words of the
person who must act (zh): file, row, column, what is wrong, what to do.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from settlement.combining import Rows
from settlement.model import Order, Platform
from settlement.reports.cells import ABSENT, cleaned, text
from settlement.reports.facts import OrderReader, UnreadableCell
from settlement.reports.layouts import Layout
from settlement.reports.rows import BrokenRow
from settlement.reports.tables import Table, open_table


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One order line of a report."""

    row: int
    """The line in the file, counted from 1 as an editor or a spreadsheet shows it."""
    order: Order
    creator_hint: Mapping[str, str]
    """What the report says of whose order it is: ``position`` (推广位), ``author`` (作者账号)…"""
    others: Mapping[str, str]
    """Cells of columns nobody has described yet, by header."""
    cells: Sequence[str] = ()
    """The row as it stands in the file, for whoever refuses it."""


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was refused; the others are read."""

    file: str
    row: int
    column: str | None
    message: str
    cells: tuple[str, ...] = ()
    """The row as it stands in the file."""

    def __str__(self) -> str:
        place = f"第 {self.row} 行" + (f"“{self.column}”列" if self.column else "")
        return f"{self.file} {place}：{self.message}"


@dataclass(frozen=True, slots=True)
class ReportError:
    """A file that cannot be read at all."""

    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}：{self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """A recognised report; its rows are read once, while the file stays open."""

    file: str
    layout: Layout
    encoding: str | None
    """None for a workbook."""
    unknown_columns: tuple[str, ...]
    rows: Iterator[ReportLine | RowError]
    header: tuple[str, ...] = ()
    """The names of its columns as they stand in the file."""
    states: frozenset[str] = frozenset()
    """The facts the columns of this file speak of, as `settlement.combining` has them."""
    joining: Rows = Rows.SINGLE
    """What several rows of one line mean."""


def read_report(
    content: bytes | IO[bytes],
    name: str,
    *,
    platform: Platform | None = None,
    data_as_of: datetime | None = None,
) -> Report | ReportError:
    """Recognise a report by its header and read it row by row.

    Args:
        content: the file, or a seekable stream of it, which must stay open while rows are read.
        name: the file's name, for messages.
        platform: the only platform the report may be of; None to accept any.
        data_as_of: when the report was exported, if that is known; every order gets it.
    """
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    table = open_table(stream, platform)
    if isinstance(table, str):
        return ReportError(name, table)
    recognised = table.recognised
    reader = OrderReader(recognised, {"data_as_of": data_as_of})
    unknown = tuple(header for _, header in recognised.unknown)
    rows = _lines(name, table, reader)
    layout = recognised.layout
    return Report(
        name, layout, table.encoding, unknown, rows, table.header, reader.states, layout.rows
    )


def _lines(name: str, table: Table, reader: OrderReader) -> Iterator[ReportLine | RowError]:
    recognised = table.recognised
    hints = _picker(
        (place, column.creator) for place, column in recognised.columns if column.creator
    )
    others = _picker(recognised.unknown)
    first_rows: dict[str, int] = {}
    for item in table.rows:
        if isinstance(item, BrokenRow):
            yield RowError(name, item.line, None, item.message, item.cells)
            continue
        row, cells = item
        try:
            order = reader.read(cells)
        except UnreadableCell as error:
            yield RowError(name, row, error.column, str(error), tuple(cells))
            continue
        if order is None:
            continue
        key = order.line_id or order.sub_order_number or order.order_number
        first = first_rows.setdefault(key, row)
        if first != row:
            yield RowError(name, row, None, _twice(key, first), tuple(cells))
        else:
            yield ReportLine(row, order, hints(cells), others(cells), cells)


def _twice(key: str, first: int) -> str:
    return (
        f"订单行 {key} 在第 {first} 行已经有了，这一行没有导入；"
        "内容相同可以不管，不同请核对后只留一行"
    )


def _picker(
    places: Iterable[tuple[int, str]],
) -> Callable[[Sequence[str]], Mapping[str, str]]:
    """Return a function that picks the filled cells of these columns, by name."""
    wanted = tuple(places)

    def pick(cells: Sequence[str]) -> Mapping[str, str]:
        return {
            name: text(cell)
            for place, name in wanted
            if (cell := cleaned(cells[place])) not in ABSENT
        }

    return pick
