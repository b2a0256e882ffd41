"""Features of a region, whatever its size, as a table of always the same size: RoI align."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array, as_int, as_number, as_pair, check_size
from cnnutils.boxes.arguments import as_boxes
from cnnutils.ops.windows import Pair


def roi_align(
    features: ArrayLike,
    boxes_xyxy: ArrayLike,
    *,
    output_size: Pair,
    strides: float = 1,
    samples: int = 2,
) -> np.ndarray:
    """Cut regions of interest (RoIs) out of feature maps and bring each to the same size.

    Each region is divided into equal bins. In each bin features are read at samples × samples
    points, evenly spread, by bilinear interpolation between the four features around a point, and
    averaged. Nothing is rounded, as RoI pooling does, so a box that moves a little changes its
    features a little. A feature stands for the middle of its field: that of row 0 for strides / 2
    pixels from the upper edge. Points beyond the outermost features read those.

    With the image itself as features this is cropping and resizing.

    Args:
        features: (N, H, W, C).
        boxes_xyxy: (N, R, 4), R regions of each image, in pixels of the image.
        output_size: height and width of the table, one integer or a pair.
        strides: pixels from one feature to the next, above 0.
        samples: points in each direction of a bin.

    Returns:
        (N, R, output height, output width, C) in the type of the features.

    Raises:
        TypeError: features or boxes are not real numbers, or a size is not an integer.
        ValueError: wrong shapes, x2 < x1 or y2 < y1, a box that is not finite, or a number out of
            range.

    Source:
        K. He, G. Gkioxari, P. Dollár, R. Girshick, "Mask R-CNN", 2017, arXiv:1703.06870, section 3;
        the half feature as in Detectron2's `aligned=True`.

    Example:
        >>> features = np.arange(16.0).reshape(1, 4, 4, 1)  # rows 0 1 2 3, 4 5 6 7, …
        >>> roi_align(features, [[[0, 0, 2, 2], [1, 1, 3, 3]]], output_size=1)[0, :, 0, 0, 0]
        array([2.5, 7.5])
    """
    name = "roi_align"
    features = as_float_array(name, "features", features, axes="N, H, W, C")
    if 0 in features.shape[1:]:
        raise ValueError(f"{name}: only the batch may be empty (features {features.shape}).")
    count, height, width, channels = features.shape
    boxes = as_array(name, "boxes_xyxy", boxes_xyxy)
    if boxes.ndim != 3 or boxes.shape[0] != count or boxes.shape[2] != 4:
        raise ValueError(
            f"{name}: boxes_xyxy must have the axes (N, R, 4) with the N of the features, {count}, "
            f"got an array of shape {boxes.shape}."
        )
    regions = boxes.shape[1]
    boxes = as_boxes(name, "boxes_xyxy", boxes.reshape(-1, 4)).reshape(count, regions, 4)
    bins = as_pair(name, "output_size", output_size, minimum=1)
    step = as_number(name, "strides", strides, above=0)
    samples = as_int(name, "samples", samples, minimum=1)
    check_size(name, "the points", (*boxes.shape[:2], max(bins), samples, max(height, width)))
    check_size(name, "the output", (*boxes.shape[:2], *bins, channels))
    rows = _reading(boxes[..., 1] / step, boxes[..., 3] / step, bins[0], height, samples)
    columns = _reading(boxes[..., 0] / step, boxes[..., 2] / step, bins[1], width, samples)
    out = np.empty((count, regions, *bins, channels), features.dtype)
    for image, vertical, horizontal, table in zip(features, rows, columns, out, strict=True):
        # Rows first, for all regions in one product; then columns, one product a region.
        image = image.reshape(height, width * channels)
        strips = vertical.astype(features.dtype).reshape(-1, height) @ image
        strips = strips.reshape(regions, bins[0], width, channels).swapaxes(1, 2)
        strips = strips.reshape(regions, width, bins[0] * channels)
        read = horizontal.astype(features.dtype) @ strips
        table[:] = read.reshape(regions, bins[1], bins[0], channels).swapaxes(1, 2)
    return out


def _reading(
    start: np.ndarray, end: np.ndarray, bins: int, length: int, samples: int
) -> np.ndarray:
    """Return how much each feature of one axis counts in each bin: (N, R, bins, length).

    A point between two features reads each with 1 minus its distance: bilinear interpolation is
    this once along the rows and once along the columns. The bin is the mean of its points.
    """
    points = (np.arange(bins * samples) + 0.5) / (bins * samples)
    places = start[..., np.newaxis] + (end - start)[..., np.newaxis] * points - 0.5
    places = np.clip(places, 0, length - 1)
    weights = np.maximum(1 - np.abs(places[..., np.newaxis] - np.arange(length)), 0)
    per_bin: np.ndarray = weights.reshape(*start.shape, bins, samples, length).mean(axis=-2)
    return per_bin
