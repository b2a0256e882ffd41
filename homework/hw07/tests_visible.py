"""The tests of homework 7 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def one_row(*pixels):
    """One image (1, 1, W, 1) of one row, in fractions."""
    return np.array(pixels, float).reshape(1, 1, -1, 1)


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_row(hw):
    """The row 1 2 3 4, moved to the right by one, and to the left by two."""
    assert close(hw.shifted(one_row(1, 2, 3, 4), np.array([[0, 1]])), one_row(0, 1, 2, 3))
    assert close(hw.shifted(one_row(1, 2, 3, 4), np.array([[0, -2]])), one_row(3, 4, 0, 0))


@points(1)
def test_q1_own_offsets(hw):
    """Two images of two rows and two columns; the first moves up, the second down and right."""
    images = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], float)[..., np.newaxis]
    want = np.array([[[3, 4], [0, 0]], [[0, 0], [0, 5]]], float)[..., np.newaxis]
    assert close(hw.shifted(images, np.array([[-1, 0], [1, 1]])), want)


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_row(hw):
    """The row 1 2 3 4 5 from the text, and a crop that is too wide."""
    looks = [[1, 2], [4, 5], [1, 2], [4, 5], [2, 3]]
    looks += [look[::-1] for look in looks]
    image = one_row(1, 2, 3, 4, 5)[0]
    assert close(hw.ten_crops(image, 1, 2), np.array(looks, float).reshape(10, 1, 2, 1))
    assert raises(ValueError, hw.ten_crops, image, 1, 20)


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_text(hw):
    """The losses of the text, and losses that fall to the end."""
    assert close(hw.early_stopping([5.0, 3.0, 4.0, 3.0, 2.0, 1.0], 2), (1, 4))
    assert close(hw.early_stopping([5.0, 4.0, 3.0], 1), (2, 3))


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_text(hw):
    """One input 1, trunk weights 2 and −3, a head of zeros with biases 0 and log 3."""
    weights = np.array([[2.0, -3.0]]), np.zeros(2), np.zeros((2, 2)), np.log([1.0, 3.0])
    assert close(
        hw.network(np.array([[1.0]]), weights), (np.array([[2.0, 0.0]]), np.array([[0.25, 0.75]]))
    )


# --- q5 --------------------------------------------------------------------------------------

# One example with the input 1, features 2 and 0; the head is zero, so both classes get a half.
# g = −1/2, 1/2; by the head 2·g and 0·g; by the features nothing, since the head is zero.
START = np.array([[2.0, -3.0]]), np.zeros(2), np.zeros((2, 2)), np.zeros(2)


@points(1)
def test_q5_head(hw):
    """The example of the text: with rates of 0 and 1, only the head moves."""
    got = hw.fine_tune_step(np.array([[1.0]]), np.array([0]), START, (0, 1), 0.0)
    head = np.array([[1.0, -1.0], [0.0, 0.0]]), np.array([0.5, -0.5])
    assert close(got, (np.log(2.0), (*START[:2], *head)))


@points(1)
def test_q5_penalty(hw):
    """The same with a penalty of 0.5: it costs 0.5·(4 + 9) more and pulls at the matrices."""
    # 2·0.5·W: the trunk's derivatives are 2 and −3, times the rate 0.1
    got = hw.fine_tune_step(np.array([[1.0]]), np.array([0]), START, (0.1, 0), 0.5)
    trunk = np.array([[1.8, -2.7]]), np.zeros(2)
    assert close(got, (np.log(2.0) + 6.5, (*trunk, *START[2:])))


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_two_networks(hw):
    """Two networks about two examples."""
    # means 0.35, 0.65 and 0.75, 0.25; the networks say 0, 1 and 0, 0
    said = np.array([[[0.6, 0.4], [0.9, 0.1]], [[0.1, 0.9], [0.6, 0.4]]])
    assert close(hw.vote(said), (np.array([1, 0]), np.array([0.5, 1.0])))


# --- q7 --------------------------------------------------------------------------------------

NUMBERS = ("versions", "steps", "trained", "arrays", "multiplications")


@points(2)
def test_q7_kind(hw):
    """Five whole numbers, 1 or more; whether they are right is not tested here."""
    for name in NUMBERS:
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number >= 1, f"{name}: expected a number of 1 or more, got {number!r}"
