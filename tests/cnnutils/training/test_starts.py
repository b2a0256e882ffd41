"""A new start: held against a model that was built anew."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from cnnutils import training

FIRST_FIT = (
    "to build a model's loss, Keras reads a batch before the first training, and so draws one order"
    " of the examples more than for a later one"
)


def train(model, examples, seed):
    training.restart(model, seed=seed)
    model.fit(*examples, epochs=2, batch_size=4, verbose=0)
    return [variable.numpy() for variable in model.variables]


@pytest.mark.differs("jax", "torch", reason=FIRST_FIT)
def test_a_restarted_model_trains_as_a_new_one(examples, small_model):
    model = small_model()
    train(model, examples, 3)  # leaves moments in Adam, statistics in the normalisation
    again = train(model, examples, 1)
    other = train(small_model(), examples, 1)
    assert len(again) == len(other) == 9  # 2 + 4 + 1 + 2: the dropout has its state of chance
    for ours, theirs in zip(again, other, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_another_seed_gives_another_training(examples, small_model):
    model = small_model()
    first, second = train(model, examples, 1), train(model, examples, 2)
    assert not np.array_equal(first[0], second[0])


def test_a_restart_sets_every_variable_of_the_optimizer_back(examples, small_model):
    model = small_model()
    train(model, examples, 1)
    assert int(model.optimizer.iterations) == 6
    training.restart(model, seed=1)
    variables = [v for v in model.optimizer.variables if "kernel" in v.path]
    moments = [variable.numpy() for variable in variables]
    assert int(model.optimizer.iterations) == 0
    assert len(moments) == 4
    assert not np.any(np.concatenate([moment.ravel() for moment in moments]))
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)


def test_a_restart_keeps_what_is_frozen_frozen(examples, small_model):
    model = small_model()
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    training.restart(model, seed=1)
    kernel = model.layers[0].get_weights()[0]
    model.fit(*examples, verbose=0)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], kernel)
    assert len(model.trainable_variables) == 4


@pytest.mark.differs("jax", "torch", reason=FIRST_FIT)
def test_a_loss_of_ones_own_is_no_hindrance(examples, small_model):
    model = small_model()
    model.compile("sgd", loss=lambda truth, said: keras.ops.mean(keras.ops.abs(truth - said)))
    first, again, other = (train(model, examples, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
    assert model.compiled


def test_what_cannot_be_restarted_is_refused(small_model):
    bare = keras.Sequential([keras.Input((1,)), layers.Dense(1)], name="bare")
    with pytest.raises(ValueError, match=r"^restart: bare must be built and compiled first\.$"):
        training.restart(bare, seed=1)
    with pytest.raises(TypeError, match=r"^restart: model must be a Keras model, got int\.$"):
        training.restart(3, seed=1)
    with pytest.raises(ValueError, match=r"^restart: seed must be at least 0, got -1\.$"):
        training.restart(small_model(), seed=-1)
    sentence = "restart: seed must be at most 4294967295 (2³² − 1), got 4294967296."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        training.restart(small_model(), seed=2**32)
