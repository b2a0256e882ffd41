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

from cnnutils import boxes, costs, ops, plots, shapes
from tools.chapters import ROOT

FOLDER = ROOT / "site" / "static"
CELL = 30
TOP = 44
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
}


def main() -> int:
    for name, draw in PICTURES.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")
        print(f"drew {(FOLDER / name).relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
