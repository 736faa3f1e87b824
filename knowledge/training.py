"""Learning, at load, what tells the entries apart, from their own phrasings (判别训练).

One Newton step of a multinomial logistic regression that starts from the profiles: each
phrasing is judged by profiles that leave it out, as a question not seen before would be, and
what went wrong is spread over the features that can tell. Phrasings that went right have no
say. The step is computed through the products of the phrasings with each other, so that its
cost depends on the number of phrasings alone.
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
_WORTH_LEARNING = 0.98
_COMMON = 100
_CHUNK = 16384


def learned_weights(rows: Rows, owners: Ints, priors: Floats, size: int) -> Floats:
    """Give the logits that each feature (row) adds for each group (column).

    `owners` is each phrasing's group, `priors` are logits for phrasing and group.
    """
    groups = priors.shape[1]
    weights = np.zeros((size, groups), dtype=np.float32)
    np.add.at(weights, (rows.features, owners[rows.texts]), rows.weights)
    norms = np.sqrt(np.einsum("fg,fg->g", weights, weights))
    weights *= SHARPNESS / norms
    wrong = _softmax(_left_out(rows, owners, weights, norms) + priors)
    wrong[np.arange(len(owners)), owners] -= 1
    chosen = _worth_learning(wrong)
    part = _of_texts(rows, chosen)
    learned = _newton_step(_products(part, len(chosen), size), -wrong[chosen])
    for features, begins, chunk in _by_feature(part):
        parts = learned[part.texts[chunk]] * part.weights[chunk, None]
        weights[features] += np.add.reduceat(parts, begins, axis=0)
    return weights


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


def _worth_learning(wrong: Floats) -> Ints:
    """Choose the phrasings in which nearly all of what went wrong lies."""
    share = np.abs(wrong).sum(axis=1)
    order = np.argsort(-share, kind="stable")
    enough = np.searchsorted(np.cumsum(share[order]), _WORTH_LEARNING * share.sum())
    return np.sort(order[: int(enough) + 1])


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
        image = _CURVATURE * (products @ direction) + _PULL * direction
        reach = squared / np.vdot(direction, image)
        step += reach * direction
        residual -= reach * image
        before, squared = squared, np.vdot(residual, residual)
        direction = residual + (squared / before) * direction
    return step


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def _products(rows: Rows, texts: int, size: int) -> Floats:
    """Multiply every phrasing with every other; common features densely, rare ones by pairs."""
    frequency = np.bincount(rows.features, minlength=size)
    column = np.where(frequency > _COMMON, np.cumsum(frequency > _COMMON) - 1, -1)
    dense = np.zeros((texts, int(column.max(initial=-1)) + 1), dtype=np.float32)
    here = column[rows.features] >= 0
    dense[rows.texts[here], column[rows.features[here]]] = rows.weights[here]
    products = dense @ dense.T
    order = np.argsort(rows.features, kind="stable")
    for shared in range(1, _COMMON + 1):
        rare = order[frequency[rows.features[order]] == shared].reshape(-1, shared)
        cells = rows.texts[rare][:, :, None] * texts + rows.texts[rare][:, None, :]
        parts = rows.weights[rare][:, :, None] * rows.weights[rare][:, None, :]
        np.add.at(products.reshape(-1), cells.ravel(), parts.ravel())
    return products


def _of_texts(rows: Rows, chosen: Ints) -> Rows:
    """Give the rows of the chosen texts, renumbered."""
    number = np.full(int(rows.texts.max()) + 1, -1)
    number[chosen] = np.arange(len(chosen))
    kept = number[rows.texts] >= 0
    return Rows(number[rows.texts[kept]], rows.features[kept], rows.weights[kept])


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
