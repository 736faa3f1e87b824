"""JSON as the platforms send it: numbers exact, and rows written back as they came."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any


class NoJson(ValueError):
    """What came is not JSON."""


def parsed(text: bytes | str) -> Any:
    """Parse JSON; fractions become Decimal, integers stay exact. Raises NoJson."""
    try:
        return json.loads(text, parse_float=_fraction, parse_int=_whole, parse_constant=str)
    except (ValueError, RecursionError):
        raise NoJson from None


def written(value: object) -> str:
    """Write a value as JSON; a Decimal as the text of its digits, a lone surrogate escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text.encode(errors="backslashreplace").decode()


def as_text(value: object) -> str:
    """Return a member as text: a text as it stands, all else as JSON."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode().replace("\x00", "\\u0000")
    return str(value) if isinstance(value, Decimal) else written(value)


def _fraction(digits: str) -> Decimal | str:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return digits


def _whole(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:  # more digits than Python reads, for safety
        return digits
