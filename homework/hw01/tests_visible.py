"""The tests of homework 1 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def as_images(*rows):
    """One grey image (1, H, W, 1) from its rows, in fractions."""
    return np.array(rows, float)[np.newaxis, :, :, np.newaxis]


def as_kernel(*rows):
    """One filter (KH, KW, 1, 1) for one channel, from its rows."""
    return np.array(rows, float)[:, :, np.newaxis, np.newaxis]


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_border(hw):
    """One row of three pixels gets one row of zeros at each end, and two columns."""
    # 1 + 1 + 1 = 3 rows, 2 + 3 + 2 = 7 columns, and the pixels in the middle.
    row = np.array([1, 2, 3]).reshape(1, 1, 3, 1)
    framed = as_images([0, 0, 0, 0, 0, 0, 0], [0, 0, 1, 2, 3, 0, 0], [0, 0, 0, 0, 0, 0, 0])
    assert close(hw.zero_pad(row, (1, 2)), framed)


# --- q2 --------------------------------------------------------------------------------------


def same_size(hw, setting, want):
    """Compare the number of windows, and say which setting it belongs to."""
    return close(hw.output_size(*setting), want, name=f"output_size{setting}")


@points(1)
def test_q2_places(hw):
    """Windows are counted, with padding and with strides, and a last half window is dropped."""
    assert same_size(hw, (6, 3, 1, 0), 4)  # at 0, 1, 2, 3
    assert same_size(hw, (8, 3, 2, 0), 3)  # at 0, 2, 4; one at 6 would need pixel 8
    assert same_size(hw, (6, 3, 1, 1), 6)  # 1 + 6 + 1 = 8 pixels: at 0, 1, ..., 5
    assert same_size(hw, (5, 2, 3, 1), 2)  # 7 pixels: at 0, 3; one at 6 would need pixel 7


@points(1)
def test_q2_no_place(hw):
    """A window that is larger than the padded picture is a ValueError; padding lets it fit."""
    assert same_size(hw, (4, 5, 1, 1), 2)  # 6 pixels: at 0 and 1
    assert raises(ValueError, hw.output_size, 4, 5, 1, 0)  # 4 pixels, a window of 5


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_two_filters(hw):
    """Two filters see one window of 2 × 2 pixels, one channel."""
    window = np.array([[1, 2], [3, 4]]).reshape(2, 2, 1)
    kernel = np.zeros((2, 2, 1, 2))
    kernel[:, :, 0, 0] = [[1, 1], [1, 1]]  # 1 + 2 + 3 + 4 = 10
    kernel[:, :, 0, 1] = [[1, 0], [0, -1]]  # 1 − 4 = −3
    bias = np.array([0.5, -1])  # 10 + 0.5, −3 − 1
    assert close(hw.apply_kernel(window, kernel, bias), np.array([10.5, -4]))


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_chapter(hw):
    """The chapter's picture and kernel, and a bias of 0.5."""
    image = as_images(
        [3, 0, 1, 2, 7, 4],
        [1, 5, 8, 9, 3, 1],
        [2, 7, 2, 5, 1, 3],
        [0, 1, 3, 1, 7, 8],
        [4, 2, 1, 6, 2, 8],
        [2, 4, 5, 2, 3, 9],
    )
    kernel = as_kernel([1, 0, -1], [1, 0, -1], [1, 0, -1])
    chapter = as_images([-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16])
    got = hw.conv2d(image, kernel, np.array([0.5]), (1, 1), (0, 0))
    assert close(got, chapter + 0.5)


@points(1)
def test_q4_strides_and_padding(hw):
    """Strides and padding that differ: two rows down, one column on; zeros above and below."""
    #   0 0 0      windows begin in rows 0 and 2, and in columns 0 and 1:
    #   1 2 3      0 + 0 + 1 + 2 = 3     0 + 0 + 2 + 3 = 5
    #   4 5 6      4 + 5 + 0 + 0 = 9     5 + 6 + 0 + 0 = 11
    #   0 0 0
    image, kernel = as_images([1, 2, 3], [4, 5, 6]), as_kernel([1, 1], [1, 1])
    got = hw.conv2d(image, kernel, np.array([0]), (2, 1), (1, 0))
    assert close(got, as_images([3, 5], [9, 11]))


# --- q5 --------------------------------------------------------------------------------------


BY = "by the kernel", "by the bias"


@points(1)
def test_q5_chapter(hw):
    """The row 1 2 3 from the text, with gradients 1 and 10."""
    # weights: 1·1 + 10·2 = 21 and 1·2 + 10·3 = 32; bias: 1 + 10
    image, kernel, grads = as_images([1, 2, 3]), as_kernel([5, 7]), as_images([1, 10])
    got = hw.parameter_gradients(grads, image, kernel, (1, 1), (0, 0))
    assert close(got, (as_kernel([21, 32]), np.array([11.0])), parts=BY)


@points(1)
def test_q5_stride(hw):
    """The row 1 2 3 4 5 with a zero at each end and a stride of three: windows 0 1 and 3 4."""
    # 0 1 2 3 4 5 0; weights: 1·0 + 10·3 = 30 and 1·1 + 10·4 = 41; bias: 1 + 10
    image, kernel, grads = as_images([1, 2, 3, 4, 5]), as_kernel([5, 7]), as_images([1, 10])
    got = hw.parameter_gradients(grads, image, kernel, (1, 3), (0, 1))
    assert close(got, (as_kernel([30, 41]), np.array([11.0])), parts=BY)


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_chapter(hw):
    """The row 1 2 3 from the text, with the kernel 5 7 and gradients 1 and 10."""
    # 1·5, 1·7 + 10·5, 10·7
    image, kernel, grads = as_images([1, 2, 3]), as_kernel([5, 7]), as_images([1, 10])
    got = hw.image_gradient(grads, image, kernel, (1, 1), (0, 0))
    assert close(got, as_images([5, 57, 70]))


@points(1)
def test_q6_padding(hw):
    """The row 1 2 3 with a zero at each end: four windows, and no gradients for the zeros."""
    # 0 1 2 3 0 gets 1·5, 1·7 + 10·5, 10·7 + 100·5, 100·7 + 1000·5, 1000·7; the ends are cut off
    image, kernel, grads = as_images([1, 2, 3]), as_kernel([5, 7]), as_images([1, 10, 100, 1000])
    got = hw.image_gradient(grads, image, kernel, (1, 1), (0, 1))
    assert close(got, as_images([57, 570, 5700]))


# --- q7 --------------------------------------------------------------------------------------


EDGES = "answers", "strongest filter"


@points(1)
def test_q7_bank(hw):
    """The bank has four filters, begins with the chapter's, and answers 0 to plain grey."""
    bank = hw.filter_bank()
    assert isinstance(bank, np.ndarray), f"expected an array of shape (3, 3, 1, 4), got {bank!r}"
    shapes = f"filter_bank(): expected the shape (3, 3, 1, 4), got {bank.shape}"
    assert bank.shape == (3, 3, 1, 4), shapes
    assert close(bank[:, :, 0, 0], np.array([[1.0, 0, -1]] * 3), name="filter 0")
    plain = np.full((3, 4), 0.5)  # nothing reaches the threshold, so there is no edge
    nothing = np.zeros((1, 2, 4)), np.array([[-1, -1]])
    assert close(hw.strongest_edges(plain, 0.1), nothing, parts=EDGES)


@points(1)
def test_q7_upright_edge(hw):
    """An upright edge; and the answers 3, −8, 0, 5 of the text, with thresholds of 8 and 9."""
    photo = np.array([[10.0, 10, 10, 0, 0]] * 3)
    # The three windows: plain; 10 10 0; 10 0 0. Only the sums of a filter's columns count here:
    # filter 0:  3,  0, −3, hence  30 + 0 =  30, and  30
    # filter 1:  2,  0, −2, hence  20 + 0 =  20, and  20
    # filter 2:  0,  0,  0, hence   0 + 0 =   0, and   0
    # filter 3: −2,  0,  2, hence −20 + 0 = −20, and −20
    answers = np.array([[[0, 0, 0, 0], [30, 20, 0, -20], [30, 20, 0, -20]]], float)
    strongest = np.array([[-1, 0, 0]])  # 0 does not reach 25; filter 0 is the strongest, with 30
    assert close(hw.strongest_edges(photo, 25), (answers, strongest), parts=EDGES)
    # 11 0  0     filter 0: (11 + 0 + 8) − (0 + 16 + 0) = 3     the left against the right column
    #  0 7 16     filter 1: (0 + 11 + 0) − (16 + 0 + 3) = −8    one corner against the other one
    #  8 3  0     filter 2: (11 + 0 + 0) − (8 + 3 + 0) = 0      the upper against the lower row
    #             filter 3: (0 + 0 + 16) − (3 + 8 + 0) = 5      one corner against the other one
    photo = np.array([[11.0, 0, 0], [0, 7, 16], [8, 3, 0]])
    answers = np.array([[[3.0, -8, 0, 5]]])
    for threshold, number in ((8, 1), (9, -1)):
        names = [f"{name}, threshold {threshold}" for name in EDGES]
        got = hw.strongest_edges(photo, threshold)
        assert close(got, (answers, np.array([[number]])), parts=names)


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_kind(hw):
    """Four whole numbers greater than 1; whether they are right is not tested here."""
    for name in ("parameters", "multiplications", "field", "shift"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 1, f"{name}: expected a number greater than 1, got {number!r}"
