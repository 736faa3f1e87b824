"""What of a text is compared: characters and sounds, alone and in pairs (特征).

Pairs reach over one character and have no order, so that a dropped, doubled or swapped
character costs little; sounds make a homophone cost little. A feature is one number, so that
a whole knowledge base is counted by a few array operations.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from knowledge.arrays import Ints
from knowledge.pinyin import folded_sounds

__all__ = ["BLOCKS", "block_of", "counted", "occurrences", "sounded"]

BLOCKS = 4
"""Characters, pairs of characters, sounds, pairs of sounds; each weighs the same."""

_START, _END = "\x01", "\x02"
_LAST = 0xFFFF
_BITS = 20
_FEATURE_BITS = 2 * _BITS + 2
_AT_ONCE = 512


def occurrences(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Give every occurrence of a feature: the number of its text, and the feature."""
    joined = "".join(f"{_START}{text}{_END}" for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = np.minimum(codes, _LAST).astype(np.int64)
    lengths = np.fromiter((len(text) + 2 for text in texts), dtype=np.int64, count=len(texts))
    owners = np.repeat(np.arange(len(texts)), lengths)
    where: list[Ints] = []
    what: list[Ints] = []
    for block, sequence in ((0, codes), (2, _sounds()[codes])):
        inside = codes > ord(_END)
        where.append(owners[inside])
        what.append(_coded(block, 0, sequence[inside]))
        for reach in (1, 2):
            together = owners[:-reach] == owners[reach:]
            left, right = sequence[:-reach][together], sequence[reach:][together]
            where.append(owners[:-reach][together])
            what.append(_coded(block + 1, np.minimum(left, right), np.maximum(left, right)))
    return np.concatenate(where), np.concatenate(what)


def counted(texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
    """Give each text's distinct features: the number of the text, the feature, how often."""
    starts = range(0, max(len(texts), 1), _AT_ONCE)
    parts = [_counted(texts[start : start + _AT_ONCE], start) for start in starts]
    where, what, often = map(np.concatenate, zip(*parts, strict=True))
    return where, what, often


def _counted(texts: Sequence[str], first: int) -> tuple[Ints, Ints, Ints]:
    where, what = occurrences(texts)
    cells, often = np.unique((where << _FEATURE_BITS) | what, return_counts=True)
    what = cells & ((1 << _FEATURE_BITS) - 1)
    where = (cells >> _FEATURE_BITS) + first
    return where.astype(np.int32), what, often.astype(np.int32)


def block_of(features: Ints) -> Ints:
    """Give the block that each feature belongs to."""
    return features >> (2 * _BITS)


def _coded(block: int, left: Ints | int, right: Ints) -> Ints:
    return (block << (2 * _BITS)) | (left << _BITS) | right


def sounded(text: str) -> str:
    """Write a text with one character for each sound, so that homophones become equal."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sounds = _sounds()[np.minimum(codes, _LAST)].astype(np.uint32)
    return sounds.tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _sounds() -> Ints:
    """Give character code → the code of the first character that sounds the same."""
    table = np.arange(_LAST + 1, dtype=np.int64)
    first: dict[str, int] = {}
    for character, sound in folded_sounds().items():
        table[ord(character)] = first.setdefault(sound, ord(character))
    return table
