"""The tests of homework 7 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def drawn_weights(rng, inputs, units, classes):
    """Trunk and head of a network, with biases that are not zero."""
    return (
        rng.normal(size=(inputs, units)),
        rng.normal(size=units),
        rng.normal(size=(units, classes)),
        rng.normal(size=classes),
    )


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_many(hw, reference, rng):
    """Several images that are higher than wide, several channels, offsets of all signs."""
    images = rng.normal(size=(6, 5, 4, 2))
    offsets = np.array([[0, 0], [2, 1], [-1, 3], [3, -2], [-4, -1], [1, 0]])
    assert close(hw.shifted(images, offsets), reference.shifted(images, offsets))


@points(1)
def test_q1_gone(hw, reference, rng):
    """Pictures that are wider than high, and offsets as large as the picture."""
    images = rng.uniform(1, 2, size=(4, 2, 5, 1))
    offsets = np.array([[2, 0], [0, -5], [-2, 5], [1, 4]])
    want = reference.shifted(images, offsets)
    assert not want[:3].any()
    assert close(hw.shifted(images, offsets), want)


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_channels(hw, reference, rng):
    """Images with channels that are not square, crops that are not square."""
    for shape, size in (((7, 5, 3), (4, 2)), ((4, 9, 2), (1, 4)), ((6, 8, 1), (2, 5))):
        image = rng.normal(size=shape)
        assert close(hw.ten_crops(image, *size), reference.ten_crops(image, *size))


@points(1)
def test_q2_edges(hw, reference, rng):
    """Crops that are as large as the image, and crops that are too high."""
    image = rng.normal(size=(3, 4, 2))
    assert close(hw.ten_crops(image, 3, 4), reference.ten_crops(image, 3, 4))
    for height, width in ((4, 4), (3, 5), (13, 4), (3, 17)):
        assert raises(ValueError, hw.ten_crops, image, height, width)


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_edges(hw):
    """A single epoch, losses that are all equal, and a best epoch that is the first."""
    assert close(hw.early_stopping([2.0], 3), (0, 1))
    assert close(hw.early_stopping([1.0, 1.0, 1.0, 1.0, 1.0], 3), (0, 4))
    assert close(hw.early_stopping([1.0, 2.0, 0.5], 1), (0, 2))
    assert close(hw.early_stopping([-1.0, -2.0, -1.5], 2), (1, 3))


@points(1)
def test_q3_random(hw, reference, rng):
    """Losses that go up and down, with several patiences."""
    for patience in (1, 2, 3, 5):
        losses = rng.integers(0, 12, size=14).astype(float).tolist()
        want = reference.early_stopping(losses, patience)
        assert close(hw.early_stopping(losses, patience), want)


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_many(hw, reference, rng):
    """Several examples, more units than inputs, three classes."""
    weights = drawn_weights(rng, 3, 5, 3)
    inputs = rng.normal(size=(4, 3))
    assert close(hw.network(inputs, weights), reference.network(inputs, weights))


@points(1)
def test_q4_large(hw, reference, rng):
    """Scores of a thousand and more."""
    weights = drawn_weights(rng, 2, 4, 3)
    inputs = 1000 * rng.normal(size=(5, 2))
    assert close(hw.network(inputs, weights), reference.network(inputs, weights))
    through = np.eye(2), np.zeros(2), np.eye(2), np.zeros(2)  # the inputs are the scores
    inputs = np.array([[3000.0, 3000.0], [2.0, 2.0]])  # one example loud, the other quiet
    assert close(hw.network(inputs, through), (inputs, np.full((2, 2), 0.5)))


# --- q5 --------------------------------------------------------------------------------------


def case(rng, examples, inputs, units, classes):
    """Inputs, labels and weights; no unit is near the ReLU's edge."""
    return (
        rng.normal(size=(examples, inputs)),
        rng.integers(0, classes, size=examples),
        drawn_weights(rng, inputs, units, classes),
    )


@points(2)
def test_q5_both_rates(hw, reference, rng):
    """Several examples and classes, two different rates, and a penalty."""
    drawn = case(rng, 5, 3, 4, 3)
    setting = (0.3, 0.7), 0.02
    assert close(hw.fine_tune_step(*drawn, *setting), reference.fine_tune_step(*drawn, *setting))


@points(1)
def test_q5_frozen(hw, reference, rng):
    """One of the two parts is frozen, with a penalty and without."""
    drawn = case(rng, 4, 2, 3, 2)
    for setting in (((0, 0.5), 0.1), ((0.5, 0), 0.0), ((0, 0), 0.3)):
        want = reference.fine_tune_step(*drawn, *setting)
        assert close(hw.fine_tune_step(*drawn, *setting), want)


@points(1)
def test_q5_one_example(hw, reference, rng):
    """A single example, and five classes of which some never occur."""
    drawn = case(rng, 1, 4, 2, 5)
    want = reference.fine_tune_step(*drawn, (0.2, 0.1), 0.0)
    assert close(hw.fine_tune_step(*drawn, (0.2, 0.1), 0.0), want)


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_many(hw, reference, rng):
    """More networks, more examples than classes, and more classes than two."""
    said = rng.dirichlet(np.ones(4), size=(3, 6))
    assert close(hw.vote(said), reference.vote(said))


@points(1)
def test_q6_ties(hw):
    """Classes that are equally likely, and networks that are torn between two."""
    # means 0.5, 0.5: class 0; the first network is torn, and so says 0, the second 1, the third 0
    said = np.array([[[0.5, 0.5]], [[0.25, 0.75]], [[0.75, 0.25]]])
    assert close(hw.vote(said), (np.array([0]), np.array([2 / 3])))
    # means 0.25, 0.375, 0.375: class 1, which no network gives by itself
    said = np.array([[[0.0, 0.375, 0.625]], [[0.5, 0.375, 0.125]]])
    assert close(hw.vote(said), (np.array([1]), np.array([0.0])))


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_pictures(hw):
    """How many pictures can come of one, and how many steps an epoch has."""
    assert close(hw.versions, 154)  # 7 rows · 11 columns · 2
    assert close(hw.steps, 480)  # 31 full batches and one of 8: 32 an epoch


@points(1)
def test_q7_frozen(hw):
    """What is trained, and what the ways forward cost."""
    assert close(hw.trained, 1253)  # 16·73 = 1168, and 5·17 = 85
    assert close(hw.arrays, 4)  # a kernel and a bias, a matrix and a bias
    assert close(hw.multiplications, 200_480_000)  # 200 times the trunk, 6000 times the head
