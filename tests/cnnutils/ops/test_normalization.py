"""Normalisation: by hand, against Keras and TensorFlow, as properties, and its errors."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnutils import ops

SINGLE = "Keras normalises batches in single precision, whatever their type"
ROUNDED = "on PyTorch a variance far below the square of its mean is right to four digits only"


def batch_of(seed, dtype="float64"):
    """Images, a scale and a shift: N > 1, H ≠ W, no two channels alike."""
    rng = np.random.default_rng(seed)
    images = rng.normal([0, 1, -5], [1, 3, 0.1], size=(2, 5, 4, 3)).astype(dtype)
    return images, rng.uniform(0.5, 2, 3).astype(dtype), rng.normal(size=3).astype(dtype)


def tolerance_of(dtype):
    return 1e-4 if dtype == "float32" else 1e-11


# --- batch normalisation ---------------------------------------------------------------------


def test_batch_normalization_by_hand():
    # Channel 0: pixels 0 and 6, mean 3, variance 9. Channel 1: 1 and 1, mean 1, variance 0. With
    # epsilon 7 the divisors are √16 and √7: channel 0 becomes -3/4 and 3/4, channel 1 zeros.
    images = np.array([[0, 1], [6, 1]]).reshape(2, 1, 1, 2)
    result = ops.batch_normalization(images, [8, 5], [10, 20], epsilon=7)
    np.testing.assert_array_equal(result.output.reshape(2, 2), [[4, 20], [16, 20]])
    np.testing.assert_array_equal(result.mean, [3, 1])
    np.testing.assert_array_equal(result.variance, [9, 0])


def test_batch_normalization_gradients_by_hand():
    # One channel, x̂ = -3/4 and 3/4 as above, gamma 4, so that the slope is 4 / 4 = 1. Gradients 0
    # and 32: mean(g) = 16, mean(g·x̂) = (0 + 24) / 2 = 12. Pixels: 0 - 16 + 3/4 · 12 = -7 and
    # 32 - 16 - 3/4 · 12 = 7. Gamma: 0 + 24. Beta: 0 + 32.
    images, grad_output = np.reshape([0, 6], (2, 1, 1, 1)), np.reshape([0, 32], (2, 1, 1, 1))
    gradients = ops.batch_normalization_gradients(grad_output, images, [4], epsilon=7)
    np.testing.assert_array_equal(gradients.images.ravel(), [-7, 7])
    np.testing.assert_array_equal(gradients.gamma, [24])
    np.testing.assert_array_equal(gradients.beta, [32])


@pytest.mark.parametrize("epsilon", [1e-3, 0.5])
@pytest.mark.parametrize(
    "dtype",
    [
        pytest.param("float32", marks=pytest.mark.differs("torch", reason=ROUNDED)),
        pytest.param("float64", marks=pytest.mark.differs("jax", "torch", reason=SINGLE)),
    ],
)
def test_it_is_keras_batch_normalization(dtype, epsilon):
    images, gamma, beta = batch_of(1, dtype)
    layer = keras.layers.BatchNormalization(epsilon=epsilon, momentum=0, dtype=dtype)
    layer.build(images.shape)
    layer.set_weights([gamma, beta, np.zeros(3), np.ones(3)])
    theirs = keras.ops.convert_to_numpy(layer(images, training=True))
    ours = ops.batch_normalization(images, gamma, beta, epsilon=epsilon)
    tolerance = tolerance_of(dtype)
    np.testing.assert_allclose(ours.output, theirs, rtol=tolerance, atol=tolerance)
    # with momentum 0 Keras keeps this batch's statistics
    np.testing.assert_allclose(ours.mean, layer.moving_mean.numpy(), rtol=1e-5)
    np.testing.assert_allclose(ours.variance, layer.moving_variance.numpy(), rtol=1e-5)
    assert {part.dtype for part in ours} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    "dtype",
    ["float32", pytest.param("float64", marks=pytest.mark.differs("jax", "torch", reason=SINGLE))],
)
def test_with_given_statistics_it_is_keras_batch_normalization_after_training(dtype):
    images, gamma, beta = batch_of(2, dtype)
    mean, variance = np.array([0.1, 1.2, -4]), np.array([0.5, 8, 0.02])
    layer = keras.layers.BatchNormalization(dtype=dtype)
    layer.build(images.shape)
    layer.set_weights([gamma, beta, mean, variance])
    theirs = keras.ops.convert_to_numpy(layer(images, training=False))
    ours = ops.batch_normalization_inference(images, mean, variance, gamma, beta)
    tolerance = tolerance_of(dtype)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_are_those_of_tensorflow(dtype):
    images, gamma, beta = batch_of(3, dtype)
    grad_output = np.random.default_rng(4).normal(size=images.shape).astype(dtype)
    x, scale, shift = (tf.Variable(array) for array in (images, gamma, beta))
    with tf.GradientTape() as tape:
        mean, variance = tf.nn.moments(x, axes=[0, 1, 2])
        out = tf.nn.batch_normalization(x, mean, variance, shift, scale, 0.01)
        cost = tf.reduce_sum(out * grad_output)
    theirs = tape.gradient(cost, [x, scale, shift])
    ours = ops.batch_normalization_gradients(grad_output, images, gamma, epsilon=0.01)
    tolerance = tolerance_of(dtype)
    for got, expected in zip(ours, theirs, strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, expected.numpy(), rtol=tolerance, atol=tolerance)


def test_epsilon_is_that_of_keras_wherever_it_is_not_told():
    images, gamma, _ = batch_of(5)
    grad_output = np.random.default_rng(6).normal(size=images.shape)
    epsilon = keras.layers.BatchNormalization().epsilon
    ours = ops.batch_normalization_gradients(grad_output, images, gamma)
    told = ops.batch_normalization_gradients(grad_output, images, gamma, epsilon=epsilon)
    np.testing.assert_array_equal(ours.images, told.images)


def test_a_channel_may_be_constant():
    out = ops.batch_normalization_inference([[[[6.0]]]], [6], [0], [8], [10], epsilon=7)
    assert out.ravel().tolist() == [10]


@settings(deadline=None)
@given(st.integers(0, 10**6), st.floats(0.5, 20), st.floats(-30, 30))
def test_it_does_not_see_the_scale_and_the_shift_of_its_input(seed, scale, shift):
    images, gamma, beta = batch_of(seed)
    tiny = 1e-12
    expected = ops.batch_normalization(images, gamma, beta, epsilon=tiny).output
    moved = ops.batch_normalization(scale * images + shift, gamma, beta, epsilon=tiny).output
    np.testing.assert_allclose(moved, expected, atol=1e-6)
    np.testing.assert_allclose(expected.mean(axis=(0, 1, 2)), beta, atol=1e-9)
    np.testing.assert_allclose(expected.std(axis=(0, 1, 2)), gamma, rtol=1e-6)


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_with_the_statistics_of_the_batch_training_and_inference_agree(seed):
    images, gamma, beta = batch_of(seed)
    output, mean, variance = ops.batch_normalization(images, gamma, beta)
    same = ops.batch_normalization_inference(images, mean, variance, gamma, beta)
    np.testing.assert_array_equal(same, output)


def test_large_float32_batches_keep_their_digits():
    # Two channels, so that NumPy does not sum in pairs: in float32 the mean is off by 1e-5.
    images = np.random.default_rng(5).normal(100, 1, size=(4, 300, 300, 2)).astype(np.float32)
    result = ops.batch_normalization(images, [1, 1], [0, 0])
    exact = images.astype(float)
    np.testing.assert_allclose(result.mean, exact.mean(axis=(0, 1, 2)), rtol=1e-7)
    np.testing.assert_allclose(result.variance, exact.var(axis=(0, 1, 2)), rtol=1e-6)


def test_nothing_is_changed():
    images, gamma, beta = batch_of(6)
    before = images.copy(), gamma.copy(), beta.copy()
    ops.batch_normalization(images, gamma, beta)
    ops.batch_normalization_inference(images, beta, gamma, gamma, beta)
    ops.batch_normalization_gradients(images, images, gamma)
    ops.local_response_normalization(images)
    for old, new in zip(before, (images, gamma, beta), strict=True):
        np.testing.assert_array_equal(old, new)


# --- local response normalisation ------------------------------------------------------------


def test_local_response_normalization_by_hand():
    # Two pixels with four channels, one neighbour on each side. Squares of pixel 0: 1 4 0 9, sums
    # 5 5 13 9, divisors (3 + sum): 8 8 16 12. Pixel 1, ten times as large: divisors 503 503 1303
    # 903.
    pixels = np.array([[1, 2, 0, 3], [10, 20, 0, 30]]).reshape(1, 1, 2, 4)
    out = ops.local_response_normalization(pixels, depth_radius=1, bias=3, alpha=1, beta=1)
    np.testing.assert_allclose(out[0, 0, 0], [1 / 8, 1 / 4, 0, 1 / 4])
    np.testing.assert_allclose(out[0, 0, 1], [10 / 503, 20 / 503, 0, 30 / 903])


@pytest.mark.parametrize("depth_radius", [0, 1, 2, 6, 9])
def test_it_is_tensorflow_local_response_normalization(depth_radius):
    images = np.random.default_rng(7).normal(scale=50, size=(2, 5, 4, 7)).astype(np.float32)
    theirs = tf.nn.lrn(images, depth_radius=depth_radius, bias=2.0, alpha=1e-4, beta=0.75)
    ours = ops.local_response_normalization(images, depth_radius=depth_radius)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-5)


def test_the_defaults_are_those_of_the_paper():
    """Krizhevsky et al. 2012, section 3.3: k = 2, n = 5, alpha = 1e-4, beta = 0.75."""
    images = np.random.default_rng(8).normal(scale=50, size=(2, 3, 4, 8))
    out = ops.local_response_normalization(images)
    for c in range(8):
        first, last = max(0, c - 5 // 2), min(8 - 1, c + 5 // 2)
        total = np.square(images[..., first : last + 1]).sum(axis=-1)
        expected = images[..., c] / (2 + 1e-4 * total) ** 0.75
        np.testing.assert_allclose(out[..., c], expected, rtol=1e-13)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_a_channel_sees_its_neighbours_and_no_others(seed, depth_radius):
    images = np.random.default_rng(seed).normal(size=(2, 3, 4, 9))
    changed = images.copy()
    changed[..., 4] += 1
    options = {"depth_radius": depth_radius, "alpha": 1.0}
    differs = ops.local_response_normalization(changed, **options) != (
        ops.local_response_normalization(images, **options)
    )
    np.testing.assert_array_equal(
        differs.all(axis=(0, 1, 2)), np.abs(np.arange(9) - 4) <= depth_radius
    )
    assert not differs[..., np.abs(np.arange(9) - 4) > depth_radius].any()


def test_without_a_weight_only_the_bias_is_left():
    images, _, _ = batch_of(9)
    out = ops.local_response_normalization(images, bias=16, alpha=0, beta=0.5)
    np.testing.assert_allclose(out, images / 4)


# --- errors ----------------------------------------------------------------------------------

IMAGES, ONES = np.zeros((8, 5, 6, 4)), np.ones(4)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ops.batch_normalization(IMAGES, np.ones(3), ONES),
            ValueError,
            "batch_normalization: gamma must hold one number for each of 4 channels, got an array "
            "of shape (3,).",
        ),
        (
            lambda: ops.batch_normalization(IMAGES, ONES, 0),
            ValueError,
            "batch_normalization: beta must hold one number for each of 4 channels, got an array "
            "of shape ().",
        ),
        (
            lambda: ops.batch_normalization(IMAGES[:0], ONES, ONES),
            ValueError,
            "batch_normalization: an empty batch has no mean (images (0, 5, 6, 4)).",
        ),
        (
            lambda: ops.batch_normalization(IMAGES[0], ONES, ONES),
            ValueError,
            "batch_normalization: images must have the axes (N, H, W, C), got an array of shape "
            "(5, 6, 4).",
        ),
        (
            lambda: ops.batch_normalization(IMAGES, ONES, ONES, epsilon=0),
            ValueError,
            "batch_normalization: epsilon must be finite and greater than 0, got 0.",
        ),
        (
            lambda: ops.batch_normalization_inference(IMAGES, *[ONES] * 4, epsilon=0),
            ValueError,
            "batch_normalization_inference: epsilon must be finite and greater than 0, got 0.",
        ),
        (
            lambda: ops.batch_normalization_gradients(IMAGES, IMAGES, ONES, epsilon=0),
            ValueError,
            "batch_normalization_gradients: epsilon must be finite and greater than 0, got 0.",
        ),
        (
            lambda: ops.batch_normalization(IMAGES, ONES, ONES, epsilon=np.nan),
            ValueError,
            "batch_normalization: epsilon must be finite and greater than 0, got nan.",
        ),
        (
            lambda: ops.batch_normalization(IMAGES, ONES, ONES, epsilon="small"),
            TypeError,
            "batch_normalization: epsilon must be a number, got 'small' (str).",
        ),
        (
            lambda: ops.batch_normalization_inference(IMAGES, ONES, [1, -2, 1, 1], ONES, ONES),
            ValueError,
            "batch_normalization_inference: variance must not be negative, got -2.0.",
        ),
        (
            lambda: ops.batch_normalization_inference(IMAGES, ["a"], ONES, ONES, ONES),
            TypeError,
            "batch_normalization_inference: mean must hold float32, float64 or integer numbers, "
            "got <U1 (shape (1,)).",
        ),
        (
            lambda: ops.batch_normalization_gradients(IMAGES[1:], IMAGES, ONES),
            ValueError,
            "batch_normalization_gradients: grad_output must have the shape of the output, "
            "(8, 5, 6, 4), got (7, 5, 6, 4).",
        ),
        (
            lambda: ops.local_response_normalization(IMAGES, depth_radius=-1),
            ValueError,
            "local_response_normalization: depth_radius must be at least 0, got -1.",
        ),
        (
            lambda: ops.local_response_normalization(IMAGES, depth_radius=2.5),
            TypeError,
            "local_response_normalization: depth_radius must be an integer, got 2.5 (float).",
        ),
        (
            lambda: ops.local_response_normalization(IMAGES, bias=0),
            ValueError,
            "local_response_normalization: bias must be finite and greater than 0, got 0.",
        ),
        (
            lambda: ops.local_response_normalization(IMAGES, alpha=-1e-4),
            ValueError,
            "local_response_normalization: alpha must be at least 0, got -0.0001.",
        ),
        (
            lambda: ops.local_response_normalization(IMAGES, beta=np.inf),
            ValueError,
            "local_response_normalization: beta must be finite, got inf.",
        ),
        (
            lambda: ops.local_response_normalization(IMAGES, alpha=True),
            TypeError,
            "local_response_normalization: alpha must be a number, got True (bool).",
        ),
        (
            lambda: ops.local_response_normalization(IMAGES[:, :0]),
            ValueError,
            "local_response_normalization: only the batch may be empty (images (8, 0, 6, 4)).",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()
