"""The loop: gradient against finite differences and TensorFlow's tape, both methods, errors."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from cnnutils import style

STYLE_LAYERS = {"first": 0.25, "second": 0.75}


@pytest.fixture
def model():
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(6, 3, padding="same", activation="relu", name="first"),
            layers.AveragePooling2D(2),
            layers.Conv2D(5, 3, activation="tanh", name="second"),
        ]
    )


@pytest.fixture
def transfer(model):
    return style.StyleTransfer(model, content_layer="second", style_layers=STYLE_LAYERS)


@pytest.fixture
def pictures():
    rng = np.random.default_rng(1)
    return rng.uniform(0.1, 0.9, (12, 16, 3)), rng.uniform(0.1, 0.9, (14, 10, 3))


@pytest.mark.differs(
    "jax", "torch", reason="TensorFlow's tape, the oracle, follows only what runs on TensorFlow"
)
def test_the_cost_is_its_formula_and_the_gradient_its_slope(model, transfer, pictures):
    content, painted = pictures
    picture = np.random.default_rng(2).uniform(0.1, 0.9, content.shape)
    weights = {"alpha": 2.0, "beta": 30.0, "gamma": 0.5}
    cost, gradient = transfer.value_and_gradient(picture, content, painted, **weights)

    see = style.feature_maps(model, ["first", "second"])
    shown = tf.Variable(picture[np.newaxis].astype("float32"))
    of_content, of_style = (see(p[np.newaxis].astype("float32")) for p in pictures)
    with tf.GradientTape() as tape:
        maps = see(shown)
        expected = 2 * style.content_loss(of_content["second"], maps["second"])
        for name, weight in STYLE_LAYERS.items():
            expected += 30 * weight * style.style_loss(of_style[name][0], maps[name][0])
        expected += 0.5 * style.total_variation(shown)
    assert cost == pytest.approx(expected.numpy(), rel=1e-5)
    np.testing.assert_allclose(gradient, tape.gradient(expected, shown).numpy()[0], atol=1e-6)

    rng = np.random.default_rng(3)
    for _ in range(3):  # along three random directions
        direction = rng.normal(size=picture.shape)
        direction *= 0.05 / np.abs(direction).max()
        ahead, behind = (
            transfer.value_and_gradient(picture + sign * direction, *pictures, **weights)[0]
            for sign in (1, -1)
        )
        assert (ahead - behind) / 2 == pytest.approx(np.sum(gradient * direction), rel=0.05)


def test_a_list_of_style_layers_shares_the_weight(model, pictures):
    listed = style.StyleTransfer(model, content_layer="first", style_layers=["first", "second"])
    named = style.StyleTransfer(
        model, content_layer="first", style_layers={"first": 0.5, "second": 0.5}
    )
    costs = [t.value_and_gradient(pictures[0], *pictures, beta=9.0)[0] for t in (listed, named)]
    assert costs[0] == costs[1] > 0


@pytest.mark.parametrize("method", ["lbfgs", "adam"])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_descent_ends_below_its_start_and_keeps_its_budget(
    model, pictures, method, jit_compile
):
    transfer = style.StyleTransfer(
        model, content_layer="second", style_layers=STYLE_LAYERS, jit_compile=jit_compile
    )
    weights = model.get_weights()
    made = transfer(*pictures, beta=50.0, steps=12, method=method)
    assert made.picture.shape == pictures[0].shape
    assert made.picture.dtype == "float32"
    assert made.picture.min() >= 0
    assert made.picture.max() <= 1
    assert 12 <= len(made.costs) <= 32
    assert min(made.costs) < 0.9 * made.costs[0]
    again = transfer.value_and_gradient(made.picture, *pictures, beta=50.0)[0]
    assert again == pytest.approx(min(made.costs), rel=1e-4)
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert len(model.trainable_weights) == 4


def test_the_start_is_kept_where_it_is_already_best(transfer, pictures):
    content, painted = pictures
    made = transfer(content, painted, beta=0.0, steps=3)
    np.testing.assert_allclose(made.picture, content, atol=1e-6)
    assert made.costs[0] == 0


def test_new_weights_of_the_network_count_at_once(model, transfer, pictures):
    before = transfer.value_and_gradient(pictures[0], *pictures, beta=1.0)[0]
    model.set_weights([2 * weight for weight in model.get_weights()])
    after = transfer.value_and_gradient(pictures[0], *pictures, beta=1.0)[0]
    assert after > 1.5 * before


GOOD = np.full((8, 8, 3), 0.5)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"content": np.ones((8, 8, 4))}, ValueError, "content must be a colour picture"),
        ({"style": np.ones((0, 8, 3))}, ValueError, "style must be a colour picture (H, W, 3)"),
        ({"content": 2 * np.ones((8, 8, 3))}, ValueError, "content must lie in [0, 1]; NaN"),
        ({"style": GOOD * np.nan}, ValueError, "style must lie in [0, 1]; NaN and infinity"),
        (
            {"start": np.ones((9, 8, 3))},
            ValueError,
            "start must have the shape of content, (8, 8, 3), got (9, 8, 3).",
        ),
        ({"alpha": -1.0}, ValueError, "alpha must not be negative, got -1.0."),
        ({"beta": "much"}, TypeError, "beta must be a number, got 'much' (str)."),
        ({"steps": 0}, ValueError, "steps must be at least 1, got 0."),
        ({"method": "sgd"}, ValueError, "method must be one of 'lbfgs', 'adam', got 'sgd'."),
        ({"learning_rate": 0}, ValueError, "learning_rate must be finite and greater than 0"),
    ],
)
def test_errors_of_a_call(transfer, options, error, sentence):
    arguments = {"content": GOOD, "style": GOOD, **options}
    with pytest.raises(error, match=re.escape(f"StyleTransfer: {sentence}")):
        transfer(**arguments)


@pytest.mark.parametrize(
    ("layers_of_style", "error", "sentence"),
    [
        ([], ValueError, "StyleTransfer: there must be at least one style layer, got none."),
        ("first", TypeError, "StyleTransfer: style_layers must be a list of texts, got 'first'"),
        ({"first": -1}, ValueError, "StyleTransfer: the weight of first must not be negative"),
        (["third"], ValueError, "has no layer 'third'"),
    ],
)
def test_errors_of_the_layers(model, layers_of_style, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        style.StyleTransfer(model, content_layer="first", style_layers=layers_of_style)
