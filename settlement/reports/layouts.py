"""The layouts of reports (报表版式): what kinds there are, and what their columns say."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from settlement.combining import Rows
from settlement.model import Platform

_HEADER_NOISE = re.compile(r"[\s'\"`\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_HEADER_UNIT = re.compile(r"\((?:元|件|%)\)$")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layout and the fact it states."""

    header: str
    """The name shown to people; names are compared by `header_key`."""
    fact: str | None
    """The order's field, ``raw_status.…`` for the platform's own words; None for a hint."""
    kind: str = "text"
    creator: str | None = None
    """For a column that tells whose order it is: the kind of hint, such as ``position``."""
    absent: frozenset[str] = frozenset()
    """Further words for "nothing there"."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """The platform's codes by the words that reports use for them, folded by `word_key`."""
    times: str | None = None
    """The header of a rate this rate is multiplied with."""
    counts_with: str | None = None
    """The field without which the value is no fact yet."""
    counts_without: str | None = None
    """The field beside which the value is not to be counted."""
    checked_by: str | None = None
    """The amount this rate must lead to; a rate that leads elsewhere is not the creator's own."""
    unless_filled: str | None = None
    """The header of a column beside whose filled cell the value is not the creator's own."""

    @property
    def depends(self) -> bool:
        """Whether other columns decide if its value is a fact."""
        beside = (self.counts_with, self.counts_without, self.unless_filled)
        return bool(self.times or self.checked_by or any(beside))


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of report: its columns, and those that tell it from others."""

    platform: Platform | None
    """None for a table of orders of all platforms, which says it in each row."""
    name: str
    title: str
    needs: tuple[str, ...]
    columns: Mapping[str, Column]
    """By `header_key`, older names included."""
    unused: frozenset[str]
    """Keys of columns that are known and say nothing about a commission."""
    line_id: tuple[str, ...]
    """Headers that together name a line, where the report has no number for it."""
    rows: Rows = Rows.SINGLE
    """What several rows of one line mean."""
    kept: frozenset[str] = frozenset()
    """Keys of columns that state no fact of the creator's and are kept as they stand."""


@dataclass(frozen=True, slots=True)
class ForeignLayout:
    """A report that is known and not read, and what to bring instead."""

    title: str
    needs: frozenset[str]
    remedy: str


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """Fold a header for comparison: width, case, blanks, quotes and a trailing unit fall away."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return _HEADER_UNIT.sub("", _HEADER_NOISE.sub("", plain))


def word_key(word: str) -> str:
    """Fold a status word for comparison: width, case and blanks fall away."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())
