"""A message as the matcher compares it: one script, one width, one word for one thing (规范化)."""

import re
import unicodedata
from dataclasses import dataclass

import opencc

from knowledge.vocabulary import Vocabulary

__all__ = ["LONGEST", "Normalised", "Normaliser", "cleaned"]

LONGEST = 512
"""Characters of a message that are looked at; nobody asks a longer question."""

_SIMPLIFY = opencc.OpenCC("t2s")
_SILENT = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """What is left of a message to compare, and the platforms it names."""

    text: str
    platforms: frozenset[str]


class Normaliser:
    """Turns messages and phrasings alike into their comparable form."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the words to unify."""
        self._vocabulary = vocabulary

    def __call__(self, message: str) -> Normalised:
        """Give the comparable form of a message."""
        text, platforms = self._vocabulary.replace(cleaned(message))
        return Normalised(_SILENT.sub("", text), platforms)


def cleaned(message: str) -> str:
    """Fold width, case and script and cut to LONGEST; punctuation stays."""
    text = unicodedata.normalize("NFKC", message[: 2 * LONGEST])[:LONGEST].lower()
    return str(_SIMPLIFY.convert(text.encode("utf-8", "ignore").decode("utf-8")))
