"""The tests of homework 10 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def on_a_line(*numbers):
    """Embeddings (N, 1): one number each."""
    return np.array(numbers)[:, np.newaxis]


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_small(hw):
    """Two embeddings and three others, of two numbers each; and two bytes."""
    # (1, 2): 0 + 4, 9 + 0, 0 + 0;   (4, 6): 9 + 36, 0 + 16, 9 + 16
    embeddings, others = np.array([[1, 2], [4, 6]]), np.array([[1, 0], [4, 2], [1, 2]])
    want = np.array([[4, 9, 0], [45, 16, 25]], float)
    assert close(hw.squared_distances(embeddings, others), want, name="whole numbers")
    dark, bright = np.array([[30]], np.uint8), np.array([[250]], np.uint8)
    got = hw.squared_distances(dark, bright)
    assert close(got, np.array([[48_400.0]]), name="bytes, 30 and 250")  # 220²


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_text(hw):
    """The three embeddings from the text, with the margin 1."""
    # 0, 1, 2: 2 − 4 + 1 = −1, hence 0;   0, 2, 1: 4 − 2 + 1 = 3;   mean 3 / 2
    embeddings, triplets = np.array([[0, 0], [1, 1], [2, 0]]), np.array([[0, 1, 2], [0, 2, 1]])
    got = hw.triplet_losses(embeddings, triplets, 1)
    assert close(got, (np.array([0.0, 3]), 1.5), parts=("losses", "mean"))


@points(1)
def test_q2_few(hw):
    """A single triplet; and no triplet at all: then the cost is 0."""
    # 1, 0, 2: d_P = 4, d_N = (2 − 5)² = 9, and 4 − 9 + 7 = 2
    line = on_a_line(0, 2, 5)
    got = hw.triplet_losses(line, np.array([[1, 0, 2]]), 7)
    assert close(got, (np.array([2.0]), 2.0), parts=("losses", "mean"))
    got = hw.triplet_losses(line, np.zeros((0, 3), int), 7)
    assert close(got, (np.zeros(0), 0.0), parts=("losses", "mean"))


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_text(hw):
    """The embeddings 0, 3 and 2 from the text, one triplet that pays 6."""
    # by A: 2(0 − 3) − 2(0 − 2) = −2;   by P: −2(0 − 3) = 6;   by N: 2(0 − 2) = −4
    got = hw.triplet_gradient(on_a_line(0, 3, 2), np.array([[0, 1, 2]]), 1)
    assert close(got, on_a_line(-2.0, 6, -4))


@points(1)
def test_q3_adds_up(hw):
    """Two triplets that share their pictures, and a third one that keeps its margin."""
    # With the margin 1:        d_P   d_N   loss    by A              by P            by N
    # A = 0, P = 3, N = 2        9     4     6      2(2 − 3) = −2     2(3 − 0) = 6    2(0 − 2) = −4
    # A = 3, P = 0, N = 2        9     1     9      2(2 − 0) =  4     2(0 − 3) = −6   2(3 − 2) =  2
    # A = 0, P = 2, N = 3        4     9     0
    # Picture 0 gets −2 − 6, picture 3 gets 6 + 4, picture 2 gets −4 + 2; by three triplets.
    triplets = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1]])
    got = hw.triplet_gradient(on_a_line(0, 3, 2), triplets, 1)
    assert close(got, on_a_line(-8.0, 10, -2) / 3)


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_text(hw):
    """The five pictures from the text: three people on a line."""
    # See the table in the text; row 0 is as far from row 2 as its positive, so it is not farther.
    got = hw.semi_hard_triplets(on_a_line(0, 3, 2, 4, 10), np.array([1, 1, 2, 2, 3]))
    assert close(got, np.array([[0, 1, 3], [1, 0, 4], [2, 3, 4], [3, 2, 0]]))


@points(1)
def test_q4_nobody_farther(hw):
    """Nobody is farther away than the positive: then it is the farthest of the others."""
    # from 0: d_P = 81, others 1 and 25: the farthest is row 3
    # from 9: d_P = 81, others 64 and 16: the farthest is row 2
    # from 1: d_P = 16, others 1 and 64: row 1 is farther than P
    # from 5: d_P = 16, others 25 and 16: row 0 is farther than P
    got = hw.semi_hard_triplets(on_a_line(0, 9, 1, 5), np.array([1, 1, 2, 2]))
    assert close(got, np.array([[0, 1, 3], [1, 0, 2], [2, 3, 1], [3, 2, 0]]))


# --- q5 --------------------------------------------------------------------------------------

DISTANCES = np.array([1, 2, 3, 5, 6, 7, 9])
SAME = np.array([True, False, True, False, False, True, False])


@points(1)
def test_q5_rates(hw):
    """The seven pairs from the text, at three thresholds."""
    # 3: accepted are 1, 2, 3, so 1 of 4 false accepts, and 7 is rejected, 1 of 3
    # 0: nobody is accepted;  6: 2, 5 and 6 are false accepts, 3 of 4, and 7 is rejected
    got = hw.error_rates(DISTANCES, SAME, np.array([3, 0, 6]))
    accepts, rejects = np.array([0.25, 0, 0.75]), np.array([1 / 3, 1, 1 / 3])
    assert close(got, (accepts, rejects), parts=("false accepts", "false rejects"))


@points(1)
def test_q5_choice(hw):
    """The largest candidate with at most one false accept in four; and none, if all let more in."""
    # false accepts at 4: one of 4; at 1: none; at 8 and at 6: three of 4
    assert close(hw.strict_threshold(DISTANCES, SAME, np.array([4, 1, 8, 6]), 0.25), 4.0)
    assert close(hw.strict_threshold(DISTANCES, SAME, np.array([8, 6]), 0.25), None)


# --- q6 --------------------------------------------------------------------------------------


def left_behind(answers, function, gallery, *given):
    """Call enrol or remove, and say what the gallery that was given holds afterwards."""
    import numpy as np

    getattr(answers, function)(gallery, *given)
    return {name: np.array(rows) for name, rows in gallery.items()}


@points(1)
def test_q6_enrol_and_remove(hw):
    """Somebody new, more pictures of somebody known, and somebody who goes; nothing old changes."""
    ada, bo, new = np.array([[0.0, 0]]), np.array([[1.0, 3]]), np.array([[4.0, 0], [5, 5]])
    both = {"Bo": bo, "Ada": ada}
    assert close(hw.enrol({"Bo": bo}, "Ada", ada), both, name="enrol, a new name")
    more = hw.enrol(both, "Bo", new)
    want = {"Bo": np.array([[1.0, 3], [4, 0], [5, 5]]), "Ada": ada}
    assert close(more, want, name="enrol, a known name")
    assert close(", ".join(more), "Bo, Ada", name="enrol, a known name keeps its place")
    more = hw.enrol(both, "Al", new)
    assert close(", ".join(more), "Bo, Ada, Al", name="enrol, a new name comes last")
    assert close(hw.remove(both, "Bo"), {"Ada": ada}, name="remove")
    assert raises(ValueError, hw.remove, both, "Cem")
    for function, given in (("enrol", ("Bo", new)), ("enrol", ("Al", new)), ("remove", ("Bo",))):
        message = f"{function} {given[0]}: the gallery that was given has changed"
        assert close(hw.run(left_behind, function, both, *given), both, name=message)


@points(1)
def test_q6_identify(hw):
    """The gallery from the text and its visitor: known, too far away, as near to two people."""
    # Ada's pictures: 16 + 4 = 20 and 0 + 4 = 4; Bo's: 9 + 1 = 10
    gallery = {"Ada": np.array([[0, 0], [4, 0]]), "Bo": np.array([[1, 3]])}
    visitor = np.array([4, 2])
    got = hw.identify(gallery, visitor, 4)
    assert close(got, ("Ada", 4.0), parts=("name at threshold 4", "distance"))  # 4 is not above 4
    got = hw.identify(gallery, visitor, 3.5)
    assert close(got, (None, 4.0), parts=("name at a smaller threshold", "distance"))
    # Bo is as near as Ada: 2² + 0 = 4; and Bo comes first
    gallery = {"Bo": np.array([[9, 9], [6, 2]]), "Ada": np.array([[4, 0], [0, 0]])}
    assert close(
        hw.identify(gallery, visitor, 7), ("Bo", 4.0), parts=("name of two as near", "distance")
    )


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_kind(hw):
    """Five whole numbers greater than 1; whether they are right is not tested here."""
    for name in ("same_pairs", "other_pairs", "num_triplets", "longest_list", "people_needed"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 1, f"{name}: expected a number greater than 1, got {number!r}"
