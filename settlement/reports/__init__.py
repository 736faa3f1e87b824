"""Exported reports of the platforms (订单报表) → order lines and row errors.

Good rows survive bad ones: what is wrong with a row or a file is a value, in the words of the
person who must act (zh): file, row, column, what is wrong, what to do.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO

from settlement.model import Platform
from settlement.reports.facts import OrderReader
from settlement.reports.joining import read_lines_joined
from settlement.reports.layouts import Layout
from settlement.reports.outcomes import Report, ReportError, ReportLine, RowError
from settlement.reports.own import OwnReader
from settlement.reports.own_layout import own_layout
from settlement.reports.picking import picker
from settlement.reports.recognition import NotRecognised, Sought
from settlement.reports.rows import BrokenRow
from settlement.reports.steps import UnreadableCell
from settlement.reports.tables import Table, open_table

__all__ = [
    "Report",
    "ReportError",
    "ReportLine",
    "RowError",
    "read_lines_joined",
    "read_report",
]


def read_report(
    content: bytes | IO[bytes],
    name: str,
    *,
    platform: Platform | None = None,
    data_as_of: datetime | None = None,
    layouts: Sequence[Layout] = (),
) -> Report | ReportError:
    """Recognise a report by its header and read it row by row, in constant memory.

    Args:
        content: the file, or a seekable stream of it, which must stay open while rows are read.
        name: the file's name, for messages.
        platform: the only platform the report may be of; None to accept any.
        data_as_of: when the report was exported, if that is known; every order gets it.
        layouts: the operator's own, which go before those of the platforms.
    """
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    table = open_table(stream, Sought(platform, tuple(layouts)))
    if isinstance(table, str):
        return ReportError(name, table)
    if isinstance(table, NotRecognised):
        return ReportError(name, table.message, is_known=table.is_another)
    recognised = table.recognised
    layout = recognised.layout
    kind = OwnReader if layout is own_layout() else OrderReader
    reader = kind(recognised, {"data_as_of": data_as_of})
    return Report(
        file=name,
        layout=layout,
        encoding=table.encoding,
        unknown_columns=tuple(header for _, header in recognised.unknown),
        rows=_lines(name, table, reader),
        header=table.header,
        states=reader.states,
        joining=layout.rows,
    )


def _lines(
    name: str, table: Table, reader: OrderReader | OwnReader
) -> Iterator[ReportLine | RowError]:
    recognised = table.recognised
    hints = reader.hints
    others = picker((*recognised.unknown, *recognised.kept))
    for item in table.rows:
        if isinstance(item, BrokenRow):
            yield RowError(name, item.line, None, item.message, item.cells)
            continue
        row, cells = item
        try:
            facts = reader.read(cells)
        except UnreadableCell as error:
            yield RowError(name, row, error.column, str(error), tuple(cells))
            continue
        if facts is not None:
            yield ReportLine(row, facts, hints(cells), others(cells), cells)
