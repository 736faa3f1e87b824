"""Texts as weighted features, in the terms of the phrasings that are known (向量)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.features import BLOCKS, block_of, counted, occurrences

__all__ = ["Rows", "Vector", "Vectoriser"]


@dataclass(frozen=True, slots=True)
class Vector:
    """A text: its known features and their weights; unknown ones shorten the weights."""

    features: Ints
    weights: Floats

    @property
    def length(self) -> float:
        """How much of the text is known, 0 to 1."""
        return float(np.sqrt(self.weights @ self.weights))


@dataclass(frozen=True, slots=True)
class Rows:
    """The phrasings, one behind the other: text, feature and weight of each element."""

    texts: Ints
    features: Ints
    weights: Floats


class Vectoriser:
    """Knows every feature of the phrasings and how rare it is among the entries."""

    def __init__(self, texts: Sequence[str], owners: Ints) -> None:
        """Take the phrasings, and the number of the entry that each belongs to."""
        where, what, often = counted(texts)
        self._features, numbers = np.unique(what, return_inverse=True)
        entries = int(owners.max(initial=-1)) + 1
        spread = np.unique(numbers * entries + owners[where]) // max(entries, 1)
        frequency = np.bincount(spread, minlength=self.size)
        self._rarity = np.log((1 + entries) / (1 + frequency)) + 1
        self._unknown = np.log(1 + entries) + 1
        self.rows = self._weighed(where, numbers.astype(np.int32), often)

    @property
    def size(self) -> int:
        """How many features are known."""
        return len(self._features)

    def __call__(self, text: str) -> Vector:
        """Give a text's vector; its length is 1 if every feature is known."""
        features, counts = np.unique(occurrences([text])[1], return_counts=True)
        numbers = np.minimum(np.searchsorted(self._features, features), self.size - 1)
        known = self._features[numbers] == features
        weights = np.where(known, self._rarity[numbers], self._unknown) * (1 + np.log(counts))
        blocks = block_of(features)
        norms = np.sqrt(BLOCKS * np.bincount(blocks, weights=weights**2, minlength=BLOCKS))
        weights = weights[known] / norms[blocks[known]]
        return Vector(numbers[known], weights.astype(np.float32))

    def _weighed(self, texts: Ints, features: Ints, often: Ints) -> Rows:
        weights = self._rarity[features] * (1 + np.log(often))
        blocks = texts * BLOCKS + block_of(self._features[features])
        norms = np.sqrt(BLOCKS * np.bincount(blocks, weights=weights**2))
        return Rows(texts, features, (weights / norms[blocks]).astype(np.float32))
