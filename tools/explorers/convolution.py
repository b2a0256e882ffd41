"""The explorer of convolution: its picture, and what conv2d is held against: Keras.

Keras refuses stride and dilation together, and padding in pixels: so the images are padded here,
Keras slides with stride 1, and every s-th output is kept. cnnutils must agree, and it lends the
errors' words.
"""

from itertools import product
from typing import Any

import matplotlib as mpl
import numpy as np
from sklearn.datasets import load_digits

from cnnutils import ops, plots, shapes
from tools.explorers.drawing import CELL, TOP, Colours, frame, grid, svg, written
from tools.explorers.vectors import Case

KERNEL = np.repeat([[1, 0, -1]], 3, axis=0)
WINDOW = (3, 4)  # row and column of the output that the picture marks
PADDINGS: list[Any] = ["valid", "same", 1, 2, ((0, 2), (1, 0))]


def picture() -> str:
    """Draw a digit, a kernel and what comes out, with one window and its sum."""
    image = load_digits().images[7]
    output = ops.conv2d(image[np.newaxis, :, :, np.newaxis], KERNEL[:, :, np.newaxis, np.newaxis])
    output = output[0, :, :, 0]
    (row, column), size = WINDOW, len(KERNEL)
    products = [
        f"{a:.0f}·{written(b)}" if b >= 0 else f"{a:.0f}·({written(b)})"
        for a, b in zip(
            image[row : row + size, column : column + size].flat, KERNEL.flat, strict=True
        )
    ]
    lefts = [24, 24 + 9.4 * CELL, 24 + 13.8 * CELL]
    tops = [TOP, TOP + 2.5 * CELL, TOP + CELL]
    peak = np.abs(output).max()
    signed: Colours = lambda value: plots.SIGNED_COLORMAP(0.5 + value / peak / 2)  # noqa: E731
    grey: Colours = lambda value: (value / image.max(),) * 3  # noqa: E731
    plain: Colours = lambda value: mpl.colors.to_rgb("#e4ecf3")  # noqa: E731
    width, middle, below = lefts[2] + 6 * CELL + 24, TOP + 4 * CELL, TOP + 8 * CELL
    parts = [
        grid("picture 8 × 8", image, lefts[0], tops[0], grey),
        grid("kernel 3 × 3", KERNEL, lefts[1], tops[1], plain),
        grid("output 6 × 6", output, lefts[2], tops[2], signed),
        f'<text class="sign" x="{lefts[1] - 0.7 * CELL}" y="{middle}">∗</text>',
        f'<text class="sign" x="{lefts[2] - 0.7 * CELL}" y="{middle}">=</text>',
        frame(lefts[0] + column * CELL, tops[0] + row * CELL, size),
        frame(lefts[2] + column * CELL, tops[2] + row * CELL, 1),
        f'<text class="sum" x="24" y="{below + 30}">output[{row}, {column}] ='
        f" {' + '.join(products)} = {written(output[WINDOW])}</text>",
        f'<text class="more" x="24" y="{below + 56}">Choose the picture, the kernel, stride,'
        " padding and dilation in the book’s explorer.</text>",
    ]
    return svg(width, below + 76, parts)


def cases() -> list[Case]:
    """Return the settings: no axis like the other, and the limits."""
    plain: list[Case] = [
        {"strides": s, "padding": p, "dilation": d}
        for p, s, d in product(PADDINGS, [1, 2, 3, (2, 1), (1, 3)], [1, 2])
    ]
    special: list[Case] = [
        {"images": (2, 6, 7, 4), "kernel": (3, 2, 2, 6), "groups": 2, "padding": "same"},
        {"images": (1, 5, 6, 3), "kernel": (2, 3, 1, 6), "groups": 3, "strides": (1, 2)},
        {"images": (1, 6, 5, 2), "kernel": (3, 3, 2, 3), "bias": True, "padding": 1},
        {"images": (1, 7, 9, 1), "kernel": (2, 3, 1, 1), "dilation": (3, 2), "strides": (2, 3)},
        {"images": (1, 7, 6, 1), "kernel": (2, 4, 1, 1), "padding": "same", "strides": (2, 3)},
        # exactly as large as the image: one output
        {"images": (1, 3, 4, 1), "kernel": (3, 4, 1, 1)},
        {"images": (1, 5, 5, 1), "kernel": (3, 3, 1, 1), "dilation": 2},
        {"images": (1, 1, 1, 1), "kernel": (1, 1, 1, 1)},
        {"images": (1, 1, 2, 1), "kernel": (3, 3, 1, 1), "padding": "same"},
    ]
    return [{"images": (1, 6, 7, 2), "kernel": (3, 2, 2, 2)} | case for case in plain] + special


def refused() -> list[Case]:
    """Return settings that cannot be computed."""
    return [
        {"images": (1, 4, 7, 1), "kernel": (3, 3, 1, 1), "dilation": 2},
        {"images": (1, 7, 4, 1), "kernel": (3, 3, 1, 1), "dilation": 2},
        {"images": (2, 2, 5, 1), "kernel": (5, 2, 1, 1), "padding": 1},
        {"images": (1, 4, 4, 1), "kernel": (3, 6, 1, 1), "padding": ((0, 0), (1, 0))},
        {"images": (1, 4, 4, 3), "kernel": (3, 3, 2, 1)},
        {"images": (1, 4, 4, 3), "kernel": (3, 3, 2, 4), "groups": 2},
    ]


def pair(value: Any) -> tuple[int, int]:
    """Write a setting out for both axes."""
    return (value, value) if isinstance(value, int) else value


def by_keras(images: np.ndarray, kernel: np.ndarray, case: Case) -> np.ndarray:
    """Let Keras slide the kernel."""
    import keras

    strides, dilation = pair(case.get("strides", 1)), pair(case.get("dilation", 1))
    padding = case.get("padding", "valid")
    if padding == "same":
        pads: Any = [
            shapes.same_padding(n, f, strides=s, dilation_rate=d)
            for n, f, s, d in zip(images.shape[1:3], kernel.shape, strides, dilation, strict=False)
        ]
    else:
        pads = (
            padding
            if isinstance(padding, tuple)
            else [pair(0 if padding == "valid" else padding)] * 2
        )
    padded = np.pad(images, ((0, 0), *pads, (0, 0))).astype("float32")
    groups = case.get("groups", 1)
    parts = [
        keras.ops.convert_to_numpy(keras.ops.conv(x, w, dilation_rate=dilation))
        for x, w in zip(
            np.split(padded, groups, axis=3),
            np.split(kernel.astype("float32"), groups, axis=3),
            strict=True,
        )
    ]
    dense = np.concatenate(parts, axis=3)
    return np.asarray(dense[:, :: strides[0], :: strides[1]])


def by_cnnutils(images: np.ndarray, kernel: np.ndarray, bias: Any, case: Case) -> np.ndarray:
    """Let cnnutils compute or refuse."""
    options = {name: case[name] for name in ("strides", "padding", "groups") if name in case}
    return ops.conv2d(images, kernel, bias, dilation_rate=case.get("dilation", 1), **options)


def solved(case: Case, rng: np.random.Generator) -> Case:
    """Add the inputs and the result to a setting."""
    images, kernel = (np.asarray(rng.integers(-9, 10, case[name])) for name in ("images", "kernel"))
    bias = rng.integers(-9, 10, case["kernel"][3]) if case.get("bias") else None
    output = by_keras(images, kernel, case) + (0 if bias is None else bias)
    np.testing.assert_array_equal(output, by_cnnutils(images, kernel, bias, case))
    return {
        "options": {k: v for k, v in case.items() if k not in {"images", "kernel", "bias"}}
        | ({} if bias is None else {"bias": bias.tolist()}),
        "images": [case["images"], images.ravel().tolist()],
        "kernel": [case["kernel"], kernel.ravel().tolist()],
        "output": [output.shape, output.ravel().astype(int).tolist()],
    }


def message(case: Case) -> Case:
    """Add the words with which cnnutils refuses a setting."""
    images, kernel = np.zeros(case["images"]), np.zeros(case["kernel"])
    try:
        by_cnnutils(images, kernel, None, case)
    except ValueError as error:
        return case | {"message": str(error)}
    raise AssertionError(f"cnnutils computes {case}")


def vectors() -> dict[str, list[Case]]:
    """Return what can be computed, and what can not."""
    rng = np.random.default_rng(0)
    return {
        "computed": [solved(case, rng) for case in cases()],
        "refused": [message(case) for case in refused()],
    }
