"""The rows of a file that may be its header, each with what stands below it."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import IO, NamedTuple

from settlement.reports.decoding import encodings_of
from settlement.reports.rows import BrokenRow, Row, rows_of
from settlement.reports.sheets import is_workbook, sheets_of

__all__ = ["HeaderCandidate", "header_candidates"]

_HEADER_ROWS = 20
"""Rows among which the header is looked for; some exports begin with a title."""
_DELIMITERS = (",", "\t", ";")


class HeaderCandidate(NamedTuple):
    """A row that may be the header."""

    cells: list[str]
    rows: Iterator[Row | BrokenRow]
    """To be read once, before the next candidate is asked for."""
    encoding: str | None
    """None for a workbook."""


def header_candidates(stream: IO[bytes], sample: bytes) -> Iterator[HeaderCandidate]:
    """Yield the first rows of each sheet, or of a text in each encoding and delimiter it may have.

    Raises:
        UnreadableWorkbook: if this is a workbook and cannot be opened.
    """
    return _in_sheets(stream) if is_workbook(sample) else _in_text(stream, sample)


def _in_sheets(stream: IO[bytes]) -> Iterator[HeaderCandidate]:
    for sheet in sheets_of(stream):
        rows = enumerate(sheet, start=1)
        for _, cells in islice(rows, _HEADER_ROWS):
            yield HeaderCandidate(cells, rows, None)


def _in_text(stream: IO[bytes], sample: bytes) -> Iterator[HeaderCandidate]:
    for encoding in encodings_of(stream, sample):
        head = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
        for delimiter in _DELIMITERS:
            reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
            for cells in islice(reader, _HEADER_ROWS):
                rows = _below(stream, encoding, delimiter, len(cells), reader.line_num)
                yield HeaderCandidate(cells, rows, encoding)


def _below(
    stream: IO[bytes], encoding: str, delimiter: str, width: int, header_lines: int
) -> Iterator[Row | BrokenRow]:
    stream.seek(0)
    lines = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    try:
        for _ in islice(lines, header_lines):
            pass
        yield from rows_of(lines, delimiter, width, header_lines + 1)
    finally:
        # The stream is the caller's to close, and may be closed before the last row is asked for.
        if not stream.closed:
            lines.detach()
