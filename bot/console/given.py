"""What a browser sends, read strictly (读取): numbers of rows, members of an enumeration."""

from enum import Enum
from typing import TypeVar

__all__ = ["member_of", "row_number"]

Member = TypeVar("Member", bound=Enum)


def row_number(text: str) -> int | None:
    """A number that a table can hold; None for anything else, however long."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def member_of(kind: type[Member], text: str) -> Member | None:
    """The member with this value; None for a text that is no value of any."""
    return next((member for member in kind if member.value == text), None)
