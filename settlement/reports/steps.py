"""Single steps from a cell to a fact.

Facts are written as the contract has them: amounts as text, instants with their offset. Reports
have millions of cells, so what a usual cell means is told by its shape, and what an unusual one
means is remembered; both say what the readers in `cells` and `units` say.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple, cast

from settlement.contract import plain
from settlement.reading import Unreadable
from settlement.reports import cells, units
from settlement.reports.cells import ABSENT, CellReader, cleaned, code_in
from settlement.reports.layouts import Column

_SAFE_DIGITS = 15
"""As many digits as a spreadsheet keeps; it turns the rest of a number into zeros."""
_REMEMBERED, _LONGEST_REMEMBERED = 4096, 100
_USUAL_MONEY = re.compile(r"(?:0|[1-9][0-9]{0,6})\.[0-9]{2}")
_USUAL_NUMBER = re.compile("[0-9]{4,32}")
_USUAL_DAY = re.compile("(20[0-9]{2})([-/])([0-9]{2})\\2([0-9]{2})")
_USUAL_CLOCK = re.compile(" (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_UNUSUAL_BEGINNINGS = (" ", "'", "`", "=")

READERS: dict[str, CellReader] = {**cells.READERS, **units.READERS}
KINDS = (*READERS, "code")
Plain = str | int
PlainReader = Callable[[str], Plain | None]


class UnreadableCell(ValueError):
    """A cell that cannot be read: its column, and what is wrong and what to do (zh)."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class Step(NamedTuple):
    """Read the cell at one place into one fact, which is None where the cell says nothing."""

    place: int
    fact: str
    known: dict[str, Plain | None]
    """What cells mean that were seen before; to be asked first."""
    read: PlainReader
    """Raises UnreadableCell."""
    header: str

    def value(self, row: Sequence[str]) -> Plain | None:
        """Return the fact a row states; raises UnreadableCell."""
        cell = row[self.place]
        return self.known[cell] if cell in self.known else self.read(cell)


def step_of(place: int, column: Column) -> Step:
    """Return the step for a column at a place; it is for one file, for numbers are watched."""
    absent = ABSENT | column.absent
    known: dict[str, Plain | None] = dict.fromkeys(absent)
    usual, read = _usual_and_reader(column)

    def read_new(cell: str) -> Plain | None:
        if (value := usual(cell)) is not None:
            return value
        bare = cleaned(cell)
        try:
            value = None if bare in absent else cast(Plain, plain(read(bare)))
        except Unreadable as error:
            raise UnreadableCell(column.header, error.message) from None
        if len(known) < _REMEMBERED and len(cell) <= _LONGEST_REMEMBERED:
            known[cell] = value
        return value

    return Step(place, column.fact or "", known, read_new, column.header)


def _usual_and_reader(column: Column) -> tuple[PlainReader, CellReader]:
    if column.kind == "code":
        return _nothing_usual, code_in(column.codes)
    read = READERS[column.kind]
    if column.kind == "number":
        watch = _NumberWatch(read, column.absent)
        return watch.usual, watch.read
    return _USUAL.get(column.kind, _nothing_usual), read


def _nothing_usual(cell: str) -> None:
    del cell


def _usual_text(cell: str) -> str | None:
    plain = cell.isprintable() and not cell.startswith(_UNUSUAL_BEGINNINGS)
    return cell if plain and cell and cell[-1] != " " else None


def _usual_money(cell: str) -> str | None:
    return cell if _USUAL_MONEY.fullmatch(cell) else None


def _usual_instant(cell: str) -> str | None:
    if not _USUAL_CLOCK.fullmatch(cell, 10):
        return None
    day = _usual_day(cell[:10])
    return f"{day}T{cell[11:]}+08:00" if day else None


@lru_cache(_REMEMBERED)
def _usual_day(written: str) -> str | None:
    match = _USUAL_DAY.fullmatch(written)
    if match is None:
        return None
    day = f"{match[1]}-{match[3]}-{match[4]}"
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return None


_USUAL: dict[str, PlainReader] = {
    "text": _usual_text,
    "money": _usual_money,
    "instant": _usual_instant,
}


@dataclass(slots=True)
class _NumberWatch:
    """Refuses numbers whose last digits are all zeros, until one shows that digits are kept.

    A spreadsheet that keeps fifteen digits makes every longer number of a column end in zeros;
    of genuine numbers one in a thousand does.
    """

    reader: CellReader
    absent: frozenset[str]
    whole_number_seen: bool = False

    def usual(self, cell: str) -> str | None:
        bare = cell.strip("\t")
        told = self.whole_number_seen and bare not in self.absent
        return bare if told and _USUAL_NUMBER.fullmatch(bare) else None

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
