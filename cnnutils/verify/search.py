"""The nearest of many embeddings: exact, and as fast as one matrix product.

|a − b|² = |a|² − 2·(a·b − |b|²/2), so the nearest row b is the one with the largest a·b − |b|²/2: a
matrix product in float32 and one subtraction. Its rounding errors may exceed the gap between the
best two. Therefore the product only says who may be the nearest: for all these the differences are
taken in float64, and they decide.
"""

import numpy as np

SCORES_AT_ONCE = 1 << 18  # products that fit into a core's cache: 1 MiB of float32
QUERIES_AT_ONCE = 1 << 9
FEW_QUERIES = 8  # for so few, BLAS's matrix product spends its time on arranging the rows
_ROWS_FOR_FEW = 1 << 12
_EPS, _TINY = float(np.finfo(np.float32).eps), float(np.finfo(np.float32).tiny)
_PAIRS_AT_ONCE = 1 << 11  # pairs whose differences in float64 fit into it


def tolerance(width: int) -> float:
    """Return κ such that squared distances by products are wrong by less than κ·(|a|² + |b|²).

    A sum of D products in float32 has an error of at most D·ε/2·|a|·|b|, in whatever order it is
    added up; the four more are for what is done with it (N. Higham, "Accuracy and stability of
    numerical algorithms", 2002, section 3.1).
    """
    return (width + 4) * _EPS


def optimistic_halves(rows: np.ndarray) -> np.ndarray:
    """Return |b|²/2 of each row, (N,) float32, made so small that no score is below its truth."""
    lengths = np.empty(len(rows))
    for start in range(0, len(rows), _PAIRS_AT_ONCE):
        part = rows[start : start + _PAIRS_AT_ONCE].astype(np.float64)
        np.einsum("nd,nd->n", part, part, out=lengths[start : start + _PAIRS_AT_ONCE])
    return (lengths * (0.5 * (1 - tolerance(rows.shape[1])))).astype(np.float32)


def nearest_rows(
    queries: np.ndarray, rows: np.ndarray, halves: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest row for each query, of equally near ones the first, and its distance.

    Args:
        queries: (N, D) float32.
        rows: (K, D) float32, contiguous, K at least 1.
        halves: (K,) what `optimistic_halves` says of the rows.

    Returns:
        Indices (N,), and squared distances (N,) as their differences in float64 give them.
    """
    found = np.zeros(len(queries), np.intp)
    distances = np.full(len(queries), np.inf)
    for start in range(0, len(queries), QUERIES_AT_ONCE):
        part = slice(start, start + QUERIES_AT_ONCE)
        _search(queries[part], rows, halves, found[part], distances[part])
    return found, distances


def _search(
    queries: np.ndarray,
    rows: np.ndarray,
    halves: np.ndarray,
    found: np.ndarray,
    distances: np.ndarray,
) -> None:
    """Go through the rows, a block at a time; keep the nearest so far in `found`, `distances`."""
    step = max(SCORES_AT_ONCE // len(queries), 1)
    if 1 < len(queries) <= FEW_QUERIES:
        step = _ROWS_FOR_FEW
    room = np.empty(len(queries) * min(step, len(rows)), np.float32)
    wanted = np.full(len(queries), -np.inf, np.float32)
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        scores = room[: len(queries) * len(block)].reshape(len(queries), len(block))
        if len(queries) <= FEW_QUERIES:  # one product for each pair: reads the rows in their order
            np.vecdot(queries[:, np.newaxis], block, out=scores)
        else:
            np.matmul(queries, block.T, out=scores)
        scores -= halves[start : start + step]
        hopeful = np.flatnonzero(scores.max(axis=1) >= wanted)
        if hopeful.size:
            if len(hopeful) < len(queries):
                scores = scores[hopeful]
            column, distance = _settle(queries[hopeful], block, scores, distances[hopeful])
            better = distance < distances[hopeful]
            winners = hopeful[better]
            found[winners], distances[winners] = start + column[better], distance[better]
            wanted[winners] = _scores_to_reach(queries[winners], distances[winners])
            wanted[distances == 0] = np.inf  # nothing is nearer


def _scores_to_reach(queries: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Return the score below which a row is certainly farther away than these distances."""
    lengths = np.einsum("nd,nd->n", queries, queries, dtype=np.float64)
    lengths *= 1 - tolerance(queries.shape[1])
    lengths -= (queries.shape[1] + 4) * _TINY  # products may underflow
    wanted: np.ndarray = ((lengths - distances) / 2).astype(np.float32)
    return wanted


def _settle(
    queries: np.ndarray, block: np.ndarray, scores: np.ndarray, distances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each query which row of the block is the nearest one, and its distance.

    The row with the best score comes first: how near it really is leaves few others to look at.
    """
    likely = scores.argmax(axis=1)
    nearest = _distances(queries, block, np.arange(len(queries)), likely)
    wanted = _scores_to_reach(queries, np.minimum(nearest, distances))
    maybe = np.flatnonzero(scores >= wanted[:, np.newaxis])
    if len(maybe) == len(queries):  # nobody but the likely ones
        return likely, nearest
    query, column = np.divmod(maybe, len(block))
    distance = _distances(queries, block, query, column)
    order = np.lexsort((distance, query))  # stable: of equally near ones, the first
    _, first = np.unique(query[order], return_index=True)
    best = order[first]
    likely[query[best]], nearest[query[best]] = column[best], distance[best]
    return likely, nearest


def _distances(
    queries: np.ndarray, block: np.ndarray, query: np.ndarray, column: np.ndarray
) -> np.ndarray:
    """Return the squared distances of pairs, their differences taken in float64."""
    distances = np.empty(len(query))
    for start in range(0, len(query), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        difference = queries[query[part]].astype(np.float64)
        difference -= block[column[part]]
        np.einsum("nd,nd->n", difference, difference, out=distances[part])
    return distances
