"""Formats, areas, edges of the image, and how much two boxes share."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_choice, as_int
from cnnutils.boxes.arguments import as_boxes, as_numbers

BoxFormat = Literal["xyxy", "yxyx", "xywh", "cxcywh"]

PAIRS_AT_ONCE = 1 << 16  # pairs of boxes whose temporaries fit into a core's cache


def columns(boxes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return x1, y1, x2, y2 and the area, each a contiguous (N,): loops over them are fast."""
    x1, y1, x2, y2 = (np.ascontiguousarray(boxes[:, i]) for i in range(4))
    return x1, y1, x2, y2, (x2 - x1) * (y2 - y1)


def overlaps(
    some: tuple[np.ndarray, ...], others: tuple[np.ndarray, ...], out: np.ndarray
) -> np.ndarray:
    """Write the IoU of some boxes with others to `out`; 0 where both are empty.

    The columns of both are broadcast: (n, 1) with (m,) gives all pairs, (n,) with (n,) one a row.
    """
    x1, y1, x2, y2, area = some
    left, top, right, bottom, other_area = others
    other = np.empty_like(out)
    np.minimum(x2, right, out=out)
    out -= np.maximum(x1, left, out=other)
    np.maximum(out, 0, out=out)  # the width that they share
    shared = np.minimum(y2, bottom)
    shared -= np.maximum(y1, top, out=other)
    np.maximum(shared, 0, out=shared)  # the height that they share
    shared *= out
    np.add(area, other_area, out=out)
    out -= shared  # what is shared was counted twice
    np.maximum(out, np.finfo(out.dtype).tiny, out=out)  # two empty boxes: 0 / tiny = 0
    np.divide(shared, out, out=out)
    return out


def convert_boxes(boxes: ArrayLike, *, source: BoxFormat, target: BoxFormat) -> np.ndarray:
    """Write boxes in another of the formats in use.

    - "xyxy": left, top, right, bottom edge; this package, torchvision, Pascal VOC.
    - "yxyx": top, left, bottom, right edge; `tf.image`.
    - "xywh": left and top edge, width, height; COCO.
    - "cxcywh": the centre's x and y, width, height; YOLO.

    Args:
        boxes: (N, 4) in the format `source`; float32 and float64 keep their type.
        source: the format that they have.
        target: the format that they get.

    Returns:
        (N, 4) in the format `target`, a new array.

    Raises:
        TypeError: the boxes are not real numbers.
        ValueError: an unknown format, the wrong shape, a number that is not finite, an edge beyond
            its opposite one, or a negative width or height.

    Example:
        >>> convert_boxes([[10, 20, 40, 30]], source="xyxy", target="cxcywh")
        array([[25., 25., 30., 10.]])
    """
    as_choice("convert_boxes", "source", source, get_args(BoxFormat))
    as_choice("convert_boxes", "target", target, get_args(BoxFormat))
    first, second, third, fourth = as_numbers("convert_boxes", "boxes", boxes).T
    if source in ("xywh", "cxcywh"):
        if ((third < 0) | (fourth < 0)).any():
            raise ValueError("convert_boxes: widths and heights must not be negative.")
        left = first - third / 2 if source == "cxcywh" else first
        top = second - fourth / 2 if source == "cxcywh" else second
        x1, y1, x2, y2 = left, top, left + third, top + fourth
    elif source == "yxyx":
        y1, x1, y2, x2 = first, second, third, fourth
    else:
        x1, y1, x2, y2 = first, second, third, fourth
    as_boxes("convert_boxes", "boxes", np.stack([x1, y1, x2, y2], axis=1))
    written = {
        "xyxy": (x1, y1, x2, y2),
        "yxyx": (y1, x1, y2, x2),
        "xywh": (x1, y1, x2 - x1, y2 - y1),
        "cxcywh": ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1),
    }
    return np.stack(written[target], axis=1)


def box_area(boxes_xyxy: ArrayLike) -> np.ndarray:
    """Area of each box, (x2 − x1)·(y2 − y1); a box without width or height has none.

    Args:
        boxes_xyxy: (N, 4).

    Returns:
        (N,), in the square of the boxes' unit.

    Raises:
        TypeError: the boxes are not real numbers.
        ValueError: the wrong shape, a number that is not finite, x2 < x1 or y2 < y1.

    Example:
        >>> box_area([[0, 0, 4, 3], [2, 2, 2, 9]])
        array([12.,  0.])
    """
    return columns(as_boxes("box_area", "boxes_xyxy", boxes_xyxy))[4]


def clip_boxes(boxes_xyxy: ArrayLike, *, height: int, width: int) -> np.ndarray:
    """Cut off what lies outside an image; a box wholly outside loses its area.

    Args:
        boxes_xyxy: (N, 4) in pixels.
        height: the image's height in pixels.
        width: the image's width in pixels.

    Returns:
        (N, 4) with 0 ≤ x ≤ width and 0 ≤ y ≤ height, a new array.

    Raises:
        TypeError: the boxes are not real numbers, or a size is not an integer.
        ValueError: as `box_area`, or a size below 1.

    Example:
        >>> clip_boxes([[-5, 2, 30, 50]], height=40, width=20)
        array([[ 0.,  2., 20., 40.]])
    """
    boxes = as_boxes("clip_boxes", "boxes_xyxy", boxes_xyxy)
    height = as_int("clip_boxes", "height", height, minimum=1)
    width = as_int("clip_boxes", "width", width, minimum=1)
    edges = np.array([width, height, width, height], boxes.dtype)
    clipped: np.ndarray = np.clip(boxes, 0, edges)
    return clipped


def iou_matrix(boxes_xyxy: ArrayLike, other_xyxy: ArrayLike) -> np.ndarray:
    """Intersection over union of every box with every other box.

    IoU = |A ∩ B| / |A ∪ B|, with |A ∪ B| = |A| + |B| − |A ∩ B|: 1 for equal boxes, 0 for boxes that
    share no area. Where both boxes are empty, it is 0.

    Args:
        boxes_xyxy: (N, 4).
        other_xyxy: (M, 4) in the same unit; if either is float64, the result is.

    Returns:
        (N, M), between 0 and 1.

    Raises:
        TypeError: boxes are not real numbers.
        ValueError: the wrong shape, a number that is not finite, x2 < x1 or y2 < y1.

    Source:
        P. Jaccard, 1901; as a measure of boxes M. Everingham and others, "The Pascal Visual Object
        Classes (VOC) challenge", 2010, section 4.2, doi:10.1007/s11263-009-0275-4.

    Example:
        >>> iou_matrix([[0, 0, 2, 2]], [[0, 0, 2, 2], [1, 0, 3, 2], [2, 2, 3, 3]]).round(3)
        array([[1.   , 0.333, 0.   ]])
    """
    boxes = as_boxes("iou_matrix", "boxes_xyxy", boxes_xyxy)
    other = as_boxes("iou_matrix", "other_xyxy", other_xyxy)
    dtype = np.result_type(boxes, other)
    some, others = columns(boxes.astype(dtype)), columns(other.astype(dtype))
    result = np.empty((len(boxes), len(other)), dtype)
    rows = max(PAIRS_AT_ONCE // max(len(other), 1), 1)
    for start in range(0, len(boxes), rows):
        part = slice(start, start + rows)
        overlaps(tuple(column[part, np.newaxis] for column in some), others, out=result[part])
    return result
