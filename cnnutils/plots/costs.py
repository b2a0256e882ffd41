"""Where a network's parameters, multiply-adds and activations lie."""

from collections.abc import Sequence
from typing import Literal, Protocol

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter

from cnnutils._checks import as_choice

Quantity = Literal["params", "macs", "activations"]

_LABELS = {
    "params": "parameters",
    "macs": "multiply-adds (MACs) per image",
    "activations": "activations (values) per image",
}


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
        ValueError: the quantity is unknown, or no layer has any of it.

    Example:
        >>> from types import SimpleNamespace
        >>> rows = [SimpleNamespace(name=name, macs=macs) for name, macs in (("a", 3), ("b", 1))]
        >>> ax = plot_costs(rows)
        >>> [text.get_text() for text in ax.texts]
        ['75 %', '25 %']
        >>> plt.close(ax.figure)
    """
    as_choice("plot_costs", "quantity", quantity, tuple(_LABELS))
    counts = [(layer.name, getattr(layer, quantity)) for layer in layers]
    counts = [(name, count) for name, count in counts if count > 0]
    if not counts:
        raise ValueError(f"plot_costs: at least one layer must have {quantity}, got none.")
    if ax is None:
        height = max(2.0, 0.9 + 0.24 * len(counts))
        ax = plt.subplots(figsize=(6.4, height), layout="constrained")[1]
    total = sum(count for _, count in counts)
    positions = range(len(counts))
    bars = ax.barh(positions, [count for _, count in counts])
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


def _percentage(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else "< 1 %"
