"""What comes of reading a report: its lines, its rows that were refused, or why it is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from settlement.combining import Rows
from settlement.contract import OrderError, read_order
from settlement.model import Order
from settlement.reports.layouts import Layout


class ReportLine(NamedTuple):
    """One order line of a report."""

    row: int
    """The line in the file, counted from 1 as an editor or a spreadsheet shows it."""
    document: Mapping[str, Any]
    """What the row states, as `settlement.contract.order_json` writes it; not to be changed."""
    creator_hint: Mapping[str, str]
    """What the report says of whose order it is: ``position`` (推广位), ``author`` (作者账号)…"""
    others: Mapping[str, str]
    """Cells of columns nobody has described yet, and those the layout keeps, by header."""
    cells: Sequence[str] = ()
    """The row as it stands in the file, for whoever refuses it."""

    @property
    def number(self) -> str:
        """The line's own number, as `Order.key` has it."""
        said = self.document
        return str(said.get("line_id") or said.get("sub_order_number") or said["order_number"])

    @property
    def order(self) -> Order:
        """What the row states, as an order; made anew each time."""
        return order_of(self.document)


def order_of(document: Mapping[str, Any]) -> Order:
    """Return the order a document of a report states; reading has made sure that it does."""
    order = read_order(document)
    if isinstance(order, OrderError):
        raise TypeError(f"{order.field}: {order.message}")
    return order


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
    is_known: bool = field(default=True, compare=False)
    """Whether it is clear what the file is; not so if its header is that of no report."""

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
    """A line of several rows comes as often; `joining` tells what they mean together."""
    header: tuple[str, ...] = ()
    """The names of its columns as they stand in the file."""
    states: frozenset[str] = frozenset()
    """The facts the columns of this file speak of, as `settlement.combining` has them."""
    joining: Rows = Rows.SINGLE
    """What several rows of one line mean."""
