"""How the benchmarks measure: one thread, all candidates in turn, medians."""

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Candidates = dict[str, Callable[[], Any]]

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


def check_one_thread() -> None:
    """End the program where several threads may be used."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit("the benchmarks compare single threads: run `python -m benchmarks`")


def print_setting() -> bool:
    """Say how TensorFlow is set; return whether the goals hold for this setting.

    They do not where oneDNN was switched on by hand, on a machine that does not do so by itself.
    """
    check_one_thread()
    onednn = os.environ.get("TF_ENABLE_ONEDNN_OPTS")
    setting = {None: "as shipped", "0": "off", "1": "on"}[onednn]
    print(f"TensorFlow's oneDNN {setting}, one thread, medians")
    return onednn != "1"


def report(
    operation: str,
    candidates: Candidates,
    goal: float | None,
    *,
    peer: str = "tf.",
    rounds: int = 15,
) -> int:
    """Print one table; return 1 if there is a goal and it was missed.

    Ratios are to the first candidate whose name starts with `peer`.
    """
    seconds = median_seconds(candidates, rounds=rounds)
    peer = next(name for name in candidates if name.startswith(peer))
    for name, value in seconds.items():
        ratio = value / seconds[peer]
        print(f"  {operation:16} {name:36} {value * 1e3:8.2f} ms {ratio:8.2f} × {peer}")
    if goal is None:
        return 0
    ratio = seconds["cnnutils"] / seconds[peer]
    verdict = "met" if ratio <= goal else "MISSED"
    print(f"  {operation:16} goal: at most {goal} × {peer}: {verdict} ({ratio:.2f})")
    return int(ratio > goal)
