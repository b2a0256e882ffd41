"""Receptive fields and best patches: by hand, against a search by brute force, errors."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from cnnutils import insight, shapes, zoo


@pytest.fixture
def network():
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(4, 5, padding="same", activation="relu", name="first"),
            layers.MaxPooling2D(2, name="pool"),
            layers.BatchNormalization(),
            layers.Conv2D(6, 3, strides=2, padding="same", name="second"),
            layers.ReLU(name="relu"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(3, name="scores"),
        ],
        name="network",
    )


def test_fields_by_hand(network):
    # first: 5 pixels. pool: 5 + 1. second: 6 + 2·2 = 10, jump 4. Padding of 16 pixels: 2 before
    # the first; of the pool's 8 for windows of 3 and steps of 2, none before and one after.
    fields = {name: insight.unit_field(network, name, size=16) for name in ("first", "pool")}
    assert fields["first"] == shapes.ReceptiveField(size=5, jump=1, start=-2)
    assert fields["pool"] == shapes.ReceptiveField(size=6, jump=2, start=-2)
    expected = shapes.ReceptiveField(size=10, jump=4, start=-2)
    assert insight.unit_field(network, "second", size=16) == expected
    assert insight.unit_field(network, "relu", size=16) == expected


def test_the_field_is_where_the_gradient_is_not_zero(network):
    field = insight.unit_field(network, "second", size=16)
    head = keras.Model(network.inputs[0], network.get_layer("second").output[:, 1, 2, :])
    images = np.random.default_rng(1).normal(size=(30, 16, 16, 3))
    seen = np.abs(insight.saliency(head, images, 0)).sum((0, 3)) > 0
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    first_row, first_column = field.start + field.jump, field.start + 2 * field.jump
    assert (rows.min(), rows.max()) == (first_row, first_row + field.size - 1)
    assert (columns.min(), columns.max()) == (first_column, 15)  # the rest lies in the padding


def test_fields_of_vgg():
    # Known: VGG's block 5 sees 196 pixels (configuration D, conv5_3).
    with zoo.without_weights():
        vgg = zoo.build_vgg("D")
    assert insight.unit_field(vgg, "block5_conv3", size=224).size == 196


def test_best_patches_against_a_search_by_brute_force(network):
    images = np.random.default_rng(2).uniform(size=(12, 16, 16, 3)).astype("float32")
    found = insight.best_patches(network, "relu", 4, images, count=5)
    maps = keras.Model(network.inputs[0], network.get_layer("relu").output)(images)
    maps = keras.ops.convert_to_numpy(maps)[..., 4]
    peaks = sorted(((maps[i].max(), -i) for i in range(12)), reverse=True)[:5]
    assert found.images.tolist() == [-index for _, index in peaks]
    np.testing.assert_allclose(found.activations, [peak for peak, _ in peaks], rtol=1e-5)
    assert found.patches.shape == (5, 10, 10, 3)
    padded = np.pad(images, ((0, 0), (20, 20), (20, 20), (0, 0)))
    for patch, index, (row, column) in zip(found.patches, found.images, found.corners, strict=True):
        part = padded[index, row + 20 : row + 30, column + 20 : column + 30]
        np.testing.assert_array_equal(patch, part)


def test_a_patch_alone_excites_the_unit_as_much():
    # Without padding, what the unit sees is all that counts.
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((None, None, 2)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(4, 2, name="top"),
        ]
    )
    images = np.random.default_rng(3).normal(size=(20, 11, 11, 2))
    found = insight.best_patches(model, "top", 1, images, count=7)
    alone = keras.ops.convert_to_numpy(model(found.patches))
    assert alone.shape == (7, 1, 1, 4)
    np.testing.assert_allclose(alone[:, 0, 0, 1], found.activations, rtol=1e-4)


IMAGES = np.ones((2, 16, 16, 3))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda m: insight.unit_field(m, "third", size=16),
            ValueError,
            "unit_field: network has no layer 'third'; its layers are first, pool,",
        ),
        (
            lambda m: insight.unit_field(m, "scores", size=16),
            ValueError,
            "unit_field: mean (GlobalAveragePooling2D) has no window that slides; ask for a layer "
            "before it.",
        ),
        (
            lambda m: insight.unit_field(m, "first", size=1.5),
            TypeError,
            "unit_field: size must be an integer, got 1.5 (float).",
        ),
        (
            lambda m: insight.unit_field("m", "first", size=16),
            TypeError,
            "unit_field: model must be a Keras model, got str.",
        ),
        (
            lambda m: insight.unit_field(
                keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(1, (3, 1), name="flat")]),
                "flat",
                size=8,
            ),
            ValueError,
            "unit_field: flat has a window that is not square: (3, 1).",
        ),
        (
            lambda m: insight.best_patches(m, "first", 4, IMAGES, count=1),
            ValueError,
            "best_patches: unit must be below 4, the channels of first, got 4.",
        ),
        (
            lambda m: insight.best_patches(m, "first", 0, IMAGES),
            ValueError,
            "best_patches: 9 patches need as many images, got 2.",
        ),
        (
            lambda m: insight.best_patches(m, "first", 0, np.ones((9, 16, 12, 3))),
            ValueError,
            "best_patches: images must be square, got 16 × 12 pixels.",
        ),
        (
            lambda m: insight.best_patches(m, "first", 0, IMAGES * np.nan, count=1),
            ValueError,
            "best_patches: images must hold finite numbers, and at least one (shape (2,",
        ),
    ],
)
def test_errors_of_patches(network, call, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        call(network)


def test_a_branched_network_has_no_single_chain():
    inputs = keras.Input((8, 8, 3))
    added = layers.Add(name="add")([layers.Conv2D(4, 1)(inputs), layers.Conv2D(4, 1)(inputs)])
    model = keras.Model(inputs, layers.Conv2D(2, 3, name="top")(added))
    sentence = "unit_field: add has several inputs; a chain has one."
    with pytest.raises(ValueError, match=re.escape(sentence)):
        insight.unit_field(model, "top", size=8)
