"""How a reading process and the one that writes talk (管道): frames of JSON, each with its length.

JSON, for what reads a hostile file may be in its hands: it can say nothing but values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import IO, Any

import orjson

from bot.store.read_reports import SaidRow
from bot.store.said import Said
from settlement.model import Platform
from settlement.reports import RowError
from settlement.statement_files import Line
from settlement.statements import MonthTotals, StatementLine

__all__ = [
    "frame_of",
    "frame_of_payouts",
    "payout_line",
    "read_frame",
    "row_of",
    "write_frame",
]

LARGEST_FRAME = 64 * 1024 * 1024
_LENGTH = 4


def write_frame(pipe: IO[bytes], frame: dict[str, Any]) -> None:
    """Send one frame; amounts travel as text."""
    content = orjson.dumps(frame, default=str)
    pipe.write(len(content).to_bytes(_LENGTH, "big"))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> dict[str, Any] | None:
    """The next frame; None if the other side ended, or says what no frame is."""
    length = int.from_bytes(pipe.read(_LENGTH), "big")
    if not 0 < length <= LARGEST_FRAME:
        return None
    content = pipe.read(length)
    if len(content) < length:
        return None
    try:
        frame = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return frame if isinstance(frame, dict) else None


def frame_of(part: Sequence[SaidRow | RowError]) -> dict[str, Any]:
    """A part of a report, to be sent: what is said in each row, or what is wrong with it."""
    rows = [
        [item.row, item.creator_hint, item.cells, *item.said]
        if isinstance(item, SaidRow)
        else [item.row, item.column, item.message, item.cells]
        for item in part
    ]
    return {"rows": rows}


def frame_of_payouts(part: Sequence[Line]) -> dict[str, Any]:
    """Some lines of a statement, to be sent."""
    return {"lines": [[type(line).__name__, line] for line in part]}


def row_of(file: str, row: Sequence[Any]) -> SaidRow | RowError:
    """A row as it was before it was sent."""
    if len(row) == _ERROR_MEMBERS:
        number, column, message, cells = row
        return RowError(file, number, column, message, tuple(cells))
    return SaidRow(row[0], Said._make(row[3:]), row[1], row[2])


def payout_line(sent: Sequence[Any]) -> Line:
    """A line of a statement as it was before it was sent."""
    name, members = sent
    kind, readers = _LINES[name]
    return kind(
        **{
            member: value if value is None else readers[member](value)
            for member, value in members.items()
        }
    )


def _readers(kind: type) -> dict[str, Callable[[Any], Any]]:
    found: dict[str, Callable[[Any], Any]] = {}
    for member in fields(kind):
        reads = (read for types, read in _READ.items() if member.type in types)
        found[member.name] = next(reads, _as_it_is)
    return found


def _as_it_is(value: Any) -> Any:
    return value


_READ: Mapping[tuple[object, ...], Callable[[Any], Any]] = {
    (Decimal, Decimal | None): Decimal,
    (date, date | None): date.fromisoformat,
    (Platform, Platform | None): Platform,
    (tuple[str, ...],): tuple,
}
_LINES: Mapping[str, tuple[Callable[..., Line], Mapping[str, Callable[[Any], Any]]]] = {
    kind.__name__: (kind, _readers(kind)) for kind in (StatementLine, MonthTotals, RowError)
}
_ERROR_MEMBERS = 4
