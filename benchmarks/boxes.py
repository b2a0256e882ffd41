"""Non-maximum suppression against tf.image, and the IoU of all pairs against the usual formula.

`python -m benchmarks` runs this module with one thread.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.timing import Candidates, print_setting, report
from cnnutils import boxes

# How many times TensorFlow's time suppression may take, by scene and number of boxes.
GOALS = {
    "random": {100: None, 1_000: 0.6, 10_000: 0.6},
    "sparse": {100: None, 1_000: 0.6, 10_000: 0.6},
    "heaps": {100: None, 1_000: 1.0, 10_000: 0.6},
}


def main() -> int:
    """Print the tables; return how many goals were missed."""
    goals_hold = print_setting()
    missed = 0
    for kind, goals in GOALS.items():
        for number, goal in goals.items():
            print(f"\n{number:,} boxes, {kind}")
            candidates = _suppression(*scene(kind, number))
            missed += report("suppression", candidates, goal if goals_hold else None)
    print("\nIoU of 10,000 with 1,000 boxes")
    candidates = _iou(scene("random", 10_000)[0], scene("sparse", 1_000)[0])
    return missed + report("IoU", candidates, 0.2, peer="usual formula")


def scene(kind: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes (number, 4) in float32 and their scores.

    "random": a tenth of a picture's side large, anywhere, of which many overlap when there are
    many; "sparse": small ones, of which nearly all stay; "heaps": forty objects with many boxes
    each, as a detector finds them.
    """
    rng = np.random.default_rng(number)
    if kind == "heaps":
        objects = rng.uniform(100, 900, (40, 2))[rng.integers(40, size=number)]
        centres, sizes = (mean + rng.normal(0, 4, (number, 2)) for mean in (objects, 60))
    elif kind == "random":
        centres, sizes = rng.uniform(0, 1000, (number, 2)), rng.uniform(10, 120, (number, 2))
    else:
        side = 100 * np.sqrt(number)
        centres, sizes = rng.uniform(0, side / 3, (number, 2)), rng.uniform(5, 20, (number, 2))
    rows = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
    return rows.astype(np.float32), rng.uniform(size=number).astype(np.float32)


def _suppression(rows: np.ndarray, scores: np.ndarray) -> Candidates:
    import tensorflow as tf

    theirs = tf.constant(rows[:, [1, 0, 3, 2]]), tf.constant(scores), len(rows)
    candidates: Candidates = {
        "cnnutils": lambda: boxes.non_max_suppression(rows, scores),
        "tf.image.non_max_suppression": lambda: tf.image.non_max_suppression(*theirs).numpy(),
    }
    kept = [run().tolist() for run in candidates.values()]
    if kept[0] != kept[1]:
        raise RuntimeError("the two keep different boxes: there is nothing to compare.")
    return candidates


def _iou(some: np.ndarray, others: np.ndarray) -> Candidates:
    candidates: Candidates = {
        "cnnutils": lambda: boxes.iou_matrix(some, others),
        "usual formula": _usual_formula(some, others),
    }
    ours, theirs = (run() for run in candidates.values())
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    return candidates


def _usual_formula(some: np.ndarray, others: np.ndarray) -> Callable[[], Any]:
    """All pairs' corners in arrays (N, M, 2), as most libraries write it."""
    areas = [(rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1]) for rows in (some, others)]

    def run() -> Any:
        low = np.maximum(some[:, np.newaxis, :2], others[:, :2])
        high = np.minimum(some[:, np.newaxis, 2:], others[:, 2:])
        size = np.clip(high - low, 0, None)
        shared = size[..., 0] * size[..., 1]
        return shared / (areas[0][:, np.newaxis] + areas[1] - shared)

    return run


if __name__ == "__main__":
    sys.exit(main())
