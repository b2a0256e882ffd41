"""Layers by name, average pooling, calibration: against Keras, as properties, errors."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from cnnutils import style, zoo


@pytest.fixture
def chain():
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(6, 3, padding="same", activation="relu", name="first"),
            layers.MaxPooling2D(2),
            layers.Conv2D(5, (3, 2), strides=(1, 2), activation="relu", name="second"),
        ],
        name="chain",
    )


@pytest.fixture
def images():
    return np.random.default_rng(1).uniform(size=(3, 12, 16, 3)).astype("float32")


def numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_feature_maps_are_the_layers_outputs(chain, images):
    maps = style.feature_maps(chain, ["second", "first"])(images)
    assert maps.keys() == {"second", "first"}  # in which order depends on the backend
    first = chain.layers[0](images)
    np.testing.assert_allclose(numpy(maps["first"]), numpy(first), atol=1e-6)
    np.testing.assert_allclose(numpy(maps["second"]), numpy(chain(images)), atol=1e-6)


def test_nothing_beyond_the_deepest_layer_is_computed(chain):
    assert len(style.feature_maps(chain, ["first"]).layers) == 2


def test_average_pooling_replaces_max_pooling_and_keeps_the_weights(chain, images):
    copy = style.with_average_pooling(chain)
    x = chain.get_layer("first")(images)
    x = keras.ops.average_pool(x, 2, strides=2)
    np.testing.assert_allclose(numpy(copy(images)), numpy(chain.get_layer("second")(x)), atol=1e-5)
    assert not any(isinstance(layer, layers.MaxPooling2D) for layer in copy.layers)
    assert any(isinstance(layer, layers.MaxPooling2D) for layer in chain.layers)
    before = chain.get_weights()
    copy.set_weights([0 * weight for weight in before])
    for ours, theirs in zip(before, chain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_calibrated_sums_have_mean_0_and_deviation_1_in_every_channel(chain, images):
    style.calibrate(chain, images)
    for name in ("first", "second"):
        layer = chain.get_layer(name)
        layer.activation = keras.activations.linear
        fresh = keras.models.clone_model(chain)
        fresh.set_weights(chain.get_weights())
        layer.activation = keras.activations.relu
        maps = numpy(style.feature_maps(fresh, [name])(images)[name])
        np.testing.assert_allclose(maps.mean((0, 1, 2)), 0, atol=1e-5)
        np.testing.assert_allclose(maps.std((0, 1, 2)), 1, atol=1e-4)


def test_without_a_shift_maps_stay_up_to_one_factor(images):
    keras.utils.set_random_seed(2)
    vgg = zoo.build_vgg("A", input_shape=(32, 32, 3), num_classes=None)
    rng = np.random.default_rng(2)
    vgg.set_weights([w + rng.normal(0, 0.02, w.shape) for w in vgg.get_weights()])
    see = style.feature_maps(vgg, ["block1_conv1", "block3_conv2"])
    pictures = rng.uniform(size=(2, 32, 32, 3)).astype("float32")
    before = {name: numpy(value) for name, value in see(pictures).items()}
    style.calibrate(vgg, pictures, shift=False)
    for name, value in see(pictures).items():
        factor = numpy(value).sum() / before[name].sum()
        np.testing.assert_allclose(numpy(value), factor * before[name], rtol=1e-3, atol=1e-4)
        assert 0.3 < numpy(value).std() < 1.1


def test_a_channel_that_never_changes_is_left_finite(images):
    layer = layers.Conv2D(2, 3, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((None, None, 3)), layer])
    for shift in (True, False):
        style.calibrate(model, images, shift=shift)
        assert np.isfinite(model.get_weights()[0]).all()


def branched():
    inputs = keras.Input((8, 8, 3))
    left, right = layers.Conv2D(4, 1)(inputs), layers.Conv2D(4, 1)(inputs)
    return keras.Model(inputs, layers.Add()([left, right]), name="branched")


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda m: style.feature_maps(m, ["third"]),
            ValueError,
            "feature_maps: chain has no layer 'third'; its layers are first,",
        ),
        (
            lambda m: style.feature_maps(m, []),
            ValueError,
            "feature_maps: there must be at least one name, got none.",
        ),
        (
            lambda m: style.feature_maps(m, "first"),
            TypeError,
            "feature_maps: names must be a list of texts, got 'first' (str).",
        ),
        (
            lambda m: style.feature_maps("vgg", ["first"]),
            TypeError,
            "feature_maps: model must be a Keras model, got str.",
        ),
        (
            lambda m: style.with_average_pooling(None),
            TypeError,
            "with_average_pooling: model must be a Keras model, got NoneType.",
        ),
        (
            lambda m: style.calibrate(m, np.full((1, 8, 8, 3), np.inf)),
            ValueError,
            "calibrate: images must hold finite numbers, and at least one (shape (1, 8, 8, 3)).",
        ),
        (
            lambda m: style.calibrate(m, np.empty((0, 8, 8, 3))),
            ValueError,
            "calibrate: images must hold finite numbers, and at least one (shape (0, 8, 8, 3)).",
        ),
        (
            lambda m: style.calibrate(branched(), np.ones((1, 8, 8, 3))),
            ValueError,
            "calibrate: branched must be a chain of layers, one after the other;",
        ),
        (
            lambda m: style.calibrate(
                keras.Sequential(
                    [keras.Input((8, 8, 3)), layers.Conv2D(2, 1, use_bias=False, name="bare")]
                ),
                np.ones((1, 8, 8, 3)),
            ),
            ValueError,
            "calibrate: bare has no bias to shift its sums with.",
        ),
    ],
)
def test_errors_of_features(chain, call, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        call(chain)
