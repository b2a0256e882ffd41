"""Convolution and its gradients against TensorFlow, PyTorch where installed, SciPy and a GEMM.

`python -m benchmarks` runs this module, once for each setting of TensorFlow, with one thread.
"""

import importlib.util
import sys
import tracemalloc
from dataclasses import dataclass

import numpy as np

from benchmarks.timing import Candidates, print_setting, report
from cnnutils import ops
from cnnutils.ops import products, windows


@dataclass(frozen=True)
class Case:
    """One layer: what goes in, and how many times TensorFlow's time each operation may take."""

    name: str
    images_shape: tuple[int, int, int, int]
    kernel_size: int
    filters: int
    strides: int
    goals: dict[str, float]


CASES = (
    Case(
        "8×56×56×64, 3×3, 64 filters",
        (8, 56, 56, 64),
        3,
        64,
        1,
        {"forward": 1.5, "images gradient": 1.5, "kernel gradient": 1.0},
    ),
    Case("1×224×224×3, 7×7, stride 2, 64 filters", (1, 224, 224, 3), 7, 64, 2, {"forward": 1.2}),
)
MEMORY_GOAL = 2.0  # times input and output


def main() -> int:
    """Print the tables; return how many goals were missed."""
    goals_hold = print_setting()
    missed = 0
    for case in CASES:
        arrays = _arrays(case)
        print(f"\n{case.name}")
        operations = {"forward": _forward(case, *arrays), **_gradients(case, *arrays)}
        for operation, candidates in operations.items():
            goal = case.goals.get(operation) if goals_hold else None
            missed += report(operation, candidates, goal)
        missed += _report_memory(case, *arrays)
    return missed


def _arrays(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    images = rng.normal(size=case.images_shape).astype(np.float32)
    shape = (case.kernel_size, case.kernel_size, case.images_shape[3], case.filters)
    kernel = rng.normal(size=shape).astype(np.float32)
    out = ops.conv2d(images, kernel, strides=case.strides, padding="same")
    return images, kernel, rng.normal(size=out.shape).astype(np.float32)


def _setting(case: Case, images: np.ndarray) -> windows.Setting:
    """Return what `conv2d_gradients` works out first; its two halves are measured one by one."""
    size = (case.kernel_size, case.kernel_size)
    return windows.as_setting("bench", images.shape, size, case.strides, "same")


def _forward(case: Case, images: np.ndarray, kernel: np.ndarray, grad: np.ndarray) -> Candidates:
    import tensorflow as tf
    from scipy import signal

    rows = ops.im2col(images, case.kernel_size, strides=case.strides, padding="same")
    matrix = kernel.reshape(-1, case.filters)
    candidates: Candidates = {
        "cnnutils": lambda: ops.conv2d(images, kernel, strides=case.strides, padding="same"),
        "tf.nn.conv2d": lambda: tf.nn.conv2d(images, kernel, case.strides, "SAME").numpy(),
        "GEMM of this size": lambda: rows @ matrix,
        # one filter of one image only: SciPy needs minutes for the whole
        "scipy.signal, one filter, one image": lambda: signal.correlate(
            images[0], kernel[..., 0], mode="valid", method="direct"
        ),
    }
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(1)
        x = torch.from_numpy(images).permute(0, 3, 1, 2)
        w = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
        half = (case.kernel_size - 1) // 2  # PyTorch's symmetric padding: the same work
        candidates["torch"] = lambda: torch.nn.functional.conv2d(
            x, w, stride=case.strides, padding=half
        )
    return candidates


def _gradients(
    case: Case, images: np.ndarray, kernel: np.ndarray, grad: np.ndarray
) -> dict[str, Candidates]:
    import tensorflow as tf

    setting = _setting(case, images)
    options = {"strides": [1, case.strides, case.strides, 1], "padding": "SAME"}
    return {
        "images gradient": {
            "cnnutils": lambda: products.images_gradient(grad, kernel, setting, images.shape),
            "tf.raw_ops.Conv2DBackpropInput": lambda: tf.raw_ops.Conv2DBackpropInput(
                input_sizes=images.shape, filter=kernel, out_backprop=grad, **options
            ).numpy(),
        },
        "kernel gradient": {
            "cnnutils": lambda: products.kernel_gradient(grad, images, kernel.shape, setting),
            "tf.raw_ops.Conv2DBackpropFilter": lambda: tf.raw_ops.Conv2DBackpropFilter(
                input=images, filter_sizes=kernel.shape, out_backprop=grad, **options
            ).numpy(),
        },
    }


def _report_memory(case: Case, images: np.ndarray, kernel: np.ndarray, grad: np.ndarray) -> int:
    tracemalloc.start()
    out = ops.conv2d(images, kernel, strides=case.strides, padding="same")
    extra = tracemalloc.get_traced_memory()[1] - out.nbytes
    tracemalloc.stop()
    ratio = extra / (images.nbytes + out.nbytes)
    verdict = "met" if ratio <= MEMORY_GOAL else "MISSED"
    print(f"  extra memory: {ratio:.2f} × (input + output), goal {MEMORY_GOAL}: {verdict}")
    return int(ratio > MEMORY_GOAL)


if __name__ == "__main__":
    sys.exit(main())
