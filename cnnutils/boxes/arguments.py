"""Checks of arguments that boxes and their detection share: boxes, their scores and classes."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array


def as_numbers(function: str, name: str, value: ArrayLike) -> np.ndarray:
    """Return (N, 4) finite floating-point numbers; an empty list counts as no boxes."""
    array = as_array(function, name, value)
    if array.shape == (0,):
        array = np.empty((0, 4), np.result_type(array.dtype, np.float32))
    array = as_float_array(function, name, array, axes="N, 4")
    if array.shape[1] != 4:
        raise ValueError(
            f"{function}: {name} must have four numbers a row, got an array of shape {array.shape}."
        )
    if not np.isfinite(array).all():
        broken = np.flatnonzero(~np.isfinite(array).all(axis=1))[0]
        raise ValueError(
            f"{function}: {name} must be finite; row {broken} is {_row(array, broken)}."
        )
    limit = np.sqrt(np.finfo(array.dtype).max) / 4  # four areas can be added up
    if np.abs(array).max(initial=0) > limit:
        raise ValueError(
            f"{function}: {name} must lie between ±{limit:.1g}, so that areas fit into "
            f"{array.dtype}."
        )
    return array


def as_boxes(function: str, name: str, value: ArrayLike) -> np.ndarray:
    """Return boxes (N, 4) as (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2."""
    boxes = as_numbers(function, name, value)
    turned = np.flatnonzero((boxes[:, 2] < boxes[:, 0]) | (boxes[:, 3] < boxes[:, 1]))
    if turned.size:
        raise ValueError(
            f"{function}: {name} must be (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2; "
            f"row {turned[0]} is {_row(boxes, turned[0])}. "
            "Are they in another format? See convert_boxes."
        )
    return boxes


def _row(boxes: np.ndarray, index: int) -> str:
    return "(" + ", ".join(f"{number:g}" for number in boxes[index]) + ")"


def as_scores(function: str, name: str, value: ArrayLike, num_boxes: int) -> np.ndarray:
    """Return one finite floating-point score for each box, (N,)."""
    scores = as_array(function, name, value)
    if scores.dtype.kind not in "iuf":
        raise TypeError(f"{function}: {name} must be real numbers, got {scores.dtype}.")
    if scores.shape != (num_boxes,):
        raise ValueError(
            f"{function}: {name} must hold one score for each of {num_boxes} boxes, "
            f"got an array of shape {scores.shape}."
        )
    if not np.isfinite(scores).all():
        worst = scores[np.flatnonzero(~np.isfinite(scores))[0]]
        raise ValueError(f"{function}: {name} must be finite, got {worst}.")
    return scores if scores.dtype == np.float32 else scores.astype(np.float64, copy=False)


def as_classes(function: str, name: str, value: ArrayLike, num_boxes: int) -> np.ndarray:
    """Return one integer class for each box, (N,)."""
    classes = as_array(function, name, value)
    if classes.dtype.kind not in "iu" and classes.size:  # an empty list is one of floats
        raise TypeError(f"{function}: {name} must be integers, got {classes.dtype}.")
    if classes.shape != (num_boxes,):
        raise ValueError(
            f"{function}: {name} must hold one class for each of {num_boxes} boxes, "
            f"got an array of shape {classes.shape}."
        )
    return classes.astype(int)
