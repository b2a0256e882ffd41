"""Run all benchmarks.

Usage: python -m benchmarks

Each runs in a process of its own, because TensorFlow reads its settings once, at its import. The
exit status counts the goals that were missed.
"""

import itertools
import subprocess
import sys

from benchmarks.timing import environment


def main() -> int:
    """Run each setting in a process of its own; return how many goals were missed."""
    missed = 0
    settings: tuple[dict[str, str], ...] = (
        {},
        {"TF_ENABLE_ONEDNN_OPTS": "0"},
        {"TF_ENABLE_ONEDNN_OPTS": "1"},
    )
    runs = [
        *itertools.product(("convolution", "pooling"), settings),
        *((module, {}) for module in ("boxes", "detect", "style", "verify")),
    ]
    for module, variables in runs:
        command = [sys.executable, "-m", f"benchmarks.{module}"]
        missed += subprocess.run(command, env=environment(**variables)).returncode
        print()
    print("every goal is met" if missed == 0 else f"{missed} goals are missed")
    return missed


if __name__ == "__main__":
    sys.exit(main())
