"""The landing page's figure: an edge detector at work, computed while the site is built."""

from html import escape
from typing import Any

import numpy as np
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

CELL = 34
TOP = 30  # room for the grids' names
MINUS = "\N{MINUS SIGN}"
IMAGE = np.repeat([[10, 10, 10, 0, 0, 0]], 6, axis=0)
KERNEL = np.repeat([[1, 0, -1]], 3, axis=0)
WINDOW = (1, 1)  # row and column of the window that the figure marks


def slide(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the sum of products under the kernel at each place where it fits."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    sums: np.ndarray = np.einsum("ijkl,kl->ij", windows, kernel)
    return sums


def written(value: int) -> str:
    """Write a number with a real minus sign."""
    return str(value).replace("-", MINUS)


def grid(name: str, values: np.ndarray, left: int, top: int) -> str:
    """Draw a table of numbers; the largest are the brightest."""
    low, high = values.min(), values.max()
    cells = []
    for (row, column), value in np.ndenumerate(values):
        tone = "high" if value == high else "low" if value == low else "middle"
        x, y = left + column * CELL, top + row * CELL
        cells.append(
            f'<g class="{tone}"><rect x="{x}" y="{y}" width="{CELL}" height="{CELL}"/>'
            f'<text x="{x + CELL / 2}" y="{y + CELL / 2}">{written(int(value))}</text></g>'
        )
    middle = left + values.shape[1] * CELL / 2
    label = f'<text class="name" x="{middle}" y="{top - 14}">{name}</text>'
    return f'<g class="grid {name}">{label}{"".join(cells)}</g>'


def frame(left: int, top: int, size: int) -> str:
    """Draw a frame around ``size`` × ``size`` cells."""
    side = size * CELL
    return f'<rect class="frame" x="{left}" y="{top}" width="{side}" height="{side}" rx="3"/>'


def sign(text: str, x: float, y: float) -> str:
    """Draw an operator between two grids."""
    return f'<text class="sign" x="{x}" y="{y}">{text}</text>'


def draw() -> str:
    """Return the figure as SVG."""
    output = slide(IMAGE, KERNEL)
    gap, (row, column) = 46, WINDOW
    widths = [part.shape[1] * CELL for part in (IMAGE, KERNEL, output)]
    lefts = [2, 2 + widths[0] + gap, 2 + widths[0] + widths[1] + 2 * gap]
    height = len(IMAGE) * CELL
    tops = [TOP + (height - len(part) * CELL) // 2 for part in (IMAGE, KERNEL, output)]
    middle = TOP + height / 2
    parts = [
        grid("image", IMAGE, lefts[0], tops[0]),
        sign("∗", lefts[1] - gap / 2, middle),
        grid("kernel", KERNEL, lefts[1], tops[1]),
        sign("=", lefts[2] - gap / 2, middle),
        grid("output", output, lefts[2], tops[2]),
        frame(lefts[0] + column * CELL, tops[0] + row * CELL, len(KERNEL)),
        frame(lefts[2] + column * CELL, tops[2] + row * CELL, 1),
    ]
    box = f"0 0 {lefts[2] + widths[2] + 2} {TOP + height + 2}"
    return f'<svg viewBox="{box}" role="img" aria-label="{escape(words())}">{"".join(parts)}</svg>'


def words() -> str:
    """Say what the figure shows, for those who cannot see it."""
    output = slide(IMAGE, KERNEL)
    bright, dark, peak = (written(int(v)) for v in (IMAGE.max(), IMAGE.min(), output.max()))
    rows, columns = IMAGE.shape
    return (
        f"A {rows} by {columns} image, {bright} on its left half and {dark} on its right, a"
        f" 3 by 3 kernel with columns 1, 0 and {MINUS}1, and the output, which is {peak} along"
        f" the edge between the halves and 0 elsewhere."
    )


def caption() -> str:
    """Return the sum that the figure marks, written out row by row."""
    row, column = WINDOW
    size = len(KERNEL)
    window = IMAGE[row : row + size, column : column + size]
    products = [
        f"{a}·{b}" if b >= 0 else f"{a}·({written(b)})"
        for a, b in zip(window[0], KERNEL[0], strict=True)
    ]
    result = written(int((window * KERNEL).sum()))
    return (
        f"What a convolution computes: products under the frame, added up. Each of its {size}"
        f" rows gives {' + '.join(products)}; together they make {result}, and the edge shows."
    )


class HeroDirective(SphinxDirective):  # type: ignore[misc]
    """The figure with its caption."""

    def run(self) -> list[nodes.Node]:
        """Return the figure as HTML."""
        words = f"<figcaption>{escape(caption())}</figcaption>"
        figure = f'<figure class="hero-figure">{draw()}{words}</figure>'
        return [nodes.raw("", figure, format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("hero-figure", HeroDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
