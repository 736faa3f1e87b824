"""How close a text is to each entry as a whole (条目轮廓).

An entry's profile is the sum of its phrasings' vectors at length one. While the base is small
enough, a correction learned from the phrasings themselves is added: it raises what tells an
entry from its neighbours and lowers what they share.
"""

from typing import Protocol

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.training import SHARPNESS, Rivals, learned_coefficients
from knowledge.vectors import Rows, Vector

__all__ = ["Profiles", "build_profiles"]

_LARGEST_TRAINED = 5000
_CHUNK = 16384


class Profiles(Protocol):
    """Gives every entry's score for a text; scores are logits of one softmax."""

    def scores(self, vector: Vector) -> Floats:
        """Score all entries, in the order of the base."""


class TrainedProfiles:
    """Profiles with the learned correction: one row of weights a feature."""

    def __init__(self, rows: Rows, coefficients: Floats, size: int) -> None:
        """Multiply the phrasings' vectors with their coefficients for each entry."""
        self._weights = np.zeros((size, coefficients.shape[1]), dtype=np.float32)
        order = np.argsort(rows.features, kind="stable")
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            numbers, begins = np.unique(rows.features[chunk], return_index=True)
            parts = coefficients[rows.texts[chunk]] * rows.weights[chunk, None]
            self._weights[numbers] += np.add.reduceat(parts, begins, axis=0)

    def scores(self, vector: Vector) -> Floats:
        """Score all entries, in the order of the base."""
        return vector.weights @ self._weights[vector.features]


class PlainProfiles:
    """Profiles of a very large base: for each feature the entries that have it."""

    def __init__(self, rows: Rows, entries: Ints, size: int) -> None:
        """Sum the vectors of each entry and bring the sums to length one."""
        self._total = int(entries.max()) + 1
        keys = rows.features.astype(np.int64) * self._total + entries[rows.texts]
        cells, where = np.unique(keys, return_inverse=True)
        weights = np.bincount(where, weights=rows.weights)
        self._entries = (cells % self._total).astype(np.int32)
        norms = np.sqrt(np.bincount(self._entries, weights=weights**2, minlength=self._total))
        self._weights = (SHARPNESS * weights / norms[self._entries]).astype(np.float32)
        self._begins = np.searchsorted(cells // self._total, np.arange(size + 1))

    def scores(self, vector: Vector) -> Floats:
        """Score all entries, in the order of the base."""
        spans = [
            slice(self._begins[number], self._begins[number + 1]) for number in vector.features
        ]
        if not spans:
            return np.zeros(self._total, dtype=np.float32)
        entries = np.concatenate([self._entries[span] for span in spans])
        weights = np.concatenate(
            [
                self._weights[span] * weight
                for span, weight in zip(spans, vector.weights, strict=True)
            ]
        )
        return np.bincount(entries, weights=weights, minlength=self._total).astype(np.float32)


def build_profiles(rows: Rows, entries: Ints, rivals: Rivals, size: int) -> Profiles:
    """Build the profiles of a base: `entries` is each phrasing's entry, `size` the features."""
    if len(entries) > _LARGEST_TRAINED:
        return PlainProfiles(rows, entries, size)
    return TrainedProfiles(rows, learned_coefficients(rows, entries, rivals, size), size)
