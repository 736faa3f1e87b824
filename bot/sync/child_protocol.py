"""How a reading process and the one that writes talk (管道): frames of JSON, each with its length.

JSON, for what reads a hostile file may be in its hands: it can say nothing but values.
"""

from collections.abc import Sequence
from typing import IO, Any

import orjson

from bot.store.read_reports import SaidRow
from bot.store.said import Said
from settlement.reports import RowError

__all__ = ["LARGEST_FRAME", "frame_of", "read_frame", "row_of", "write_frame"]

LARGEST_FRAME = 64 * 1024 * 1024
_LENGTH = 4


def write_frame(pipe: IO[bytes], frame: dict[str, Any]) -> None:
    """Send one frame."""
    content = orjson.dumps(frame)
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


def row_of(file: str, row: Sequence[Any]) -> SaidRow | RowError:
    """A row as it was before it was sent."""
    if len(row) == _ERROR_MEMBERS:
        number, column, message, cells = row
        return RowError(file, number, column, message, tuple(cells))
    return SaidRow(row[0], Said._make(row[3:]), row[1], row[2])


_ERROR_MEMBERS = 4
