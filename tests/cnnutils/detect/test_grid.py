"""The grid: by hand, there and back, what cannot be placed, and its errors."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnutils import detect

TALL_AND_WIDE = [[30, 10], [10, 30]]
LAYOUT = {"image_size": 90, "grid_size": 3, "anchors": TALL_AND_WIDE, "num_classes": 3}


def objects(seed, number=6, image_size=(60, 90)):
    """Boxes inside an image that is wider than high, and their classes of four."""
    rng = np.random.default_rng(seed)
    height, width = image_size
    corners = rng.uniform(0, [width, height], (2, number, 2))
    rows = np.concatenate([corners.min(axis=0), corners.max(axis=0)], axis=1)
    return rows, rng.integers(0, 4, number)


def test_a_target_by_hand():
    # 90 × 90 pixels, 3 × 3 cells of 30. The box from (10, 40) to (50, 60) is 40 wide, 20 high; its
    # midpoint (30, 50) lies on the left edge of the middle cell, two thirds down. It is wide.
    encoded = detect.encode_grid([[10, 40, 50, 60]], [2], **LAYOUT)
    assert encoded.target.shape == (3, 3, 2, 8)
    expected = np.zeros((3, 3, 2, 8))
    expected[1, 1, 1] = [1, 0, 2 / 3, 20 / 30, 40 / 30, 0, 0, 1]
    np.testing.assert_allclose(encoded.target, expected, atol=1e-12)
    assert encoded.unplaced.size == 0


def test_two_shapes_share_a_cell_and_two_of_one_shape_do_not():
    tall, wide, also_wide = [40, 30, 50, 60], [30, 40, 60, 50], [32, 41, 58, 51]
    both = detect.encode_grid([tall, wide], [0, 1], **LAYOUT)
    assert both.target[1, 1, :, 0].tolist() == [1, 1]
    assert both.unplaced.tolist() == []
    three = detect.encode_grid([tall, wide, also_wide], [0, 1, 2], **LAYOUT)
    assert three.unplaced.tolist() == [2]
    np.testing.assert_array_equal(three.target, both.target)


def test_a_midpoint_on_the_last_edge_belongs_to_the_last_cell():
    encoded = detect.encode_grid([[85, 85, 95, 95]], [0], **LAYOUT)
    np.testing.assert_allclose(encoded.target[2, 2, 0, :3], [1, 1, 1])


def test_a_place_is_taken_also_by_what_stands_on_its_edge():
    on_the_edge, inside = [25, 30, 35, 60], [40, 30, 50, 60]  # midpoints at x = 30 and 45
    encoded = detect.encode_grid([on_the_edge, inside], [0, 1], **LAYOUT)
    assert encoded.target[1, 1, 0].tolist() == [1, 0, 0.5, 1, 1 / 3, 1, 0, 0]
    assert encoded.unplaced.tolist() == [1]


@pytest.mark.parametrize("midpoint", [(0, 0), (0.5, 0.5), (90, 60), (70, 30)])
def test_a_midpoint_may_lie_anywhere_in_an_image_that_is_wider_than_high(midpoint):
    x, y = midpoint
    encoded = detect.encode_grid(
        [[x - 5, y - 5, x + 5, y + 5]], [0], **{**LAYOUT, "image_size": (60, 90)}
    )
    assert encoded.target[..., 0].sum() == 1


@pytest.mark.parametrize("midpoint", [(-0.5, 5), (5, -0.5), (90.5, 5), (5, 60.5)])
def test_a_midpoint_beside_the_image_is_refused(midpoint):
    x, y = midpoint
    with pytest.raises(ValueError, match=r"midpoint in the image of 60 × 90 pixels\.$"):
        detect.encode_grid(
            [[x - 5, y - 5, x + 5, y + 5]], [0], **{**LAYOUT, "image_size": (60, 90)}
        )


def test_an_image_may_be_one_pixel():
    encoded = detect.encode_grid([[0, 0, 1, 1]], [2], **{**LAYOUT, "image_size": 1, "grid_size": 1})
    assert encoded.target[0, 0, 0].tolist() == [1, 0.5, 0.5, 1, 1, 0, 0, 1]


@given(st.integers(0, 2**32 - 1))
def test_there_and_back(seed):
    rows, classes = objects(seed)
    layout = {"image_size": (60, 90), "grid_size": (4, 5), "anchors": TALL_AND_WIDE}
    encoded = detect.encode_grid(rows, classes, num_classes=4, **layout)
    decoded = detect.decode_grid(encoded.target, image_size=(60, 90))
    placed = np.setdiff1d(np.arange(len(rows)), encoded.unplaced)
    assert len(decoded.scores) == len(placed) == encoded.target[..., 0].sum()
    order, given_order = np.lexsort(decoded.boxes_xyxy.T), placed[np.lexsort(rows[placed].T)]
    np.testing.assert_allclose(decoded.boxes_xyxy[order], rows[given_order], atol=1e-9)
    np.testing.assert_array_equal(decoded.class_ids[order], classes[given_order])
    np.testing.assert_array_equal(decoded.scores, 1)


@given(st.integers(0, 2**32 - 1))
def test_every_object_is_in_the_cell_of_its_midpoint(seed):
    rows, classes = objects(seed, number=1)
    encoded = detect.encode_grid(
        rows, classes, image_size=(60, 90), grid_size=(6, 5), anchors=[[5, 5]], num_classes=4
    )
    ((row, column, _),) = np.argwhere(encoded.target[..., 0])
    x, y = (rows[0, :2] + rows[0, 2:]) / 2
    assert (row, column) == (y // 10, x // 18)
    assert (encoded.target[row, column, 0, 1:3] >= 0).all()
    assert (encoded.target[row, column, 0, 1:3] <= 1).all()


def test_answers_are_read_best_first_with_the_score_of_their_class():
    predictions = np.zeros((3, 3, 1, 7))
    predictions[0, 0, 0] = [0.9, 0.5, 0.5, 1, 1, 0.4, 0.6]  # 0.54
    predictions[2, 1, 0] = [0.8, 0.5, 0.5, 1, 1, 0.9, 0.1]  # 0.72
    predictions[1, 1, 0] = [1.0, 0.5, 0.5, 1, 1, 0.5, 0.5]  # 0.5: not above the threshold
    found = detect.decode_grid(predictions, image_size=90)
    np.testing.assert_allclose(found.scores, [0.72, 0.54])
    assert found.class_ids.tolist() == [0, 1]
    np.testing.assert_allclose(found.boxes_xyxy, [[30, 60, 60, 90], [0, 0, 30, 30]])
    assert len(detect.decode_grid(predictions, image_size=90, score_threshold=0.4).scores) == 3


def test_a_midpoint_may_be_said_beside_its_cell_and_a_class_denied():
    predictions = np.zeros((1, 1, 1, 8))
    predictions[0, 0, 0] = [1, -0.25, -0.5, 1, 2, -0.1, 0.9, -0.2]
    found = detect.decode_grid(predictions, image_size=40)
    np.testing.assert_allclose(found.boxes_xyxy, [[-50, -40, 30, 0]])  # about (−10, −20)
    assert found.class_ids.tolist() == [1]


def test_nothing_there_and_nothing_said():
    encoded = detect.encode_grid([], [], **LAYOUT)
    assert not encoded.target.any()
    nothing = detect.decode_grid(encoded.target, image_size=90)
    assert nothing.boxes_xyxy.shape == (0, 4)
    assert nothing.scores.shape == nothing.class_ids.shape == (0,)


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"rows": [[0, 0, 0, 5]]}, ValueError, "every box must have an area."),
        ({"rows": [[0, 0, 5, 0]]}, ValueError, "every box must have an area."),
        ({"classes": [-1]}, ValueError, "class_ids must lie between 0 and 2."),
        ({"image_size": 0}, ValueError, "image_size must be at least 1, got 0."),
        (
            {"rows": [[100, 0, 120, 5]]}, ValueError,
            "every box must have its midpoint in the image of 90 × 90 pixels.",
        ),
        (
            {"classes": [3]}, ValueError,
            "class_ids must lie between 0 and 2.",
        ),
        (
            {"classes": [0, 1]}, ValueError,
            "class_ids must hold one class for each of 1 boxes, got an array of shape (2,).",
        ),
        ({"classes": [0.5]}, TypeError, "class_ids must be integers, got float64."),
        ({"grid_size": 0}, ValueError, "grid_size must be at least 1, got 0."),
        ({"anchors": [[0, 1]]}, ValueError, "anchors must be positive and finite."),
        ({"num_classes": 0}, ValueError, "num_classes must be at least 1, got 0."),
    ],
)  # fmt: skip
def test_what_cannot_be_encoded(changed, error, sentence):
    rows, classes = changed.pop("rows", [[0, 0, 9, 9]]), changed.pop("classes", [0])
    with pytest.raises(error, match=f"^{re.escape('encode_grid: ' + sentence)}$"):
        detect.encode_grid(rows, classes, **{**LAYOUT, **changed})


@pytest.mark.parametrize(
    ("predictions", "sentence"),
    [
        (
            np.zeros((3, 3, 1, 5)),
            "predictions must hold 5 numbers and one for each class at every place, "
            "got an array of shape (3, 3, 1, 5).",
        ),
        (
            np.zeros((0, 3, 1, 6)),
            "predictions must hold 5 numbers and one for each class at every place, "
            "got an array of shape (0, 3, 1, 6).",
        ),
        (np.full((1, 1, 1, 6), np.nan), "predictions must be finite."),
        ([[[[1, 0, 0, -1, 1, 1]]]], "heights and widths must not be negative."),
        ([[[[1, 0, 0, 1, -1, 1]]]], "heights and widths must not be negative."),
    ],
)
def test_what_cannot_be_decoded(predictions, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape('decode_grid: ' + sentence)}$"):
        detect.decode_grid(predictions, image_size=90)
