"""Right arguments of what computes without networks: every parameter, and no two axes equally long
unless they are shared."""

import functools
from typing import Any

import numpy as np

from cnnutils import verify
from cnnutils.detect import Detections, Objects
from cnnutils.shapes import Window
from tests.cnnutils.fuzz.poisons import Text

Arguments = dict[str, Any]


def numbers(*shape: int, low: float = -1.0, high: float = 2.0) -> np.ndarray:
    return np.random.default_rng(sum(shape)).uniform(low, high, shape)


def boxes(count: int) -> np.ndarray:
    start = numbers(count, 2, low=1, high=6)
    return np.concatenate([start, start + numbers(count, 2, low=2, high=5)], axis=1)


IMAGES = numbers(7, 5, 9, 4)
WINDOW: Arguments = {"strides": (2, 1), "padding": ((1, 0), (0, 1))}
POOL: Arguments = {"images": numbers(4, 5, 8, 7), "pool_size": (2, 4), **WINDOW}
GRAD = numbers(4, 3, 6, 7)  # of POOL's output
CLASSES = np.array([1, 0, 2])
SAID = Detections(boxes(3), numbers(3, low=0.1, high=0.9), CLASSES)
THERE = Objects(boxes(2), np.array([1, 0]))
SAME = np.array([True, False, True, True, False])
DISTANCES = numbers(5, low=0.1, high=2)

SHAPES: dict[str, Arguments] = {
    "conv_output_size": {
        "size": 9,
        "kernel_size": 3,
        "strides": 2,
        "padding": 1,
        "dilation_rate": 2,
    },
    "same_padding": {"size": 9, "kernel_size": 3, "strides": 2, "dilation_rate": 2},
    "conv_transpose_output_size": {"size": 9, "kernel_size": 3, "strides": 2, "padding": "same"},
    "receptive_field": {"layers": [Window(3, 2, 1, 2), Window(2)]},
}

OPS: dict[str, Arguments] = {
    "relu": {"inputs": numbers(3, 4)},
    "relu_gradient": {"grad_output": numbers(3, 4), "inputs": numbers(3, 4)},
    "sigmoid": {"inputs": numbers(3, 4)},
    "softmax": {"logits": numbers(3, 4)},
    "cross_entropy": {"logits": numbers(3, 4), "labels": CLASSES},
    "cross_entropy_gradient": {
        "grad_output": numbers(3),
        "logits": numbers(3, 4),
        "labels": CLASSES,
    },
    "dense": {"inputs": numbers(3, 4), "kernel": numbers(4, 5), "bias": numbers(5)},
    "dense_gradients": {
        "grad_output": numbers(3, 5),
        "inputs": numbers(3, 4),
        "kernel": numbers(4, 5),
    },
    "conv2d": {
        "images": IMAGES,
        "kernel": numbers(3, 2, 2, 10),
        "bias": numbers(10),
        **WINDOW,
        "dilation_rate": (1, 2),
        "groups": 2,
    },
    "conv2d_gradients": {
        "grad_output": numbers(7, 2, 8, 10),
        "images": IMAGES,
        "kernel": numbers(3, 2, 2, 10),
        **WINDOW,
        "dilation_rate": (1, 2),
        "groups": 2,
    },
    "conv2d_transpose": {
        "images": IMAGES,
        "kernel": numbers(3, 2, 11, 4),
        "bias": numbers(11),
        "strides": (2, 1),
        "padding": "same",
    },
    "depthwise_conv2d": {
        "images": IMAGES,
        "kernel": numbers(3, 2, 4, 6),
        "bias": numbers(24),
        **WINDOW,
    },
    "im2col": {"images": IMAGES, "kernel_size": (3, 2), **WINDOW, "dilation_rate": (1, 2)},
    "pad": {"images": IMAGES, "padding": ((1, 0), (0, 2))},
    "max_pool2d": POOL,
    "min_pool2d": POOL,
    "avg_pool2d": POOL,
    "global_max_pool2d": {"images": IMAGES},
    "global_avg_pool2d": {"images": IMAGES},
    "max_pool2d_gradient": {"grad_output": GRAD, **POOL},
    "min_pool2d_gradient": {"grad_output": GRAD, **POOL},
    "avg_pool2d_gradient": {"grad_output": GRAD, **POOL},
    "batch_normalization": {
        "images": IMAGES,
        "gamma": numbers(4),
        "beta": numbers(4),
        "epsilon": 0.01,
    },
    "batch_normalization_inference": {
        "images": IMAGES,
        "mean": numbers(4),
        "variance": numbers(4, low=0.5),
        "gamma": numbers(4),
        "beta": numbers(4),
        "epsilon": 0.01,
    },
    "batch_normalization_gradients": {
        "grad_output": IMAGES + 1,
        "images": IMAGES,
        "gamma": numbers(4),
        "epsilon": 0.01,
    },
    "local_response_normalization": {
        "images": IMAGES,
        "depth_radius": 1,
        "bias": 2.0,
        "alpha": 0.5,
        "beta": 0.75,
    },
    "roi_align": {
        "features": numbers(2, 5, 9, 6),
        "boxes_xyxy": boxes(6).reshape(2, 3, 4),
        "output_size": (2, 3),
        "strides": 2.0,
        "samples": 2,
    },
}

COSTS: dict[str, Arguments] = {
    "conv2d_cost": {
        "input_shape": (8, 9, 4),
        "filters": 6,
        "kernel_size": (3, 2),
        "strides": (2, 1),
        "padding": "same",
        "dilation_rate": (1, 2),
        "groups": 2,
        "use_bias": True,
    },
    "depthwise_conv2d_cost": {
        "input_shape": (8, 9, 4),
        "kernel_size": (3, 2),
        "depth_multiplier": 2,
        "strides": (2, 1),
        "padding": 1,
        "use_bias": True,
    },
    "conv2d_transpose_cost": {
        "input_shape": (8, 9, 4),
        "filters": 6,
        "kernel_size": (3, 2),
        "strides": (2, 1),
        "padding": "same",
        "use_bias": True,
    },
    "dense_cost": {"input_size": 12, "units": 5, "use_bias": False},
}

SUPPRESSION: Arguments = {
    "boxes_xyxy": boxes(3),
    "scores": numbers(3, low=0.2, high=0.9),
    "iou_threshold": 0.4,
    "score_threshold": 0.1,
}

BOXES: dict[str, Arguments] = {
    "box_area": {"boxes_xyxy": boxes(3)},
    "clip_boxes": {"boxes_xyxy": boxes(3), "height": 8, "width": 5},
    "convert_boxes": {"boxes": boxes(3), "source": "xyxy", "target": "cxcywh"},
    "iou_matrix": {"boxes_xyxy": boxes(3), "other_xyxy": boxes(2)},
    "non_max_suppression": {**SUPPRESSION, "max_outputs": 2},
    "class_non_max_suppression": {**SUPPRESSION, "class_ids": CLASSES, "max_outputs": 2},
    "soft_non_max_suppression": {**SUPPRESSION, "method": "gaussian", "sigma": 0.5},
}

LAYOUT: Arguments = {"image_size": (16, 14), "grid_size": (3, 2)}
SIZES = numbers(6, 2, low=1, high=6)

DETECT: dict[str, Arguments] = {
    "shape_iou": {"box_sizes": SIZES, "other_sizes": SIZES[:3]},
    "anchors_kmeans": {"box_sizes": SIZES, "num_anchors": 2, "seed": 3},
    "precision_recall": {
        "is_match": SAME,
        "scores": numbers(5, low=0.1, high=0.9),
        "num_objects": 4,
    },
    "average_precision": {
        "precision": np.array([1, 0.5, 0.6]),
        "recall": np.array([0.25, 0.3, 0.5]),
        "method": "all_points",
    },
    "default_boxes": {"anchors": SIZES, **LAYOUT},
    "match_default_boxes": {
        "default_boxes_xyxy": boxes(5),
        "boxes_xyxy": boxes(3),
        "iou_threshold": 0.5,
        "background_threshold": 0.3,
    },
    "encode_offsets": {"boxes_xyxy": boxes(3), "reference_xyxy": boxes(3) + 1},
    "decode_offsets": {"offsets": numbers(3, 4), "reference_xyxy": boxes(3)},
    "encode_grid": {
        "boxes_xyxy": boxes(3),
        "class_ids": CLASSES,
        **LAYOUT,
        "anchors": SIZES,
        "num_classes": 3,
    },
    "decode_grid": {
        "predictions": numbers(3, 2, 4, 7, low=0.1, high=1),
        "image_size": (16, 14),
        "score_threshold": 0.3,
    },
    "match_detections": {"detections": SAID, "objects": THERE, "iou_threshold": 0.5},
    "mean_average_precision": {
        "detections": [SAID, SAID],
        "objects": [THERE, THERE],
        "iou_thresholds": (0.5, 0.75),
        "method": "101_points",
        "max_detections": 10,
    },
}

JUDGED: Arguments = {"distances": DISTANCES, "same": SAME}

VERIFY: dict[str, Arguments] = {
    "squared_distances": {"embeddings": numbers(3, 5), "others": numbers(2, 5)},
    "roc_curve": JUDGED,
    "equal_error_rate": JUDGED,
    "best_threshold": JUDGED,
    "threshold_at_far": {**JUDGED, "far": 0.5},
    "Gallery": {"embeddings": numbers(3, 5), "names": [Text("Ada"), Text("Grace"), Text("Ada")]},
    "Gallery.enrol": {"name": [Text("Emmy"), Text("Ada")], "embedding": numbers(2, 5)},
    "Gallery.remove": {"name": Text("Ada")},
    "Gallery.identify": {"embedding": numbers(5), "threshold": 100.0},
    "Gallery.identify_many": {"embeddings": numbers(2, 5), "threshold": 100.0},
}


def gallery(method: str | None, **arguments: Any) -> Any:
    """Call a method of a new gallery, and show what the gallery then knows."""
    one = verify.Gallery(**(arguments if method is None else VERIFY["Gallery"]))
    answer = None if method is None else getattr(one, method)(**arguments)
    width = np.shape(arguments["embeddings"])[-1] if method is None else 5
    return answer, one.names, one.identify_many(numbers(4, width), threshold=100.0)


SPECIAL = {
    name: functools.partial(gallery, name.partition(".")[2] or None)
    for name in VERIFY
    if name.startswith("Gallery")
}
