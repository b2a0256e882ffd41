"""The tests of homework 8 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def as_boxes(*rows):
    """Boxes (N, 4) from their rows, in fractions; (0, 4) without any."""
    return np.array(rows, float).reshape(-1, 4)


TARGET = "target (row, column, anchor, number)", "rows without a place"
FOUND = "boxes", "scores", "class ids"
COUNTS = "hits", "false alarms", "misses"

# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_table(hw):
    """Two boxes with three others: equal, overlapping, inside, touching."""
    boxes = as_boxes([0, 0, 4, 2], [4, 0, 8, 4])
    others = as_boxes([0, 0, 4, 2], [2, 1, 6, 4], [5, 1, 7, 2])
    # Areas: 8 and 16; 8, 12 and 2.
    # Box 0: equal, 1; shares 2·1 = 2, union 8 + 12 − 2 = 18; shares nothing.
    # Box 1: touches, 0; shares 2·3 = 6, union 16 + 12 − 6 = 22; shares 2, union 16.
    table = np.array([[1, 2 / 18, 0], [0, 6 / 22, 2 / 16]])
    assert close(hw.pairwise_iou(boxes, others), table)


@points(1)
def test_q1_no_area(hw):
    """A box without width has the IoU 0 with all, also with itself; no boxes make no rows."""
    line, box = as_boxes([2, 0, 2, 4]), as_boxes([0, 0, 4, 4])
    assert close(hw.pairwise_iou(line, box), np.array([[0.0]]))
    assert close(hw.pairwise_iou(line, line), np.array([[0.0]]))
    assert close(hw.pairwise_iou(as_boxes(), box), np.zeros((0, 1)))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_one_object(hw):
    """One object in a grid of 2 × 4, two anchors; and one with its midpoint in the last corner."""
    # The picture has 40 × 80 pixels.
    # Cells of 20 × 20. The midpoint x = 46, y = 15: column 2 with 0.3, row 0 with 0.75.
    # Height 10 and width 24, in cells 0.5 and 1.2. Corner on corner, the wide anchor, 10 × 20,
    # shares 200 of 240 with it; the tall one, 20 × 10, shares 100 of 240 + 200 − 100 = 340.
    anchors = np.array([[20, 10], [10, 20]])
    target = np.zeros((2, 4, 2, 8))
    target[0, 2, 1] = 1, 0.3, 0.75, 0.5, 1.2, 0, 0, 1
    box, kind = as_boxes([34, 10, 58, 20]), np.array([2])
    got = hw.encode_objects(box, kind, (40, 80), (2, 4), anchors, 3)
    assert close(got, (target, []), parts=TARGET)
    # The midpoint x = 80, y = 40 is the picture's lower right corner: row 1, column 3, and there
    # it is a whole cell from both edges. Height 20 and width 10: the tall anchor.
    target = np.zeros((2, 4, 2, 8))
    target[1, 3, 0] = 1, 1, 1, 1, 0.5, 0, 1, 0
    box, kind = as_boxes([75, 30, 85, 50]), np.array([1])
    got = hw.encode_objects(box, kind, (40, 80), (2, 4), anchors, 3)
    assert close(got, (target, []), parts=(f"the corner's {name}" for name in TARGET))


@points(1)
def test_q2_taken(hw):
    """Two objects that want the same place: the second is noted. And one outside the picture."""
    # Cells of 30 × 30, one anchor. Midpoints (15, 15), (45, 15) and (16, 16): the first and the
    # third lie in the same cell.
    boxes = as_boxes([5, 10, 25, 20], [35, 5, 55, 25], [6, 6, 26, 26])
    target = np.zeros((1, 2, 1, 7))
    target[0, 0, 0] = 1, 0.5, 0.5, 1 / 3, 2 / 3, 1, 0
    target[0, 1, 0] = 1, 0.5, 0.5, 2 / 3, 2 / 3, 0, 1
    layout = (30, 60), (1, 2), np.array([[20, 20]]), 2
    got = hw.encode_objects(boxes, np.array([0, 1, 1]), *layout)
    assert close(got, (target, [2]), parts=TARGET)
    outside = as_boxes([55, 0, 75, 20])  # the midpoint's x is 65, the picture is 60 wide
    assert raises(ValueError, hw.encode_objects, outside, np.array([0]), *layout)


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_by_hand(hw):
    """Numbers whose sigmoids and exponentials are known; and a place that says 9, −9 and 900."""
    # sigmoid(ln 3) = 3/4, sigmoid(−ln 4) = 1/5; e^(ln 2) = 2, e^(−ln 2) = 1/2;
    # softmax of 0, ln 3: 1/4 and 3/4; of 5, 5: 1/2 and 1/2.
    raw = np.zeros((1, 1, 2, 7))
    raw[0, 0, 0] = np.log(3), 0, -np.log(4), np.log(2), 0, 0, np.log(3)
    raw[0, 0, 1] = 0, np.log(3), 0, 0, -np.log(2), 5, 5
    answers = np.zeros((1, 1, 2, 7))
    answers[0, 0, 0] = 0.75, 0.5, 0.2, 2 * 1.5, 0.5, 0.25, 0.75
    answers[0, 0, 1] = 0.5, 0.75, 0.5, 2, 3 / 2, 0.5, 0.5
    assert close(hw.read_raw(raw, np.array([[1.5, 0.5], [2, 3]])), answers)
    # The 9 counts as 4, the −9 as −4; and the first class is all but certain.
    raw = np.array([0.0, 0, 0, 9, -9, 900, 0]).reshape(1, 1, 1, 7)
    answers = np.array([0.5, 0.5, 0.5, np.exp(4), 2 * np.exp(-4), 1, 0]).reshape(1, 1, 1, 7)
    got = hw.read_raw(raw, np.array([[1.0, 2.0]]))
    assert close(got, answers, name="0, 0, 0, 9, −9, 900, 0")


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_two_boxes(hw):
    """A picture of 40 × 80 pixels, a grid of 2 × 4: two of eight places say a box."""
    answers = np.zeros((2, 4, 1, 7))
    # Cells of 20 × 20. Row 0, column 3: midpoint x = 3.25 · 20 = 65, y = 0.5 · 20 = 10;
    # height 10, width 30; score 0.5 · 0.8 = 0.4, class 0.
    answers[0, 3, 0] = 0.5, 0.25, 0.5, 0.5, 1.5, 0.8, 0.2
    # Row 1, column 0: midpoint x = 15, y = 1.25 · 20 = 25; height 20, width 10;
    # score 0.75 · 0.8 = 0.6, class 1: the better one.
    answers[1, 0, 0] = 0.75, 0.75, 0.25, 1, 0.5, 0.2, 0.8
    boxes = as_boxes([10, 15, 20, 35], [50, 5, 80, 15])
    found = boxes, np.array([0.6, 0.4]), np.array([1, 0])
    assert close(hw.decode_places(answers, (40, 80), 0.3), found, parts=FOUND)


@points(1)
def test_q4_threshold(hw):
    """A score that equals the threshold is left out, and then there is nothing at all."""
    answers = np.zeros((1, 1, 1, 7))
    answers[0, 0, 0] = 0.5, 0.5, 0.5, 1, 1, 0.5, 0.5  # score 0.25; of equal classes the first
    found = as_boxes([0, 0, 20, 20]), np.array([0.25]), np.array([0])
    assert close(hw.decode_places(answers, (20, 20), 0.2), found, parts=FOUND)
    nothing = np.zeros((0, 4)), np.zeros(0), np.zeros(0, int)
    assert close(hw.decode_places(answers, (20, 20), 0.25), nothing, parts=FOUND)


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_chain(hw):
    """The three boxes in a row from the text; and all of them dropped by the one in the middle."""
    # IoU of neighbours 0.5, of the outer two 0.2; the threshold is 0.4.
    chain, kinds = as_boxes([0, 0, 6, 4], [2, 0, 8, 4], [4, 0, 10, 4]), np.array([3, 3, 3])
    assert close(hw.suppress(chain, np.array([0.9, 0.8, 0.7]), kinds, 0.4), np.array([0, 2]))
    assert close(hw.suppress(chain, np.array([0.7, 0.9, 0.8]), kinds, 0.4), np.array([1]))


@points(1)
def test_q5_classes(hw):
    """Two boxes that share much stay if they are of two classes, the better one first."""
    boxes = as_boxes([0, 0, 8, 5], [0, 0, 8, 4], [1, 0, 8, 5])  # all three share 0.7 or more
    scores = np.array([0.6, 0.8, 0.7])
    assert close(hw.suppress(boxes, scores, np.array([0, 1, 0]), 0.5), np.array([1, 2]))
    assert close(hw.suppress(boxes, scores, np.array([1, 1, 1]), 0.5), np.array([1]))
    none = hw.suppress(as_boxes(), np.zeros(0), np.zeros(0, int), 0.5)
    assert close(none, np.zeros(0, int))


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_example(hw):
    """The example of the text; and two equal boxes that both overlap two objects."""
    boxes, kinds = as_boxes([0, 0, 4, 4], [0, 0, 4, 3], [20, 0, 24, 4]), np.array([1, 1, 1])
    there, scores = as_boxes([0, 0, 4, 4], [10, 0, 14, 4]), np.array([0.7, 0.9, 0.8])
    got = hw.match_objects(boxes, scores, kinds, there, np.array([1, 1]), 0.5)
    assert close(got, np.array([-1, 0, -1]), name="the text's example")
    # Both share 16 of 16 with object 0, and 12 of 16 with object 1, which is left for box 0.
    pair, scores = as_boxes([2, 0, 6, 4], [2, 0, 6, 4]), np.array([0.6, 0.7])
    there = as_boxes([2, 0, 6, 4], [2, 0, 6, 3])
    got = hw.match_objects(pair, scores, kinds[:2], there, kinds[:2], 0.5)
    assert close(got, np.array([1, 0]), name="two boxes, the best object is taken")
    # Both share 8 of 24 with either object: the first to choose takes the one further down.
    there = as_boxes([0, 0, 4, 4], [4, 0, 8, 4])
    got = hw.match_objects(pair, scores, kinds[:2], there, kinds[:2], 0.25)
    assert close(got, np.array([0, 1]), name="two objects, overlapped equally")
    assert close(hw.tally(np.array([-1, 0, -1]), 2), (1, 2, 1), parts=COUNTS)
    assert close(hw.tally(np.array([2, 0, -1, 5]), 6), (3, 1, 3), parts=COUNTS)


@points(1)
def test_q6_class_and_threshold(hw):
    """An object of another class is not found; an IoU that equals the threshold is enough."""
    # The box shares 4 of 8 with object 0, an IoU of 0.5, and is equal to object 1.
    box, there = as_boxes([0, 0, 2, 2]), as_boxes([0, 0, 2, 4], [0, 0, 2, 2])
    for kinds, threshold, row in (([0, 1], 0.5, 0), ([0, 1], 0.51, -1), ([0, 0], 0.5, 1)):
        got = hw.match_objects(
            box, np.array([0.9]), np.array([0]), there, np.array(kinds), threshold
        )
        case = f"objects of the classes {kinds}, threshold {threshold}"
        assert close(got, np.array([row]), name=case)


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_example(hw):
    """Five boxes in any order, six objects."""
    # From the best on: hit, false alarm, hit, hit, false alarm.
    # Precision 1, 1/2, 2/3, 3/4, 3/5; the best from there on: 1, 3/4, 3/4, 3/4, 3/5.
    # Three strips, a sixth wide: (1 + 3/4 + 3/4) / 6 = 2.5 / 6.
    is_hit = np.array([True, True, False, False, True])
    scores = np.array([0.6, 0.9, 0.5, 0.8, 0.7])
    assert close(hw.average_precision(is_hit, scores, 6), 2.5 / 6)


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_kind(hw):
    """Three whole numbers and two others of a likely size; whether they are right is not tested."""
    for name in ("num_boxes", "filters", "furthest"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 1, f"{name}: expected a number greater than 1, got {number!r}"
    for name in ("raw_certainty", "doubled"):
        number = getattr(hw, name)
        is_real = isinstance(number, (int, float, np.number)) and not isinstance(number, bool)
        assert is_real, f"{name}: expected a number, got {number!r}"
        assert 0 <= number < 10, f"{name}: expected a number from 0 to 10, got {number!r}"
    assert hw.doubled <= 1, f"doubled: expected a share, from 0 to 1, got {hw.doubled!r}"
