"""Convolution, its gradients, and its relatives: transposed and depthwise convolution."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnutils import shapes
from cnnutils._checks import as_choice, as_float_array, as_int, as_pair, check_size
from cnnutils.ops.products import convolve, images_gradient, kernel_gradient
from cnnutils.ops.windows import (
    Padding2D,
    Pair,
    Setting,
    as_setting,
    output_size,
    resolve_padding,
    sliding_windows,
)


class Conv2DGradients(NamedTuple):
    """Gradients of a scalar cost with respect to the three inputs of `conv2d`."""

    images: np.ndarray  # (N, H, W, C_in)
    kernel: np.ndarray  # (KH, KW, C_in / groups, C_out)
    bias: np.ndarray  # (C_out,)


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
        arXiv:1603.07285.

    Example:
        >>> image = np.array([[1, 2, 3], [4, 5, 6]]).reshape(1, 2, 3, 1)
        >>> minus = np.array([1, -1]).reshape(1, 2, 1, 1)  # left neighbour minus right one
        >>> conv2d(image, minus)[0, :, :, 0]
        array([[-1., -1.],
               [-1., -1.]])
    """
    images, kernel = _as_images_and_kernel("conv2d", images, kernel, groups=groups)
    size = (kernel.shape[0], kernel.shape[1])
    setting = as_setting("conv2d", images.shape, size, strides, padding, dilation_rate, groups)
    out = convolve(images, kernel, setting)
    return out if bias is None else out + _as_bias("conv2d", bias, kernel)


def conv2d_gradients(
    grad_output: ArrayLike,
    images: ArrayLike,
    kernel: ArrayLike,
    *,
    strides: Pair = 1,
    padding: Padding2D = "valid",
    dilation_rate: Pair = 1,
    groups: int = 1,
) -> Conv2DGradients:
    """Backpropagate through `conv2d`: the chain rule for each of its three inputs.

    With g = grad_output: the bias gets Σ_nij g[n, i, j, o]; the kernel's tap (p, q) gets the
    products of g with the pixels that this tap met; each pixel gets g times the taps that met it.

    Args:
        grad_output: (N, H_out, W_out, C_out), derivative of the cost by each output.
        images: (N, H, W, C_in), as they were given to `conv2d`.
        kernel: (KH, KW, C_in / groups, C_out), as it was given to `conv2d`.
        strides: as in `conv2d`.
        padding: as in `conv2d`.
        dilation_rate: as in `conv2d`.
        groups: as in `conv2d`.

    Returns:
        The gradients by images, kernel and bias, each of its input's shape.

    Raises:
        TypeError: as `conv2d`.
        ValueError: as `conv2d`, or grad_output has not the shape of its output.

    Source:
        I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, section 9.5, equations 9.11
        and 9.13.

    Example:
        >>> image, kernel = np.ones((1, 2, 3, 1)), np.array([2, 5]).reshape(1, 2, 1, 1)
        >>> gradients = conv2d_gradients(np.ones((1, 2, 2, 1)), image, kernel)
        >>> gradients.images[0, :, :, 0]  # the middle column meets both taps
        array([[2., 7., 5.],
               [2., 7., 5.]])
        >>> gradients.kernel.ravel(), gradients.bias  # four windows of ones
        (array([4., 4.]), array([4.]))
    """
    function = "conv2d_gradients"
    images, kernel = _as_images_and_kernel(function, images, kernel, groups=groups)
    size = (kernel.shape[0], kernel.shape[1])
    setting = as_setting(function, images.shape, size, strides, padding, dilation_rate, groups)
    grad = as_float_array(function, "grad_output", grad_output, axes="N, H_out, W_out, C_out")
    shape = (images.shape[0], *output_size(images.shape, setting), kernel.shape[3])
    if grad.shape != shape:
        raise ValueError(
            f"{function}: grad_output must have the shape of the output, {shape}, got {grad.shape}."
        )
    grad = grad.astype(kernel.dtype, copy=False)
    return Conv2DGradients(
        images=images_gradient(grad, kernel, setting, images.shape),
        kernel=kernel_gradient(grad, images, kernel.shape, setting),
        bias=grad.sum(axis=(0, 1, 2)),
    )


def conv2d_transpose(
    images: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    strides: Pair = 1,
    padding: Literal["valid", "same"] = "valid",
) -> np.ndarray:
    """Transposed convolution: each pixel puts a copy of the kernel into the output, and they add.

    It is the gradient of `conv2d` with respect to its images, and so maps an output's shape back to
    the input's. It is not the inverse ("deconvolution"): values do not come back.

    Args:
        images: (N, H, W, C_in); float32 and float64 keep their type, integers become float64.
        kernel: (KH, KW, C_out, C_in): the channels stand the other way round than in `conv2d`.
        bias: (C_out,), or None for no bias.
        strides: distance of the copies in the output in pixels, an integer or a pair.
        padding: "valid" (all that the copies cover) or "same" (size · strides).

    Returns:
        (N, H_out, W_out, C_out); the sizes are those of `shapes.conv_transpose_output_size`.

    Raises:
        TypeError: an array does not hold real numbers, or a size is not an integer.
        ValueError: an array has the wrong axes or channels, or the padding is unknown.

    Source:
        Dumoulin and Visin 2016, arXiv:1603.07285, chapter 4; M. Zeiler et al., "Deconvolutional
        Networks", CVPR 2010, doi:10.1109/CVPR.2010.5539957. Sizes as in Keras.

    Example:
        >>> image = np.array([[1, 2], [3, 4]]).reshape(1, 2, 2, 1)
        >>> conv2d_transpose(image, np.ones((2, 2, 1, 1)))[0, :, :, 0]  # four copies overlap
        array([[ 1.,  3.,  2.],
               [ 4., 10.,  6.],
               [ 3.,  7.,  4.]])
    """
    function = "conv2d_transpose"
    images, kernel = _as_images_and_kernel(function, images, kernel, axes="KH, KW, C_out, C_in")
    strides = as_pair(function, "strides", strides, minimum=1)
    as_choice(function, "padding", padding, ("valid", "same"))
    kernel_size = (kernel.shape[0], kernel.shape[1])
    size = tuple(
        shapes.conv_transpose_output_size(n, f, strides=s, padding=padding)
        for n, f, s in zip(images.shape[1:3], kernel_size, strides, strict=True)
    )
    shape = (images.shape[0], *size, kernel.shape[2])
    check_size(function, "the output", shape)
    pads = resolve_padding(function, padding, shape, kernel_size, strides, (1, 1))
    setting = Setting(kernel_size, strides, pads, dilation_rate=(1, 1))
    out = images_gradient(images, kernel, setting, shape)
    return out if bias is None else out + _as_bias(function, bias, kernel, axis=2)


def depthwise_conv2d(
    images: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    strides: Pair = 1,
    padding: Padding2D = "valid",
) -> np.ndarray:
    """Filter each channel on its own, with `multiplier` kernels each.

    The same as `conv2d` with as many groups as channels: output channel c · multiplier + m is
    channel c filtered with kernel[:, :, c, m].

    Args:
        images: (N, H, W, C); float32 and float64 keep their type, integers become float64.
        kernel: (KH, KW, C, multiplier).
        bias: (C · multiplier,), or None for no bias.
        strides: as in `conv2d`.
        padding: as in `conv2d`.

    Returns:
        (N, H_out, W_out, C · multiplier).

    Raises:
        TypeError: as `conv2d`.
        ValueError: as `conv2d`.

    Source:
        F. Chollet, "Xception", CVPR 2017, arXiv:1610.02357, section 2.

    Example:
        >>> image = np.array([[[[1, 10], [2, 20], [4, 40]]]])  # one row, two channels
        >>> minus = np.array([[1, 1], [-1, -1]]).reshape(1, 2, 2, 1)
        >>> depthwise_conv2d(image, minus)[0, 0]
        array([[ -1., -10.],
               [ -2., -20.]])
    """
    function = "depthwise_conv2d"
    images, kernel = _as_images_and_kernel(
        function, images, kernel, axes="KH, KW, C_in, multiplier"
    )
    flat = kernel.reshape(*kernel.shape[:2], 1, -1)  # (KH, KW, 1, C · multiplier)
    size = (kernel.shape[0], kernel.shape[1])
    setting = as_setting(function, images.shape, size, strides, padding)
    windows = sliding_windows(images, setting)
    out = np.zeros((*windows.shape[:3], flat.shape[3]), images.dtype)
    grouped = out.reshape(*windows.shape[:3], *kernel.shape[2:])  # a view (N, H, W, C, multiplier)
    for p, q in np.ndindex(setting.kernel_size):
        grouped += windows[:, :, :, p, q, :, np.newaxis] * kernel[p, q]
    return out if bias is None else out + _as_bias(function, bias, flat)


# --- checks ----------------------------------------------------------------------------------


def _as_images_and_kernel(
    function: str,
    images: ArrayLike,
    kernel: ArrayLike,
    *,
    axes: str = "KH, KW, C_in, C_out",
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Check images and kernel against each other; return them with one floating type."""
    images = as_float_array(function, "images", images, axes="N, H, W, C_in")
    kernel = as_float_array(function, "kernel", kernel, axes=axes)
    groups = as_int(function, "groups", groups, minimum=1)
    if 0 in kernel.shape or 0 in images.shape[1:]:
        raise ValueError(
            f"{function}: only the batch may be empty (images {images.shape}, "
            f"kernel {kernel.shape})."
        )
    expected = kernel.shape[axes.split(", ").index("C_in")]
    if images.shape[3] != expected * groups:
        times = "" if groups == 1 else f" in each of {groups} groups"
        raise ValueError(
            f"{function}: the kernel expects {expected} input channels{times}, the images "
            f"have {images.shape[3]} (images {images.shape}, kernel {kernel.shape})."
        )
    if kernel.shape[3] % groups:
        raise ValueError(
            f"{function}: {kernel.shape[3]} filters cannot be split into {groups} groups."
        )
    dtype = np.result_type(images, kernel)  # float32 if both are, else float64
    return images.astype(dtype, copy=False), kernel.astype(dtype, copy=False)


def _as_bias(function: str, bias: ArrayLike, kernel: np.ndarray, axis: int = 3) -> np.ndarray:
    """Check the bias against the kernel's axis of output channels."""
    bias = as_float_array(function, "bias", bias, axes="C_out")
    if bias.shape != (kernel.shape[axis],):
        raise ValueError(
            f"{function}: the kernel has {kernel.shape[axis]} filters, the bias {bias.shape[0]} "
            f"values (kernel {kernel.shape}, bias {bias.shape})."
        )
    return bias.astype(kernel.dtype, copy=False)
