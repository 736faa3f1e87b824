"""Which order of the list just shown a message means (第几单): "第二单呢", "the last one"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.shipped_tables import shipped_table
from knowledge.normalise import cleaned

__all__ = ["LAST", "place_in", "without_place"]

LAST = -1
"""The last place of a list, however long it is."""


@dataclass(frozen=True, slots=True)
class _Words:
    numerals: Mapping[str, int]
    place: re.Pattern[str]
    """What names a place; of its two groups one has the numeral, neither for the last."""


def without_place(said: str) -> str:
    """Take out of a cleaned text what names a place in a list."""
    return _words().place.sub(" ", said)


@lru_cache(maxsize=512)
def place_in(text: str) -> int | None:
    """Return the place a message names, from 1 or LAST; None if it names none."""
    found = _words().place.search(cleaned(text))
    if found is None:
        return None
    numeral = found[1] or found[2]
    if numeral is None:
        return LAST
    return int(numeral) if numeral.isdecimal() else _words().numerals[numeral]


@cache
def _words() -> _Words:
    words = shipped_table("desk", "phrases.yaml")["place"]
    numerals, ordinals, counted, things, after, last = (
        "|".join(words[part])
        for part in ("numerals", "ordinals", "counted", "things", "not_before", "last")
    )
    chinese = rf"第([1-9]\d?|{numerals})(?:{counted})(?!{after})"
    english = rf"\b(?:the )?({ordinals}|[1-9]\d?(?=st|nd|rd|th))(?:st|nd|rd|th)? (?:{things})\b"
    return _Words(
        {
            word: place
            for part in ("numerals", "ordinals")
            for place, word in enumerate(words[part], start=1)
        },
        re.compile(rf"{chinese}|{english}|{last}"),
    )
