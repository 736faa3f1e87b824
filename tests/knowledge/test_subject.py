"""How far a text speaks of what the base is about."""

import numpy as np
import pytest

from knowledge.subject import Subject, subject_of
from knowledge.vectors import Rows, Vector

ROWS = Rows(
    np.array([0, 0, 1, 2]),
    np.array([0, 1, 0, 2]),
    np.array([0.6, 0.8, 1.0, 1.0], dtype=np.float32),
)


def of(*features: int) -> Vector:
    weights = np.full(len(features), 1 / np.sqrt(len(features)), dtype=np.float32)
    return Vector(np.array(features), weights)


def test_a_text_lies_along_what_it_shares_features_with() -> None:
    subject = subject_of(ROWS, np.array([0, 0, 1], dtype=np.float32), 4)
    assert subject(of(0)) == pytest.approx((1.6 / np.hypot(1.6, 0.8), 0), abs=1e-6)
    assert subject(of(2)) == pytest.approx((0, 1), abs=1e-6)
    assert subject(of(3)) == (0, 0)
    assert subject(Vector(np.array([], dtype=int), np.array([]))) == (0, 0)


@pytest.mark.parametrize("outside", [0.0, 1.0])
def test_where_one_side_is_empty_nothing_lies_along_it(outside: float) -> None:
    subject = subject_of(ROWS, np.full(3, outside, dtype=np.float32), 3)
    empty = subject.others if outside == 0 else subject.ours
    assert not empty.any()
    assert np.linalg.norm(subject.ours) + np.linalg.norm(subject.others) == pytest.approx(1)


def test_both_directions_are_kept_small() -> None:
    subject = subject_of(ROWS, np.zeros(3, dtype=np.float32), 3)
    assert isinstance(subject, Subject)
    assert {subject.ours.dtype, subject.others.dtype} == {np.dtype(np.float32)}
