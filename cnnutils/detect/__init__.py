"""Finding objects: how a detector's answers are encoded, matched with the truth and judged."""

from cnnutils.detect.anchors import anchors_kmeans, shape_iou
from cnnutils.detect.average_precision import PrecisionRecall, average_precision, precision_recall
from cnnutils.detect.default_boxes import (
    decode_offsets,
    default_boxes,
    encode_offsets,
    match_default_boxes,
)
from cnnutils.detect.grid import EncodedGrid, decode_grid, encode_grid
from cnnutils.detect.matching import (
    COCO_THRESHOLDS,
    Detections,
    MeanAveragePrecision,
    Objects,
    match_detections,
    mean_average_precision,
)

__all__ = [
    "COCO_THRESHOLDS",
    "Detections",
    "EncodedGrid",
    "MeanAveragePrecision",
    "Objects",
    "PrecisionRecall",
    "anchors_kmeans",
    "average_precision",
    "decode_grid",
    "decode_offsets",
    "default_boxes",
    "encode_grid",
    "encode_offsets",
    "match_default_boxes",
    "match_detections",
    "mean_average_precision",
    "precision_recall",
    "shape_iou",
]
