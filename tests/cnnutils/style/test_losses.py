"""Gram matrix and costs: by hand, against einsum, as properties, errors."""

import re

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from cnnutils import style
from cnnutils._gradients import InputGradient


def maps(seed, shape=(4, 5, 3)):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def number(tensor):
    return float(ops.convert_to_numpy(tensor))


def test_gram_matrix_by_hand():
    # Two positions with the channels (1, 2) and (3, 0): 1·1 + 3·3 = 10, 1·2 + 3·0 = 2, 2·2 = 4.
    found = style.gram_matrix(np.array([[[1.0, 2.0], [3.0, 0.0]]]))
    np.testing.assert_array_equal(found, [[10, 2], [2, 4]])


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 6), st.integers(1, 7))
def test_gram_matrix_agrees_with_einsum_and_is_blind_to_position(seed, height, width, channels):
    a = maps(seed, (height, width, channels))
    found = ops.convert_to_numpy(style.gram_matrix(a))
    expected = np.einsum("hwc,hwd->cd", a.astype(float), a.astype(float))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(found, found.T)
    shuffled = np.random.default_rng(seed).permutation(a.reshape(-1, channels))
    np.testing.assert_allclose(style.gram_matrix(shuffled), found, rtol=1e-4, atol=1e-4)


def test_the_gradient_of_a_gram_matrix_whatever_comes_from_above():
    model = keras.Sequential([keras.Input((None, None, 3)), keras.layers.Identity()])
    above = maps(7, (3, 3))  # not symmetric
    gradient = InputGradient(model, lambda out, _, d: ops.sum(d * style.gram_matrix(out)))
    at, small = maps(6, (1, 4, 5, 3)), maps(8, (1, 4, 5, 3))
    value, slope = gradient(at, above)
    gram = np.einsum("nhwc,nhwd->cd", at, at)
    assert value == pytest.approx((above * gram).sum(), rel=1e-5)
    # d(FᵀF) = dFᵀF + FᵀdF
    change = np.einsum("nhwc,nhwd->cd", small, at) + np.einsum("nhwc,nhwd->cd", at, small)
    assert (slope * small).sum() == pytest.approx((above * change).sum(), rel=1e-4)


def test_costs_are_the_formulas():
    a, b = maps(1).astype(float), maps(2).astype(float)
    height, width, channels = a.shape
    expected = np.sum((a - b) ** 2) / (4 * height * width * channels)
    assert number(style.content_loss(a, b)) == pytest.approx(expected, rel=1e-5)
    difference = np.einsum("hwc,hwd->cd", a, a) - np.einsum("hwc,hwd->cd", b, b)
    expected = np.sum(difference**2) / (4 * channels**2 * (height * width) ** 2)
    assert number(style.style_loss(a, b)) == pytest.approx(expected, rel=1e-5)
    expected = np.mean(np.diff(a, axis=0) ** 2) + np.mean(np.diff(a, axis=1) ** 2)
    assert number(style.total_variation(a)) == pytest.approx(expected, rel=1e-5)


def test_equal_maps_cost_nothing_and_doubled_ones_four_and_sixteen_times():
    a, zero = maps(3), np.zeros((4, 5, 3), "float32")
    assert number(style.content_loss(a, a)) == number(style.style_loss(a, a)) == 0
    for cost, factor in ((style.content_loss, 4), (style.style_loss, 16)):
        np.testing.assert_allclose(cost(zero, 2 * a), factor * cost(zero, a), rtol=1e-5)


def test_a_style_of_another_size_is_compared_per_position():
    tile = maps(4, (3, 4, 2))
    twice = np.concatenate([tile, tile])  # every position twice: the same style
    assert number(style.style_loss(tile, twice)) == pytest.approx(0, abs=1e-10)
    assert number(style.style_loss(tile, np.concatenate([tile, 0 * tile]))) > 1e-3


def test_total_variation_of_a_batch_is_the_mean():
    pictures = np.random.default_rng(5).uniform(size=(3, 6, 4, 3))
    alone = [number(style.total_variation(picture)) for picture in pictures]
    assert number(style.total_variation(pictures)) == pytest.approx(np.mean(alone), rel=1e-5)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: style.gram_matrix(np.ones(3)),
            "gram_matrix: features must be a feature map (..., C) with positions and channels, "
            "got an array of shape (3,).",
        ),
        (
            lambda: style.gram_matrix(np.ones((0, 4, 3))),
            "gram_matrix: features must be a feature map (..., C) with positions and channels, "
            "got an array of shape (0, 4, 3).",
        ),
        (
            lambda: style.content_loss(np.ones((2, 3, 4)), np.ones((3, 2, 4))),
            "content_loss: the two maps must have one shape, got (2, 3, 4) and (3, 2, 4).",
        ),
        (
            lambda: style.style_loss(np.ones((2, 3, 4)), np.ones((2, 3, 5))),
            "style_loss: the two maps must have as many channels, got 4 and 5 (shapes (2, 3, 4) "
            "and (2, 3, 5)).",
        ),
        (
            lambda: style.total_variation(np.ones((1, 4, 3))),
            "total_variation: images must have the axes (..., H, W, C) with H and W at least 2, "
            "got an array of shape (1, 4, 3).",
        ),
    ],
)
def test_errors(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()
