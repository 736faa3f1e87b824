"""Learning, at load, what tells the entries apart, from their own phrasings (判别训练).

One Newton step of a multinomial logistic regression that starts from the profiles: each
phrasing is judged by profiles that leave it out, as a question not seen before would be, and
what went wrong is spread over the features that can tell. How the commonest features go
together is taken into account; a rare one stands for itself, which bounds time and memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.vectors import Rows

__all__ = ["SHARPNESS", "learned_weights"]

SHARPNESS = 14.0
"""Logits per unit of cosine."""

_PULL = 0.2
_CURVATURE = 0.08
_COMMON = 1000
_CROWDING = 0.5
_AT_ONCE = 256
_CHUNK = 2048


def learned_weights(rows: Rows, owners: Ints, priors: Floats, size: int) -> Floats:
    """Give the logits that each feature (row) adds for each group (column).

    `owners` is each phrasing's group, `priors` are logits for phrasing and group.
    """
    split = _split(rows, len(owners), size)
    weights, norms = _profiles(rows, owners, priors.shape[1], size)
    wrong = _errors(split, owners, weights, norms, priors)
    groups = priors.shape[1]
    del priors, weights  # memory is at its peak while the step is solved
    shared, step = _newton_step(split, np.negative(wrong, out=wrong))
    weights, _ = _profiles(rows, owners, groups, size)
    weights[split.common] += shared
    for elements in _by_feature(split.rare):
        parts = split.rare.weights[elements][:, None] @ step[split.rare.texts[elements]]
        weights[split.rare.features[elements[:, 0]]] += parts[:, 0]
    return weights


@dataclass(frozen=True, slots=True)
class _Split:
    """The phrasings in their commonest features, `columns` of `common`, and in the rare ones.

    `apart` is what the rare ones alone make of a phrasing's curvature.
    """

    texts: int
    common: Ints
    often: Rows
    rare: Rows
    apart: Floats

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Give the phrasings in their commonest features, some hundreds at once."""
        for start in range(0, self.texts, _AT_ONCE):
            texts = slice(start, min(start + _AT_ONCE, self.texts))
            here = slice(*np.searchsorted(self.often.texts, (texts.start, texts.stop)))
            block = np.zeros((texts.stop - start, len(self.common)), dtype=np.float32)
            where = self.often.texts[here] - start, self.often.features[here]
            block[where] = self.often.weights[here]
            yield texts, block


def _split(rows: Rows, texts: int, size: int) -> _Split:
    frequency = np.bincount(rows.features, minlength=size)
    common = np.sort(np.argsort(-frequency, kind="stable")[:_COMMON])
    column = np.full(size, -1, dtype=np.int32)
    column[common] = np.arange(len(common))
    columns = column[rows.features]
    often, rare = columns >= 0, columns < 0
    alone = Rows(rows.texts[rare], rows.features[rare], rows.weights[rare])
    # What the phrasings that share a rare feature learn adds up: more of them, smaller steps.
    crowded = alone.weights**2 * frequency[alone.features] ** _CROWDING
    return _Split(
        texts,
        common,
        Rows(rows.texts[often], columns[often], rows.weights[often]),
        alone,
        np.bincount(alone.texts, weights=crowded, minlength=texts).astype(np.float32),
    )


def _profiles(rows: Rows, owners: Ints, groups: int, size: int) -> tuple[Floats, Floats]:
    """Give the weights before anything is learned, and the lengths of the summed vectors."""
    weights = np.zeros((size, groups), dtype=np.float32)
    cells = rows.features.astype(np.int64) * groups + owners[rows.texts]
    np.add.at(weights.reshape(-1), cells, rows.weights)
    norms = np.sqrt(np.einsum("fg,fg->g", weights, weights))
    weights *= SHARPNESS / norms
    return weights, norms


def _errors(split: _Split, owners: Ints, weights: Floats, norms: Floats, priors: Floats) -> Floats:
    """Give by how much each phrasing's probabilities are wrong, unseen as it would be."""
    wrong = _softmax(_left_out(split, owners, weights, norms) + priors)
    wrong[np.arange(len(owners)), owners] -= 1
    return wrong


def _left_out(split: _Split, owners: Ints, weights: Floats, norms: Floats) -> Floats:
    """Give each phrasing's logits; its own profile leaves the phrasing itself out."""
    logits = np.zeros((len(owners), weights.shape[1]), dtype=np.float32)
    shared = weights[split.common]
    for texts, block in split.blocks():
        np.matmul(block, shared, out=logits[texts])
    for found, begins, chunk in _by_text(split.rare):
        parts = weights[split.rare.features[chunk]] * split.rare.weights[chunk, None]
        logits[found] += np.add.reduceat(parts, begins, axis=0)
    own = np.arange(len(owners)), owners
    itself = sum(
        np.bincount(rows.texts, weights=rows.weights**2, minlength=len(owners))
        for rows in (split.often, split.rare)
    )
    towards = logits[own] * norms[owners] / SHARPNESS - itself
    squared = norms[owners] ** 2 - 2 * towards - itself
    alone = squared < 1e-6
    logits[own] = np.where(alone, 0, SHARPNESS * towards / np.sqrt(np.where(alone, 1, squared)))
    return logits


def _newton_step(split: _Split, wanted: Floats) -> tuple[Floats, Floats]:
    """Solve (curvature × products of the phrasings + pull) step = wanted.

    Gives what the step adds to the weights of the common features, and the step; overwrites
    `wanted`. The curvature of a softmax is at most a quarter; what most phrasings have is
    lower, and a constant in its place spares a Hessian. Of the products, those in the common
    features are taken as they are, those in rare ones only of each phrasing with itself: so
    the system is as small as the common features are many (Woodbury's identity).
    """
    ease = 1 / np.sqrt(_CURVATURE * split.apart + _PULL)[:, None]
    wanted *= ease
    size = len(split.common)
    together = np.zeros((size, size), dtype=np.float32)
    np.fill_diagonal(together, 1 / _CURVATURE)
    target = np.zeros((size, wanted.shape[1]), dtype=np.float32)
    for texts, block in split.blocks():
        block *= ease[texts]
        together += block.T @ block
        target += block.T @ wanted[texts]
    shared = np.linalg.solve(together, target)
    for texts, block in split.blocks():
        block *= ease[texts]
        wanted[texts] -= block @ shared
    wanted *= ease
    return shared / np.float32(_CURVATURE), wanted


def _softmax(logits: Floats) -> Floats:
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits, out=logits)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def _by_text(rows: Rows) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Give distinct texts, where each begins in the chunk, and the chunk's elements by text."""
    for start in range(0, len(rows.texts), _CHUNK):
        chunk = np.arange(start, min(start + _CHUNK, len(rows.texts)))
        found, begins = np.unique(rows.texts[chunk], return_index=True)
        yield found, begins, chunk


def _by_feature(rows: Rows) -> Iterator[Ints]:
    """Give the elements in chunks of equally frequent features: one row for each feature."""
    frequency = np.bincount(rows.features)[rows.features]
    order = np.lexsort((rows.features, frequency))
    shared, begins = np.unique(frequency[order], return_index=True)
    for often, begin, end in zip(shared, begins, [*begins, len(order)][1:], strict=True):
        features = order[begin:end].reshape(-1, often)
        at_once = max(1, _CHUNK // often)
        yield from (features[at : at + at_once] for at in range(0, len(features), at_once))
