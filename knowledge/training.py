"""Learning, at load, what tells the entries apart, from their own phrasings (判别训练).

One Newton step of a multinomial logistic regression that starts from the profiles: each
phrasing is judged by profiles that leave it out, as a question not seen before would be, and
what went wrong is spread over the features that can tell. The step is computed through the
products of the phrasings with each other; where there are very many, a few neighbours of an
entry are taken together, which bounds time and memory.
"""

from collections.abc import Iterator

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.vectors import Rows

__all__ = ["SHARPNESS", "learned_weights"]

SHARPNESS = 14.0
"""Logits per unit of cosine."""

_PULL = 0.2
_CURVATURE = 0.1
_SOLVER_STEPS = 8
_ALL_APART = 4200
_MOST_ROWS = 3400
_COMMON = 100
_CHUNK = 2048


def learned_weights(rows: Rows, owners: Ints, priors: Floats, size: int) -> Floats:
    """Give the logits that each feature (row) adds for each group (column).

    `owners` is each phrasing's group, `priors` are logits for phrasing and group.
    """
    groups = priors.shape[1]
    wrong = _errors(rows, owners, priors, size)
    del priors  # memory is at its peak while the step is solved
    together, wrong = _taken_together(rows, owners, wrong, size)
    learned = _newton_step(_products(together, len(wrong), size), np.negative(wrong, out=wrong))
    weights, _ = _profiles(rows, owners, groups, size)
    for features, begins, chunk in _by_feature(together):
        parts = learned[together.texts[chunk]] * together.weights[chunk, None]
        weights[features] += np.add.reduceat(parts, begins, axis=0)
    return weights


def _profiles(rows: Rows, owners: Ints, groups: int, size: int) -> tuple[Floats, Floats]:
    """Give the weights before anything is learned, and the lengths of the summed vectors."""
    weights = np.zeros((size, groups), dtype=np.float32)
    np.add.at(weights, (rows.features, owners[rows.texts]), rows.weights)
    norms = np.sqrt(np.einsum("fg,fg->g", weights, weights))
    weights *= SHARPNESS / norms
    return weights, norms


def _errors(rows: Rows, owners: Ints, priors: Floats, size: int) -> Floats:
    """Give by how much each phrasing's probabilities are wrong, unseen as it would be."""
    weights, norms = _profiles(rows, owners, priors.shape[1], size)
    wrong = _softmax(_left_out(rows, owners, weights, norms) + priors)
    wrong[np.arange(len(owners)), owners] -= 1
    return wrong


def _left_out(rows: Rows, owners: Ints, weights: Floats, norms: Floats) -> Floats:
    """Give each phrasing's logits; its own profile leaves the phrasing itself out."""
    own = np.arange(len(owners)), owners
    logits = np.zeros((len(owners), weights.shape[1]), dtype=np.float32)
    for texts, begins, chunk in _by_text(rows):
        parts = weights[rows.features[chunk]] * rows.weights[chunk, None]
        logits[texts] += np.add.reduceat(parts, begins, axis=0)
    itself = np.bincount(rows.texts, weights=rows.weights**2, minlength=len(owners))
    towards = logits[own] * norms[owners] / SHARPNESS - itself
    squared = norms[owners] ** 2 - 2 * towards - itself
    alone = squared < 1e-6
    logits[own] = np.where(alone, 0, SHARPNESS * towards / np.sqrt(np.where(alone, 1, squared)))
    return logits


def _newton_step(products: Floats, wanted: Floats) -> Floats:
    """Solve (curvature × products + pull) step = wanted by a few conjugate gradients.

    The curvature of a softmax is at most a quarter; what most phrasings have is lower, and a
    constant in its place spares a Hessian. Stopping early only leaves a smaller step.
    """
    step = np.zeros_like(wanted)
    residual = wanted.copy()
    direction = wanted.copy()
    squared = np.vdot(residual, residual)
    for _ in range(_SOLVER_STEPS):
        if squared < 1e-9:
            break
        image = products @ direction
        image *= _CURVATURE
        image += _PULL * direction
        reach = squared / np.vdot(direction, image)
        step += reach * direction
        residual -= reach * image
        before, squared = squared, np.vdot(residual, residual)
        direction = residual + (squared / before) * direction
    return step


def _softmax(logits: Floats) -> Floats:
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits, out=logits)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def _taken_together(rows: Rows, owners: Ints, wrong: Floats, size: int) -> tuple[Rows, Floats]:
    """Sum neighbouring phrasings of an entry if there are too many, down to the limit."""
    if len(owners) <= _ALL_APART:
        return rows, wrong
    first = np.searchsorted(owners, owners)
    piece = (np.arange(len(owners)) - first) * _MOST_ROWS // len(owners)
    begins = np.diff(owners, prepend=-1).astype(bool) | np.diff(piece, prepend=-1).astype(bool)
    number = np.cumsum(begins) - 1
    scale = 1 / np.sqrt(np.bincount(number))
    cells, where = np.unique(number[rows.texts] * size + rows.features, return_inverse=True)
    texts, features = (part.astype(np.int32) for part in np.divmod(cells, size))
    weights = (np.bincount(where, weights=rows.weights) * scale[texts]).astype(np.float32)
    summed = np.add.reduceat(wrong, np.flatnonzero(begins), axis=0) * scale[:, None]
    return Rows(texts, features, weights), summed.astype(np.float32)


def _products(rows: Rows, texts: int, size: int) -> Floats:
    """Multiply every phrasing with every other; common features densely, rare ones by pairs."""
    frequency = np.bincount(rows.features, minlength=size)
    column = np.where(frequency > _COMMON, np.cumsum(frequency > _COMMON) - 1, -1)
    dense = np.zeros((texts, int(column.max(initial=-1)) + 1), dtype=np.float32)
    here = column[rows.features] >= 0
    dense[rows.texts[here], column[rows.features[here]]] = rows.weights[here]
    products = dense @ dense.T
    _add_rare_products(products.reshape(-1), rows, frequency, texts)
    return products


def _add_rare_products(products: Floats, rows: Rows, frequency: Ints, texts: int) -> None:
    """Multiply the phrasings in the features that few share, pair by pair."""
    order = np.argsort(rows.features, kind="stable")
    often = frequency[rows.features[order]]
    for shared in range(1, _COMMON + 1):
        rare = order[often == shared].reshape(-1, shared)
        owners, weights = rows.texts[rare].astype(np.int64), rows.weights[rare]
        cells = owners[:, :, None] * texts + owners[:, None, :]
        pairs = weights[:, :, None] * weights[:, None, :]
        np.add.at(products, cells.ravel(), pairs.ravel())


def _by_text(rows: Rows) -> Iterator[tuple[Ints, Ints, Ints]]:
    return _chunks(rows.texts, np.arange(len(rows.texts)))


def _by_feature(rows: Rows) -> Iterator[tuple[Ints, Ints, Ints]]:
    return _chunks(rows.features, np.argsort(rows.features, kind="stable"))


def _chunks(keys: Ints, order: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Give distinct keys, where each begins in the chunk, and the chunk's elements by key."""
    for start in range(0, len(order), _CHUNK):
        chunk = order[start : start + _CHUNK]
        found, begins = np.unique(keys[chunk], return_index=True)
        yield found, begins, chunk
