"""The tests of homework 6 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points


def drawn_block(rng, channels, wide, filters, size=3):
    """Weights of a block; most numbers inside lie between 0 and 6, some beyond."""
    return {
        "expand": (rng.normal(size=(channels, wide)), rng.normal(2, 3, size=wide)),
        "depthwise": (rng.normal(size=(size, size, wide)), rng.normal(2, 3, size=wide)),
        "project": (rng.normal(size=(wide, filters)), rng.normal(size=filters)),
    }


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_batch(hw, reference, rng):
    """Several images that are not square, several channels, windows of 3 and of 5."""
    maps = rng.normal(size=(2, 5, 4, 3))
    for size in (3, 5):
        case = maps, rng.normal(size=(size, size, 3)), 1
        assert close(hw.depthwise(*case), reference.depthwise(*case))


@points(1)
def test_q1_strides(hw, reference, rng):
    """Strides of 2 and 3, on even and odd sizes; windows of one pixel; whole numbers."""
    for height, width, stride in ((6, 7, 2), (5, 8, 3), (1, 4, 2)):
        case = rng.normal(size=(1, height, width, 2)), rng.normal(size=(3, 3, 2)), stride
        assert close(hw.depthwise(*case), reference.depthwise(*case))
    case = rng.integers(0, 9, size=(2, 3, 4, 2)), rng.normal(size=(1, 1, 2)), 2
    assert close(hw.depthwise(*case), reference.depthwise(*case))


# --- q2 --------------------------------------------------------------------------------------


@points(2)
def test_q2_many(hw, rng):
    """Patterns that are not symmetric, several channels, several filters."""
    patterns, weights = rng.normal(size=(3, 3, 2)), rng.normal(size=(2, 4))
    want = np.empty((3, 3, 2, 4))
    for p, q, c, k in np.ndindex(want.shape):
        want[p, q, c, k] = patterns[p, q, c] * weights[c, k]
    assert close(hw.full_kernel(patterns, weights), want)


# --- q3 --------------------------------------------------------------------------------------


def product(pair):
    """The full kernel of the pair that was returned."""
    patterns, weights = (np.asarray(part, float) for part in pair)
    assert patterns.ndim == 3
    assert weights.ndim == 2
    return patterns[..., np.newaxis] * weights


@points(2)
def test_q3_random(hw, reference, rng):
    """Kernels of random numbers, with several channels, more filters than places and fewer."""
    for shape in ((3, 3, 2, 4), (1, 1, 3, 2), (3, 3, 4, 12), (5, 5, 1, 3)):
        kernel = rng.normal(size=shape)
        want = product(reference.separate(kernel))
        assert close(product(hw.separate(kernel)), want)


@points(1)
def test_q3_exact(hw, rng):
    """Kernels that are products already, in every channel another one."""
    patterns, weights = rng.normal(size=(3, 3, 4)), rng.normal(size=(4, 5))
    kernel = patterns[..., np.newaxis] * weights
    assert close(product(hw.separate(kernel)), kernel)


# --- q4 --------------------------------------------------------------------------------------


@points(2)
def test_q4_random(hw, reference, rng):
    """Windows of all sizes, maps that are not square."""
    for height, width, half, channels, filters in rng.integers(1, 40, size=(6, 5)).tolist():
        case = height, width, 2 * half - 1, channels, filters
        assert close(hw.full_cost(*case), reference.full_cost(*case))
        assert close(hw.separable_cost(*case), reference.separable_cost(*case))
        assert close(hw.saving(2 * half - 1, filters), reference.saving(2 * half - 1, filters))


# --- q5 --------------------------------------------------------------------------------------


@points(2)
def test_q5_shortcut(hw, reference, rng):
    """Several images that are not square, with as many channels at the end as at the beginning."""
    case = rng.normal(size=(2, 5, 4, 3)), drawn_block(rng, 3, 7, 3), 1
    assert close(hw.inverted_residual(*case), reference.inverted_residual(*case))


@points(2)
def test_q5_others(hw, reference, rng):
    """Other numbers of channels, strides of 2, windows of 5, maps of one pixel."""
    for shape, filters, stride, size in (
        ((2, 4, 6, 2), 3, 1, 3),
        ((1, 5, 4, 3), 3, 2, 5),
        ((1, 1, 1, 2), 2, 2, 3),
        ((2, 3, 2, 4), 1, 3, 1),
    ):
        weights = drawn_block(rng, shape[3], 5, filters, size)
        case = rng.normal(size=shape), weights, stride
        assert close(hw.inverted_residual(*case), reference.inverted_residual(*case))


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_published(hw):
    """The table of MobileNet v2 on 112 × 112 maps with 32 channels."""
    # Sandler and others 2018, table 2. Row by row, by hand for the first two:
    # (1, 16, 1, 1): 9·32 + 32·16 = 800 weights on 12,544 places
    # (6, 24, 2, 2): 16·96 on 12,544, (864 + 96·24) on 3136; 24·144 + 1296 + 144·24 on 3136
    table = [(1, 16, 1, 1), (6, 24, 2, 2)]
    weights = 800 + 1536 + 3168 + 8208
    multiplications = 12_544 * (800 + 1536) + 3136 * (3168 + 8208)
    assert close(hw.table_cost(112, 112, 32, table), (weights, multiplications))


@points(2)
def test_q6_random(hw, reference, rng):
    """Tables of several rows, with expansion factors of 1, odd sizes, and strides of 1 to 3."""
    for _ in range(4):
        rows = rng.integers(1, 4, size=(3, 4)).tolist()
        rows = [(t, 2 * c + 1, n, s) for t, c, n, s in rows]
        case = *rng.integers(5, 30, size=3).tolist(), rows
        assert close(hw.table_cost(*case), reference.table_cost(*case))
    assert close(
        hw.table_cost(9, 5, 4, [(1, 4, 3, 2)]), reference.table_cost(9, 5, 4, [(1, 4, 3, 2)])
    )


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_knobs(hw):
    """What the layer computes, and what the two knobs make of it."""
    assert close(hw.multiplications, 936_000)  # 600·(25·24 + 24·40) = 600·1560
    assert close(hw.half_width, 324_000)  # 600·(25·12 + 12·20) = 600·540
    assert close(hw.half_size, 234_000)  # 150·1560


@points(1)
def test_q7_other_prices(hw):
    """What it stores, and what it computes in training."""
    assert close(hw.stored, 1560)  # a byte for each weight
    assert close(hw.trained, 2_808_000)  # forward, by the weights, by the inputs
