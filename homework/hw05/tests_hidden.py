"""The tests of homework 5 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points

READS_REDUCED = {"3x3": ("3x3 reduce", 3), "5x5": ("5x5 reduce", 5)}


def drawn_module(rng, channels, filters):
    """Weights and biases of a module, in the order of its layers."""
    weights = {}
    for name, count in filters.items():
        reduced, size = READS_REDUCED.get(name, (None, 0))
        inputs = filters[reduced] if reduced else channels
        shape = (size, size, inputs, count) if size else (inputs, count)
        weights[name] = rng.normal(size=shape), rng.normal(size=count)
    return weights


def drawn_filters(rng):
    """Different numbers of filters for the six layers."""
    names = ("1x1", "3x3 reduce", "3x3", "5x5 reduce", "5x5", "pool")
    return dict(zip(names, rng.permutation(np.arange(1, 7)).tolist(), strict=True))


# --- q1 and q2 -------------------------------------------------------------------------------


@points(1)
def test_q1_many(hw, reference, rng):
    """Several images that are not square, several channels, several filters."""
    case = rng.normal(size=(3, 2, 5, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
    assert close(hw.pointwise(*case), reference.pointwise(*case))


@points(1)
def test_q1_edges(hw, rng):
    """A single channel, a single filter, and pixels that are whole numbers."""
    pixels = rng.integers(1, 9, size=(2, 3, 1, 1))
    got = hw.pointwise(pixels, np.array([[0.5]]), np.array([0.25]))
    assert close(got, pixels * 0.5 + 0.25)


@points(1)
def test_q2_many(hw, reference, rng):
    """Different numbers of channels before, between and after the two layers."""
    first = rng.normal(size=(4, 2)), rng.normal(size=2)
    second = rng.normal(size=(2, 3)), rng.normal(size=3)
    kernel, bias = reference.merged(*first, *second)
    assert close(hw.merged(*first, *second), (kernel, bias))


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_batch(hw, reference, rng):
    """Several images that are not square, several channels, wider windows."""
    maps = rng.normal(size=(2, 6, 4, 3))
    for size in (3, 5):
        assert close(hw.max_pool_same(maps, size), reference.max_pool_same(maps, size))


@points(1)
def test_q3_negative(hw, reference, rng):
    """Maps on which every value is negative, and windows that are wider than the picture."""
    maps = -1 - rng.uniform(size=(2, 2, 3, 2))
    for size in (3, 7):
        assert close(hw.max_pool_same(maps, size), reference.max_pool_same(maps, size))


@points(1)
def test_q3_whole_numbers(hw, reference, rng):
    """Maps of whole numbers."""
    maps = rng.integers(-9, 9, size=(1, 4, 5, 2))
    assert close(hw.max_pool_same(maps, 3), reference.max_pool_same(maps, 3).astype(float))


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_batch(hw, reference, rng):
    """Several images that are not square, a different number of filters in each layer."""
    for _ in range(2):
        weights = drawn_module(rng, 3, drawn_filters(rng))
        maps = rng.normal(size=(2, 6, 5, 3))
        assert close(hw.inception(maps, weights), reference.inception(maps, weights))


@points(1)
def test_q4_negative(hw, reference, rng):
    """Maps on which every value is negative."""
    weights = drawn_module(rng, 2, drawn_filters(rng))
    maps = -1 - rng.uniform(size=(1, 4, 7, 2))
    assert close(hw.inception(maps, weights), reference.inception(maps, weights))


@points(1)
def test_q4_other_order(hw, reference, rng):
    """A dictionary whose entries come in another order."""
    weights = drawn_module(rng, 2, drawn_filters(rng))
    turned = dict(reversed(weights.items()))
    maps = rng.normal(size=(1, 3, 4, 2))
    assert close(hw.inception(maps, turned), reference.inception(maps, weights))


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_convolutions(hw, reference, rng):
    """Convolutions of all sizes, on maps that are not square."""
    for height, width, size, channels, filters in rng.integers(1, 60, size=(8, 5)).tolist():
        case = height, width, 2 * (size // 2) + 1, channels, filters
        assert close(hw.conv_cost(*case), reference.conv_cost(*case))


@points(1)
def test_q5_published(hw):
    """The first module of GoogLeNet, on 28 × 28 pixels with 192 channels."""
    # Szegedy and others 2014, table 1, names the filters.
    # weights: 192·(64 + 96 + 16 + 32) + 9·96·128 + 25·16·32 = 39,936 + 110,592 + 12,800
    # biases: 64 + 96 + 128 + 16 + 32 + 32 = 368
    names = ("1x1", "3x3 reduce", "3x3", "5x5 reduce", "5x5", "pool")
    filters = dict(zip(names, (64, 96, 128, 16, 32, 32), strict=True))
    assert close(hw.inception_cost(28, 28, 192, filters), (163_696, 784 * 163_328))


@points(1)
def test_q5_modules(hw, reference, rng):
    """Modules with a different number of filters in each layer, on maps that are not square."""
    for _ in range(4):
        case = *rng.integers(1, 40, size=3).tolist(), drawn_filters(rng)
        assert close(hw.inception_cost(*case), reference.inception_cost(*case))


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_budgets(hw, reference, rng):
    """Budgets that come out even, that are short by one, and that pay for nothing."""
    for size, channels, filters, b in rng.integers(1, 12, size=(6, 4)).tolist():
        case = 2 * size - 1, channels, filters
        one = channels + case[0] ** 2 * filters
        for budget, want in ((b * one, b), (b * one - 1, b - 1), (one - 1, 0), (0, 0)):
            assert close(hw.widest_bottleneck(*case, budget), want)


@points(1)
def test_q6_even(hw, reference, rng):
    """A way that costs exactly as much as the direct one, and others drawn at random."""
    # 3 × 3, 9 channels, 1 filter: the direct way 81, a filter of the bottleneck 18, so 5 (90)
    assert close(hw.first_useless(3, 9, 1), 5)
    # 1 × 1, 6 channels, 3 filters: the direct way 18, a filter of the bottleneck 9, so 2 (18)
    assert close(hw.first_useless(1, 6, 3), 2)
    for size, channels, filters in rng.integers(1, 30, size=(8, 3)).tolist():
        case = 2 * (size // 2) + 1, channels, filters
        assert close(hw.first_useless(*case), reference.first_useless(*case))


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_costs(hw):
    """What the second module learns and computes, and the channels without the last 1 × 1."""
    # It reads 64 channels: 64·(16 + 8 + 4 + 16) + 9·8·24 + 25·4·8 = 2816 + 1728 + 800 = 5344
    assert close(hw.parameters, 5420)  # and 76 biases
    assert close(hw.multiplications, 6_412_800)  # 1200 times 5344
    assert close(hw.channels, 120)  # 16 + 24 + 8 + 24 = 72, then 16 + 24 + 8 + 72


@points(1)
def test_q7_fields(hw):
    """How far the numbers see that see farthest, and those that see least far."""
    assert close(hw.largest_field, 9)  # 5 × 5 behind 5 × 5
    assert close(hw.smallest_field, 1)  # 1 × 1 behind 1 × 1
