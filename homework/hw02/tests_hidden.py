"""The tests of homework 2 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points

KINDS = "max", "average"
# maps, window, strides, padding
POOLS = [
    ((3, 6, 4, 2), (3, 2), (3, 2), (0, 0)),
    ((2, 7, 5, 3), (3, 2), (2, 1), (1, 0)),
    ((2, 4, 9, 2), (2, 4), (1, 3), (1, 3)),
    ((1, 5, 8, 3), (1, 2), (3, 4), (0, 1)),  # pixels that no window covers
    ((2, 3, 4, 2), (5, 6), (2, 2), (1, 1)),  # windows as large as the padded map
]


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_extremes(hw, reference, rng):
    """Windows larger than the map, strides longer than the window, a single pixel."""
    assert close(hw.places(1, 1, 1, 0), [(0, 1)])
    assert close(hw.places(2, 5, 1, 3), [(0, 2)] * 4)  # they begin at −3, −2, −1 and 0
    assert close(hw.places(10, 1, 4, 0), [(0, 1), (4, 5), (8, 9)])
    for length, size, stride, padding in rng.integers(1, 9, size=(12, 4)).tolist():
        setting = length, size, stride, min(padding, size - 1)
        if size <= length + 2 * setting[3]:
            assert close(hw.places(*setting), reference.places(*setting))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_settings(hw, reference, rng):
    """Several images and channels, not square; windows, strides and padding of two sizes."""
    for shape, *setting in POOLS:
        maps = rng.normal(size=shape)
        for kind in KINDS:
            want = reference.pool(maps, kind, *setting)
            assert close(hw.pool(maps, kind, *setting), want)


@points(1)
def test_q2_whole_numbers(hw, reference, rng):
    """Maps of whole numbers, all negative; and global averages of several images."""
    maps = -rng.integers(1, 99, size=(2, 4, 5, 3))
    setting = (3, 3), (2, 1), (1, 2)
    for kind in KINDS:
        want = reference.pool(maps, kind, *setting)
        assert close(hw.pool(maps, kind, *setting), want)
    assert close(hw.global_average(maps), reference.global_average(maps))


# --- q3 --------------------------------------------------------------------------------------


def measure_product(answers, numbers, factors, step):
    """Measure a cost in which each number plays another part; look whether they were changed."""
    before = numbers.tolist()

    def cost(x):
        return float((factors * x**3).sum() + x[0].sum() * x[-1].sum())

    slopes = answers.measure_gradient(cost, numbers, step)
    return slopes, numbers.tolist() == before


def product_slopes(x, factors, step):
    """The differences, with pencil and paper: (x + h)³ − (x − h)³ = 2h (3x² + h²)."""
    slopes = factors * (3 * x**2 + step**2)
    slopes[0] += x[-1].sum()
    slopes[-1] += x[0].sum()
    return slopes


@points(1)
def test_q3_axes(hw, rng):
    """An array with three axes, a cost in which the numbers meet; they must stay as they are."""
    assert callable(hw.measure_gradient)
    numbers, factors = rng.normal(size=(2, 2, 3, 4))
    for step in (0.5, 0.125):
        want = product_slopes(numbers, factors, step), True
        assert close(hw.run(measure_product, numbers, factors, step), want)


@points(1)
def test_q3_whole_numbers(hw, rng):
    """Whole numbers, moved by a fraction."""
    assert callable(hw.measure_gradient)
    numbers, factors = rng.integers(-5, 6, size=(2, 4, 2))
    want = product_slopes(numbers.astype(float), factors, 0.25), True
    assert close(hw.run(measure_product, numbers, factors, 0.25), want)


# --- q4 --------------------------------------------------------------------------------------


def same_gradients(hw, reference, rng, kind, draw):
    """Compare the gradient in all settings, for maps that `draw` makes."""
    for shape, *setting in POOLS:
        maps = draw(shape)
        grads = rng.normal(size=reference.pool(maps, kind, *setting).shape)
        want = reference.pool_gradient(grads, maps, kind, *setting)
        close(hw.pool_gradient(grads, maps, kind, *setting), want)
    return True


@points(1)
def test_q4_max_settings(hw, reference, rng):
    """Max pooling: several images and channels, windows that overlap, padding, unused pixels."""
    assert same_gradients(hw, reference, rng, "max", lambda shape: rng.normal(size=shape))


@points(1)
def test_q4_max_ties(hw, reference, rng):
    """Max pooling: maps of few different whole numbers, so that many are equally large."""
    for largest in (0, 1):
        assert same_gradients(
            hw, reference, rng, "max", lambda shape, n=largest: rng.integers(-1, n + 1, shape)
        )


@points(1)
def test_q4_average_settings(hw, reference, rng):
    """Average pooling: several images and channels, windows that overlap, padding."""
    assert same_gradients(hw, reference, rng, "average", lambda shape: rng.normal(size=shape))


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_batch(hw, reference, rng):
    """Several images; for the ReLU gradients and numbers of both signs, with four axes."""
    grads, z = rng.normal(size=(2, 3, 4, 2, 3))
    assert close(hw.relu_gradient(grads, z), reference.relu_gradient(grads, z))
    for num, inputs, outputs in ((4, 3, 2), (2, 3, 5)):
        layer = [rng.normal(size=s) for s in ((num, outputs), (num, inputs), (inputs, outputs))]
        assert close(hw.dense_gradients(*layer), reference.dense_gradients(*layer))


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_batch(hw, reference, rng):
    """More images than classes, and more classes than images."""
    for num, classes in ((7, 4), (2, 6)):
        logits, labels = rng.normal(size=(num, classes)), rng.integers(classes, size=num)
        assert close(hw.cross_entropy(logits, labels), reference.cross_entropy(logits, labels))


@points(1)
def test_q6_large(hw, rng):
    """Scores of a thousand and of minus a thousand, whole numbers, and a class that is unlikely."""
    height = int(rng.integers(1000, 2000))
    logits = np.array([[height, 0, -height], [-height, -height, -height]])
    # Image 0: the probabilities are 1, 0, 0, and class 2 lies 2 · height below. Image 1: thirds.
    cost = (2 * height + np.log(3)) / 2
    slopes = np.array([[1, 0, -1], [1 / 3, -2 / 3, 1 / 3]]) / 2
    assert close(hw.cross_entropy(logits, np.array([2, 1])), (cost, slopes))


# --- q7 --------------------------------------------------------------------------------------


def draw_network(rng, images, filters, classes):
    """Images, labels and weights for them."""
    num, height, width, channels = images
    flat = (height // 2) * (width // 2) * filters
    weights = (
        rng.normal(size=(3, 3, channels, filters)),
        rng.normal(size=filters),
        rng.normal(size=(flat, classes)) / flat,
        rng.normal(size=classes),
    )
    return rng.normal(size=images), rng.integers(classes, size=num), weights


NETWORKS = [((3, 4, 6, 2), 3, 4), ((2, 5, 3, 1), 2, 5)]


@points(1)
def test_q7_gradients(hw, reference, rng):
    """Several images with several channels, not square, with odd sizes, too; several filters."""
    for setting in NETWORKS:
        images, _, weights = draw_network(rng, *setting)
        logits = reference.network(images, weights)
        assert close(hw.network(images, weights), logits)
        grads = rng.normal(size=logits.shape)
        want = reference.network_gradients(grads, images, weights)
        assert close(hw.network_gradients(grads, images, weights), want)


@points(1)
def test_q7_steps(hw, reference, rng):
    """Two training steps, one after the other, with a learning rate that is not 1."""
    for setting in NETWORKS:
        images, labels, weights = draw_network(rng, *setting)
        for learning_rate in (0.5, 0.25):
            step = images, labels, weights, learning_rate
            want = reference.train_step(*step)
            got = hw.train_step(*step)
            assert close(got, want)
            weights = got[1]


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_counts(hw):
    """What the network learns, with global pooling and without."""
    # Filters: 10·(5·5·3 + 1) = 760 and 16·(3·3·10 + 1) = 1456. Dense: 16·7 + 7 = 119, or, as the
    # last maps have 9 rows, 13 columns and 16 channels, 1872·7 + 7 = 13,111.
    assert close(hw.parameters, 2335)
    assert close(hw.flattened, 15_327)


@points(1)
def test_q8_looks(hw):
    """How far a value sees, and what a network of zeros learns in its first step."""
    assert close(hw.field, 13)  # 5, 5 + 2·1 = 7, 7 + 2·2 = 11, 11 + 1·2 = 13
    # All products with a weight or an input of zero vanish; what is left are the seven biases of
    # the dense layer, which get 1/7 each, and the true one 1/7 − 1.
    assert close(hw.moving, 7)
