"""Boxes around objects: formats, areas, overlap (IoU), and one box for each object (NMS).

A box is a row of four numbers. `boxes_xyxy` holds (x1, y1, x2, y2): left, top, right and bottom
edge, half-open, so that the area is (x2 − x1)·(y2 − y1). Any unit will do, pixels or shares of the
image, if all boxes of a call are in the same.
"""

from cnnutils.boxes.geometry import box_area, clip_boxes, convert_boxes, iou_matrix
from cnnutils.boxes.suppression import (
    SoftSuppression,
    class_non_max_suppression,
    non_max_suppression,
    soft_non_max_suppression,
)

__all__ = [
    "SoftSuppression",
    "box_area",
    "class_non_max_suppression",
    "clip_boxes",
    "convert_boxes",
    "iou_matrix",
    "non_max_suppression",
    "soft_non_max_suppression",
]
