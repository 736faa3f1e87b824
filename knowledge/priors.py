"""What naming platforms, or naming none, says about each entry (先验)."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.shortlist import GENERAL, GENERAL_IF_NAMED, OUTSIDE

__all__ = ["Priors"]

_NEVER = -50.0
_PLATFORM_IF_UNNAMED = -3.5
_GENERAL_IF_HERE = -1.0


class Priors:
    """Gives the prior of every group, in logits."""

    def __init__(self, platforms: Sequence[str]) -> None:
        """Take the platform of each group."""
        self._platforms = np.array(platforms)
        self._prior = cache(self._prior_of)

    def __call__(self, named: frozenset[str], here: str | None = None) -> Floats:
        """Weigh the groups for a question that names these; `here` is what it is about."""
        return self._prior(named, here)

    def of_phrasings(self, owners: Ints, named: Sequence[frozenset[str]]) -> Floats:
        """Give the prior of each phrasing; what it decides need not be learned from words."""
        of_names = {names: self(names) for names in set(named)}
        priors = np.array([of_names[names] for names in named], dtype=np.float32)
        own = np.arange(len(owners)), owners
        priors[own] = np.maximum(priors[own], _PLATFORM_IF_UNNAMED)
        return priors

    def _prior_of(self, named: frozenset[str], here: str | None) -> Floats:
        anywhere = np.isin(self._platforms, [GENERAL, OUTSIDE])
        if named:
            meant = np.isin(self._platforms, list(named))
            return np.where(meant, 0, np.where(anywhere, GENERAL_IF_NAMED, _NEVER))
        if here is None:
            return np.where(anywhere, 0, _PLATFORM_IF_UNNAMED)
        meant = self._platforms == here
        return np.where(meant, 0, np.where(anywhere, _GENERAL_IF_HERE, _PLATFORM_IF_UNNAMED))
