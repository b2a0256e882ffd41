"""Write down what each network computes on one backend, with weights that NumPy made.

Usage: KERAS_BACKEND=... python -m tests.backends.compute float32|float64 FILE.npz

The gradient is taken as Keras takes it when a network is trained: after one step from rest with a
learning rate of 1, the momentum of gradient descent is the gradient with its sign changed. It is
that of the network with its kinks smoothed. Where a ReLU's input or the gap between the two largest
of a window is as small as rounding, the gradient itself jumps: two backends then differ by as
much as a fifth of the largest number, and neither is wrong. So how ReLU and maxima pass a gradient
on is not compared here.
"""

import json
import math
import sys
import time
from typing import Any

import numpy as np

from tools import environment

from . import networks

BATCH = 8  # of two, a deviation by which normalisation divides is as small as chance will have it
FREE_SIDE = 40  # of networks that take images of any size
MOST_NUMBERS = 4096  # of an array that are written down, evenly spread over it


def spread(array: np.ndarray) -> np.ndarray:
    """Return at most MOST_NUMBERS of an array's numbers, always the same ones."""
    flat = np.ravel(array)
    chosen = np.linspace(0, flat.size - 1, min(flat.size, MOST_NUMBERS)).astype(int)
    return flat[chosen]


def give_weights(model: Any, rng: np.random.Generator) -> None:
    """Give each weight numbers of its own, such that an image's signal passes many layers."""
    new = []
    for weight in model.weights:
        shape = tuple(weight.shape)
        if weight.name in ("gamma", "moving_variance"):
            new.append(rng.uniform(0.5, 1.5, shape))
        elif len(shape) < 2:
            new.append(rng.normal(0, 0.1, shape))
        else:  # ReLU halves the power
            depthwise = weight.name == "depthwise_kernel" or "depthwise" in weight.path
            fan_in = math.prod(shape[: 2 if depthwise else -1])
            new.append(rng.normal(0, (2 / fan_in) ** 0.5, shape))
    model.set_weights([array.astype(str(model.dtype)) for array in new])


def make_input(tensor: Any, rng: np.random.Generator) -> np.ndarray:
    """Return numbers of the shape and the kind that a network takes."""
    shape = [BATCH, *(FREE_SIDE if side is None else side for side in tensor.shape[1:])]
    if "int" in tensor.dtype:
        return rng.integers(0, 2, shape).astype(tensor.dtype)
    return rng.uniform(-1, 1, shape).astype(tensor.dtype)


def longest_sum(model: Any, inputs: list[np.ndarray]) -> int:
    """Return how many products the longest sum of the forward or backward pass adds, about."""
    fan_in = [math.prod(weight.shape[:-1]) for weight in model.weights if len(weight.shape) > 1]
    positions = [math.prod(array.shape[:-1]) for array in inputs]
    return max(fan_in + positions)


def without_kinks(model: Any) -> Any:
    """Return a network with SiLU for ReLU and means for maxima: its gradient does not jump."""
    import keras
    from keras import activations, layers

    kinked = (activations.relu, activations.relu6, activations.leaky_relu)

    class Means(layers.Layer):  # type: ignore[misc]
        """As a convolution: Keras' mean with padding is another one on PyTorch."""

        def __init__(self, pooling: dict[str, Any]) -> None:
            super().__init__(name=pooling["name"])
            self.pooling = pooling

        def call(self, x: Any) -> Any:
            size = tuple(self.pooling["pool_size"])
            kernel = np.full((*size, x.shape[-1], 1), 1 / math.prod(size), "float32")
            return keras.ops.depthwise_conv(
                x, kernel, self.pooling["strides"], self.pooling["padding"]
            )

    def smooth(layer: Any) -> Any:
        config, kind = layer.get_config(), type(layer).__name__
        if isinstance(layer, layers.ReLU | layers.LeakyReLU):
            return layers.Activation("silu", name=layer.name)
        if kind.startswith("GlobalMaxPooling"):
            return getattr(layers, kind.replace("Max", "Average")).from_config(config)
        if kind.startswith("MaxPooling"):
            return Means(config)
        copy = type(layer).from_config(config)
        if getattr(copy, "activation", None) in kinked:
            copy.activation = activations.silu
        return copy

    twin = keras.models.clone_model(model, clone_function=smooth, recursive=True)
    twin.set_weights(model.get_weights())
    return twin


def results(name: str, dtype: str) -> dict[str, Any]:
    """Return a network's outputs, gradients and moving averages, and what bounds their error."""
    import keras

    keras.utils.clear_session()
    model = networks.build(name)
    rng = np.random.default_rng(7)
    give_weights(model, rng)
    inputs = [make_input(tensor, rng) for tensor in model.inputs]
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Dropout | keras.layers.GaussianNoise):
            for option in ("rate", "stddev"):  # random numbers are each backend's own
                if hasattr(layer, option):
                    setattr(layer, option, 0.0)
    model, smooth = _taking_names(model), _taking_names(without_kinks(model))
    given = {f"input_{index}": array for index, array in enumerate(inputs)}
    found: dict[str, Any] = {}

    def keep(kind: str, arrays: list[Any]) -> None:
        for index, array in enumerate(arrays):
            found[f"{kind}/{index}"] = spread(keras.ops.convert_to_numpy(array))

    outputs = keras.tree.flatten(model(given, training=False))
    keep("outputs in use", outputs)
    keep("outputs in training", keras.tree.flatten(model(given, training=True)))
    keep("moving averages", model.non_trainable_weights)
    targets = [rng.normal(size=output.shape).astype(dtype) for output in outputs]
    optimizer = keras.optimizers.SGD(1.0, momentum=0.5)
    smooth.compile(optimizer, ["mse"] * len(targets), jit_compile=False, run_eagerly=True)
    smooth.train_on_batch(given, targets if len(targets) > 1 else targets[0])
    keep("gradients", [-keras.ops.convert_to_numpy(each) for each in optimizer.momentums])
    depth = sum(len(weight.shape) > 1 for weight in model.weights)
    found["sizes"] = np.array([max(depth, 1), longest_sum(model, inputs)])
    paths = [weight.path.rpartition("/")[0] for weight in model.trainable_weights]
    found["layers"] = np.array(paths)
    return found


def _taking_names(model: Any) -> Any:
    """Return a model that takes its inputs by names that are counted, and returns a list."""
    import keras

    inputs = {f"input_{index}": tensor for index, tensor in enumerate(model.inputs)}
    return keras.Model(inputs, keras.tree.flatten(model.outputs))


def main(dtype: str, file: str) -> None:
    environment.apply()
    import keras

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    everything = {}
    for name in networks.names():
        start = time.monotonic()
        for key, array in results(name, dtype).items():
            everything[f"{name}|{key}"] = array
        print(json.dumps([name, round(time.monotonic() - start, 1)]), flush=True)
    np.savez(file, **everything)


if __name__ == "__main__":
    main(*sys.argv[1:])
