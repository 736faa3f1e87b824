"""Opening a report (打开报表): a short text here, everything else in a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.store.read_reports import ReadReport, read_of
from bot.sync.reading import reading
from settlement.model import Platform
from settlement.reports import ReportError, read_report
from settlement.reports.layout_files import read_own_layouts
from settlement.reports.sheets import is_workbook

__all__ = ["opened"]

SHORT = 1_000_000
"""Bytes of a text that is read sooner than another process starts."""


@contextmanager
def opened(
    path: Path, name: str, *, platform: Platform | None = None, columns: str | None = None
) -> Iterator[ReadReport | ReportError]:
    """Recognise a report and read it, for as long as the context lasts.

    `columns` is the text of the operator's own file of layouts. Whoever asks for the rows may get
    ReadingBrokenError. Raises OSError if the file cannot be read.
    """
    with path.open("rb") as file:
        if is_workbook(file.read(4)) or path.stat().st_size > SHORT:
            with reading(path, name, platform=platform, columns=columns) as report:
                yield report
            return
        layouts = read_own_layouts(columns, "columns") if columns else ()
        found = read_report(file, name, platform=platform, layouts=layouts)
        yield found if isinstance(found, ReportError) else read_of(found)
