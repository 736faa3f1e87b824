"""Files of every kind → a recognised header and the rows below it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from settlement.reports.decoding import SAMPLE, foreign_kind
from settlement.reports.headers import header_candidates
from settlement.reports.recognition import NotRecognised, Recognised, Sought, recognise
from settlement.reports.rows import BrokenRow, Row
from settlement.reports.sheets import UnreadableWorkbook

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
    refused: list[NotRecognised] = []
    try:
        for cells, rows, encoding in header_candidates(stream, sample):
            verdict = recognise(cells, sought)
            if isinstance(verdict, Recognised):
                return Table(verdict, encoding, rows, tuple(cells))
            refused.append(verdict)
    except UnreadableWorkbook as error:
        return str(error)
    return _surest(refused)


def _surest(refused: list[NotRecognised]) -> NotRecognised | str:
    if not refused:
        return "里面没有内容；请从平台后台重新导出"
    return max(refused, key=lambda verdict: len(verdict.known))
