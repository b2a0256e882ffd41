"""The hidden tests of the tiny assignment."""

from cnnutils.homework.testing import close, points


@points(2)
def test_q1_random(hw, reference, rng):
    """A longer row, and wider windows."""
    row, size = rng.normal(size=12), int(rng.integers(3, 12))
    assert close(hw.windows(row, size), reference.windows(row, size))


@points(2)
def test_q2_random(hw, reference, rng):
    """A longer row, and a window as wide as the row."""
    row = rng.normal(size=7)
    assert close(hw.moving_average(row, 7), reference.moving_average(row, 7))


@points(1)
def test_q3_number(hw, reference):
    """The number itself."""
    assert close(hw.number_of_windows, reference.number_of_windows)
