"""The grid of a one-stage detector: objects written into cells, and read out of them again."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_float_array, as_int, as_number, as_pair, check_size, in_the_name_of
from cnnutils.boxes.arguments import as_boxes, as_classes
from cnnutils.boxes.geometry import convert_boxes
from cnnutils.detect.anchors import as_sizes, shape_iou
from cnnutils.detect.matching import Detections


class EncodedGrid(NamedTuple):
    """The target of one image, and what found no place in it."""

    target: np.ndarray  # (GH, GW, A, 5 + num_classes)
    unplaced: np.ndarray  # (K,) rows of the boxes whose place was taken


def encode_grid(
    boxes_xyxy: ArrayLike,
    class_ids: ArrayLike,
    *,
    image_size: int | tuple[int, int],
    grid_size: int | tuple[int, int],
    anchors: ArrayLike,
    num_classes: int,
) -> EncodedGrid:
    """Write the objects of an image into a grid of cells, as a detector is to answer.

    An object belongs to the cell that holds its midpoint, and there to the anchor whose shape it
    resembles most. The entry is [p_c, b_x, b_y, b_h, b_w, c_1, …, c_K]: 1; the midpoint from the
    cell's left and upper edge, in cells, from 0 to 1; height and width in cells, which may be more
    than 1; and 1 for the object's class. All other numbers are 0, also where nothing is: there only
    p_c says anything.

    Args:
        boxes_xyxy: (N, 4) in pixels, each with a midpoint in the image and an area.
        class_ids: (N,) from 0 to num_classes − 1.
        image_size: height and width in pixels, one integer or a pair.
        grid_size: rows and columns of cells, one integer or a pair.
        anchors: (A, 2) heights and widths in pixels.
        num_classes: K.

    Returns:
        The target, float64, and the rows of objects that found no place: the same cell and the same
        anchor were given to an earlier one. A grid can't say more.

    Raises:
        TypeError: an argument is not of numbers, or sizes or classes are not integers.
        ValueError: the wrong shape, a box without area or with its midpoint outside the image, or a
            class out of range.

    Source:
        J. Redmon and others, "You only look once", 2015, arXiv:1506.02640, for cells and midpoints;
        anchors as in YOLO9000, arXiv:1612.08242.

    Example:
        >>> encoded = encode_grid([[10, 40, 50, 60]], [1], image_size=90, grid_size=3,
        ...                       anchors=[[30, 30]], num_classes=2)
        >>> encoded.target[1, 1, 0].round(2)  # midpoint (30, 50): the cell from 30 to 60
        array([1.  , 0.  , 0.67, 0.67, 1.33, 0.  , 1.  ])
    """
    name = "encode_grid"
    boxes = as_boxes(name, "boxes_xyxy", boxes_xyxy).astype(np.float64)
    num_classes = as_int(name, "num_classes", num_classes, minimum=1)
    classes = as_classes(name, "class_ids", class_ids, len(boxes))
    if ((classes < 0) | (classes >= num_classes)).any():
        raise ValueError(f"{name}: class_ids must lie between 0 and {num_classes - 1}.")
    image, grid = as_layout(name, image_size, grid_size)
    shapes = as_sizes(name, "anchors", anchors)
    if not len(shapes):
        raise ValueError(f"{name}: anchors must hold at least one height and width.")
    places = (int(grid[0]), int(grid[1]), len(shapes), 5 + num_classes)
    check_size(name, "the target", places)
    cell = image / grid
    x, y, width, height = convert_boxes(boxes, source="xyxy", target="cxcywh").T
    if ((width <= 0) | (height <= 0)).any():
        raise ValueError(f"{name}: every box must have an area.")
    if ((x < 0) | (x > image[1]) | (y < 0) | (y > image[0])).any():
        raise ValueError(
            f"{name}: every box must have its midpoint in the image of "
            f"{image[0]:g} × {image[1]:g} pixels."
        )
    target = np.zeros(places)
    sizes = np.stack([height, width], axis=1)
    anchor = shape_iou(sizes, shapes).argmax(axis=1) if len(boxes) else np.empty(0, int)
    row = np.minimum(y // cell[0], grid[0] - 1).astype(int)  # the image's last edge is in it
    column = np.minimum(x // cell[1], grid[1] - 1).astype(int)
    unplaced = []
    for i, place in enumerate(zip(row, column, anchor, strict=True)):
        if target[place][0]:
            unplaced.append(i)
            continue
        midpoint = x[i] / cell[1] - column[i], y[i] / cell[0] - row[i]
        target[place][:5] = 1, *midpoint, height[i] / cell[0], width[i] / cell[1]
        target[place][5 + classes[i]] = 1
    return EncodedGrid(target=target, unplaced=np.array(unplaced, int))


def decode_grid(
    predictions: ArrayLike,
    *,
    image_size: int | tuple[int, int],
    score_threshold: float = 0.5,
) -> Detections:
    """Read the boxes out of a grid of answers: the inverse of `encode_grid`.

    Each place of the grid (cell and anchor) says one box, with its likeliest class k and the score
    p_c · c_k. Boxes around the same object are left to non-maximum suppression.

    Args:
        predictions: (GH, GW, A, 5 + num_classes), each place as in `encode_grid`.
        image_size: height and width in pixels, one integer or a pair.
        score_threshold: boxes with this score or a lower one are left out.

    Returns:
        Boxes in pixels, scores and classes, best first.

    Raises:
        TypeError: the predictions are not real numbers, or a size is not an integer.
        ValueError: the wrong shape, a number is not finite, a height or width is negative, or the
            threshold is not finite.

    Example:
        >>> predictions = np.zeros((3, 3, 1, 7))
        >>> predictions[1, 1, 0] = 1, 0, 2 / 3, 2 / 3, 4 / 3, 0, 1
        >>> decode_grid(predictions, image_size=90).boxes_xyxy
        array([[10., 40., 50., 60.]])
    """
    name = "decode_grid"
    values = as_float_array(name, "predictions", predictions, axes="GH, GW, A, 5 + classes")
    if values.shape[3] < 6 or 0 in values.shape:
        raise ValueError(
            f"{name}: predictions must hold 5 numbers and one for each class at every place, "
            f"got an array of shape {values.shape}."
        )
    if not np.isfinite(values).all():
        raise ValueError(f"{name}: predictions must be finite.")
    if (values[..., 3:5] < 0).any():
        raise ValueError(f"{name}: heights and widths must not be negative.")
    threshold = as_number(name, "score_threshold", score_threshold)
    image, grid = as_layout(name, image_size, values.shape[:2])
    cell = image / grid
    scores = values[..., 0] * values[..., 5:].max(axis=3)
    row, column, anchor = np.nonzero(scores > threshold)
    order = np.argsort(-scores[row, column, anchor], kind="stable")
    row, column, anchor = row[order], column[order], anchor[order]
    found = values[row, column, anchor].astype(np.float64)
    rows = np.stack(
        [
            (column + found[:, 1]) * cell[1],
            (row + found[:, 2]) * cell[0],
            found[:, 4] * cell[1],
            found[:, 3] * cell[0],
        ],
        axis=1,
    )
    with in_the_name_of(name):  # numbers so large that their boxes are not finite
        boxes = convert_boxes(rows, source="cxcywh", target="xyxy")
    return Detections(
        boxes_xyxy=boxes,
        scores=scores[row, column, anchor],
        class_ids=found[:, 5:].argmax(axis=1),
    )


def as_layout(
    function: str, image_size: int | tuple[int, int], grid_size: int | tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (height, width) of the image in pixels, and (rows, columns) of the grid."""
    image = as_pair(function, "image_size", image_size, minimum=1)
    grid = as_pair(function, "grid_size", grid_size, minimum=1)
    return np.array(image, np.float64), np.array(grid, np.float64)
