"""The visible tests of the tiny assignment."""

import numpy as np

from cnnutils.homework.testing import close, points


@points(2)
def test_q1_pairs(hw):
    """Two pairs in a row of three."""
    assert close(hw.windows(np.array([1.0, 2.0, 4.0]), 2), np.array([[1.0, 2.0], [2.0, 4.0]]))


@points(2)
def test_q2_pairs(hw):
    """The averages of two pairs."""
    assert close(hw.moving_average(np.array([1.0, 2.0, 4.0]), 2), np.array([1.5, 3.0]))


@points(1)
def test_q3_kind(hw):
    """A whole number, and not the length of the row."""
    assert type(hw.number_of_windows) is int
    assert hw.number_of_windows not in (0, 10)
