"""The tests of homework 9 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points


def as_map(*rows):
    """One map with one channel, (1, H, W, 1), from its rows."""
    return np.array(rows, float)[np.newaxis, :, :, np.newaxis]


GRADIENTS = "by the maps", "by the kernel", "by the bias"
STEP_DOWN = "map for the bridge", "pooled map"
VERDICT = "IoU", "Dice", "mean IoU"

# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_there(hw):
    """Outputs of a transposed convolution: kernels larger and smaller than the stride."""
    # The last of five stamps begins at pixel 4 · 2 and ends with pixel 10.
    for given, want in (
        ((5, 3, 2, "valid"), 11),
        ((5, 3, 2, "same"), 10),
        ((4, 2, 3, "valid"), 12),  # 11, filled up to 4 · 3
    ):
        assert close(hw.transposed_size(*given), want, name=f"transposed_size{given}")


@points(1)
def test_q1_back(hw):
    """All sizes of which a convolution makes a given one."""
    # with a stride of 2, a sixth window would need 13
    for given, want in (((5, 3, 2), [11, 12]), ((5, 3, 1), [7])):
        assert close(hw.sizes_before(*given), want, name=f"sizes_before{given}")


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_row(hw):
    """The row 2 3 from the text, and a column of three pixels; a stride of two."""
    # 2 20 200 from pixel 0, 3 30 300 from pixel 2; the bias once, also where both copies are.
    kernel = np.array([1, 10, 100]).reshape(1, 3, 1, 1)
    got = hw.conv_transpose(as_map([2, 3]), kernel, np.array([0.5]), (1, 2))
    assert close(got, as_map([2.5, 20.5, 203.5, 30.5, 300.5]))
    # 1 10 100 from pixel 0, 2 20 200 from pixel 2, 3 30 300 from pixel 4.
    want = as_map([1], [10], [102], [20], [203], [30], [300])
    kernel = kernel.reshape(3, 1, 1, 1)
    assert close(hw.conv_transpose(as_map([1], [2], [3]), kernel, np.zeros(1), (2, 1)), want)


@points(1)
def test_q2_channels(hw):
    """One pixel with two channels, an output of one row, two columns and three channels."""
    maps = np.array([3.0, 5.0]).reshape(1, 1, 1, 2)
    left = [[1, 0], [0, 1], [1, 1]]  # C_out rows of C_in numbers: 3, 5, 3 + 5
    right = [[10, 0], [0, 10], [10, -10]]  # 30, 50, 30 − 50
    kernel = np.array([[left, right]], float)  # (1, 2, 3, 2)
    got = hw.conv_transpose(maps, kernel, np.array([100, 200, 300]), (1, 1))
    assert close(got, np.array([[[[103.0, 205, 308], [130, 250, 280]]]]))


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_row(hw):
    """The row of two pixels from the text, and the same with a stride of two."""
    maps, kernel = as_map([1, 2]), np.array([5.0, 7.0]).reshape(1, 2, 1, 1)
    got = hw.transposed_gradients(as_map([1, 10, 100]), maps, kernel, (1, 1))
    want = as_map([75, 750]), np.array([21.0, 210.0]).reshape(1, 2, 1, 1), np.array([111.0])
    assert close(got, want, parts=GRADIENTS)
    # Pixel 0 met 1 and 10: 5 + 70. Pixel 1 met 100 and 1000: 500 + 7000.
    # Tap 0: 1·1 + 100·2; tap 1: 10·1 + 1000·2.
    got = hw.transposed_gradients(as_map([1, 10, 100, 1000]), maps, kernel, (1, 2))
    want = as_map([75, 7500]), np.array([201.0, 2010.0]).reshape(1, 2, 1, 1), np.array([1111.0])
    assert close(got, want, parts=GRADIENTS)


@points(1)
def test_q3_channels(hw):
    """One pixel with two channels, one tap, three output channels."""
    maps = np.array([3.0, 5.0]).reshape(1, 1, 1, 2)
    kernel = np.array([[1.0, 10], [2, 20], [3, 30]]).reshape(1, 1, 3, 2)
    gradients = np.array([1.0, 0, -2]).reshape(1, 1, 1, 3)
    # By the pixel: 1·1 + 0·2 − 2·3 = −5, and 10 − 60 = −50. By the kernel: gradient times pixel.
    by_kernel = np.array([[3.0, 5], [0, 0], [-6, -10]]).reshape(1, 1, 3, 2)
    want = np.array([-5.0, -50]).reshape(1, 1, 1, 2), by_kernel, np.array([1.0, 0, -2])
    assert close(hw.transposed_gradients(gradients, maps, kernel, (1, 1)), want, parts=GRADIENTS)


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_patterns(hw):
    """Three pixels: copies that overlap by one, that touch, and that leave gaps."""
    assert close(hw.hits(3, 3, 2), np.array([1, 1, 2, 1, 2, 1, 1]))
    assert close(hw.hits(3, 2, 2), np.array([1, 1, 1, 1, 1, 1]))
    assert close(hw.hits(3, 2, 3), np.array([1, 1, 0, 1, 1, 0, 1, 1, 0]))


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_nearest(hw):
    """Two by two pixels, twice as high and three times as wide."""
    want = as_map(*[[1, 1, 1, 2, 2, 2]] * 2, *[[3, 3, 3, 4, 4, 4]] * 2)
    assert close(hw.enlarge(as_map([1, 2], [3, 4]), (2, 3), "nearest"), want)


@points(1)
def test_q5_bilinear(hw):
    """The row 0 8 from the text, and two by two pixels, twice as large."""
    assert close(hw.enlarge(as_map([0, 8]), (1, 4), "bilinear"), as_map([0, 0, 1, 3, 5, 7, 8, 8]))
    # Along the rows first: 0 4 12 16 and 32 36 44 48. Then a quarter and three quarters of both.
    want = as_map([0, 4, 12, 16], [8, 12, 20, 24], [24, 28, 36, 40], [32, 36, 44, 48])
    assert close(hw.enlarge(as_map([0, 16], [32, 48]), (2, 2), "bilinear"), want)


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_blocks(hw):
    """One step down and one step up, with convolutions of 1 × 1."""
    # 5 − x, and nothing below zero: 4 3 0 0 over 2 1 0 5.
    maps = as_map([1, 2, 6, 7], [3, 4, 5, 0])
    got = hw.encode(maps, np.full((1, 1, 1, 1), -1.0), np.array([5.0]))
    want = as_map([4, 3, 0, 0], [2, 1, 0, 5]), as_map([4, 5])
    assert close(got, want, parts=STEP_DOWN)
    # The pixel 2 stamps 2 −4 over 6 8. The bridge counts 10 times, the enlarged map once.
    bridge = as_map([1, 0], [0, -1])
    stamps = np.array([[1.0, -2], [3, 4]]).reshape(2, 2, 1, 1)
    weights = np.array([10.0, 1.0]).reshape(1, 1, 2, 1)
    got = hw.decode(as_map([2]), bridge, stamps, np.zeros(1), weights, np.array([0.5]))
    assert close(got, as_map([12.5, 0], [6.5, 0]))


@points(1)
def test_q6_network(hw):
    """Two steps down, on four by four pixels; one of two filters is silent at the bottom."""

    def pixelwise(*numbers):
        """A kernel of 1 × 1 that makes one channel."""
        return np.array(numbers, float).reshape(1, 1, -1, 1)

    zero = np.zeros(1)
    bottom_stamps = np.array([[[1.0, 1], [0, 1]], [[0, 1], [-1, 1]]])  # for each of two filters
    weights = {
        # Largest of each block: 4 2 over 5 3; minus 2: 2 0 over 3 1; the largest of these is 3.
        "down": [(pixelwise(1), zero), (pixelwise(1), np.array([-2.0]))],
        # 2 · 3 − 1 = 5, and −3: the ReLU makes it 0
        "bottom": (np.array([2.0, -1]).reshape(1, 1, 1, 2), np.array([-1.0, 0])),
        "up": [
            # The stamp 5 0 over 0 −5, plus the second bridge, 2 0 over 3 1: 7 0 over 3 0.
            (bottom_stamps.reshape(2, 2, 1, 2), zero, pixelwise(1, 1), zero),
            # 7 14 over 0 −7 at the upper left, 3 6 over 0 −3 below; plus the first bridge.
            (np.array([1.0, 2, 0, -1]).reshape(2, 2, 1, 1), zero, pixelwise(1, 1), zero),
        ],
        "last": (np.array([1.0, -1]).reshape(1, 1, 1, 2), np.array([0, 0.5])),
    }
    image = as_map([1, 2, 0, 1], [3, 4, 2, 0], [5, 0, 1, 1], [0, 1, 0, 3])
    first = as_map([8, 16, 0, 1], [3, 0, 2, 0], [8, 6, 1, 1], [0, 0, 0, 3])
    assert close(hw.unet(image, weights), np.concatenate([first, 0.5 - first], axis=-1))


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_count(hw):
    """Six pixels in two rows, four classes, of which one neither occurs nor was said."""
    truth, said = np.array([[0, 0, 1], [1, 1, 3]]), np.array([[0, 1, 1], [3, 3, 1]])
    want = np.array([[1, 1, 0, 0], [0, 1, 0, 2], [0, 0, 0, 0], [0, 1, 0, 0]])
    assert close(hw.confusion(truth, said, 4), want)


@points(1)
def test_q7_verdict(hw):
    """The table of the text; and one with a class that has no pixel at all."""
    # Class 0: 2 right, 3 true, 2 said: 2/3 and 4/5. Class 1: 2, 2, 4. Class 2: 0, 1, 0.
    got = hw.judge(np.array([[2, 1, 0], [0, 2, 0], [0, 1, 0]]))
    iou = np.array([2 / 3, 1 / 2, 0])
    assert close(got, (iou, np.array([4 / 5, 4 / 6, 0]), iou.sum() / 3), parts=VERDICT)
    # Class 0: 3 right, 4 true, 3 said: 3/4 and 6/7. Class 2: 5 right, 5 true, 6 said.
    got = hw.judge(np.array([[3, 0, 1], [0, 0, 0], [0, 0, 5]]))
    iou, dice = np.array([3 / 4, np.nan, 5 / 6]), np.array([6 / 7, np.nan, 10 / 11])
    assert close(got, (iou, dice, (3 / 4 + 5 / 6) / 2), parts=VERDICT)


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_kind(hw):
    """Four whole numbers and a share; whether they are right is not tested here."""
    for name in ("side", "answered", "cut", "parameters"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 1, f"{name}: expected a number greater than 1, got {number!r}"
    share = hw.mean_iou
    is_real = isinstance(share, (float, np.floating))
    assert is_real, f"mean_iou: expected a number with a fraction, got {share!r}"
    assert 0 <= share <= 1, f"mean_iou: expected a number from 0 to 1, got {share!r}"
