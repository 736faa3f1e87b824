"""Questions that ask the same thing put together (聚类), by what the matcher compares.

Each question joins the most alike of those that lead a cluster, or leads one of its own; the
most frequent and then the shortest come first. So in whatever order they come, the clusters
are the same.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.normalise import Normalised
from knowledge.vectors import Rows, vectorised

__all__ = ["ALIKE", "Cluster", "clustered"]

ALIKE = 0.45
"""The cosine from which on two questions are taken for one."""
_LONGEST = 80
"""Characters that are compared; whoever writes more has said by then what it is about."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions by their places in what was given (一簇问题); the first one leads."""

    members: tuple[int, ...]

    @property
    def leader(self) -> int:
        """The question that the others are like."""
        return self.members[0]


def clustered(questions: Sequence[Normalised]) -> tuple[Cluster, ...]:
    """Cluster questions, the largest first; of different platforms none is the same question."""
    apart: dict[tuple[object, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, question in enumerate(questions):
        text = question.text[:_LONGEST]
        apart[tuple(sorted(question.platforms)), question.elsewhere][text].append(place)
    found = [cluster for alike in apart.values() for cluster in _of_one_platform(alike)]
    return tuple(sorted(found, key=lambda each: (-len(each.members), each.leader)))


def _of_one_platform(asked: dict[str, list[int]]) -> list[Cluster]:
    """Cluster distinct texts, each with the places where it was asked."""
    texts = sorted(asked, key=lambda text: (-len(asked[text]), len(text), text))
    led = _leaders(texts)
    members: dict[int, list[int]] = defaultdict(list)
    for number, leader in enumerate(led):
        members[leader] += asked[texts[number]]
    return [Cluster(tuple(places)) for places in members.values()]


def _leaders(texts: Sequence[str]) -> list[int]:
    """The number of the text that leads each text's cluster."""
    if len(texts) < 2:
        return list(range(len(texts)))
    _, rows = vectorised(texts, np.arange(len(texts)))
    leading = _Leading(rows, len(texts))
    return [leading.leader_of(number) for number in range(len(texts))]


class _Leading:
    """The texts that lead so far, found again by their rarest features.

    Two texts whose cosine reaches `ALIKE` share one of the features that are left when the
    commonest are taken away until what was taken is shorter than that: only these are looked up.
    """

    def __init__(self, rows: Rows, count: int) -> None:
        self._begins = np.searchsorted(rows.texts, np.arange(count + 1))
        self._features, self._weights = rows.features, rows.weights
        self._frequency = np.bincount(rows.features)
        self._led_by: dict[int, list[int]] = defaultdict(list)
        self._at_hand = np.zeros(len(self._frequency), dtype=np.float32)

    def leader_of(self, number: int) -> int:
        """The most alike leader; the text itself, which leads from now on, if there is none."""
        row = slice(self._begins[number], self._begins[number + 1])
        features, weights = self._features[row], self._weights[row]
        rare = self._rarest(features, weights)
        leaders = sorted(set().union(*(self._led_by[feature] for feature in rare)))
        if leaders:
            alike = self._alike(features, weights, np.array(leaders))
            best = int(np.argmax(alike))
            if alike[best] >= ALIKE:
                return leaders[best]
        for feature in rare:
            self._led_by[feature].append(number)
        return number

    def _rarest(self, features: Ints, weights: Floats) -> list[int]:
        order = np.lexsort((features, -self._frequency[features]))
        taken = np.cumsum(weights[order] ** 2)
        left = features[order[np.searchsorted(taken, ALIKE**2) :]]
        shared: list[int] = left[self._frequency[left] > 1].tolist()
        return shared

    def _alike(self, features: Ints, weights: Floats, leaders: Ints) -> Floats:
        begins, ends = self._begins[leaders], self._begins[leaders + 1]
        lengths = ends - begins
        first = np.cumsum(lengths) - lengths
        places = np.arange(int(lengths.sum())) + np.repeat(begins - first, lengths)
        self._at_hand[features] = weights
        shared = self._weights[places] * self._at_hand[self._features[places]]
        self._at_hand[features] = 0
        return np.asarray(np.add.reduceat(shared, first))
