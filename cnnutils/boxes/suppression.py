"""Non-maximum suppression: of many boxes around one object, the best."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_choice, as_int, as_number
from cnnutils.boxes.arguments import as_boxes, as_classes, as_scores
from cnnutils.boxes.geometry import PAIRS_AT_ONCE, columns, overlaps

Sides = tuple[np.ndarray, ...]  # x1, y1, x2, y2 and area, each (N,)

# How many boxes are settled among themselves before the rest is compared with those that stay. The
# first few may drop most of the rest; where they do not, larger blocks are quicker.
FIRST_BLOCK, LARGEST_BLOCK = 32, 256


class SoftSuppression(NamedTuple):
    """What `soft_non_max_suppression` keeps."""

    indices: np.ndarray  # (K,) rows of the boxes, in the order of their lowered scores
    scores: np.ndarray  # (K,) the lowered scores


def non_max_suppression(
    boxes_xyxy: ArrayLike,
    scores: ArrayLike,
    *,
    iou_threshold: float = 0.5,
    score_threshold: float | None = None,
    max_outputs: int | None = None,
) -> np.ndarray:
    """Keep the best box, drop all that overlap it by more than the threshold, and repeat.

    Of boxes with equal scores, the one with the lower index comes first. A box whose IoU with a
    kept one *equals* the threshold stays. Boxes without area overlap nothing, and stay.

    Args:
        boxes_xyxy: (N, 4).
        scores: (N,), larger is better.
        iou_threshold: from 0 to 1.
        score_threshold: boxes with this score or a lower one are dropped first; None for none.
        max_outputs: stop after so many; None for all.

    Returns:
        (K,) indices of the kept boxes, best first.

    Raises:
        TypeError: an argument is not a number, or not of numbers.
        ValueError: the wrong shape, a number that is not finite, x2 < x1 or y2 < y1, as many scores
            as boxes are not given, or a threshold or limit is out of range.

    Source:
        The greedy form of P. Viola, M. Jones, 2001, and P. Felzenszwalb and others, 2010; the same
        lists as `tf.image.non_max_suppression`.

    Example:
        >>> boxes_xyxy = [[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]]
        >>> non_max_suppression(boxes_xyxy, [0.8, 0.9, 0.7])
        array([1, 2])
    """
    name = "non_max_suppression"
    boxes, scores = _boxes_and_scores(name, boxes_xyxy, scores)
    iou_threshold = _as_share(name, "iou_threshold", iou_threshold)
    limit = _as_limit(name, max_outputs, len(boxes))
    order = _best_first(name, scores, score_threshold)
    return _settle(boxes, order, iou_threshold, limit)


def class_non_max_suppression(
    boxes_xyxy: ArrayLike,
    scores: ArrayLike,
    class_ids: ArrayLike,
    *,
    iou_threshold: float = 0.5,
    score_threshold: float | None = None,
    max_outputs: int | None = None,
) -> np.ndarray:
    """Non-maximum suppression for each class on its own: a person does not suppress a horse.

    Args:
        boxes_xyxy: (N, 4).
        scores: (N,).
        class_ids: (N,) integers.
        iou_threshold: as in `non_max_suppression`.
        score_threshold: as in `non_max_suppression`.
        max_outputs: of all classes together; None for all.

    Returns:
        (K,) indices of the kept boxes of all classes, best first.

    Raises:
        TypeError: as `non_max_suppression`, or the classes are not integers.
        ValueError: as `non_max_suppression`, or there is not one class for each box.

    Example:
        >>> boxes_xyxy = [[0, 0, 10, 10], [1, 0, 11, 10], [0, 1, 10, 11]]
        >>> class_non_max_suppression(boxes_xyxy, [0.8, 0.9, 0.7], class_ids=[0, 0, 1])
        array([1, 2])
    """
    name = "class_non_max_suppression"
    boxes, scores = _boxes_and_scores(name, boxes_xyxy, scores)
    classes = as_classes(name, "class_ids", class_ids, len(boxes))
    iou_threshold = _as_share(name, "iou_threshold", iou_threshold)
    limit = _as_limit(name, max_outputs, len(boxes))
    order = _best_first(name, scores, score_threshold)
    kept = [
        _settle(boxes, order[classes[order] == class_id], iou_threshold, limit)
        for class_id in np.unique(classes[order])
    ]
    together = np.concatenate([*kept, np.empty(0, np.intp)])
    return order[np.isin(order, together)][:limit]


def soft_non_max_suppression(
    boxes_xyxy: ArrayLike,
    scores: ArrayLike,
    *,
    method: Literal["gaussian", "linear"] = "gaussian",
    sigma: float = 0.5,
    iou_threshold: float = 0.3,
    score_threshold: float = 0.001,
) -> SoftSuppression:
    """Soft-NMS: lower the scores of boxes that overlap a better one, instead of dropping them.

    The best box is taken; the score of every other is multiplied by exp(−IoU² / σ) ("gaussian"), or
    by 1 − IoU where IoU is above iou_threshold ("linear"); and again, until the best score left is
    not above score_threshold. Two objects that overlap keep a box each, the second with less trust.

    Args:
        boxes_xyxy: (N, 4).
        scores: (N,), not negative.
        method: how scores are lowered.
        sigma: the Gaussian's width; not used by "linear".
        iou_threshold: from 0 to 1; not used by "gaussian".
        score_threshold: boxes with this score or a lower one are dropped.

    Returns:
        Indices and lowered scores, best first; of equal scores, the lower index first.

    Raises:
        TypeError: as `non_max_suppression`.
        ValueError: as `non_max_suppression`, sigma is not positive, or a score is negative.

    Source:
        N. Bodla and others, "Soft-NMS: improving object detection with one line of code", 2017,
        equations 2 and 3, arXiv:1704.04503. `tf.image`'s soft_nms_sigma is half of sigma here.

    Example:
        >>> boxes_xyxy = [[0, 0, 10, 10], [5, 0, 15, 10]]  # they share a third
        >>> soft_non_max_suppression(boxes_xyxy, [0.9, 0.8]).scores.round(2)
        array([0.9 , 0.64])
    """
    name = "soft_non_max_suppression"
    boxes, scores = _boxes_and_scores(name, boxes_xyxy, scores)
    as_choice(name, "method", method, ["gaussian", "linear"])
    sigma = as_number(name, "sigma", sigma, above=0)
    iou_threshold = _as_share(name, "iou_threshold", iou_threshold)
    score_threshold = as_number(name, "score_threshold", score_threshold)
    if (scores < 0).any():
        raise ValueError(f"{name}: scores must not be negative, the lowest is {scores.min():g}.")
    sides, left = columns(boxes), scores.copy()
    indices, lowered = [], []
    iou = np.empty(len(boxes), boxes.dtype)
    while len(left) and left.max() > score_threshold:
        best = int(left.argmax())
        indices.append(best)
        lowered.append(left[best])
        overlaps(tuple(side[best : best + 1] for side in sides), sides, out=iou)
        if method == "gaussian":
            left *= np.exp(-(iou**2) / sigma)
        else:
            left *= np.where(iou > iou_threshold, 1 - iou, 1)
        left[best] = -np.inf  # taken
    return SoftSuppression(np.array(indices, np.intp), np.array(lowered, scores.dtype))


def _settle(boxes: np.ndarray, order: np.ndarray, threshold: float, limit: int) -> np.ndarray:
    """Go through the boxes in this order, a block at a time; return which stay."""
    kept: list[np.ndarray] = []
    found, size = 0, FIRST_BLOCK
    sides = columns(boxes.take(order, axis=0))
    room = np.empty((3, PAIRS_AT_ONCE), boxes.dtype)
    while len(order) and found < limit:
        block, rest = (tuple(side[part] for side in sides) for part in np.s_[:size, size:])
        stay = _settle_block(block, threshold, room)
        kept.append(order[:size].take(stay))
        found += len(stay)
        winners = tuple(side.take(stay) for side in block)
        clear = ~_overlapped(winners, rest, threshold, room)
        order, sides = order[size:][clear], tuple(side.compress(clear) for side in rest)
        size = min(2 * size, LARGEST_BLOCK)
    return np.concatenate([*kept, np.empty(0, np.intp)])[:limit]


def _settle_block(block: Sides, threshold: float, room: np.ndarray) -> np.ndarray:
    """Return which boxes of a block stay when each drops the later ones that it overlaps.

    A row of the table "overlaps more than the threshold" is packed into one Python integer, so
    that dropping all of them is one "or".
    """
    packed = np.packbits(_overlap(block, block, threshold, room), axis=1, bitorder="little")
    rows, length = packed.tobytes(), packed.shape[1]
    dropped, stay = 0, []
    for index in range(len(packed)):
        if not dropped >> index & 1:
            stay.append(index)
            dropped |= int.from_bytes(rows[index * length : (index + 1) * length], "little")
    return np.array(stay, np.intp)


def _overlapped(winners: Sides, rest: Sides, threshold: float, room: np.ndarray) -> np.ndarray:
    """Say for each box of the rest whether a winner overlaps it by more than the threshold."""
    overlapped = np.empty(len(rest[0]), bool)
    step = PAIRS_AT_ONCE // len(winners[0])
    for start in range(0, len(overlapped), step):
        part = tuple(side[start : start + step] for side in rest)
        _overlap(winners, part, threshold, room).any(axis=0, out=overlapped[start : start + step])
    return overlapped


def _overlap(
    some: Sides,
    others: Sides,
    threshold: float,
    room: np.ndarray,
) -> np.ndarray:
    """Say for each pair whether its IoU is above the threshold.

    IoU > t means |A ∩ B| > t / (1 + t) · (|A| + |B|), which needs no division. Only the pairs that
    are so near to it that rounding may decide are divided.
    """
    x1, y1, x2, y2, area = (side[:, np.newaxis] for side in some)
    left, top, right, bottom, other_area = others
    share = area.dtype.type(threshold / (1 + threshold) * (1 - 16 * np.finfo(area.dtype).eps))
    shape = (len(x1), len(left))
    shared, height, other = (part[: shape[0] * shape[1]].reshape(shape) for part in room)
    np.minimum(x2, right, out=shared)
    shared -= np.maximum(x1, left, out=other)
    np.maximum(shared, 0, out=shared)  # the width that they share
    np.minimum(y2, bottom, out=height)
    height -= np.maximum(y1, top, out=other)
    shared *= height  # not above zero where they share no height
    above: np.ndarray = shared > np.add(share * area, share * other_area, out=other)
    near = np.flatnonzero(above)
    eps = np.finfo(area.dtype).eps
    near = near[shared.take(near) <= other.take(near) * area.dtype.type(1 + 64 * eps)]
    if near.size:
        row, column = np.divmod(near, shape[1])
        pairs = tuple(side.take(row) for side in some), tuple(side.take(column) for side in others)
        above.flat[near] = overlaps(*pairs, out=np.empty(len(near), area.dtype)) > threshold
    return above


def _boxes_and_scores(
    function: str, boxes_xyxy: ArrayLike, scores: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    boxes = as_boxes(function, "boxes_xyxy", boxes_xyxy)
    return boxes, as_scores(function, "scores", scores, len(boxes))


def _best_first(function: str, scores: np.ndarray, threshold: float | None) -> np.ndarray:
    """Return the indices of scores above the threshold, best first; of equal ones, lower first."""
    above = np.arange(len(scores))
    if threshold is not None:
        above = np.flatnonzero(scores > as_number(function, "score_threshold", threshold))
    falling = -scores[above]
    order = np.argsort(falling)  # half the time of a stable sort; ties are put in order below
    falling = falling.take(order)
    same = falling[1:] == falling[:-1]
    if same.any():
        tied = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False))
        order[tied] = order[tied[np.lexsort((order[tied], falling[tied]))]]
    return above.take(order)


def _as_share(function: str, name: str, value: float) -> float:
    value = as_number(function, name, value)
    if not 0 <= value <= 1:
        raise ValueError(f"{function}: {name} must lie between 0 and 1, got {value:g}.")
    return value


def _as_limit(function: str, max_outputs: int | None, num_boxes: int) -> int:
    if max_outputs is None:
        return num_boxes
    return as_int(function, "max_outputs", max_outputs, minimum=0)
