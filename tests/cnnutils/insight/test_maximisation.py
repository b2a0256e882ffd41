"""Climbing a unit's activation: a picture known beforehand, progress, repeatability, errors."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from cnnutils import insight


@pytest.fixture
def network():
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(4, 3, activation="softplus", name="first"),
            layers.AveragePooling2D(2),
            layers.Conv2D(5, 3, activation="softplus", name="second"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, name="scores"),
        ],
        name="network",
    )


def test_a_unit_that_likes_red_and_hates_green_gets_pure_red():
    layer = layers.Conv2D(1, 1, name="taste")
    model = keras.Sequential([keras.Input((None, None, 3)), layer])
    layer.set_weights([np.array([1.0, -1.0, 0.0]).reshape(1, 1, 3, 1), np.zeros(1)])
    picture = insight.maximise_activation(model, "taste", 0, size=(6, 8), seed=1)
    assert picture.shape == (6, 8, 3)
    np.testing.assert_array_equal(picture[..., 0], 1)
    np.testing.assert_array_equal(picture[..., 1], 0)
    np.testing.assert_allclose(picture[..., 2].mean(), 0.5, atol=0.1)  # blue is the noise's


@pytest.mark.parametrize(("layer", "unit"), [("first", 3), ("second", 0), ("scores", 1)])
def test_the_answer_grows(network, layer, unit):
    answer = keras.Model(network.inputs[0], network.get_layer(layer).output)

    def mean(picture):
        return float(keras.ops.convert_to_numpy(answer(picture[np.newaxis]))[..., unit].mean())

    found = insight.maximise_activation(network, layer, unit, size=20, seed=1, steps=30)
    noise = 0.5 + np.random.default_rng(1).normal(0, 0.1, (20, 20, 3)).astype("float32")
    assert mean(found) > mean(noise) + 0.01
    assert found.dtype == "float32"
    assert found.min() >= 0
    assert found.max() <= 1


def test_the_same_seed_gives_the_same_picture(network):
    first, again, other = (
        insight.maximise_activation(network, "second", 2, size=16, seed=seed, steps=3)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"unit": 5}, ValueError, "unit must be below 5, the channels of second, got 5."),
        ({"layer": "third"}, ValueError, "network has no layer 'third'; its layers are first,"),
        ({"size": 1}, ValueError, "size must be at least 2, got 1."),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1."),
        ({"steps": 0}, ValueError, "steps must be at least 1, got 0."),
        ({"step_size": 0}, ValueError, "step_size must be finite and greater than 0, got 0."),
        (
            {"blur": -1},
            ValueError,
            "blur must be at least 0 and at most the picture's longer side, 16 pixels, got -1.",
        ),
        (
            {"blur": 17},
            ValueError,
            "blur must be at least 0 and at most the picture's longer side, 16 pixels, got 17.",
        ),
        ({"blur": "soft"}, TypeError, "blur must be a number, got 'soft' (str)."),
    ],
)
def test_errors_of_climbing(network, options, error, sentence):
    arguments = {"layer": "second", "unit": 0, "size": 16, "seed": 1, **options}
    layer, unit = arguments.pop("layer"), arguments.pop("unit")
    with pytest.raises(error, match=re.escape(f"maximise_activation: {sentence}")):
        insight.maximise_activation(network, layer, unit, **arguments)
