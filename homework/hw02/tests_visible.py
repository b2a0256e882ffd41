"""The tests of homework 2 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points


def as_map(*rows):
    """One map (1, H, W, 1) from its rows, in fractions."""
    return np.array(rows, float)[np.newaxis, :, :, np.newaxis]


ROW = as_map([-4, -1, -3, -2, -5])  # the row from the text, and its windows
ROW_WINDOWS = (1, 3), (1, 2), (0, 1)


# --- q1 --------------------------------------------------------------------------------------


def same_places(hw, setting, want):
    """Compare the windows along one axis, and show all of them."""
    got = hw.places(*setting)
    return close(got, want, name=f"places{setting} should be {want}, is {got}")


@points(1)
def test_q1_padding(hw):
    """Six and five pixels, windows of three, a stride of two, one pixel of padding."""
    # They begin at −1, 1 and 3, and cover (−1) 0 1, 1 2 3 and 3 4 5.
    assert same_places(hw, (6, 3, 2, 1), [(0, 2), (1, 4), (3, 6)])
    # Here the last one covers 3 4 (5).
    assert same_places(hw, (5, 3, 2, 1), [(0, 2), (1, 4), (3, 5)])


@points(1)
def test_q1_dropped(hw):
    """Windows without padding; a last window that does not fit is dropped."""
    assert same_places(hw, (4, 2, 2, 0), [(0, 2), (2, 4)])
    assert same_places(hw, (5, 2, 2, 0), [(0, 2), (2, 4)])  # one at 4 would need pixel 5


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_text(hw):
    """The row −4 −1 −3 −2 −5 from the text: the padding is neither a largest number nor counted."""
    # The windows cover −4 −1, and −1 −3 −2, and −2 −5.
    assert close(hw.pool(ROW, "max", *ROW_WINDOWS), as_map([-1, -1, -2]), name="max")
    assert close(hw.pool(ROW, "average", *ROW_WINDOWS), as_map([-2.5, -2, -3.5]), name="average")


@points(1)
def test_q2_chapter(hw):
    """The chapter's map of 4 × 4 answers, cut into four windows."""
    maps = as_map([-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16])
    touching = (2, 2), (2, 2), (0, 0)
    assert close(hw.pool(maps, "max", *touching), as_map([-2, 8], [0, -3]), name="max")
    # −21 / 4, 13 / 4, −7 / 4 and −30 / 4
    means = as_map([-5.25, 3.25], [-1.75, -7.5])
    assert close(hw.pool(maps, "average", *touching), means, name="average")


@points(1)
def test_q2_global(hw):
    """The mean of each of two maps of 1 × 3."""
    maps = np.array([[1, 10], [2, 20], [6, 30]]).reshape(1, 1, 3, 2)
    assert close(hw.global_average(maps), np.array([[3.0, 20.0]]))  # 9 / 3 and 60 / 3


# --- q3 --------------------------------------------------------------------------------------


def measure_cube(answers, numbers, step):
    """Measure the derivative of x³."""
    return answers.measure_gradient(lambda x: float(x[0] ** 3), numbers, step)


def measure_product(answers, numbers, step):
    """Measure the derivatives of the product of all numbers."""
    return answers.measure_gradient(lambda x: float(x.prod()), numbers, step)


@points(1)
def test_q3_text(hw):
    """The cost x³ at 2, with a step of 0.5; and the cost x·y at 3 and −1, with a step of 1."""
    assert callable(hw.measure_gradient)
    # (2.5³ − 1.5³) / 1 = 15.625 − 3.375
    assert close(hw.run(measure_cube, np.array([2.0]), 0.5), np.array([12.25]), name="x³")
    # (4·(−1) − 2·(−1)) / 2 = −1, and (3·0 − 3·(−2)) / 2 = 3
    assert close(
        hw.run(measure_product, np.array([3.0, -1.0]), 1), np.array([-1.0, 3.0]), name="x·y"
    )


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_max(hw):
    """Max pooling: the row from the text, a window of zeros, and two channels."""
    # −1 wins the first two windows, −2 the third
    got = hw.pool_gradient(as_map([2, 9, 20]), ROW, "max", *ROW_WINDOWS)
    assert close(got, as_map([0, 2 + 9, 0, 20, 0]), name="the row")
    # four equals: the first one wins
    got = hw.pool_gradient(as_map([5]), as_map([0, 0], [0, 0]), "max", (2, 2), (2, 2), (0, 0))
    assert close(got, as_map([5, 0], [0, 0]), name="four zeros")
    # Channel 0 is 1 2, and its 2 wins; channel 1 is 4 3, and its 4 wins.
    maps, grads = np.array([[1.0, 4.0], [2.0, 3.0]]).reshape(1, 1, 2, 2), np.array([[[[5.0, 7.0]]]])
    got = hw.pool_gradient(grads, maps, "max", (1, 2), (1, 2), (0, 0))
    want = np.array([[0.0, 7.0], [5.0, 0.0]]).reshape(1, 1, 2, 2)
    assert close(got, want, name="two channels")


@points(1)
def test_q4_average(hw):
    """Average pooling: the row from the text, with gradients 2, 9 and 20."""
    # 2 / 2 for two pixels, 9 / 3 for three, 20 / 2 for two
    got = hw.pool_gradient(as_map([2, 9, 20]), ROW, "average", *ROW_WINDOWS)
    assert close(got, as_map([1, 1 + 3, 3, 3 + 10, 10]))


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_relu(hw):
    """The gradients 5, 6, 7 with z = −3, 0, 2, from the text."""
    got = hw.relu_gradient(np.array([5.0, 6.0, 7.0]), np.array([-3.0, 0.0, 2.0]))
    assert close(got, np.array([0.0, 0.0, 7.0]))


@points(1)
def test_q5_dense(hw):
    """Two images: the one from the text, and one with the inputs 3, −1 and gradients 2, 0, −1."""
    inputs, grads = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, 10, 100], [2, 0, -1]])
    matrix = np.array([[1.0, 0.0, 2.0], [3.0, 1.0, 0.0]])
    # 1·1 + 100·2 and 1·3 + 10·1; 2·1 − 1·2 and 2·3
    by_inputs = np.array([[201.0, 13.0], [0.0, 6.0]])
    # 1·(1 10 100) + 3·(2 0 −1) and 2·(1 10 100) − 1·(2 0 −1)
    by_matrix = np.array([[7.0, 10.0, 97.0], [0.0, 20.0, 201.0]])
    want = by_inputs, by_matrix, np.array([3.0, 10.0, 99.0])
    names = "by the inputs", "by the weights", "by the biases"
    assert close(hw.dense_gradients(grads, inputs, matrix), want, parts=names)


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_text(hw):
    """The scores log 3 and 0 from the text; class 1 is true. And 1000 added to both scores."""
    # The probabilities are 3/4 and 1/4, both times: e¹⁰⁰⁰ is a factor above and below.
    want = np.log(4), np.array([[0.75, -0.75]])
    scores = np.array([[np.log(3), 0.0]])
    got = hw.cross_entropy(scores, np.array([1]))
    assert close(got, want, parts=("cost", "derivatives"))
    got = hw.cross_entropy(scores + 1000, np.array([1]))
    assert close(got, want, parts=("with 1000 added, cost", "with 1000 added, derivatives"))


@points(1)
def test_q6_two_images(hw):
    """Two images: the cost is the mean of both, and each has half of the derivatives."""
    # The probabilities are 3/4 and 1/4, and 1/2 and 1/2; the true ones 1/4 and 1/2.
    want = np.log(4 * 2) / 2, np.array([[0.75, -0.75], [-0.5, 0.5]]) / 2
    logits = np.array([[np.log(3), 0.0], [0.0, 0.0]])
    got = hw.cross_entropy(logits, np.array([1, 0]))
    assert close(got, want, parts=("cost", "derivatives"))


# --- q7 --------------------------------------------------------------------------------------


SMALL_IMAGE = as_map([3, 0, 2, 5, 0, 0], [1, 2, 0, 4, 0, 0])
CENTRE = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], float).reshape(3, 3, 1, 1)
SMALL_MATRIX = np.array([[1, -1], [0.5, 2], [3, 1]])
SMALL_WEIGHTS = CENTRE, np.array([-1.0]), SMALL_MATRIX, np.array([0.0, 1.0])
# The kernel keeps the picture, the bias subtracts 1:   2 −1   1  4  −1 −1    ReLU, pooling: 2  4  0
#                                                       0  1  −1  3  −1 −1
WEIGHTS = "kernel", "kernel_bias", "matrix", "matrix_bias"


@points(1)
def test_q7_there_and_back(hw):
    """A picture of 2 × 6, a kernel that is 1 in its centre and a bias of −1, all by hand."""
    # 2·1 + 4·0.5 + 0·3 + 0 = 4 and 2·(−1) + 4·2 + 0·1 + 1 = 7
    assert close(hw.network(SMALL_IMAGE, SMALL_WEIGHTS), np.array([[4.0, 7.0]]), name="logits")
    # The pooled 2, 4 and 0 get 1·1 + 10·(−1) = −9, 1·0.5 + 10·2 = 20.5 and 1·3 + 10·1 = 13. The
    # ReLU stops the 13. The others go to the 3 and the 5 of the picture, so the kernel gets −9
    # times the window around the 3, and 20.5 times that around the 5:
    #      0 0 0          0 0 0
    # −9 · 0 3 0 + 20.5 · 2 5 0
    #      0 1 2          0 4 0
    by_kernel = np.array([[0, 0, 0], [41, 75.5, 0], [0, 73, -18]]).reshape(3, 3, 1, 1)
    by_matrix = np.array([[2.0, 20.0], [4.0, 40.0], [0.0, 0.0]])  # 2, 4, 0 times 1, 10
    by_images = as_map([-9, 0, 0, 20.5, 0, 0], [0, 0, 0, 0, 0, 0])
    want = by_images, by_kernel, np.array([11.5]), by_matrix, np.array([1.0, 10.0])
    got = hw.network_gradients(np.array([[1.0, 10.0]]), SMALL_IMAGE, SMALL_WEIGHTS)
    assert close(got, want, parts=[f"by {name}" for name in ("images", *WEIGHTS)])


@points(1)
def test_q7_step(hw):
    """One step from a dense layer of zeros: two classes that are equally likely."""
    kernel, bias, zeros, no_bias = CENTRE * 0, np.array([1.0]), np.zeros((3, 2)), np.zeros(2)
    weights = kernel, bias, zeros, no_bias
    # The pooled maps are 1, 1 and 1, the probabilities 1/2 and 1/2, the cost log 2. Class 0 is
    # true: −1/2 and 1/2 reach the dense layer, and behind its zeros nothing is left of them.
    matrix = np.array([[1.0, -1.0]] * 3)  # 0 − 2·1·(−1/2) and 0 − 2·1·1/2
    want = np.log(2), (kernel, bias, matrix, np.array([1.0, -1.0]))
    got = hw.train_step(SMALL_IMAGE, np.array([0]), weights, 2)
    if isinstance(got, tuple) and len(got) == 2:
        close(got[1], want[1], parts=[f"new {name}" for name in WEIGHTS])
    assert close(got, want, parts=("cost", "new weights"))


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_kind(hw):
    """Four whole numbers greater than 1; whether they are right is not tested here."""
    for name in ("parameters", "flattened", "field", "moving"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 1, f"{name}: expected a number greater than 1, got {number!r}"
