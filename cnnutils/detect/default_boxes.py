"""Default boxes: where a detector starts from, whose they are, and how far the truth is from them.

Faster R-CNN calls them anchors, SSD default boxes, others priors.
"""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_number, check_size, in_the_name_of
from cnnutils.boxes.arguments import as_boxes, as_numbers
from cnnutils.boxes.geometry import convert_boxes, iou_matrix
from cnnutils.detect.anchors import as_sizes
from cnnutils.detect.grid import as_layout

_LARGEST_GROWTH = np.log(1000 / 16)  # of a side, as a logarithm: Detectron's limit


def default_boxes(
    anchors: ArrayLike,
    *,
    image_size: int | tuple[int, int],
    grid_size: int | tuple[int, int],
) -> np.ndarray:
    """Place each shape in the middle of every cell of a grid over the image.

    Args:
        anchors: (A, 2) heights and widths in pixels.
        image_size: height and width in pixels, one integer or a pair.
        grid_size: rows and columns of cells, one integer or a pair.

    Returns:
        (rows · columns · A, 4) as (x1, y1, x2, y2) in pixels, float64: row by row, in each row cell
        by cell, in each cell in the order of the anchors. Boxes may reach out of the image.

    Raises:
        TypeError: the anchors are not real numbers, or a size is not an integer.
        ValueError: the wrong shape, an anchor is not positive and finite, or a size is below 1.

    Source:
        S. Ren and others, "Faster R-CNN", 2015, arXiv:1506.01497, section 3.1; W. Liu and others,
        "SSD", 2015, arXiv:1512.02325, section 2.2.

    Example:
        >>> default_boxes([[4, 8]], image_size=16, grid_size=(1, 2))
        array([[ 0.,  6.,  8., 10.],
               [ 8.,  6., 16., 10.]])
    """
    name = "default_boxes"
    shapes = as_sizes(name, "anchors", anchors).astype(np.float64)
    image, grid = as_layout(name, image_size, grid_size)
    check_size(name, "the default boxes", (int(grid[0]), int(grid[1]), len(shapes), 4))
    middles = [(np.arange(n) + 0.5) * size / n for n, size in zip(grid, image, strict=True)]
    y, x = np.meshgrid(*middles, indexing="ij")
    centres = np.stack([x, y], axis=-1)[:, :, np.newaxis]
    halves = shapes[:, ::-1] / 2
    return np.concatenate([centres - halves, centres + halves], axis=-1).reshape(-1, 4)


def match_default_boxes(
    default_boxes_xyxy: ArrayLike,
    boxes_xyxy: ArrayLike,
    *,
    iou_threshold: float = 0.5,
    background_threshold: float | None = None,
) -> np.ndarray:
    """Say for which object each default box, or each proposal, is to answer in training.

    Each takes the object that it overlaps most, if that IoU reaches the threshold. So that objects
    are not left out, each also gets the default box that overlaps it most, however little; where
    two objects want the same one, the one that it overlaps more. An object that no box overlaps at
    all is nobody's.

    Args:
        default_boxes_xyxy: (D, 4).
        boxes_xyxy: (M, 4), the objects of one image.
        iou_threshold: above 0 and at most 1.
        background_threshold: from this IoU on, up to `iou_threshold`, a box is neither an object's
            nor background, and should count for nothing. None: there is no such gap.

    Returns:
        (D,) rows of the objects; −1 for background, −2 for what should count for nothing.

    Raises:
        TypeError: the boxes are not real numbers.
        ValueError: the wrong shape, x2 < x1 or y2 < y1, a number is not finite, or a threshold is
            out of range.

    Source:
        Faster R-CNN (arXiv:1506.01497), section 3.1.2, with 0.7 and 0.3; SSD (arXiv:1512.02325),
        section 2.2, with 0.5 and no gap.

    Example:
        >>> places = [[0, 0, 10, 10], [4, 0, 14, 10], [20, 0, 30, 10]]
        >>> match_default_boxes(places, [[0, 0, 10, 9]], background_threshold=0.3)
        array([ 0, -2, -1])
    """
    name = "match_default_boxes"
    starts = as_boxes(name, "default_boxes_xyxy", default_boxes_xyxy)
    objects = as_boxes(name, "boxes_xyxy", boxes_xyxy)
    threshold = as_number(name, "iou_threshold", iou_threshold, above=0)
    low = threshold
    if background_threshold is not None:
        low = as_number(name, "background_threshold", background_threshold)
    if threshold > 1 or not 0 <= low <= threshold:
        raise ValueError(
            f"{name}: 0 ≤ background_threshold ≤ iou_threshold ≤ 1 must hold, "
            f"got {low:g} and {threshold:g}."
        )
    if not len(starts) or not len(objects):
        return np.full(len(starts), -1)
    iou = iou_matrix(starts, objects)
    most = iou.max(axis=1)
    matches = np.where(most >= threshold, iou.argmax(axis=1), np.where(most >= low, -2, -1))
    nearest = iou.argmax(axis=0)
    for row in np.argsort(iou.max(axis=0), kind="stable"):  # of two that want one, the nearer
        if iou[nearest[row], row] > 0:
            matches[nearest[row]] = row
    return matches


def encode_offsets(boxes_xyxy: ArrayLike, reference_xyxy: ArrayLike) -> np.ndarray:
    """Say boxes as steps from others: what a network is to predict.

    The midpoint's step in widths and heights of the reference, and the logarithms of how much wider
    and higher the box is: (t_x, t_y, t_w, t_h) = ((x − x_r) / w_r, (y − y_r) / h_r, log(w / w_r),
    log(h / h_r)). The same numbers mean the same for a small and for a large reference.

    Args:
        boxes_xyxy: (N, 4), each with an area.
        reference_xyxy: (N, 4), default boxes or proposals, row by row, each with an area.

    Returns:
        (N, 4) offsets, float64.

    Raises:
        TypeError: the boxes are not real numbers.
        ValueError: wrong shapes, not equally many, a box without area, or one that is not finite.

    Source:
        R. Girshick and others, "Rich feature hierarchies" (R-CNN), 2013, arXiv:1311.2524,
        appendix C.

    Example:
        >>> encode_offsets([[10, 10, 30, 20]], [[10, 10, 20, 20]]).round(3)
        array([[0.5  , 0.   , 0.693, 0.   ]])
    """
    name = "encode_offsets"
    box = _middles(name, "boxes_xyxy", boxes_xyxy)
    reference = _middles(name, "reference_xyxy", reference_xyxy)
    _equally_many(name, "boxes_xyxy", box, reference)
    step = (box[:, :2] - reference[:, :2]) / reference[:, 2:]
    return np.concatenate([step, np.log(box[:, 2:] / reference[:, 2:])], axis=1)


def decode_offsets(offsets: ArrayLike, reference_xyxy: ArrayLike) -> np.ndarray:
    """Take the steps that a network predicts: the inverse of `encode_offsets`.

    Args:
        offsets: (N, 4) as (t_x, t_y, t_w, t_h). A side grows at most 62.5-fold, whatever is said.
        reference_xyxy: (N, 4), default boxes or proposals, row by row, each with an area.

    Returns:
        (N, 4) boxes as (x1, y1, x2, y2), float64; they may reach out of the image.

    Raises:
        TypeError: an argument is not of real numbers.
        ValueError: wrong shapes, not equally many, a number is not finite, or a reference without
            area.

    Example:
        >>> decode_offsets([[1, 0, 0, 0]], [[10, 10, 20, 20]])  # a width to the right
        array([[20., 10., 30., 20.]])
    """
    name = "decode_offsets"
    steps = as_numbers(name, "offsets", offsets)
    reference = _middles(name, "reference_xyxy", reference_xyxy)
    _equally_many(name, "offsets", steps, reference)
    middles = reference[:, :2] + steps[:, :2] * reference[:, 2:]
    sizes = reference[:, 2:] * np.exp(np.minimum(steps[:, 2:], _LARGEST_GROWTH))
    rows = np.concatenate([middles, sizes], axis=1)
    with in_the_name_of(name):  # steps so large that they lead to no box
        return convert_boxes(rows, source="cxcywh", target="xyxy")


def _middles(function: str, name: str, value: ArrayLike) -> np.ndarray:
    """Return boxes (N, 4) with an area as midpoint, width and height, float64."""
    boxes = as_boxes(function, name, value).astype(np.float64)
    middles = convert_boxes(boxes, source="xyxy", target="cxcywh")
    empty = np.flatnonzero((middles[:, 2:] <= 0).any(axis=1))
    if empty.size:
        raise ValueError(
            f"{function}: every box of {name} must have an area; row {empty[0]} has none."
        )
    return middles


def _equally_many(function: str, name: str, rows: np.ndarray, reference: np.ndarray) -> None:
    if len(rows) != len(reference):
        raise ValueError(
            f"{function}: {name} and reference_xyxy must have equally many rows "
            f"({len(rows)} and {len(reference)})."
        )
