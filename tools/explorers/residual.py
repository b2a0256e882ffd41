"""The explorer of signal and gradient by depth: its picture, and what both are held against."""

from itertools import product
from typing import Any

import numpy as np

from cnnutils import ops
from tools.explorers.drawing import svg
from tools.explorers.vectors import Case

CURVES = """.rule { stroke: #b9c7d3; }
.curve, .dashed { fill: none; stroke: #24506f; stroke-width: 2.5; }
.dashed { stroke: #d9540b; stroke-dasharray: 6 4; }
.dot { fill: #24506f; }
.square { fill: #eef4f9; stroke: #d9540b; stroke-width: 2; }"""


def sizes(weights: np.ndarray, shortcut: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sizes of a signal and of its gradient at the ends of blocks of two layers."""
    units = weights.shape[-1]
    first, gradient = drawn(2 * units**2, 1).reshape(2, units, units)
    signal, blocks = ops.relu(first), []
    forward, back = [np.linalg.norm(signal)], [np.linalg.norm(gradient)]
    for w1, w2 in zip(weights[::2], weights[1::2], strict=True):
        inside = ops.dense(signal, w1)
        total = ops.dense(ops.relu(inside), w2) + shortcut * signal
        blocks.append((inside, total, w1, w2))
        signal = ops.relu(total)
        forward.append(np.linalg.norm(signal))
    for inside, total, w1, w2 in reversed(blocks):
        gradient = ops.relu_gradient(gradient, total)
        through = ops.relu_gradient(gradient @ w2.T, inside) @ w1.T
        gradient = through + shortcut * gradient
        back.insert(0, np.linalg.norm(gradient))
    return np.array(forward) / forward[0], np.array(back) / back[-1]


def power(value: float) -> str:
    """Write a small number with two digits and a power of ten."""
    digits, exponent = f"{value:.1e}".split("e")
    high = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits} · 10{high}"


def picture() -> str:
    """Draw how large signal and gradient are by depth, with and without shortcuts."""
    layers, units, top, high, wide = 32, 32, 64, 200, 280
    weights = drawn((2 + layers) * units**2, 1).reshape(-1, units, units)[2:]
    plain, residual = (sizes(0.5 * np.sqrt(2 / units) * weights, skip) for skip in (0, 1))

    def curve(kind: str, sizes: np.ndarray, left: float) -> str:
        places = [
            (f"{left + wide * n / (len(sizes) - 1):.1f}", f"{top + (1 - exponent) * high / 11:.1f}")
            for n, exponent in enumerate(np.log10(sizes))
        ]
        line = f'<path class="{kind}" d="M{"L".join(map(" ".join, places))}"/>'
        if kind == "curve":
            return line + "".join(
                f'<circle class="dot" cx="{x}" cy="{y}" r="3.5"/>' for x, y in places
            )
        return line + "".join(
            f'<rect class="square" x="{float(x) - 3.5:.1f}" y="{float(y) - 3.5:.1f}" width="7"'
            ' height="7"/>'
            for x, y in places
        )

    parts = [f"<style>{CURVES}</style>"]
    for left, number, title in (
        (64, 0, "Signal, on its way forward →"),
        (400, 1, "Gradient, on its way back ←"),
    ):
        parts.append(f'<text class="title" x="{left}" y="{top - 28}">{title}</text>')
        for exponent, label in ((0, "1"), (-5, "10⁻⁵"), (-10, "10⁻¹⁰")):
            y = top + (1 - exponent) * high / 11
            parts += [
                f'<path class="rule" d="M{left} {y:.1f}h{wide}"/>',
                f'<text class="more" x="{left - 8}" y="{y + 5:.1f}" text-anchor="end">{label}'
                "</text>",
            ]
        parts += [
            f'<text class="more" x="{left + wide * layer / layers:g}" y="{top + high + 24}"'
            f' text-anchor="middle">{layer}</text>'
            for layer in (0, 8, 16, 24, 32)
        ]
        parts += [curve("dashed", residual[number], left), curve("curve", plain[number], left)]
    below = top + high + 24
    parts += [
        f'<text class="sum" x="24" y="{below + 34}">After {layers} layers: plain,'
        f" {power(plain[0][-1])} of the signal; with shortcuts,"
        f" {residual[0][-1]:.2g} times the signal.</text>",
        f'<text class="more" x="24" y="{below + 60}">Round: plain. Square: with'
        " shortcuts. Choose your own in the book’s explorer.</text>",
    ]
    return svg(704, below + 80, parts)


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


def vectors() -> dict[str, list[Case]]:
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
