"""Networks without memory for their weights."""

import keras
import pytest
from zoo_checks import answers, images

from cnnutils import zoo


def small():
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(3, 3)])


def values(model):
    """Return what Keras holds of the weights: arrays, or None for those that have only a shape."""
    return [weight._value for weight in model.weights]


def test_shapes_and_counts_without_values():
    with zoo.without_weights():
        model = small()
    assert model.count_params() == 30
    assert [tuple(weight.shape) for weight in model.weights] == [(3, 3, 1, 3), (3,)]
    assert values(model) == [None, None]


def trace():
    """Let Keras trace a layer: it then fills all weights that wait for their values."""
    keras.layers.Lambda(lambda x: x + 1)(keras.Input((3,)))


def test_keras_never_fills_them_later():
    with zoo.without_weights():
        model = small()
    trace()
    assert values(model) == [None, None]


def test_weights_that_waited_before_are_filled_as_ever():
    with keras.StatelessScope(initialize_variables=False):
        waiting = small()
    with zoo.without_weights():
        small()
    assert values(waiting) == [None, None]
    trace()
    assert all(value is not None for value in values(waiting))


def test_an_error_inside_leaves_keras_as_it_was():
    with pytest.raises(ZeroDivisionError), zoo.without_weights():
        small().add(1 / 0)
    model = small()
    assert all(value is not None for value in values(model))
    assert answers(model, images(model)).shape == (2, 6, 6, 3)
