"""One step of style transfer against a bare tf.function of the same network and costs.

`python -m benchmarks` runs this module with one thread.
"""

import sys
from typing import Any

import numpy as np

from benchmarks.timing import Candidates, print_setting, report

LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1"]
GOALS = {64: None, 128: 1}  # side of the picture: × the tf.function's time


def main() -> int:
    """Print the tables; return how many goals were missed."""
    goals_hold = print_setting()
    missed = 0
    for side, goal in GOALS.items():
        print(f"\nVGG-11 up to its fourth block, {side}×{side} pixels: J and its gradient")
        missed += report("step", _steps(side), goal if goals_hold else None)
    return missed


def _steps(side: int) -> Candidates:
    import keras
    import tensorflow as tf

    from cnnutils import style, zoo

    keras.utils.set_random_seed(1)
    vgg = zoo.build_vgg("A", input_shape=(None, None, 3), num_classes=None)
    net = style.with_average_pooling(keras.Model(vgg.inputs[0], vgg.get_layer(LAYERS[-1]).output))
    content, painted, picture = np.random.default_rng(1).uniform(size=(3, side, side, 3))

    def transfer(jit_compile: bool) -> style.StyleTransfer:
        return style.StyleTransfer(
            net, content_layer=LAYERS[2], style_layers=LAYERS, jit_compile=jit_compile
        )

    ours, compiled = transfer(jit_compile=False), transfer(jit_compile=True)
    # What is computed once for many steps is computed here.
    constants = [
        np.ones(3, "float32"),
        *ours._targets(content.astype("float32"), painted.astype("float32")),
    ]
    see, images = style.feature_maps(net, LAYERS), picture[np.newaxis].astype("float32")
    shown = tf.Variable(images)
    weights, of_content, *grams = [tf.constant(constant) for constant in constants]

    def bare() -> Any:
        with tf.GradientTape() as tape:
            maps = see(shown)
            cost = weights[0] * tf.reduce_mean((maps[LAYERS[2]] - of_content) ** 2) / 4
            for name, gram in zip(LAYERS, grams, strict=True):
                rows = tf.reshape(maps[name], (-1, maps[name].shape[-1]))
                mean = tf.matmul(rows, rows, transpose_a=True) / rows.shape[0]
                cost += weights[1] / len(LAYERS) * tf.reduce_mean((mean - gram) ** 2) / 4
            down, along = shown[:, 1:] - shown[:, :-1], shown[:, :, 1:] - shown[:, :, :-1]
            cost += weights[2] * (tf.reduce_mean(down**2) + tf.reduce_mean(along**2))
        return cost, tape.gradient(cost, shown)

    step = tf.function(bare)

    def run_bare() -> Any:
        shown.assign(images)
        return [tensor.numpy() for tensor in step()]

    candidates: Candidates = {
        "cnnutils": lambda: ours._gradient(images, *constants),
        "cnnutils, with XLA": lambda: compiled._gradient(images, *constants),
        "tf.function": run_bare,
    }
    *found, (cost, gradient) = [run() for run in candidates.values()]
    for ours_cost, ours_gradient in found:
        np.testing.assert_allclose(ours_cost, cost, rtol=1e-3)
        np.testing.assert_allclose(ours_gradient, gradient, atol=1e-3 * np.abs(gradient).max())
    return candidates


if __name__ == "__main__":
    sys.exit(main())
