"""How characters sound, and what somebody meant who typed sounds (拼音)."""

import math
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

__all__ = ["PinyinReader", "folded_sounds", "syllables_of"]

_LONGEST_SYLLABLE = 6
_LONGEST_WORD = 80
_CHOICES = 8


@cache
def _readings() -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Give character → its usual syllable, and syllable → the characters that can sound so."""
    usual: dict[str, str] = {}
    characters: dict[str, tuple[str, str]] = {}
    table = files("knowledge").joinpath("readings.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        sound, first, other = line.split(" ")
        usual.update(dict.fromkeys(first.strip("-"), sound))
        characters[sound] = first.strip("-"), other.strip("-")
    return usual, characters


@cache
def folded_sounds() -> dict[str, str]:
    """Give each character's sound, what people mix up made equal (模糊音): zh/z, -ng/-n."""
    return {character: _folded(sound) for character, sound in _readings()[0].items()}


def _folded(sound: str) -> str:
    if sound[:2] in {"zh", "ch", "sh"}:
        sound = sound[0] + sound[2:]
    return sound[:-1] if sound.endswith("ng") else sound


@lru_cache(maxsize=4096)
def syllables_of(letters: str) -> tuple[str, ...] | None:
    """Cut a word into as few syllables as possible; None if it is no pinyin."""
    if len(letters) > _LONGEST_WORD:
        return None
    known = _readings()[1]
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(letters) + 1):
        cuts = [
            (*before, letters[start:end])
            for start in range(max(0, end - _LONGEST_SYLLABLE), end)
            if (before := best[start]) is not None and letters[start:end] in known
        ]
        best.append(min(cuts, key=len, default=None))
    return best[-1]


class PinyinReader:
    """Reads syllables as the characters that the knowledge base would write for them."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Learn from the texts which characters follow each other."""
        self._single: Counter[str] = Counter()
        self._pair: Counter[tuple[str, str]] = Counter()
        for text in texts:
            self._single.update(text)
            self._pair.update(pairwise(text))

    def read(self, syllables: Iterable[str]) -> str:
        """Give the likeliest characters; a syllable that nobody writes stays as it is."""
        paths = {"": (0.0, "")}
        for sound in syllables:
            paths = {
                character: max(
                    (score + alone + self._likelihood(before, character), path + character)
                    for before, (score, path) in paths.items()
                )
                for character, alone in self._choices(sound).items()
            }
        return max(paths.values())[1]

    def _choices(self, sound: str) -> dict[str, float]:
        """Give the characters that a syllable may stand for, rarer readings at a discount."""
        usual, rarer = _readings()[1].get(sound, ("", ""))
        frequency = {c: float(self._single[c]) for c in usual if c in self._single}
        frequency |= {c: 0.1 * self._single[c] for c in rarer if c in self._single}
        likeliest = sorted(frequency, key=lambda c: (-frequency[c], c))[:_CHOICES]
        return {c: math.log(frequency[c]) for c in likeliest} or {sound: 0.0}

    def _likelihood(self, before: str, character: str) -> float:
        after = self._pair[before, character] / (self._single[before] + 1)
        return math.log(after / (self._single[character] + 1) + 1e-5)
