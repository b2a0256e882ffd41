"""Curves over the epochs of a training."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from cnnutils._checks import as_float_array, as_text, as_texts
from cnnutils.plots._axes import check, new_axes

# Set for each line, so that curves differ without colour under any style.
_LINE_STYLES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))


def plot_history(
    history: Mapping[str, Sequence[float]],
    *,
    ax: Axes | None = None,
    title: str | None = None,
    names: Sequence[str] | None = None,
    ylabel: str | None = None,
) -> Axes:
    """Draw training curves, one value an epoch, each with its own colour and line style.

    Args:
        history: name → values, such as the `history` of what Keras' `fit` returns. A value that
            is not finite leaves a gap.
        ax: where to draw; a new figure if None.
        title: written above the curves.
        names: the curves to draw; by default every one that is a loss, or all if none is.
        ylabel: label of the vertical axis; by default "loss" or "accuracy" where all the names
            drawn end so, else "value".

    Returns:
        The axes that were drawn on. Epochs count from 1.

    Raises:
        TypeError: the history is no mapping or its values no numbers, a name no text, ax no axes.
        ValueError: there is nothing to draw, or a name is not in the history.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> ax = plot_history({"loss": [2.3, 1.1, 0.7], "val_loss": [2.2, 1.3, 1.0]})
        >>> ax.get_xlabel(), ax.get_ylabel(), len(ax.lines)
        ('epoch', 'loss', 2)
        >>> plt.close(ax.figure)
    """
    function = "plot_history"
    check(function, ax, title)
    if ylabel is not None:
        as_text(function, "ylabel", ylabel)
    if not isinstance(history, Mapping):
        raise TypeError(
            f"{function}: history must map names to values, got {history!r} "
            f"({type(history).__name__}). Keras' fit returns an object whose .history does."
        )
    if names is None:
        losses = [name for name in history if name.endswith("loss")]
        names = losses or list(history)
    names = as_texts(function, "names", names)
    unknown = [name for name in names if name not in history]
    if unknown:
        known = ", ".join(repr(name) for name in history)
        raise ValueError(f"{function}: the history holds {known}, but not {unknown[0]!r}.")
    curves = {name: as_float_array(function, name, history[name], axes="epoch") for name in names}
    if not any(len(values) for values in curves.values()):
        raise ValueError(f"{function}: the history must hold at least one epoch, got none.")
    ax = new_axes() if ax is None else ax
    for index, (name, values) in enumerate(curves.items()):
        epochs = range(1, len(values) + 1)
        style = _LINE_STYLES[index % len(_LINE_STYLES)]
        marker = "o" if len(epochs) == 1 else None  # one epoch alone would draw no line
        ax.plot(epochs, values, linestyle=style, marker=marker, label=name)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlabel("epoch")
    endings = [word for word in ("loss", "accuracy") if all(n.endswith(word) for n in names)]
    ax.set_ylabel(ylabel if ylabel is not None else (endings or ["value"])[0])
    ax.grid(True, axis="y")
    ax.legend()
    if title is not None:
        ax.set_title(title)
    return ax
