"""Draw the pictures that stand in for the explorers where scripts do not run.

Usage: python -m tools.explorer_pictures

Every number in a picture is computed by cnnutils. A test draws them again and compares.
"""

import sys
from collections.abc import Callable
from html import escape

import matplotlib as mpl
import numpy as np
from sklearn.datasets import load_digits

from cnnutils import boxes, costs, faces, ops, plots, shapes
from tools.chapters import ROOT
from tools.export_explorers import drawn

FOLDER = ROOT / "site" / "static"
CELL = 30
TOP = 44
CURVES = """.rule { stroke: #b9c7d3; }
.curve, .dashed { fill: none; stroke: #24506f; stroke-width: 2.5; }
.dashed { stroke: #d9540b; stroke-dasharray: 6 4; }
.dot { fill: #24506f; }
.square { fill: #eef4f9; stroke: #d9540b; stroke-width: 2; }"""
MINUS = "\N{MINUS SIGN}"
KERNEL = np.repeat([[1, 0, -1]], 3, axis=0)
WINDOW = (3, 4)  # row and column of the output that the picture marks
Colours = Callable[[float], tuple[float, ...]]


def written(value: float) -> str:
    """Write an integer with a real minus sign."""
    return f"{value:.0f}".replace("-", MINUS)


def ink(colour: tuple[float, ...]) -> str:
    """Return black or white, whichever can be read on a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    luminance = float(np.dot([0.2126, 0.7152, 0.0722], linear))
    return "#000" if luminance > 0.18 else "#fff"


def grid(title: str, values: np.ndarray, left: float, top: float, colours: Colours) -> str:
    """Draw a table of numbers under its title."""
    cells = [f'<text class="title" x="{left}" y="{top - 14}">{escape(title)}</text>']
    for (row, column), value in np.ndenumerate(values):
        colour = colours(float(value))
        x, y = left + column * CELL, top + row * CELL
        cells.append(
            f'<rect x="{x}" y="{y}" width="{CELL - 1}" height="{CELL - 1}" rx="3"'
            f' fill="{mpl.colors.to_hex(colour)}"/>'
            f'<text class="number" x="{x + CELL / 2 - 0.5}" y="{y + CELL / 2}"'
            f' fill="{ink(colour)}">{written(value)}</text>'
        )
    return "\n".join(cells)


def frame(left: float, top: float, size: int) -> str:
    """Draw a frame around ``size`` × ``size`` cells."""
    side = size * CELL - 1
    return (
        f'<rect class="halo" x="{left}" y="{top}" width="{side}" height="{side}" rx="3"/>'
        f'<rect class="frame" x="{left}" y="{top}" width="{side}" height="{side}" rx="3"/>'
    )


def convolution() -> str:
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


def two_boxes() -> str:
    """Draw two boxes, what they share, and the arithmetic of their IoU."""
    pair, scale, left, top = np.array([[4, 3, 20, 15], [12, 7, 28, 17]]), 16, 24, 24
    area_a, area_b = boxes.box_area(pair)
    low, high = np.maximum(*pair[:, :2]), np.minimum(*pair[:, 2:])
    shared = (high - low).prod()
    together = area_a + area_b - shared
    iou = boxes.iou_matrix(pair[:1], pair[1:])[0, 0]
    below = top + 24 * scale

    def rectangle(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
        return (
            f'<rect class="{kind}" x="{left + x1 * scale}" y="{top + y1 * scale}"'
            f' width="{(x2 - x1) * scale}" height="{(y2 - y1) * scale}"/>'
        )

    parts = [
        '<pattern id="hatch" width="10" height="10" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><path d="M0 0V10" stroke="#d9540b" stroke-width="5"/>'
        "</pattern>",
        rectangle("paper", 0, 0, 32, 24),
        rectangle("shared", *low, *high),
        *[rectangle("box", *box) for box in pair],
        *[
            f'<text class="title" x="{left + box[0] * scale + 8}"'
            f' y="{top + box[1] * scale + 22}">{name}</text>'
            for name, box in zip("AB", pair, strict=True)
        ],
        f'<text class="sum" x="24" y="{below + 30}">IoU = {shared} / ({area_a:g} + {area_b:g}'
        f" {MINUS} {shared}) = {shared} / {together:g} ≈ {iou:.2f}</text>",
        f'<text class="more" x="24" y="{below + 56}">Drag the boxes in the book’s explorer.</text>',
    ]
    return svg(2 * left + 32 * scale, below + 76, parts)


def bars(title: str, counts: dict[str, int], words: str, more: str) -> str:
    """Draw named numbers as bars, with a sentence below them."""
    left, top, longest = 24, 56, 400
    parts = [f'<text class="title" x="{left}" y="{top - 24}">{title}</text>']
    for n, (name, count) in enumerate(counts.items()):
        y = top + 44 * n
        parts += [
            f'<text class="title" x="{left}" y="{y + 20}">{name}</text>',
            f'<rect class="bar" x="{left + 148}" y="{y + 4}"'
            f' width="{max(2, longest * count / max(counts.values())):g}" height="22"/>',
            f'<text class="title" x="{left + 660}" y="{y + 20}" text-anchor="end">{count:,}</text>',
        ]
    below = top + 44 * len(counts)
    parts += [
        f'<text class="sum" x="{left}" y="{below + 28}">{words}</text>',
        f'<text class="more" x="{left}" y="{below + 54}">{more}</text>',
    ]
    return svg(2 * left + 660, below + 76, parts)


def separable() -> str:
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


def inception() -> str:
    """Draw what the branches of an Inception module multiply."""
    shape = (28, 28, 192)

    def through(narrow: int, filters: int, window: int) -> int:
        reduced = costs.conv2d_cost(shape, narrow, 1)
        wide = costs.conv2d_cost((28, 28, narrow), filters, window, padding="same")
        return reduced.macs + wide.macs

    counts = {
        "1 × 1": costs.conv2d_cost(shape, 64, 1).macs,
        "3 × 3": through(96, 128, 3),
        "5 × 5": through(16, 32, 5),
        "Pooling, 1 × 1": costs.conv2d_cost(shape, 32, 1).macs,
    }
    direct = costs.conv2d_cost(shape, 32, 5, padding="same").macs
    return bars(
        "Multiplications in GoogLeNet’s module 3a, on 28 · 28 · 192",
        counts | {"All four": sum(counts.values())},
        f"Without its bottleneck, the 5 × 5 alone would have {direct:,}.",
        "Choose the module and its bottlenecks in the book’s explorer.",
    )


def receptive() -> str:
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


def travelled(weights: np.ndarray, shortcut: int) -> tuple[np.ndarray, np.ndarray]:
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


def depth() -> str:
    """Draw how large signal and gradient are by depth, with and without shortcuts."""
    layers, units, top, high, wide = 32, 32, 64, 200, 280
    weights = drawn((2 + layers) * units**2, 1).reshape(-1, units, units)[2:]
    plain, residual = (travelled(0.5 * np.sqrt(2 / units) * weights, skip) for skip in (0, 1))

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


def triplet() -> str:
    """Draw a semi-hard triplet on a circle, both distances on a line, and its loss."""
    angles, margin, radius, middle = np.radians([90, 150, 20]), 0.5, 130, (180, 172)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    near, far = ((points[0] - points[1:]) ** 2).sum(axis=1)
    (loss,) = np.asarray(faces.triplet_loss(*points[:, np.newaxis], margin=margin))
    corners = [[middle[0] + radius * x, middle[1] - radius * y] for x, y in points.round(4)]
    left, scale, line = 370, 90, 150
    thin = 'fill="none" stroke="#4b5968" stroke-width="2"'
    thick = 'fill="none" stroke="#d9540b" stroke-width="12"'

    def band(look: str, *distances: float) -> str:
        """Draw what has these squared distances from A, on both sides, and on the line."""
        turns = [np.arccos(1 - distance / 2) for distance in distances]
        arcs = []
        for side in (1, -1):
            ends = [
                f"{middle[0] + radius * np.cos(angles[0] + side * turn):.2f}"
                f" {middle[1] - radius * np.sin(angles[0] + side * turn):.2f}"
                for turn in turns
            ]
            arcs.append(f"M{ends[0]}A{radius} {radius} 0 0 {int(side < 0)} {ends[1]}")
        low, high = (left + scale * distance for distance in distances)
        return f'<path {look} d="{"".join(arcs)}M{low:.2f} {line}H{high:.2f}"/>'

    def disc(name: str, x: float, y: float) -> str:
        return (
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="14" fill="#fff" stroke="#24506f"'
            ' stroke-width="3"/>'
            f'<text class="title number" x="{x:.2f}" y="{y:.2f}">{name}</text>'
        )

    (ax, ay), *others = corners
    chords = "".join(f"M{ax:.2f} {ay:.2f}L{x:.2f} {y:.2f}" for x, y in others)
    at_p, at_n, edge = (left + scale * d for d in (near, far, near + margin))
    ticks = "".join(
        f'<text class="more" x="{left + scale * d}" y="{line + 62}" text-anchor="middle">{d}</text>'
        for d in range(5)
    )
    parts = [
        f'<circle {thin} cx="{middle[0]}" cy="{middle[1]}" r="{radius}"/>',
        f'<path {thin} d="M{left} {line}h{4 * scale}{chords}"/>',
        band(thick, 0, near),
        band(f'{thick} stroke-dasharray="3 4"', near, near + margin),
        *[disc(name, *corner) for name, corner in zip("APN", corners, strict=True)],
        f'<path {thin} d="M{at_p:.2f} {line}v-30M{at_n:.2f} {line}v30"/>',
        disc("P", at_p, line - 30),
        disc("N", at_n, line + 30),
        f'<path {thin} d="M{at_n:.2f} {line - 64}v10m0 -5H{edge:.2f}m0 -5v10"/>',
        f'<text class="title" x="{edge + 8:.2f}" y="{line - 54}">loss</text>',
        ticks,
        f'<text class="more" x="{left}" y="{line + 88}">squared distance from A</text>',
        f'<text class="sum" x="24" y="350">loss = max({near:.3g} {MINUS} {far:.4g} + {margin}, 0)'
        f" ≈ {loss:.3f}: semi-hard, on the striped part</text>",
        '<text class="more" x="24" y="376">Drag the points in the book’s explorer, let them take a'
        " step, and choose a threshold.</text>",
    ]
    return svg(2 * 24 + 720, 396, parts)


def network() -> str:
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


def pixels(title: str, values: np.ndarray, left: float, side: float) -> list[str]:
    """Draw numbers as a picture under its title: the larger, the brighter; black is one ground."""
    size = side / len(values)
    top = values.max()
    cells = [
        f'<rect x="{left + column * size:g}" y="{TOP + row * size:g}" width="{size:g}"'
        f' height="{size:g}" fill="{mpl.colors.to_hex((value / top,) * 3)}"/>'
        for (row, column), value in np.ndenumerate(values)
        if value
    ]
    return [
        f'<text class="title" x="{left}" y="{TOP - 14}">{title}</text>',
        f'<rect x="{left}" y="{TOP}" width="{side:g}" height="{side:g}"/>',
        '<g shape-rendering="crispEdges">',
        *cells,
        "</g>",
    ]


def ring() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the ring, its four maps, and the maps with their places shuffled."""
    rows, columns = np.mgrid[:18, :18]
    picture = np.where(abs(np.hypot(rows - 8.5, columns - 8.5) - 6) < 1.5, 1.0, 0.0)
    level, falling = np.repeat([[-1], [2], [-1]], 3, axis=1), 3 * np.eye(3) - 1
    kernel = np.stack([level, level.T, falling, falling[::-1]], axis=-1)[:, :, np.newaxis]
    maps = np.maximum(ops.conv2d(picture[np.newaxis, ..., np.newaxis], kernel)[0], 0)
    order = np.argsort(np.sin(np.arange(256) ** 2))
    return picture, maps, maps.reshape(256, 4)[order].reshape(maps.shape)


def forgetful() -> str:
    """Draw a ring, one of its maps, the same map shuffled, and the sum that both make."""
    picture, before, after = ring()
    grams = [maps.reshape(256, 4).T @ maps.reshape(256, 4) for maps in (before, after)]
    np.testing.assert_array_equal(*grams)
    kinds, counts = np.unique(before[..., 0] ** 2, return_counts=True)
    terms = [f"{count} · {kind:g}" for kind, count in zip(kinds, counts, strict=True) if kind]
    content = np.sum((before - after) ** 2) / (4 * before.size)
    left, side, gap = 24, 208, 24
    panels = {
        "A ring": picture,
        "Its map of level lines": before[..., 0],
        "The same map, shuffled": after[..., 0],
    }
    below = TOP + side
    parts = [
        cell
        for n, (title, values) in enumerate(panels.items())
        for cell in pixels(title, values, left + n * (side + gap), side)
    ]
    parts += [
        f'<text class="sum" x="{left}" y="{below + 34}">Level with level in the Gram matrix:'
        f" {' + '.join(terms[::-1])} = {grams[0][0, 0]:g}, for both maps.</text>",
        f'<text class="sum" x="{left}" y="{below + 58}">The style cost of shuffling is 0, the'
        f" content cost ≈ {content:.3f}.</text>",
        f'<text class="more" x="{left}" y="{below + 84}">Move maps and pixels, and paint a ring'
        " with stripes, in the book’s explorer.</text>",
    ]
    return svg(2 * left + 3 * side + 2 * gap, below + 104, parts)


def svg(width: float, height: float, parts: list[str]) -> str:
    """Return a picture with its own light ground, so that it can be read on any page."""
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" \
width="{width:g}" height="{height:g}">
<style>
text {{ font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  font-size: 14px; }}
.title, .sum, .sign {{ fill: #1c2733; }}
.number {{ dominant-baseline: central; text-anchor: middle; }}
.title, .sum {{ font-weight: 650; }}
.sign {{ dominant-baseline: central; font-size: 26px; text-anchor: middle; }}
.more {{ fill: #4b5968; }}
.halo {{ fill: none; stroke: #fff; stroke-width: 6; }}
.frame {{ fill: none; stroke: #d9540b; stroke-width: 4; }}
.paper {{ fill: #fff; }}
.box {{ fill: none; stroke: #24506f; stroke-width: 4; }}
.shared {{ fill: url(#hatch); }}
.bar {{ fill: #24506f; }}
.empty {{ fill: #fff; stroke: #4b5968; stroke-width: 1; }}
</style>
<rect width="{width:g}" height="{height:g}" rx="12" fill="#eef4f9"/>
{chr(10).join(parts)}
</svg>
"""


PICTURES = {
    "explorer-convolution.svg": convolution,
    "explorer-boxes.svg": two_boxes,
    "explorer-mobilenet.svg": separable,
    "explorer-inception.svg": inception,
    "explorer-receptive.svg": receptive,
    "explorer-residual.svg": depth,
    "explorer-triplets.svg": triplet,
    "explorer-network.svg": network,
    "explorer-gram.svg": forgetful,
}


def main() -> int:
    for name, draw in PICTURES.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")
        print(f"drew {(FOLDER / name).relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
