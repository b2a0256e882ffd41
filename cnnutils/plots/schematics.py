"""Drawings of how a window moves over an image: stride, padding, dilation."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from cnnutils._checks import as_int, as_pair, in_the_name_of
from cnnutils.plots._axes import check, new_axes
from cnnutils.shapes import Padding, conv_output_size, same_padding

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#AA4499", "#222222", "#8C6D00")
_LINE_STYLES = ("-", "--", "-.", ":", (0, (8, 2)), (0, (1, 1)))
_MOST_PIXELS = 24  # along one side, padding included; smaller cells cannot be told apart
_GAP = 2.0  # between the input and the output, in pixels


def plot_windows(
    image_shape: int | Sequence[int],
    kernel_size: int | tuple[int, int],
    *,
    strides: int | tuple[int, int] = 1,
    padding: Padding = "valid",
    dilation_rate: int | tuple[int, int] = 1,
    num_windows: int = 3,
    ax: Axes | None = None,
) -> Axes:
    """Draw the input's pixels, its padding, the first windows, and the outputs they become.

    Window k and output k carry the same number, colour and line style; a window's number stands
    in its top left pixel. With dilation, dots mark the pixels that the first window multiplies.
    Windows are counted along the top row, then along the rows below.

    Args:
        image_shape: (H, W) of the input, or one number for both; further axes are ignored. Together
            with its padding at most 24 × 24.
        kernel_size: (KH, KW), or one number for both.
        strides: steps between two windows, downwards and to the right.
        padding: "valid", "same" (odd extra pixel at the bottom and the right), or pixels.
        dilation_rate: distances between two taps of the kernel.
        num_windows: how many windows to draw, 1 to 6.
        ax: where to draw; a new figure if None.

    Returns:
        The axes that were drawn on, titled with the sizes.

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is too small or too large, or no window fits.

    Example:
        >>> ax = plot_windows((5, 6), 3, strides=2, num_windows=2)
        >>> ax.get_title()
        'input 5 × 6, kernel 3 × 3, strides 2 × 2, valid padding → output 2 × 2'
        >>> import matplotlib.pyplot as plt
        >>> plt.close(ax.figure)
    """
    function = "plot_windows"
    check(function, ax, None)
    if isinstance(image_shape, Sequence) and not isinstance(image_shape, str):
        image_shape = image_shape[:2]
    shape = as_pair(function, "image_shape", image_shape, minimum=1)
    kernel = as_pair(function, "kernel_size", kernel_size, minimum=1)
    steps = as_pair(function, "strides", strides, minimum=1)
    rates = as_pair(function, "dilation_rate", dilation_rate, minimum=1)
    num_windows = as_int(function, "num_windows", num_windows, minimum=1)
    with in_the_name_of(function):
        before, padded, output = _sizes(shape, kernel, steps, padding, rates)
    if max(padded) > _MOST_PIXELS or num_windows > len(_COLOURS):
        raise ValueError(
            f"{function}: at most {_MOST_PIXELS} × {_MOST_PIXELS} pixels and {len(_COLOURS)} "
            f"windows can be drawn, got {padded[0]} × {padded[1]} and {num_windows}."
        )
    ax = new_axes() if ax is None else ax
    left = padded[1] - before[1] + _GAP  # the output's first column; the image's is 0
    _draw_input(ax, shape, before, padded)
    top = float(-before[0])  # both grids start at the same height
    _draw_cells(ax, (top, left), output, facecolor="#ffffff")
    span = tuple(rate * (size - 1) + 1 for rate, size in zip(rates, kernel, strict=True))
    for index in range(min(num_windows, output[0] * output[1])):
        at = divmod(index, output[1])
        corner = (at[0] * steps[0] - before[0], at[1] * steps[1] - before[1])
        if index == 0 and rates != (1, 1):
            _draw_taps(ax, corner, kernel, rates)
        _draw_window(ax, index, corner, (span[0], span[1]))
        _draw_output(ax, index, (at[0] + top, at[1] + left))
    _frame(ax, before, padded, left, output)
    mode = f"{padding} padding" if isinstance(padding, str) else f"{padding} px of padding"
    ax.set_title(
        f"input {_by(shape)}, kernel {_by(kernel)}, strides {_by(steps)}, "
        + ("" if rates == (1, 1) else f"dilation {_by(rates)}, ")
        + f"{mode} → output {_by(output)}"
    )
    return ax


def _sizes(
    shape: tuple[int, int],
    kernel: tuple[int, int],
    steps: tuple[int, int],
    padding: Padding,
    rates: tuple[int, int],
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Return the padding above and left, the padded size, and the size of the output."""
    before, padded, output = [0, 0], [0, 0], [0, 0]
    for axis in range(2):
        size, window, step, rate = shape[axis], kernel[axis], steps[axis], rates[axis]
        output[axis] = conv_output_size(
            size, window, strides=step, padding=padding, dilation_rate=rate
        )
        first = last = 0 if isinstance(padding, str) else int(padding)  # NumPy's have no sign
        if padding == "same":
            first, last = same_padding(size, window, strides=step, dilation_rate=rate)
        before[axis], padded[axis] = first, first + size + last
    return (before[0], before[1]), (padded[0], padded[1]), (output[0], output[1])


def _by(pair: tuple[int, int]) -> str:
    return f"{pair[0]} × {pair[1]}"


def _draw_cells(
    ax: Axes, corner: tuple[float, float], shape: tuple[int, int], *, facecolor: str
) -> None:
    for row in range(shape[0]):
        for column in range(shape[1]):
            place = (corner[1] + column, corner[0] + row)
            ax.add_patch(
                Rectangle(place, 1, 1, facecolor=facecolor, edgecolor="#9a9a9a", linewidth=0.7)
            )


def _draw_input(
    ax: Axes, shape: tuple[int, int], before: tuple[int, int], padded: tuple[int, int]
) -> None:
    """Draw the image's pixels in grey, and around them the padding: white, dotted, each a 0."""
    for row in range(-before[0], padded[0] - before[0]):
        for column in range(-before[1], padded[1] - before[1]):
            if 0 <= row < shape[0] and 0 <= column < shape[1]:
                continue
            ax.add_patch(
                Rectangle(
                    (column, row), 1, 1, facecolor="none", edgecolor="#b5b5b5", ls=":", lw=0.8
                )
            )
            ax.text(column + 0.5, row + 0.5, "0", ha="center", va="center", color="#9a9a9a", size=7)
    _draw_cells(ax, (0.0, 0.0), shape, facecolor="#e9e9e9")


def _draw_taps(
    ax: Axes, corner: tuple[int, int], kernel: tuple[int, int], rates: tuple[int, int]
) -> None:
    for row in range(kernel[0]):
        for column in range(kernel[1]):
            x, y = corner[1] + column * rates[1] + 0.5, corner[0] + row * rates[0] + 0.5
            ax.plot(x, y, marker="o", markersize=7, color=_COLOURS[0], linestyle="none", zorder=2.5)


def _draw_window(ax: Axes, index: int, corner: tuple[int, int], span: tuple[int, int]) -> None:
    """Outline a window, a little inside its cells, so that neighbours do not hide each other."""
    inset = 0.05 + 0.08 * (index % 3)
    ax.add_patch(
        Rectangle(
            (corner[1] + inset, corner[0] + inset),
            span[1] - 2 * inset,
            span[0] - 2 * inset,
            facecolor="none",
            edgecolor=_COLOURS[index],
            linestyle=_LINE_STYLES[index],
            linewidth=1.8,
            zorder=3,
            gid=f"window {index + 1}",
        )
    )
    place = (corner[1] + inset + 0.09, corner[0] + inset + 0.07)
    number = ax.text(
        *place, str(index + 1), ha="left", va="top", color=_COLOURS[index], size=7, zorder=4
    )
    number.set_path_effects([withStroke(linewidth=2, foreground="white")])


def _draw_output(ax: Axes, index: int, place: tuple[float, float]) -> None:
    row, column = place
    ax.add_patch(
        Rectangle(
            (column + 0.06, row + 0.06),
            0.88,
            0.88,
            facecolor="white",
            edgecolor=_COLOURS[index],
            linestyle=_LINE_STYLES[index],
            linewidth=1.8,
            zorder=3,
            gid=f"output {index + 1}",
        )
    )
    ax.text(column + 0.5, row + 0.5, str(index + 1), ha="center", va="center", zorder=4)


def _frame(
    ax: Axes,
    before: tuple[int, int],
    padded: tuple[int, int],
    left: float,
    output: tuple[int, int],
) -> None:
    ax.set_aspect("equal")
    ax.set_xlim(-before[1] - 0.3, left + output[1] + 0.3)
    ax.set_ylim(max(padded[0], output[0]) - before[0] + 0.3, -before[0] - 0.3)
    ax.set_axis_off()
