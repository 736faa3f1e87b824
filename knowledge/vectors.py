"""Texts as weighted features, in the terms of the phrasings that are known (向量)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.features import BLOCKS, block_of, counted, occurrences

__all__ = ["Rows", "Vector", "Vectoriser", "vectorised"]


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


@dataclass(frozen=True, slots=True)
class Vectoriser:
    """Knows every feature of the phrasings, in ascending order, and how rare it is."""

    features: Ints
    rarity: Floats
    unknown: float
    """How rare a feature is that no phrasing has."""

    @property
    def size(self) -> int:
        """How many features are known."""
        return len(self.features)

    def __call__(self, text: str) -> Vector:
        """Give a text's vector; its length is 1 if every feature is known."""
        features, counts = np.unique(occurrences([text])[1], return_counts=True)
        numbers = np.minimum(np.searchsorted(self.features, features), self.size - 1)
        known = self.features[numbers] == features
        weights = np.where(known, self.rarity[numbers], self.unknown) * (1 + np.log(counts))
        blocks = block_of(features)
        norms = np.sqrt(BLOCKS * np.bincount(blocks, weights=weights**2, minlength=BLOCKS))
        weights = weights[known] / norms[blocks[known]]
        return Vector(numbers[known], weights.astype(np.float32))


def vectorised(texts: Sequence[str], owners: Ints) -> tuple[Vectoriser, Rows]:
    """Learn the features of the phrasings; `owners` says which entry each belongs to."""
    where, what, often = counted(texts)
    features, numbers = np.unique(what, return_inverse=True)
    entries = int(owners.max(initial=-1)) + 1
    spread = np.sort(numbers * entries + owners[where])
    first = np.diff(spread, prepend=-1) > 0
    frequency = np.bincount(spread[first] // max(entries, 1), minlength=len(features))
    rarity = np.log((1 + entries) / (1 + frequency)) + 1
    vectoriser = Vectoriser(features, rarity, float(np.log(1 + entries)) + 1)
    return vectoriser, _weighed(vectoriser, where, numbers.astype(np.int32), often)


def _weighed(vectoriser: Vectoriser, texts: Ints, features: Ints, often: Ints) -> Rows:
    weights = vectoriser.rarity[features] * (1 + np.log(often))
    blocks = texts * BLOCKS + block_of(vectoriser.features[features])
    norms = np.sqrt(BLOCKS * np.bincount(blocks, weights=weights**2))
    return Rows(texts, features, (weights / norms[blocks]).astype(np.float32))
