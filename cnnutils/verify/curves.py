"""How well a threshold separates pairs of the same person from pairs of different people."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array, as_number


class RocCurve(NamedTuple):
    """The two rates at each threshold at which they change (receiver operating characteristic)."""

    thresholds: np.ndarray  # (T,) rising: −∞, then each different distance
    false_accept_rate: np.ndarray  # (T,) of the pairs of different people, the share accepted
    true_accept_rate: np.ndarray  # (T,) of the pairs of the same person, the share accepted


class EqualErrorRate(NamedTuple):
    """Where as many strangers are accepted as people are rejected, in shares of each."""

    rate: float
    threshold: float


class _Counts(NamedTuple):
    """How many pairs are accepted at each threshold, of how many."""

    thresholds: np.ndarray  # (T,) rising: −∞, then each different distance
    other: np.ndarray  # (T,) accepted pairs of different people
    same: np.ndarray  # (T,) accepted pairs of the same person
    num_other: int
    num_same: int


def roc_curve(distances: ArrayLike, same: ArrayLike) -> RocCurve:
    """Go through all thresholds, and count who is accepted.

    A pair is accepted, that is taken for the same person, if distance ≤ threshold. The false accept
    rate is the share of accepted pairs among those of different people, the true accept rate that
    among those of the same person; 1 − true accept rate is the false reject rate. Pairs with equal
    distances are accepted together: they make one point of the curve.

    Args:
        distances: (N,), smaller is more alike. For similarities, pass their negatives.
        same: (N,) booleans, whether both are of the same person.

    Returns:
        The curve from (0, 0), where nobody is accepted, to (1, 1), where everybody is.

    Raises:
        TypeError: distances are not real numbers, or same are not booleans.
        ValueError: the lengths differ, a distance is not finite, or all pairs are of one kind.

    Source:
        T. Fawcett, "An introduction to ROC analysis", 2006, doi:10.1016/j.patrec.2005.10.010.

    Example:
        >>> curve = roc_curve([1, 2, 2, 5], [True, True, False, False])
        >>> curve.thresholds, curve.false_accept_rate, curve.true_accept_rate
        (array([-inf,   1.,   2.,   5.]), array([0. , 0. , 0.5, 1. ]), array([0. , 0.5, 1. , 1. ]))
    """
    counts = _count("roc_curve", distances, same)
    return RocCurve(
        thresholds=counts.thresholds,
        false_accept_rate=counts.other / counts.num_other,
        true_accept_rate=counts.same / counts.num_same,
    )


def equal_error_rate(distances: ArrayLike, same: ArrayLike) -> EqualErrorRate:
    """Find where the false accept rate equals the false reject rate: one number for a whole curve.

    With rising threshold the first rises and the second falls. Where they meet between two points
    of the curve, both rate and threshold lie on the straight lines between these points. Where they
    are equal at a point, every threshold from its distance up to the next one gives the same rates,
    and the one in the middle is returned. (Where they meet before the first point, there is no
    distance to start from, and the threshold is the smallest distance.)

    Args:
        distances: as in `roc_curve`.
        same: as in `roc_curve`.

    Returns:
        The rate, between 0 and 1, and the threshold.

    Raises:
        TypeError: as `roc_curve`.
        ValueError: as `roc_curve`.

    Example:
        >>> equal_error_rate([1, 2, 3, 4, 5, 6], [True, True, False, True, False, False])
        EqualErrorRate(rate=0.3333333333333333, threshold=3.5)
    """
    counts = _count("equal_error_rate", distances, same)
    false_accepts, false_rejects = counts.other, counts.num_same - counts.same
    # Whole numbers, so that equal is equal: rises from the first point to the last.
    excess = false_accepts * counts.num_same - false_rejects * counts.num_other
    after = int(np.searchsorted(excess, 0))
    if excess[after] == 0:
        rate = false_rejects[after] / counts.num_same
        return EqualErrorRate(float(rate), _middle(counts.thresholds, after))
    before = after - 1
    share = excess[before] / (excess[before] - excess[after])
    rates = false_rejects[[before, after]] / counts.num_same
    low, high = counts.thresholds[[max(before, 1), after]]
    return EqualErrorRate(
        float(rates[0] + share * (rates[1] - rates[0])), float(low + share * (high - low))
    )


def best_threshold(distances: ArrayLike, same: ArrayLike) -> float:
    """Choose the threshold with the fewest wrong decisions, as the protocol of LFW does.

    Each pair counts the same: with many more pairs of different people than of the same person,
    this threshold rejects a lot. Of equally good thresholds it is the smallest, and lies halfway
    between two neighbouring distances, so that no rounding decides.

    Args:
        distances: as in `roc_curve`, of pairs that are not those on which it is judged.
        same: as in `roc_curve`.

    Returns:
        The threshold; below all distances if it is best to accept nobody.

    Raises:
        TypeError: as `roc_curve`.
        ValueError: as `roc_curve`.

    Source:
        G. Huang and others, "Labeled faces in the wild", 2007, section 4 (view 2).

    Example:
        >>> best_threshold([1, 2, 3, 4, 5, 6], [True, True, False, False, True, False])
        2.5
    """
    counts = _count("best_threshold", distances, same)
    wrong = counts.other + (counts.num_same - counts.same)
    return _middle(counts.thresholds, int(wrong.argmin()))


def threshold_at_far(distances: ArrayLike, same: ArrayLike, *, far: float) -> float:
    """Choose the threshold that accepts the most and keeps to a false accept rate.

    It lies halfway between the last distance that it may accept and the next one, so that no
    rounding decides. Among n pairs of different people no rate between 0 and 1/n can be seen: for
    a rate of one in a thousand take some thousands of them.

    Args:
        distances: as in `roc_curve`, of pairs that are not those on which it is judged.
        same: as in `roc_curve`.
        far: the false accept rate that is not exceeded on these pairs, from 0 to 1.

    Returns:
        The threshold; below all distances if even the smallest may not be accepted.

    Raises:
        TypeError: as `roc_curve`, or the rate is not a number.
        ValueError: as `roc_curve`, or the rate is not between 0 and 1.

    Example:
        >>> threshold_at_far([1, 2, 3, 4, 6], [True, False, True, False, False], far=1 / 3)
        3.5
    """
    name = "threshold_at_far"
    far = as_number(name, "far", far)
    if not 0 <= far <= 1:
        raise ValueError(f"{name}: far must lie between 0 and 1, got {far:g}.")
    counts = _count(name, distances, same)
    last = int(np.searchsorted(counts.other / counts.num_other, far, side="right")) - 1
    return _middle(counts.thresholds, last)


def _count(function: str, distances: ArrayLike, same: ArrayLike) -> _Counts:
    values = as_float_array(function, "distances", distances, axes="N").astype(np.float64)
    is_same = as_array(function, "same", same)
    if is_same.dtype != bool and is_same.size:
        raise TypeError(f"{function}: same must be booleans, got {is_same.dtype}.")
    if is_same.shape != values.shape:
        raise ValueError(
            f"{function}: there must be one answer for each distance "
            f"(distances {values.shape}, same {is_same.shape})."
        )
    if not np.isfinite(values).all():
        raise ValueError(f"{function}: distances must be finite.")
    num_same = int(is_same.sum())
    num_other = len(values) - num_same
    if not num_same or not num_other:
        raise ValueError(
            f"{function}: there must be pairs of the same person and of different people, "
            f"got {num_same} and {num_other}."
        )
    order = np.argsort(values)
    values, accepted = values[order], np.cumsum(is_same[order])
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))  # of equal distances
    return _Counts(
        thresholds=np.append(-np.inf, values[last]),
        other=np.append(0, last + 1 - accepted[last]),
        same=np.append(0, accepted[last]),
        num_other=num_other,
        num_same=num_same,
    )


def _middle(thresholds: np.ndarray, index: int) -> float:
    """Return a threshold that accepts what the one at `index` accepts, with room on both sides."""
    if index == 0:
        return float(np.nextafter(thresholds[1], -np.inf))
    if index == len(thresholds) - 1:
        return float(thresholds[-1])
    low, high = thresholds[index], thresholds[index + 1]
    middle = low + (high - low) / 2
    return float(middle if middle < high else low)
