"""The operations of a convolutional network in NumPy: the reference that everything is held to.

Channels last throughout: images (N, H, W, C), kernels (KH, KW, C_in, C_out). Like every deep
learning library, `conv2d` computes a cross-correlation: the kernel is not flipped.
"""

from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import ArrayLike

from cnnutils import shapes
from cnnutils._checks import as_float_array, as_int, as_pair

Pair = int | tuple[int, int]
Pads = tuple[tuple[int, int], tuple[int, int]]  # ((top, bottom), (left, right)) in pixels
Padding2D = Literal["valid", "same"] | int | Pads

_BLOCK_BYTES = 1 << 19  # of unrolled windows at a time: stays in the second-level cache


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
    vertical, horizontal = _as_padding_pairs("pad", padding, forms="")
    return np.pad(images, ((0, 0), vertical, horizontal, (0, 0)))


def conv2d(
    images: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    strides: Pair = 1,
    padding: Padding2D = "valid",
    dilation_rate: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide a bank of kernels over images: the convolution of deep learning.

    out[n, i, j, o] = bias[o] + Σ_pqc images[n, i·s + p·d, j·s + q·d, c] · kernel[p, q, c, o],
    where the images were padded with zeros first, s is the stride and d the dilation rate.

    Args:
        images: (N, H, W, C_in); float32 and float64 keep their type, integers become float64.
        kernel: (KH, KW, C_in / groups, C_out).
        bias: (C_out,), or None for no bias.
        strides: step of the window in pixels, one integer or (vertical, horizontal).
        padding: "valid" (none), "same" (output ceil(size / strides), the odd extra pixel at the
            bottom and the right), an integer for all four sides, or ((top, bottom), (left, right)).
        dilation_rate: distance of the kernel's taps in pixels, an integer or a pair.
        groups: the channels are split into this many groups that do not see each other.

    Returns:
        (N, H_out, W_out, C_out); the sizes are those of `shapes.conv_output_size`.

    Raises:
        TypeError: an array does not hold real numbers, or a size is not an integer.
        ValueError: an array has the wrong axes, channels or groups do not match, or the kernel
            does not fit into the padded images.

    Source:
        V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
        arXiv:1603.07285. Windows are unrolled into rows of a matrix (K. Chellapilla, S. Puri,
        P. Simard, 2006), here a block at a time, so that memory stays small.

    Example:
        >>> image = np.array([[1, 2, 3], [4, 5, 6]]).reshape(1, 2, 3, 1)
        >>> minus = np.array([1, -1]).reshape(1, 2, 1, 1)  # left neighbour minus right one
        >>> conv2d(image, minus)[0, :, :, 0]
        array([[-1., -1.],
               [-1., -1.]])
    """
    images, kernel, bias = _as_conv_arrays("conv2d", images, kernel, bias, groups)
    strides = as_pair("conv2d", "strides", strides, minimum=1)
    dilation_rate = as_pair("conv2d", "dilation_rate", dilation_rate, minimum=1)
    kernel_size = (kernel.shape[0], kernel.shape[1])
    pads = _resolve_padding(
        "conv2d", padding, (images.shape[1], images.shape[2]), kernel_size, strides, dilation_rate
    )
    windows = _sliding_windows("conv2d", images, kernel_size, strides, pads, dilation_rate)
    out = _windows_times_kernel(windows, kernel, groups)
    if bias is not None:
        out += bias
    return out


def _windows_times_kernel(windows: np.ndarray, kernel: np.ndarray, groups: int) -> np.ndarray:
    """Matrix product of every window (N, H, W, KH, KW, C_in) with the kernel, in blocks."""
    num_images, height, width, kernel_height, kernel_width, channels = windows.shape
    filters = kernel.shape[-1]
    taps = kernel_height * kernel_width * (channels // groups)
    # One matrix (taps, filters / groups) for each group of channels.
    matrices = kernel.reshape(taps, groups, filters // groups).transpose(1, 0, 2)
    out = np.empty((num_images, height, width, filters), dtype=kernel.dtype)
    row_bytes = width * taps * groups * kernel.itemsize
    block = max(1, min(height, _BLOCK_BYTES // max(row_bytes, 1)))
    for image in range(num_images):
        for top in range(0, height, block):
            rows = windows[image, top : top + block]
            unrolled = rows.reshape(-1, kernel_height, kernel_width, groups, channels // groups)
            unrolled = unrolled.transpose(3, 0, 1, 2, 4).reshape(groups, -1, taps)
            product = unrolled @ matrices  # (groups, block · width, filters / groups)
            target = out[image, top : top + block]
            target[...] = product.transpose(1, 0, 2).reshape(target.shape)
    return out


def _sliding_windows(
    function: str,
    images: np.ndarray,
    kernel_size: tuple[int, int],
    strides: tuple[int, int],
    pads: Pads,
    dilation_rate: tuple[int, int],
) -> np.ndarray:
    """View (N, H_out, W_out, KH, KW, C) of every window of the padded images; nothing is copied."""
    padded = np.pad(images, ((0, 0), *pads, (0, 0))) if any(map(any, pads)) else images
    out_size = []
    for axis, name in enumerate(("high", "wide")):
        size, window = padded.shape[1 + axis], dilation_rate[axis] * (kernel_size[axis] - 1) + 1
        if window > size:
            raise ValueError(
                f"{function}: the kernel is {window} pixels {name}, the padded images are only "
                f"{size} (images {images.shape}, padding {pads}); pad more or shrink the kernel."
            )
        out_size.append((size - window) // strides[axis] + 1)
    step_n, step_h, step_w, step_c = padded.strides
    return as_strided(
        padded,
        shape=(padded.shape[0], *out_size, *kernel_size, padded.shape[3]),
        strides=(
            step_n,
            step_h * strides[0],
            step_w * strides[1],
            step_h * dilation_rate[0],
            step_w * dilation_rate[1],
            step_c,
        ),
        writeable=False,
    )


def _as_conv_arrays(
    function: str, images: ArrayLike, kernel: ArrayLike, bias: ArrayLike | None, groups: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Check images, kernel and bias against each other; return them with one floating type."""
    images = as_float_array(function, "images", images, axes="N, H, W, C_in")
    kernel = as_float_array(function, "kernel", kernel, axes="KH, KW, C_in, C_out")
    groups = as_int(function, "groups", groups, minimum=1)
    if 0 in kernel.shape or 0 in images.shape[1:]:
        raise ValueError(
            f"{function}: only the batch may be empty (images {images.shape}, "
            f"kernel {kernel.shape})."
        )
    if images.shape[3] != kernel.shape[2] * groups:
        times = "" if groups == 1 else f" in each of {groups} groups"
        raise ValueError(
            f"{function}: the kernel expects {kernel.shape[2]} input channels{times}, the images "
            f"have {images.shape[3]} (images {images.shape}, kernel {kernel.shape})."
        )
    if kernel.shape[3] % groups:
        raise ValueError(
            f"{function}: {kernel.shape[3]} filters cannot be split into {groups} groups."
        )
    dtype = np.result_type(images, kernel)
    if bias is None:
        return images.astype(dtype, copy=False), kernel.astype(dtype, copy=False), None
    bias = as_float_array(function, "bias", bias, axes="C_out")
    if bias.shape != (kernel.shape[3],):
        raise ValueError(
            f"{function}: the kernel has {kernel.shape[3]} filters, the bias {bias.shape[0]} "
            f"values (kernel {kernel.shape}, bias {bias.shape})."
        )
    return (
        images.astype(dtype, copy=False),
        kernel.astype(dtype, copy=False),
        bias.astype(dtype, copy=False),
    )


def _resolve_padding(
    function: str,
    padding: Padding2D,
    size: tuple[int, int],
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
                    size[axis],
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
    return _as_padding_pairs(function, padding)


def _as_padding_pairs(
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
