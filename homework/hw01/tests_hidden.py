"""The tests of homework 1 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def draw_layer(rng, images, kernel, outputs=None):
    """Images, kernel, and either the bias or, for the output's shape, the gradients."""
    drawn = rng.normal(size=images), rng.normal(size=kernel)
    return *drawn, rng.normal(size=kernel[-1] if outputs is None else outputs)


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_many(hw, reference, rng):
    """Several images that are higher than wide, several channels, and values that are fractions."""
    images = rng.normal(size=(3, 5, 2, 4))
    for padding in ((1, 3), (2, 1)):
        assert close(hw.zero_pad(images, padding), reference.zero_pad(images, padding))


@points(1)
def test_q1_no_padding(hw, reference, rng):
    """No padding at all, or in one of the two directions only."""
    images = rng.normal(size=(2, 3, 4, 2))
    for padding in ((0, 0), (0, 2), (1, 0)):
        assert close(hw.zero_pad(images, padding), reference.zero_pad(images, padding))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_extremes(hw, reference, rng):
    """Windows as large as the padded picture or larger, long strides, pictures of one pixel."""
    assert close(hw.output_size(1, 1, 1, 0), 1)
    assert close(hw.output_size(3, 7, 2, 2), 1)
    assert close(hw.output_size(10, 1, 4, 0), 3)  # at 0, 4 and 8
    for size, kernel_size, strides, padding in rng.integers(1, 9, size=(12, 4)).tolist():
        setting = size, min(kernel_size, size + 2 * padding), strides, padding
        assert close(hw.output_size(*setting), reference.output_size(*setting))
    assert raises(ValueError, hw.output_size, 3, 8, 2, 2)
    assert raises(ValueError, hw.output_size, 2, 9, 3, 0)


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_colour(hw, reference, rng):
    """A window that is wider than high, with several channels, and several filters."""
    for shape in ((2, 4, 3, 5), (3, 2, 4, 2)):
        window, kernel, bias = draw_layer(rng, shape[:3], shape)
        want = reference.apply_kernel(window, kernel, bias)
        assert close(hw.apply_kernel(window, kernel, bias), want)


@points(1)
def test_q3_smallest(hw, rng):
    """A single pixel and a single filter; and whole pixels with weights that are fractions."""
    pixel, weight, bias = rng.uniform(1, 2, size=3)
    got = hw.apply_kernel(
        np.full((1, 1, 1), pixel), np.full((1, 1, 1, 1), weight), np.array([bias])
    )
    assert close(got, np.array([pixel * weight + bias]))
    window = np.array([[[1], [2]]])  # 1·0.5 + 2·0.25 + 3 = 4
    kernel = np.array([0.5, 0.25]).reshape(1, 2, 1, 1)
    assert close(hw.apply_kernel(window, kernel, np.array([3])), np.array([4.0]))


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_batch(hw, reference, rng):
    """Several images that are not square, several channels, several filters that are not square."""
    layer = draw_layer(rng, (3, 6, 4, 2), (3, 2, 2, 4))
    setting = (1, 1), (0, 0)
    assert close(hw.conv2d(*layer, *setting), reference.conv2d(*layer, *setting))


@points(1)
def test_q4_settings(hw, reference, rng):
    """Strides and padding that differ between the two directions, on several images."""
    layer = draw_layer(rng, (2, 7, 5, 3), (3, 2, 3, 2))
    for setting in (((2, 1), (1, 2)), ((1, 3), (2, 0)), ((3, 2), (0, 1))):
        assert close(hw.conv2d(*layer, *setting), reference.conv2d(*layer, *setting))


@points(1)
def test_q4_extremes(hw, reference, rng):
    """Kernels that just fit, strides longer than the kernel, kernels of one pixel, one filter."""
    for images, kernel, *setting in (
        ((2, 3, 2, 2), (5, 4, 2, 3), (1, 2), (1, 1)),  # the kernel is the whole padded image
        ((1, 5, 7, 1), (1, 2, 1, 1), (3, 4), (0, 0)),  # pixels between the windows
        ((2, 3, 4, 3), (1, 1, 3, 1), (1, 1), (0, 1)),
    ):
        layer = draw_layer(rng, images, kernel)
        assert close(hw.conv2d(*layer, *setting), reference.conv2d(*layer, *setting))


@points(1)
def test_q4_whole_numbers(hw, reference, rng):
    """Pixels that are whole numbers, with weights that are not; and a kernel that does not fit."""
    images = rng.integers(0, 9, size=(2, 4, 3, 1))
    _, kernel, bias = draw_layer(rng, (), (2, 3, 1, 2))
    setting = (1, 1), (0, 0)
    want = reference.conv2d(images, kernel, bias, *setting)
    assert close(hw.conv2d(images, kernel, bias, *setting), want)
    assert raises(ValueError, hw.conv2d, images[:, :1], kernel, bias, *setting)  # too low
    assert raises(ValueError, hw.conv2d, images[:, :, :2], kernel, bias, *setting)  # too narrow


# --- q5 and q6 -------------------------------------------------------------------------------


def same_gradients(name, hw, reference, rng, cases):
    """Compare one of the two gradient functions in some settings."""
    for images, kernel, outputs, *setting in cases:
        images, kernel, grads = draw_layer(rng, images, kernel, outputs)
        got = getattr(hw, name)(grads, images, kernel, *setting)
        close(got, getattr(reference, name)(grads, images, kernel, *setting))
    return True


BATCH = [((3, 5, 4, 2), (2, 3, 2, 4), (3, 4, 2, 4), (1, 1), (0, 0))]
SETTINGS = [
    ((2, 7, 5, 3), (3, 2, 3, 2), (2, 4, 8, 2), (2, 1), (1, 2)),
    ((1, 4, 9, 2), (2, 2, 2, 1), (1, 3, 3, 1), (1, 3), (0, 0)),  # pixels between the windows
    ((2, 3, 2, 1), (5, 4, 1, 2), (2, 1, 1, 2), (1, 2), (1, 1)),  # the whole padded image
    ((2, 3, 4, 2), (1, 1, 2, 3), (2, 2, 4, 3), (3, 2), (1, 2)),
]


@points(1)
def test_q5_batch(hw, reference, rng):
    """Several images that are not square, several channels, several filters."""
    assert same_gradients("parameter_gradients", hw, reference, rng, BATCH)


@points(1)
def test_q5_settings(hw, reference, rng):
    """Strides and padding that differ between the two directions, kernels that just fit."""
    assert same_gradients("parameter_gradients", hw, reference, rng, SETTINGS)


@points(1)
def test_q6_batch(hw, reference, rng):
    """Several images that are not square, several channels, several filters."""
    assert same_gradients("image_gradient", hw, reference, rng, BATCH)


@points(1)
def test_q6_settings(hw, reference, rng):
    """Strides and padding that differ between the two directions, pixels that no window uses."""
    assert same_gradients("image_gradient", hw, reference, rng, SETTINGS)


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_photograph(hw, reference, rng):
    """A picture of noise, higher than wide: all four filters, and which is the strongest."""
    assert close(hw.filter_bank(), reference.filter_bank().astype(float))
    gap = 0.0
    while gap < 1e-3:  # drawn again until no two filters are nearly as strong as each other
        photo = rng.uniform(size=(7, 5))
        answers, strongest = reference.strongest_edges(photo, 0.0)
        strengths = np.sort(np.abs(answers), axis=-1)
        gap = (strengths[..., -1] - strengths[..., -2]).min()
    assert close(hw.strongest_edges(photo, 0), (answers, strongest))


@points(1)
def test_q7_threshold(hw, rng):
    """Answers right at the threshold, filters that are equally strong, level and slanted edges."""
    height = int(rng.integers(2, 9))  # a step of this height, level: top dark, bottom bright
    step = np.repeat([[0, 0, height, height]], 3, axis=0).T  # answers 0, 2, 3, 2 times the height
    sides = np.array([[0, -2, -3, -2], [0, -2, -3, -2]]) * float(height)
    for threshold, filter_number in ((3 * height, 2), (3 * height + 1, -1)):
        want = sides[:, np.newaxis], np.full((2, 1), filter_number)
        assert close(hw.strongest_edges(step, threshold), want)
    dot = np.zeros((3, 3))
    dot[0, 2] = height  # the corner is -1, 0, 1 and 1 times the height: equals, and 0 comes first
    corner = np.array([[[-1, 0, 1, 1]]]) * float(height)
    assert close(hw.strongest_edges(dot, height), (corner, np.array([[0]])))
    assert close(hw.strongest_edges(dot * 0, 0), (corner * 0, np.array([[0]])))


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_counts(hw):
    """What the network learns, and how many products it computes."""
    # Weights: 8·5·5·3 = 600, 16·3·3·8 = 1152, 32·3·3·16 = 4608; biases: 8 + 16 + 32 = 56.
    assert close(hw.parameters, 6416)
    # Windows: 29·45 = 1305, 27·43 = 1161, 9·14 = 126; each times the weights.
    # 1305·600 = 783,000; 1161·1152 = 1,337,472; 126·4608 = 580,608
    assert close(hw.multiplications, 2_701_080)


@points(1)
def test_q8_looks(hw):
    """How far one output sees, and how far the picture has to move."""
    assert close(hw.field, 13)  # 3 of map 2 see 5 of map 1; these see 4·2 + 5 = 13 pixels
    assert close(hw.shift, 6)  # 2·1·3
