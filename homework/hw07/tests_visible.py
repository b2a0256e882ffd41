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
    names = "the best epoch", "epochs run"
    got = hw.early_stopping([5.0, 3.0, 4.0, 3.0, 2.0, 1.0], 2)
    assert close(got, (1, 4), parts=names)
    got = hw.early_stopping([5.0, 4.0, 3.0], 1)
    assert close(got, (2, 3), parts=(f"losses 5, 4, 3: {name}" for name in names))


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_text(hw):
    """The inputs 1 and −1, trunk weights 2 and −3, a head of zeros with biases 0 and log 3."""
    weights = np.array([[2.0, -3.0]]), np.zeros(2), np.zeros((2, 2)), np.log([1.0, 3.0])
    # max(0, 2), max(0, −3); max(0, −2), max(0, 3); the powers are 1 and 3, for both inputs
    want = np.array([[2.0, 0.0], [0.0, 3.0]]), np.array([[0.25, 0.75], [0.25, 0.75]])
    got = hw.network(np.array([[1.0], [-1.0]]), weights)
    assert close(got, want, parts=("features", "probabilities"))


# --- q5 --------------------------------------------------------------------------------------

# One example with the input 1, features 2 and 0; the head is zero, so both classes get a half.
# g = −1/2, 1/2; by the head 2·g and 0·g; by the features nothing, since the head is zero.
START = np.array([[2.0, -3.0]]), np.zeros(2), np.zeros((2, 2)), np.zeros(2)


def same_step(got, cost, weights):
    """Compare the cost, and then the four arrays one by one."""
    is_pair = isinstance(got, tuple) and len(got) == 2
    assert is_pair, f"expected a tuple of the cost and the new weights, got {type(got).__name__}"
    arrays = "the new W1", "the new b1", "the new W2", "the new b2"
    return close(got[0], cost, name="the cost") and close(got[1], weights, parts=arrays)


@points(1)
def test_q5_head(hw):
    """The example of the text: with rates of 0 and 1, only the head moves."""
    got = hw.fine_tune_step(np.array([[1.0]]), np.array([0]), START, (0, 1), 0.0)
    head = np.array([[1.0, -1.0], [0.0, 0.0]]), np.array([0.5, -0.5])
    assert same_step(got, np.log(2.0), (*START[:2], *head))


@points(1)
def test_q5_penalty(hw):
    """Two examples, one silent unit, a penalty of 0.5, and rates of 0.1 and 0.3."""
    # With L = log 2: the features of the input 1 are 1 and −3 + 4 = 1; of 2: 2 and −6 + 4, so 0.
    # Scores without the bias, which is 1 for both classes: 0 and L − 2L = −L; 0 and 2L.
    # Powers 1 and 1/2, so 2/3 and 1/3; powers 1 and 4, so 1/5 and 4/5. Labels 1 and 0:
    # cost (log 3 + log 5)/2, and the penalty 0.5·(1 + 9 + L² + 4L²).
    # g, halved for the two examples: 1/3, −1/3; −2/5, 2/5.
    log2 = np.log(2.0)
    old = (
        np.array([[1.0, -3.0]]),
        np.array([0.0, 4.0]),
        np.array([[0.0, log2], [0.0, -2 * log2]]),
        np.array([1.0, 1.0]),
    )
    slopes = (
        # by the features: −L/3, 2L/3; 2L/5 and silent. W1: 1 and 2 times these. 2·0.5·W on top.
        np.array([[7 / 15 * log2 + 1, 2 / 3 * log2 - 3]]),
        np.array([log2 / 15, 2 / 3 * log2]),
        # first row 1·g + 2·g: 1/3 − 4/5 = −7/15; second row the first example's g alone
        np.array([[-7 / 15, 7 / 15 + log2], [1 / 3, -1 / 3 - 2 * log2]]),
        np.array([-1 / 15, 1 / 15]),
    )
    rates = 0.1, 0.1, 0.3, 0.3
    new = tuple(w - rate * slope for w, rate, slope in zip(old, rates, slopes, strict=True))
    got = hw.fine_tune_step(np.array([[1.0], [2.0]]), np.array([1, 0]), old, (0.1, 0.3), 0.5)
    assert same_step(got, np.log(15.0) / 2 + 5 + 2.5 * log2**2, new)


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_two_networks(hw):
    """Two networks about two examples."""
    # means 0.35, 0.65 and 0.75, 0.25; the networks say 0, 1 and 0, 0
    said = np.array([[[0.6, 0.4], [0.9, 0.1]], [[0.1, 0.9], [0.6, 0.4]]])
    want = np.array([1, 0]), np.array([0.5, 1.0])
    assert close(hw.vote(said), want, parts=("classes", "agreement"))


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
