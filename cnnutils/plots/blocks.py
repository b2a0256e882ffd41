"""Drawings of a network's building blocks: layers in a row, and the shortcut past them."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from cnnutils._checks import as_text, as_texts
from cnnutils.plots._axes import check, new_axes
from cnnutils.plots._boxes import HEIGHT, INK, arrow, box

_WIDTH, _STEP = 2.4, 1.0  # of a box, and from one box to the next
_SIDE = 2.6  # how far to the right of the middle the shortcut runs
_ACCENT = "#D55E00"


def plot_block(
    layers: Sequence[str],
    *,
    shortcut: str | None = None,
    after: Sequence[str] = (),
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw layers from the input at the top to the output, and a shortcut that is added to them.

    A shortcut called "identity" is a full line; any other is a dotted line with a box that holds
    its name, as in the papers.

    Args:
        layers: what stands in each box, such as "3 × 3, 64".
        shortcut: name of the path that goes round the layers to the sum; None draws neither.
        after: boxes that follow the sum, such as "ReLU".
        ax: where to draw; a new figure if None.
        title: written above the drawing.

    Returns:
        The axes that were drawn on, without frame.

    Raises:
        TypeError: what is to be written is no text, or ax no axes.
        ValueError: there is no layer.

    Example:
        >>> ax = plot_block(["3 × 3", "3 × 3"], shortcut="identity", after=["ReLU"])
        >>> [text.get_text() for text in ax.texts]
        ['3 × 3', '3 × 3', 'ReLU', '+', 'identity']
        >>> import matplotlib.pyplot as plt
        >>> plt.close(ax.figure)
    """
    function = "plot_block"
    layers, after = as_texts(function, "layers", layers), as_texts(function, "after", after)
    if shortcut is not None:
        as_text(function, "shortcut", shortcut)
    check(function, ax, title)
    if not layers:
        raise ValueError(f"{function}: there must be at least one layer, got none.")
    ax = new_axes() if ax is None else ax
    places = [-(index + 1) * _STEP for index in range(len(layers))]
    sum_at = places[-1] - _STEP
    first_after = sum_at - _STEP if shortcut is not None else sum_at
    places += [first_after - index * _STEP for index in range(len(after))]
    for place, name in zip(places, [*layers, *after], strict=True):
        box(ax, (0.0, place), name, _WIDTH)
    stops = sorted([*places, *([sum_at] if shortcut is not None else [])], reverse=True)
    _arrows(ax, stops, sum_at if shortcut is not None else None)
    if shortcut is not None:
        _shortcut(ax, shortcut, sum_at)
    ax.set_aspect("equal", anchor="N")  # drawings side by side begin at one height
    ax.set_xlim(-_WIDTH / 2 - 0.2, _SIDE + 1.2)
    ax.set_ylim(stops[-1] - _STEP, 0.2)
    ax.set_axis_off()
    if title is not None:
        ax.set_title(title)
    return ax


def _arrows(ax: Axes, stops: Sequence[float], sum_at: float | None) -> None:
    """Draw the way from the input through all the stops to the output."""
    above = 0.0
    for place in [*stops, stops[-1] - _STEP]:
        radius = 0.24 if place == sum_at else HEIGHT / 2
        end = place if place == stops[-1] - _STEP else place + radius
        arrow(ax, (0.0, above), (0.0, end), color=INK, linewidth=1.1)
        above = place - radius


def _shortcut(ax: Axes, name: str, sum_at: float) -> None:
    start = -0.25 * _STEP
    straight = name == "identity"
    style = "-" if straight else ":"
    ax.plot(
        [0.0, _SIDE, _SIDE],
        [start, start, sum_at],
        color=_ACCENT,
        linestyle=style,
        linewidth=1.8,
        zorder=1,
    )
    arrow(ax, (_SIDE, sum_at), (0.24, sum_at), color=_ACCENT, linewidth=1.8, linestyle=style)
    ax.add_patch(Circle((0.0, sum_at), 0.24, facecolor="white", edgecolor=INK, zorder=2))
    ax.text(0.0, sum_at, "+", ha="center", va="center", size=11, color="#222222", zorder=3)
    middle = (start + sum_at) / 2
    if straight:
        ax.text(_SIDE + 0.12, middle, name, ha="left", va="center", size=8, color=INK)
    else:
        box(ax, (_SIDE, middle), name, 2.2, edgecolor=_ACCENT)
