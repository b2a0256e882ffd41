"""Write what the explorers' arithmetic is held against: inputs, and what comes of them.

Usage: python -m tools.export_explorers

Inputs are small integers or sixteenths, or drawn by a generator of integers, and what is no
quotient of small integers is rounded, so every machine gets the same file to the last byte. Boxes,
embeddings and Gram matrices are held against cnnutils, convolution and gradients against Keras.
Keras refuses stride and dilation together, and padding in pixels: so the images are padded here,
Keras slides with stride 1, and every s-th output is kept. cnnutils must agree, and it lends the
errors' words.
"""

import json
import re
import sys
from itertools import product
from typing import Any

import numpy as np

from cnnutils import boxes, costs, detect, ops, shapes, verify
from tools import environment
from tools.chapters import ROOT

FOLDER = ROOT / "tests" / "explorers" / "vectors"
Case = dict[str, Any]
PADDINGS: list[Any] = ["valid", "same", 1, 2, ((0, 2), (1, 0))]


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


def convolutions() -> dict[str, list[Case]]:
    """Return what can be computed, and what can not."""
    rng = np.random.default_rng(0)
    return {
        "computed": [solved(case, rng) for case in cases()],
        "refused": [message(case) for case in refused()],
    }


def suppressed(rng: np.random.Generator, size: int) -> Case:
    """Return boxes of a small grid, among them equal ones and equal scores, and which are kept."""
    low, high = rng.integers(0, 9, (2, 6, 2))
    found = np.concatenate([np.minimum(low, high), np.maximum(low, high) + 1 - size % 2], axis=1)
    scores, threshold = rng.integers(1, 6, 6) / 10, float(rng.choice([0.3, 0.5, 0.7]))
    return {
        "boxes": found.tolist(),
        "scores": scores.tolist(),
        "threshold": threshold,
        "iou": boxes.iou_matrix(found, found).ravel().tolist(),
        "kept": boxes.non_max_suppression(found, scores, iou_threshold=threshold).tolist(),
    }


def encoded(rng: np.random.Generator) -> Case:
    """Return a box in a picture of 3 × 4 cells, three anchors, and the entry in the grid."""
    corners = np.sort(rng.integers(0, [32, 24], (2, 2)), axis=0)
    box = [*corners[0].tolist(), *(corners[1] + 1).tolist()]
    anchors = rng.integers(2, 20, (3, 2))
    anchors[2] = anchors[rng.integers(2)]  # two are as good
    target = detect.encode_grid(
        [box], [0], image_size=(24, 32), grid_size=(3, 4), anchors=anchors, num_classes=1
    ).target
    row, column, anchor = (int(at) for at in np.argwhere(target[..., 0] == 1)[0])
    size = [[box[3] - box[1], box[2] - box[0]]]
    return {
        "box": box,
        "anchors": anchors.tolist(),
        "place": [row, column],
        "anchor": anchor,
        "ious": detect.shape_iou(size, anchors)[0].tolist(),
        "entry": target[row, column, anchor, :5].tolist(),
    }


def boxes_and_anchors() -> dict[str, list[Case]]:
    """Return what cnnutils says of boxes; every number is a quotient of small integers."""
    rng = np.random.default_rng(0)
    return {
        "suppressed": [suppressed(rng, n) for n in range(60)],
        "encoded": [encoded(rng) for _ in range(60)],
    }


def layer_costs() -> dict[str, list[Case]]:
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


def stacked(rng: np.random.Generator, *, pixels: int = 40) -> Case:
    """Return a stack of layers, what each of its levels sees, and the gradient of one value.

    The gradient is that of ops.conv2d with ones as weights, led down layer by layer.
    """
    layers: list[dict[str, int]] = []
    counts, fields, maps = [pixels], [shapes.receptive_field([])], [np.ones((1, 1, pixels, 1))]
    for window, stride, dilation in rng.choice([1, 2, 3, 5], (4, 3)).tolist():
        stride, dilation = min(stride, 3), min(dilation, 3)
        if dilation * (window - 1) + 1 > counts[-1]:
            break
        layers.append({"window": window, "stride": stride, "dilation": dilation})
        ones, strides, rate = np.ones((1, window, 1, 1)), (1, stride), (1, dilation)
        maps.append(ops.conv2d(maps[-1], ones, strides=strides, dilation_rate=rate))
        counts.append(maps[-1].shape[2])
        windows = [
            shapes.Window(n["window"], strides=n["stride"], dilation_rate=n["dilation"])
            for n in layers
        ]
        fields.append(shapes.receptive_field(windows))
    cell = int(rng.integers(counts[-1]))
    gradient = np.zeros_like(maps[-1])
    gradient[0, 0, cell, 0] = 1
    for layer, below in zip(layers[::-1], maps[-2::-1], strict=True):
        ones, strides = np.ones((1, layer["window"], 1, 1)), (1, layer["stride"])
        rate = (1, layer["dilation"])
        gradient = ops.conv2d_gradients(
            gradient, below, ones, strides=strides, dilation_rate=rate
        ).images
    return {
        "pixels": pixels,
        "layers": layers,
        "counts": counts,
        "sizes": [field.size for field in fields],
        "jumps": [field.jump for field in fields],
        "cell": cell,
        "gradient": gradient.ravel().astype(int).tolist(),
    }


def receptive_fields() -> dict[str, list[Case]]:
    """Return stacks of up to four layers."""
    rng = np.random.default_rng(0)
    return {"stacks": [stacked(rng) for _ in range(60)]}


def drawn(count: int, seed: int) -> np.ndarray:
    """Return what Marsaglia's xorshift with 32 bits draws, with mean 0 and variance 1."""
    state, values = seed * 2654435769 % 2**32, []
    for _ in range(count):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        values.append(state)
    return np.asarray(np.sqrt(3) * (np.array(values) / 2**31 - 1))


def travelled(case: Case) -> Case:
    """Let Keras send a signal through the network, and TensorFlow a gradient back."""
    import keras
    import tensorflow as tf

    depth, shortcut, units = case["depth"], case["shortcut"], 32
    values = drawn((2 + depth) * units**2, case["seed"]).reshape(-1, units, units)

    def layer(inputs: Any, number: int) -> Any:
        zero = case["zero"] and number % 2
        kernel = keras.initializers.Constant(
            0 if zero else case["scale"] * np.sqrt(2 / units) * values[2 + number]
        )
        dense = keras.layers.Dense(
            units, use_bias=False, kernel_initializer=kernel, dtype="float64"
        )
        sums = dense(inputs)
        if case["normed"]:
            sums = keras.layers.BatchNormalization(dtype="float64")(sums, training=True)
        return sums

    signal = tf.nn.relu(tf.constant(values[0]))
    with tf.GradientTape() as tape:
        tape.watch(signal)
        places = [signal]
        for number in range(0, depth, 2):
            sums = layer(tf.nn.relu(layer(signal, number)), number + 1)
            signal = tf.nn.relu(sums + signal if shortcut else sums)
            places.append(signal)
    gradients = tape.gradient(signal, places, output_gradients=tf.constant(values[1]))

    def shares(arrays: list[Any], whole: int) -> list[float]:
        sizes = [np.linalg.norm(array) for array in arrays]
        return [float(f"{size / sizes[whole]:.5g}") for size in sizes]

    return case | {"signal": shares(places, 0), "gradient": shares(gradients, -1)}


def depths() -> dict[str, list[Case]]:
    """Return the first numbers of some seeds, and what Keras says of networks of many depths."""
    settings: list[Case] = [
        {"depth": 2, "scale": 1, "normed": False},
        {"depth": 4, "scale": 2, "normed": True},
        {"depth": 8, "scale": 0.5, "normed": True},
        {"depth": 16, "scale": 1.4, "normed": False},
        {"depth": 32, "scale": 0.5, "normed": False},
        {"depth": 64, "scale": 0.7, "normed": False},
        {"depth": 64, "scale": 1, "normed": True},
    ]
    cases = [
        {**setting, "seed": seed, "zero": zero, "shortcut": shortcut}
        for seed, setting in enumerate(settings, start=1)
        for zero, shortcut in product([False, True], repeat=2)
        if not (zero and setting["depth"] > 16)
    ]
    return {
        "drawn": [{"seed": seed, "values": drawn(5, seed).tolist()} for seed in (1, 2, 99, 2**31)],
        "travelled": [travelled(case) for case in cases],
    }


def on_circle(degrees: np.ndarray) -> np.ndarray:
    """Return embeddings of length 1, (..., 2)."""
    return np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)


def triplet_losses() -> list[Case]:
    """Return losses, their slopes along the circle by central differences, and their kinds."""
    import keras

    from cnnutils import faces

    rng = np.random.default_rng(0)
    angles, margins = rng.integers(0, 360, (60, 3)), rng.choice([0, 0.2, 0.5, 1], 60)
    # Ties: N as far as P, the margin kept exactly (twice), all in one point.
    angles[:5] = [[90, 130, 50], [90, 150, 0], [40, 76, 328], [7, 7, 7], [7, 7, 7]]
    margins[:5] = [0.2, 1, 1, 0, 0.2]

    def losses(degrees: np.ndarray, margin: float) -> np.ndarray:
        parts = np.moveaxis(on_circle(degrees), -2, 0)
        return np.asarray(keras.ops.convert_to_numpy(faces.triplet_loss(*parts, margin=margin)))

    cases = []
    for three, margin in zip(angles, margins.tolist(), strict=True):
        (loss,) = losses(three[np.newaxis], margin).round(9)
        near, far = ((on_circle(three[:1]) - on_circle(three[1:])) ** 2).sum(axis=1).round(9)
        move = 1e-3 * np.eye(3)  # degrees
        slopes = (losses(three + move, margin) - losses(three - move, margin)) / np.radians(2e-3)
        kind = "easy" if loss == 0 else "semi-hard" if far > near else "hard"
        case = {"points": three.tolist(), "margin": margin, "near": near, "far": far}
        # Where the loss has just become 0 it has a corner, and no slope.
        corner = abs(near - far + margin) < 1e-6
        cases.append(
            case
            | {"loss": loss, "kind": kind, "gradient": None if corner else slopes.round(5).tolist()}
        )
    return cases


def accepted_pairs() -> list[Case]:
    """Return the error rates of galleries on the circle, and where they are equal."""
    rng = np.random.default_rng(0)
    cases = []
    for n in range(40):
        people = rng.permutation(np.repeat([1, 2, 3], [2, 3, 4]))
        # In steps of 10 degrees many distances are equal, so both rates change at once.
        points = rng.integers(0, 36, 9) * 10 if n % 2 else rng.integers(0, 360, 9)
        if n < 2:  # every distance is the same: all in one point, or a triangle
            points, people = [(points * 0 + 5, people), (np.array([0, 120, 240]), people[-3:])][n]
        i, j = np.triu_indices(len(points), k=1)
        distances = verify.squared_distances(on_circle(points), on_circle(points))[i, j].round(10)
        same = people[i] == people[j]
        threshold = [1.0, float(rng.integers(0, 400)) / 100][n % 3 > 0]
        accepted = distances <= threshold
        curve = verify.roc_curve(distances, same)
        equal = verify.equal_error_rate(distances, same)
        cases.append(
            {
                "points": points.tolist(),
                "people": people.tolist(),
                "threshold": threshold,
                "accepts": int(np.sum(accepted & ~same)),
                "rejects": int(np.sum(~accepted & same)),
                "thresholds": curve.thresholds[1:].round(9).tolist(),
                "false_accept_rate": curve.false_accept_rate.round(9).tolist(),
                "true_accept_rate": curve.true_accept_rate.round(9).tolist(),
                "equal": [round(equal.rate, 9), round(equal.threshold, 8)],
            }
        )
    return cases


def embeddings() -> dict[str, list[Case]]:
    """Return what cnnutils says of embeddings on a circle."""
    return {"triplets": triplet_losses(), "galleries": accepted_pairs()}


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


def networks() -> dict[str, list[Case]]:
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


def painted(rng: np.random.Generator, high: int, wide: int, filters: int) -> Case:
    """Return a picture on its way from a content to a style, and the next step down.

    Pixels are sixteenths, and maps hold a power of two of numbers: every sum is exact.
    """
    import keras
    import tensorflow as tf

    from cnnutils import style

    size = (8 if filters == 4 else 4) + high - 1, 8 + wide - 1
    picture, content, wanted = rng.integers(0, 17, (3, *size)) / 16
    kernel = rng.integers(-2, 4, (high, wide, filters)).astype(float)
    beta = int(rng.integers(0, 4))

    def maps(pixels: Any) -> Any:
        sums = keras.ops.conv(pixels[None, ..., None], kernel[:, :, None])
        return keras.ops.relu(sums)[0]

    made = tf.Variable(picture)
    with tf.GradientTape() as tape:
        costs = [style.content_loss(maps(content), maps(made))]
        costs.append(style.style_loss(maps(wanted), maps(made)))
        total = costs[0] + beta * costs[1]
    slope = np.array(tape.gradient(total, made))
    rounded = np.floor((picture - slope) * 2**20 + 0.5)  # halves up, as JavaScript rounds
    one, other = rng.integers(filters, size=2).tolist()
    found = np.array(maps(made))
    return {
        "pictures": [p.ravel().tolist() for p in (picture, content, wanted)],
        "size": size,
        "kernel": [kernel.shape, kernel.ravel().tolist()],
        "beta": beta,
        "maps": [found.shape, found.ravel().tolist()],
        "gram": np.array(style.gram_matrix(found)).ravel().tolist(),
        "entry": [one, other],
        "products": (found[..., one] * found[..., other]).ravel().tolist(),
        "costs": [float(cost) for cost in costs],
        "slope": slope.ravel().tolist(),
        "next": np.clip(rounded / 2**20, 0, 1).ravel().tolist(),
    }


def styles() -> dict[str, list[Case]]:
    """Return numbers at other places, and pictures that are painted."""
    rng = np.random.default_rng(0)
    moved = []
    for rows, columns, channels in [(18, 18, 1), (16, 16, 4), (6, 7, 2), (5, 5, 3)]:
        places = np.arange(rows * columns * channels).reshape(rows, columns, channels)
        order = np.argsort(np.sin(np.arange(rows * columns) ** 2))
        ways = {
            "shifted": np.roll(places, (2, 5), axis=(0, 1)),
            "shuffled": places.reshape(-1, channels)[order],
        }
        if rows == columns:
            ways["transposed"] = places.transpose(1, 0, 2)
        moved += [
            {"shape": places.shape, "how": how, "data": data.ravel().tolist()}
            for how, data in ways.items()
        ]
    sizes = [(3, 3, 4), (2, 3, 4), (3, 2, 2), (1, 4, 4)]
    return {"moved": moved, "painted": [painted(rng, *size) for size in sizes * 3]}


FILES = {
    "conv2d.json": convolutions,
    "boxes.json": boxes_and_anchors,
    "costs.json": layer_costs,
    "field.json": receptive_fields,
    "depth.json": depths,
    "faces.json": embeddings,
    "network.json": networks,
    "gram.json": styles,
}


def text(content: dict[str, list[Case]]) -> str:
    """Write a case to a line."""
    lines = [
        f'"{name}": [\n'
        + ",\n".join(json.dumps(c, separators=(",", ":")) for c in content[name])
        + "\n]"
        for name in content
    ]
    return "{" + ",\n".join(lines) + "}\n"


def main() -> int:
    environment.apply()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        file = FOLDER / name
        file.write_text(text(make()), encoding="utf-8")
        print(f"wrote {file.relative_to(ROOT)}, {file.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
