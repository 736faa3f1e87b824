"""A message as the matcher compares it: one script, one width, one word for one thing (规范化)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import opencc

from knowledge.pinyin import PinyinReader, syllables_of
from knowledge.vocabulary import ELSEWHERE, Vocabulary

__all__ = ["LONGEST", "Normalised", "Normaliser", "cleaned", "stands_alone"]

LONGEST = 512
"""Characters of a message that are looked at; nobody asks a longer question."""

_SIMPLIFY = opencc.OpenCC("t2s")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_SPACE_BESIDE_HAN = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_MONEY_BOOK = re.compile("(?<=[到入进结对记算转出明])帐|帐(?=[号户单本])")
"""The 帳 of traditional script where it is about money; a tent (帐篷) keeps its own."""
_SILENT = re.compile(r"[\W_]")
_LATIN_WORD = re.compile(r"[a-z]+")
_ALONE = re.compile(r"[\x00-@\[-`{-\x7f\u3000-\u303f\u4e00-\u9fff\uff01-\uff20]+")
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百]++(?=[天日号月元块单个小周分年成])")


@dataclass(frozen=True, slots=True)
class Normalised:
    """What is left of a message to compare, and the platforms it names.

    `elsewhere` says that it names a platform the base knows nothing about.
    """

    text: str
    platforms: frozenset[str] = frozenset()
    elsewhere: bool = False


class Normaliser:
    """Turns messages and phrasings alike into their comparable form."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        phrasings: Sequence[str],
        known: Mapping[str, Normalised] | None = None,
    ) -> None:
        """Take the words to unify; phrasings and words teach how to read pinyin.

        `known` are forms that this normaliser would give, found out before.
        """
        self._vocabulary = vocabulary
        self._known = known or {}
        self._pinyin = cache(lambda: PinyinReader([*map(cleaned, phrasings), *vocabulary]))

    def __call__(self, message: str) -> Normalised:
        """Give the comparable form of a message."""
        if (known := self._known.get(message)) is not None:
            return known
        text, named = self._vocabulary.replace(self._without_pinyin(cleaned(message)))
        text = _SILENT.sub("", _CHINESE_NUMBER.sub(_in_digits, text))
        return Normalised(text, named - {ELSEWHERE}, ELSEWHERE in named)

    def _without_pinyin(self, text: str) -> str:
        words = _LATIN_WORD.findall(text)
        spelled = [word for word in words if word not in self._vocabulary and _is_pinyin(word)]
        foreign = [word for word in words if word in self._vocabulary and not _is_pinyin(word)]
        if not spelled or len(spelled) < len(foreign):
            return text
        pieces: list[str] = []
        sounds: list[str] = []
        end = 0
        for found in _LATIN_WORD.finditer(text):
            between = text[end : found.start()]
            if between.strip(" '"):
                pieces += [self._pinyin().read(sounds), between]
                sounds = []
            sounds += self._sounds(found.group())
            end = found.end()
        pieces += [self._pinyin().read(sounds), text[end:]]
        return "".join(pieces)

    def _sounds(self, word: str) -> tuple[str, ...]:
        """Give the syllables of a word, or the word if it is a name or no pinyin."""
        return syllables_of(word) or (f" {word} ",)


@lru_cache(maxsize=512)  # what one message is asked about is found out by many
def cleaned(message: str) -> str:
    """Fold width, case and script, drop what nobody sees, and cut to LONGEST."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", message[: 2 * LONGEST]))
    text = text.encode("utf-8", "ignore").decode("utf-8")[:LONGEST].lower()
    simple = _MONEY_BOOK.sub("账", str(_SIMPLIFY.convert(text)))
    return _SPACE_BESIDE_HAN.sub("", " ".join(simple.split()))


def stands_alone(message: str) -> bool:
    """Say whether a message has no letters, which are read as other phrasings teach."""
    return _ALONE.fullmatch(message) is not None


def _is_pinyin(word: str) -> bool:
    return len(word) > 1 and syllables_of(word) is not None


def _in_digits(found: re.Match[str]) -> str:
    """Write a Chinese number below 100 in digits; a longer one stays as it is."""
    tens, ten, ones = found.group().rpartition("十")
    if not ten and len(ones) == 1:
        return str(_DIGITS.get(ones, ones))
    if len(tens) > 1 or len(ones) > 1 or "百" in tens or "百" in ones:
        return found.group()
    return str(10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))
