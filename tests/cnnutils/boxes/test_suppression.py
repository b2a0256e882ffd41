"""Non-maximum suppression: by hand, against tf.image, as properties, and its errors."""

import re

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from cnnutils import boxes

THREE = [[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]]  # the first two share 9 / 11


def scene(rng, number, kind):
    """Boxes in float32 and their scores; "degenerate" holds doubles, ties and empty boxes."""
    if kind == "heaps":
        centre = rng.uniform(0, 99, (4, 2))[rng.integers(4, size=number)]
        centre, size = centre + rng.normal(0, 3, (number, 2)), rng.uniform([9, 30], 40, (number, 2))
    else:
        centre, size = rng.uniform(0, 99, (number, 2)), rng.uniform([1, 9], 40, (number, 2))
    rows = np.concatenate([centre - size / 2, centre + size / 2], axis=1)
    scores = rng.uniform(size=number)
    if kind == "degenerate":
        rows = rows.round(-1)  # many doubles, many empty, many IoUs that equal the threshold
        scores = scores.round(1)  # many ties
    return rows.astype("float32"), scores.astype("float32")


def of_tensorflow(rows, scores, limit=None, **options):
    limit = len(rows) if limit is None else limit
    return tf.image.non_max_suppression(rows[:, [1, 0, 3, 2]], scores, limit, **options).numpy()


def by_definition(rows, scores, threshold):
    """Take the best that is left, drop what overlaps it by more; of equal ones the first."""
    left, kept = list(range(len(rows))), []
    while left:
        best = max(left, key=lambda i: (scores[i], -i))
        kept.append(best)
        iou = boxes.iou_matrix(rows[[best]], rows)[0]
        left = [i for i in left if i != best and iou[i] <= threshold]
    return kept


def test_by_hand():
    # 9 / 11 is more than a half, so of the first two only the better one stays.
    assert boxes.non_max_suppression(THREE, [0.8, 0.9, 0.7]).tolist() == [1, 2]
    assert boxes.non_max_suppression(THREE, [0.8, 0.9, 0.7], iou_threshold=0.9).tolist() == [
        1,
        0,
        2,
    ]


def test_an_overlap_that_equals_the_threshold_stays():
    halves = [[0, 0, 2, 1], [0, 0, 1, 1]]  # they share 1 of 2
    assert boxes.non_max_suppression(halves, [2, 1], iou_threshold=0.5).tolist() == [0, 1]
    assert boxes.non_max_suppression(halves, [2, 1], iou_threshold=0.49).tolist() == [0]


def test_of_equal_scores_the_first_wins():
    equal = [[0, 0, 5, 5]] * 3 + [[9, 9, 12, 12]] * 2
    assert boxes.non_max_suppression(equal, [1, 1, 1, 1, 2]).tolist() == [4, 0]


def test_a_suppressed_box_suppresses_nothing():
    # A chain: the first overlaps the second, the second the third, the first not the third.
    chain = [[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]]
    assert boxes.non_max_suppression(chain, [3, 2, 1], iou_threshold=0.3).tolist() == [0, 2]


KINDS = ("random", "heaps", "degenerate")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", range(4))
def test_the_same_lists_as_tensorflow(kind, part):
    """Ten thousand scenes in all, at thresholds from 0 to 1, most of them small."""
    rng = np.random.default_rng([KINDS.index(kind), part])
    kept = 0
    for _ in range(834):
        rows, scores = scene(rng, int(rng.integers(1, 60)), kind)
        threshold = float(rng.choice([0, 0.25, 1 / 3, 0.5, 0.7, 1]))
        ours = boxes.non_max_suppression(rows, scores, iou_threshold=threshold)
        theirs = of_tensorflow(rows, scores, iou_threshold=threshold)
        np.testing.assert_array_equal(ours, theirs, err_msg=f"threshold {threshold}")
        kept += len(ours) / len(rows)
    assert 0.1 < kept / 834 < 0.95  # neither all nor nothing: the scenes ask something


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [127, 128, 129, 3000])
def test_the_same_lists_as_tensorflow_over_several_blocks(kind, number):
    rows, scores = scene(np.random.default_rng(number), number, kind)
    for limit in (0, 1, 200, number):
        ours = boxes.non_max_suppression(rows, scores, max_outputs=limit, score_threshold=0.3)
        theirs = of_tensorflow(rows, scores, limit, iou_threshold=0.5, score_threshold=0.3)
        np.testing.assert_array_equal(ours, theirs)


@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.floats(0, 1), st.sampled_from(KINDS))
def test_the_definition_holds_in_float64(seed, number, threshold, kind):
    rows, scores = scene(np.random.default_rng(seed), number, kind)
    rows, scores = rows.astype("float64"), scores.astype("float64")
    kept = boxes.non_max_suppression(rows, scores, iou_threshold=threshold)
    assert kept.tolist() == by_definition(rows, scores, threshold)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.floats(0.1, 0.9))
def test_what_stays_is_apart_and_what_went_was_covered(seed, number, threshold):
    rows, scores = scene(np.random.default_rng(seed), number, "heaps")
    kept = boxes.non_max_suppression(rows, scores, iou_threshold=threshold)
    iou = boxes.iou_matrix(rows[kept], rows)
    among = iou[:, kept] - np.eye(len(kept))
    assert among.max() <= threshold
    gone = np.setdiff1d(np.arange(number), kept)
    better = scores[kept][:, np.newaxis] >= scores[gone]
    assert ((iou[:, gone] > threshold) & better).any(axis=0).all()


def test_classes_do_not_suppress_each_other():
    kept = boxes.class_non_max_suppression([[0, 0, 9, 9]] * 4, [0.6, 0.9, 0.7, 0.8], [3, 5, 5, 3])
    assert kept.tolist() == [1, 3]


@given(st.integers(0, 2**32 - 1), st.integers(0, 50), st.integers(1, 5), st.integers(0, 20))
def test_each_class_is_settled_on_its_own(seed, number, num_classes, limit):
    rng = np.random.default_rng(seed)
    rows, scores = scene(rng, number, "degenerate")
    classes = rng.integers(-1, num_classes, number)
    options = {"iou_threshold": 0.4, "score_threshold": 0.2}
    kept = boxes.class_non_max_suppression(rows, scores, classes, max_outputs=limit, **options)
    expected = []
    for class_id in set(classes.tolist()):
        own = np.flatnonzero(classes == class_id)
        expected += own[boxes.non_max_suppression(rows[own], scores[own], **options)].tolist()
    expected.sort(key=lambda i: (-scores[i], i))
    assert kept.tolist() == expected[:limit]


def test_soft_suppression_by_hand():
    # The boxes share a third; exp(−(1/3)² / 0.5) = exp(−2/9), 1 − 1/3 = 2/3.
    pair = [[0, 0, 10, 10], [5, 0, 15, 10]]
    gaussian = boxes.soft_non_max_suppression(pair, [0.9, 0.8])
    np.testing.assert_allclose(gaussian.scores, [0.9, 0.8 * np.exp(-2 / 9)])
    linear = boxes.soft_non_max_suppression(pair, [0.9, 0.8], method="linear")
    np.testing.assert_allclose(linear.scores, [0.9, 0.8 * 2 / 3])
    high = boxes.soft_non_max_suppression(pair, [0.9, 0.8], method="linear", iou_threshold=0.4)
    np.testing.assert_allclose(high.scores, [0.9, 0.8])


def test_soft_suppression_can_change_the_order():
    rows = [[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]]
    soft = boxes.soft_non_max_suppression(rows, [0.9, 0.8, 0.5])
    assert soft.indices.tolist() == [0, 2, 1]
    assert soft.scores[2] < 0.5


def test_soft_suppression_at_its_thresholds():
    half = [[0, 0, 1, 1], [0, 0, 2, 1]]  # IoU 1/2
    soft = boxes.soft_non_max_suppression(half, [0.9, 0.8], method="linear", iou_threshold=0.5)
    np.testing.assert_array_equal(soft.scores, [0.9, 0.8])
    apart = [[0, 0, 1, 1], [2, 0, 3, 1]]
    soft = boxes.soft_non_max_suppression(apart, [0.9, 0.25], score_threshold=0.25)
    assert soft.indices.tolist() == [0]


def test_soft_suppression_with_doubles():
    # A double keeps nothing of its score with the linear rule: 1 − 1 = 0.
    soft = boxes.soft_non_max_suppression([[0, 0, 5, 5]] * 3, [0.9, 0.8, 0.7], method="linear")
    assert soft.indices.tolist() == [0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sigma", [0.2, 0.5, 1.0])
def test_soft_suppression_agrees_with_tensorflow(kind, sigma):
    rng = np.random.default_rng(5)
    for _ in range(20):
        rows, scores = scene(rng, int(rng.integers(1, 40)), kind)
        ours = boxes.soft_non_max_suppression(rows, scores, sigma=sigma, score_threshold=0.05)
        _, theirs = tf.image.non_max_suppression_with_scores(
            rows[:, [1, 0, 3, 2]], scores, len(rows),
            iou_threshold=1.0, score_threshold=0.05, soft_nms_sigma=sigma / 2,
        )  # fmt: skip
        np.testing.assert_allclose(ours.scores, theirs.numpy(), atol=1e-5)


@pytest.mark.parametrize("none", [[], np.empty((0, 4), "float32")])
def test_no_boxes_give_empty_results(none):
    assert boxes.non_max_suppression(none, []).shape == (0,)
    assert boxes.class_non_max_suppression(none, [], []).shape == (0,)
    soft = boxes.soft_non_max_suppression(none, [])
    assert soft.indices.shape == soft.scores.shape == (0,)
    assert boxes.non_max_suppression(THREE, [1, 1, 1], score_threshold=1).shape == (0,)


def test_results_can_be_used_as_indices():
    for kept in (
        boxes.non_max_suppression([], []),
        boxes.class_non_max_suppression(THREE, [1, 2, 3], [0, 1, 1]),
        boxes.soft_non_max_suppression([], []).indices,
    ):
        assert kept.dtype == np.intp
        assert np.empty((3, 4))[kept].shape == (len(kept), 4)


def test_the_input_is_not_changed():
    rows, scores = np.array(THREE, float), np.array([0.8, 0.9, 0.7])
    before = rows.copy(), scores.copy()
    boxes.non_max_suppression(rows, scores)
    boxes.soft_non_max_suppression(rows, scores)
    np.testing.assert_array_equal(rows, before[0])
    np.testing.assert_array_equal(scores, before[1])


@pytest.mark.parametrize(
    ("arguments", "options", "error", "sentence"),
    [
        (
            (THREE, [1, 2]), {}, ValueError,
            "scores must hold one score for each of 3 boxes, got an array of shape (2,).",
        ),
        ((THREE, [1, 2, np.nan]), {}, ValueError, "scores must be finite, got nan."),
        ((THREE, [1, np.inf, np.nan]), {}, ValueError, "scores must be finite, got inf."),
        ((THREE, ["a", "b", "c"]), {}, TypeError, "scores must be real numbers, got <U1."),
        (
            (THREE, [1, 2, 3]), {"iou_threshold": 1.5}, ValueError,
            "iou_threshold must lie between 0 and 1, got 1.5.",
        ),
        (
            (THREE, [1, 2, 3]), {"iou_threshold": "0.5"}, TypeError,
            "iou_threshold must be a number, got '0.5' (str).",
        ),
        (
            (THREE, [1, 2, 3]), {"score_threshold": np.nan}, ValueError,
            "score_threshold must be finite, got nan.",
        ),
        (
            (THREE, [1, 2, 3]), {"max_outputs": -1}, ValueError,
            "max_outputs must be at least 0, got -1.",
        ),
        (
            ([[5, 0, 2, 9]], [1]), {}, ValueError,
            "boxes_xyxy must be (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2; row 0 is (5, 0, 2, 9). "
            "Are they in another format? See convert_boxes.",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments(arguments, options, error, sentence):
    with pytest.raises(error, match=f"^{re.escape('non_max_suppression: ' + sentence)}$"):
        boxes.non_max_suppression(*arguments, **options)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: boxes.class_non_max_suppression(THREE, [1, 2, 3], [0, 1]), ValueError,
            "class_non_max_suppression: class_ids must hold one class for each of 3 boxes, "
            "got an array of shape (2,).",
        ),
        (
            lambda: boxes.class_non_max_suppression(THREE, [1, 2, 3], [0, 1.5, 2]), TypeError,
            "class_non_max_suppression: class_ids must be integers, got float64.",
        ),
        (
            lambda: boxes.soft_non_max_suppression(THREE, [1, 2, 3], sigma=0), ValueError,
            "soft_non_max_suppression: sigma must be finite and greater than 0, got 0.",
        ),
        (
            lambda: boxes.soft_non_max_suppression(THREE, [1, 2, -0.5]), ValueError,
            "soft_non_max_suppression: scores must not be negative, the lowest is -0.5.",
        ),
        (
            lambda: boxes.soft_non_max_suppression(THREE, [1, 2, 3], method="hard"), ValueError,
            "soft_non_max_suppression: method must be one of 'gaussian', 'linear', got 'hard'.",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments_of_the_other_forms(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()
