"""A report as the store takes it in (已读报表): lines written down already, in parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from bot.store.said import Said, said_of
from settlement.combining import Rows
from settlement.reports import Report, ReportLine, RowError

__all__ = ["PART", "ReadReport", "SaidRow", "read_of"]

PART = 2_000
"""Rows of a part; the store divides it further."""


class SaidRow(NamedTuple):
    """A row of a report, written down for the store."""

    row: int
    said: Said
    creator_hint: Mapping[str, str]
    cells: str
    """The row as it stands in the file, as a JSON array; read only where it is refused."""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A recognised report; its rows are read as they are asked for, here or in another process."""

    file: str
    source: str
    """The layout's title."""
    unknown_columns: tuple[str, ...]
    header: tuple[str, ...]
    states: frozenset[str]
    joining: Rows
    parts: Iterator[Sequence[SaidRow | RowError]]


def read_of(report: Report) -> ReadReport:
    """A report that is read in this process."""
    return ReadReport(
        report.file,
        report.layout.title,
        report.unknown_columns,
        report.header,
        report.states,
        report.joining,
        _parts_of(report.rows),
    )


def _parts_of(rows: Iterator[ReportLine | RowError]) -> Iterator[Sequence[SaidRow | RowError]]:
    """Write rows down, part by part."""
    part: list[SaidRow | RowError] = []
    for item in rows:
        part.append(_written(item) if isinstance(item, ReportLine) else item)
        if len(part) == PART:
            yield part
            part = []
    if part:
        yield part


def _written(line: ReportLine) -> SaidRow:
    said = said_of(line.document, line.others)
    return SaidRow(line.row, said, line.creator_hint, orjson.dumps(list(line.cells)).decode())
