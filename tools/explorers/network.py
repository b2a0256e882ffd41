"""The explorer that builds networks: its picture, and what its counts are held against."""

import re
from typing import Any

import numpy as np

from cnnutils import costs, ops
from tools.explorers.drawing import svg
from tools.explorers.vectors import Case


def picture() -> str:
    """Draw where the parameters and the multiplications of LeNet-5 are."""
    from cnnutils import zoo  # here, because Keras takes its time
    from cnnutils.model_costs import model_costs

    with zoo.without_weights():
        counted = model_costs(zoo.build_lenet5())
    kinds = {"Conv2D": "Convolution", "AveragePooling2D": "Pooling", "Dense": "Dense"}
    rows = [row for row in counted.layers if row.kind in kinds]
    left, top, step, longest = 24, 78, 36, 100
    columns = {"params": left + 262, "macs": left + 462}
    parts = [
        f'<text class="title" x="{x}" y="{top - 24}">{title}</text>'
        for title, x in zip(
            ("Layer", "Output", "Parameters", "Multiplications"),
            (left, left + 132, *columns.values()),
            strict=True,
        )
    ]
    for n, row in enumerate(rows):
        y = top + step * n
        shape = " × ".join(map(str, row.output_shape))
        parts += [
            f'<text class="more" x="{left}" y="{y + 16}">{kinds[row.kind]}</text>',
            f'<text class="more" x="{left + 132}" y="{y + 16}">{shape}</text>',
        ]
        for what, x in columns.items():
            count = getattr(row, what)
            width = longest * count / max(getattr(other, what) for other in rows)
            if count:
                parts.append(
                    f'<rect fill="{"#d9540b" if row.kind == "Dense" else "#24506f"}" x="{x}"'
                    f' y="{y}" width="{max(2, width):.1f}" height="22"/>'
                )
            parts.append(
                f'<text class="title" x="{x + width + 8:.1f}" y="{y + 16}">{count:,}</text>'
            )
    below = top + step * len(rows)
    shares = [
        sum(getattr(row, what) for row in rows if row.kind == "Dense") / getattr(counted, what)
        for what in columns
    ]
    parts += [
        f'<text class="sum" x="{left}" y="{below + 26}">LeNet-5’s dense layers hold'
        f" {shares[0]:.0%} of the parameters and do {shares[1]:.0%} of the work.</text>",
        f'<text class="more" x="{left}" y="{below + 52}">Change the layers in the book’s'
        " explorer.</text>",
    ]
    return svg(2 * left + 660, below + 74, parts)


def random_layers(rng: np.random.Generator, most: int = 9) -> str:
    """Write a stack of layers as the explorer of networks does, whether it fits or not."""

    def drawn(*values: Any) -> str:
        return str(values[rng.integers(len(values))])

    written, flat = [], False
    for _ in range(rng.integers(1, most + 1)):
        kinds = ["conv", "conv", "conv", "max", "avg", "flat", "mean"]
        kind = drawn("dense", "dense", "dense", *kinds) if flat else drawn(*kinds)
        flat |= kind in {"flat", "mean"}
        told, usual = [kind], []
        if kind == "conv":
            told += [drawn(2, 3, 4, 6, 8), drawn(1, 2, 3, 4, 5, 7), drawn(1, 1, 2, 3)]
            told += [drawn("valid", "same"), drawn(1, 1, 1, 2, 3)]
            usual = ["1", "valid", "1"]
        elif kind in {"max", "avg"}:
            told += [drawn(2, 3, 4), drawn(1, 2, 3), drawn("valid", "valid", "same")]
            usual = [told[1], "valid"]
        elif kind == "dense":
            told += [drawn(1, 5, 10, 64)]
        while usual and told[-1] == usual.pop():
            del told[-1]
        written.append("-".join(told))
    return ",".join(written)


def built(size: str, layers: str) -> Any:
    """Build in Keras what the explorer of networks writes; Keras refuses what does not fit."""
    import keras

    from cnnutils import zoo

    def layer(kind: str, *told: str) -> Any:
        numbers = [int(value) for value in told if value not in {"valid", "same"}]
        padding = "same" if "same" in told else "valid"
        if kind == "conv":
            filters, window, strides, groups = numbers + [1] * (4 - len(numbers))
            return keras.layers.Conv2D(
                filters, window, strides=strides, padding=padding, groups=groups
            )
        if kind in {"max", "avg"}:
            pool = {"max": keras.layers.MaxPooling2D, "avg": keras.layers.AveragePooling2D}[kind]
            return pool(numbers[0], strides=numbers[-1], padding=padding)
        if kind == "dense":
            return keras.layers.Dense(numbers[0])
        flat = {"mean": keras.layers.GlobalAveragePooling2D, "flat": keras.layers.Flatten}
        return flat[kind]()

    shape = tuple(map(int, size.split("-")))
    with zoo.without_weights():
        stack = [layer(*text.split("-")) for text in layers.split(",")]
        return keras.Sequential([keras.Input(shape), *stack])


def rows(size: str, layers: str) -> list[tuple[tuple[int, ...], int, int]]:
    """Return what each layer puts out, learns and multiplies, the input first."""
    from cnnutils.model_costs import model_costs

    counted = model_costs(built(size, layers)).layers
    return [(row.output_shape, row.params, row.macs) for row in counted]


def complaint(call: Any, *arguments: Any, **options: Any) -> str:
    """Return a refusal of cnnutils without the function's name and the arrays' shapes."""
    try:
        call(*arguments, **options)
    except (TypeError, ValueError) as error:
        return re.sub(r"^\w+: | \(images .*\)| \(float\)", "", str(error))
    raise RuntimeError(f"{arguments} should have been refused")


def vectors() -> dict[str, list[Case]]:
    """Return stacks of layers that fit, and some that do not, with the words of cnnutils."""
    rng = np.random.default_rng(0)
    fitting: list[Case] = []
    while len(fitting) < 80:
        size, layers = "-".join(map(str, rng.integers(6, 41, 3))), random_layers(rng)
        try:
            found = rows(size, layers)
        except ValueError:
            continue
        fitting.append({"input": size, "layers": layers, "rows": found})

    def window(shape: tuple[int, int, int], size: int) -> str:
        return complaint(ops.conv2d, np.zeros((1, *shape)), np.zeros((size, size, shape[2], 1)))

    def pool(shape: tuple[int, int, int], size: int) -> str:
        return complaint(ops.max_pool2d, np.zeros((1, *shape)), size)

    def count(*arguments: Any, **options: Any) -> str:
        return complaint(costs.conv2d_cost, *arguments, **options)

    refused = [
        ("8-8-1", "conv-4-9", 0, window((8, 8, 1), 9)),
        ("6-9-2", "conv-4-7", 0, window((6, 9, 2), 7)),
        ("9-6-2", "conv-4-7", 0, window((9, 6, 2), 7)),
        ("9-9-1", "conv-4-3-1-same,max-2,conv-3-5,mean", 2, window((4, 4, 4), 5)),
        ("8-8-1", "max-9,flat", 0, pool((8, 8, 1), 9)),
        ("9-5-1", "conv-3-3,avg-4", 1, pool((7, 3, 3), 4)),
        ("8-8-3", "conv-4-3-1-same-2", 0, count((8, 8, 3), 4, 3, groups=2)),
        ("8-8-4", "conv-3-3-1-same-2", 0, count((8, 8, 4), 3, 3, groups=2)),
        *[
            ("5-5-2", f"flat,{kind},dense-3", 1, count((50,), 4, 3))
            for kind in ("conv-4-3", "max-2", "avg-2-1-same", "mean")
        ],
    ]
    numbers = [
        ("filters", "0", count((8, 8, 1), 0, 3)),
        ("filters", "2.5", count((8, 8, 1), 2.5, 3)),
        ("groups", "-3", count((8, 8, 1), 4, 3, groups=-3)),
        ("units", "0", complaint(costs.dense_cost, 3, 0)),
    ]
    return {
        "fitting": fitting,
        "refused": [
            dict(zip(("input", "layers", "fits", "message"), case, strict=True)) for case in refused
        ],
        "numbers": [dict(zip(("field", "text", "message"), case, strict=True)) for case in numbers],
    }
