"""The tests of homework 10 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def draw_batch(rng, sizes, width):
    """Embeddings of some people in a random order, (N, D), and whose they are."""
    people = rng.permutation(np.repeat(np.arange(3, 3 + len(sizes)), sizes))
    return rng.normal(size=(len(people), width)), people


def draw_triplets(rng, count, rows):
    """Triplets of three different rows, (T, 3)."""
    return np.array([rng.permutation(rows)[:3] for _ in range(count)])


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_fractions(hw, reference, rng):
    """Fractions, another number of others than of embeddings, and one embedding alone."""
    for shape, other_shape in (((5, 3), (4, 3)), ((2, 6), (7, 6)), ((1, 4), (1, 4))):
        pair = rng.normal(size=shape), rng.normal(size=other_shape)
        assert close(hw.squared_distances(*pair), reference.squared_distances(*pair))


@points(1)
def test_q1_bytes(hw, rng):
    """Pictures as bytes, bright beside dark; and bytes with fractions."""
    low, high = rng.integers(0, 100, size=2).tolist()
    dark, bright = np.array([[low, 0]], np.uint8), np.array([[high + 150, 255]], np.uint8)
    want = np.array([[float((high + 150 - low) ** 2 + 255**2)]])
    assert close(hw.squared_distances(dark, bright), want)
    assert close(hw.squared_distances(bright, dark), want)
    assert close(hw.squared_distances(dark, dark + 0.5), np.array([[0.5]]))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_batch(hw, reference, rng):
    """Many triplets of embeddings with more numbers, of which some pay and some do not."""
    for margin in (0.2, 1.5):
        batch = rng.normal(size=(7, 5)), draw_triplets(rng, 9, 7), margin
        assert close(hw.triplet_losses(*batch), reference.triplet_losses(*batch))


@points(1)
def test_q2_margins(hw, rng):
    """No margin, margins that are kept exactly, and everybody in one point."""
    line = np.array([[0.0], [1], [2], [3]])
    triplets = np.array([[0, 1, 2], [0, 2, 3], [1, 0, 2]])  # d_P − d_N: 1 − 4, 4 − 9, 1 − 1
    assert close(hw.triplet_losses(line, triplets, 0), (np.zeros(3), 0.0))
    assert close(hw.triplet_losses(line, triplets, 3), (np.array([0.0, 0, 3]), 1.0))
    assert close(hw.triplet_losses(line, triplets, 5), (np.array([2.0, 0, 5]), 7 / 3))
    margin = float(rng.uniform(0.1, 1))
    one_point = np.full((4, 2), rng.normal())
    assert close(hw.triplet_losses(one_point, triplets, margin), (np.full(3, margin), margin))


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_batch(hw, reference, rng):
    """Many triplets in which the same pictures stand again and again, and one that is in none."""
    for scale in (0.2, 1.0):
        batch = scale * rng.normal(size=(6, 4)), draw_triplets(rng, 12, 5), 0.7
        assert close(hw.triplet_gradient(*batch), reference.triplet_gradient(*batch))


@points(1)
def test_q3_nobody_pays(hw):
    """No triplets; margins that are kept exactly; whole numbers, and a mean that is none."""
    line = np.array([[0], [1], [2], [3]])
    nothing = np.zeros((4, 1))
    assert close(hw.triplet_gradient(line, np.zeros((0, 3), int), 1), nothing)
    assert close(hw.triplet_gradient(line, np.array([[0, 1, 2]]), 3), nothing)  # 1 − 4 + 3 = 0
    # 1, 0, 2: 1 − 1 + 3 = 3 pays: by A 2(2 − 0), by P 2(0 − 1), by N 2(1 − 2); of four triplets
    triplets = np.array([[0, 1, 2], [0, 2, 3], [1, 0, 2], [3, 2, 1]])
    want = np.array([[-2.0], [4], [-2], [0]]) / 4
    assert close(hw.triplet_gradient(line, triplets, 3), want)


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_batch(hw, reference, rng):
    """People with different numbers of pictures, in no order, with several numbers each."""
    for sizes in ((4, 3, 2), (2, 5, 1, 3)):
        batch = draw_batch(rng, sizes, 3)
        assert close(hw.semi_hard_triplets(*batch), reference.semi_hard_triplets(*batch))


@points(1)
def test_q4_ties(hw, reference, rng):
    """Pictures at equal distances: equally near, equally far, or all in one point."""
    grid = np.array([(x, y) for x in range(3) for y in range(3)])
    people = rng.permutation([1, 1, 1, 2, 2, 2, 3, 3, 3])
    want = reference.semi_hard_triplets(grid, people)
    assert close(hw.semi_hard_triplets(grid, people), want)
    # Nobody is farther than the positive, and all others are equally far: the first of them.
    one_point, people = np.zeros((4, 2)), np.array([7, 7, 4, 4])
    want = np.array([[0, 1, 2], [1, 0, 2], [2, 3, 0], [3, 2, 0]])
    assert close(hw.semi_hard_triplets(one_point, people), want)


@points(1)
def test_q4_lonely(hw, rng):
    """Somebody who is alone with their number; a batch of one person; a batch without two."""
    embeddings = rng.normal(size=(3, 2))
    none = np.zeros((0, 3), int)
    assert close(hw.semi_hard_triplets(embeddings, np.array([5, 5, 5])), none)
    assert close(hw.semi_hard_triplets(embeddings, np.array([2, 0, 1])), none)
    got = hw.semi_hard_triplets(embeddings, np.array([6, 2, 6]))
    assert close(got, np.array([[0, 2, 1], [2, 0, 1]]))


# --- q5 --------------------------------------------------------------------------------------


def draw_pairs(rng):
    """Distances of pairs, eight of two people and five of one, in no order."""
    same = rng.permutation(np.arange(13) < 5)
    return rng.uniform(0, 2, size=13) + ~same, same


@points(1)
def test_q5_many(hw, reference, rng):
    """Many pairs, more of two people than of one, and many thresholds."""
    pairs, thresholds = draw_pairs(rng), rng.uniform(0, 3, size=9)
    assert close(hw.error_rates(*pairs, thresholds), reference.error_rates(*pairs, thresholds))


@points(1)
def test_q5_ends(hw, rng):
    """Thresholds that are distances, below all of them and above all of them; a single one."""
    distances, same = draw_pairs(rng)
    low, high = distances.min() - 1, distances.max()
    got = hw.error_rates(distances, same, np.array([high, low]))
    assert close(got, (np.array([1.0, 0]), np.array([0.0, 1])))
    nearest = distances[same].min()  # accepted, so one of the five is not rejected
    rejects = hw.error_rates(distances, same, np.array([nearest]))[1]
    assert close(rejects, np.array([0.8]))


@points(1)
def test_q5_strictness(hw, reference, rng):
    """Candidates in no order, some of them distances, and strictness from nobody to everybody."""
    distances, same = draw_pairs(rng)
    candidates = rng.permutation(np.concatenate([distances, rng.uniform(0, 3, size=6)]))
    for most in (0.0, 0.125, 0.3, 0.5, 1.0):
        want = reference.strict_threshold(distances, same, candidates, most)
        assert close(hw.strict_threshold(distances, same, candidates, most), want)
    above = distances[~same].max() + np.array([0.5, 0.25])
    assert close(hw.strict_threshold(distances, same, above, 0.5), None)


# --- q6 --------------------------------------------------------------------------------------


def kept_apart(answers, gallery, name, embeddings):
    """Enrol and remove, and also say what the gallery that was given holds afterwards."""
    import numpy as np

    first = next(iter(gallery))
    larger = answers.enrol(gallery, name, embeddings)
    smaller = answers.remove(larger, first)
    rest = answers.remove(gallery, first) if first in gallery else {}  # it may have changed
    galleries = gallery, larger, smaller, rest
    return [[[key, np.array(rows)] for key, rows in one.items()] for one in galleries]


@points(1)
def test_q6_old_galleries(hw, rng):
    """The order of the people, and the galleries that were there before."""
    zoe, ada, new = rng.normal(size=(2, 3)), rng.normal(size=(1, 3)), rng.normal(size=(2, 3))
    old = {"Zoe": zoe, "Ada": ada}
    want = [
        [["Zoe", zoe], ["Ada", ada]],
        [["Zoe", zoe], ["Ada", np.concatenate([ada, new])]],
        [["Ada", np.concatenate([ada, new])]],
        [["Ada", ada]],
    ]
    assert close([*hw.enrol(old, "Ada", new)], ["Zoe", "Ada"])
    assert close([*hw.remove(old, "Zoe")], ["Ada"])
    assert close(hw.run(kept_apart, old, "Ada", new), want)
    want[1:3] = [*want[0], ["Mia", new]], [["Ada", ada], ["Mia", new]]
    assert close(hw.run(kept_apart, old, "Mia", new), want)


@points(1)
def test_q6_empty(hw, rng):
    """A gallery without anybody: enrol the first, remove the last, and a visitor."""
    first = rng.normal(size=(2, 4))
    assert close(hw.enrol({}, "Ada", first), {"Ada": first})
    assert close(hw.remove({"Ada": first}, "Ada"), {})
    assert raises(ValueError, hw.remove, {}, "Ada")
    for threshold in (1.0, np.inf):
        assert close(hw.identify({}, first[0], threshold), (None, np.inf))


@points(1)
def test_q6_many(hw, reference, rng):
    """Many visitors, people with different numbers of pictures, and several thresholds."""
    gallery = {
        name: rng.normal(size=(count, 3))
        for name, count in (("Zoe", 2), ("Ada", 4), ("Mia", 1), ("Bo", 3))
    }
    for threshold in (0.5, 1.0, 2.0, np.inf):
        for visitor in rng.normal(size=(3, 3)):
            want = reference.identify(gallery, visitor, threshold)
            assert close(hw.identify(gallery, visitor, threshold), want)


@points(1)
def test_q6_ties(hw, rng):
    """Visitors who are equally near to two people, or right at the threshold."""
    gallery = {"Zoe": np.array([[9, 9], [0, 2]]), "Ada": np.array([[2, 0], [0, 0]])}
    assert close(hw.identify(gallery, np.array([2, 2]), 4), ("Zoe", 4.0))
    assert close(hw.identify(gallery, np.array([2, 2]), 3.75), (None, 4.0))
    assert close(hw.identify(gallery, np.array([1, -1]), 10), ("Ada", 2.0))
    shift = int(rng.integers(1, 9))
    moved = {name: rows + shift for name, rows in gallery.items()}
    assert close(hw.identify(moved, np.array([shift, shift]), 0), ("Ada", 0.0))


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_pairs(hw):
    """The pairs of one person and of two, and the triplets."""
    assert close(hw.same_pairs, 58)  # 6·3 + 4·10
    assert close(hw.other_pairs, 645)  # 38 pictures, 703 pairs, less 58
    assert close(hw.num_triplets, 3900)  # 6·3·2·35 = 1260 and 4·5·4·33 = 2640


@points(1)
def test_q7_lists(hw):
    """The longest list, and the people that a small rate needs."""
    assert close(hw.longest_list, 40)  # 1 − 0.996⁴⁰ = 0.148, 1 − 0.996⁴¹ = 0.152
    assert close(hw.people_needed, 46)  # 46·45/2 = 1035; 45·44/2 = 990
