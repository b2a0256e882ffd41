"""What the plots share."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from cnnutils._checks import as_text


def check(function: str, ax: Axes | None, title: str | None) -> None:
    """Refuse what cannot be drawn on, and a title that is no text, before anything is drawn."""
    if ax is not None and not isinstance(ax, Axes):
        raise TypeError(
            f"{function}: ax must be the axes of a figure, or None for a new one, got "
            f"{type(ax).__name__}."
        )
    if title is not None:
        as_text(function, "title", title)


def new_axes() -> Axes:
    """Return the axes of a new figure of the usual size."""
    ax: Axes = plt.subplots(layout="constrained")[1]
    return ax
