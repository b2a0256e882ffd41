"""Precision and recall, and the area under their curve in its three definitions."""

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_choice, as_float_array, as_int

Method = Literal["all_points", "11_points", "101_points"]


class PrecisionRecall(NamedTuple):
    """Precision and recall after each detection, from the most certain one on."""

    precision: np.ndarray  # (N,) of the detections so far, the share that is right
    recall: np.ndarray  # (N,) of all objects, the share that is found so far


def precision_recall(
    is_match: ArrayLike, scores: ArrayLike, *, num_objects: int
) -> PrecisionRecall:
    """Go down the detections by their scores, and keep count of hits, false alarms and misses.

    With TP hits and FP false alarms so far: precision TP / (TP + FP), recall TP / num_objects.

    Args:
        is_match: (N,) booleans, whether each detection is the one that found an object.
        scores: (N,), larger is more certain; of equal ones, the earlier comes first.
        num_objects: how many objects there are to find, at least 1.

    Returns:
        Both curves, (N,) each, between 0 and 1.

    Raises:
        TypeError: is_match are not booleans, scores are not real numbers, or num_objects is not an
            integer.
        ValueError: the lengths differ, a score is not finite, there is no object, or there are more
            matches than objects.

    Example:
        >>> hits = [True, False, True]  # of four objects, two are found
        >>> curve = precision_recall(hits, [0.9, 0.8, 0.7], num_objects=4)
        >>> curve.precision.round(2), curve.recall
        (array([1.  , 0.5 , 0.67]), array([0.25, 0.25, 0.5 ]))
    """
    name = "precision_recall"
    matches = as_array(name, "is_match", is_match)
    scores = as_float_array(name, "scores", scores, axes="N")
    if matches.dtype != bool and matches.size:
        raise TypeError(f"{name}: is_match must be booleans, got {matches.dtype}.")
    if matches.shape != scores.shape:
        raise ValueError(
            f"{name}: there must be one score for each detection "
            f"(is_match {matches.shape}, scores {scores.shape})."
        )
    if not np.isfinite(scores).all():
        raise ValueError(f"{name}: scores must be finite.")
    num_objects = as_int(name, "num_objects", num_objects, minimum=1)
    if matches.sum() > num_objects:
        raise ValueError(
            f"{name}: there are {matches.sum()} matches, but {num_objects} objects: "
            "an object can be found once."
        )
    order = np.argsort(-scores, kind="stable")
    found = curves(matches[np.newaxis, order].astype(bool), num_objects)
    return PrecisionRecall(precision=found.precision[0], recall=found.recall[0])


def curves(matches: np.ndarray, num_objects: int) -> PrecisionRecall:
    """Return T curves (T, N) of matches (T, N), one for each of T thresholds, best score first."""
    hits = np.cumsum(matches, axis=1, dtype=np.float64)
    said = np.arange(1, matches.shape[1] + 1)
    return PrecisionRecall(precision=hits / said, recall=hits / num_objects)


def average_precision(
    precision: ArrayLike, recall: ArrayLike, *, method: Method = "all_points"
) -> float:
    """Area under the curve of precision over recall: one number for one class.

    The curve saws up and down; all definitions first replace each precision by the largest one at
    its recall or beyond. What is never reached counts as precision 0.

    - "all_points": the area under all steps; Pascal VOC since 2010.
    - "11_points": the mean at recall 0, 0.1, …, 1; Pascal VOC until 2009.
    - "101_points": the mean at recall 0, 0.01, …, 1; COCO.

    Args:
        precision: (N,), between 0 and 1, as from `precision_recall`.
        recall: (N,), between 0 and 1, never falling.
        method: which definition.

    Returns:
        Between 0 and 1; 0 without any detection.

    Raises:
        TypeError: the curves are not real numbers.
        ValueError: the lengths differ, a number is not between 0 and 1, recall falls, or the method
            is unknown.

    Source:
        M. Everingham and others, "The Pascal Visual Object Classes challenge: a retrospective",
        2015, section 2, doi:10.1007/s11263-014-0733-5; COCO's by its evaluation code, pycocotools.

    Example:
        >>> average_precision([1, 0.5, 0.6], [0.25, 0.25, 0.5])  # 0.25 · 1 + 0.25 · 0.6
        0.4
    """
    name = "average_precision"
    as_choice(name, "method", method, get_args(Method))
    both = {"precision": precision, "recall": recall}
    arrays = {key: as_float_array(name, key, value, axes="N") for key, value in both.items()}
    if arrays["precision"].shape != arrays["recall"].shape:
        raise ValueError(
            f"{name}: precision and recall must be equally long "
            f"(precision {arrays['precision'].shape}, recall {arrays['recall'].shape})."
        )
    for key, array in arrays.items():
        if not ((array >= 0) & (array <= 1)).all():  # a NaN is not, either
            raise ValueError(f"{name}: {key} must lie between 0 and 1.")
    if (np.diff(arrays["recall"]) < 0).any():
        raise ValueError(f"{name}: recall must not fall; are the detections sorted by score?")
    found = PrecisionRecall(*(array[np.newaxis] for array in arrays.values()))
    return float(areas(found, method)[0])


def areas(found: PrecisionRecall, method: Method) -> np.ndarray:
    """Return the area under each of T curves (T, N)."""
    best = np.maximum.accumulate(found.precision[:, ::-1], axis=1)[:, ::-1]
    if method == "all_points":
        area: np.ndarray = (best * np.diff(found.recall, axis=1, prepend=0)).sum(axis=1)
        return area
    # COCO's levels are rounded as linspace rounds: 0.35000000000000003 is not reached by 7 of 20.
    levels = np.arange(11) / 10 if method == "11_points" else np.linspace(0, 1, 101)
    best = np.pad(best, ((0, 0), (0, 1)))  # beyond the last detection: nothing
    reached = [np.searchsorted(recall, levels) for recall in found.recall]
    mean: np.ndarray = np.take_along_axis(best, np.array(reached), axis=1).mean(axis=1)
    return mean
