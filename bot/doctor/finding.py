"""A finding (结论): one thing that was looked at, in words that come from data."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.shipped_tables import shipped_table

__all__ = ["Finding", "Weight", "find"]


class Weight(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found (zh); without `why` and `remedy` where nothing is wrong."""

    code: str
    weight: Weight
    found: str
    why: str = ""
    remedy: str = ""

    @property
    def check(self) -> str:
        """What was looked at."""
        return self.code.partition(".")[0]


def find(code: str, **said: object) -> Finding:
    """The finding of this code; raises KeyError for one that has no words."""
    words = _words()[code]
    texts = {name: words.get(name, "").format(**said) for name in ("found", "why", "remedy")}
    return Finding(code, Weight(words["weight"]), **texts)


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = shipped_table("doctor", "findings.yaml")
    return words
