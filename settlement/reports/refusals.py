"""Refused rows as a table (未导入的行): reason and original cells, to be corrected and read again.

Its columns are those of the report, with four of our own before them, so the table is a report
of the same layout. A cell that a spreadsheet would take for a formula, or for a number whose last
digits it does not keep, begins with an apostrophe, which the reader of reports takes off again.
"""

import re
import unicodedata
from collections.abc import Sequence

from settlement.reports.cells import cleaned
from settlement.reports.outcomes import RowError
from settlement.reports.refusal_columns import COLUMNS

__all__ = ["refused_header", "refused_row"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_DAMAGED = re.compile("[0-9]{12,}|0[0-9]+")
"""Numbers that a spreadsheet shortens: a long one to its first digits, others lose their zeros."""
_LINE_BREAK = re.compile("\r\n|\r|\n")
_MOST_LINE_BREAKS = 20
"""In one row; with more the reader takes a quote for unclosed."""


def refused_header(header: Sequence[str]) -> list[str]:
    """The names of the table's columns for a report with this header."""
    return [*COLUMNS, *map(harmless, header)]


def refused_row(error: RowError) -> list[str]:
    """A refused row: where it stood, what is wrong with it, and its cells as they were."""
    cells = error.cells
    if sum(len(_LINE_BREAK.findall(cell)) for cell in cells) > _MOST_LINE_BREAKS:
        cells = tuple(_LINE_BREAK.sub(" ", cell) for cell in cells)
    own = (error.file, str(error.row), error.column or "", error.message)
    return [harmless(cell) for cell in (*own, *cells)]


def harmless(cell: str) -> str:
    """A cell that no spreadsheet reckons with; to the reader of reports it says the same."""
    if not (_first(cell) in _FORMULA or _DAMAGED.fullmatch(cell)):
        return cell
    marked = f"'{cell}"
    plain = cleaned(cell)
    if cleaned(marked) == plain:
        return marked
    # A text written as a formula, ="123": the mark would keep it from being read as the text.
    return plain if plain == cell else harmless(plain)


def _first(cell: str) -> str:
    """Its first character; some spreadsheets take full width for half width."""
    return unicodedata.normalize("NFKC", cell[:1])
