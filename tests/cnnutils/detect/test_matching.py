"""Mean average precision: by hand, against pycocotools, as properties, and its errors."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from cnnutils import detect
from cnnutils.detect import Detections, Objects

BOX = [0, 0, 10, 10]


def corners(rng, number):
    """Boxes of unequal sides, with whole-numbered corners, so that some IoUs are equal."""
    corner = rng.integers(0, 60, (number, 2))
    return np.concatenate([corner, corner + rng.integers(1, [40, 20], (number, 2))], axis=1)


def data_set(seed, num_images=None):
    """Images with objects of up to five classes, and detections: near ones, doubles, inventions."""
    rng = np.random.default_rng(seed)
    num_classes = int(rng.integers(1, 6))
    objects, detections = [], []
    for _ in range(num_images or int(rng.integers(1, 20))):
        there, classes = corners(rng, int(rng.integers(0, 7))), rng.integers(0, num_classes, 7)
        classes = classes[: len(there)]
        again = rng.integers(0, len(there), rng.integers(0, 15)) if len(there) else np.empty(0, int)
        near = np.sort((there[again] + rng.integers(-1, 2, (len(again), 4))).reshape(-1, 2, 2), 1)
        invented = corners(rng, int(rng.integers(0, 5)))
        rows = np.concatenate([near.reshape(-1, 4), invented])
        said = np.concatenate([classes[again], rng.integers(0, num_classes + 1, len(invented))])
        said = np.where(rng.random(len(said)) < 0.1, 0, said)
        objects.append(Objects(there, classes))
        scores = rng.random(len(rows)).round(1)  # many ties
        detections.append(Detections(rows, scores, said))
    return detections, objects


def xywh(row):
    return [float(row[0]), float(row[1]), float(row[2] - row[0]), float(row[3] - row[1])]


def of_coco(detections, objects, max_detections=100):
    """Precision at 101 levels of recall by pycocotools, averaged: (classes, thresholds)."""
    truth = COCO()
    annotations = [
        {"image_id": i, "category_id": int(c), "bbox": xywh(row), "iscrowd": 0}
        for i, image in enumerate(objects)
        for row, c in zip(*image, strict=True)
    ]
    for number, annotation in enumerate(annotations):
        width, height = annotation["bbox"][2:]
        annotation |= {"id": number + 1, "area": width * height}
    truth.dataset = {
        "images": [{"id": i} for i in range(len(objects))],
        "annotations": annotations,
        "categories": [{"id": c} for c in sorted({a["category_id"] for a in annotations})],
    }
    truth.createIndex()
    said = [
        {"image_id": i, "category_id": int(c), "bbox": xywh(row), "score": float(score)}
        for i, image in enumerate(detections)
        for row, score, c in zip(*image, strict=True)
    ]
    if not said:
        return np.zeros((len(truth.dataset["categories"]), 10))
    judge = COCOeval(truth, truth.loadRes(said), "bbox")
    judge.params.areaRng, judge.params.areaRngLbl = [judge.params.areaRng[0]], ["all"]
    judge.params.maxDets = [max_detections]
    judge.evaluate()
    judge.accumulate()
    return judge.eval["precision"][:, :, :, 0, 0].mean(axis=1).T


@pytest.mark.parametrize("part", range(4))
def test_the_same_as_pycocotools(part, capsys):
    """Two hundred data sets in all, with ties of scores and of IoU."""
    means = []
    for seed in range(50):
        detections, objects = data_set([part, seed])
        limit = 100 if seed % 3 else 5
        ours = detect.mean_average_precision(detections, objects, max_detections=limit)
        if not len(ours.class_ids):
            assert np.isnan(ours.mean)
            continue
        theirs = of_coco(detections, objects, limit)
        np.testing.assert_allclose(ours.average_precision, theirs, atol=1e-9, rtol=0)
        means.append(ours.mean)
    capsys.readouterr()  # pycocotools prints
    assert len(means) > 45
    assert 0.1 < np.mean(means) < 0.6  # neither all nor nothing: the data sets ask something


def test_by_hand():
    # Class 0: two objects. In image 0 a detection with IoU 0.8 scores 0.9, and a double of it
    # scores 0.8: a false alarm. In image 1 the object is found with IoU 0.6, score 0.7.
    objects = [Objects([BOX], [0]), Objects([BOX], [0])]
    detections = [
        Detections([[0, 0, 10, 8], [0, 0, 8, 10]], [0.9, 0.8], [0, 0]),
        Detections([[0, 0, 6, 10]], [0.7], [0]),
    ]
    found = detect.mean_average_precision(
        detections, objects, iou_thresholds=[0.5, 0.7, 0.9], method="all_points"
    )
    # At 0.5: hit, false, hit: 1/2 · 1 + 1/2 · 2/3. At 0.7: hit, false, false: 1/2. At 0.9: none.
    np.testing.assert_allclose(found.average_precision, [[5 / 6, 1 / 2, 0]])
    np.testing.assert_allclose(found.mean, (5 / 6 + 1 / 2) / 3)
    assert found.class_ids.tolist() == [0]


def test_an_object_is_found_once_and_by_the_most_certain():
    # The better box has the lower score, and comes too late.
    detections = [Detections([[0, 0, 10, 7], BOX], [0.9, 0.8], [4, 4])]
    at = {"iou_thresholds": [0.5], "method": "all_points"}
    found = detect.mean_average_precision(detections, [Objects([BOX], [4])], **at)
    assert found.mean == 1  # the first is right, the double after it costs nothing
    found = detect.mean_average_precision(
        detections, [Objects([BOX, [50, 50, 60, 60]], [4, 4])], **at
    )
    assert found.mean == 0.5


def test_a_detection_takes_the_best_object_that_is_left():
    # Both objects overlap both detections; the first takes the nearer one, the second the other.
    objects = [Objects([BOX, [2, 0, 12, 10]], [1, 1])]
    detections = [Detections([[0, 0, 10, 10], [1, 0, 11, 10]], [0.9, 0.8], [1, 1])]
    assert detect.mean_average_precision(detections, objects, iou_thresholds=[0.6]).mean == 1


def test_an_iou_that_equals_the_threshold_counts():
    detections = [Detections([[0, 0, 10, 5]], [1.0], [0])]
    for threshold, expected in ((0.5, 1), (0.51, 0)):
        found = detect.mean_average_precision(
            detections, [Objects([BOX], [0])], iou_thresholds=[threshold]
        )
        assert found.mean == expected
    same = [Detections([BOX], [1.0], [0])]
    assert detect.mean_average_precision(same, [Objects([BOX], [0])], iou_thresholds=[1]).mean == 1


@pytest.mark.parametrize(("missing", "found"), [(1e-12, True), (1e-8, False)])
def test_an_iou_of_1_is_reached_up_to_rounding(missing, found):
    """As in COCO's evaluation: what is off by less than 10⁻¹⁰ is off by rounding alone."""
    said, there = Detections([[0, 0, 10, 10 * (1 - missing)]], [1.0], [0]), Objects([BOX], [0])
    assert detect.match_detections(said, there, iou_threshold=1).tolist() == [0 if found else -1]
    assert detect.mean_average_precision([said], [there], iou_thresholds=[1]).mean == found


def test_classes_and_images_are_kept_apart():
    objects = [Objects([BOX], [0]), Objects([BOX], [7])]
    swapped = [Detections([BOX], [0.9], [7]), Detections([BOX], [0.9], [0])]
    assert detect.mean_average_precision(swapped, objects).mean == 0
    right = [Detections([BOX], [0.9], [0]), Detections([BOX], [0.9], [7])]
    found = detect.mean_average_precision(right, objects)
    assert found.mean == 1
    assert found.class_ids.tolist() == [0, 7]


def test_only_the_most_certain_are_counted():
    detections = [Detections([[50, 50, 60, 60], BOX], [0.9, 0.8], [0, 0])]
    objects = [Objects([BOX], [0])]
    assert detect.mean_average_precision(detections, objects, max_detections=1).mean == 0
    assert detect.mean_average_precision(detections, objects, max_detections=2).mean > 0


@pytest.mark.parametrize(("false_alarms", "counted"), [(99, True), (100, False)])
def test_a_hundred_are_counted_as_coco_does(false_alarms, counted):
    rows = [[50, 50, 60, 60]] * false_alarms + [BOX]
    said = Detections(rows, np.arange(len(rows), 0, -1), [0] * len(rows))
    found = detect.mean_average_precision([said], [Objects([BOX], [0])])
    assert (found.mean > 0) == counted


def test_nothing_said_and_nothing_there():
    nothing = Detections([], [], [])
    silent = detect.mean_average_precision([nothing], [Objects([BOX], [3])])
    np.testing.assert_array_equal(silent.average_precision, np.zeros((1, 10)))
    empty = detect.mean_average_precision([Detections([BOX], [1], [0])], [Objects([], [])])
    assert np.isnan(empty.mean)
    assert empty.average_precision.shape == (0, 10)
    assert np.isnan(detect.mean_average_precision([], []).mean)


@given(st.integers(0, 2**32 - 1))
def test_only_the_order_of_the_scores_matters_not_the_order_of_the_rows(seed):
    rng = np.random.default_rng(seed)
    detections, objects = data_set(seed, num_images=3)
    unequal = [
        Detections(rows, rng.permutation(len(rows)) + i / 10, classes)
        for i, (rows, _, classes) in enumerate(detections)
    ]
    shuffled = []
    for rows, scores, classes in unequal:
        order = rng.permutation(len(rows))
        shuffled.append(Detections(rows[order], np.exp(scores[order]), classes[order]))
    first = detect.mean_average_precision(unequal, objects)
    second = detect.mean_average_precision(shuffled, objects)
    np.testing.assert_allclose(first.average_precision, second.average_precision, atol=1e-12)


def test_which_object_was_found_by_hand():
    # By falling score: the third takes object 0 (IoU 1), the first object 1 (IoU 0.8), the second
    # comes too late, the fourth has another class, the fifth overlaps nothing enough.
    objects = Objects([BOX, [20, 0, 30, 10]], [1, 1])
    rows = [[20, 0, 30, 8], [21, 0, 31, 10], BOX, BOX, [5, 0, 15, 10]]
    said = Detections(rows, [0.8, 0.7, 0.9, 0.99, 0.6], [1, 1, 1, 2, 1])
    assert detect.match_detections(said, objects).tolist() == [1, -1, 0, -1, -1]
    assert detect.match_detections(said, objects, iou_threshold=0.81).tolist() == [-1, 1, 0, -1, -1]
    assert detect.match_detections(said, Objects([], [])).tolist() == [-1] * 5
    assert detect.match_detections(Detections([], [], []), objects).shape == (0,)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.3, 0.5, 0.75, 1.0]))
def test_one_image_at_a_time_gives_the_same_mean_average_precision(seed, threshold):
    detections, objects = data_set(seed)
    whole = detect.mean_average_precision(detections, objects, iou_thresholds=[threshold])
    for row, class_id in enumerate(whole.class_ids):
        scores, hits, count = [], [], 0
        for said, there in zip(detections, objects, strict=True):
            own = np.asarray(said.class_ids) == class_id
            found = detect.match_detections(said, there, iou_threshold=threshold)[own]
            order = np.argsort(-np.asarray(said.scores)[own], kind="stable")
            hits += (found[order] >= 0).tolist()
            scores += np.asarray(said.scores)[own][order].tolist()
            count += int((np.asarray(there.class_ids) == class_id).sum())
            taken = found[found >= 0]
            assert len(set(taken.tolist())) == len(taken)
        curve = detect.precision_recall(np.array(hits, bool), scores, num_objects=count)
        area = detect.average_precision(*curve, method="101_points")
        np.testing.assert_allclose(area, whole.average_precision[row, 0], atol=1e-12)


@pytest.mark.parametrize("threshold", [0, 1.5])
def test_a_threshold_out_of_range(threshold):
    with pytest.raises(ValueError, match=r"^match_detections: iou_threshold must be "):
        detect.match_detections(Detections([], [], []), THERE[0], iou_threshold=threshold)


THERE = [Objects([BOX], [0])]


@pytest.mark.parametrize(
    ("detections", "objects", "options", "error", "sentence"),
    [
        (
            [], THERE, {}, ValueError,
            "there must be detections and objects of the same images (0 and 1 given).",
        ),
        (
            [Detections([BOX], [1, 2], [0])], THERE, {}, ValueError,
            "detections[0].scores must hold one score for each of 1 boxes, "
            "got an array of shape (2,).",
        ),
        (
            [Detections([BOX], [np.nan], [0])], THERE, {}, ValueError,
            "detections[0].scores must be finite, got nan.",
        ),
        (
            [Detections([BOX], [1], [0, 1])], THERE, {}, ValueError,
            "detections[0].class_ids must hold one class for each of 1 boxes, "
            "got an array of shape (2,).",
        ),
        (
            [Detections([BOX], [1], [0.5])], THERE, {}, TypeError,
            "detections[0].class_ids must be integers, got float64.",
        ),
        (
            [Detections([[5, 0, 2, 9]], [1], [0])], THERE, {}, ValueError,
            "detections[0].boxes_xyxy must be (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2; "
            "row 0 is (5, 0, 2, 9). Are they in another format? See convert_boxes.",
        ),
        (
            [Detections([BOX], [1], [0])], THERE, {"iou_thresholds": [0, 0.5]}, ValueError,
            "iou_thresholds must be above 0 and at most 1.",
        ),
        (
            [Detections([BOX], [1], [0])], THERE, {"iou_thresholds": [0.5, 1.5]}, ValueError,
            "iou_thresholds must be above 0 and at most 1.",
        ),
        (
            [Detections([BOX], [1], [0])], THERE, {"method": "voc"}, ValueError,
            "method must be one of 'all_points', '11_points', '101_points', got 'voc'.",
        ),
        (
            [Detections([BOX], [1], [0])], THERE, {"max_detections": 0}, ValueError,
            "max_detections must be at least 1, got 0.",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments(detections, objects, options, error, sentence):
    with pytest.raises(error, match=f"^{re.escape('mean_average_precision: ' + sentence)}$"):
        detect.mean_average_precision(detections, objects, **options)
