"""Where a network's parameters, multiply-adds and activations lie."""

from collections.abc import Sequence
from typing import Literal, Protocol

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter

from cnnutils._checks import as_choice, as_int, as_list, as_text
from cnnutils.plots._axes import check

Quantity = Literal["params", "macs", "activations"]

_LABELS = {
    "params": "parameters",
    "macs": "multiply-adds (MACs) per image",
    "activations": "activations (values) per image",
}

_MOST = 10**30  # Matplotlib's axes have floats, and prefixes up to here


class NamedCost(Protocol):
    """What is drawn of a layer, such as a row of `model_costs`."""

    @property
    def name(self) -> str:
        """Name of the layer or the stage."""

    @property
    def params(self) -> int:
        """Numbers that are stored."""

    @property
    def macs(self) -> int:
        """Multiply-adds."""

    @property
    def activations(self) -> int:
        """Values that are put out."""


def plot_costs(
    layers: Sequence[NamedCost],
    *,
    quantity: Quantity = "macs",
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw a bar for each layer, from the input at the top to the output, with its share.

    Args:
        layers: the rows of `model_costs(model).layers`, or of its `by_stage`.
        quantity: "params", "macs" or "activations". Layers that have none of it are left out.
        ax: where to draw; a new figure if None, as high as the bars need.
        title: written above the bars.

    Returns:
        The axes that were drawn on. Behind each bar stands its percentage of the sum.

    Raises:
        TypeError: a layer's name is no text or its count no integer, or ax no axes.
        ValueError: the quantity is unknown, a count is negative, or no layer has any of it.

    Example:
        >>> from types import SimpleNamespace
        >>> rows = [SimpleNamespace(name=name, macs=macs) for name, macs in (("a", 3), ("b", 1))]
        >>> ax = plot_costs(rows)
        >>> [text.get_text() for text in ax.texts]
        ['75 %', '25 %']
        >>> plt.close(ax.figure)
    """
    function = "plot_costs"
    as_choice(function, "quantity", quantity, tuple(_LABELS))
    check(function, ax, title)
    rows = as_list(function, "layers", layers, of="costs")
    counts = [_name_and_count(function, row, quantity) for row in rows]
    counts = [(name, count) for name, count in counts if count > 0]
    if not counts:
        raise ValueError(f"{function}: at least one layer must have {quantity}, got none.")
    if ax is None:
        height = max(2.0, 0.9 + 0.24 * len(counts))
        ax = plt.subplots(figsize=(6.4, height), layout="constrained")[1]
    total = sum(count for _, count in counts)
    positions = range(len(counts))
    bars = ax.barh(positions, [float(count) for _, count in counts])  # ints may have 64 bits only
    shares = [_percentage(count / total) for _, count in counts]
    ax.bar_label(bars, shares, padding=3, fontsize="small")
    ax.set_yticks(positions, [name for name, _ in counts], fontsize="small")
    if not ax.yaxis_inverted():  # axes that share theirs were turned by the first plot
        ax.invert_yaxis()
    ax.margins(x=0.12, y=0.01)
    ax.xaxis.set_major_formatter(EngFormatter())  # 1.5 G rather than 1.5 and, far off, 1e9
    ax.set_xlabel(_LABELS[quantity])
    ax.set_ylabel("layer")
    if title is not None:
        ax.set_title(title)
    return ax


def _name_and_count(function: str, layer: NamedCost, quantity: Quantity) -> tuple[str, int]:
    if not (hasattr(layer, "name") and hasattr(layer, quantity)):
        raise TypeError(
            f"{function}: each of layers must have a name and {quantity}, got {layer!r} "
            f"({type(layer).__name__})."
        )
    count = as_int(function, f"{quantity} of each layer", getattr(layer, quantity), minimum=0)
    if count > _MOST:
        raise ValueError(f"{function}: {quantity} of each layer must be at most 10³⁰, got {count}.")
    return as_text(function, "the name of each layer", layer.name), count


def _percentage(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else "< 1 %"
