"""The tests of homework 6 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points


def one_row(*pixels):
    """One image (1, 1, W, 1) of one row, in fractions."""
    return np.array(pixels, float).reshape(1, 1, -1, 1)


def in_the_middle(values, size=3):
    """Patterns (size, size, C) that hold one number for each channel, in the middle."""
    patterns = np.zeros((size, size, len(values)))
    patterns[size // 2, size // 2] = values
    return patterns


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_row(hw):
    """The row 1 2 3 4 5 from the text, with a stride of 2 and of 1."""
    # stride 1: 0 − 2, 1 − 3, 2 − 4, 3 − 5, 4 − 0
    pattern = np.zeros((3, 3, 1))
    pattern[1, :, 0] = 1, 0, -1
    row = one_row(1, 2, 3, 4, 5)
    assert close(hw.depthwise(row, pattern, 2), one_row(-2, -2, 4))
    assert close(hw.depthwise(row, pattern, 1), one_row(-2, -2, -2, -2, 4))


@points(1)
def test_q1_channels(hw):
    """Two channels of one pixel, each with its own pattern."""
    pixel = np.array([2.0, 3.0]).reshape(1, 1, 1, 2)
    got = hw.depthwise(pixel, in_the_middle([10, 100]), 1)
    assert close(got, np.array([20.0, 300.0]).reshape(1, 1, 1, 2))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_two_outputs(hw):
    """The pattern 2 of one pixel, and the weights 10 and 100."""
    got = hw.full_kernel(np.full((1, 1, 1), 2.0), np.array([[10.0, 100.0]]))
    assert close(got, np.array([20.0, 200.0]).reshape(1, 1, 1, 2))


# --- q3 --------------------------------------------------------------------------------------


def product(pair):
    """The full kernel of the pair that was returned."""
    assert isinstance(pair, tuple), f"expected a tuple of patterns and weights, got {pair!r}"
    patterns, weights = (np.asarray(part, float) for part in pair)
    shapes = f"expected the shapes (F, F, C) and (C, K), got {patterns.shape} and {weights.shape}"
    assert patterns.ndim == 3, shapes
    assert weights.ndim == 2, shapes
    assert patterns.shape[2] == weights.shape[0], shapes
    return patterns[..., np.newaxis] * weights


@points(1)
def test_q3_product(hw):
    """A kernel that is a product comes back: the pattern 1, 2, 3, … times the weights 1 and −2."""
    pattern = np.arange(1.0, 10.0).reshape(3, 3, 1)
    kernel = pattern[..., np.newaxis] * np.array([[1.0, -2.0]])
    assert close(product(hw.separate(kernel)), kernel)


@points(1)
def test_q3_nearest(hw):
    """The table of the text: the 3 stays, the 1 is lost."""
    kernel = np.zeros((3, 3, 1, 2))
    kernel[0, 0, 0], kernel[0, 1, 0] = (3, 0), (0, 1)
    nearest = np.zeros((3, 3, 1, 2))
    nearest[0, 0, 0, 0] = 3
    assert close(product(hw.separate(kernel)), nearest)


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_costs(hw):
    """3 × 3 on 6 × 5 places, from 4 channels to 10."""
    assert close(hw.full_cost(6, 5, 3, 4, 10), (360, 10_800))
    assert close(hw.separable_cost(6, 5, 3, 4, 10), (76, 2280))


@points(1)
def test_q4_saving(hw):
    """Windows of 3 × 3: 90 / 19 with ten filters, less than 1 with a single one."""
    assert close(hw.saving(3, 10), 90 / 19)
    assert close(hw.saving(3, 1), 0.9)  # 9 products against 9 + 1


# --- q5 --------------------------------------------------------------------------------------


def block(filters=2):
    """The weights of the text's example, with a projection to so many channels."""
    return {
        "expand": (np.ones((2, 3)), np.array([0.0, 1.0, 9.0])),
        "depthwise": (in_the_middle([0.5, 0.5, 0.5]), np.zeros(3)),
        "project": (np.ones((3, filters)), np.array([-10.0, 0.0, 0.0][:filters])),
    }


PIXEL = np.array([1.0, 2.0]).reshape(1, 1, 1, 2)


@points(1)
def test_q5_pixel(hw):
    """The pixel (1, 2) of the text, with its shortcut."""
    want = np.array([-2.5, 8.5]).reshape(1, 1, 1, 2)
    assert close(hw.inverted_residual(PIXEL, block(), 1), want)


@points(1)
def test_q5_no_shortcut(hw):
    """The same pixel with three channels at the end, and with a stride of 2: no shortcut."""
    want = np.array([-3.5, 6.5, 6.5]).reshape(1, 1, 1, 3)
    assert close(hw.inverted_residual(PIXEL, block(3), 1), want)
    assert close(hw.inverted_residual(PIXEL, block(2), 2), want[..., :2])


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_one_block(hw):
    """4 × 6 pixels, 2 channels, one block."""
    assert close(hw.table_cost(4, 6, 2, [(3, 4, 1, 2)]), (90, 756))


@points(1)
def test_q6_two_blocks(hw):
    """One row of two blocks on 3 × 3 pixels: only the first one has the stride."""
    # first: 2 to 4 channels inside, to 5: 8 on 9 places; 36 + 20 on 2·2 places
    # second: 5 to 10 inside, to 5: 50 + 90 + 50 on 4 places
    # weights 64 + 190; multiplications 72 + 224 + 760
    assert close(hw.table_cost(3, 3, 2, [(2, 5, 2, 2)]), (254, 1056))


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_kind(hw):
    """Five whole numbers greater than 1; whether they are right is not tested here."""
    for name in ("multiplications", "half_width", "half_size", "stored", "trained"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 1, f"{name}: expected a number greater than 1, got {number!r}"
