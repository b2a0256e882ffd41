"""Drawings of modules whose branches run side by side and are put one behind the other."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from cnnutils._checks import as_list, as_text, as_texts
from cnnutils.plots._axes import check, new_axes
from cnnutils.plots._boxes import HEIGHT, INK, arrow, box

_WIDTH, _ACROSS, _DOWN = 1.72, 2.0, 1.15  # of a box, and from one to the next


def plot_branches(
    branches: Sequence[Sequence[str]],
    *,
    before: str = "input",
    after: str = "concatenate",
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw branches that all read one input, side by side, and whose outputs are put together.

    The last boxes of all branches stand in one row, so that a branch of two shows what comes
    before the other branches' only box.

    Args:
        branches: for each branch, from left to right, what stands in its boxes from the input to
            the output, such as ["1 × 1, 96", "3 × 3, 128"].
        before: what stands in the box that all branches read.
        after: what stands in the box that puts them together.
        ax: where to draw; a new figure if None.
        title: written above the drawing.

    Returns:
        The axes that were drawn on, without frame.

    Raises:
        TypeError: what is to be written is no text, or ax no axes.
        ValueError: there is no branch, or one without a box.

    Example:
        >>> ax = plot_branches([["1 × 1"], ["1 × 1", "3 × 3"]])
        >>> [text.get_text() for text in ax.texts]
        ['input', '1 × 1', '1 × 1', '3 × 3', 'concatenate']
        >>> import matplotlib.pyplot as plt
        >>> plt.close(ax.figure)
    """
    function = "plot_branches"
    listed = as_list(function, "branches", branches, of="lists of texts")
    branches = [as_texts(function, "each of branches", branch) for branch in listed]
    as_text(function, "before", before)
    as_text(function, "after", after)
    check(function, ax, title)
    if not branches or not all(branches):
        raise ValueError(
            f"{function}: there must be at least one branch, and a box in each, got {branches}."
        )
    ax = new_axes() if ax is None else ax
    longest = max(len(branch) for branch in branches)
    middle = (len(branches) - 1) * _ACROSS / 2
    bottom = -(longest + 1) * _DOWN
    wide = (len(branches) - 1) * _ACROSS + _WIDTH
    box(ax, (middle, 0.0), before, wide)
    for index, branch in enumerate(branches):
        across = index * _ACROSS
        end = -HEIGHT / 2
        for row, name in enumerate(branch, start=longest - len(branch) + 1):
            arrow(ax, (across, end), (across, -row * _DOWN + HEIGHT / 2), color=INK, linewidth=1.1)
            box(ax, (across, -row * _DOWN), name, _WIDTH)
            end = -row * _DOWN - HEIGHT / 2
        arrow(ax, (across, end), (across, bottom + HEIGHT / 2), color=INK, linewidth=1.1)
    box(ax, (middle, bottom), after, wide)
    ax.set_aspect("equal")
    ax.set_xlim(-_ACROSS / 2, middle * 2 + _ACROSS / 2)
    ax.set_ylim(bottom - HEIGHT, HEIGHT)
    ax.set_axis_off()
    if title is not None:
        ax.set_title(title)
    return ax
