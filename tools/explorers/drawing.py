"""What the explorers' pictures have in common: their ground, their letters, tables and bars."""

from collections.abc import Callable
from html import escape

import matplotlib as mpl
import numpy as np

CELL = 30
TOP = 44
MINUS = "\N{MINUS SIGN}"
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


def pixels(title: str, values: np.ndarray, left: float, top: float, side: float) -> list[str]:
    """Draw numbers as a picture under its title: the larger, the brighter; black is one ground."""
    size, most = side / len(values), values.max()
    cells = [
        f'<rect x="{left + column * size:g}" y="{top + row * size:g}" width="{size:g}"'
        f' height="{size:g}" fill="{mpl.colors.to_hex((value / most,) * 3)}"/>'
        for (row, column), value in np.ndenumerate(values)
        if value
    ]
    return [
        *([f'<text class="title" x="{left}" y="{top - 14}">{title}</text>'] if title else []),
        f'<rect x="{left}" y="{top}" width="{side:g}" height="{side:g}"/>',
        '<g shape-rendering="crispEdges">',
        *cells,
        "</g>",
    ]


def frame(left: float, top: float, size: int) -> str:
    """Draw a frame around ``size`` × ``size`` cells."""
    side = size * CELL - 1
    return (
        f'<rect class="halo" x="{left}" y="{top}" width="{side}" height="{side}" rx="3"/>'
        f'<rect class="frame" x="{left}" y="{top}" width="{side}" height="{side}" rx="3"/>'
    )


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
