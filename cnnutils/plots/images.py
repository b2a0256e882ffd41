"""Images and kernels: grey, in colour, or with a sign, and the numbers in them."""

import math
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from cnnutils._checks import (
    as_array,
    as_bool,
    as_float_array,
    as_int,
    as_list,
    as_texts,
)
from cnnutils.plots._axes import check, new_axes
from cnnutils.plots._scale import as_limits, common_limits

# Lightness rises all the way from negative to positive, so that the sign survives a grey print;
# the usual red-white-blue maps turn both ends into the same dark grey.
SIGNED_COLORMAP: Colormap = LinearSegmentedColormap.from_list(
    "cnnutils.signed",
    ["#08263f", "#1f5f92", "#7fa3bd", "#bdbdbd", "#edbb6c", "#fbdc8e", "#fff6c9"],
)
_MOST_COLUMNS = 64  # of images; each is then a tenth of an inch wide
_MOST_VALUES = 32  # cells along one side; more numbers than that cannot be read


def plot_image(
    image: ArrayLike,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    signed: bool = False,
    values: bool = False,
    limits: tuple[float, float] | None = None,
) -> Axes:
    """Draw one image, in grey or in colour, with its rows and columns in pixels.

    Args:
        image: (H, W) or (H, W, 1) numbers, or (H, W, 3) colours in [0, 1] (or uint8).
        ax: where to draw; a new figure if None.
        title: written above the image.
        signed: draw 0 in the middle of a two-sided scale with a colour bar: dark blue is
            negative, light grey is 0, pale yellow is positive; lightness alone tells them apart.
        values: write each number into its cell; for images of at most 32 × 32.
        limits: the numbers drawn as the darkest and as the lightest. By default (0, 1) when the
            image lies in it, else the image's smallest and largest number.

    Returns:
        The axes that were drawn on.

    Raises:
        TypeError: the image does not hold real numbers, or an option is of another type.
        ValueError: the image has other axes than these, is empty or not finite, has colours
            outside [0, 1], or has too many numbers to be written; the limits are not in order.

    Example:
        >>> ax = plot_image([[0, 1, 2], [3, 4, 5]], values=True, title="2 × 3 pixels")
        >>> ax.get_xlabel(), [text.get_text() for text in ax.texts]
        ('column (px)', ['0', '1', '2', '3', '4', '5'])
        >>> plt.close(ax.figure)
    """
    function = "plot_image"
    array = _as_image(function, image)
    _check_drawable(function, array, signed=signed, values=values)
    check(function, ax, title)
    if limits is None:
        limits = common_limits(function, [array], signed=signed)
    else:
        limits = as_limits(function, limits, array.dtype)
    ax = new_axes() if ax is None else ax
    artist = _draw(ax, array, limits=limits, signed=signed, values=values)
    ax.set_xlabel("column (px)")
    ax.set_ylabel("row (px)")
    if title is not None:
        ax.set_title(title)
    if signed:
        bar = ax.inset_axes((1.04, 0.0, 0.05, 1.0))  # as high as the image, whatever the figure
        ax.figure.colorbar(artist, cax=bar, label="value")
    return ax


def plot_images(
    images: np.ndarray | Sequence[ArrayLike],
    *,
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    signed: bool = False,
    values: bool = False,
) -> np.ndarray:
    """Draw several images side by side, all on one scale, and none left out.

    Args:
        images: an array (N, H, W) or (N, H, W, C), or a sequence of images as `plot_image` takes
            them, whose sizes may differ.
        titles: one for each image.
        columns: images in a row, 1 to 64; by default at most 8, in rows as equal as possible.
        signed: as in `plot_image`, with one colour bar for all.
        values: write each number into its cell.

    Returns:
        An array of axes (rows, columns). The unused ones at its end are hidden.

    Raises:
        TypeError: an image does not hold real numbers, or an option is of another type.
        ValueError: there is no image, columns is out of range, the titles are not as many as
            the images, or an image cannot be drawn (see `plot_image`).

    Example:
        >>> axes = plot_images(np.zeros((5, 8, 8)), columns=3)
        >>> axes.shape, sum(len(ax.images) for ax in axes.flat)
        ((2, 3), 5)
        >>> plt.close(axes[0, 0].figure)
    """
    function = "plot_images"
    arrays = [
        _as_image(function, image) for image in as_list(function, "images", images, of="images")
    ]
    if not arrays:
        raise ValueError(f"{function}: there must be at least one image, got none.")
    if titles is not None:
        titles = as_texts(function, "titles", titles)
        if len(titles) != len(arrays):
            raise ValueError(
                f"{function}: there must be one title for each of the {len(arrays)} images, "
                f"got {len(titles)}."
            )
    for array in arrays:
        _check_drawable(function, array, signed=signed, values=values)
    num_rows, num_columns = _grid_shape(len(arrays), columns)
    limits = common_limits(function, arrays, signed=signed)
    axes = _new_grid(arrays, num_rows, num_columns, titled=titles is not None)
    for index, ax in enumerate(axes.flat):
        if index >= len(arrays):
            ax.set_axis_off()
            continue
        artist = _draw(ax, arrays[index], limits=limits, signed=signed, values=values)
        ax.set_xticks([])
        ax.set_yticks([])
        if titles is not None:
            ax.set_title(titles[index])
    figure = axes[0, 0].figure
    sizes = {array.shape[:2] for array in arrays}
    if len(sizes) == 1:
        height, width = sizes.pop()
        figure.supxlabel(f"each {height} × {width} px", fontsize="small", color="#666666")
    if signed:
        figure.colorbar(artist, ax=axes, label="value")
    return axes


def plot_kernel(kernel: ArrayLike, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw a small kernel as a matrix: each weight in its cell, 0 in the middle of the scale.

    Args:
        kernel: (KH, KW) weights, or (KH, KW, 1, 1): one input and one output channel.
        ax: where to draw; a new figure if None.
        title: written above the kernel.

    Returns:
        The axes that were drawn on.

    Raises:
        TypeError: the kernel does not hold real numbers, title is no text, or ax no axes.
        ValueError: the kernel has another shape, is empty, not finite or too large to be read.

    Example:
        >>> ax = plot_kernel([[1, 0, -1]])
        >>> [text.get_text() for text in ax.texts]
        ['1', '0', '−1']
        >>> plt.close(ax.figure)
    """
    function = "plot_kernel"
    array = as_array(function, "the kernel", kernel)
    if array.ndim == 4 and array.shape[2:] == (1, 1):
        array = array[:, :, 0, 0]
    array = as_float_array(function, "the kernel", array, axes="KH, KW")
    _check_drawable(function, array, signed=True, values=True)
    check(function, ax, title)
    limits = common_limits(function, [array], signed=True)
    ax = new_axes() if ax is None else ax
    _draw(ax, array, limits=limits, signed=True, values=True)
    ax.set_xlabel("kernel column")
    ax.set_ylabel("kernel row")
    if title is not None:
        ax.set_title(title)
    return ax


# --- what the plots share --------------------------------------------------------------------


def _grid_shape(num_images: int, columns: int | None) -> tuple[int, int]:
    if columns is None:
        num_rows = math.ceil(num_images / 8)
        return num_rows, math.ceil(num_images / num_rows)
    columns = as_int("plot_images", "columns", columns, minimum=1)
    if columns > _MOST_COLUMNS:
        raise ValueError(f"plot_images: columns must be at most {_MOST_COLUMNS}, got {columns}.")
    return math.ceil(num_images / columns), columns


def _new_grid(
    arrays: list[np.ndarray], num_rows: int, num_columns: int, *, titled: bool
) -> np.ndarray:
    """Make a figure of the usual width that is as high as the rows of images need."""
    width = plt.rcParams["figure.figsize"][0]
    aspect = max(array.shape[0] / array.shape[1] for array in arrays)
    cell = min(width / num_columns, 3.0)
    height = num_rows * (cell * aspect + (0.25 if titled else 0.05)) + 0.25
    figure, axes = plt.subplots(
        num_rows, num_columns, figsize=(width, height), layout="constrained", squeeze=False
    )
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0.02, hspace=0.02)
    return np.asarray(axes)


def _as_image(function: str, image: ArrayLike) -> np.ndarray:
    """Return an image as (H, W) numbers or (H, W, 3) colours in [0, 1]."""
    array = as_array(function, "the image", image)
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[:, :, 0]
    if array.ndim == 3 and array.shape[-1] == 3:
        scale = 255.0 if array.dtype == np.uint8 else 1.0
        return as_float_array(function, "the image", array, axes="H, W, 3") / scale
    if array.ndim != 2:
        raise ValueError(
            f"{function}: an image must have the axes (H, W), (H, W, 1) or (H, W, 3), "
            f"got an array of shape {array.shape}."
        )
    return as_float_array(function, "the image", array, axes="H, W")


def _check_drawable(function: str, array: np.ndarray, *, signed: bool, values: bool) -> None:
    as_bool(function, "signed", signed)
    as_bool(function, "values", values)
    if array.size == 0:
        raise ValueError(
            f"{function}: there is nothing to draw in an array of shape {array.shape}."
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"{function}: every number must be finite, got {np.sum(~np.isfinite(array))} "
            f"that are NaN or infinite (shape {array.shape})."
        )
    if array.ndim == 3:
        if signed or values:
            raise ValueError(
                f"{function}: signed and values need one number a pixel, got an image in colour "
                f"(shape {array.shape}); draw one channel: image[:, :, 0]."
            )
        if array.min() < 0 or array.max() > 1:
            raise ValueError(
                f"{function}: colours must lie in [0, 1], got {array.min():g} to {array.max():g}; "
                "divide by 255, or clip with numpy.clip(image, 0, 1)."
            )
    if values and max(array.shape) > _MOST_VALUES:
        raise ValueError(
            f"{function}: at most {_MOST_VALUES} × {_MOST_VALUES} numbers can be read, "
            f"got {array.shape[0]} × {array.shape[1]}; cut a part out."
        )


def _draw(
    ax: Axes, array: np.ndarray, *, limits: tuple[float, float], signed: bool, values: bool
) -> AxesImage:
    colormap = SIGNED_COLORMAP if signed else "gray"
    artist = ax.imshow(
        array, cmap=colormap, vmin=limits[0], vmax=limits[1], interpolation="nearest"
    )
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    ax.spines[:].set_visible(True)
    ax.spines[:].set(linewidth=0.6, color="#9a9a9a")
    if values:
        _write_values(ax, artist, array)
    return artist


def _write_values(ax: Axes, artist: AxesImage, array: np.ndarray) -> None:
    """Write each number into its cell, in black or white, whichever stands out more."""
    texts = _format_values(array)
    height, width = array.shape
    for position in np.arange(1, width) - 0.5:
        ax.axvline(position, color="#9a9a9a", linewidth=0.4)
    for position in np.arange(1, height) - 0.5:
        ax.axhline(position, color="#9a9a9a", linewidth=0.4)
    box = ax.get_window_extent()  # before the layout is settled, hence a little too large or small
    points = min(box.width / width, box.height / height) * 72 / ax.figure.dpi
    longest = max(len(text) for text in texts.flat)
    size = min(11.0, points * min(0.5, 1.2 / longest))
    colours = artist.to_rgba(array)[:, :, :3]
    for (row, column), text in np.ndenumerate(texts):
        ink = "white" if _luminance(colours[row, column]) < 0.18 else "#111111"
        ax.text(column, row, text, ha="center", va="center", color=ink, fontsize=size)


def _luminance(colour: np.ndarray) -> float:
    """Relative luminance of an sRGB colour as WCAG 2 defines it; black and white tie at 0.18."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _format_values(array: np.ndarray) -> np.ndarray:
    """Whole numbers as such, others with two decimals (one from 10 on); a true minus sign."""
    decimals = 0 if (array == array.round()).all() else 2 if abs(array).max() < 10 else 1
    rounded = array.round(decimals) + 0.0  # + 0.0 turns -0.0 into 0.0
    texts = [f"{value:.{decimals}f}".replace("-", "−") for value in rounded.flat]
    return np.array(texts).reshape(array.shape)
