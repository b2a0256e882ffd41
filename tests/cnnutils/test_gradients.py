"""The gradient of an objective by what goes into a network, on the backend that Keras runs on."""

import keras
import numpy as np
import pytest
from keras import layers

from cnnutils._gradients import InputGradient

IMAGES = np.arange(12, dtype="float32").reshape(1, 2, 2, 3)


def one_layer():
    """Return a network that multiplies every number by the same weight, at first 2."""
    model = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(3, 1, use_bias=False)])
    model.set_weights([2 * np.eye(3).reshape(1, 1, 3, 3)])
    return model


def squares(outputs, images, factor):
    return factor * keras.ops.sum(outputs**2) + keras.ops.sum(images)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_value_and_gradient_by_hand(jit_compile):
    gradient = InputGradient(one_layer(), squares, jit_compile=jit_compile)
    value, slope = gradient(IMAGES, np.float32(0.5))
    # ½ · (2x)² + x for each number x; its slope is 4x + 1.
    assert value == pytest.approx(2 * (IMAGES**2).sum() + IMAGES.sum())
    np.testing.assert_allclose(slope, 4 * IMAGES + 1)


def test_the_weights_are_those_of_now_and_the_shape_that_of_the_images():
    model = one_layer()
    gradient = InputGradient(model, squares)
    gradient(IMAGES, 1.0)
    model.set_weights([3 * np.eye(3).reshape(1, 1, 3, 3)])
    larger = np.ones((2, 4, 5, 3), "float32")
    np.testing.assert_allclose(gradient(larger, 1.0)[1], np.full(larger.shape, 2 * 9 + 1))


def test_the_model_computes_as_in_use_and_stays_as_it_is():
    model = keras.Sequential(
        [keras.Input((2, 2, 3)), layers.BatchNormalization(), layers.Dropout(0.5)]
    )
    before = model.get_weights()
    slope = InputGradient(model, squares)(IMAGES, 0.0)[1]
    np.testing.assert_allclose(slope, np.ones_like(IMAGES))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_another_backend_is_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "openvino")
    message = "needs Keras on one of tensorflow, jax, torch, this is openvino"
    with pytest.raises(NotImplementedError, match=message):
        InputGradient(one_layer(), squares)
