"""Formats, areas, clipping and IoU: by hand, against other libraries, as properties, errors."""

import re

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnutils import boxes

FORMATS = ["xyxy", "yxyx", "xywh", "cxcywh"]


def random_boxes(rng, number, dtype="float64"):
    """Boxes wider than high, some of them without width or height."""
    corner = rng.uniform(-50, 200, (number, 2))
    size = rng.uniform(0, [90, 30], (number, 2)) * (rng.random((number, 2)) > 0.1)
    return np.concatenate([corner, corner + size], axis=1).astype(dtype)


def test_formats_by_hand():
    # Left 10, top 20, right 40, bottom 30: 30 wide, 10 high, its centre at (25, 25).
    written = {
        "xyxy": [10, 20, 40, 30],
        "yxyx": [20, 10, 30, 40],
        "xywh": [10, 20, 30, 10],
        "cxcywh": [25, 25, 30, 10],
    }
    for source, numbers in written.items():
        for target, expected in written.items():
            found = boxes.convert_boxes([numbers], source=source, target=target)
            np.testing.assert_array_equal(found, [expected], err_msg=f"{source} to {target}")


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_formats_agree_with_keras(source, target):
    names = {"xyxy": "xyxy", "yxyx": "yxyx", "xywh": "xywh", "cxcywh": "center_xywh"}
    numbers = random_boxes(np.random.default_rng(0), 20)
    given_boxes = boxes.convert_boxes(numbers, source="xyxy", target=source)
    theirs = keras.utils.bounding_boxes.convert_format(
        given_boxes, source=names[source], target=names[target], dtype="float64"
    )
    ours = boxes.convert_boxes(given_boxes, source=source, target=target)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)  # Keras computes in float32


NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False, width=32)
ROWS = arrays.arrays(np.float64, st.tuples(st.integers(0, 6), st.just(4)), elements=NUMBERS)


@given(ROWS, st.sampled_from(FORMATS))
def test_there_and_back(rows, other):
    rows = np.sort(rows.reshape(-1, 2, 2), axis=1).reshape(-1, 4)  # x1 ≤ x2, y1 ≤ y2
    there = boxes.convert_boxes(rows, source="xyxy", target=other)
    back = boxes.convert_boxes(there, source=other, target="xyxy")
    np.testing.assert_allclose(back, rows, rtol=1e-12, atol=1e-9)


def test_areas_by_hand():
    np.testing.assert_array_equal(
        boxes.box_area([[0, 0, 4, 3], [2, 2, 2, 9], [-1, -2, 1, 3]]), [12, 0, 10]
    )


def test_clipping_by_hand():
    # An image 20 wide and 40 high. The second box lies wholly to its right.
    clipped = boxes.clip_boxes([[-5, 2, 30, 50], [25, 5, 30, 10]], height=40, width=20)
    np.testing.assert_array_equal(clipped, [[0, 2, 20, 40], [20, 5, 20, 10]])
    np.testing.assert_array_equal(boxes.box_area(clipped), [20 * 38, 0])


def test_iou_by_hand():
    # Two boxes of 4 × 2, one 1 to the right and 1 below the other: they share 3 × 1, and cover
    # 8 + 8 − 3 = 13 together. The third lies inside the first: 2 / 8. The fourth only touches it.
    first, second, inside, beside = [0, 0, 4, 2], [1, 1, 5, 3], [1, 0, 3, 1], [4, 0, 8, 2]
    found = boxes.iou_matrix([first], [first, second, inside, beside])
    np.testing.assert_allclose(found, [[1, 3 / 13, 2 / 8, 0]], rtol=1e-15)


def test_boxes_without_area_share_nothing():
    point, line, box = [1, 1, 1, 1], [0, 1, 4, 1], [0, 0, 4, 2]
    np.testing.assert_array_equal(boxes.iou_matrix([point, line], [point, line, box]), 0)


@pytest.mark.parametrize("numbers", [(1, 1), (7, 300), (300, 7), (900, 700)])
def test_iou_agrees_with_keras(numbers):
    rng = np.random.default_rng(1)
    some, others = (random_boxes(rng, number, "float32") for number in numbers)
    theirs = keras.utils.bounding_boxes.compute_iou(some, others, bounding_box_format="xyxy")
    np.testing.assert_allclose(boxes.iou_matrix(some, others), theirs, atol=1e-5)


def textbook_iou(some, others):
    """The usual formula, with all pairs' corners in one array (N, M, 2)."""
    low = np.maximum(some[:, np.newaxis, :2], others[np.newaxis, :, :2])
    high = np.minimum(some[:, np.newaxis, 2:], others[np.newaxis, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(rows[:, 2:] - rows[:, :2]).prod(axis=1) for rows in (some, others)]
    union = areas[0][:, np.newaxis] + areas[1] - shared
    return np.divide(shared, union, out=np.zeros_like(union), where=union > 0)


@given(st.integers(0, 2**32 - 1), st.integers(0, 9), st.integers(0, 9))
def test_iou_equals_the_formula_and_is_symmetric(seed, rows, columns):
    rng = np.random.default_rng(seed)
    some, others = random_boxes(rng, rows), random_boxes(rng, columns)
    found = boxes.iou_matrix(some, others)
    np.testing.assert_allclose(found, textbook_iou(some, others), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(found, boxes.iou_matrix(others, some).T)
    assert found.shape == (rows, columns)
    assert ((found >= 0) & (found <= 1)).all()


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.integers(-99, 99))
def test_iou_does_not_depend_on_the_unit_or_the_origin(seed, scale, shift):
    rng = np.random.default_rng(seed)
    some, others = random_boxes(rng, 5), random_boxes(rng, 4)
    moved = boxes.iou_matrix(some * scale + shift, others * scale + shift)
    np.testing.assert_allclose(moved, boxes.iou_matrix(some, others), rtol=1e-6, atol=1e-9)


def test_the_type_of_the_numbers_is_kept():
    small = np.array([[0, 0, 4, 3]], "float32")
    assert boxes.box_area(small).dtype == "float32"
    assert boxes.iou_matrix(small, small).dtype == "float32"
    assert boxes.iou_matrix(small, small.astype("float64")).dtype == "float64"
    assert boxes.iou_matrix(small.astype(int), small).dtype == "float64"


@pytest.mark.parametrize("none", [[], np.empty((0, 4)), np.empty((0, 4), "float32")])
def test_no_boxes_give_empty_results(none):
    some = [[0, 0, 1, 1], [0, 0, 2, 2]]
    assert boxes.iou_matrix(none, some).shape == (0, 2)
    assert boxes.iou_matrix(some, none).shape == (2, 0)
    assert boxes.box_area(none).shape == (0,)
    assert boxes.clip_boxes(none, height=5, width=5).shape == (0, 4)
    assert boxes.convert_boxes(none, source="xyxy", target="xywh").shape == (0, 4)


def test_the_input_is_not_changed():
    some = np.array([[-1.0, 0, 4, 3]])
    before = some.copy()
    boxes.clip_boxes(some, height=2, width=2)
    boxes.convert_boxes(some, source="xyxy", target="xyxy")[:] = 0
    boxes.iou_matrix(some, some)
    np.testing.assert_array_equal(some, before)


TURNED = (
    "{0}: boxes_xyxy must be (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2; row {1}. "
    "Are they in another format? See convert_boxes."
)
BROKEN = [
    ([[0, 0, 1, 1], [5, 0, 2, 9]], ValueError, TURNED.replace("{1}", "1 is (5, 0, 2, 9)")),
    ([[0, 3, 1, 1], [5, 0, 2, 9]], ValueError, TURNED.replace("{1}", "0 is (0, 3, 1, 1)")),
    ([[0, 0, np.nan, 1]], ValueError, "{0}: boxes_xyxy must be finite; row 0 is (0, 0, nan, 1)."),
    ([[0, 0, np.inf, 1]], ValueError, "{0}: boxes_xyxy must be finite; row 0 is (0, 0, inf, 1)."),
    (
        [[0, 0, 1, 1], [2, 0, np.nan, 1], [np.nan, 0, 1, 1]],
        ValueError,
        "{0}: boxes_xyxy must be finite; row 1 is (2, 0, nan, 1).",
    ),
    (
        [[0, 0, 1]],
        ValueError,
        "{0}: boxes_xyxy must have four numbers a row, got an array of shape (1, 3).",
    ),
    (
        [0, 0, 1, 1],
        ValueError,
        "{0}: boxes_xyxy must have the axes (N, 4), got an array of shape (4,).",
    ),
    (
        np.array([[0, 0, 1e30, 1]], "float32"),
        ValueError,
        "{0}: boxes_xyxy must lie between ±5e+18, so that areas fit into float32.",
    ),
    (
        [["0", "0", "1", "1"]],
        TypeError,
        "{0}: boxes_xyxy must hold float32, float64 or integer numbers, got <U1 (shape (1, 4)).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "error", "sentence"), BROKEN)
@pytest.mark.parametrize("function", ["box_area", "clip_boxes", "iou_matrix"])
def test_boxes_that_are_none(function, wrong, error, sentence):
    calls = {
        "box_area": lambda: boxes.box_area(wrong),
        "clip_boxes": lambda: boxes.clip_boxes(wrong, height=5, width=5),
        "iou_matrix": lambda: boxes.iou_matrix(wrong, [[0, 0, 1, 1]]),
    }
    with pytest.raises(error, match=f"^{re.escape(sentence.format(function))}$"):
        calls[function]()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: boxes.convert_boxes([[0, 0, 1, 1]], source="xy", target="xyxy"),
            "convert_boxes: source must be one of 'xyxy', 'yxyx', 'xywh', 'cxcywh', got 'xy'.",
        ),
        (
            lambda: boxes.convert_boxes([[0, 0, 1, -0.5]], source="xywh", target="xyxy"),
            "convert_boxes: widths and heights must not be negative.",
        ),
        (
            lambda: boxes.convert_boxes([[0, 0, -0.5, 1]], source="cxcywh", target="xyxy"),
            "convert_boxes: widths and heights must not be negative.",
        ),
        (
            lambda: boxes.clip_boxes([[0, 0, 1, 1]], height=0, width=5),
            "clip_boxes: height must be at least 1, got 0.",
        ),
        (
            lambda: boxes.clip_boxes([[0, 0, 1, 1]], height=1, width=0),
            "clip_boxes: width must be at least 1, got 0.",
        ),
        (
            lambda: boxes.convert_boxes([[3, 0, 1, 1]], source="xyxy", target="xywh"),
            "convert_boxes: boxes must be (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2; "
            "row 0 is (3, 0, 1, 1). Are they in another format? See convert_boxes.",
        ),
        (
            lambda: boxes.iou_matrix([[0, 0, 1, 1]], [[3, 0, 1, 1]]),
            "iou_matrix: other_xyxy must be (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2; "
            "row 0 is (3, 0, 1, 1). Are they in another format? See convert_boxes.",
        ),
    ],
)
def test_other_wrong_arguments(call, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        call()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_largest_numbers_that_are_allowed(dtype):
    limit = np.sqrt(np.finfo(dtype).max) / 4
    (area,) = boxes.box_area(np.array([[0, 0, limit, limit]], dtype))
    assert area == limit**2
    with pytest.raises(ValueError, match="so that areas fit into"):
        boxes.box_area(np.array([[0, 0, np.nextafter(limit, np.inf), limit]], dtype))


def test_an_image_of_one_pixel():
    (clipped,) = boxes.clip_boxes([[-1, -1, 3, 3]], height=1, width=1)
    np.testing.assert_array_equal(clipped, [0, 0, 1, 1])


def test_one_box_with_more_than_are_compared_at_once():
    many = np.tile([0, 0, 1, 2], (boxes.geometry.PAIRS_AT_ONCE + 1, 1))
    shares = boxes.iou_matrix([[0, 0, 1, 1]], many)
    np.testing.assert_array_equal(shares, np.full((1, len(many)), 0.5))
