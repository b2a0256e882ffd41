"""Normalisation: of each channel over a batch, and of each pixel over neighbouring channels."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_int, as_number
from cnnutils.ops.arguments import as_grad_output, as_images, as_vector

_PIXELS = (0, 1, 2)  # the axes over which a channel's statistics are taken


class BatchNormalization(NamedTuple):
    """The output of `batch_normalization`, and the statistics of the batch that it used."""

    output: np.ndarray  # (N, H, W, C)
    mean: np.ndarray  # (C,)
    variance: np.ndarray  # (C,)


class BatchNormalizationGradients(NamedTuple):
    """Gradients of a scalar cost with respect to the three inputs of `batch_normalization`."""

    images: np.ndarray  # (N, H, W, C)
    gamma: np.ndarray  # (C,)
    beta: np.ndarray  # (C,)


def batch_normalization(
    images: ArrayLike, gamma: ArrayLike, beta: ArrayLike, *, epsilon: float = 1e-3
) -> BatchNormalization:
    """Batch normalisation in training: give each channel of the batch a learnt mean and spread.

    out = gamma · (x − mean) / √(variance + epsilon) + beta, where mean and variance are those of
    the channel over all N · H · W pixels of the batch. The variance is the biased one: the mean of
    the squared deviations, divided by N · H · W and not by one less.

    Args:
        images: (N, H, W, C) with N at least 1; float32 and float64 keep their type, integers
            become float64. Sums are taken in float64.
        gamma: (C,), the learnt scale; close to the output's standard deviation.
        beta: (C,), the learnt shift; the output's mean.
        epsilon: what keeps a constant channel from a division by 0; 0.001 as in Keras. PyTorch
            takes 0.00001.

    Returns:
        The output (N, H, W, C), and the mean (C,) and variance (C,) of the batch, of which a
        network keeps running averages for `batch_normalization_inference`.

    Raises:
        TypeError: an array does not hold real numbers, or epsilon is no number.
        ValueError: an array has the wrong shape, the batch is empty, or epsilon is not positive.

    Source:
        S. Ioffe, C. Szegedy, "Batch Normalization", 2015, arXiv:1502.03167, algorithm 1, and
        section 3.2 for convolutions.

    Example:
        >>> two_pixels = np.array([0, 6]).reshape(1, 1, 2, 1)  # mean 3, variance 9
        >>> out, mean, variance = batch_normalization(two_pixels, [8], [10], epsilon=7)
        >>> out.ravel(), mean, variance  # 8 · (0 − 3) / √(9 + 7) + 10 = 4
        (array([ 4., 16.]), array([3.]), array([9.]))
    """
    function = "batch_normalization"
    images, gamma = _as_batch(function, images, gamma)
    beta = as_vector(function, "beta", beta, images.shape[3], images.dtype, of="channels")
    epsilon = as_number(function, "epsilon", epsilon, above=0)
    mean, variance = _statistics(function, images)
    output = _scaled(_normalized(images, mean, variance, epsilon), gamma, beta)
    return BatchNormalization(output=output, mean=mean, variance=variance)


def batch_normalization_inference(
    images: ArrayLike,
    mean: ArrayLike,
    variance: ArrayLike,
    gamma: ArrayLike,
    beta: ArrayLike,
    *,
    epsilon: float = 1e-3,
) -> np.ndarray:
    """Batch normalisation after training: with a mean and a variance that are given.

    out = gamma · (x − mean) / √(variance + epsilon) + beta. No image depends on the others of its
    batch, and the whole is one factor and one summand a channel.

    Args:
        images: (N, H, W, C); float32 and float64 keep their type, integers become float64.
        mean: (C,), usually a running average from training.
        variance: (C,), the same; at least 0.
        gamma: (C,), the learnt scale.
        beta: (C,), the learnt shift.
        epsilon: as in `batch_normalization`.

    Returns:
        (N, H, W, C).

    Raises:
        TypeError: an array does not hold real numbers, or epsilon is no number.
        ValueError: an array has the wrong shape, a variance is negative, or epsilon is not
            positive.

    Source:
        Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 2.

    Example:
        >>> pixel = np.array([6]).reshape(1, 1, 1, 1)
        >>> batch_normalization_inference(pixel, [3], [9], [8], [10], epsilon=7).ravel()
        array([16.])
    """
    function = "batch_normalization_inference"
    images = as_images(function, images)
    given = {"mean": mean, "variance": variance, "gamma": gamma, "beta": beta}
    mean, variance, gamma, beta = (
        as_vector(function, name, value, images.shape[3], images.dtype, of="channels")
        for name, value in given.items()
    )
    if (variance < 0).any():
        raise ValueError(f"{function}: variance must not be negative, got {variance.min()}.")
    epsilon = as_number(function, "epsilon", epsilon, above=0)
    return _scaled(_normalized(images, mean, variance, epsilon), gamma, beta)


def batch_normalization_gradients(
    grad_output: ArrayLike, images: ArrayLike, gamma: ArrayLike, *, epsilon: float = 1e-3
) -> BatchNormalizationGradients:
    """Backpropagate through `batch_normalization`, its mean and its variance included.

    With g = grad_output, x̂ the normalised images, and means and sums over a channel's pixels:
    beta gets Σ g, gamma gets Σ g·x̂, and each pixel gets
    gamma / √(variance + epsilon) · (g − mean(g) − x̂ · mean(g·x̂)).
    The two means are what the pixel does to all others, through the statistics.

    Args:
        grad_output: (N, H, W, C), derivative of the cost by each output.
        images: (N, H, W, C), as they were given to `batch_normalization`.
        gamma: (C,), as it was given to `batch_normalization`.
        epsilon: as in `batch_normalization`.

    Returns:
        The gradients by images, gamma and beta, each of its input's shape.

    Raises:
        TypeError: as `batch_normalization`.
        ValueError: as `batch_normalization`, or grad_output has not the shape of the images.

    Source:
        Ioffe and Szegedy 2015, arXiv:1502.03167, section 3, the six equations before algorithm 2,
        gathered into one.

    Example:
        >>> two_pixels = np.array([0, 6]).reshape(1, 1, 2, 1)  # x̂ is −3/4 and 3/4
        >>> grad_output = np.array([0, 32]).reshape(1, 1, 2, 1)  # mean(g) 16, mean(g·x̂) 12
        >>> gradients = batch_normalization_gradients(grad_output, two_pixels, [4], epsilon=7)
        >>> gradients.images.ravel()  # 4/4 · (0 − 16 + 3/4 · 12), and 4/4 · (32 − 16 − 3/4 · 12)
        array([-7.,  7.])
        >>> gradients.gamma, gradients.beta
        (array([24.]), array([32.]))
    """
    function = "batch_normalization_gradients"
    images, gamma = _as_batch(function, images, gamma)
    grad = as_grad_output(function, grad_output, images.shape, images.dtype)
    epsilon = as_number(function, "epsilon", epsilon, above=0)
    mean, variance = _statistics(function, images)
    normalized = _normalized(images, mean, variance, epsilon)
    through_mean, through_variance = _channel_means(grad), _channel_means(grad * normalized)
    slope = gamma / np.sqrt(variance + epsilon)
    num_pixels = images[..., 0].size
    return BatchNormalizationGradients(
        images=slope * (grad - through_mean - normalized * through_variance),
        gamma=through_variance * num_pixels,
        beta=through_mean * num_pixels,
    )


def local_response_normalization(
    images: ArrayLike,
    *,
    depth_radius: int = 2,
    bias: float = 2.0,
    alpha: float = 1e-4,
    beta: float = 0.75,
) -> np.ndarray:
    """Local response normalisation: neighbouring channels of a pixel compete.

    out[c] = x[c] / (bias + alpha · Σ_j x[j]²)^beta at each pixel, where j runs over the channels
    from c − depth_radius to c + depth_radius that exist.

    Args:
        images: (N, H, W, C); float32 and float64 keep their type, integers become float64.
        depth_radius: neighbours on each side; 2 is the paper's n = 5 channels.
        bias: the paper's k; more than 0, so that nothing is divided by 0.
        alpha: weight of the sum, at least 0. It is not divided by n, as in the paper and in
            `tf.nn.lrn`; PyTorch and Caffe divide it, and want n · alpha for the same result.
        beta: the exponent.

    Returns:
        (N, H, W, C).

    Raises:
        TypeError: the images are not real numbers, depth_radius is no integer, or another option
            no number.
        ValueError: the images have the wrong axes, or an option is too small.

    Source:
        A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional
        Neural Networks", 2012, section 3.3, whose values are the defaults here; those of
        `tf.nn.lrn` are others (5, 1, 1, 0.5).

    Example:
        >>> pixel = np.array([1, 2, 0, 3]).reshape(1, 1, 1, 4)
        >>> out = local_response_normalization(pixel, depth_radius=1, bias=3, alpha=1, beta=1)
        >>> out.ravel()  # 1 / (3 + 1 + 4), 2 / (3 + 1 + 4), 0, 3 / (3 + 9)
        array([0.125, 0.25 , 0.   , 0.25 ])
    """
    function = "local_response_normalization"
    images = as_images(function, images)
    radius = as_int(function, "depth_radius", depth_radius, minimum=0)
    bias = as_number(function, "bias", bias, above=0)
    alpha = as_number(function, "alpha", alpha)
    if alpha < 0:
        raise ValueError(f"{function}: alpha must be at least 0, got {alpha}.")
    beta = as_number(function, "beta", beta)
    squares = images * images
    total = squares.copy()
    for distance in range(1, min(radius, images.shape[3] - 1) + 1):
        total[..., distance:] += squares[..., :-distance]
        total[..., :-distance] += squares[..., distance:]
    out: np.ndarray = images / (bias + alpha * total) ** beta
    return out


# --- arithmetic ------------------------------------------------------------------------------


def _channel_means(values: np.ndarray) -> np.ndarray:
    """Mean of each channel, summed in float64, in the type of the values."""
    means: np.ndarray = values.mean(axis=_PIXELS, dtype=np.float64)
    return means.astype(values.dtype)


def _statistics(function: str, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance of each channel; a variance that overflows would give zeros."""
    mean = _channel_means(images)
    variance = _channel_means(np.square(images - mean))
    if np.isinf(variance).any():
        raise ValueError(
            f"{function}: the variance of channel {np.isinf(variance).argmax()} does not fit into "
            f"{images.dtype}; scale the images down."
        )
    return mean, variance


def _normalized(
    images: np.ndarray, mean: np.ndarray, variance: np.ndarray, epsilon: float
) -> np.ndarray:
    """Subtract each channel's mean from it, and divide by its spread."""
    normalized: np.ndarray = images - mean
    normalized /= np.sqrt(variance + epsilon)
    return normalized


def _scaled(normalized: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Give each channel, in place, its learnt scale and shift."""
    normalized *= gamma
    normalized += beta
    return normalized


# --- checks ----------------------------------------------------------------------------------


def _as_batch(function: str, images: ArrayLike, gamma: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Check images that have statistics, and the scale of their channels."""
    images = as_images(function, images)
    if not images.size:
        raise ValueError(f"{function}: an empty batch has no mean (images {images.shape}).")
    gamma = as_vector(function, "gamma", gamma, images.shape[3], images.dtype, of="channels")
    return images, gamma
