"""Anchor boxes: by hand, against IoU of boxes and scikit-learn's k-means, and their errors."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from cnnutils import boxes, detect
from cnnutils.detect import anchors as module


def shapes(seed, number=300):
    """Boxes of three kinds: tall, wide, and small; heights and widths."""
    rng = np.random.default_rng(seed)
    kinds = np.array([[80, 20], [15, 60], [8, 10]])
    return kinds[rng.integers(3, size=number)] * rng.lognormal(0, 0.15, (number, 2))


def mean_best_iou(sizes, anchors):
    return detect.shape_iou(sizes, anchors).max(axis=1).mean()


def test_shapes_by_hand():
    # 3 high and 4 wide, against 6 × 2: they share 3 × 2, and cover 12 + 12 − 6 = 18.
    np.testing.assert_allclose(detect.shape_iou([[3, 4]], [[3, 4], [6, 2]]), [[1, 6 / 18]])


@given(st.integers(0, 2**32 - 1))
def test_shapes_are_compared_as_boxes_in_the_same_corner(seed):
    rng = np.random.default_rng(seed)
    some, others = rng.uniform(0.1, 50, (5, 2)), rng.uniform(0.1, 50, (7, 2))

    def in_the_corner(sizes):
        return np.concatenate([np.zeros_like(sizes), sizes[:, ::-1]], axis=1)

    expected = boxes.iou_matrix(in_the_corner(some), in_the_corner(others))
    np.testing.assert_allclose(detect.shape_iou(some, others), expected, rtol=1e-12)


def test_anchors_by_hand():
    # Two kinds of box, three of each; every median is the middle one of its three.
    sizes = [[10, 20], [12, 22], [18, 24], [40, 10], [44, 12], [42, 11]]
    found = detect.anchors_kmeans(sizes, 2, seed=0)
    np.testing.assert_array_equal(found, [[12, 22], [42, 11]])


def test_three_kinds_are_found_again():
    found = detect.anchors_kmeans(shapes(0), 3, seed=1)
    np.testing.assert_allclose(found, [[8, 10], [15, 60], [80, 20]], rtol=0.1)


@pytest.mark.parametrize("num_anchors", [2, 3, 5])
def test_they_fit_better_than_those_of_plain_distances(num_anchors):
    sizes = shapes(2)
    plain = KMeans(num_anchors, n_init=5, random_state=0).fit(sizes).cluster_centers_
    ours = detect.anchors_kmeans(sizes, num_anchors, seed=0)
    assert mean_best_iou(sizes, ours) > mean_best_iou(sizes, plain) - 0.001


def test_more_anchors_fit_better_and_as_many_as_shapes_fit_perfectly():
    sizes = np.array([[10, 20], [12, 22], [40, 10], [44, 12], [10, 20]])
    fits = [mean_best_iou(sizes, detect.anchors_kmeans(sizes, k, seed=0)) for k in (1, 2, 3, 4)]
    assert fits == sorted(fits)
    assert fits[-1] == 1


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_each_anchor_is_the_median_of_its_boxes(seed, num_anchors):
    sizes = shapes(seed, number=40)
    anchors = detect.anchors_kmeans(sizes, num_anchors, seed=0)
    nearest = detect.shape_iou(sizes, anchors).argmax(axis=1)
    for k in range(num_anchors):
        np.testing.assert_allclose(anchors[k], np.median(sizes[nearest == k], axis=0))
    areas = anchors.prod(axis=1)
    assert (np.diff(areas) >= 0).all()


def test_the_seed_decides_and_the_unit_does_not():
    sizes = shapes(3)
    first = detect.anchors_kmeans(sizes, 4, seed=5)
    np.testing.assert_array_equal(first, detect.anchors_kmeans(sizes, 4, seed=5))
    np.testing.assert_allclose(detect.anchors_kmeans(sizes * 8, 4, seed=5), first * 8)


def test_anchors_of_one_area_stand_by_height():
    found = detect.anchors_kmeans([[20, 10], [10, 20]], 2, seed=0)
    np.testing.assert_array_equal(found, [[10, 20], [20, 10]])


def test_the_best_of_five_starts_fits_the_boxes_best(monkeypatch):
    """The fit is a mean over boxes: nine that are alike count nine times."""
    sizes = [[10, 10]] * 9 + [[40, 40]]
    good = [[10, 10], [20, 20]]  # (9 · 1 + 1/4) / 10
    fits_itself = [[11, 11], [40, 40]]  # (9 · 100/121 + 1) / 10, but a mean of 0.91 over anchors
    starts = iter(np.array([fits_itself, good, fits_itself, fits_itself, fits_itself], float))
    monkeypatch.setattr(module, "_one_try", lambda *_: next(starts))
    np.testing.assert_array_equal(detect.anchors_kmeans(sizes, 2, seed=0), good)
    assert next(starts, None) is None


def test_a_start_takes_boxes_that_are_unlike_those_taken(monkeypatch):
    monkeypatch.setattr(module, "_MOST_ROUNDS", 0)
    sizes = np.array([[10.0, 10.0]] * 50 + [[10.0, 11.0]] + [[90.0, 90.0]] * 50)
    for seed in range(20):
        start = module._one_try(sizes, 2, np.random.default_rng(seed))
        assert abs(start[0] - start[1]).max() > 70  # in proportion to 1 − IoU: 0, 0.09 or 0.99


def test_an_anchor_without_boxes_moves_to_the_box_that_is_served_worst(monkeypatch):
    class FirstBox:
        def integers(self, _number):
            return 0

        def choice(self, _number, p):
            return 0

    monkeypatch.setattr(module, "_MOST_ROUNDS", 1)
    sizes = np.array([[10.0, 10.0], [12.0, 12.0], [90.0, 90.0], [20.0, 20.0], [14.0, 14.0]])
    found = module._one_try(sizes, 2, FirstBox())  # both anchors start as the first box
    np.testing.assert_array_equal(found, [[14, 14], [90, 90]])


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: detect.anchors_kmeans([[1, 2], [1, 2]], 2, seed=0), ValueError,
            "anchors_kmeans: there must be at least as many different shapes as anchors "
            "(1 shapes, 2 anchors).",
        ),
        (
            lambda: detect.anchors_kmeans([[1, 0]], 1, seed=0), ValueError,
            "anchors_kmeans: box_sizes must be positive and finite.",
        ),
        (
            lambda: detect.anchors_kmeans([[1, np.nan]], 1, seed=0), ValueError,
            "anchors_kmeans: box_sizes must be positive and finite.",
        ),
        (
            lambda: detect.anchors_kmeans([[1, 2, 3]], 1, seed=0), ValueError,
            "anchors_kmeans: box_sizes must hold a height and a width a row, "
            "got an array of shape (1, 3).",
        ),
        (
            lambda: detect.anchors_kmeans([[1, 2]], 0, seed=0), ValueError,
            "anchors_kmeans: num_anchors must be at least 1, got 0.",
        ),
        (
            lambda: detect.anchors_kmeans([[1, 2]], 1.0, seed=0), TypeError,
            "anchors_kmeans: num_anchors must be an integer, got 1.0 (float).",
        ),
        (
            lambda: detect.shape_iou([[1, 2]], [[-1, 2]]), ValueError,
            "shape_iou: other_sizes must be positive and finite.",
        ),
        (
            lambda: detect.shape_iou([[2e154, 1]], [[1, 1]]), ValueError,
            "shape_iou: box_sizes must be at most 3e+153, so that areas fit into float64.",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()
