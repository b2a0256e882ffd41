"""Saliency, guided backpropagation, Grad-CAM: against TensorFlow's tape, by hand, errors."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from cnnutils import insight

TAPE = "TensorFlow's tape, the oracle, follows only what runs on TensorFlow"


@pytest.fixture
def network():
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(6, 3, padding="same", activation="relu", name="first"),
            layers.MaxPooling2D(2),
            layers.Conv2D(5, 3, name="second"),
            layers.BatchNormalization(),
            layers.ReLU(name="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4, name="scores"),
        ],
        name="network",
    )


@pytest.fixture
def images():
    return np.random.default_rng(1).uniform(size=(3, 10, 14, 3)).astype("float32")


@pytest.mark.differs("jax", "torch", reason=TAPE)
def test_saliency_agrees_with_tensorflow(network, images):
    units = [2, 0, 2]
    x = tf.Variable(images)
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(network(x, training=False) * np.eye(4, dtype="float32")[units])
    found = insight.saliency(network, images, units)
    np.testing.assert_allclose(found, tape.gradient(score, x).numpy(), atol=1e-7)
    alone = insight.saliency(network, images[1:2], 0)
    np.testing.assert_allclose(found[1:2], alone, atol=1e-7)


@pytest.mark.differs("jax", "torch", reason=TAPE)
def test_grad_cam_agrees_with_tensorflow(network, images):
    body = keras.Model(network.inputs[0], network.get_layer("relu").output)
    head = keras.Model(network.get_layer("relu").output, network.outputs[0])
    maps = tf.Variable(body(images, training=False))
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(head(maps)[:, 3])
    weights = tape.gradient(score, maps).numpy().mean((1, 2), keepdims=True)
    expected = np.maximum((weights * maps.numpy()).sum(-1), 0)
    found = insight.grad_cam(network, images, 3, layer="relu")
    assert found.shape == (3, 3, 5)
    assert found.max() > 0
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_grad_cam_is_class_activation_mapping_where_a_mean_comes_last(network, images):
    maps = keras.Model(network.inputs[0], network.get_layer("relu").output)(images)
    maps = keras.ops.convert_to_numpy(maps)
    weights = network.get_layer("scores").get_weights()[0][:, 1]
    expected = np.maximum(maps @ weights / (3 * 5), 0)
    np.testing.assert_allclose(
        insight.grad_cam(network, images, 1, layer="relu"), expected, atol=1e-6
    )


def guided_by_tensorflow(network, images, unit):
    """The same rule, written anew with TensorFlow's own custom gradient."""

    @tf.custom_gradient
    def guided(x):
        return tf.nn.relu(x), lambda up: up * tf.cast(x > 0, x.dtype) * tf.cast(up > 0, x.dtype)

    first, second, scores = (network.get_layer(n) for n in ("first", "second", "scores"))
    normalize = network.layers[3]
    x = tf.Variable(images)
    with tf.GradientTape() as tape:
        h = guided(tf.nn.conv2d(x, first.kernel.value, 1, "SAME") + first.bias.value)
        h = tf.nn.max_pool2d(h, 2, 2, "VALID")
        h = tf.nn.conv2d(h, second.kernel.value, 1, "VALID") + second.bias.value
        h = tf.reduce_mean(guided(normalize(h, training=False)), axis=(1, 2))
        score = tf.reduce_sum((h @ scores.kernel.value)[:, unit])
    return tape.gradient(score, x).numpy()


@pytest.mark.differs("jax", "torch", reason=TAPE)
def test_guided_backpropagation_agrees_with_tensorflow(network, images):
    found = insight.guided_backpropagation(network, images, 1)
    expected = guided_by_tensorflow(network, images, 1)
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, atol=1e-7)
    assert np.abs(found - insight.saliency(network, images, 1)).max() > 1e-4


def test_the_model_is_not_changed(network, images):
    before = network.get_weights()
    insight.guided_backpropagation(network, images, 1)
    insight.grad_cam(network, images, 1, layer="relu")
    insight.saliency(network, images, 1)
    for ours, theirs in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert network.get_layer("first").activation is keras.activations.relu


METHODS = {
    "saliency": insight.saliency,
    "guided_backpropagation": insight.guided_backpropagation,
    "grad_cam": lambda *a: insight.grad_cam(*a, layer="relu"),
}


@pytest.mark.parametrize("name", METHODS)
def test_errors_of_all_three(network, images, name):
    method = METHODS[name]
    for arguments, error, sentence in [
        ((network, images, 4), ValueError, "unit must be below 4, the channels of the output"),
        ((network, images, 1.5), TypeError, "unit must be an integer, got 1.5 (float)."),
        ((network, images, [1, 2]), ValueError, "unit must be one integer, or one for each of"),
        ((network, images[0], 1), ValueError, "images must have the axes (N, H, W, C), got an"),
        ((network, images * np.nan, 1), ValueError, "images must hold finite numbers, and at"),
        ((network, images[:0], 1), ValueError, "images must hold finite numbers, and at least"),
        (("net", images, 1), TypeError, "model must be a Keras model, got str."),
    ]:
        with pytest.raises(error, match=re.escape(f"{name}: {sentence}")):
            method(*arguments)


def test_errors_of_grad_cam(network, images):
    for layer, sentence in {
        "third": "grad_cam: network has no layer 'third'; its layers are first,",
        "scores": "grad_cam: scores must give maps (N, H, W, C), its output has the shape",
    }.items():
        with pytest.raises(ValueError, match=re.escape(sentence)):
            insight.grad_cam(network, images, 1, layer=layer)


def test_a_model_that_gives_maps_has_no_scores(network, images):
    maps = keras.Model(network.inputs[0], network.get_layer("relu").output)
    sentence = "saliency: the model must give scores (N, K), it gives (None, None, None, 5)."
    with pytest.raises(ValueError, match=re.escape(sentence)):
        insight.saliency(maps, images, 0)
