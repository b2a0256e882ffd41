"""The gallery's exact search against faiss's, and from where on an approximate index pays.

`python -m benchmarks` runs this module with one thread. Peers that are not installed are named and
left out; the extra "search" of this package brings them. With a number such as 1000000 after
`python -m benchmarks.verify` it also builds approximate indices of so many embeddings, which takes
eight minutes or more for each of the two kinds.

Measured on two shared cores of an AMD EPYC, milliseconds for one query, exact and by hnswlib with
ef 32, 128 and 512; in brackets how often both name the same embedding:

    10,000 people          0.2    0.05 (100 %)    0.1 (100 %)    0.4 (100 %)    built in   1 s
    100,000 people         3      0.1  (100 %)    0.6 (100 %)    2.2 (100 %)    built in  24 s
    1,000,000 people      30      0.2   (83 %)    0.5  (98 %)    2.0 (100 %)    built in 460 s
    10,000 strangers       0.2    0.04  (52 %)    0.2  (90 %)    0.4 (100 %)    built in   1 s
    100,000 strangers      3      0.1   (14 %)    0.5  (38 %)    2.0  (79 %)    built in  44 s

Where embeddings form groups, as those of people do, an index pays from about 100,000 on: before,
the exact search takes less time than a network takes for the embedding. Where they do not, an index
that is quick finds others than the nearest.
"""

import importlib.util
import math
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.timing import Candidates, check_one_thread, report
from cnnutils.verify import Gallery

WIDTH = 128
# How many times faiss's time a search may take, by embeddings in the gallery and queries at once.
GOALS: dict[int, dict[int, float | None]] = {
    10_000: {1: None, 8: None, 512: None},
    100_000: {1: None, 8: None, 512: None},
    1_000_000: {1: 1.3, 8: None, 512: 0.5},
}
PHOTOGRAPHS = 10  # of each person, in the gallery of people
NEIGHBOURS, BUILD_EFFORT = 16, 100  # hnswlib's M and ef_construction
EFFORTS = (32, 128, 512)  # its ef: how many candidates a search keeps


def main(numbers: list[int]) -> int:
    """Print the tables; return how many goals were missed."""
    check_one_thread()
    print("one thread, medians; embeddings of 128 numbers, float32")
    missed = 0
    if importlib.util.find_spec("faiss"):
        for number, goals in GOALS.items():
            missed += _report_exact(number, goals)
    else:
        print("NOT MEASURED: the exact search against faiss, because faiss-cpu is not installed")
    if importlib.util.find_spec("hnswlib"):
        for number in numbers:
            for kind in ("strangers", "people"):
                _report_approximate(number, kind)
    else:
        print("NOT MEASURED: approximate indices, because hnswlib is not installed")
    return missed


def unit_vectors(rng: np.random.Generator, number: int) -> np.ndarray:
    """Return (number, 128) float32, each of length 1."""
    rows = rng.standard_normal((number, WIDTH), dtype=np.float32)
    rows /= np.sqrt(np.einsum("nd,nd->n", rows, rows))[:, np.newaxis]
    return rows


def scene(kind: str, number: int, num_queries: int) -> tuple[np.ndarray, np.ndarray]:
    """Return embeddings (number, 128) and queries (num_queries, 128), all of length 1.

    "strangers": anywhere, so that all distances are alike, the hardest case for an index; "people":
    ten photographs each, about half as far apart as strangers are, and each query is one more.
    """
    rng = np.random.default_rng(number)
    if kind == "strangers":
        return unit_vectors(rng, number), unit_vectors(rng, num_queries)
    persons = unit_vectors(rng, number // PHOTOGRAPHS)
    rows = np.repeat(persons, PHOTOGRAPHS, axis=0)
    queries = persons[rng.integers(len(persons), size=num_queries)]
    for array in (rows, queries):
        array += 0.6 * unit_vectors(rng, len(array))
        array /= np.linalg.norm(array, axis=1, keepdims=True)
    return rows, queries


def _report_exact(number: int, goals: dict[int, float | None]) -> int:
    import faiss

    faiss.omp_set_num_threads(1)
    rows, queries = scene("strangers", number, max(goals))
    gallery = Gallery(rows, [str(i) for i in range(number)])
    index = faiss.IndexFlatL2(WIDTH)
    index.add(rows)
    del rows
    print(f"\n{number:,} embeddings")
    missed = 0
    for count, goal in goals.items():
        candidates = _searches(gallery, index, queries[:count])
        rounds = 3 if number * count > 1e8 else 15
        missed += report(f"{count} at once", candidates, goal, peer="faiss", rounds=rounds)
    return missed


def _searches(gallery: Gallery, index: Any, queries: np.ndarray) -> Candidates:
    candidates: Candidates = {
        "cnnutils": lambda: gallery.identify_many(queries, threshold=math.inf),
        "faiss IndexFlatL2": lambda: index.search(queries, 1),
    }
    ours, (distances, rows) = (run() for run in candidates.values())
    same = sum(match.name == str(row) for match, row in zip(ours, rows[:, 0], strict=True))
    np.testing.assert_allclose([match.distance for match in ours], distances[:, 0], atol=1e-5)
    if same < 0.99 * len(queries):  # faiss may round two that are equally near to its other side
        raise RuntimeError("the two find different people: there is nothing to compare.")
    if len(queries) == 1:
        candidates["cnnutils"] = lambda: gallery.identify(queries[0], threshold=math.inf)
    return candidates


def _report_approximate(number: int, kind: str) -> None:
    """Print how long one query takes, exactly and by hnswlib, and how often both agree."""
    import hnswlib

    rows, queries = scene(kind, number, 200)
    gallery = Gallery(rows, [str(i) for i in range(number)])
    index = hnswlib.Index(space="l2", dim=WIDTH)
    index.init_index(number, M=NEIGHBOURS, ef_construction=BUILD_EFFORT, random_seed=0)
    index.set_num_threads(1)
    start = time.process_time()
    index.add_items(rows, num_threads=1)
    print(f"\n{number:,} embeddings of {kind}: built in {time.process_time() - start:.1f} s by")
    print(f"  hnswlib, M {NEIGHBOURS}, ef_construction {BUILD_EFFORT}; one query at a time")
    del rows
    found, seconds = _one_by_one(queries, lambda query: gallery.identify(query, threshold=math.inf))
    truth = [int(match.name) for match in found]
    print(f"  {'cnnutils, exact':20} {seconds * 1e3:9.3f} ms")
    for effort in EFFORTS:
        index.set_ef(effort)
        found, seconds = _one_by_one(queries, lambda query: index.knn_query(query, num_threads=1))
        nearest = [int(labels[0, 0]) for labels, _ in found]
        row = statistics.mean(a == b for a, b in zip(nearest, truth, strict=True))
        person = statistics.mean(
            a // PHOTOGRAPHS == b // PHOTOGRAPHS for a, b in zip(nearest, truth, strict=True)
        )
        known = f", the same person {person:.0%}" if kind == "people" else ""
        print(
            f"  {f'hnswlib, ef {effort}':20} {seconds * 1e3:9.3f} ms, "
            f"the same embedding {row:.0%}{known}"
        )


def _one_by_one(queries: np.ndarray, search: Callable[[Any], Any]) -> tuple[list[Any], float]:
    """Return what each query finds, and the median time of one."""
    found, seconds = [], []
    for query in queries:
        start = time.perf_counter()
        found.append(search(query))
        seconds.append(time.perf_counter() - start)
    return found, statistics.median(seconds)


if __name__ == "__main__":
    sys.exit(main([10_000, 100_000, *map(int, sys.argv[1:])]))
