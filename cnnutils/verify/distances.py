"""Squared distances of all pairs, by one matrix product."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils.verify.arguments import as_embeddings, check_widths

PAIRS_AT_ONCE = 1 << 18  # pairs whose products fit into a core's cache: 1 MiB of float32


def squared_distances(embeddings: ArrayLike, others: ArrayLike) -> np.ndarray:
    """Squared Euclidean distance of every embedding to every other, Σ(a − b)².

    Worked out as |a|² + |b|² − 2·a·b, because a matrix product of all pairs is many times faster
    than their differences. The price is rounding: a distance may be wrong by
    (D + 4)·ε·(|a|² + |b|²), with ε = 1.2e-7 in float32 and 2.2e-16 in float64. For unit vectors of
    128 float32 numbers that is 3e-5 at worst, and usually below 1e-6. So equal embeddings may get
    a little more than 0, never less.

    Args:
        embeddings: (N, D).
        others: (M, D); if either is float64, the result is.

    Returns:
        (N, M), never negative.

    Raises:
        TypeError: the embeddings are not real numbers.
        ValueError: the wrong shape, rows of different lengths, a number that is not finite or so
            large that its square is not.

    Example:
        >>> squared_distances([[0, 0], [3, 0]], [[0, 4]])
        array([[16.],
               [25.]])
    """
    name = "squared_distances"
    some = as_embeddings(name, "embeddings", embeddings)
    other = as_embeddings(name, "others", others)
    if some.shape != (0, 0):
        check_widths(name, "others", other, some.shape[1], "embeddings")
    dtype = np.result_type(some, other)
    some, other = some.astype(dtype, copy=False), other.astype(dtype, copy=False)
    result = np.zeros((len(some), len(other)), dtype)
    if not result.size:
        return result
    doubled, squares, other_squares = -2 * some, squared_lengths(some), squared_lengths(other)
    columns = min(len(other), 1 << 12)
    rows = PAIRS_AT_ONCE // columns
    for start in range(0, len(some), rows):
        part = slice(start, start + rows)
        for first in range(0, len(other), columns):
            which = slice(first, first + columns)
            block = result[part, which]
            np.matmul(doubled[part], other[which].T, out=block)
            block += squares[part, np.newaxis]
            block += other_squares[which]
            np.maximum(block, 0, out=block)
    return result


def squared_lengths(rows: np.ndarray) -> np.ndarray:
    """Return |row|² of each row, (N,), in the type of the rows."""
    lengths: np.ndarray = np.einsum("nd,nd->n", rows, rows)
    return lengths
