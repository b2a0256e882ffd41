"""Pooling and its gradients against TensorFlow, and against a copy of the images.

`python -m benchmarks` runs this module, once for each setting of TensorFlow, with one thread.
"""

import sys
from dataclasses import dataclass

import numpy as np

from benchmarks.timing import Candidates, print_setting, report
from cnnutils import ops


@dataclass(frozen=True)
class Case:
    """One layer: what goes in, and how many times TensorFlow's time each operation may take."""

    images_shape: tuple[int, int, int, int]
    pool_size: int
    goals: dict[str, float]

    @property
    def name(self) -> str:
        """The layer in words."""
        size = "×".join(str(length) for length in self.images_shape)
        return f"{size}, {self.pool_size}×{self.pool_size}, stride 2"


CASES = (
    Case((32, 64, 64, 32), 2, {"max": 1.4, "average": 1.4, "max gradient": 0.7}),
    Case((32, 64, 64, 32), 3, {"max gradient": 0.7}),
    Case((32, 28, 28, 6), 2, {"max": 1.6, "average": 1.6, "max gradient": 1.0}),
)


def main() -> int:
    """Print the tables; return how many goals were missed."""
    goals_hold = print_setting()
    missed = 0
    for case in CASES:
        print(f"\n{case.name}")
        for operation, candidates in _operations(case).items():
            goal = case.goals.get(operation) if goals_hold else None
            missed += report(operation, candidates, goal)
    return missed


def _operations(case: Case) -> dict[str, Candidates]:
    """Give NumPy arrays to us and tensors to TensorFlow: neither has to convert its input."""
    import tensorflow as tf

    rng = np.random.default_rng(0)
    images = np.maximum(rng.normal(size=case.images_shape), 0).astype(np.float32)  # as after a ReLU
    size, options = case.pool_size, {"strides": 2}
    out = ops.max_pool2d(images, size, **options)
    grad = rng.normal(size=out.shape).astype(np.float32)
    x, y, dy = (tf.constant(array) for array in (images, out, grad))
    raw = {"ksize": [1, size, size, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
    return {
        "max": {
            "cnnutils": lambda: ops.max_pool2d(images, size, **options),
            "tf.nn.max_pool2d": lambda: tf.nn.max_pool2d(x, size, 2, "VALID").numpy(),
            "a copy of the images": lambda: images.copy(),
        },
        "average": {
            "cnnutils": lambda: ops.avg_pool2d(images, size, **options),
            "tf.nn.avg_pool2d": lambda: tf.nn.avg_pool2d(x, size, 2, "VALID").numpy(),
        },
        "max gradient": {
            "cnnutils": lambda: ops.max_pool2d_gradient(grad, images, size, **options),
            "tf.raw_ops.MaxPoolGrad": lambda: tf.raw_ops.MaxPoolGrad(
                orig_input=x, orig_output=y, grad=dy, **raw
            ).numpy(),
        },
        "average gradient": {
            "cnnutils": lambda: ops.avg_pool2d_gradient(grad, images, size, **options),
            "tf.raw_ops.AvgPoolGrad": lambda: tf.raw_ops.AvgPoolGrad(
                orig_input_shape=images.shape, grad=dy, **raw
            ).numpy(),
        },
    }


if __name__ == "__main__":
    sys.exit(main())
