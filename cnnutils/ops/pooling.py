"""Pooling: one value for each window of each channel, and nothing to learn."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils.ops.arguments import as_images, as_pool
from cnnutils.ops.reductions import MAXIMUM, MINIMUM, TOTAL, count_pixels, reduce_windows
from cnnutils.ops.windows import Padding2D, Pair


def max_pool2d(
    images: ArrayLike,
    pool_size: Pair = 2,
    *,
    strides: Pair | None = None,
    padding: Padding2D = "valid",
) -> np.ndarray:
    """Max pooling: the largest value of every window, for each channel on its own.

    out[n, i, j, c] = max_pq images[n, i·s + p, j·s + q, c], with the stride s. A padded pixel never
    wins: it counts as −∞, not as 0.

    Args:
        images: (N, H, W, C); float32 and float64 keep their type, integers become float64.
        pool_size: height and width of the window in pixels, one integer or a pair.
        strides: step of the window in pixels, an integer or (vertical, horizontal); None for
            pool_size, so that windows touch and do not overlap.
        padding: "valid" (none), "same" (output ceil(size / strides), the odd extra pixel at the
            bottom and the right), an integer for all four sides, or ((top, bottom), (left, right));
            less than pool_size, so that every window holds a pixel.

    Returns:
        (N, H_out, W_out, C); the sizes are those of `shapes.conv_output_size`. A window that holds
        a NaN gives NaN, where TensorFlow passes over it: what is broken should be seen.

    Raises:
        TypeError: the images are not real numbers, or a size is not an integer.
        ValueError: the images have the wrong axes, a size is too small, the window does not fit
            into the padded images, or a window could lie on padding alone.

    Source:
        M. Riesenhuber, T. Poggio, "Hierarchical models of object recognition in cortex", 1999,
        doi:10.1038/14819; sizes and padding as `tf.nn.max_pool2d` has them.

    Example:
        >>> image = np.array([[1, 2, 5, 6], [3, 4, 8, 7]]).reshape(1, 2, 4, 1)
        >>> max_pool2d(image)[0, :, :, 0]  # the largest of 1 2 3 4, and of 5 6 8 7
        array([[4., 8.]])
    """
    images, setting = as_pool("max_pool2d", images, pool_size, strides, padding)
    return reduce_windows(MAXIMUM, images, setting)


def min_pool2d(
    images: ArrayLike,
    pool_size: Pair = 2,
    *,
    strides: Pair | None = None,
    padding: Padding2D = "valid",
) -> np.ndarray:
    """Min pooling: the smallest value of every window, for each channel on its own.

    The same as −max_pool2d(−images): a padded pixel counts as +∞ and never wins.

    Args:
        images: as in `max_pool2d`.
        pool_size: as in `max_pool2d`.
        strides: as in `max_pool2d`.
        padding: as in `max_pool2d`.

    Returns:
        (N, H_out, W_out, C).

    Raises:
        TypeError: as `max_pool2d`.
        ValueError: as `max_pool2d`.

    Example:
        >>> image = np.array([[1, 2, 5, 6], [3, 4, 8, 7]]).reshape(1, 2, 4, 1)
        >>> min_pool2d(image)[0, :, :, 0]
        array([[1., 5.]])
    """
    images, setting = as_pool("min_pool2d", images, pool_size, strides, padding)
    return reduce_windows(MINIMUM, images, setting)


def avg_pool2d(
    images: ArrayLike,
    pool_size: Pair = 2,
    *,
    strides: Pair | None = None,
    padding: Padding2D = "valid",
) -> np.ndarray:
    """Average pooling: the mean of every window, for each channel on its own.

    The mean is over the real pixels: at a padded border the sum is divided by the number of pixels
    that the window holds there. TensorFlow and Keras count so. The other convention, PyTorch's
    default (`count_include_pad=True`) and Caffe's, divides by the window's full size, which
    darkens the border.

    Args:
        images: as in `max_pool2d`.
        pool_size: as in `max_pool2d`.
        strides: as in `max_pool2d`.
        padding: as in `max_pool2d`.

    Returns:
        (N, H_out, W_out, C).

    Raises:
        TypeError: as `max_pool2d`.
        ValueError: as `max_pool2d`.

    Source:
        Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998,
        doi:10.1109/5.726791, section II.B. LeNet's sub-sampling layers also learn a factor and a
        bias for each channel; this function has none.

    Example:
        >>> image = np.array([[1, 2, 5], [3, 4, 8]]).reshape(1, 2, 3, 1)
        >>> avg_pool2d(image, padding="same")[0, :, :, 0]  # (1+2+3+4) / 4, and (5+8) / 2
        array([[2.5, 6.5]])
    """
    images, setting = as_pool("avg_pool2d", images, pool_size, strides, padding)
    total = reduce_windows(TOTAL, images, setting)
    total /= count_pixels(images, setting)
    return total


def global_avg_pool2d(images: ArrayLike) -> np.ndarray:
    """Global average pooling: each channel's mean over all its pixels.

    Its gradient is that of `avg_pool2d` with a window of (H, W).

    Args:
        images: (N, H, W, C); float32 and float64 keep their type, integers become float64.

    Returns:
        (N, C).

    Raises:
        TypeError: the images are not real numbers.
        ValueError: the images have the wrong axes, or another one than the batch is empty.

    Source:
        M. Lin, Q. Chen, S. Yan, "Network In Network", 2013, arXiv:1312.4400, section 3.2.

    Example:
        >>> global_avg_pool2d(np.array([[[[1, 10]], [[3, 50]]]]))  # two pixels, two channels
        array([[ 2., 30.]])
    """
    images = as_images("global_avg_pool2d", images)
    means: np.ndarray = images.mean(axis=(1, 2), dtype=np.float64)
    return means.astype(images.dtype)


def global_max_pool2d(images: ArrayLike) -> np.ndarray:
    """Global max pooling: each channel's largest value.

    Its gradient is that of `max_pool2d` with a window of (H, W).

    Args:
        images: as in `global_avg_pool2d`.

    Returns:
        (N, C).

    Raises:
        TypeError: as `global_avg_pool2d`.
        ValueError: as `global_avg_pool2d`.

    Example:
        >>> global_max_pool2d(np.array([[[[1, 10]], [[3, 5]]]]))  # two pixels, two channels
        array([[ 3., 10.]])
    """
    largest: np.ndarray = as_images("global_max_pool2d", images).max(axis=(1, 2))
    return largest
