"""The search looks at few pairs twice, takes little room, and is exact where that is hard."""

import tracemalloc

import numpy as np
import pytest

from cnnutils.verify import search


@pytest.fixture
def looked_at(monkeypatch):
    """How many pairs the search settles in double precision, in a list of numbers."""
    counts, distances = [], search._distances

    def counting(queries, block, query, column):
        counts.append(len(query))
        return distances(queries, block, query, column)

    monkeypatch.setattr(search, "_distances", counting)
    return counts


def nearest(queries, rows):
    return search.nearest_rows(queries, rows, search.optimistic_halves(rows))


def test_few_pairs_are_looked_at_twice(looked_at):
    """In a block a query looks twice at one row, if the block may hold a nearer one.

    Of k blocks in random order the next is the best so far in 1 + 1/2 + ... + 1/k cases.
    """
    rng = np.random.default_rng(1)
    blocks, queries = 24, rng.normal(size=(64, 16)).astype(np.float32)
    rows = rng.normal(size=(blocks * search.SCORES_AT_ONCE // 64, 16)).astype(np.float32)
    nearest(queries, rows)
    expected = sum(1 / number for number in range(1, blocks + 1))
    assert sum(looked_at) / len(queries) < 1.5 * expected < blocks / 4


def test_nothing_is_nearer_than_a_row_itself(looked_at):
    """Copies of the query, in three blocks: those of the first are looked at, no others."""
    rows = np.full((3 * search.SCORES_AT_ONCE // 16, 2), 0.1, np.float32)
    found, distances = nearest(rows[:16], rows)
    assert not found.any()
    assert not distances.any()
    assert sum(looked_at) <= search.SCORES_AT_ONCE + 16


def test_the_room_does_not_grow_with_the_gallery():
    rows = np.random.default_rng(2).normal(size=(100_000, 4)).astype(np.float32)
    halves, queries = search.optimistic_halves(rows), rows[:64] + 1
    tracemalloc.start()
    search.nearest_rows(queries, rows, halves)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Less than four blocks of float32; all products at once would be 24.
    assert peak < 4 * 4 * search.SCORES_AT_ONCE


@pytest.mark.parametrize("number", [1, 3, 20])
@pytest.mark.parametrize("width", [8, 200])
def test_exact_for_long_queries_among_short_rows(number, width):
    """The product's error grows with the query, so what allows for it must, too."""
    rng = np.random.default_rng(width)
    for _ in range(20):
        middle = rng.normal(size=width)
        queries = (1000 * rng.normal(size=(number, width))).astype(np.float32)
        rows = (middle + 1e-6 * rng.normal(size=(300, width))).astype(np.float32)
        differences = queries[:, np.newaxis].astype(float) - rows
        want = np.sum(differences**2, axis=2)
        found, distances = nearest(queries, rows)
        np.testing.assert_array_equal(found, want.argmin(axis=1))
        np.testing.assert_allclose(distances, want.min(axis=1), rtol=1e-12)
