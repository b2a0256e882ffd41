"""What makes two pictures differ in content, in style, and a picture rough."""

from typing import Any

from keras import ops

from cnnutils._networks import as_float_tensors

__all__ = ["content_loss", "gram_matrix", "style_loss", "total_variation"]


def gram_matrix(features: Any) -> Any:
    """Inner products of every channel with every channel: G = FᵀF, neither centred nor scaled.

    F holds the feature map unrolled, one row a position and one column a channel. Which position
    a row belongs to makes no difference to the sum.

    Args:
        features: feature map (..., C), mostly (H, W, C), with at least one axis of positions.

    Returns:
        (C, C), symmetric; a tensor of Keras' backend.

    Raises:
        TypeError: the features are not real numbers.
        ValueError: there is no axis of positions, or the map is empty.

    Source:
        L. Gatys, A. Ecker, M. Bethge, "Image Style Transfer Using Convolutional Neural Networks",
        2016, doi:10.1109/CVPR.2016.265, equation 3; there F is the transposed (C, HW).

    Example:
        >>> import numpy as np
        >>> two_positions = np.array([[[1.0, 2.0], [3.0, 0.0]]])  # H = 1, W = 2, C = 2
        >>> np.array(gram_matrix(two_positions)).tolist()  # 1·1 + 3·3, 1·2 + 3·0; ..., 2·2 + 0·0
        [[10.0, 2.0], [2.0, 4.0]]
    """
    (features,) = _as_maps("gram_matrix", features=features)
    return _gram(ops.reshape(features, (-1, features.shape[-1])))


def content_loss(content: Any, generated: Any) -> Any:
    """Sum of the squared differences of two feature maps, over 4·H·W·C.

    Args:
        content: feature map (H, W, C) of the content picture.
        generated: feature map of the same shape, of the generated picture.

    Returns:
        One number: 0 for equal maps, and the larger the more they differ.

    Raises:
        TypeError: a map does not hold real numbers.
        ValueError: the shapes differ, or a map is empty or without positions.

    Source:
        Gatys and others 2016, equation 1, whose factor is ½. Any constant will do, since it is
        weighed against the style cost; this one does not grow with the size of the map.

    Example:
        >>> import numpy as np
        >>> float(content_loss(np.zeros((2, 3, 4)), np.full((2, 3, 4), 2.0)))  # 24·4 / (4·24)
        1.0
    """
    content, generated = _as_maps("content_loss", content=content, generated=generated)
    if tuple(content.shape) != tuple(generated.shape):
        raise ValueError(
            f"content_loss: the two maps must have one shape, got {tuple(content.shape)} and "
            f"{tuple(generated.shape)}."
        )
    return ops.sum(ops.square(generated - content)) / (4 * _size(content))


def style_loss(style: Any, generated: Any) -> Any:
    """Sum of the squared differences of two Gram matrices, over 4·C²·(H·W)².

    The pictures may differ in size; then each Gram matrix is divided by its own number of
    positions before they are compared. For maps of one shape that is the formula.

    Args:
        style: feature map (H, W, C) of the style picture.
        generated: feature map (H', W', C) of the generated picture.

    Returns:
        One number: 0 for equal Gram matrices, and the larger the more they differ.

    Raises:
        TypeError: a map does not hold real numbers.
        ValueError: the numbers of channels differ, or a map is empty or without positions.

    Source:
        Gatys and others 2016, equation 4.

    Example:
        >>> import numpy as np
        >>> ones = np.ones((2, 3, 1))  # Gram matrix 6, against 4·6 = 24: 18² / (4 · 1² · 6²)
        >>> float(style_loss(ones, 2 * ones))
        2.25
    """
    style, generated = _as_maps("style_loss", style=style, generated=generated)
    channels = style.shape[-1]
    if generated.shape[-1] != channels:
        raise ValueError(
            f"style_loss: the two maps must have as many channels, got {channels} and "
            f"{generated.shape[-1]} (shapes {tuple(style.shape)} and {tuple(generated.shape)})."
        )
    return gram_distance(mean_gram(style), mean_gram(generated))


def total_variation(images: Any) -> Any:
    """Mean squared difference of neighbouring pixels, down the rows plus along them.

    Args:
        images: (..., H, W, C), H and W at least 2.

    Returns:
        One number: 0 for a plain picture.

    Raises:
        TypeError: the images are not real numbers.
        ValueError: there are fewer than three axes, or no two pixels to compare.

    Source:
        J. Johnson, A. Alahi, L. Fei-Fei, "Perceptual Losses for Real-Time Style Transfer and
        Super-Resolution", 2016, arXiv:1603.08155, section 3.2; after L. Rudin, S. Osher,
        E. Fatemi, 1992, doi:10.1016/0167-2789(92)90242-F, who sum sizes, not squares.

    Example:
        >>> import numpy as np
        >>> picture = np.array([[0.0, 1.0], [0.0, 1.0]])[..., np.newaxis]
        >>> float(total_variation(picture))  # nothing down the rows, 1 along them
        1.0
    """
    (images,) = as_float_tensors("total_variation", images=images)
    shape = tuple(images.shape)
    if len(shape) < 3 or shape[-3] < 2 or shape[-2] < 2 or 0 in shape:
        raise ValueError(
            "total_variation: images must have the axes (..., H, W, C) with H and W at least 2, "
            f"got an array of shape {shape}."
        )
    down = images[..., 1:, :, :] - images[..., :-1, :, :]
    along = images[..., :, 1:, :] - images[..., :, :-1, :]
    return ops.mean(ops.square(down)) + ops.mean(ops.square(along))


# --- what the transfer shares with them ------------------------------------------------------


def mean_gram(features: Any) -> Any:
    """Return the Gram matrix per position."""
    return gram_matrix(features) / (_size(features) / features.shape[-1])


@ops.custom_gradient  # type: ignore[untyped-decorator]
def _gram(unrolled: Any) -> Any:
    """Return FᵀF, with F·(D + Dᵀ) as its gradient: one product, where automatic ones need two."""

    def gradient(*arguments: Any, upstream: Any = None) -> Any:
        upstream = arguments[0] if upstream is None else upstream  # PyTorch names it
        return ops.matmul(unrolled, upstream + ops.transpose(upstream))

    return ops.matmul(ops.transpose(unrolled), unrolled), gradient


def gram_distance(mean_style: Any, mean_generated: Any) -> Any:
    """Return the style cost from Gram matrices that are divided by their positions."""
    channels = mean_style.shape[-1]
    return ops.sum(ops.square(mean_generated - mean_style)) / (4 * channels**2)


def _size(features: Any) -> float:
    size = 1.0
    for length in features.shape:
        size *= length
    return size


def _as_maps(function: str, **named: Any) -> list[Any]:
    """Return tensors with at least one axis of positions and one of channels, none empty."""
    tensors = as_float_tensors(function, **named)
    for name, tensor in zip(named, tensors, strict=True):
        shape = tuple(tensor.shape)
        if len(shape) < 2 or 0 in shape:
            raise ValueError(
                f"{function}: {name} must be a feature map (..., C) with positions and channels, "
                f"got an array of shape {shape}."
            )
    return tensors
