"""Default boxes, whose they are and offsets: by hand, by brute force, and their errors."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnutils import boxes, detect

SEEDS = st.integers(0, 2**32 - 1)


def random_boxes(rng, number, *, size=50):
    corner = rng.uniform(0, size, (number, 2))
    return np.concatenate([corner, corner + rng.uniform(1, size / 2, (number, 2))], axis=1)


def test_places_by_hand():
    # Cells of 10 × 20 pixels; one shape is 4 high and 6 wide, the other 30 high and 2 wide.
    found = detect.default_boxes([[4, 6], [30, 2]], image_size=(20, 40), grid_size=2)
    assert found.shape == (8, 4)
    np.testing.assert_array_equal(found[:2], [[7, 3, 13, 7], [9, -10, 11, 20]])
    np.testing.assert_array_equal(found[2], [27, 3, 33, 7])  # the cell to the right
    np.testing.assert_array_equal(found[4], [7, 13, 13, 17])  # the cell below


@given(SEEDS)
def test_they_stand_in_the_order_of_a_network_s_answers(seed):
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 6, 2)
    anchors = rng.uniform(1, 20, (3, 2))
    found = detect.default_boxes(anchors, image_size=(60, 30), grid_size=(int(rows), int(columns)))
    table = found.reshape(rows, columns, 3, 4)
    for row, column, k in np.ndindex(rows, columns, 3):
        x, y = (column + 0.5) * 30 / columns, (row + 0.5) * 60 / rows
        height, width = anchors[k]
        expected = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
        np.testing.assert_allclose(table[row, column, k], expected, rtol=1e-12)


def brute_force(starts, objects, threshold, low):
    """Follow the words of the docstring, one box at a time."""
    found = []
    for start in starts:
        iou = [boxes.iou_matrix([start], [one])[0, 0] for one in objects]
        best = int(np.argmax(iou))
        found.append(best if iou[best] >= threshold else -2 if iou[best] >= low else -1)
    wishes = []
    for row, one in enumerate(objects):
        iou = [boxes.iou_matrix([start], [one])[0, 0] for start in starts]
        wishes.append((max(iou), int(np.argmax(iou)), row))
    for most, start, row in sorted(wishes, key=lambda wish: wish[0]):
        if most > 0:
            found[start] = row
    return found


@given(SEEDS)
def test_matches_are_those_of_the_words(seed):
    rng = np.random.default_rng(seed)
    starts, objects = random_boxes(rng, 12), random_boxes(rng, int(rng.integers(1, 5)))
    found = detect.match_default_boxes(starts, objects, iou_threshold=0.4, background_threshold=0.2)
    assert found.tolist() == brute_force(starts, objects, 0.4, 0.2)


def test_every_object_has_somebody():
    starts = detect.default_boxes([[8, 8]], image_size=64, grid_size=8)
    small = [[17, 17, 20, 20], [41, 41, 44, 44]]  # an IoU of 9 / 64 with the box of their cell
    assert sorted(set(detect.match_default_boxes(starts, small).tolist())) == [-1, 0, 1]


def test_the_threshold_itself_is_reached():
    whole, half = [0, 0, 10, 10], [0, 0, 10, 5]
    assert detect.match_default_boxes([whole, half], [half]).tolist() == [0, 0]
    barely = detect.match_default_boxes([whole, half], [half], iou_threshold=0.6)
    assert barely.tolist() == [-1, 0]


def test_the_thresholds_may_be_as_far_apart_as_0_and_1():
    whole, half, far = [0, 0, 10, 10], [0, 0, 10, 5], [90, 90, 95, 95]
    found = detect.match_default_boxes(
        [half, whole, far], [whole], iou_threshold=1, background_threshold=0
    )
    assert found.tolist() == [-2, 0, -2]


def test_from_the_background_threshold_on_a_box_counts_for_nothing():
    whole, half = [0, 0, 10, 10], [0, 0, 10, 5]
    for low, expected in ((0.5, [-2, 0]), (0.51, [-1, 0])):
        found = detect.match_default_boxes(
            [half, whole], [whole], iou_threshold=0.6, background_threshold=low
        )
        assert found.tolist() == expected


def test_of_two_that_want_one_box_the_nearer_gets_it():
    start, near, far = [0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 8]
    assert detect.match_default_boxes([start], [near, far]).tolist() == [0]
    assert detect.match_default_boxes([start], [far, near]).tolist() == [1]


def test_nobody_answers_for_what_nobody_sees():
    assert detect.match_default_boxes([[0, 0, 9, 9]], [[20, 20, 29, 29]]).tolist() == [-1]


def test_empty_lists():
    empty = np.empty((0, 4))
    assert detect.match_default_boxes(empty, [[0, 0, 1, 1]]).shape == (0,)
    assert detect.match_default_boxes([[0, 0, 1, 1]] * 3, empty).tolist() == [-1, -1, -1]
    assert detect.encode_offsets(empty, empty).shape == (0, 4)
    assert detect.decode_offsets(empty, empty).shape == (0, 4)


@given(SEEDS)
def test_offsets_there_and_back(seed):
    rng = np.random.default_rng(seed)
    some, reference = random_boxes(rng, 9), random_boxes(rng, 9)
    offsets = detect.encode_offsets(some, reference)
    np.testing.assert_allclose(detect.decode_offsets(offsets, reference), some, atol=1e-9)


@given(SEEDS)
def test_offsets_do_not_depend_on_place_and_scale(seed):
    rng = np.random.default_rng(seed)
    some, reference = random_boxes(rng, 5), random_boxes(rng, 5)
    scale, step = rng.uniform(0.1, 10), np.tile(rng.uniform(-50, 50, 2), 2)
    moved = detect.encode_offsets(some * scale + step, reference * scale + step)
    np.testing.assert_allclose(moved, detect.encode_offsets(some, reference), atol=1e-8)


def test_zero_offsets_are_the_reference():
    reference = random_boxes(np.random.default_rng(0), 4)
    np.testing.assert_allclose(detect.decode_offsets(np.zeros((4, 4)), reference), reference)


def test_a_wild_answer_stays_finite():
    box = detect.decode_offsets([[0, 0, 1e6, -1e6]], [[10, 10, 20, 20]])
    np.testing.assert_allclose(box, [[15 - 312.5, 15, 15 + 312.5, 15]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: detect.encode_offsets([[0, 0, 5, 5]], [[0, 0, 5, 0]]),
            "encode_offsets: every box of reference_xyxy must have an area; row 0 has none.",
        ),
        (
            lambda: detect.encode_offsets([[0, 0, 0, 5]], [[0, 0, 5, 5]]),
            "encode_offsets: every box of boxes_xyxy must have an area; row 0 has none.",
        ),
        (
            lambda: detect.decode_offsets([[0, 0, 0, 0]], [[0, 0, 5, 5]] * 2),
            "decode_offsets: offsets and reference_xyxy must have equally many rows (1 and 2).",
        ),
        (
            lambda: detect.decode_offsets([[0, 0, np.nan, 0]], [[0, 0, 5, 5]]),
            "decode_offsets: offsets must be finite; row 0 is (0, 0, nan, 0).",
        ),
        (
            lambda: detect.match_default_boxes([[5, 0, 0, 5]], [[0, 0, 5, 5]]),
            "match_default_boxes: default_boxes_xyxy must be (x1, y1, x2, y2)",
        ),
        (
            lambda: detect.match_default_boxes(
                [[0, 0, 5, 5]], [[0, 0, 5, 5]], iou_threshold=0.5, background_threshold=0.6
            ),
            "match_default_boxes: 0 ≤ background_threshold ≤ iou_threshold ≤ 1 must hold, "
            "got 0.6 and 0.5.",
        ),
        (
            lambda: detect.match_default_boxes([[0, 0, 5, 5]], [[0, 0, 5, 5]], iou_threshold=0),
            "match_default_boxes: iou_threshold must be finite and greater than 0, got 0.",
        ),
        (
            lambda: detect.match_default_boxes([[0, 0, 5, 5]], [[0, 0, 5, 5]], iou_threshold=1.5),
            "match_default_boxes: 0 ≤ background_threshold ≤ iou_threshold ≤ 1 must hold, "
            "got 1.5 and 1.5.",
        ),
        (
            lambda: detect.match_default_boxes(
                [[0, 0, 5, 5]], [[0, 0, 5, 5]], background_threshold=-0.5
            ),
            "match_default_boxes: 0 ≤ background_threshold ≤ iou_threshold ≤ 1 must hold, "
            "got -0.5 and 0.5.",
        ),
        (
            lambda: detect.default_boxes([[0, 3]], image_size=8, grid_size=2),
            "default_boxes: anchors must be positive and finite.",
        ),
        (
            lambda: detect.default_boxes([[1, 3]], image_size=8, grid_size=0),
            "default_boxes: grid_size must be at least 1, got 0.",
        ),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()
