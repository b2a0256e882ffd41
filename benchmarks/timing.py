"""How the benchmarks measure: one thread, all candidates in turn, medians."""

import os
import statistics
import time
from collections.abc import Callable, Mapping

ONE_THREAD = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment, pinned to one thread."""
    return {**os.environ, **ONE_THREAD, **more}


def median_seconds(
    candidates: Mapping[str, Callable[[], object]], *, rounds: int = 15
) -> dict[str, float]:
    """Run every candidate once in each round; return the median time of each.

    Neighbours on a shared machine slow all candidates of a round alike, so that ratios are worth
    more than times.
    """
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for run in candidates.values():
        run()  # the first call may compile, or allocate
    for _ in range(rounds):
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}
