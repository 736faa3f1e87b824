"""Files of every kind → a recognised header and the rows below it."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

from settlement.reports.decoding import SAMPLE, encodings_of, foreign_kind
from settlement.reports.recognition import NotRecognised, Recognised, Sought, recognise
from settlement.reports.rows import BrokenRow, Row, rows_of
from settlement.reports.sheets import UnreadableWorkbook, is_workbook, sheets_of

HEADER_ROWS = 20
"""Rows among which the header is looked for; some exports begin with a title."""
_DELIMITERS = (",", "\t", ";")
_NOTHING = b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header was recognised, and the rows below it, to be read once."""

    recognised: Recognised
    encoding: str | None
    """None for a workbook."""
    rows: Iterator[Row | BrokenRow]
    header: tuple[str, ...]
    """Its names as they stand in the file."""


def open_table(stream: IO[bytes], sought: Sought) -> Table | NotRecognised | str:
    """Recognise a file, or say why it is no report and what to do (zh)."""
    stream.seek(0)
    sample = stream.read(SAMPLE)
    if not sample.strip(_NOTHING):
        return "文件是空的；请从平台后台重新导出"
    if kind := foreign_kind(sample):
        return f"这是{kind}，不是表格；请从平台后台导出 CSV 或 XLSX"
    if is_workbook(sample):
        return _workbook_table(stream, sought)
    return _text_table(stream, sample, sought)


def _text_table(stream: IO[bytes], sample: bytes, sought: Sought) -> Table | NotRecognised | str:
    refused: list[NotRecognised] = []
    for encoding in encodings_of(stream, sample):
        head = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
        for delimiter in _DELIMITERS:
            reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
            for cells in islice(reader, HEADER_ROWS):
                verdict = recognise(cells, sought)
                if isinstance(verdict, Recognised):
                    rows = _text_rows(stream, encoding, delimiter, len(cells), reader.line_num)
                    return Table(verdict, encoding, rows, tuple(cells))
                refused.append(verdict)
    return _surest(refused)


def _text_rows(
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


def _workbook_table(stream: IO[bytes], sought: Sought) -> Table | NotRecognised | str:
    refused: list[NotRecognised] = []
    try:
        for sheet in sheets_of(stream):
            rows = enumerate(sheet, start=1)
            for _, cells in islice(rows, HEADER_ROWS):
                verdict = recognise(cells, sought)
                if isinstance(verdict, Recognised):
                    return Table(verdict, None, rows, tuple(cells))
                refused.append(verdict)
    except UnreadableWorkbook as error:
        return str(error)
    return _surest(refused)


def _surest(refused: list[NotRecognised]) -> NotRecognised | str:
    if not refused:
        return "里面没有内容；请从平台后台重新导出"
    return max(refused, key=lambda verdict: len(verdict.known))
