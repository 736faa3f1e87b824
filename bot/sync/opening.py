"""Opening a file (打开报表): a short text here, everything else in a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import SEEK_END
from pathlib import Path
from typing import IO

from bot.store.read_reports import ReadReport, read_of
from bot.sync.reading import reading, reading_payouts
from settlement.model import Platform
from settlement.payout_files import Payouts, read_payouts, read_report_of_orders
from settlement.reports import ReportError
from settlement.reports.layout_files import read_own_layouts
from settlement.reports.sheets import is_workbook
from settlement.statement_files import Names

__all__ = ["opened", "opened_payouts"]

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
        if _is_for_a_process(file):
            with reading(path, name, platform=platform, columns=columns) as report:
                yield report
            return
        layouts = read_own_layouts(columns, "columns") if columns else ()
        found = read_report_of_orders(file, name, platform=platform, layouts=layouts)
        yield found if isinstance(found, ReportError) else read_of(found)


@contextmanager
def opened_payouts(
    path: Path, name: str, *, platform: Platform | None = None, names: Names | None = None
) -> Iterator[Payouts | ReportError]:
    """As `opened`, of a file that says what was paid.

    `names` is what the operator's own columns are called.
    """
    with path.open("rb") as file:
        if _is_for_a_process(file):
            with reading_payouts(path, name, platform=platform, names=names) as payouts:
                yield payouts
            return
        yield read_payouts(file, name, platform=platform, names=names)


def _is_for_a_process(file: IO[bytes]) -> bool:
    return is_workbook(file.read(4)) or file.seek(0, SEEK_END) > SHORT
