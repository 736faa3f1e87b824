"""What of a text is compared: characters and sounds, alone and in pairs (特征)."""

from collections.abc import Iterable, Iterator, Sequence

from knowledge.pinyin import syllable

__all__ = ["BLOCKS", "features"]

BLOCKS = 4
"""Characters, pairs of characters, syllables, pairs of syllables; each weighs the same."""


def features(text: str) -> tuple[Iterable[str], ...]:
    """Give the features of a normalised text, block by block.

    Pairs reach over one character and have no order, so that a dropped, doubled or swapped
    character costs little; syllables make a homophone cost little.
    """
    sounds = [syllable(character) for character in text]
    return (text, _pairs(text), sounds, _pairs(sounds))


def _pairs(sequence: Sequence[str]) -> Iterator[str]:
    ends = ("^", *sequence, "$")
    for reach in (1, 2):
        for left, right in zip(ends, ends[reach:], strict=False):
            yield f"{left} {right}" if left < right else f"{right} {left}"
