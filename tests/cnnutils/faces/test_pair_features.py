"""What a classifier of pairs is given, against hand, NumPy and scikit-learn."""

import re

import keras
import numpy as np
import pytest
from sklearn.metrics.pairwise import additive_chi2_kernel

from cnnutils import faces


def features(*arguments, **options):
    return keras.ops.convert_to_numpy(faces.pair_features(*arguments, **options))


@pytest.fixture
def two():
    rng = np.random.default_rng(0)
    return rng.random((2, 6, 5)).astype("float32")


def test_worked_by_hand():
    # |3 - 1| = 2, |-1 - 1| = 2; (2)² / (3 + 1) = 1, (-2)² / (1 + 1) = 2
    assert features([[3.0, -1.0]], [[1.0, 1.0]], kind="absolute").tolist() == [[2, 2]]
    assert features([[3, -1]], [[1, 1]], kind="chi-square").tolist() == [[1, 2]]


def test_the_sum_of_chi_square_is_that_of_scikit_learn(two):
    first, second = two
    oracle = -np.diag(additive_chi2_kernel(first, second))
    np.testing.assert_allclose(features(*two, kind="chi-square").sum(axis=1), oracle, rtol=1e-5)


@pytest.mark.parametrize("kind", ["absolute", "chi-square"])
def test_order_does_not_matter_and_equal_is_zero(two, kind):
    first, second = two - 0.5
    np.testing.assert_array_equal(
        features(first, second, kind=kind), features(second, first, kind=kind)
    )
    assert not features(first, first, kind=kind).any()
    assert not features(np.zeros((1, 3)), np.zeros((1, 3)), kind=kind).any()
    assert features(np.zeros((0, 3)), np.zeros((0, 3)), kind=kind).shape == (0, 3)


def test_nan_stays_where_it_is(two):
    two[0, 1, 2] = np.nan
    for kind in ("absolute", "chi-square"):
        assert np.argwhere(np.isnan(features(*two, kind=kind))).tolist() == [[1, 2]]


def test_wrong_arguments(two):
    sentence = "pair_features: kind must be one of 'absolute', 'chi-square', got 'dot'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        faces.pair_features(*two, kind="dot")
    sentence = (
        "pair_features: both embeddings must have the same axes (N, D), got shapes (6, 5) and "
        "(5, 5)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        faces.pair_features(two[0], two[1][:5], kind="absolute")
