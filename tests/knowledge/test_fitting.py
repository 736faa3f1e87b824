"""Where the lines of the calibration stand."""

import numpy as np
import pytest

from knowledge.fitting import _between


@pytest.mark.parametrize(
    ("line", "middle"), [(0.30, 0.30), (0.40, 0.30), (0.41, 0.60), (0.10, 0.10), (0.9, 0.9)]
)
def test_a_line_stands_midway_between_its_neighbours(line: float, middle: float) -> None:
    confidences = np.array([0.8, 0.2, 0.4])
    moved = _between(confidences, line)
    assert moved == pytest.approx(middle)
    assert ((confidences >= moved) == (confidences >= line)).all()
