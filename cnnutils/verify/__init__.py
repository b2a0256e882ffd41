"""Telling people apart by their embeddings: distances, thresholds, and who of many it is.

An embedding is a row of D numbers that a network computes from a photograph: near for two of the
same person, far for two of different people. Distances are squared, d = Σ(a − b)², as the triplet
loss takes them. Thresholds are compared with squared distances throughout.
"""

from cnnutils.verify.curves import (
    EqualErrorRate,
    RocCurve,
    best_threshold,
    equal_error_rate,
    roc_curve,
    threshold_at_far,
)
from cnnutils.verify.distances import squared_distances
from cnnutils.verify.gallery import Gallery, Match

__all__ = [
    "EqualErrorRate",
    "Gallery",
    "Match",
    "RocCurve",
    "best_threshold",
    "equal_error_rate",
    "roc_curve",
    "squared_distances",
    "threshold_at_far",
]
