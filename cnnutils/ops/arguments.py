"""Checks of arguments that pooling, normalisation, activations and dense layers share."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array, as_pair, check_size
from cnnutils.ops.windows import Padding2D, Pair, Setting, padded_shape, resolve_padding


def as_images(function: str, images: ArrayLike) -> np.ndarray:
    """Return images (N, H, W, C) of which only the batch may be empty."""
    images = as_float_array(function, "images", images, axes="N, H, W, C")
    if 0 in images.shape[1:]:
        raise ValueError(f"{function}: only the batch may be empty (images {images.shape}).")
    return images


def as_pool(
    function: str, images: ArrayLike, pool_size: Pair, strides: Pair | None, padding: Padding2D
) -> tuple[np.ndarray, Setting]:
    """Check images and options; refuse windows that do not fit, or could lie on padding alone."""
    images = as_images(function, images)
    size = as_pair(function, "pool_size", pool_size, minimum=1)
    steps = size if strides is None else as_pair(function, "strides", strides, minimum=1)
    pads = resolve_padding(function, padding, images.shape, size, steps, (1, 1))
    check_size(function, "the padded images", padded_shape(images.shape, pads))
    for window, pixels, around in zip(size, images.shape[1:3], pads, strict=True):
        if max(around) >= window:
            raise ValueError(
                f"{function}: padding must be less than pool_size, so that every window holds a "
                f"pixel (pool_size {size}, padding {pads})."
            )
        if window > pixels + sum(around):
            raise ValueError(
                f"{function}: the window {size} does not fit into the padded images "
                f"(images {images.shape}, padding {pads}); pad more, or use a smaller pool_size."
            )
    return images, Setting(size, steps, pads, dilation_rate=(1, 1))


def as_values(function: str, name: str, value: ArrayLike) -> np.ndarray:
    """Return a floating-point array with any number of axes, none included."""
    array = as_array(function, name, value)
    axes = ", ".join(["axis"] * max(array.ndim, 1))
    return as_float_array(function, name, np.atleast_1d(array), axes=axes).reshape(array.shape)


def as_grad_output(
    function: str, grad_output: ArrayLike, shape: tuple[int, ...], dtype: np.dtype
) -> np.ndarray:
    """Return the derivative by an operation's output, which must have the output's shape."""
    grad = as_values(function, "grad_output", grad_output)
    if grad.shape != shape:
        raise ValueError(
            f"{function}: grad_output must have the shape of the output, {shape}, got {grad.shape}."
        )
    return grad.astype(dtype, copy=False)


def as_vector(
    function: str, name: str, value: ArrayLike, length: int, dtype: np.dtype, *, of: str
) -> np.ndarray:
    """Return one number for each of `length` things, which `of` names: channels, or units."""
    vector = as_values(function, name, value)
    if vector.shape != (length,):
        raise ValueError(
            f"{function}: {name} must hold one number for each of {length} {of}, "
            f"got an array of shape {vector.shape}."
        )
    return vector.astype(dtype, copy=False)
