"""How far a text speaks of what the base is about, whatever it asks (主题).

Two directions: the sum of all phrasings that are answered, and of all that are not. Words such
as 佣金 or 结算 lie along the first; a joke or the weather lies along neither.
"""

from dataclasses import dataclass

import numpy as np

from knowledge.arrays import Floats
from knowledge.vectors import Rows, Vector

__all__ = ["Subject", "subject_of"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The two directions, by feature, each of length one; of nothing, zero."""

    ours: Floats
    others: Floats

    def __call__(self, vector: Vector) -> tuple[float, float]:
        """Give a text's cosine with what is answered, and with what is not."""
        ours, others = (side[vector.features] for side in (self.ours, self.others))
        return float(ours @ vector.weights), float(others @ vector.weights)


def subject_of(rows: Rows, outside: Floats, size: int) -> Subject:
    """Sum up the phrasings; `outside` is 1 for each that is not answered, else 0."""
    apart = outside[rows.texts]
    ours, others = (
        np.bincount(rows.features, weights=rows.weights * share, minlength=size).astype(np.float32)
        for share in (1 - apart, apart)
    )
    return Subject(_of_length_one(ours), _of_length_one(others))


def _of_length_one(summed: Floats) -> Floats:
    return summed / max(np.float32(np.linalg.norm(summed)), np.float32(1e-9))
