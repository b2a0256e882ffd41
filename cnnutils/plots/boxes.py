"""Boxes on an image: what a detector found, and what is there."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnnutils._checks import as_list, in_the_name_of
from cnnutils.boxes.arguments import as_boxes, as_scores
from cnnutils.plots.images import plot_image


def plot_boxes(
    image: ArrayLike,
    boxes_xyxy: ArrayLike,
    *,
    labels: Sequence[object] | None = None,
    scores: Sequence[float] | None = None,
    truth_xyxy: ArrayLike | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw an image with boxes, each with its label and its score.

    Found boxes have full lines, true ones dashed lines; each is a light line on a dark one, so that
    it is seen on any ground, and without colour.

    Args:
        image: as `plot_image` takes it.
        boxes_xyxy: (N, 4) in pixels, half-open: (0, 0, 1, 1) is the first pixel.
        labels: one for each box, written into a corner of it, such as its class.
        scores: one for each box, written behind the label with two decimals.
        truth_xyxy: (M, 4) boxes of what is there, if it is to be seen.
        ax: where to draw; a new figure if None.
        title: written above the image.

    Returns:
        The axes that were drawn on.

    Raises:
        TypeError: the boxes or the scores are not real numbers, or ax no axes.
        ValueError: the image cannot be drawn, x2 < x1 or y2 < y1, or labels or scores are not as
            many as the boxes.

    Example:
        >>> import numpy as np
        >>> from matplotlib import pyplot as plt
        >>> ax = plot_boxes(np.zeros((20, 30)), [[5, 5, 20, 15]], labels=["cat"], scores=[0.9])
        >>> [text.get_text() for text in ax.texts]
        ['cat 0.90']
        >>> plt.close(ax.figure)
    """
    function = "plot_boxes"
    rows = as_boxes(function, "boxes_xyxy", boxes_xyxy)
    truth = as_boxes(function, "truth_xyxy", [] if truth_xyxy is None else truth_xyxy)
    if labels is not None:
        labels = as_list(function, "labels", labels, of="one for each box")
        if any(label is None for label in labels):
            raise TypeError(f"{function}: each of labels must be something to write, got None.")
        if len(labels) != len(rows):
            raise ValueError(
                f"{function}: there must be one label for each of the {len(rows)} boxes, "
                f"got {len(labels)}."
            )
    shown = None if scores is None else as_scores(function, "scores", scores, len(rows))
    with in_the_name_of(function):
        ax = plot_image(image, ax=ax, title=title)
    for row in truth:
        _outline(ax, row, linestyle="--")
    for i, row in enumerate(rows):
        _outline(ax, row, linestyle="-")
        words = [] if labels is None else [str(labels[i])]
        words += [] if shown is None else [f"{shown[i]:.2f}"]
        if words:
            inside = row[1] < 0.1 * np.shape(image)[0]  # above it, the words would be cut off
            ax.text(
                row[0] - 0.5, row[1] - 0.5, " ".join(words),
                va="top" if inside else "bottom", ha="left", color="black", fontsize="x-small",
                bbox={"facecolor": "white", "edgecolor": "black", "linewidth": 0.5, "pad": 1.0},
            )  # fmt: skip
    return ax


def _outline(ax: Axes, row: np.ndarray, *, linestyle: str) -> None:
    """Draw one box: pixel 0 is drawn from −0.5 to 0.5."""
    x1, y1, x2, y2 = (float(edge) - 0.5 for edge in row)
    for colour, width in (("black", 2.6), ("white", 1.2)):
        ax.add_patch(
            Rectangle(
                (x1, y1), x2 - x1, y2 - y1,
                fill=False, edgecolor=colour, linewidth=width,
                linestyle=linestyle if colour == "white" else "-",
            )
        )  # fmt: skip
