"""Padding, and the windows that slide over padded images: what every operation starts from."""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import ArrayLike

from cnnutils import shapes
from cnnutils._checks import as_float_array, as_int, as_pair, check_size

Pair = int | tuple[int, int]
Pads = tuple[tuple[int, int], tuple[int, int]]  # ((top, bottom), (left, right)) in pixels
Padding2D = Literal["valid", "same"] | int | Pads


class Setting(NamedTuple):
    """How a window moves: the options of one operation, checked and written out."""

    kernel_size: tuple[int, int]
    strides: tuple[int, int]
    pads: Pads
    dilation_rate: tuple[int, int]
    groups: int = 1


def pad(images: ArrayLike, padding: Pads) -> np.ndarray:
    """Surround images with zeros.

    Args:
        images: (N, H, W, C); float32 and float64 keep their type, integers become float64.
        padding: ((top, bottom), (left, right)) in pixels, each at least 0.

    Returns:
        A new array (N, top + H + bottom, left + W + right, C).

    Raises:
        TypeError: the images are not real numbers, or an amount is not an integer.
        ValueError: the images have not four axes, or an amount is negative.

    Example:
        >>> pad(np.ones((1, 1, 1, 1)), ((1, 0), (0, 2)))[0, :, :, 0]
        array([[0., 0., 0.],
               [1., 0., 0.]])
    """
    images = as_float_array("pad", "images", images, axes="N, H, W, C")
    vertical, horizontal = as_padding_pairs("pad", padding, forms="")
    shape = padded_shape(images.shape, (vertical, horizontal))
    check_size("pad", "the padded images", shape)
    return np.pad(images, ((0, 0), vertical, horizontal, (0, 0)))


def im2col(
    images: ArrayLike,
    kernel_size: Pair,
    *,
    strides: Pair = 1,
    padding: Padding2D = "valid",
    dilation_rate: Pair = 1,
) -> np.ndarray:
    """Write every window of the images into a row of a matrix.

    A convolution is then one matrix product: im2col(images) @ kernel.reshape(-1, C_out).

    Args:
        images: (N, H, W, C); float32 and float64 keep their type, integers become float64.
        kernel_size: height and width of the window, one integer or a pair.
        strides: step of the window in pixels, one integer or (vertical, horizontal).
        padding: "valid", "same", an integer, or ((top, bottom), (left, right)).
        dilation_rate: distance of the window's taps in pixels, an integer or a pair.

    Returns:
        (N · H_out · W_out, KH · KW · C): one row a window, its values in the order of the kernel's
        axes. About KH · KW times as large as the images; `conv2d` works in blocks to avoid that.

    Raises:
        TypeError: the images are not real numbers, or a size is not an integer.
        ValueError: a size is too small, or the window does not fit into the padded images.

    Source:
        K. Chellapilla, S. Puri, P. Simard, "High Performance Convolutional Neural Networks for
        Document Processing", 2006, section 2.

    Example:
        >>> im2col(np.arange(6).reshape(1, 2, 3, 1), (2, 2))
        array([[0., 1., 3., 4.],
               [1., 2., 4., 5.]])
    """
    images = as_float_array("im2col", "images", images, axes="N, H, W, C")
    size = as_pair("im2col", "kernel_size", kernel_size, minimum=1)
    setting = as_setting("im2col", images.shape, size, strides, padding, dilation_rate)
    windows = sliding_windows(images, setting)
    return windows.reshape(np.prod(windows.shape[:3]), np.prod(windows.shape[3:]))


def as_setting(
    function: str,
    images_shape: tuple[int, ...],
    kernel_size: tuple[int, int],
    strides: Pair,
    padding: Padding2D,
    dilation_rate: Pair = 1,
    groups: int = 1,
) -> Setting:
    """Check an operation's options; refuse a kernel that does not fit into the padded images."""
    strides = as_pair(function, "strides", strides, minimum=1)
    dilation_rate = as_pair(function, "dilation_rate", dilation_rate, minimum=1)
    pads = resolve_padding(function, padding, images_shape, kernel_size, strides, dilation_rate)
    shape = padded_shape(images_shape, pads)
    for axis, name in enumerate(("high", "wide")):
        padded = shape[1 + axis]
        window = dilation_rate[axis] * (kernel_size[axis] - 1) + 1
        if window > padded:
            raise ValueError(
                f"{function}: the kernel is {window} pixels {name}, the padded images are only "
                f"{padded} (images {images_shape}, padding {pads}); pad more or shrink the kernel."
            )
    check_size(function, "the padded images", shape)
    # A larger step than the images has one window, too; NumPy counts it in bytes, in 64 bits.
    strides = min(strides[0], shape[1]), min(strides[1], shape[2])
    return Setting(kernel_size, strides, pads, dilation_rate, int(groups))


def padded_shape(images_shape: tuple[int, ...], pads: Pads) -> tuple[int, ...]:
    """Shape of images (N, H, W, C) with their padding."""
    num_images, height, width, channels = images_shape
    return num_images, height + sum(pads[0]), width + sum(pads[1]), channels


def output_size(images_shape: tuple[int, ...], setting: Setting) -> tuple[int, int]:
    """Height and width of the output of an operation that fits."""
    height, width = (
        (size + sum(pads) - dilation * (kernel - 1) - 1) // stride + 1
        for size, kernel, stride, pads, dilation in zip(
            images_shape[1:3], *setting[:4], strict=True
        )
    )
    return height, width


def sliding_windows(images: np.ndarray, setting: Setting) -> np.ndarray:
    """View (N, H_out, W_out, KH, KW, C) of every window of the padded images; nothing is copied."""
    pads, (stride_h, stride_w) = setting.pads, setting.strides
    padded = np.pad(images, ((0, 0), *pads, (0, 0))) if any(map(any, pads)) else images
    step_n, step_h, step_w, step_c = padded.strides
    return as_strided(
        padded,
        shape=(
            padded.shape[0],
            *output_size(images.shape, setting),
            *setting.kernel_size,
            padded.shape[3],
        ),
        strides=(
            step_n,
            step_h * stride_h,
            step_w * stride_w,
            step_h * setting.dilation_rate[0],
            step_w * setting.dilation_rate[1],
            step_c,
        ),
        writeable=False,
    )


def resolve_padding(
    function: str,
    padding: Padding2D,
    images_shape: tuple[int, ...],
    kernel_size: tuple[int, int],
    strides: tuple[int, int],
    dilation_rate: tuple[int, int],
) -> Pads:
    """Turn the four forms of padding into ((top, bottom), (left, right)) in pixels."""
    if isinstance(padding, str):
        if padding == "valid":
            return (0, 0), (0, 0)
        if padding == "same":
            top_bottom, left_right = (
                shapes.same_padding(
                    images_shape[1 + axis],
                    kernel_size[axis],
                    strides=strides[axis],
                    dilation_rate=dilation_rate[axis],
                )
                for axis in (0, 1)
            )
            return top_bottom, left_right
    elif isinstance(padding, int | np.integer) and not isinstance(padding, bool):
        amount = as_int(function, "padding", padding, minimum=0)
        return (amount, amount), (amount, amount)
    return as_padding_pairs(function, padding)


def as_padding_pairs(
    function: str, padding: Any, forms: str = "'valid', 'same', an integer or "
) -> Pads:
    """Check explicit padding ((top, bottom), (left, right)); `forms` are the other ones allowed."""
    try:
        (top, bottom), (left, right) = padding
    except (TypeError, ValueError):
        raise ValueError(
            f"{function}: padding must be {forms}((top, bottom), (left, right)), got {padding!r}."
        ) from None
    return (
        (
            as_int(function, "the top padding", top, minimum=0),
            as_int(function, "the bottom padding", bottom, minimum=0),
        ),
        (
            as_int(function, "the left padding", left, minimum=0),
            as_int(function, "the right padding", right, minimum=0),
        ),
    )
