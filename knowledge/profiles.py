"""How close a text is to each entry as a whole (条目轮廓).

An entry's profile is the sum of its phrasings' vectors at length one. While the base is small
enough, a correction learned from the phrasings themselves is added: it raises what tells an
entry from its neighbours and lowers what they share.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.training import SHARPNESS, learned_weights
from knowledge.vectors import Rows, Vector

__all__ = ["PlainProfiles", "Profiles", "TrainedProfiles", "build_profiles"]

_LARGEST_TRAINED = 12_000_000


class Profiles(Protocol):
    """Gives every entry's score for a text; scores are logits of one softmax."""

    def scores(self, vector: Vector) -> Floats:
        """Score all entries, in the order of the base."""


@dataclass(frozen=True, slots=True)
class TrainedProfiles:
    """Profiles with the learned correction: one row of weights a feature."""

    weights: Floats
    """The logits that each feature adds for each group; in half precision, which is enough."""

    def scores(self, vector: Vector) -> Floats:
        """Score all groups, in their order."""
        return vector.weights @ self.weights[vector.features].astype(np.float32)


class PlainProfiles:
    """Profiles of a very large base: for each feature the entries that have it."""

    def __init__(self, rows: Rows, owners: Ints, size: int) -> None:
        """Sum the vectors of each entry and bring the sums to length one."""
        self._total = int(owners.max()) + 1
        keys = rows.features.astype(np.int64) * self._total + owners[rows.texts]
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


def build_profiles(rows: Rows, owners: Ints, size: int, priors: Callable[[], Floats]) -> Profiles:
    """Build the profiles of the groups; `priors` gives logits for phrasing and group."""
    if not len(owners):
        return TrainedProfiles(np.zeros((0, 0), dtype=np.float16))
    if max(size, len(owners)) * (int(owners.max(initial=0)) + 1) > _LARGEST_TRAINED:
        return PlainProfiles(rows, owners, size)
    return TrainedProfiles(learned_weights(rows, owners, priors(), size).astype(np.float16))
