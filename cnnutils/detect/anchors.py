"""Anchor boxes: the few shapes that a detector starts from, and which of them fits an object."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_float_array, as_int

_MOST_ROUNDS = 300
_TRIES = 5


def shape_iou(box_sizes: ArrayLike, other_sizes: ArrayLike) -> np.ndarray:
    """IoU of boxes that share a corner: how alike their shapes are, wherever they stand.

    Args:
        box_sizes: (N, 2) heights and widths, positive.
        other_sizes: (M, 2) in the same unit.

    Returns:
        (N, M), above 0 and at most 1.

    Raises:
        TypeError: the sizes are not real numbers.
        ValueError: the wrong shape, or a size is not positive and finite.

    Example:
        >>> shape_iou([[4, 2]], [[4, 2], [2, 4]]).round(3)  # 8 / 8, and 4 / (8 + 8 - 4)
        array([[1.   , 0.333]])
    """
    sizes = as_sizes("shape_iou", "box_sizes", box_sizes)
    return _shape_iou(sizes, as_sizes("shape_iou", "other_sizes", other_sizes))


def anchors_kmeans(box_sizes: ArrayLike, num_anchors: int, *, seed: int) -> np.ndarray:
    """Find a few shapes such that each box of a data set resembles one of them: k-means by IoU.

    Boxes go to the anchor with which their shape has the largest IoU, that is the smallest distance
    1 − IoU; each anchor then becomes the median height and the median width of its boxes; and again
    until no box changes sides. With plain distances, large boxes would count more than small ones.
    The best of five starts is kept, each of which prefers boxes that are unlike those chosen before
    (k-means++).

    Args:
        box_sizes: (N, 2) heights and widths of the boxes, positive.
        num_anchors: K, at most the number of different shapes.
        seed: of the starts, at least 0.

    Returns:
        (K, 2) heights and widths in the same unit, float64, from the smallest area to the
        largest; of equal areas the lower box first.

    Raises:
        TypeError: the sizes are not real numbers, or num_anchors or seed is not an integer.
        ValueError: the wrong shape, a size is not positive and finite, or fewer different shapes
            than anchors.

    Source:
        J. Redmon, A. Farhadi, "YOLO9000: better, faster, stronger", 2016, section 2,
        arXiv:1612.08242, which takes means; medians let a few odd boxes pull less.

    Example:
        >>> anchors_kmeans([[10, 20], [12, 22], [40, 10], [44, 12]], 2, seed=0)
        array([[11., 21.],
               [42., 11.]])
    """
    name = "anchors_kmeans"
    sizes = as_sizes(name, "box_sizes", box_sizes).astype(np.float64)
    num_anchors = as_int(name, "num_anchors", num_anchors, minimum=1)
    rng = np.random.default_rng(as_int(name, "seed", seed, minimum=0))
    num_shapes = len(np.unique(sizes, axis=0))
    if num_shapes < num_anchors:
        raise ValueError(
            f"{name}: there must be at least as many different shapes as anchors "
            f"({num_shapes} shapes, {num_anchors} anchors)."
        )
    tries = [_one_try(sizes, num_anchors, rng) for _ in range(_TRIES)]
    best = max(tries, key=lambda anchors: _shape_iou(sizes, anchors).max(axis=1).mean())
    return best[np.lexsort((best[:, 0], best.prod(axis=1)))]


def _one_try(sizes: np.ndarray, num_anchors: int, rng: np.random.Generator) -> np.ndarray:
    anchors = sizes[[rng.integers(len(sizes))]]
    for _ in range(num_anchors - 1):  # k-means++: a box that no anchor resembles is likelier
        distance = 1 - _shape_iou(sizes, anchors).max(axis=1)
        anchors = np.vstack([anchors, sizes[rng.choice(len(sizes), p=distance / distance.sum())]])
    nearest = None
    for _ in range(_MOST_ROUNDS):
        iou = _shape_iou(sizes, anchors)
        before, nearest = nearest, iou.argmax(axis=1)
        if before is not None and (before == nearest).all():
            break
        for k in range(num_anchors):
            own = sizes[nearest == k]
            if len(own):
                anchors[k] = np.median(own, axis=0)
            else:  # nobody's nearest: move to the box that is served worst
                anchors[k] = sizes[iou.max(axis=1).argmin()]
    return anchors


def _shape_iou(sizes: np.ndarray, others: np.ndarray) -> np.ndarray:
    height, width = sizes[:, [0]], sizes[:, [1]]
    shared = np.minimum(height, others[:, 0])
    shared *= np.minimum(width, others[:, 1])
    iou: np.ndarray = shared / (height * width + others[:, 0] * others[:, 1] - shared)
    return iou


def as_sizes(function: str, name: str, value: ArrayLike) -> np.ndarray:
    """Return (N, 2) positive, finite numbers."""
    sizes = as_float_array(function, name, value, axes="N, 2")
    if sizes.shape[1] != 2:
        raise ValueError(
            f"{function}: {name} must hold a height and a width a row, "
            f"got an array of shape {sizes.shape}."
        )
    if not (np.isfinite(sizes) & (sizes > 0)).all():
        raise ValueError(f"{function}: {name} must be positive and finite.")
    limit = np.sqrt(np.finfo(sizes.dtype).max) / 4
    if sizes.max(initial=0) > limit:
        raise ValueError(
            f"{function}: {name} must be at most {limit:.1g}, so that areas fit into {sizes.dtype}."
        )
    return sizes
