"""A new start for a compiled network, without building it again."""

from collections.abc import Sequence
from typing import Any

import keras

from cnnutils._checks import as_int


def restart(model: keras.Model, *, seed: int) -> None:
    """Give a compiled model new random weights and a fresh optimizer, as if it were built again.

    What Keras has traced is kept, so that training a small network from several seeds takes a
    fraction of the time that building and compiling it for each would. Every variable is drawn
    anew: weights, the statistics of batch normalisation, the states of random layers. A learning
    rate that a callback has lowered stays low, and a layer that was given a seed of its own
    repeats itself whatever `seed` is.

    On TensorFlow a training after a restart is that of a new model to the last bit. On JAX and on
    PyTorch, Keras reads a batch more before a model's first training than before a later one: the
    examples then come in another order, and on PyTorch dropout draws other numbers, too.

    Args:
        model: a Sequential or functional model that was compiled.
        seed: seed of Python, NumPy and Keras, at least 0 and below 2³².

    Raises:
        TypeError: `model` is not a Keras model, or seed not an integer.
        ValueError: the model was not built or not compiled, or seed is out of range.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
        >>> model.compile("sgd", "mse")
        >>> restart(model, seed=1)
        >>> first = model.get_weights()[0]
        >>> restart(model, seed=2)
        >>> other = model.get_weights()[0]
        >>> restart(model, seed=1)
        >>> again = model.get_weights()[0]
        >>> bool((first == again).all()), bool((first == other).any())
        (True, False)
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"restart: model must be a Keras model, got {type(model).__name__}.")
    if not (model.built and model.compiled):
        raise ValueError(f"restart: {model.name} must be built and compiled first.")
    seed = as_int("restart", "seed", seed, minimum=0)
    if seed >= 2**32:
        raise ValueError(f"restart: seed must be at most 4294967295 (2³² − 1), got {seed}.")
    keras.utils.set_random_seed(seed)
    model.compiled = False  # else the clone is compiled too, which fails for a loss of one's own
    try:
        fresh = keras.models.clone_model(model)
    finally:
        model.compiled = True
    _copy(fresh.variables, model.variables)
    optimizer = model.optimizer
    if optimizer.built:
        anew = type(optimizer).from_config(optimizer.get_config())
        anew.build(model.trainable_variables)
        _copy(anew.variables, optimizer.variables)


def _copy(sources: Sequence[Any], targets: Sequence[Any]) -> None:
    for source, target in zip(sources, targets, strict=True):
        target.assign(source)
