"""Pooling: by hand, against TensorFlow and a plain loop, as properties, and its errors."""

import re

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnutils import ops, shapes
from cnnutils.ops import reductions

POOLS = {"max": ops.max_pool2d, "min": ops.min_pool2d, "avg": ops.avg_pool2d}
OF_TENSORFLOW = {"max": tf.nn.max_pool2d, "avg": tf.nn.avg_pool2d}
OF_NUMPY = {"max": np.max, "min": np.min, "avg": np.mean}


def images_of(seed, shape=(2, 9, 8, 3), dtype="float64"):
    """Images with N > 1, H ≠ W and three different channels."""
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def pool_by_loops(kind, images, pool_size, strides, padding):
    """Look at every window of every channel on its own; ((top, bottom), (left, right)) padding."""
    (top, bottom), (left, right) = padding
    padded = np.pad(images, ((0, 0), *padding, (0, 0)), constant_values=np.nan)
    height = (images.shape[1] + top + bottom - pool_size[0]) // strides[0] + 1
    width = (images.shape[2] + left + right - pool_size[1]) // strides[1] + 1
    out = np.empty((images.shape[0], height, width, images.shape[3]))
    for n, i, j, c in np.ndindex(out.shape):
        rows = slice(i * strides[0], i * strides[0] + pool_size[0])
        columns = slice(j * strides[1], j * strides[1] + pool_size[1])
        window = padded[n, rows, columns, c]
        out[n, i, j, c] = OF_NUMPY[kind](window[~np.isnan(window)])
    return out


def test_pooling_by_hand():
    # One image of 2 × 4 with two channels; channel 1 is the negative of channel 0. The windows of
    # channel 0 are 1 2 / 3 4 and 5 6 / 8 7: largest 4 and 8, smallest 1 and 5, sums 10 and 26.
    rows = np.array([[1, 2, 5, 6], [3, 4, 8, 7]])
    image = np.stack([rows, -rows], axis=-1)[np.newaxis]
    np.testing.assert_array_equal(ops.max_pool2d(image), [[[[4, -1], [8, -5]]]])
    np.testing.assert_array_equal(ops.min_pool2d(image), [[[[1, -4], [5, -8]]]])
    np.testing.assert_array_equal(ops.avg_pool2d(image), [[[[2.5, -2.5], [6.5, -6.5]]]])
    np.testing.assert_array_equal(ops.global_avg_pool2d(image), [[4.5, -4.5]])  # 36 / 8
    np.testing.assert_array_equal(ops.global_max_pool2d(image), [[8, -1]])


def test_a_padded_pixel_never_wins_and_is_not_counted():
    # All pixels are negative: a padded 0 would win every maximum, and would pull up every mean.
    # 3 × 3 windows with one padded pixel around 2 × 2 pixels all hold the four real ones.
    image = -np.array([[1, 2], [3, 6]]).reshape(1, 2, 2, 1)
    same = {"pool_size": 3, "strides": 1, "padding": "same"}
    np.testing.assert_array_equal(ops.max_pool2d(image, **same), np.full((1, 2, 2, 1), -1))
    np.testing.assert_array_equal(ops.min_pool2d(-image, **same), np.full((1, 2, 2, 1), 1))
    np.testing.assert_array_equal(ops.avg_pool2d(image, **same), np.full((1, 2, 2, 1), -3))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [(1, 1), (2, 1), (1, 3), (4, 4)])
@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("shape", [(2, 9, 8, 3), (12, 4, 7, 1)])
def test_it_is_tensorflow_pooling(shape, kind, strides, padding, dtype):
    images = images_of(1, shape, dtype)
    theirs = OF_TENSORFLOW[kind](tf.constant(images), (3, 2), strides, padding.upper())
    ours = POOLS[kind](images, (3, 2), strides=strides, padding=padding)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-5 if dtype == "float32" else 1e-12)


sides = st.integers(0, 1)
SETTINGS = (
    st.tuples(st.integers(2, 4), st.integers(2, 3)),
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    st.tuples(st.tuples(sides, sides), st.tuples(sides, sides)),
)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["max", "min", "avg"]), st.integers(0, 10**6), *SETTINGS)
def test_it_is_what_a_loop_over_windows_finds(kind, seed, pool_size, strides, padding):
    images = images_of(seed)
    np.testing.assert_allclose(
        POOLS[kind](images, pool_size, strides=strides, padding=padding),
        pool_by_loops(kind, images, pool_size, strides, padding),
        atol=1e-12,
    )


@settings(deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["valid", "same", 1]))
def test_min_pooling_is_max_pooling_of_the_negative(seed, padding):
    images = images_of(seed)
    np.testing.assert_array_equal(
        ops.min_pool2d(images, (3, 2), padding=padding),
        -ops.max_pool2d(-images, (3, 2), padding=padding),
    )


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(-3, 3))
def test_average_pooling_is_linear_and_max_pooling_is_not(seed, factor):
    x, y = images_of(seed), images_of(seed + 1)
    both = ops.avg_pool2d(factor * x + y, padding="same")
    one_by_one = factor * ops.avg_pool2d(x, padding="same") + ops.avg_pool2d(y, padding="same")
    np.testing.assert_allclose(both, one_by_one, atol=1e-12)
    assert not np.allclose(ops.max_pool2d(x + y), ops.max_pool2d(x) + ops.max_pool2d(y))


def test_the_stride_is_the_window_unless_it_is_given():
    images = images_of(2)
    for pool in POOLS.values():
        np.testing.assert_array_equal(
            pool(images, (3, 2)), pool(images, (3, 2), strides=(3, 2), padding="valid")
        )
        assert pool(images).shape == (2, 4, 4, 3)


def test_a_window_of_the_whole_image_is_global_pooling():
    images = images_of(3)
    np.testing.assert_allclose(
        ops.global_avg_pool2d(images), ops.avg_pool2d(images, (9, 8))[:, 0, 0], atol=1e-15
    )
    np.testing.assert_array_equal(
        ops.global_max_pool2d(images), ops.max_pool2d(images, (9, 8))[:, 0, 0]
    )


def test_the_mean_of_many_float32_pixels_keeps_its_digits():
    # Two channels, so that NumPy does not sum in pairs: a sum in float32 is off by 1 %.
    mean = ops.global_avg_pool2d(np.full((1, 1000, 1000, 2), 0.1, np.float32))
    assert mean.dtype == np.float32
    np.testing.assert_allclose(mean, np.full((1, 2), 0.1), rtol=1e-7)


@pytest.mark.parametrize("block_bytes", [1, 20, 100, 200, 2 * 8 * 3 * 8 * 3, 9 * 8 * 3 * 8])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_it_works_in_blocks_that_do_not_divide_the_image(kind, padding, block_bytes, monkeypatch):
    images, options = images_of(4, (3, 9, 8, 3)), {"strides": (2, 1), "padding": padding}
    gradient = {"max": ops.max_pool2d_gradient, "avg": ops.avg_pool2d_gradient}[kind]
    whole = POOLS[kind](images, 3, **options)
    whole_gradient = gradient(whole, images, 3, **options)
    monkeypatch.setattr(reductions, "_BLOCK_BYTES", block_bytes)
    np.testing.assert_allclose(POOLS[kind](images, 3, **options), whole, atol=1e-14)
    np.testing.assert_allclose(gradient(whole, images, 3, **options), whole_gradient, atol=1e-14)


def test_integers_are_computed_in_float64_and_nothing_is_changed():
    images = np.full((1, 4, 6, 1), 200, dtype=np.uint8)  # four times 200 overflows a byte
    assert ops.avg_pool2d(images).dtype == np.float64
    np.testing.assert_array_equal(ops.avg_pool2d(images), np.full((1, 2, 3, 1), 200))
    images = images_of(5)
    before = images.copy()
    ops.avg_pool2d(images, padding="same")
    ops.max_pool2d_gradient(ops.max_pool2d(images), images)
    np.testing.assert_array_equal(images, before)


def test_views_give_the_same():
    images = images_of(6)
    for view in (np.asfortranarray(images), images[::-1, ::-1], images[..., ::2]):
        for pool in POOLS.values():
            np.testing.assert_array_equal(pool(view, (3, 2)), pool(view.copy(order="C"), (3, 2)))


def test_an_empty_batch_gives_an_empty_output():
    for pool in POOLS.values():
        out = pool(np.empty((0, 9, 8, 3)), 3, strides=2)
        assert out.shape == (0, *(shapes.conv_output_size(n, 3, strides=2) for n in (9, 8)), 3)
    assert ops.max_pool2d_gradient(out, np.empty((0, 9, 8, 3)), 3, strides=2).shape == (0, 9, 8, 3)
    assert ops.global_max_pool2d(np.empty((0, 9, 8, 3))).shape == (0, 3)


def test_a_nan_is_not_hidden():
    images = images_of(7)
    images[0, 2, 3, 1] = np.nan
    for pool in POOLS.values():
        np.testing.assert_array_equal(
            np.argwhere(np.isnan(pool(images))), [[0, 1, 1, 1]]
        )  # its window


# --- errors ----------------------------------------------------------------------------------

IMAGES = np.zeros((8, 5, 6, 4))
GRADIENTS = {
    "max_pool2d_gradient": ops.max_pool2d_gradient,
    "min_pool2d_gradient": ops.min_pool2d_gradient,
    "avg_pool2d_gradient": ops.avg_pool2d_gradient,
}


@pytest.mark.parametrize("kind", ["max", "min", "avg"])
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            (IMAGES[0],),
            ValueError,
            "images must have the axes (N, H, W, C), got an array of shape (5, 6, 4).",
        ),
        (
            (IMAGES[:, :0],),
            ValueError,
            "only the batch may be empty (images (8, 0, 6, 4)).",
        ),
        (
            (IMAGES.astype(np.float16),),
            TypeError,
            "images must hold float32, float64 or integer numbers, got float16 "
            "(shape (8, 5, 6, 4)).",
        ),
        (
            (IMAGES, (2, 7)),
            ValueError,
            "the window (2, 7) does not fit into the padded images (images (8, 5, 6, 4), "
            "padding ((0, 0), (0, 0))); pad more, or use a smaller pool_size.",
        ),
        (
            (IMAGES, 2.0),
            TypeError,
            "pool_size must be an integer, got 2.0 (float).",
        ),
        (
            (IMAGES, 0),
            ValueError,
            "pool_size must be at least 1, got 0.",
        ),
        (
            (IMAGES, 2**32, 1, 2**31),
            ValueError,
            "the padded images would hold more than 68,719,476,736 values, got the shape "
            "(8, 4294967301, 4294967302, 4).",
        ),
        (
            (IMAGES, 2, 0),
            ValueError,
            "strides must be at least 1, got 0.",
        ),
        (
            (IMAGES, (3, 2), 1, ((0, 0), (0, 2))),
            ValueError,
            "padding must be less than pool_size, so that every window holds a pixel "
            "(pool_size (3, 2), padding ((0, 0), (0, 2))).",
        ),
        (
            (IMAGES, 2, 1, "full"),
            ValueError,
            "padding must be 'valid', 'same', an integer or ((top, bottom), (left, right)), "
            "got 'full'.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(kind, arguments, error, message):
    options = dict(zip(("images", "pool_size", "strides", "padding"), arguments, strict=False))
    with pytest.raises(error, match=f"^{re.escape(f'{kind}_pool2d: {message}')}$"):
        POOLS[kind](**options)
    with pytest.raises(error, match=f"^{re.escape(f'{kind}_pool2d_gradient: {message}')}$"):
        GRADIENTS[f"{kind}_pool2d_gradient"](np.zeros((8, 2, 3, 4)), **options)


@pytest.mark.parametrize("function", sorted(GRADIENTS))
def test_a_gradient_of_another_shape_is_refused(function):
    message = (
        f"{function}: grad_output must have the shape of the output, (8, 2, 3, 4), "
        "got (8, 3, 3, 4)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        GRADIENTS[function](np.zeros((8, 3, 3, 4)), IMAGES)


@pytest.mark.parametrize("name", ["global_avg_pool2d", "global_max_pool2d"])
def test_global_pooling_names_itself(name):
    message = f"{name}: only the batch may be empty (images (8, 5, 0, 4))."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        getattr(ops, name)(IMAGES[:, :, :0])
