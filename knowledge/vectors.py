"""Texts as weighted features, in the terms of the phrasings that are known (向量)."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.features import BLOCKS, features

__all__ = ["Floats", "Ints", "Rows", "Vector", "Vectoriser"]

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Vector:
    """A text: its known features and their weights; unknown ones shorten the weights."""

    features: Ints
    weights: Floats


@dataclass(frozen=True, slots=True)
class Rows:
    """Many vectors, one behind the other: text number, feature and weight of each element."""

    texts: Ints
    features: Ints
    weights: Floats


class Vectoriser:
    """Knows every feature of the phrasings and how rare it is among the entries."""

    def __init__(self, texts: Sequence[str], entries: Sequence[int]) -> None:
        """Count in how many entries each feature occurs; `entries` is each text's entry."""
        found: tuple[dict[str, set[int]], ...] = tuple({} for _ in range(BLOCKS))
        for text, entry in zip(texts, entries, strict=True):
            for block, seen in zip(features(text), found, strict=True):
                for feature in block:
                    seen.setdefault(feature, set()).add(entry)
        total = len(set(entries))
        self._unknown = math.log(1 + total) + 1
        self._known: list[dict[str, tuple[int, float]]] = []
        self.size = 0
        for seen in found:
            self._known.append(
                {
                    feature: (number, math.log((1 + total) / (1 + len(where))) + 1)
                    for number, (feature, where) in enumerate(seen.items(), start=self.size)
                }
            )
            self.size += len(seen)

    def __call__(self, text: str) -> Vector:
        """Give a text's vector; its length is 1 if every feature is known."""
        numbers: list[int] = []
        weights: list[float] = []
        for block, known in zip(features(text), self._known, strict=True):
            self._weigh(block, known, numbers, weights)
        return Vector(np.array(numbers, dtype=np.int32), np.array(weights, dtype=np.float32))

    def _weigh(
        self,
        block: Iterable[str],
        known: dict[str, tuple[int, float]],
        numbers: list[int],
        weights: list[float],
    ) -> None:
        squares = 0.0
        start = len(weights)
        for feature, count in Counter(block).items():
            number, rarity = known.get(feature, (-1, self._unknown))
            weight = rarity if count == 1 else rarity * (1 + math.log(count))
            squares += weight * weight
            if number >= 0:
                numbers.append(number)
                weights.append(weight)
        if len(weights) > start:
            norm = math.sqrt(squares * BLOCKS)
            weights[start:] = [weight / norm for weight in weights[start:]]

    def rows(self, texts: Sequence[str]) -> Rows:
        """Give the vectors of many texts."""
        vectors = [self(text) for text in texts]
        lengths = [len(vector.features) for vector in vectors]
        return Rows(
            np.repeat(np.arange(len(texts), dtype=np.int32), lengths),
            np.concatenate([vector.features for vector in vectors]),
            np.concatenate([vector.weights for vector in vectors]),
        )
