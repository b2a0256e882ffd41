"""The tests of homework 9 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points, raises

# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_many(hw):
    """Many sizes, kernels and strides, both paddings, and a padding that does not exist."""
    for n, f, s in ((1, 1, 1), (1, 5, 3), (6, 4, 4), (7, 4, 2), (9, 1, 4), (3, 7, 2), (4, 2, 1)):
        reach = max((n - 1) * s + f, n * s)
        assert close(hw.transposed_size(n, f, s, "valid"), reach)
        assert close(hw.transposed_size(n, f, s, "same"), n * s)
        before = [m for m in range(f, 60) if (m - f) // s + 1 == n]
        assert close(hw.sizes_before(n, f, s), before)
    for word in ("full", "", "VALID"):
        assert raises(ValueError, hw.transposed_size, 4, 3, 2, word)


# --- q2 --------------------------------------------------------------------------------------


def draw_layer(rng, maps=(2, 3, 5, 3), kernel=(4, 3, 2), strides=(2, 1)):
    """Maps, a kernel with its channels, a bias, and strides."""
    channels = kernel[2], maps[3]
    return (
        rng.normal(size=maps),
        rng.normal(size=(*kernel[:2], *channels)),
        rng.normal(size=kernel[2]),
        strides,
    )


@points(1)
def test_q2_many(hw, reference, rng):
    """Several maps that are not square, several channels, kernels larger than the strides."""
    for shape, kernel, strides in (
        ((2, 3, 5, 3), (4, 3, 2), (2, 1)),
        ((1, 6, 2, 4), (2, 5, 3), (1, 3)),
        ((3, 4, 4, 1), (2, 2, 5), (2, 2)),
    ):
        layer = draw_layer(rng, shape, kernel, strides)
        assert close(hw.conv_transpose(*layer), reference.conv_transpose(*layer))


@points(1)
def test_q2_extremes(hw, reference, rng):
    """Kernels smaller than the stride, a single pixel, whole numbers; and a law, ⟨Cx, y⟩."""
    for shape, kernel, strides in (
        ((2, 3, 4, 2), (1, 2, 3), (3, 4)),
        ((1, 1, 1, 3), (2, 1, 2), (4, 1)),
        ((2, 2, 3, 1), (3, 1, 1), (2, 2)),
    ):
        layer = draw_layer(rng, shape, kernel, strides)
        assert close(hw.conv_transpose(*layer), reference.conv_transpose(*layer))
    whole = np.array([[1, 2], [3, 4]]).reshape(1, 2, 2, 1), np.ones((1, 1, 1, 1), int)
    want = np.array([[1.5, 2.5], [3.5, 4.5]]).reshape(1, 2, 2, 1)
    assert close(hw.conv_transpose(*whole, np.array([0.5]), (1, 1)), want)
    # The ordinary convolution with the same kernel array: 9 × 11 pixels make 4 × 5 windows.
    y, kernel, _, _ = draw_layer(rng, (2, 4, 5, 3), (3, 3, 2), (2, 2))
    x = rng.normal(size=(2, 9, 11, 2))
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))[:, ::2, ::2]
    there = np.sum(np.einsum("nhwkij,ijkc->nhwc", windows, kernel) * y)
    back = hw.conv_transpose(y, kernel, np.zeros(2), (2, 2))
    assert close(back.shape, x.shape)
    assert close(np.sum(x * back), there)


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_many(hw, reference, rng):
    """Several maps that are not square, several channels, two different strides."""
    for shape, kernel, strides in (
        ((2, 3, 5, 3), (4, 3, 2), (2, 1)),
        ((1, 6, 2, 4), (2, 5, 3), (1, 3)),
        ((3, 4, 3, 2), (2, 2, 4), (2, 2)),
    ):
        maps, weights, bias, _ = draw_layer(rng, shape, kernel, strides)
        output = reference.conv_transpose(maps, weights, bias, strides)
        gradients = rng.normal(size=output.shape)
        given = gradients, maps, weights, strides
        assert close(hw.transposed_gradients(*given), reference.transposed_gradients(*given))


@points(1)
def test_q3_extremes(hw, reference, rng):
    """Kernels smaller than the stride, a single pixel, whole numbers."""
    for shape, kernel, strides in (
        ((2, 3, 4, 2), (1, 2, 3), (3, 4)),
        ((1, 1, 1, 3), (2, 3, 2), (4, 1)),
    ):
        maps, weights, bias, _ = draw_layer(rng, shape, kernel, strides)
        output = reference.conv_transpose(maps, weights, bias, strides)
        gradients = rng.normal(size=output.shape)
        given = gradients, maps, weights, strides
        assert close(hw.transposed_gradients(*given), reference.transposed_gradients(*given))
    # Whole pixels and weights, gradients that are not: 0.5·2 + 0.25·4 and 0.5·3, 0.25·3.
    maps, weights = np.full((1, 1, 1, 1), 3), np.array([2, 4]).reshape(1, 2, 1, 1)
    gradients = np.array([0.5, 0.25]).reshape(1, 1, 2, 1)
    want = (
        np.full((1, 1, 1, 1), 2.0),
        np.array([1.5, 0.75]).reshape(1, 2, 1, 1),
        np.array([0.75]),
    )
    assert close(hw.transposed_gradients(gradients, maps, weights, (1, 1)), want)


# --- q4 --------------------------------------------------------------------------------------


def count_by_marking(n, f, s):
    """Mark the pixels of one copy after the other."""
    marks = np.zeros(max((n - 1) * s + f, n * s), int)
    for i in range(n):
        marks[i * s : i * s + f] += 1
    return marks


@points(1)
def test_q4_many(hw):
    """Longer rows: kernels that the stride divides, and kernels that it does not divide."""
    for n, f, s in ((8, 3, 2), (7, 4, 2), (6, 5, 3), (9, 7, 2), (5, 6, 4), (6, 3, 3)):
        assert close(hw.hits(n, f, s), count_by_marking(n, f, s))


@points(1)
def test_q4_extremes(hw):
    """A single pixel, a kernel of one, a stride of one, a kernel longer than all the rest."""
    for n, f, s in ((1, 1, 1), (1, 3, 2), (1, 2, 5), (4, 1, 3), (5, 4, 1), (3, 9, 1), (3, 11, 2)):
        assert close(hw.hits(n, f, s), count_by_marking(n, f, s))


BOTH_WAYS = ("nearest", "bilinear")

# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_many(hw, reference, rng):
    """Several maps and channels, not square, enlarged by odd and even numbers."""
    maps = rng.normal(size=(2, 3, 5, 3))
    for times in ((2, 3), (5, 4), (3, 1), (1, 2)):
        for how in BOTH_WAYS:
            assert close(hw.enlarge(maps, times, how), reference.enlarge(maps, times, how))


@points(1)
def test_q5_extremes(hw, rng):
    """A single pixel, nothing to enlarge, whole numbers, and a word that is neither."""
    for how in BOTH_WAYS:
        one = rng.normal(size=(2, 1, 1, 3))
        assert close(hw.enlarge(one, (3, 4), how), one + np.zeros((2, 3, 4, 3)))
        maps = rng.normal(size=(1, 4, 3, 2))
        assert close(hw.enlarge(maps, (1, 1), how), maps)
    whole = np.array([1, 2, 4]).reshape(1, 3, 1, 1)
    want = np.array([1, 1.25, 1.75, 2.5, 3.5, 4]).reshape(1, 6, 1, 1)
    assert close(hw.enlarge(whole, (2, 1), "bilinear"), want)
    for word in ("linear", "", "cubic"):
        assert raises(ValueError, hw.enlarge, maps, (2, 2), word)


# --- q6 --------------------------------------------------------------------------------------


def draw_unet(rng, channels, filters, bottom, num_classes):
    """Weights of a U-Net with as many steps as there are filters, kernels not all alike."""

    def pair(rows, columns, deep, wide):
        return rng.normal(0, 0.5, (rows, columns, deep, wide)), rng.normal(0, 0.5, wide)

    down, up, deep = [], [], channels
    for number in filters:
        down.append(pair(3, 1, deep, number))
        deep = number
    last_down, deep = deep, bottom
    for number in filters[::-1]:
        stamps = rng.normal(0, 0.5, (2, 2, number + 1, deep)), rng.normal(0, 0.5, number + 1)
        up.append((*stamps, *pair(1, 3, 2 * number + 1, number)))
        deep = number
    return {
        "down": down,
        "bottom": pair(3, 3, last_down, bottom),
        "up": up,
        "last": pair(1, 1, deep, num_classes),
    }


@points(1)
def test_q6_parts(hw, reference, rng):
    """Single steps down and up: several maps and channels, not square, larger kernels."""
    maps = rng.normal(size=(2, 4, 6, 3))
    kernel, bias = rng.normal(size=(3, 5, 3, 4)), rng.normal(size=4)
    assert close(hw.encode(maps, kernel, bias), reference.encode(maps, kernel, bias))
    dark = maps, -np.abs(kernel), np.full(4, -9.0)  # the ReLU leaves hardly anything
    assert close(hw.encode(*dark), reference.encode(*dark))
    bridge = rng.normal(size=(2, 8, 12, 2))
    stamps, up_bias = rng.normal(size=(2, 2, 5, 3)), rng.normal(size=5)
    kernel, bias = rng.normal(size=(3, 1, 7, 4)), rng.normal(size=4)
    given = maps, bridge, stamps, up_bias, kernel, bias
    assert close(hw.decode(*given), reference.decode(*given))


@points(1)
def test_q6_deep(hw, reference, rng):
    """Whole networks with one, two and three steps, several images that are not square."""
    for filters, bottom in (((3,), 2), ((2, 3), 4), ((2, 4, 3), 5)):
        weights = draw_unet(rng, 2, filters, bottom, 3)
        images = rng.normal(size=(2, 8, 16, 2))
        assert close(hw.unet(images, weights), reference.unet(images, weights))


@points(1)
def test_q6_sides(hw, rng):
    """Sides that cannot be halved: odd rows, odd columns, at the top and further down."""
    kernel, bias = np.ones((1, 1, 4, 4)), np.zeros(4)
    bridge, pooled = np.ones((1, 2, 4, 4)), np.ones((1, 1, 2, 4))
    assert close(hw.encode(bridge, np.eye(4)[np.newaxis, np.newaxis], bias), (bridge, pooled))
    for shape in ((1, 5, 4, 4), (1, 4, 5, 4), (2, 1, 2, 4)):
        assert raises(ValueError, hw.encode, np.ones(shape), kernel, bias)
    weights = draw_unet(rng, 1, (2, 3), 4, 2)
    for shape in ((1, 6, 8, 1), (1, 8, 10, 1)):
        assert raises(ValueError, hw.unet, np.ones(shape), weights)


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_many(hw, reference, rng):
    """Many pixels of several pictures, some classes rare, some missing; labels as uint8."""
    for num_classes, kind in ((3, int), (7, np.uint8), (20, np.uint8)):
        truth = rng.integers(num_classes - 1, size=(2, 9, 11)).astype(kind)
        noise = rng.integers(num_classes - 1, size=truth.shape).astype(kind)
        said = np.where(rng.uniform(size=truth.shape) < 0.6, truth, noise)
        table = reference.confusion(truth, said, num_classes)
        assert close(hw.confusion(truth, said, num_classes), table)
        assert close(hw.judge(table), reference.judge(table))


@points(1)
def test_q7_extremes(hw):
    """No pixel at all, one class only, everything wrong, a class that was only said."""
    nan = np.nan
    nothing = np.zeros((0, 4), int)
    assert close(hw.confusion(nothing, nothing, 2), np.zeros((2, 2), int))
    assert close(hw.judge(np.zeros((2, 2), int)), (np.full(2, nan), np.full(2, nan), nan))
    assert close(hw.judge(np.array([[7]])), (np.ones(1), np.ones(1), 1.0))
    wrong = hw.judge(np.array([[0, 5, 0], [3, 0, 0], [0, 0, 0]]))
    assert close(wrong, (np.array([0, 0, nan]), np.array([0, 0, nan]), 0.0))
    # Class 1 does not occur and was said twice: 0. Class 0: 4 right of 6.
    only_said = hw.judge(np.array([[4, 2], [0, 0]]))
    assert close(only_said, (np.array([4 / 6, 0]), np.array([8 / 10, 0]), 1 / 3))


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_sides(hw):
    """The three sides: of the photograph, of the answer, and what is cut off."""
    # 92: 88 before the first pooling, 40 before the second, 16 at the bottom, 32, 28, 56, 52
    assert close(hw.side, 92)
    assert close(hw.answered, 52)
    assert close(hw.cut, 16)  # 88 − 56, at two edges


@points(1)
def test_q8_numbers(hw):
    """What it learns, and the mean IoU."""
    # 140 + 230, 460 + 910, 1820 + 3620, 810 + 1810 + 910, 205 + 455 + 230, 18
    assert close(hw.parameters, 11618)
    assert close(hw.mean_iou, 0.86875, tolerance=1e-3)
