"""What a question means, beside the words it uses (语义): an optional second opinion.

A model that somebody else trained turns a text into a vector of its meaning. Every entry has
the middle of its phrasings; how near a question lies to it is added to what the words say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from knowledge.arrays import Floats

__all__ = ["Channel", "Encoder", "Meanings", "meanings_of"]


class Channel(Protocol):
    """Another opinion on a question (通道)."""

    def scores(self, text: str) -> Floats:
        """Give every group's nearness to a normalised text, 1 at most, in their order."""


class Encoder(Protocol):
    """A model of meaning; texts that mean the same get vectors that lie close (编码器)."""

    @property
    def name(self) -> str:
        """Which model in which version: the vectors of another are of no use."""

    def __call__(self, text: str) -> Floats:
        """Give the vector of a text, of length one."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """The middle of what the phrasings of each group mean."""

    encoder: Encoder
    middles: Floats

    def scores(self, text: str) -> Floats:
        """Give every group's nearness to a normalised text, 1 at most, in their order."""
        return self.middles @ self.encoder(text)


def meanings_of(encoder: Encoder, vectors: Floats, counts: Sequence[int]) -> Meanings:
    """Take the vectors of the phrasings, group by group; `counts` says how many each has."""
    begins = np.cumsum([0, *counts[:-1]])
    sums = np.add.reduceat(vectors, begins, axis=0)
    return Meanings(encoder, sums / np.linalg.norm(sums, axis=1, keepdims=True))
