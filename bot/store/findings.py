"""What a line of a report is to the store (比对结果)."""

from enum import StrEnum
from typing import Any, NamedTuple

__all__ = ["Change", "Finding", "Outcome"]

Change = tuple[str, Any, Any]
"""A field, what was known of it, and what is known now."""


class Finding(StrEnum):
    """What a line of a report is to the store."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    """The store knows the line from a later report."""
    JOINED = "joined"
    """It stands in the same report before; both together make the line."""
    REPEATED = "repeated"
    """It stands in the same report before, saying something else; that one counts."""
    UNFITTING = "unfitting"
    """Together with what is known it makes no order line that can be."""
    OWNERLESS = "ownerless"
    """The source names nobody, and nobody has the line."""
    SHARED = "shared"
    """The source names nobody, and several creators have the line."""

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it is kept."""
        return self in _REFUSED

    @property
    def is_staged(self) -> bool:
        """Whether it is written down as this import's."""
        return self in (Finding.NEW, Finding.CHANGED)


_REFUSED = frozenset({Finding.REPEATED, Finding.UNFITTING, Finding.OWNERLESS, Finding.SHARED})


class Outcome(NamedTuple):
    """What became of one line of a report."""

    finding: Finding
    reason: str | None = None
    """Why it does not fit what is known (zh)."""
    changes: tuple[Change, ...] = ()
