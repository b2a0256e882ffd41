"""Several pieces of an image, for several answers about it."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_float_array, as_pair


def ten_crop(images: ArrayLike, size: int | tuple[int, int]) -> np.ndarray:
    """Cut ten pieces out of each image: four corners, the centre, and the mirrors of all five.

    Args:
        images: (N, H, W, C).
        size: (height, width) of a piece, or one number for a square.

    Returns:
        (N, 10, height, width, C): top left, top right, bottom left, bottom right, centre (where
        it cannot be in the middle, half a pixel up or left), then the five in the same order,
        left and right swapped. A network that sees them as (10·N, ...) gives 10·N answers, whose
        means over the ten are those for the images.

    Raises:
        TypeError: size is not made of integers, or the images are not numbers.
        ValueError: the images have other axes, or are smaller than a piece.

    Source:
        A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional
        Neural Networks", 2012, section 4.1.

    Example:
        >>> row = np.arange(3.0).reshape(1, 1, 3, 1)
        >>> ten_crop(row, (1, 2))[0, :, 0, :, 0].astype(int).tolist()[3:7]
        [[1, 2], [0, 1], [1, 0], [2, 1]]
    """
    array = as_float_array("ten_crop", "images", images, axes="N, H, W, C")
    height, width = as_pair("ten_crop", "size", size, minimum=1)
    down, right = array.shape[1] - height, array.shape[2] - width
    if down < 0 or right < 0:
        raise ValueError(
            f"ten_crop: pieces of {height} × {width} pixels must fit into the images, which have "
            f"{array.shape[1]} × {array.shape[2]}. Enlarge the images, or take smaller pieces."
        )
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    pieces = [array[:, top : top + height, left : left + width] for top, left in corners]
    return np.stack([*pieces, *(piece[:, :, ::-1] for piece in pieces)], axis=1)
