"""What a command writes: lines for people, JSON for programs, complaints beside both.

All of it in bytes, so that neither a machine's locale nor its terminal can break Chinese text.
"""

import sys
from datetime import datetime, tzinfo
from typing import IO, Any

import orjson

__all__ = ["complain", "moment", "say", "say_json", "standard_output"]


def say(text: str) -> None:
    """Write one line, or several, for people; they are there at once."""
    standard_output().write(f"{text}\n".encode("utf-8", "replace"))
    standard_output().flush()


def say_json(document: Any) -> None:
    """Write one JSON value on a line of its own; it is there at once."""
    standard_output().write(orjson.dumps(document) + b"\n")
    standard_output().flush()


def complain(line: str) -> None:
    """Write one line to standard error."""
    sys.stderr.buffer.write(line.replace("\n", " ").encode("utf-8", "replace") + b"\n")
    sys.stderr.buffer.flush()


def moment(instant: datetime, zone: tzinfo) -> str:
    """An instant by the clock of a zone, to the minute."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def standard_output() -> IO[bytes]:
    """Where a stream of bytes goes, such as an export."""
    return sys.stdout.buffer
