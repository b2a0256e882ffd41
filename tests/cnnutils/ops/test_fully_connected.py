"""Dense layers: by hand, against Keras and TensorFlow, as properties, and their errors.

The last test backpropagates through a whole network, as chapter 2 does: convolution, ReLU, max
pooling, dense layer and cross-entropy.
"""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnutils import ops

TAPE = "TensorFlow's tape, the oracle, follows only what runs on TensorFlow"


def arrays(seed, dtype="float64"):
    """Inputs of 4 samples, a kernel and a bias; no two sizes alike."""
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape).astype(dtype) for shape in ((4, 5), (5, 3), (3,)))


def test_a_dense_layer_and_its_gradients_by_hand():
    # Two samples (1, 2) and (3, 4), kernel rows (5, 6, 7) and (8, 9, 10), bias (100, 0, 0).
    # Sample 0: 1·5 + 2·8 = 21, 1·6 + 2·9 = 24, 27; sample 1: 3·5 + 4·8 = 47, 54, 61.
    inputs, kernel = np.array([[1, 2], [3, 4]]), np.array([[5, 6, 7], [8, 9, 10]])
    out = ops.dense(inputs, kernel, [100, 0, 0])
    np.testing.assert_array_equal(out, [[121, 24, 27], [147, 54, 61]])
    # Gradients 1 at sample 0's first output and 10 at sample 1's last: the inputs get the kernel's
    # columns 0 and 2, the kernel gets the inputs in its columns 0 and 2.
    gradients = ops.dense_gradients([[1, 0, 0], [0, 0, 10]], inputs, kernel)
    np.testing.assert_array_equal(gradients.inputs, [[5, 8], [70, 100]])
    np.testing.assert_array_equal(gradients.kernel, [[1, 0, 30], [2, 0, 40]])
    np.testing.assert_array_equal(gradients.bias, [1, 0, 10])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.differs("jax", "torch", reason=TAPE)
def test_it_is_keras_dense_layer(dtype):
    inputs, kernel, bias = arrays(1, dtype)
    layer = keras.layers.Dense(3, dtype=dtype)
    layer.build(inputs.shape)
    layer.set_weights([kernel, bias])
    grad_output = np.random.default_rng(2).normal(size=(4, 3)).astype(dtype)
    x = tf.Variable(inputs)
    with tf.GradientTape() as tape:
        out = layer(x)
        cost = tf.reduce_sum(out * grad_output)
    theirs = tape.gradient(cost, [x, *layer.trainable_variables])
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(
        ops.dense(inputs, kernel, bias), out.numpy(), rtol=tolerance, atol=tolerance
    )
    for got, expected in zip(ops.dense_gradients(grad_output, inputs, kernel), theirs, strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, expected.numpy(), rtol=tolerance, atol=tolerance)


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_a_dense_layer_is_a_convolution_as_large_as_the_image(seed):
    rng = np.random.default_rng(seed)
    images, kernel = rng.normal(size=(2, 4, 3, 2)), rng.normal(size=(4, 3, 2, 5))
    np.testing.assert_allclose(
        ops.dense(images.reshape(2, -1), kernel.reshape(-1, 5)),
        ops.conv2d(images, kernel)[:, 0, 0],
        atol=1e-12,
    )


def test_nothing_is_changed_and_an_empty_batch_gives_an_empty_output():
    inputs, kernel, bias = arrays(3)
    before = inputs.copy(), kernel.copy(), bias.copy()
    out = ops.dense(inputs, kernel, bias)
    ops.dense_gradients(out, inputs, kernel)
    for old, new in zip(before, (inputs, kernel, bias), strict=True):
        np.testing.assert_array_equal(old, new)
    assert ops.dense(inputs[:0], kernel, bias).shape == (0, 3)
    np.testing.assert_array_equal(
        ops.dense_gradients(out[:0], inputs[:0], kernel).kernel, np.zeros((5, 3))
    )


@pytest.mark.differs("jax", "torch", reason=TAPE)
def test_backpropagation_through_a_network_is_that_of_keras():
    rng = np.random.default_rng(4)
    images, labels = rng.normal(size=(3, 9, 8, 2)), np.array([3, 0, 1])
    layers = [
        keras.layers.Conv2D(4, (3, 2), dtype="float64"),
        keras.layers.ReLU(dtype="float64"),
        keras.layers.MaxPooling2D(2, dtype="float64"),
        keras.layers.Flatten(dtype="float64"),
        keras.layers.Dense(5, dtype="float64"),
    ]
    model = keras.Sequential([keras.Input((9, 8, 2), dtype="float64"), *layers])
    weights = [rng.normal(size=weight.shape) for weight in model.get_weights()]
    model.set_weights(weights)
    with tf.GradientTape() as tape:
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, model(images))
        cost = tf.reduce_mean(loss)
    theirs = tape.gradient(cost, model.trainable_variables)

    kernel, bias, dense_kernel, dense_bias = weights
    convolved = ops.conv2d(images, kernel, bias)
    active = ops.relu(convolved)
    pooled = ops.max_pool2d(active)
    flat = pooled.reshape(3, -1)
    logits = ops.dense(flat, dense_kernel, dense_bias)
    np.testing.assert_allclose(ops.cross_entropy(logits, labels), loss.numpy(), rtol=1e-10)

    grad = ops.cross_entropy_gradient(np.full(3, 1 / 3), logits, labels)
    dense = ops.dense_gradients(grad, flat, dense_kernel)
    grad = ops.max_pool2d_gradient(dense.inputs.reshape(pooled.shape), active)
    conv = ops.conv2d_gradients(ops.relu_gradient(grad, convolved), images, kernel)
    ours = [conv.kernel, conv.bias, dense.kernel, dense.bias]
    for got, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(got, expected.numpy(), atol=1e-10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: ops.dense(np.zeros((2, 4, 4, 3)), np.zeros((48, 5))),
            "dense: inputs must have the axes (N, D), got an array of shape (2, 4, 4, 3).",
        ),
        (
            lambda: ops.dense(np.zeros((2, 256)), np.zeros((400, 120))),
            "dense: the kernel expects 400 inputs, each sample has 256 (inputs (2, 256), kernel "
            "(400, 120)).",
        ),
        (
            lambda: ops.dense(np.zeros((2, 4)), np.zeros((4, 3)), np.zeros(4)),
            "dense: bias must hold one number for each of 3 units, got an array of shape (4,).",
        ),
        (
            lambda: ops.dense_gradients(np.zeros((2, 4)), np.zeros((2, 4)), np.zeros((4, 3))),
            "dense_gradients: grad_output must have the shape of the output, (2, 3), got (2, 4).",
        ),
        (
            lambda: ops.dense_gradients(np.zeros((2, 3)), np.zeros((2, 5)), np.zeros((4, 3))),
            "dense_gradients: the kernel expects 4 inputs, each sample has 5 (inputs (2, 5), "
            "kernel (4, 3)).",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()
