"""The mean average precision of a detector against pycocotools.

`python -m benchmarks` runs this module with one thread.
"""

import contextlib
import io
import sys
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from benchmarks.timing import Candidates, report
from cnnutils.detect import Detections, Objects, mean_average_precision

GOALS = {(200, 30): None, (1_000, 100): 0.15}  # images and detections in each: × pycocotools


def main() -> int:
    """Print the tables; return how many goals were missed."""
    print("one thread, medians; ten classes, area = all")
    missed = 0
    for (num_images, num_detections), goal in GOALS.items():
        print(f"\n{num_images:,} images of {num_detections} detections")
        candidates = _judges(*scenes(num_images, num_detections))
        missed += report("mAP", candidates, goal, peer="pycocotools", rounds=5)
    return missed


def scenes(num_images: int, num_detections: int) -> tuple[list[Detections], list[Objects]]:
    """Return images with up to a dozen objects, and detections of which most are near one."""
    rng = np.random.default_rng(num_images)
    detections, objects = [], []
    for _ in range(num_images):
        corner = rng.uniform(0, 200, (rng.integers(1, 13), 2))
        there = np.concatenate([corner, corner + rng.uniform(5, 80, corner.shape)], axis=1)
        classes = rng.integers(0, 10, len(there))
        which = rng.integers(0, len(there), num_detections)
        near = there[which] + rng.normal(0, 4, (num_detections, 4))
        said = np.where(rng.random(num_detections) < 0.8, classes[which], 0)
        rows = np.sort(near.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
        objects.append(Objects(there, classes))
        detections.append(Detections(rows, rng.random(num_detections), said))
    return detections, objects


def _judges(detections: list[Detections], objects: list[Objects]) -> Candidates:
    judge = _pycocotools(detections, objects)

    def theirs() -> float:
        with contextlib.redirect_stdout(io.StringIO()):
            judge.evaluate()
            judge.accumulate()
        precision = judge.eval["precision"]
        return float(precision[precision > -1].mean())

    candidates: Candidates = {
        "cnnutils": lambda: mean_average_precision(detections, objects).mean,
        "pycocotools, its files read before": theirs,
    }
    ours, other = (run() for run in candidates.values())
    np.testing.assert_allclose(ours, other, atol=1e-9)
    return candidates


def _pycocotools(detections: list[Detections], objects: list[Objects]) -> COCOeval:
    def rows(images: list[Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for i, image in enumerate(images):
            scores = getattr(image, "scores", np.zeros(len(image.class_ids)))
            for box, c, score in zip(image.boxes_xyxy, image.class_ids, scores, strict=True):
                bbox = [*box[:2], *(box[2:] - box[:2])]
                row = {"id": len(found) + 1, "image_id": i, "category_id": int(c), "iscrowd": 0}
                found.append({**row, "bbox": bbox, "area": bbox[2] * bbox[3], "score": score})
        return found

    truth = COCO()
    truth.dataset = {
        "images": [{"id": i} for i in range(len(objects))],
        "annotations": rows(objects),
        "categories": [{"id": c} for c in range(10)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        judge = COCOeval(truth, truth.loadRes(rows(detections)), "bbox")
    judge.params.areaRng, judge.params.areaRngLbl = [judge.params.areaRng[0]], ["all"]
    judge.params.maxDets = [100]
    return judge


if __name__ == "__main__":
    sys.exit(main())
