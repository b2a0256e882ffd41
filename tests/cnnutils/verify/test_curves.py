"""ROC, equal error rate and thresholds: by hand, against scikit-learn, by definition, errors."""

import itertools
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import interpolate, optimize
from sklearn import metrics

from cnnutils import verify

FUNCTIONS = {
    "roc_curve": verify.roc_curve,
    "equal_error_rate": verify.equal_error_rate,
    "best_threshold": verify.best_threshold,
    "threshold_at_far": lambda *pairs: verify.threshold_at_far(*pairs, far=0.5),
}


@st.composite
def pairs(draw):
    """Pairs of both kinds: few different distances, so that there are ties, or many."""
    number = draw(st.integers(2, 40))
    distance = draw(st.sampled_from([st.integers(-3, 3), st.floats(-1e6, 1e6)]))
    distances = np.array(draw(st.lists(distance, min_size=number, max_size=number)), float)
    same = np.array(draw(st.lists(st.booleans(), min_size=number, max_size=number)))
    same[draw(st.permutations(range(number)))[:2]] = [True, False]
    return distances, same


def rates(distances, same, threshold):
    """False accept and false reject rate as fractions, one pair after the other."""
    threshold = float(threshold)
    both = list(zip(distances.tolist(), same.tolist(), strict=True))
    accepted = [d <= threshold for d, is_same in both if not is_same]
    rejected = [d > threshold for d, is_same in both if is_same]
    return Fraction(sum(accepted), len(accepted)), Fraction(sum(rejected), len(rejected))


def test_a_curve_by_hand():
    # Two of the same person at 1 and 2, two of different people at 2 and 5: at 2 both are accepted.
    curve = verify.roc_curve([5, 2, 1, 2], [False, True, True, False])
    np.testing.assert_array_equal(curve.thresholds, [-np.inf, 1, 2, 5])
    np.testing.assert_array_equal(curve.false_accept_rate, [0, 0, 0.5, 1])
    np.testing.assert_array_equal(curve.true_accept_rate, [0, 0.5, 1, 1])


@given(pairs())
def test_the_same_curve_as_scikit_learn(given_pairs):
    distances, same = given_pairs
    curve = verify.roc_curve(distances, same)
    false, true, thresholds = metrics.roc_curve(same, -distances, drop_intermediate=False)
    np.testing.assert_array_equal(curve.thresholds, -thresholds)
    np.testing.assert_allclose(curve.false_accept_rate, false, rtol=1e-12)
    np.testing.assert_allclose(curve.true_accept_rate, true, rtol=1e-12)


@given(pairs())
def test_each_point_of_the_curve_is_what_its_threshold_does(given_pairs):
    curve = verify.roc_curve(*given_pairs)
    for threshold, accept, true_accept in zip(*curve, strict=True):
        false_accept, false_reject = rates(*given_pairs, threshold)
        assert accept == float(false_accept)
        assert true_accept == float(1 - false_reject)
    assert (np.diff(curve.thresholds) > 0).all()


def test_equal_error_rates_by_hand():
    # Same at 1, 2, 4, different at 3, 5, 6: from 3 on a third of each is wrong, until 4.
    same = [True, True, False, True, False, False]
    assert verify.equal_error_rate([1, 2, 3, 4, 5, 6], same) == (1 / 3, 3.5)
    # Nothing is wrong from 2 until 5.
    assert verify.equal_error_rate([1, 2, 5, 6], [True, True, False, False]) == (0, 3.5)
    # All is wrong: everybody different is accepted before anybody.
    assert verify.equal_error_rate([5, 6, 1, 2], [True, True, False, False]) == (1, 3.5)
    # Between 2 (false accepts 0, false rejects 1/2) and 3 (1, 1/2): after half of the way.
    found = verify.equal_error_rate([1, 3, 2, 4], [False, False, True, True])
    assert found == (0.5, 2.5)
    # At 2 false accepts are 0 and false rejects 1/3, at 4 they are 1/2 and 1/3.
    found = verify.equal_error_rate([1, 2, 6, 4, 8], [True, True, True, False, False])
    np.testing.assert_allclose(found, (1 / 3, 2 + 2 * 2 / 3))
    # All distances are equal: there is one point only.
    assert verify.equal_error_rate([2, 2, 2], [True, False, False]) == (0.5, 2)


def eer_by_definition(distances, same):
    """Cross the two broken lines, exactly, segment by segment."""
    points = [(Fraction(0), Fraction(1))]
    points += [rates(distances, same, threshold) for threshold in np.unique(distances)]
    for (accept, reject), (next_accept, next_reject) in itertools.pairwise(points):
        if accept <= reject and next_accept >= next_reject:
            change = (next_accept - accept) - (next_reject - reject)
            return accept + (reject - accept) / change * (next_accept - accept)
    raise AssertionError("the lines do not cross")


@given(pairs())
def test_the_equal_error_rate_is_where_the_lines_cross(given_pairs):
    found = verify.equal_error_rate(*given_pairs)
    np.testing.assert_allclose(found.rate, float(eer_by_definition(*given_pairs)), rtol=1e-12)
    false_accept, false_reject = rates(*given_pairs, found.threshold)
    below = rates(*given_pairs, np.nextafter(found.threshold, -np.inf))
    # The threshold is where the two change sides: it, or what is just below it.
    assert min(below[0], false_accept) <= found.rate + 1e-12
    assert max(below[1], false_reject) >= found.rate - 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_the_equal_error_rate_agrees_with_the_usual_recipe(seed):
    """Brent's method on scikit-learn's curve, where no two distances are equal."""
    rng = np.random.default_rng(seed)
    distances = np.concatenate([rng.gamma(2, 1, 150), rng.gamma(7, 1, 400)])
    same = np.arange(550) < 150
    false, true, _ = metrics.roc_curve(same, -distances, drop_intermediate=False)
    _, first = np.unique(false, return_index=True)
    last = np.append(first[1:] - 1, len(false) - 1)
    false, true = np.repeat(false[first], 2), np.stack([true[first], true[last]], axis=1).ravel()
    curve = interpolate.interp1d(false, true)
    rate = optimize.brentq(lambda x: 1 - x - float(curve(x)), 0, 1)
    found = verify.equal_error_rate(distances, same)
    # The recipe doesn't know whether a step is climbed before or after: a step may lie between.
    assert abs(found.rate - rate) <= 1 / 150
    assert 0.01 < found.rate < 0.2


def test_the_best_threshold_by_hand():
    same = [True, True, False, False, True, False]
    assert verify.best_threshold([1, 2, 3, 4, 5, 6], same) == 2.5
    # Nobody should be accepted, or everybody.
    assert verify.best_threshold([2, 3, 3], [False, False, True]) == np.nextafter(2, -1)
    assert verify.best_threshold([2, 3, 3], [False, True, True]) == 3


def test_between_neighbouring_numbers_there_is_no_middle():
    low = np.nextafter(1.0, 2.0)
    high = np.nextafter(low, 2.0)
    assert low + (high - low) / 2 == high  # it is rounded
    assert verify.best_threshold([low, high], [True, False]) == low


@given(pairs())
def test_no_threshold_is_better_than_the_best_one(given_pairs):
    distances, same = given_pairs

    def wrong(threshold):
        return int(((distances <= threshold) != same).sum())

    best = verify.best_threshold(distances, same)
    candidates = [-np.inf, *np.unique(distances)]
    assert wrong(best) == min(wrong(threshold) for threshold in candidates)
    smaller = [threshold for threshold in candidates if threshold < best]
    assert all(wrong(t) > wrong(best) for t in smaller[:-1])  # the last one is the same decision


def test_a_threshold_for_a_false_accept_rate_by_hand():
    # Different people at 2, 4, 6, 8; the same at 1, 3, 5.
    distances, same = [2, 4, 6, 8, 1, 3, 5], [False] * 4 + [True] * 3
    expected = {0: 1.5, 0.24: 1.5, 0.25: 3.5, 0.5: 5.5, 0.75: 7, 1: 8}
    for far, threshold in expected.items():
        assert verify.threshold_at_far(distances, same, far=far) == threshold
    assert verify.threshold_at_far([3, 3, 4], [False, True, True], far=0) < 3


@given(pairs(), st.integers(0, 40), st.integers(1, 40))
def test_the_rate_is_kept_to_and_made_use_of(given_pairs, count, number):
    distances, same = given_pairs
    far = min(count / number, 1)
    threshold = verify.threshold_at_far(distances, same, far=far)
    false_accept, _ = rates(distances, same, threshold)
    assert float(false_accept) <= far
    above = distances[distances > threshold]
    if above.size:
        assert float(rates(distances, same, above.min())[0]) > far


@given(pairs(), st.floats(1e-3, 1e3), st.integers(-9, 9))
def test_rates_do_not_depend_on_unit_or_order(given_pairs, scale, shift):
    distances, same = given_pairs
    order = np.random.default_rng(len(same)).permutation(len(same))
    shuffled = verify.roc_curve(distances[order], same[order])
    for ours, theirs in zip(shuffled, verify.roc_curve(distances, same), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    rounded = np.rint(distances)  # a new unit must not make two distances equal
    first = verify.equal_error_rate(rounded, same)
    second = verify.equal_error_rate(rounded * 2.0**shift, same)
    assert (second.rate, second.threshold) == (first.rate, first.threshold * 2.0**shift)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_types_and_input_that_is_not_changed(dtype):
    distances, same = np.array([3, 1, 2], dtype), np.array([False, True, False])
    curve = verify.roc_curve(distances, same)
    assert [values.dtype for values in curve] == [np.float64] * 3
    np.testing.assert_array_equal(distances, [3, 1, 2])
    for call in list(FUNCTIONS.values())[2:]:
        assert type(call(distances, same)) is float
    assert {type(value) for value in verify.equal_error_rate(distances, same)} == {float}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("distances", "same", "error", "sentence"),
    [
        (
            [1, 2], [True], ValueError,
            "there must be one answer for each distance (distances (2,), same (1,)).",
        ),
        ([1, 2], [1, 0], TypeError, "same must be booleans, got int64."),
        ([1, np.nan], [True, False], ValueError, "distances must be finite."),
        (
            [1, 2], [True, True], ValueError,
            "there must be pairs of the same person and of different people, got 2 and 0.",
        ),
        (
            [], [], ValueError,
            "there must be pairs of the same person and of different people, got 0 and 0.",
        ),
        (
            [[1, 2]], [[True, False]], ValueError,
            "distances must have the axes (N), got an array of shape (1, 2).",
        ),
        (
            ["1", "2"], [True, False], TypeError,
            "distances must hold float32, float64 or integer numbers, got <U1 (shape (2,)).",
        ),
    ],
)  # fmt: skip
def test_wrong_pairs(function, distances, same, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(f'{function}: {sentence}')}$"):
        FUNCTIONS[function](distances, same)


@pytest.mark.parametrize(
    ("far", "error", "sentence"),
    [
        (1.5, ValueError, "far must lie between 0 and 1, got 1.5."),
        (-0.1, ValueError, "far must lie between 0 and 1, got -0.1."),
        (np.nan, ValueError, "far must be finite, got nan."),
        ("0.1", TypeError, "far must be a number, got '0.1' (str)."),
    ],
)
def test_wrong_rates(far, error, sentence):
    with pytest.raises(error, match=f"^{re.escape('threshold_at_far: ' + sentence)}$"):
        verify.threshold_at_far([1, 2], [True, False], far=far)
