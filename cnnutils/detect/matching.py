"""Which detection found which object, and the mean average precision (mAP) of a detector."""

from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_choice, as_float_array, as_int, as_list, as_number
from cnnutils.boxes.arguments import as_boxes, as_classes, as_scores
from cnnutils.boxes.geometry import columns, iou_matrix, overlaps
from cnnutils.detect.average_precision import Method, areas, curves

_REACHED = 1 - 1e-10  # counts as an IoU of 1, as in COCO's evaluation

COCO_THRESHOLDS = tuple(np.linspace(0.5, 0.95, 10).round(2).tolist())


class Objects(NamedTuple):
    """What is to be found in one image."""

    boxes_xyxy: ArrayLike  # (M, 4)
    class_ids: ArrayLike  # (M,) integers


class Detections(NamedTuple):
    """What a detector says of one image."""

    boxes_xyxy: ArrayLike  # (N, 4)
    scores: ArrayLike  # (N,)
    class_ids: ArrayLike  # (N,) integers


class MeanAveragePrecision(NamedTuple):
    """The average precision of each class at each IoU threshold, and their mean."""

    mean: float  # over classes and thresholds: what is called mAP
    average_precision: np.ndarray  # (classes, thresholds)
    class_ids: np.ndarray  # (classes,) those of which there is an object, rising
    iou_thresholds: np.ndarray  # (thresholds,)


class _Side(NamedTuple):
    """All objects, or all detections, of all images in one list, by group and then by rank."""

    sides: tuple[np.ndarray, ...]  # x1, y1, x2, y2, area; (total,) each
    starts: np.ndarray  # (groups + 1,) where each group's part begins
    scores: np.ndarray  # (total,)


def match_detections(
    detections: Detections, objects: Objects, *, iou_threshold: float = 0.5
) -> np.ndarray:
    """Say for each detection of one image which object it found, if any.

    By falling score, each detection takes the object of its class that it overlaps most among those
    not taken yet, if that IoU reaches the threshold. `mean_average_precision` matches so, too.

    Args:
        detections: N boxes with scores and classes.
        objects: M boxes with classes.
        iou_threshold: above 0 and at most 1.

    Returns:
        (N,) rows of the objects, −1 for a false alarm. Objects whose row is missing were missed.

    Raises:
        TypeError: boxes or scores are not real numbers, or classes are not integers.
        ValueError: wrong shapes, x2 < x1 or y2 < y1, a number is not finite, or the threshold is
            out of range.

    Example:
        >>> there = Objects(boxes_xyxy=[[0, 0, 9, 9], [20, 0, 29, 9]], class_ids=[1, 1])
        >>> rows = [[20, 0, 29, 8], [21, 0, 30, 9], [0, 0, 9, 9]]
        >>> said = Detections(rows, scores=[0.9, 0.8, 0.7], class_ids=[1, 1, 2])
        >>> match_detections(said, there)  # a hit, a second box for it, and a wrong class
        array([ 1, -1, -1])
    """
    name = "match_detections"
    _check_records(name, "detections", detections, Detections)
    _check_records(name, "objects", objects, Objects)
    there, classes = _checked(name, "objects", objects.boxes_xyxy, objects.class_ids)
    said, class_ids = _checked(name, "detections", detections.boxes_xyxy, detections.class_ids)
    scores = as_scores(name, "detections.scores", detections.scores, len(said))
    threshold = as_number(name, "iou_threshold", iou_threshold, above=0)
    if threshold > 1:
        raise ValueError(f"{name}: iou_threshold must be at most 1, got {threshold:g}.")
    found = np.full(len(said), -1)
    iou = np.where(class_ids[:, np.newaxis] == classes, iou_matrix(said, there), -1)
    for i in np.argsort(-scores, kind="stable") if len(there) else ():
        best = len(there) - 1 - int(iou[i, ::-1].argmax())  # of equal ones, the last
        if iou[i, best] >= min(threshold, _REACHED):
            found[i] = best
            iou[:, best] = -1
    return found


def mean_average_precision(
    detections: Sequence[Detections],
    objects: Sequence[Objects],
    *,
    iou_thresholds: Sequence[float] = COCO_THRESHOLDS,
    method: Method = "101_points",
    max_detections: int = 100,
) -> MeanAveragePrecision:
    """Mean average precision: how well a detector finds objects, their classes and their boxes.

    In each image and for each class, detections are taken by falling score. Each finds the object
    that it overlaps most among those not found yet, if that IoU reaches the threshold; otherwise it
    is a false alarm. The hits and false alarms of all images together give the curve of precision
    over recall for the class, and the area under it. The mean is over classes and thresholds.

    With the defaults this is COCO's main number, AP@[0.50:0.95]; with iou_thresholds=[0.5] and
    method "all_points" it is Pascal VOC's. Left out of COCO's definition: crowd regions, the split
    by object size, and recall at fewer detections. Left out of VOC's: objects marked as difficult;
    and VOC gives a detection its most overlapped object even if that is found already.

    Args:
        detections: one `Detections` for each image.
        objects: one `Objects` for each image, in the same order.
        iou_thresholds: each above 0 and at most 1.
        method: the definition of the area, see `average_precision`.
        max_detections: in each image and for each class, only so many, the most certain ones, are
            counted.

    Returns:
        Mean and table. Classes without any object in any image have no recall and are left out;
        without any object at all the mean is NaN.

    Raises:
        TypeError: boxes or scores are not real numbers, or classes are not integers.
        ValueError: detections and objects are not of equally many images, wrong shapes, x2 < x1 or
            y2 < y1, a number is not finite, or a threshold is out of range.

    Source:
        T.-Y. Lin and others, "Microsoft COCO", 2014, arXiv:1405.0312, and its evaluation code,
        pycocotools (`COCOeval`, iouType "bbox", area "all").

    Example:
        >>> there = [Objects(boxes_xyxy=[[0, 0, 10, 10]], class_ids=[3])]
        >>> found = [Detections([[0, 0, 10, 8], [20, 0, 30, 9]], [0.9, 0.4], [3, 3])]  # IoU 0.8
        >>> mean_average_precision(found, there, iou_thresholds=[0.5, 0.75, 0.9]).average_precision
        array([[1., 1., 0.]])
    """
    name = "mean_average_precision"
    detections = as_list(name, "detections", detections, of="Detections")
    objects = as_list(name, "objects", objects, of="Objects")
    if len(detections) != len(objects):
        raise ValueError(
            f"{name}: there must be detections and objects of the same images "
            f"({len(detections)} and {len(objects)} given)."
        )
    thresholds = as_float_array(name, "iou_thresholds", iou_thresholds, axes="T").astype(float)
    if not (len(thresholds) and ((thresholds > 0) & (thresholds <= 1)).all()):
        raise ValueError(f"{name}: iou_thresholds must be above 0 and at most 1.")
    as_choice(name, "method", method, get_args(Method))
    limit = as_int(name, "max_detections", max_detections, minimum=1)
    there, found = [], []
    for i, (here, said) in enumerate(zip(objects, detections, strict=True)):
        _check_records(name, f"objects[{i}]", here, Objects)
        _check_records(name, f"detections[{i}]", said, Detections)
        boxes, classes = _checked(name, f"objects[{i}]", here.boxes_xyxy, here.class_ids)
        there.append((boxes, classes, np.zeros(len(boxes))))
        boxes, classes = _checked(name, f"detections[{i}]", said.boxes_xyxy, said.class_ids)
        scores = as_scores(name, f"detections[{i}].scores", said.scores, len(boxes))
        found.append((boxes, classes, scores.astype(np.float64)))
    class_ids = np.unique(np.concatenate([np.empty(0, int), *(image[1] for image in there)]))
    if not len(class_ids):
        empty = np.empty((0, len(thresholds)))
        return MeanAveragePrecision(float("nan"), empty, class_ids, thresholds)
    to_find, answers = _grouped(there, class_ids, None), _grouped(found, class_ids, limit)
    matches = _match(answers, to_find, thresholds)
    table = np.empty((len(class_ids), len(thresholds)))
    for row in range(len(class_ids)):
        groups = row * len(objects), (row + 1) * len(objects)
        part = slice(*answers.starts[list(groups)])
        order = np.argsort(-answers.scores[part], kind="stable")
        num_objects = int(np.diff(to_find.starts[list(groups)])[0])
        table[row] = areas(curves(matches[part][order].T, num_objects), method)
    return MeanAveragePrecision(
        mean=float(table.mean()),
        average_precision=table,
        class_ids=class_ids,
        iou_thresholds=thresholds,
    )


def _check_records(function: str, where: str, value: object, record: type) -> None:
    if not isinstance(value, record):
        raise TypeError(f"{function}: {where} must be detect.{record.__name__}, got {value!r}.")


def _checked(
    function: str, where: str, boxes_xyxy: ArrayLike, class_ids: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return the boxes (N, 4) and the classes (N,) of one image."""
    boxes = as_boxes(function, f"{where}.boxes_xyxy", boxes_xyxy).astype(np.float64)
    return boxes, as_classes(function, f"{where}.class_ids", class_ids, len(boxes))


def _grouped(
    images: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
    class_ids: np.ndarray,
    limit: int | None,
) -> _Side:
    """Sort by class, image and falling score; a group is one class in one image."""
    boxes, classes, scores = (np.concatenate(parts) for parts in zip(*images, strict=True))
    image = np.repeat(np.arange(len(images)), [len(part[0]) for part in images])
    known = np.isin(classes, class_ids)
    group = np.searchsorted(class_ids, classes[known]) * len(images) + image[known]
    order = np.lexsort((-scores[known], group))
    group, kept = group[order], np.flatnonzero(known)[order]
    num_groups = len(class_ids) * len(images)
    starts = np.searchsorted(group, np.arange(num_groups + 1))
    if limit is not None:
        rank = np.arange(len(group)) - starts[group]
        group, kept = group[rank < limit], kept[rank < limit]
        starts = np.searchsorted(group, np.arange(num_groups + 1))
    return _Side(sides=columns(boxes[kept]), starts=starts, scores=scores[kept])


def _match(said: _Side, there: _Side, thresholds: np.ndarray) -> np.ndarray:
    """Say for each detection (total) and threshold (T) whether it found an object.

    All groups go in step: first the most certain detection of each, then the second of each, and so
    on. Groups stand by falling number of detections, so that those still at it are the first ones.
    """
    num_said, num_there = np.diff(said.starts), np.diff(there.starts)
    matches = np.zeros((len(said.scores), len(thresholds)), bool)
    busy = np.flatnonzero((num_said > 0) & (num_there > 0))
    busy = busy[np.argsort(-num_said[busy], kind="stable")]
    if not busy.size:
        return matches
    # Objects by group, in a table as wide as the fullest group; `free` says which are left.
    places = np.arange(num_there[busy].max())
    free = np.repeat((places < num_there[busy, np.newaxis])[:, np.newaxis], len(thresholds), axis=1)
    index = np.minimum(there.starts[busy, np.newaxis] + places, there.starts[-1] - 1)
    table = tuple(side[index] for side in there.sides)
    reach = np.minimum(thresholds, _REACHED)[:, np.newaxis]
    for rank in range(num_said[busy[0]]):
        still = int(np.searchsorted(-num_said[busy], -rank, side="left"))
        one = said.starts[busy[:still]] + rank
        iou = overlaps(
            tuple(side[one, np.newaxis] for side in said.sides),
            tuple(side[:still] for side in table),
            out=np.empty((still, len(places))),
        )
        candidate = np.where(free[:still], iou[:, np.newaxis], -1)
        best = len(places) - 1 - candidate[..., ::-1].argmax(axis=2)  # of equal ones, the last
        hit = np.take_along_axis(candidate, best[..., np.newaxis], axis=2)[..., 0] >= reach[:, 0]
        matches[one] = hit
        group, threshold = np.nonzero(hit)
        free[group, threshold, best[group, threshold]] = False
    return matches
