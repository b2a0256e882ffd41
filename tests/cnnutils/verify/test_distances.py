"""Squared distances: by hand, against their definition, as properties, and their errors."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import distance
from sklearn import metrics

from cnnutils import verify


def by_definition(some, others):
    """Differences in float64, one pair after the other."""
    return np.array(
        [[((a.astype("f8") - b.astype("f8")) ** 2).sum() for b in others] for a in some]
    ).reshape(len(some), len(others))


def test_by_hand():
    found = verify.squared_distances([[0, 0], [1, 2]], [[3, 4], [1, 2], [0, -1]])
    np.testing.assert_array_equal(found, [[25, 5, 1], [8, 0, 10]])


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 3, 128), (70, 5000, 16), (300, 700, 3)])
def test_agrees_with_scipy_and_scikit_learn(shape):
    rows, columns, width = shape
    rng = np.random.default_rng(0)
    some, others = rng.normal(size=(rows, width)), rng.normal(size=(columns, width))
    found = verify.squared_distances(some, others)
    theirs = distance.cdist(some, others, "sqeuclidean")
    np.testing.assert_allclose(found, theirs, rtol=1e-12, atol=1e-12)
    theirs = metrics.pairwise.euclidean_distances(some, others, squared=True)
    np.testing.assert_allclose(found, theirs, rtol=1e-12, atol=1e-12)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(1, 200),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from([1e-3, 1.0, 1e3]),
    st.sampled_from([0.0, 5.0]),
)
def test_never_negative_and_within_the_stated_error(seed, rows, columns, width, dtype, size, mean):
    rng = np.random.default_rng(seed)
    some = (size * rng.normal(mean, size=(rows, width))).astype(dtype)
    others = (size * rng.normal(mean, size=(columns, width))).astype(dtype)
    others[: columns // 2] = some[:1] if rows else 0  # some are equal
    found = verify.squared_distances(some, others)
    assert found.dtype == dtype
    assert found.shape == (rows, columns)
    assert (found >= 0).all()
    squares = (some.astype("f8") ** 2).sum(1)[:, np.newaxis] + (others.astype("f8") ** 2).sum(1)
    limit = (width + 4) * np.finfo(dtype).eps * squares
    assert (np.abs(found - by_definition(some, others)) <= limit).all()


def test_the_error_for_unit_vectors_is_usually_as_small_as_said():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(300, 128))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("float32")
    errors = np.abs(verify.squared_distances(rows, rows) - by_definition(rows, rows))
    assert np.quantile(errors, 0.99) < 1e-6
    assert errors.max() < 3e-5


def test_types():
    single, double = np.ones((2, 3), "float32"), np.ones((4, 3))
    assert verify.squared_distances(single, single).dtype == "float32"
    assert verify.squared_distances(single, double).dtype == "float64"
    assert verify.squared_distances(double, single).dtype == "float64"
    assert verify.squared_distances([[1]], [[2]]).dtype == "float64"


def test_no_embeddings_give_empty_results():
    assert verify.squared_distances([], [[1, 2]]).shape == (0, 1)
    assert verify.squared_distances([[1, 2]], []).shape == (1, 0)
    assert verify.squared_distances(np.empty((0, 2)), [[1, 2]]).shape == (0, 1)
    assert verify.squared_distances([], []).shape == (0, 0)


def test_rows_that_are_not_contiguous_and_input_that_is_not_changed():
    wide = np.random.default_rng(2).normal(size=(9, 8))
    before = wide.copy()
    found = verify.squared_distances(wide[::2, ::3], wide.T[:3, :3].T[::-1])
    expected = by_definition(before[::2, ::3], before.T[:3, :3].T[::-1])
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_array_equal(wide, before)


@pytest.mark.parametrize(
    ("some", "others", "error", "sentence"),
    [
        (
            [[1, 2]], [[1, 2, 3]], ValueError,
            "others must have as many numbers as embeddings, 2, got 3.",
        ),
        (
            [1, 2], [[1, 2]], ValueError,
            "embeddings must have the axes (N, D), got an array of shape (2,).",
        ),
        (
            np.empty((2, 0)), [[1]], ValueError,
            "embeddings must have at least one number a row, got an array of shape (2, 0).",
        ),
        ([[1, 2], [3, np.nan]], [[1, 2]], ValueError,
         "embeddings must be finite; row 1 holds nan."),
        ([[1, 2], [np.inf, np.nan], [np.nan, 1]], [[1, 2]], ValueError,
         "embeddings must be finite; row 1 holds inf."),
        ([[1, 2]], [[-np.inf, 2]], ValueError, "others must be finite; row 0 holds -inf."),
        (
            np.array([[1e19, 0]], "float32"), [[1, 2]], ValueError,
            "embeddings must lie between ±5e+18, so that squared distances fit into float32.",
        ),
        (
            [["a"]], [["b"]], TypeError,
            "embeddings must hold float32, float64 or integer numbers, got <U1 (shape (1, 1)).",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments(some, others, error, sentence):
    with pytest.raises(error, match=f"^{re.escape('squared_distances: ' + sentence)}$"):
        verify.squared_distances(some, others)


def test_the_largest_numbers_that_are_allowed():
    limit = math.sqrt(float(np.finfo("float64").max) / 8)  # (2·limit)² and its rounding fit
    (distance,) = verify.squared_distances([[limit]], [[-limit]])[0]
    assert distance == pytest.approx(4 * limit**2)
    with pytest.raises(ValueError, match="so that squared distances fit into float64"):
        verify.squared_distances([[np.nextafter(limit, np.inf)]], [[0.0]])
