"""What the tests of the zoo share: networks without memory, copied weights, equal answers."""

import math

import keras
import numpy as np

from cnnutils import zoo


def unallocated(build, *args, **options):
    """Build a network whose weights have shapes and no values: the large ones cost nothing."""
    with zoo.without_weights():
        return build(*args, **options)


def trainable(model):
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def weighted(model):
    return [layer for layer in model.layers if layer.weights]


def weight_shapes(model):
    return [[tuple(weight.shape) for weight in layer.weights] for layer in weighted(model)]


def stages(costs, *, macs=True):
    """Rows (stage, output shape, parameters, MACs) as the tables in the tests have them."""
    keep = 4 if macs else 3
    return [(row.name, row.output_shape, row.params, row.macs)[:keep] for row in costs.layers]


def scramble(model, seed=0):
    """Give every weight a value of its own, such that an image's signal passes many layers."""
    rng = np.random.default_rng(seed)
    for layer in weighted(model):
        arrays = []
        for weight, array in zip(layer.weights, layer.get_weights(), strict=True):
            if weight.name in ("gamma", "moving_variance"):
                arrays.append(rng.uniform(0.5, 1.5, array.shape))
            elif array.ndim == 1:
                arrays.append(rng.normal(0, 0.1, array.shape))
            else:  # kernels are random already; ReLU halves the power
                depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
                fan_in = math.prod(array.shape[: 2 if depthwise else -1])
                arrays.append(array * (2 / fan_in) ** 0.5 / array.std())
        layer.set_weights(arrays)


def copy_weights(source, target):
    for giver, taker in zip(weighted(source), weighted(target), strict=True):
        taker.set_weights(giver.get_weights())


def images(model, num=2, seed=1):
    shape = (num, *model.input_shape[1:])
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


def answers(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


def assert_same_logits(ours, theirs):
    """Copy scrambled weights over layer by layer, and compare the scores of random images."""
    scramble(theirs)
    copy_weights(theirs, ours)
    x = images(theirs)
    expected = answers(theirs, x)
    assert np.isfinite(expected).all()
    assert np.ptp(expected, axis=0).max() > 1e-3 * np.abs(expected).max()  # images differ
    np.testing.assert_allclose(answers(ours, x), expected, rtol=0, atol=1e-4 * np.ptp(expected))
