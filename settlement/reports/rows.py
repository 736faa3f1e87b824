"""Rows of a delimited text, cut line by line; a broken row costs no other row."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

MOST_LINES = 40
"""Physical lines one row may span; a quote that is never closed would swallow the file."""
REPLACED = "\ufffd"

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be cut into cells, and what to do (zh)."""

    line: int
    message: str
    cells: tuple[str, ...] = ()
    """What could be cut; the whole line as one cell where nothing could."""


class _Lines:
    """Physical lines for `csv.reader`, kept until their row is known to be sound."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.taken: list[str] = []
        self.returned: list[str] = []
        """Lines to be taken before all others, the next one last."""
        self._lines = lines

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise StopIteration
        line = self.returned.pop() if self.returned else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """Put back all taken lines but the first, to be read as rows of their own."""
        self.returned.extend(reversed(self.taken[1:]))
        del self.taken[1:]


def rows_of(
    lines: Iterator[str], delimiter: str, width: int, first_line: int
) -> Iterator[Row | BrokenRow]:
    """Yield rows of exactly `width` cells with the number of their first line; blank ones not."""
    # A blank line more: a quote that is open at the end of the file swallows it and so shows.
    source = chain(lines, [""])
    feed = _Lines(source)
    reader = csv.reader(feed, delimiter=delimiter)
    line = first_line
    while (physical := feed.returned.pop() if feed.returned else next(source, None)) is not None:
        usual = _usual_row(physical, delimiter)
        if len(usual) == width:
            yield line, usual
            line += 1
            continue
        feed.returned.append(physical)
        try:
            cells = next(reader)
        except (StopIteration, csv.Error):
            cells = []
        broken = _broken(line, cells, feed.taken, delimiter, width)
        if broken:
            feed.give_back()
            yield broken
        elif len(cells) >= width:
            yield line, cells[:width]
        line += len(feed.taken)
        feed.taken.clear()


def _usual_row(physical: str, delimiter: str) -> list[str]:
    """Cut a line that is surely a row of its own; no cells if that is not sure."""
    if REPLACED in physical or len(physical) > csv.field_size_limit():
        return []
    if '"' not in physical:
        return physical.rstrip("\r\n").split(delimiter)
    try:
        return next(csv.reader((physical,), delimiter=delimiter, strict=True))
    except csv.Error:
        return []


_UNCLOSED = "引号没有成对，分不出这一行到哪里为止；请在原表里去掉多余的英文引号后重新导出"
_GARBLED = "有认不出的字符（乱码）；请重新导出，编码选 UTF-8 或 GB18030"


def _broken(
    line: int, cells: list[str], taken: list[str], delimiter: str, width: int
) -> BrokenRow | None:
    if any(REPLACED in physical for physical in taken):
        return BrokenRow(line, _GARBLED, tuple(cells) or (taken[0].rstrip("\r\n"),))
    alone, fits = len(taken) == 1, len(cells) == width
    if fits and (alone or _well_quoted(taken, delimiter)):
        return None
    if alone and _well_quoted(taken, delimiter):
        return _wrong_width(line, cells, width)
    return BrokenRow(line, _UNCLOSED, (taken[0].rstrip("\r\n"),))


def _well_quoted(taken: list[str], delimiter: str) -> bool:
    """Whether a row over several lines follows the quoting rules to the letter."""
    try:
        return len(list(csv.reader(taken, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _wrong_width(line: int, cells: list[str], width: int) -> BrokenRow | None:
    surplus = cells[width:]
    if not surplus and any(cell.strip() for cell in cells):
        return BrokenRow(
            line,
            f"只有 {len(cells)} 格，表头有 {width} 格；文件可能没有下载完整，请重新导出",
            tuple(cells),
        )
    if any(cell.strip() for cell in surplus):
        return BrokenRow(
            line,
            f"有 {len(cells)} 格，表头只有 {width} 格；某一格里多了分隔符，请重新导出",
            tuple(cells),
        )
    return None
