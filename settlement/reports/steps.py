"""Single steps from a cell to a fact."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from settlement.reading import Unreadable
from settlement.reports.cells import ABSENT, CellReader, cleaned, reader_of
from settlement.reports.layouts import Column

_SAFE_DIGITS = 15
"""As many digits as a spreadsheet keeps; it turns the rest of a number into zeros."""


class Step(NamedTuple):
    """Read the cell at one place into one fact; `read` gives None where the cell says nothing."""

    place: int
    fact: str
    read: CellReader
    header: str


def step_of(place: int, column: Column) -> Step:
    """Return the step for a column at a place; it is for one file, for numbers are watched."""
    read = reader_of(column)
    if column.kind == "number":
        read = _NumberWatch(read).read
    absent = ABSENT | column.absent

    def read_raw(cell: str) -> object:
        plain = cleaned(cell)
        return None if plain in absent else read(plain)

    return Step(place, column.fact or "", lru_cache(read_raw), column.header)


@dataclass(slots=True)
class _NumberWatch:
    """Refuses numbers whose last digits are all zeros, until one shows that digits are kept.

    A spreadsheet that keeps fifteen digits makes every longer number of a column end in zeros;
    of genuine numbers one in a thousand does.
    """

    reader: CellReader
    whole_number_seen: bool = False

    def read(self, cell: str) -> object:
        number = self.reader(cell)
        tail = cell[_SAFE_DIGITS:]
        if set(tail) - {"0"}:
            self.whole_number_seen = True
        elif tail and not self.whole_number_seen:
            raise Unreadable(
                f"“{cell}”的末几位全是零，像是被表格软件改坏的订单号；"
                "请重新导出，不要用 Excel 打开保存，或先把这一列设为文本"
            )
        return number
