"""The tests of homework 6 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points

COST = "weights", "multiplications"


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
    """A kernel of two channels and three filters that is a product comes back."""
    # Channel 0: the pattern 1, 2, 3, …, 9 times the weights 1, −2 and 3.
    # Channel 1: the pattern 0, 1, 0, 1, … times the weights 2, 0 and −1.
    kernel = np.zeros((3, 3, 2, 3))
    for k in range(3):
        kernel[:, :, 0, k] = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) * (1, -2, 3)[k]
        kernel[:, :, 1, k] = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) * (2, 0, -1)[k]
    assert close(product(hw.separate(kernel)), kernel, name="patterns times weights")


@points(1)
def test_q3_nearest(hw):
    """The table of the text: the 3 stays, the 2 and the 1 are lost."""
    kernel = np.zeros((3, 3, 1, 3))
    kernel[0, :, 0] = [0, 3, 0], [0, 0, 2], [1, 0, 0]  # its first three places; the others are 0
    nearest = np.zeros((3, 3, 1, 3))
    nearest[0, 0, 0, 1] = 3
    assert close(product(hw.separate(kernel)), nearest, name="patterns times weights")


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_costs(hw):
    """3 × 3 on 6 × 5 places, from 4 channels to 10."""
    case = 6, 5, 3, 4, 10
    assert close(hw.full_cost(*case), (360, 10_800), name=f"full_cost{case}", parts=COST)
    assert close(hw.separable_cost(*case), (76, 2280), name=f"separable_cost{case}", parts=COST)


@points(1)
def test_q4_saving(hw):
    """Windows of 3 × 3: 90 / 19 with ten filters, less than 1 with a single one."""
    assert close(hw.saving(3, 10), 90 / 19, name="saving(3, 10)")
    assert close(hw.saving(3, 1), 0.9, name="saving(3, 1)")  # 9 products against 9 + 1


# --- q5 --------------------------------------------------------------------------------------


def block(filters=2):
    """The weights of the text's example, with a projection to so many channels."""
    return {
        "expand": (np.ones((2, 3)), np.array([0.0, 1.0, 9.0])),
        "depthwise": (in_the_middle([0.5, 0.5, 0.5]), np.array([-2.0, 0.0, 5.0])),
        "project": (np.ones((3, filters)), np.array([-10.0, 0.0, 0.0][:filters])),
    }


PIXEL = np.array([1.0, 2.0]).reshape(1, 1, 1, 2)


@points(1)
def test_q5_pixel(hw):
    """The pixel (1, 2) of the text, with its shortcut."""
    want = np.array([-1.0, 10.0]).reshape(1, 1, 1, 2)
    assert close(hw.inverted_residual(PIXEL, block(), 1), want)


@points(1)
def test_q5_no_shortcut(hw):
    """The same pixel with three channels at the end, and with a stride of 2: no shortcut."""
    want = np.array([-2.0, 8.0, 8.0]).reshape(1, 1, 1, 3)
    assert close(hw.inverted_residual(PIXEL, block(3), 1), want, name="three channels")
    assert close(hw.inverted_residual(PIXEL, block(2), 2), want[..., :2], name="a stride of 2")


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_one_block(hw):
    """4 × 6 pixels, 2 channels, one block."""
    case = 4, 6, 2, [(3, 4, 1, 2)]
    assert close(hw.table_cost(*case), (90, 756), name=f"table_cost{case}", parts=COST)


@points(1)
def test_q6_two_blocks(hw):
    """3 × 5 pixels: a block with t = 1, and then a row of two blocks: the first has the stride."""
    # t = 1: 2 channels inside, to 3: no expanding step; 18 + 6 on 3·5 places
    first = 3, 5, 2, [(1, 3, 1, 1)]
    assert close(hw.table_cost(*first), (24, 360), name=f"table_cost{first}", parts=COST)
    # then 3 to 6 inside, to 5: 18 on 15 places; 54 + 30 on 2·3 places
    # and 5 to 10 inside, to 5: 50 + 90 + 50 on 6 places
    # weights 24 + 102 + 190; multiplications 360 + 270 + 504 + 1140
    both = 3, 5, 2, [(1, 3, 1, 1), (2, 5, 2, 2)]
    assert close(hw.table_cost(*both), (316, 2274), name=f"table_cost{both}", parts=COST)


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_kind(hw):
    """Five whole numbers greater than 1; whether they are right is not tested here."""
    for name in ("multiplications", "half_width", "half_size", "stored", "trained"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 1, f"{name}: expected a number greater than 1, got {number!r}"
