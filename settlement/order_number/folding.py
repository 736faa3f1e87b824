"""Text as people paste it, folded to plain characters whose places in the original are kept."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MINUS_SIGN = "\u2212"
_KEYCAP = "\u20e3"
_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f]")
_LIST_MARK = " "
_FOREIGN_DIGIT = "x"


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text folded to one plain character each, and where each of them came from."""

    text: str
    places: tuple[int, ...] | range

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original text for a non-empty span of the folded one."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> FoldedText:
    """Make full-width characters and dashes plain, drop invisible ones (全角转半角)."""
    if text.isascii():
        return FoldedText(text, range(len(text)))
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character == _KEYCAP and characters:
            # "1️⃣" numbers a list; it is no digit of what follows.
            characters[-1] = _LIST_MARK
            continue
        plain = _plain(character)
        if plain:
            characters.append(plain)
            places.append(place)
    return FoldedText("".join(characters), tuple(places))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Pd" or character == _MINUS_SIGN:
        return "-"
    if category == "Cf" or _VARIATION_SELECTOR.match(character):
        return ""
    if category == "No":
        # "①" would become a first digit too many.
        return _LIST_MARK
    plain = unicodedata.normalize("NFKC", character)
    if category == "Nd" and not plain.isascii():
        return _FOREIGN_DIGIT
    return plain if len(plain) == 1 else character
