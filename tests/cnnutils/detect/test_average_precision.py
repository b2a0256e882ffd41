"""Precision, recall and the area under their curve: by hand, by definition, and their errors."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnutils import detect

METHODS = ["all_points", "11_points", "101_points"]


def test_a_curve_by_hand():
    # Five objects; by falling score: hit, miss, hit, hit, miss.
    curve = detect.precision_recall(
        [True, True, False, True, False], [0.9, 0.6, 0.8, 0.7, 0.1], num_objects=5
    )
    np.testing.assert_allclose(curve.precision, [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    np.testing.assert_allclose(curve.recall, [1 / 5, 1 / 5, 2 / 5, 3 / 5, 3 / 5])


def test_of_equal_scores_the_earlier_comes_first():
    curve = detect.precision_recall([False, True], [0.5, 0.5], num_objects=1)
    np.testing.assert_array_equal(curve.precision, [0, 0.5])


def test_the_three_areas_by_hand():
    # The curve of above. The best precision at recall up to 0.2 is 1, from there to 0.6 it is 3/4,
    # beyond it is 0. All points: 0.2 · 1 + 0.4 · 3/4 = 0.5. Eleven points: 0, 0.1, 0.2 get 1, 0.3
    # to 0.6 get 3/4: (3 + 4 · 3/4) / 11. Of 101 points, 21 get 1 and 40 get 3/4.
    curve = [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5], [1 / 5, 1 / 5, 2 / 5, 3 / 5, 3 / 5]
    expected = {"all_points": 0.5, "11_points": 6 / 11, "101_points": 51 / 101}
    for method, area in expected.items():
        found = detect.average_precision(*curve, method=method)
        np.testing.assert_allclose(found, area, rtol=1e-12, err_msg=method)


@pytest.mark.parametrize("method", METHODS)
def test_the_extremes(method):
    right = detect.precision_recall([True] * 3, [3, 2, 1], num_objects=3)
    assert detect.average_precision(*right, method=method) == 1
    wrong = detect.precision_recall([False] * 3, [3, 2, 1], num_objects=3)
    assert detect.average_precision(*wrong, method=method) == 0
    assert detect.average_precision([], [], method=method) == 0


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 10), st.sampled_from(METHODS))
def test_the_areas_are_what_their_definitions_say(hits, missed, method):
    objects = max(sum(hits) + missed, 1)
    curve = detect.precision_recall(hits, np.arange(len(hits), 0, -1), num_objects=objects)
    levels = {
        "all_points": curve.recall,
        "11_points": [i / 10 for i in range(11)],
        "101_points": np.linspace(0, 1, 101),
    }[method]
    at = list(zip(*curve, strict=True))
    best = [max((p for p, r in at if r >= level), default=0) for level in levels]
    weights = np.full(len(best), 1 / max(len(best), 1))
    if method == "all_points":
        weights = np.diff(curve.recall, prepend=0)
    expected = np.dot(best, weights)
    found = detect.average_precision(*curve, method=method)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert 0 <= found <= 1


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(0, 5))
def test_a_false_alarm_at_the_end_costs_nothing_and_at_the_start_something(hits, missed):
    objects = max(sum(hits) + missed, 1)

    def area(sequence):
        scores = np.arange(len(sequence), 0, -1)
        curve = detect.precision_recall(sequence, scores, num_objects=objects)
        return detect.average_precision(*curve)

    np.testing.assert_allclose(area([*hits, False]), area(hits), rtol=1e-12)
    if any(hits):
        assert area([False, *hits]) < area(hits)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: detect.precision_recall([1, 0], [1, 2], num_objects=2), TypeError,
            "precision_recall: is_match must be booleans, got int64.",
        ),
        (
            lambda: detect.precision_recall([True], [1, 2], num_objects=2), ValueError,
            "precision_recall: there must be one score for each detection "
            "(is_match (1,), scores (2,)).",
        ),
        (
            lambda: detect.precision_recall([True], [np.nan], num_objects=2), ValueError,
            "precision_recall: scores must be finite.",
        ),
        (
            lambda: detect.precision_recall([], [], num_objects=0), ValueError,
            "precision_recall: num_objects must be at least 1, got 0.",
        ),
        (
            lambda: detect.precision_recall([True, True], [1, 2], num_objects=1), ValueError,
            "precision_recall: there are 2 matches, but 1 objects: an object can be found once.",
        ),
        (
            lambda: detect.average_precision([1, 1], [0.5]), ValueError,
            "average_precision: precision and recall must be equally long "
            "(precision (2,), recall (1,)).",
        ),
        (
            lambda: detect.average_precision([1.5], [0.5]), ValueError,
            "average_precision: precision must lie between 0 and 1.",
        ),
        (
            lambda: detect.average_precision([-0.5], [0.5]), ValueError,
            "average_precision: precision must lie between 0 and 1.",
        ),
        (
            lambda: detect.average_precision([0.5], [np.nan]), ValueError,
            "average_precision: recall must lie between 0 and 1.",
        ),
        (
            lambda: detect.average_precision([1, 1], [0.5, 0.4]), ValueError,
            "average_precision: recall must not fall; are the detections sorted by score?",
        ),
        (
            lambda: detect.average_precision([1], [0.5], method="12_points"), ValueError,
            "average_precision: method must be one of 'all_points', '11_points', '101_points', "
            "got '12_points'.",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()
