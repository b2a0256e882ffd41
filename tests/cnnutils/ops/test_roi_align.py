"""RoI align: against SciPy's interpolation and TensorFlow's crops; the layer against the array."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from cnnutils import ops, zoo
from cnnutils.model_costs import model_costs

SEEDS = st.integers(0, 2**32 - 1)


def some_case(seed, *, beyond=0.0):
    """Features of a few images and boxes in them, or a little beyond their edges."""
    rng = np.random.default_rng(seed)
    count, height, width, channels, regions, strides = rng.integers(1, [4, 9, 9, 4, 5, 5])
    features = rng.normal(size=(count, height, width, channels))
    size = np.array([width, height, width, height]) * strides
    some = rng.uniform(-beyond, 1 + beyond, (2, count, regions, 2))
    corners = np.concatenate([some.min(axis=0), some.max(axis=0)], axis=-1)
    return features, corners * size, int(strides)


def by_scipy(features, boxes, bins, strides, samples):
    """One region at a time, one point at a time, by the definition."""
    count, regions = boxes.shape[:2]
    out = np.empty((count, regions, *bins, features.shape[-1]))
    for n, r in np.ndindex(count, regions):
        x1, y1, x2, y2 = boxes[n, r] / strides
        ys = y1 + (y2 - y1) * (np.arange(bins[0] * samples) + 0.5) / (bins[0] * samples) - 0.5
        xs = x1 + (x2 - x1) * (np.arange(bins[1] * samples) + 0.5) / (bins[1] * samples) - 0.5
        for c in range(features.shape[-1]):
            grid = np.meshgrid(ys, xs, indexing="ij")
            read = ndimage.map_coordinates(features[n, ..., c], grid, order=1, mode="nearest")
            blocks = read.reshape(bins[0], samples, bins[1], samples)
            out[n, r, ..., c] = blocks.mean(axis=(1, 3))
    return out


@given(SEEDS, st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
@settings(max_examples=60)
def test_it_reads_what_scipy_reads(seed, rows, columns, samples):
    features, boxes, strides = some_case(seed, beyond=0.3)
    found = ops.roi_align(
        features, boxes, output_size=(rows, columns), strides=strides, samples=samples
    )
    expected = by_scipy(features, boxes, (rows, columns), strides, samples)
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("samples", [1, 2, 3])
def test_it_reads_what_tensorflow_s_crops_read(samples):
    # crop_and_resize reads at both ends of a box; its ends are put on our outermost points.
    rng = np.random.default_rng(samples)
    features = rng.normal(size=(2, 12, 10, 3)).astype("float32")
    boxes = np.array([[2.0, 3, 8.5, 7], [1, 1, 9, 10.5]])
    bins = 4
    number = bins * samples
    start, end = boxes[:, [1, 0]], boxes[:, [3, 2]]
    first = start + (end - start) * 0.5 / number - 0.5
    last = start + (end - start) * (number - 0.5) / number - 0.5
    ends = np.concatenate([first, last], axis=1) / [11, 9, 11, 9]
    read = tf.image.crop_and_resize(features, ends, [0, 1], [number, number]).numpy()
    expected = read.reshape(2, bins, samples, bins, samples, 3).mean(axis=(2, 4))
    found = ops.roi_align(features, boxes[:, None], output_size=bins, samples=samples)
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-5)


def test_a_plane_is_read_exactly():
    y, x = np.mgrid[:8, :8] + 0.5
    features = (3 * x - 2 * y)[np.newaxis, ..., np.newaxis]
    boxes = np.array([[[1.5, 2.0, 5.5, 6.0]]])
    found = ops.roi_align(features, boxes, output_size=2)[0, 0, ..., 0]
    np.testing.assert_allclose(found, [[3 * 2.5 - 2 * 3, 3 * 4.5 - 6], [7.5 - 10, 13.5 - 10]])


def test_the_whole_map_in_its_own_size_is_the_map():
    features = np.random.default_rng(0).normal(size=(1, 5, 7, 2))
    found = ops.roi_align(features, [[[0, 0, 28, 20]]], output_size=(5, 7), strides=4, samples=1)
    np.testing.assert_allclose(found[0], features)


def test_types_are_kept_and_no_regions_are_no_rows():
    features = np.ones((2, 4, 4, 3), "float32")
    found = ops.roi_align(features, np.empty((2, 0, 4)), output_size=3)
    assert found.shape == (2, 0, 3, 3, 3)
    assert found.dtype == np.float32


def test_the_batch_may_be_empty():
    found = ops.roi_align(np.empty((0, 4, 5, 2)), np.empty((0, 3, 4)), output_size=(2, 1))
    assert found.shape == (0, 3, 2, 1, 2)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_layer_computes_the_same(seed):
    features, boxes, strides = some_case(seed, beyond=0.2)
    layer = zoo.RoIAlign(3, strides=strides, samples=2)
    found = keras.ops.convert_to_numpy(layer([features.astype("float32"), boxes]))
    expected = ops.roi_align(features, boxes, output_size=3, strides=strides)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.differs(
    "jax", "torch", reason="TensorFlow's tape, the oracle, follows only what runs on TensorFlow"
)
def test_the_layer_s_gradient_is_that_of_a_mean_of_readings():
    features = tf.Variable(np.random.default_rng(3).normal(size=(1, 6, 6, 1)).astype("float32"))
    boxes = tf.constant([[[1.0, 1.5, 4.0, 5.0]]])
    with tf.GradientTape() as tape:
        tape.watch(boxes)
        total = tf.reduce_sum(zoo.RoIAlign(2)([features, boxes]))
    to_features, to_boxes = tape.gradient(total, [features, boxes])
    assert to_boxes is None  # where the region lies is taken as given
    np.testing.assert_allclose(
        tf.reduce_sum(to_features), 4, rtol=1e-6
    )  # four means, each adds up to 1
    step = np.zeros((1, 6, 6, 1), "float32")
    step[0, 2, 3] = 1
    moved = tf.reduce_sum(zoo.RoIAlign(2)([features + step, boxes])) - total
    np.testing.assert_allclose(moved, to_features[0, 2, 3, 0], atol=1e-5)


def test_the_layer_can_be_rebuilt_and_counted():
    images, boxes = keras.Input((16, 16, 3)), keras.Input((5, 4))
    maps = keras.layers.Conv2D(4, 3, strides=4, padding="same", name="conv")(images)
    model = keras.Model([images, boxes], zoo.RoIAlign(3, strides=4, name="align")([maps, boxes]))
    assert model.output_shape == (None, 5, 3, 3, 4)
    counted = {row.name: row for row in model_costs(model).layers}
    assert (counted["align"].params, counted["align"].macs) == (0, 0)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    rng = np.random.default_rng(0)
    given = [rng.normal(size=(2, 16, 16, 3)), np.tile([1.0, 2, 9, 12], (2, 5, 1))]
    np.testing.assert_array_equal(again.predict(given, verbose=0), model.predict(given, verbose=0))


FEATURES = np.zeros((1, 4, 4, 1))


@pytest.mark.parametrize(
    ("features", "boxes", "options", "words"),
    [
        (FEATURES[0], [[[0, 0, 1, 1]]], {}, "roi_align: features must have the axes"),
        (FEATURES[:, :0], [[[0, 0, 1, 1]]], {}, "roi_align: only the batch may be empty"),
        (
            FEATURES,
            [[[0, 0, 1, 1]] * 8],
            {"output_size": 2**17, "samples": 2**15},
            "roi_align: the points would hold more than 68,719,476,736 values",
        ),
        (
            FEATURES,
            [[[0, 0, 1, 1]] * 8],
            {"output_size": 2**17},
            "roi_align: the output would hold more than 68,719,476,736 values",
        ),
        (FEATURES, [[0, 0, 1, 1]], {}, "roi_align: boxes_xyxy must have the axes (N, R, 4)"),
        (FEATURES, [[[0, 0, 1, 1]]] * 2, {}, "with the N of the features, 1"),
        (FEATURES, [[[2, 0, 1, 1]]], {}, "roi_align: boxes_xyxy must be (x1, y1, x2, y2)"),
        (FEATURES, [[[0, 0, np.nan, 1]]], {}, "roi_align: boxes_xyxy must be finite"),
        (
            FEATURES,
            [[[0, 0, 1, 1]]],
            {"strides": 0},
            "roi_align: strides must be finite and greater",
        ),
        (
            FEATURES,
            [[[0, 0, 1, 1]]],
            {"samples": 0},
            "roi_align: samples must be at least 1, got 0.",
        ),
        (
            FEATURES,
            [[[0, 0, 1, 1]]],
            {"output_size": 0},
            "roi_align: output_size must be at least 1",
        ),
    ],
)
def test_errors(features, boxes, options, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        ops.roi_align(features, boxes, **{"output_size": 2, **options})
