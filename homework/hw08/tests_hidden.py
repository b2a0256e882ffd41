"""The tests of homework 8 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def draw_boxes(rng, count, height=60, width=100, sizes=(4, 40)):
    """Boxes (count, 4) with their midpoints in a picture, of unequal height and width."""
    middle = rng.uniform([0, 0], [width, height], size=(count, 2))
    half = rng.uniform(*sizes, size=(count, 2)) * [0.6, 0.4]
    return np.hstack([middle - half, middle + half])


def some_boxes(*rows):
    """Boxes (N, 4) from their rows."""
    return np.array(rows, float).reshape(-1, 4)


NO_BOXES, NO_SCORES, NO_CLASSES = np.zeros((0, 4)), np.zeros(0), np.zeros(0, int)

# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_many(hw, reference, rng):
    """Many boxes with many others: fractions, wide and narrow, near and far from each other."""
    boxes, others = draw_boxes(rng, 9), draw_boxes(rng, 6)
    assert close(hw.pairwise_iou(boxes, others), reference.pairwise_iou(boxes, others))


@points(1)
def test_q1_extremes(hw):
    """No boxes on one side, or on both; boxes without height; small boxes; whole numbers."""
    boxes = np.array([[0, 0, 3, 1], [1, 0, 3, 2]])  # they share 2, and cover 3 + 4 − 2
    assert close(hw.pairwise_iou(boxes, boxes[:0]), np.zeros((2, 0)))
    assert close(hw.pairwise_iou(boxes[:0], boxes[:0]), np.zeros((0, 0)))
    assert close(hw.pairwise_iou(boxes, boxes), np.array([[1, 0.4], [0.4, 1]]))
    assert close(hw.pairwise_iou(boxes / 1000, boxes / 1000), np.array([[1, 0.4], [0.4, 1]]))
    flat = np.array([[0, 1, 3, 1], [2, 2, 2, 2]])
    assert close(hw.pairwise_iou(flat, flat), np.zeros((2, 2)))
    assert close(hw.pairwise_iou(flat, boxes), np.zeros((2, 2)))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_many(hw, reference, rng):
    """Many objects of several classes in a picture whose cells are not square, three anchors."""
    layout = (60, 100), (3, 4), np.array([[30, 12], [14, 40], [24, 22]]), 4  # cells of 20 × 25
    for count in (5, 30):  # many enough that some find no place
        boxes, kinds = draw_boxes(rng, count), rng.integers(0, 4, size=count)
        want = reference.encode_objects(boxes, kinds, *layout)
        assert close(hw.encode_objects(boxes, kinds, *layout), want)


@points(1)
def test_q2_borders(hw):
    """Midpoints on lines between cells, and on the picture's edges; shapes like two anchors."""
    anchors = np.array([[10, 20], [20, 10]])
    layout = (40, 60), (2, 3), anchors, 1  # cells of 20 × 20
    middles = [(20, 10), (50, 20), (60, 0), (0, 40), (60, 40)]  # x, y
    cells = [(0, 1, 0, 0.5), (1, 2, 0.5, 0), (0, 2, 1, 0), (1, 0, 0, 1), (1, 2, 1, 1)]
    for (x, y), (row, column, from_left, from_top) in zip(middles, cells, strict=True):
        box = np.array([[x - 10, y - 10, x + 10, y + 10]])  # half of it is either anchor
        target = np.zeros((2, 3, 2, 6))
        target[row, column, 0] = 1, from_left, from_top, 1, 1, 1
        assert close(hw.encode_objects(box, np.array([0]), *layout), (target, []))


@points(1)
def test_q2_extremes(hw):
    """Midpoints outside the picture; no object at all; shapes that two anchors nearly fit."""
    anchors = np.array([[2.6, 4], [2, 3.1]])
    layout = (40, 60), (2, 3), anchors, 1
    box = np.array([[18, 3, 22, 5]])  # its IoU with the first is 8 / 10.4, with the second 6.2 / 8
    target = np.zeros((2, 3, 2, 6))
    target[0, 1, 1] = 1, 0, 0.2, 0.1, 0.2, 1
    assert close(hw.encode_objects(box, np.array([0]), *layout), (target, []))
    nothing = np.zeros((2, 3, 2, 6)), []
    assert close(hw.encode_objects(NO_BOXES, NO_CLASSES, *layout), nothing)
    for x, y in ((-1, 20), (61, 20), (30, -1), (30, 41)):
        box = np.array([[x - 5, y - 3, x + 5, y + 3]])
        assert raises(ValueError, hw.encode_objects, box, np.array([0]), *layout)


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_many(hw, reference, rng):
    """A grid that is not square, three anchors, four classes; and raw numbers that are whole."""
    anchors = rng.uniform(0.5, 3, size=(3, 2))
    raw = rng.normal(0, 2, size=(2, 4, 3, 9))
    assert close(hw.read_raw(raw, anchors), reference.read_raw(raw, anchors))
    whole = rng.integers(-3, 4, size=(3, 2, 3, 6))
    assert close(hw.read_raw(whole, anchors), reference.read_raw(whole, anchors))


@points(1)
def test_q3_extremes(hw):
    """Raw numbers in the hundreds, of both signs, in all parts of a place."""
    raw = np.zeros((1, 3, 1, 7))
    raw[0, 0, 0] = 600, -600, 600, 5, -5, 900, 898
    raw[0, 1, 0] = -600, 600, -600, -700, 700, -900, -900
    raw[0, 2, 0] = 0, 0, 0, 3, -3, -900, 900
    large, small, likely = np.exp(4), np.exp(-4), 1 / (1 + np.exp(-2))
    answers = np.zeros((1, 3, 1, 7))
    answers[0, 0, 0] = 1, 0, 1, 0.5 * large, 3 * small, likely, 1 - likely
    answers[0, 1, 0] = 0, 1, 0, 0.5 * small, 3 * large, 0.5, 0.5
    answers[0, 2, 0] = 0.5, 0.5, 0.5, 0.5 * np.exp(3), 3 * np.exp(-3), 0, 1
    assert close(hw.read_raw(raw, np.array([[0.5, 3]])), answers)


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_many(hw, reference, rng):
    """Many places, three anchors, four classes, cells that are not square, several thresholds."""
    answers = rng.uniform(size=(3, 5, 3, 9))
    answers[..., 3:5] *= 4
    for low in (-1, 0.3, 0.5):
        want = reference.decode_places(answers, (60, 200), low)
        assert close(hw.decode_places(answers, (60, 200), low), want)


@points(1)
def test_q4_ties(hw):
    """Several boxes with equal scores, boxes that reach out of the picture, equal classes."""
    answers = np.zeros((3, 7, 2, 8))  # cells of 10 × 20
    answers[..., :3] = 0.5
    answers[..., 5:] = 0.25, 0.5, 0.5
    answers[1, 3, 1, 0] = 1
    row, column, anchor = np.indices((3, 7, 2)).reshape(3, -1)
    answers[row, column, anchor, 3] = 1 + anchor  # 10 or 20 high
    answers[row, column, anchor, 4] = 3  # 60 wide
    x, y, half = 20 * column + 10, 10 * row + 5, 5 * (1 + anchor)
    boxes = np.stack([x - 30, y - half, x + 30, y + half], axis=1).astype(float)
    best = (7 + 3) * 2 + 1  # its score is 0.5; the others follow in their order
    first = np.append(best, np.delete(np.arange(42), best))
    scores = np.append(0.5, np.full(41, 0.25))
    got = hw.decode_places(answers, (30, 140), 0.2)
    assert close(got, (boxes[first], scores, np.ones(42, int)))


# --- q5 --------------------------------------------------------------------------------------


def draw_detections(rng, there, kinds, copies):
    """Several boxes around each object, with scores and classes; some boxes are for nothing."""
    near = np.repeat(there, copies, axis=0)
    near = near + rng.uniform(-3, 3, size=near.shape) * [1, 0.5, 1, 0.5]
    boxes = np.vstack([near, draw_boxes(rng, 4)])
    found = np.append(np.repeat(kinds, copies), rng.integers(0, 3, size=4))
    order = rng.permutation(len(boxes))
    return boxes[order], rng.permutation(len(boxes)) / 100 + 0.1, found[order]


@points(1)
def test_q5_many(hw, reference, rng):
    """Many boxes of three classes, in any order; several thresholds."""
    there, kinds = draw_boxes(rng, 8, sizes=(10, 40)), rng.integers(0, 3, size=8)
    detections = draw_detections(rng, there, kinds, 4)
    iou = reference.pairwise_iou(detections[0], detections[0])
    for threshold in (0.3, 0.5, 0.7):
        threshold += 0.001 * (np.abs(iou - threshold).min() < 1e-4)  # none may be that near
        want = reference.suppress(*detections, threshold)
        assert close(hw.suppress(*detections, threshold), want)


@points(1)
def test_q5_ties(hw, reference, rng):
    """Equal scores, an IoU that equals the threshold, equal boxes, boxes without area."""
    boxes = some_boxes([0, 0, 4, 2], [0, 0, 4, 4], [0, 0, 4, 3], [20, 0, 24, 4])
    scores, kinds = np.array([0.5, 0.5, 0.25, 0.75]), np.array([2, 2, 2, 2])
    # IoU of 0 with 1: 8 / 16; of 2 with 0: 8 / 12, and with 1: 12 / 16.
    assert close(hw.suppress(boxes, scores, kinds, 0.5), np.array([3, 0, 1]))
    assert close(hw.suppress(boxes, scores, kinds, 0.49), np.array([3, 0]))
    assert close(hw.suppress(boxes, scores, kinds, 0.75), np.array([3, 0, 1, 2]))
    assert close(hw.suppress(boxes[[1, 0, 2, 3]], scores, kinds, 0.25), np.array([3, 0]))
    left = 10 * np.arange(60)  # sixty boxes side by side, with three different scores
    boxes = np.stack([left, 0 * left, left + 8, 0 * left + 5], axis=1)
    many = boxes, rng.integers(1, 4, size=60) / 4, np.ones(60, int), 0.5
    assert close(hw.suppress(*many), reference.suppress(*many))
    boxes = some_boxes([0, 0, 4, 2], [0, 0, 4, 2], [4, 0, 8, 2], [1, 1, 1, 1], [1, 1, 1, 1])
    scores, kinds = np.array([0.1, 0.2, 0.3, 0.4, 0.5]), np.array([7, 7, 7, 7, 7])
    assert close(hw.suppress(boxes, scores, kinds, 0), np.array([4, 3, 2, 1]))
    assert close(hw.suppress(boxes, scores, kinds, 1), np.array([4, 3, 2, 1, 0]))
    kinds = np.array([0, 80, 0, 3, 3])
    assert close(hw.suppress(boxes, scores, kinds, 0.5), np.array([4, 3, 2, 1, 0]))


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_many(hw, reference, rng):
    """Many boxes around many objects of three classes, in any order; several thresholds."""
    there, kinds = draw_boxes(rng, 12, sizes=(10, 40)), rng.integers(0, 3, size=12)
    there = np.vstack([there, there[:4] + np.array([1, 1.5, -1, 2])])  # objects close to each other
    kinds = np.append(kinds, kinds[:4])
    detections = draw_detections(rng, there, kinds, 2)
    iou = reference.pairwise_iou(detections[0], there)
    for threshold in (0.3, 0.5, 0.7):
        threshold += 0.001 * (np.abs(iou - threshold).min() < 1e-4)  # none may be that near
        want = reference.match_objects(*detections, there, kinds, threshold)
        assert close(hw.match_objects(*detections, there, kinds, threshold), want)
        assert close(hw.tally(want, len(there)), reference.tally(want, len(there)))


@points(1)
def test_q6_ties(hw, reference, rng):
    """Equal scores; objects that a box overlaps equally; no objects, no boxes, or neither."""
    there, kinds = some_boxes([0, 0, 4, 4], [4, 0, 8, 4], [0, 0, 4, 4]), np.array([5, 5, 5])
    between = some_boxes([2, 0, 6, 4], [0, 0, 4, 3], [4, 1, 8, 4], [0, 0, 4, 4])
    # The first shares 8 of 24 with each object. Then two with equal scores take what is left.
    scores, found = np.array([0.9, 0.5, 0.5, 0.5]), np.array([5, 5, 5, 5])
    got = hw.match_objects(between, scores, found, there, kinds, 0.25)
    assert close(got, np.array([2, 0, 1, -1]))
    got = hw.match_objects(between, scores, found, there, kinds, 0.5)
    assert close(got, np.array([-1, 2, 1, 0]))
    got = hw.match_objects(between, scores, found, NO_BOXES, NO_CLASSES, 0.5)
    assert close(got, np.array([-1, -1, -1, -1]))
    for objects in ((there, kinds), (NO_BOXES, NO_CLASSES)):
        got = hw.match_objects(NO_BOXES, NO_SCORES, NO_CLASSES, *objects, 0.5)
        assert close(got, NO_CLASSES)
    same = np.repeat(there[:1], 40, axis=0)  # forty boxes, forty objects, three different scores
    many = same, rng.integers(1, 4, size=40) / 4, np.ones(40, int), same, np.ones(40, int), 0.5
    assert close(hw.match_objects(*many), reference.match_objects(*many))
    assert close(hw.tally(NO_CLASSES, 3), (0, 0, 3))
    assert close(hw.tally(np.array([-1, -1]), 0), (0, 2, 0))


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_many(hw, reference, rng):
    """Many boxes in any order, some objects never found."""
    for count in (10, 40):
        is_hit = rng.uniform(size=count) < 0.5
        scores = rng.permutation(count) / count
        num_objects = int(is_hit.sum()) + 3
        want = reference.average_precision(is_hit, scores, num_objects)
        assert close(hw.average_precision(is_hit, scores, num_objects), want)


@points(1)
def test_q7_extremes(hw, reference, rng):
    """Equal scores; no box at all, no hit, nothing but hits."""
    is_hit, equal = np.array([False, True, True, False, False]), np.full(5, 0.5)
    # Precision 0, 1/2, 2/3, 2/4, 2/5; with the better ones further down, 2/3 at both hits.
    assert close(hw.average_precision(is_hit, equal, 2), 2 / 3)
    assert close(hw.average_precision(is_hit, np.array([0, 1, 1, 0.5, 0.25]), 8), 0.25)
    assert close(hw.average_precision(np.zeros(0, bool), NO_SCORES, 3), 0.0)
    assert close(hw.average_precision(np.zeros(5, bool), equal, 3), 0.0)
    assert close(hw.average_precision(np.ones(5, bool), equal, 5), 1.0)
    many = rng.uniform(size=60) < 0.5, rng.integers(0, 5, size=60) / 4, 70
    assert close(hw.average_precision(*many), reference.average_precision(*many))
    assert close(hw.average_precision(np.array([True]), np.array([-3]), 1), 1.0)


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_sizes(hw):
    """The boxes, the filters, and how far a box may be off."""
    assert close(hw.num_boxes, 1200)  # a grid of 15 × 20, four boxes in each cell
    assert close(hw.filters, 44)  # for each of four anchors 5 + 6 numbers
    assert close(hw.furthest, 13)  # 27 of 53 columns are shared, 0.509; with 14: 26 of 54, 0.48


@points(1)
def test_q8_curves(hw):
    """What the raw number must be, and what a second box for everything costs."""
    # p_c above 0.4 / 0.5 = 0.8: e^t above 0.8 / 0.2 = 4
    assert close(hw.raw_certainty, 1.386294, tolerance=4e-3)
    # hits stand at 1, 3, 5 and 7: precision 1, 2/3, 3/5, 4/7, falling, a quarter wide each
    assert close(hw.doubled, 0.709524, tolerance=2e-3)
