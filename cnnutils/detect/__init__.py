"""Finding objects: how a detector's answers are encoded, matched with the truth and judged."""

from cnnutils.detect.average_precision import PrecisionRecall, average_precision, precision_recall
from cnnutils.detect.matching import (
    COCO_THRESHOLDS,
    Detections,
    MeanAveragePrecision,
    Objects,
    mean_average_precision,
)

__all__ = [
    "COCO_THRESHOLDS",
    "Detections",
    "MeanAveragePrecision",
    "Objects",
    "PrecisionRecall",
    "average_precision",
    "mean_average_precision",
    "precision_recall",
]
