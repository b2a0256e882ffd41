"""The explorer of receptive fields: its picture, and what the fields are held against."""

import numpy as np

from cnnutils import ops, shapes
from tools.explorers.drawing import svg
from tools.explorers.vectors import Case


def picture() -> str:
    """Draw three windows of three above a row of pixels, and what one value is made of."""
    pixels, cell, step, left, top = 32, 12, 17, 24, 70
    stacks = [[shapes.Window(3)] * n for n in range(4)]
    seen = shapes.receptive_field(stacks[-1])
    ways = np.convolve(np.convolve(np.ones(3), np.ones(3)), np.ones(3))
    parts = []
    for level, stack in enumerate(stacks):
        field = shapes.receptive_field(stack)
        y = top + (3 - level) * 58
        count = pixels - field.size + 1
        below = range(cell, cell + seen.size - field.size + 1)
        names = f"layer {level}: {count} values" if level else f"picture: {pixels} pixels"
        parts.append(f'<text class="more" x="{left}" y="{y - 8}">{names}</text>')
        for i in range(count):
            x = left + (i + (field.size - 1) / 2) * step
            kind = "frame" if level == 3 and i == cell else "bar" if i in below else "empty"
            shade = ""
            if level == 0 and i in below:
                shade = f' fill-opacity="{0.25 + 0.75 * ways[i - cell] / ways.max():.3g}"'
            parts.append(
                f'<rect class="{kind}" x="{x:g}" y="{y}" width="{step - 4}" height="{step - 4}"'
                f' rx="3"{shade}/>'
            )
    below_all = top + 3 * 58
    parts += [
        f'<text class="title" x="{left}" y="36">Three windows of 3: one value sees'
        f" {seen.size} pixels</text>",
        f'<text class="more" x="{left}" y="{below_all + 52}">Stack layers, and choose a value, in'
        " the book’s explorer.</text>",
    ]
    return svg(2 * left + pixels * step, below_all + 76, parts)


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


def vectors() -> dict[str, list[Case]]:
    """Return stacks of up to four layers."""
    rng = np.random.default_rng(0)
    return {"stacks": [stacked(rng) for _ in range(60)]}
