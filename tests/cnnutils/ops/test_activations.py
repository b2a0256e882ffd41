"""Activations and cross-entropy: by hand, against TensorFlow, as properties, and their errors."""

import re

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnutils import ops


def logits_of(seed, dtype="float64", scale=3):
    """Scores of 6 samples for 4 classes, and a true class for each."""
    rng = np.random.default_rng(seed)
    return rng.normal(scale=scale, size=(6, 4)).astype(dtype), rng.integers(0, 4, size=6)


def tolerance_of(dtype):
    return 1e-5 if dtype == "float32" else 1e-12


# --- value by value --------------------------------------------------------------------------


def test_relu_and_its_gradient_by_hand():
    inputs = np.array([[-2, 0, 3], [4, -1, 0.5]])
    np.testing.assert_array_equal(ops.relu(inputs), [[0, 0, 3], [4, 0, 0.5]])
    got = ops.relu_gradient([[10, 20, 30], [40, 50, -60]], inputs)
    np.testing.assert_array_equal(got, [[0, 0, 30], [40, 0, -60]])


def test_sigmoid_by_hand():
    # exp(-ln 3) = 1/3 and exp(ln 4) = 4: 1 / (1 + 1/3) = 3/4 and 1 / (1 + 4) = 1/5
    np.testing.assert_allclose(ops.sigmoid([0, np.log(3), -np.log(4)]), [0.5, 0.75, 0.2])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(), (5,), (2, 5, 4, 3)])
@pytest.mark.parametrize("name", ["relu", "sigmoid"])
def test_they_are_those_of_tensorflow(name, shape, dtype):
    inputs = np.asarray(np.random.default_rng(1).normal(scale=9, size=shape), dtype)
    ours, theirs = getattr(ops, name)(inputs), getattr(tf.nn, name)(tf.constant(inputs)).numpy()
    assert (ours.dtype, ours.shape) == (dtype, shape)
    np.testing.assert_allclose(ours, theirs, rtol=tolerance_of(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradient_of_relu_is_that_of_tensorflow_also_at_zero(dtype):
    rng = np.random.default_rng(2)
    inputs = rng.normal(scale=2, size=(2, 5, 4, 3)).round().astype(dtype)  # many zeros
    grad_output = rng.normal(size=inputs.shape).astype(dtype)
    x = tf.Variable(inputs)
    with tf.GradientTape() as tape:
        cost = tf.reduce_sum(tf.nn.relu(x) * grad_output)
    ours = ops.relu_gradient(grad_output, inputs)
    assert ours.dtype == dtype
    np.testing.assert_array_equal(ours, tape.gradient(cost, x).numpy())


@settings(deadline=None)
@given(st.floats(-1e300, 1e300))
def test_sigmoid_is_symmetric_and_never_overflows(x):
    value = ops.sigmoid(x)
    assert 0 <= value <= 1
    np.testing.assert_allclose(value + ops.sigmoid(-x), 1, rtol=1e-15)
    with np.errstate(under="ignore"):
        np.testing.assert_allclose(value, tf.sigmoid(tf.constant(x, "float64")), atol=1e-15)


# --- softmax and cross-entropy ---------------------------------------------------------------


def test_softmax_and_cross_entropy_by_hand():
    # Scores ln 1, ln 2, ln 5: the powers are 1, 2, 5, their sum 8. Scores 0, 0, ln 2: 1, 1, 2 of 4.
    logits = np.array([[0, np.log(2), np.log(5)], [0, 0, np.log(2)]])
    probabilities = [[1 / 8, 1 / 4, 5 / 8], [1 / 4, 1 / 4, 1 / 2]]
    np.testing.assert_allclose(ops.softmax(logits), probabilities)
    np.testing.assert_allclose(ops.cross_entropy(logits, [2, 0]), [np.log(8 / 5), np.log(4)])
    got = ops.cross_entropy_gradient([8, 40], logits, [2, 0])
    np.testing.assert_allclose(got, [[1, 2, -3], [-30, 10, 20]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(4,), (6, 4), (2, 3, 5)])
def test_it_is_tensorflow_softmax(shape, dtype):
    logits = np.random.default_rng(3).normal(scale=9, size=shape).astype(dtype)
    ours = ops.softmax(logits)
    assert ours.dtype == dtype
    np.testing.assert_allclose(
        ours, tf.nn.softmax(tf.constant(logits)).numpy(), rtol=tolerance_of(dtype)
    )


@pytest.mark.parametrize("scale", [3, 300])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cross_entropy_and_its_gradient_are_those_of_tensorflow(dtype, scale):
    logits, labels = logits_of(4, dtype, scale)
    grad_output = np.random.default_rng(5).normal(size=6).astype(dtype)
    z = tf.Variable(logits)
    with tf.GradientTape() as tape:
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, z)
        cost = tf.reduce_sum(losses * grad_output)
    ours = ops.cross_entropy(logits, labels)
    gradient = ops.cross_entropy_gradient(grad_output, logits, labels)
    tolerance = tolerance_of(dtype)
    assert ours.dtype == gradient.dtype == dtype
    np.testing.assert_allclose(ours, losses.numpy(), rtol=tolerance, atol=tolerance)
    theirs = tape.gradient(cost, z).numpy()
    np.testing.assert_allclose(gradient, theirs, rtol=tolerance, atol=tolerance)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.floats(-500, 500))
def test_only_differences_of_scores_count(seed, shift):
    logits, labels = logits_of(seed)
    np.testing.assert_allclose(ops.softmax(logits + shift), ops.softmax(logits), atol=1e-12)
    np.testing.assert_allclose(
        ops.cross_entropy(logits + shift, labels), ops.cross_entropy(logits, labels), atol=1e-11
    )
    np.testing.assert_allclose(ops.softmax(logits).sum(axis=-1), 1)


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_the_gradient_is_what_small_changes_measure(seed):
    logits, labels = logits_of(seed)
    rng = np.random.default_rng(seed)
    grad_output, step = rng.normal(size=6), 1e-6 * rng.normal(size=logits.shape)
    gradient = ops.cross_entropy_gradient(grad_output, logits, labels)
    after = ops.cross_entropy(logits + step, labels) @ grad_output
    before = ops.cross_entropy(logits - step, labels) @ grad_output
    np.testing.assert_allclose(2 * np.sum(gradient * step), after - before, atol=1e-12)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-12)


def test_a_hopeless_score_costs_much_but_not_infinity():
    logits = np.array([[0, -5000], [5000, 0]])
    np.testing.assert_array_equal(ops.cross_entropy(logits, [1, 1]), [5000, 5000])
    np.testing.assert_array_equal(ops.softmax(logits), [[1, 0], [1, 0]])


def test_nothing_is_changed_and_an_empty_batch_has_no_loss():
    logits, labels = logits_of(6)
    before = logits.copy(), labels.copy()
    ops.softmax(logits)
    ops.cross_entropy_gradient(ops.cross_entropy(logits, labels), logits, labels)
    ops.relu_gradient(ops.relu(logits), logits)
    np.testing.assert_array_equal(logits, before[0])
    np.testing.assert_array_equal(labels, before[1])
    none = np.empty(0, int)
    assert ops.cross_entropy(logits[:0], none).shape == (0,)
    assert ops.cross_entropy_gradient(none, logits[:0], none).shape == (0, 4)
    assert ops.softmax(logits[:0]).shape == (0, 4)


# --- errors ----------------------------------------------------------------------------------

LOGITS, LABELS = np.zeros((6, 4)), np.zeros(6, int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ops.relu([1j]),
            TypeError,
            "relu: inputs must hold float32, float64 or integer numbers, got complex128 "
            "(shape (1,)).",
        ),
        (
            lambda: ops.relu_gradient(LOGITS[1:], LOGITS),
            ValueError,
            "relu_gradient: grad_output must have the shape of the output, (6, 4), got (5, 4).",
        ),
        (
            lambda: ops.sigmoid("no"),
            TypeError,
            "sigmoid: inputs must hold float32, float64 or integer numbers, got <U2 (shape (1,)).",
        ),
        (
            lambda: ops.softmax(LOGITS[:, :0]),
            ValueError,
            "softmax: logits must have at least one class on the last axis, got an array of shape "
            "(6, 0).",
        ),
        (
            lambda: ops.softmax(1),
            ValueError,
            "softmax: logits must have at least one class on the last axis, got an array of shape "
            "().",
        ),
        (
            lambda: ops.cross_entropy(LOGITS[0], 0),
            ValueError,
            "cross_entropy: logits must have the axes (N, K), got an array of shape (4,).",
        ),
        (
            lambda: ops.cross_entropy(LOGITS, LABELS.astype(float)),
            TypeError,
            "cross_entropy: labels must be integers, got float64.",
        ),
        (
            lambda: ops.cross_entropy(LOGITS, np.eye(4, dtype=int)[LABELS]),
            ValueError,
            "cross_entropy: labels must hold one class for each of 6 rows of logits, got an array "
            "of shape (6, 4).",
        ),
        (
            lambda: ops.cross_entropy(LOGITS, LABELS + 4),
            ValueError,
            "cross_entropy: labels must be classes from 0 to 3, got 4 (logits (6, 4)).",
        ),
        (
            lambda: ops.cross_entropy(LOGITS, LABELS - 1),
            ValueError,
            "cross_entropy: labels must be classes from 0 to 3, got -1 (logits (6, 4)).",
        ),
        (
            lambda: ops.cross_entropy_gradient(np.ones((6, 4)), LOGITS, LABELS),
            ValueError,
            "cross_entropy_gradient: grad_output must have the shape of the output, (6,), got "
            "(6, 4).",
        ),
        (
            lambda: ops.cross_entropy_gradient(np.ones(6), LOGITS, LABELS + 9),
            ValueError,
            "cross_entropy_gradient: labels must be classes from 0 to 3, got 9 (logits (6, 4)).",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()
