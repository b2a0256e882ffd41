"""The gradient of a number that a network computes, with respect to what goes into the network.

Keras differentiates a loss by a model's trainable weights and offers no public way to differentiate
by an input. Each of its three backends has one of its own, a few lines long; here they stand side
by side, and nothing else that computes in `cnnutils` meets the frameworks themselves.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

Step = Callable[..., tuple[Any, Any]]


class InputGradient:
    """Value and gradient of objective(outputs, images, *constants) by the images.

    Args:
        model: a built model with one input; it computes as in use (`training=False`), with the
            weights that it has when it is asked, and is not changed.
        objective: gets the model's outputs, the images and the constants of the call, as tensors,
            and returns one number; written with `keras.ops`.
        jit_compile: let XLA compile TensorFlow's step, which takes seconds once for each shape. On
            CPUs the steps were no faster then (`benchmarks/style.py`). JAX's is always compiled,
            PyTorch's never.

    Raises:
        NotImplementedError: Keras runs on another backend than TensorFlow, JAX or PyTorch.
    """

    def __init__(
        self, model: keras.Model, objective: Callable[..., Any], *, jit_compile: bool = False
    ) -> None:
        backend = keras.backend.backend()
        if backend not in _STEPS:
            raise NotImplementedError(
                f"a gradient by the input needs Keras on one of {', '.join(_STEPS)}, "
                f"this is {backend}."
            )
        self._step = _STEPS[backend](model, objective, jit_compile)

    def __call__(self, images: np.ndarray, *constants: Any) -> tuple[float, np.ndarray]:
        """Return the value at the images (N, H, W, C), and the gradient of the same shape."""
        given = [keras.ops.convert_to_tensor(constant) for constant in constants]
        value, gradient = self._step(keras.ops.convert_to_tensor(images, "float32"), *given)
        return float(value), keras.ops.convert_to_numpy(gradient)


def _tensorflow(model: keras.Model, objective: Callable[..., Any], jit_compile: bool) -> Step:
    import tensorflow as tf

    def step(images: Any, *constants: Any) -> tuple[Any, Any]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(images)
            value = objective(model(images, training=False), images, *constants)
        return value, tape.gradient(value, images)

    compiled: Step = tf.function(step, jit_compile=jit_compile)
    return compiled


def _jax(model: keras.Model, objective: Callable[..., Any], jit_compile: bool) -> Step:
    import jax

    def value(images: Any, weights: tuple[list[Any], list[Any]], *constants: Any) -> Any:
        outputs, _ = model.stateless_call(*weights, images, training=False)
        return objective(outputs, images, *constants)

    compiled = jax.jit(jax.value_and_grad(value))

    # What a compiled function does not get as an argument, it keeps as it was at the first call.
    def step(images: Any, *constants: Any) -> tuple[Any, Any]:
        kinds = (model.trainable_variables, model.non_trainable_variables)
        weights = tuple([variable.value for variable in kind] for kind in kinds)
        found: tuple[Any, Any] = compiled(images, weights, *constants)
        return found

    return step


def _torch(model: keras.Model, objective: Callable[..., Any], jit_compile: bool) -> Step:
    import torch

    def step(images: Any, *constants: Any) -> tuple[Any, Any]:
        images = images.detach().requires_grad_()
        value = objective(model(images, training=False), images, *constants)
        return value.detach(), torch.autograd.grad(value, images)[0]

    return step


_STEPS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
