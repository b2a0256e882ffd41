"""Backpropagation through pooling: to the pixel that won, or to all of a window alike."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils.ops.arguments import as_grad_output, as_pool
from cnnutils.ops.reductions import (
    MAXIMUM,
    MINIMUM,
    Reduction,
    count_pixels,
    give_to_winners,
    spread_evenly,
)
from cnnutils.ops.windows import Padding2D, Pair, Setting, output_size


def max_pool2d_gradient(
    grad_output: ArrayLike,
    images: ArrayLike,
    pool_size: Pair = 2,
    *,
    strides: Pair | None = None,
    padding: Padding2D = "valid",
) -> np.ndarray:
    """Backpropagate through `max_pool2d`: each output's gradient goes to the pixel that won.

    All other pixels get 0: a small change of theirs changes nothing. Where several pixels of a
    window are the largest (often: zeros after a ReLU), the first of them wins, row by row and from
    left to right, as in TensorFlow. A pixel that wins in several windows gets the sum. A window
    that holds a NaN has no winner.

    Args:
        grad_output: (N, H_out, W_out, C), derivative of the cost by each output.
        images: (N, H, W, C), as they were given to `max_pool2d`.
        pool_size: as in `max_pool2d`.
        strides: as in `max_pool2d`.
        padding: as in `max_pool2d`.

    Returns:
        (N, H, W, C), derivative of the cost by each pixel.

    Raises:
        TypeError: as `max_pool2d`.
        ValueError: as `max_pool2d`, or grad_output has not the shape of its output.

    Source:
        D. Scherer, A. Müller, S. Behnke, "Evaluation of Pooling Operations in Convolutional
        Architectures for Object Recognition", 2010, doi:10.1007/978-3-642-15825-4_10.

    Example:
        >>> image = np.array([[1, 2, 5, 5], [3, 4, 5, 0]]).reshape(1, 2, 4, 1)
        >>> grad_output = np.array([10, 20]).reshape(1, 1, 2, 1)
        >>> max_pool2d_gradient(grad_output, image)[0, :, :, 0]  # 4 won, and the first 5
        array([[ 0.,  0., 20.,  0.],
               [ 0., 10.,  0.,  0.]])
    """
    function = "max_pool2d_gradient"
    images, setting = as_pool(function, images, pool_size, strides, padding)
    return _winners_gradient(function, MAXIMUM, grad_output, images, setting)


def min_pool2d_gradient(
    grad_output: ArrayLike,
    images: ArrayLike,
    pool_size: Pair = 2,
    *,
    strides: Pair | None = None,
    padding: Padding2D = "valid",
) -> np.ndarray:
    """Backpropagate through `min_pool2d`: each output's gradient goes to the pixel that won.

    Ties and overlapping windows as in `max_pool2d_gradient`.

    Args:
        grad_output: as in `max_pool2d_gradient`.
        images: (N, H, W, C), as they were given to `min_pool2d`.
        pool_size: as in `max_pool2d`.
        strides: as in `max_pool2d`.
        padding: as in `max_pool2d`.

    Returns:
        (N, H, W, C), derivative of the cost by each pixel.

    Raises:
        TypeError: as `max_pool2d`.
        ValueError: as `max_pool2d_gradient`.

    Example:
        >>> image = np.array([[1, 2, 5, 5], [3, 4, 5, 0]]).reshape(1, 2, 4, 1)
        >>> grad_output = np.array([10, 20]).reshape(1, 1, 2, 1)
        >>> min_pool2d_gradient(grad_output, image)[0, :, :, 0]  # 1 won, and 0
        array([[10.,  0.,  0.,  0.],
               [ 0.,  0.,  0., 20.]])
    """
    function = "min_pool2d_gradient"
    images, setting = as_pool(function, images, pool_size, strides, padding)
    return _winners_gradient(function, MINIMUM, grad_output, images, setting)


def avg_pool2d_gradient(
    grad_output: ArrayLike,
    images: ArrayLike,
    pool_size: Pair = 2,
    *,
    strides: Pair | None = None,
    padding: Padding2D = "valid",
) -> np.ndarray:
    """Backpropagate through `avg_pool2d`: every pixel of a window gets an equal share.

    A window of k real pixels gives each of them grad_output / k; overlapping windows add up. Of
    the images only the shape and the type are used.

    Args:
        grad_output: as in `max_pool2d_gradient`.
        images: (N, H, W, C), as they were given to `avg_pool2d`.
        pool_size: as in `max_pool2d`.
        strides: as in `max_pool2d`.
        padding: as in `max_pool2d`.

    Returns:
        (N, H, W, C), derivative of the cost by each pixel.

    Raises:
        TypeError: as `max_pool2d`.
        ValueError: as `max_pool2d_gradient`.

    Example:
        >>> grad_output = np.array([10, 20]).reshape(1, 1, 2, 1)
        >>> image = np.zeros((1, 1, 3, 1))  # windows of two pixels overlap in the middle
        >>> avg_pool2d_gradient(grad_output, image, (1, 2), strides=1)[0, :, :, 0]
        array([[ 5., 15., 10.]])
    """
    function = "avg_pool2d_gradient"
    images, setting = as_pool(function, images, pool_size, strides, padding)
    grad = _as_grad(function, grad_output, images, setting)
    share = grad / count_pixels(images, setting)
    return spread_evenly(share, images, setting)


def _as_grad(
    function: str, grad_output: ArrayLike, images: np.ndarray, setting: Setting
) -> np.ndarray:
    """Check the gradient by the output against the output's shape."""
    shape = (images.shape[0], *output_size(images.shape, setting), images.shape[3])
    return as_grad_output(function, grad_output, shape, images.dtype)


def _winners_gradient(
    function: str,
    reduction: Reduction,
    grad_output: ArrayLike,
    images: np.ndarray,
    setting: Setting,
) -> np.ndarray:
    """Backpropagate through a reduction that picks one pixel of each window."""
    grad = _as_grad(function, grad_output, images, setting)
    return give_to_winners(reduction, grad, images, setting)
