"""The explorer of separable convolutions: its picture, and what the costs are held against."""

from typing import Any

import numpy as np

from cnnutils import costs, ops
from tools.explorers.drawing import bars
from tools.explorers.vectors import Case


def picture() -> str:
    """Draw what a layer of MobileNet multiplies, in one step and in two."""
    shape = (14, 14, 512)
    full = costs.conv2d_cost(shape, 512, 3, padding="same", use_bias=False).macs
    first = costs.depthwise_conv2d_cost(shape, 3, padding="same", use_bias=False).macs
    second = costs.conv2d_cost(shape, 512, 1, use_bias=False).macs
    return bars(
        "Multiplications: 14 · 14 places, 3 · 3 pixels, 512 channels in, 512 out",
        {
            "One convolution": full,
            "Depthwise step": first,
            "Pointwise step": second,
            "Both steps": first + second,
        },
        f"Both steps over one convolution: 1 / 512 + 1 / 9 ≈ {(first + second) / full:.3f}",
        "Choose the layer, and both multipliers, in the book’s explorer.",
    )


def vectors() -> dict[str, list[Case]]:
    """Return what cnnutils counts for layers, no axis like the other."""
    rng = np.random.default_rng(0)
    convolved, depthwise = [], []
    for n in range(40):
        shape = [*rng.integers(7, 20, 2).tolist(), int(rng.integers(1, 5)) * 2]
        filters, kernel = int(rng.integers(1, 9)) * 2, rng.integers(1, 5, 2).tolist()
        padding: Any = ["valid", "same", 1][n % 3]
        options = {"strides": rng.integers(1, 4, 2).tolist(), "padding": padding}
        groups, bias = 1 + n % 2, bool(n % 5)
        settings = {"strides": tuple(options["strides"]), "padding": padding, "use_bias": bias}
        cost = costs.conv2d_cost(tuple(shape), filters, tuple(kernel), groups=groups, **settings)
        case = {"shape": shape, "kernel": kernel, "options": options | {"bias": bias}}
        found = {"params": cost.params, "macs": cost.macs, "output": cost.output_shape}
        convolved.append(
            case | {"filters": filters, "options": case["options"] | {"groups": groups}} | found
        )
        cost = costs.depthwise_conv2d_cost(tuple(shape), tuple(kernel), **settings)
        found = {"params": cost.params, "macs": cost.macs, "output": cost.output_shape}
        depthwise.append(case | found)
    pooled, dense = [], []
    for n in range(20):
        shape = [*rng.integers(7, 20, 2).tolist(), int(rng.integers(1, 5))]
        window, strides = int(rng.integers(2, 6)), int(rng.integers(1, 5))
        padding = ["valid", "same"][n % 2]
        out = ops.max_pool2d(np.zeros((1, *shape)), window, strides=strides, padding=padding)
        options = {"strides": strides, "padding": padding}
        pooled.append(
            {"shape": shape, "window": window, "options": options, "output": out.shape[1:]}
        )
        size, units = rng.integers(1, 500, 2).tolist()
        cost = costs.dense_cost(size, units)
        dense.append({"size": size, "units": units, "params": cost.params, "macs": cost.macs})
    return {"convolved": convolved, "depthwise": depthwise, "pooled": pooled, "dense": dense}
