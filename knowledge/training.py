"""Learning, at load, what tells the entries apart, from their own phrasings (判别训练).

One Newton step of a multinomial logistic regression that starts from the profiles: each
phrasing is judged by profiles that leave it out, as a question not seen before would be, and
what went wrong is spread over the features that can tell. Everything is expressed through the
products of the phrasings with each other, so the cost depends on their number alone.
"""

import numpy as np

from knowledge.arrays import Floats, Ints
from knowledge.vectors import Rows

__all__ = ["SHARPNESS", "Rivals", "learned_coefficients"]

SHARPNESS = 14.0
"""Logits per unit of cosine."""

_PULL = 0.2
_CURVATURE = 0.1
_SOLVER_STEPS = 8
_COMMON = 24

Rivals = Floats
"""Added to the logits: row = phrasing, column = entry; very negative where they never meet."""


def learned_coefficients(rows: Rows, entries: Ints, rivals: Rivals, size: int) -> Floats:
    """Give how much each phrasing (row) counts for each entry (column)."""
    products = _products(rows, len(entries), size)
    profiles, left_out = _profiles(products, entries)
    logits = SHARPNESS * left_out + rivals
    slope = _softmax(logits)
    slope[np.arange(len(entries)), entries] -= 1
    learned = _newton_step(products, -slope)
    return np.asarray(SHARPNESS * profiles + learned, dtype=np.float32)


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


def _profiles(products: Floats, entries: Ints) -> tuple[Floats, Floats]:
    """Give the profiles in terms of the phrasings, and each phrasing's cosine with them.

    The cosine with its own profile leaves the phrasing itself out.
    """
    member = np.zeros((len(entries), int(entries.max()) + 1), dtype=np.float32)
    own = np.arange(len(entries)), entries
    member[own] = 1
    towards = products @ member
    squared = np.einsum("te,te->e", member, towards)
    cosines = towards / np.sqrt(squared)
    itself = np.diagonal(products)
    rest = towards[own] - itself
    rest_squared = squared[entries] - 2 * towards[own] + itself
    alone = rest_squared < 1e-6
    cosines[own] = np.where(alone, 0, rest / np.sqrt(np.where(alone, 1, rest_squared)))
    return member / np.sqrt(squared), cosines


def _products(rows: Rows, texts: int, size: int) -> Floats:
    """Multiply every phrasing with every other; common features densely, rare ones by pairs."""
    frequency = np.bincount(rows.features, minlength=size)
    common = np.flatnonzero(frequency > _COMMON)
    column = np.full(size, -1, dtype=np.int32)
    column[common] = np.arange(len(common), dtype=np.int32)
    dense = np.zeros((texts, len(common)), dtype=np.float32)
    here = column[rows.features] >= 0
    dense[rows.texts[here], column[rows.features[here]]] = rows.weights[here]
    return dense @ dense.T + _rare_products(rows, frequency[rows.features], texts)


def _rare_products(rows: Rows, frequency: Ints, texts: int) -> Floats:
    order = np.argsort(rows.features, kind="stable")
    total = np.zeros(texts * texts, dtype=np.float32)
    for shared in range(1, _COMMON + 1):
        here = order[frequency[order] == shared].reshape(-1, shared)
        cells = rows.texts[here][:, :, None] * texts + rows.texts[here][:, None, :]
        parts = rows.weights[here][:, :, None] * rows.weights[here][:, None, :]
        np.add.at(total, cells.ravel(), parts.ravel())
    return total.reshape(texts, texts)
