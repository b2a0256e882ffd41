"""Backpropagation through pooling: by hand, against TensorFlow with and without ties, measured."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnutils import ops

POOLS = {
    "max": (ops.max_pool2d, ops.max_pool2d_gradient),
    "min": (ops.min_pool2d, ops.min_pool2d_gradient),
    "avg": (ops.avg_pool2d, ops.avg_pool2d_gradient),
}
OF_TENSORFLOW = {"max": tf.nn.max_pool2d, "avg": tf.nn.avg_pool2d}


def gradient_of_tensorflow(kind, grad_output, images, strides, padding):
    x = tf.Variable(images)
    with tf.GradientTape() as tape:
        out = OF_TENSORFLOW[kind](x, (3, 2), strides, padding.upper())
        cost = tf.reduce_sum(out * grad_output)
    return tape.gradient(cost, x).numpy()


def test_gradients_by_hand():
    # A row 3 1 2 and windows of two pixels, stride 1: 3 1 and 1 2. The gradients are 10 and 100.
    # Largest: 3 and 2. Smallest: 1, in both windows, so that it gets 10 + 100. Mean: halves.
    row, grad_output = np.array([3, 1, 2]).reshape(1, 1, 3, 1), np.reshape([10, 100], (1, 1, 2, 1))
    expected = {"max": [10, 0, 100], "min": [0, 110, 0], "avg": [5, 55, 50]}
    for kind, (_, gradient) in POOLS.items():
        got = gradient(grad_output, row, (1, 2), strides=1)
        np.testing.assert_array_equal(got.ravel(), expected[kind])


def test_of_equal_pixels_the_first_wins_row_by_row():
    # 0 5 / 5 5: the 5 at the top right comes before the one at the bottom left.
    image = np.array([[0, 5], [5, 5]]).reshape(1, 2, 2, 1)
    got = ops.max_pool2d_gradient(np.full((1, 1, 1, 1), 7), image)
    np.testing.assert_array_equal(got[0, :, :, 0], [[0, 7], [0, 0]])
    got = ops.min_pool2d_gradient(np.full((1, 1, 1, 1), 7), -image)
    np.testing.assert_array_equal(got[0, :, :, 0], [[0, 7], [0, 0]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [(1, 1), (2, 1), (1, 3), (4, 4)])
@pytest.mark.parametrize("values", ["without ties", "with ties"])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_it_is_tensorflow_gradient(kind, values, strides, padding, dtype):
    rng = np.random.default_rng(1)
    images = rng.normal(size=(2, 9, 8, 3))
    if values == "with ties":  # as after a ReLU, and coarse: most windows hold equal pixels
        images = np.maximum(images, 0).round()
        first, others = np.unique(images, return_counts=True)
        assert len(first) <= 5
        assert (others > 4).any()
    images = images.astype(dtype)
    pool, gradient = POOLS[kind]
    out = pool(images, (3, 2), strides=strides, padding=padding)
    grad_output = rng.normal(size=out.shape).astype(dtype)
    ours = gradient(grad_output, images, (3, 2), strides=strides, padding=padding)
    theirs = gradient_of_tensorflow(kind, grad_output, images, strides, padding)
    assert ours.dtype == dtype
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def test_a_padded_pixel_gets_no_gradient_even_where_all_pixels_are_minus_infinity():
    image = np.full((1, 1, 2, 1), -np.inf)
    got = ops.max_pool2d_gradient(np.ones((1, 1, 2, 1)), image, (1, 2), strides=1, padding="same")
    np.testing.assert_array_equal(got.ravel(), [1, 1])
    # with a padded row above and a padded column to the left, both windows find pixel 0 first
    got = ops.max_pool2d_gradient(
        np.ones((1, 1, 2, 1)), image, 2, strides=1, padding=((1, 0), (1, 0))
    )
    np.testing.assert_array_equal(got.ravel(), [2, 0])


def test_a_window_that_holds_a_nan_has_no_winner():
    image = np.array([[1, np.nan, 3, 2]]).reshape(1, 1, 4, 1)
    got = ops.max_pool2d_gradient(np.ones((1, 1, 2, 1)), image, (1, 2))
    np.testing.assert_array_equal(got.ravel(), [0, 0, 1, 0])


sides = st.integers(0, 1)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["max", "min", "avg"]),
    st.integers(0, 10**6),
    st.tuples(st.integers(2, 4), st.integers(2, 3)),
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    st.tuples(st.tuples(sides, sides), st.tuples(sides, sides)),
)
def test_it_is_what_small_changes_measure(kind, seed, pool_size, strides, padding):
    """All pixels are whole numbers and differ, so that steps below 1/2 change no winner."""
    rng = np.random.default_rng(seed)
    images = rng.permutation(2 * 9 * 8 * 3).reshape(2, 9, 8, 3).astype(float)
    pool, gradient = POOLS[kind]
    options = {"strides": strides, "padding": padding}
    out = pool(images, pool_size, **options)
    grad_output, step = rng.normal(size=out.shape), rng.uniform(-0.4, 0.4, size=images.shape)
    measured = np.sum((pool(images + step, pool_size, **options) - out) * grad_output)
    predicted = np.sum(gradient(grad_output, images, pool_size, **options) * step)
    np.testing.assert_allclose(predicted, measured, atol=1e-9)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["max", "min", "avg"]), st.sampled_from([1, 2, 3]))
def test_no_gradient_is_lost_or_made(seed, kind, strides):
    """What goes in comes out: the gradients of all pixels add up to those of all windows."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 3, size=(2, 9, 8, 3))  # many ties
    pool, gradient = POOLS[kind]
    out = pool(images, 3, strides=strides, padding="same")
    grad_output = rng.normal(size=out.shape)
    got = gradient(grad_output, images, 3, strides=strides, padding="same")
    np.testing.assert_allclose(got.sum(axis=(1, 2)), grad_output.sum(axis=(1, 2)), atol=1e-12)


def test_global_pooling_has_the_gradient_of_a_window_of_the_whole_image():
    images = np.random.default_rng(2).normal(size=(2, 9, 8, 3))
    grad_output = np.random.default_rng(3).normal(size=(2, 1, 1, 3))
    x = tf.Variable(images)
    for reduce, gradient in (
        (tf.reduce_mean, ops.avg_pool2d_gradient),
        (tf.reduce_max, ops.max_pool2d_gradient),
    ):
        with tf.GradientTape() as tape:
            cost = tf.reduce_sum(reduce(x, axis=(1, 2), keepdims=True) * grad_output)
        theirs = tape.gradient(cost, x).numpy()
        np.testing.assert_allclose(gradient(grad_output, images, (9, 8)), theirs, atol=1e-15)
