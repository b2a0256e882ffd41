"""Run the package's tests, and every network, with Keras on another backend than TensorFlow.

Usage: python -m tools.backends jax|torch [pytest arguments]

The packages are the locked ones and those of ``tools/backends-*.txt``, in an environment of their
own; none of the locked may move, so TensorFlow stays there as an oracle. A run of everything is
written down in ``_build/backends.json``, from which the book's status page tells. With arguments
for pytest, only what they select runs, and nothing is written. Needs the network once, to fill the
environment.
"""

import argparse
import ast
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tools import chapters, installing, record
from tools.installing import uv

FOLDER = chapters.ROOT / "_build" / "backends"
LISTS = {
    path.stem.partition("-")[2]: path
    for path in sorted(Path(__file__).parent.glob("backends-*.txt"))
}
LOCK = chapters.ROOT / "requirements.lock"
EVERYTHING = (
    "-n",
    "2",
    "--dist",
    "loadfile",
    "--doctest-modules",
    "cnnutils",
    "tests/cnnutils",
    "tests/backends",
)
DIFFERENCES = "largest differences"  # what tests/backends writes down for each network
# PyTorch's tensors do not know an argument of NumPy 2's `__array__`; NumPy says so at each of them.
QUIET = "ignore:__array__ implementation:DeprecationWarning"
# The other family of reports has no place for properties.
OPTIONS = ("-q", "-W", QUIET, "-o", "junit_family=xunit1")
# With JAX, Keras can be an oracle in double precision only when it is allowed to compute in it.
SETTINGS = {"JAX_ENABLE_X64": "1"}
SHOWN = ("keras", "jax", "torch", "numpy")


@dataclass(frozen=True)
class Mark:
    """A test that cannot hold on some backends."""

    file: str
    test: str
    backends: tuple[str, ...]
    reason: str


def marks(root: Path = chapters.ROOT) -> list[Mark]:
    """Return every marker ``differs`` in the tests, in the order of the files."""
    paths = sorted((root / "tests" / "cnnutils").rglob("test_*.py"))
    return [mark for path in paths for mark in marks_in(path.read_text("utf-8"), path.name)]


def marks_in(code: str, file: str) -> Iterator[Mark]:
    """Yield the markers of one file.

    >>> code = '@pytest.mark.differs("jax", reason="it rounds")'
    >>> code += chr(10) + "def test_a(): pass"
    >>> list(marks_in(code, "test_x.py"))
    [Mark(file='test_x.py', test='test_a', backends=('jax',), reason='it rounds')]
    """
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for call in (part for mark in node.decorator_list for part in ast.walk(mark)):
                if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.differs"):
                    names = tuple(ast.literal_eval(name) for name in call.args)
                    yield Mark(file, node.name, names, _reason(call, tree))


def _reason(call: ast.Call, tree: ast.Module) -> str:
    """Return a marker's reason, written there or in a constant of the module."""
    (value,) = (keyword.value for keyword in call.keywords if keyword.arg == "reason")
    if isinstance(value, ast.Name):
        (value,) = (
            line.value
            for line in tree.body
            if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == value.id
        )
    return str(ast.literal_eval(value))


def path(root: Path = chapters.ROOT) -> Path:
    """Where the record of the last runs lies."""
    return root / "_build" / "backends.json"


def read(root: Path = chapters.ROOT) -> dict[str, Any]:
    """Return what the last run on each backend saw, empty where there was none."""
    return dict(json.loads(path(root).read_text("utf-8"))) if path(root).exists() else {}


def make_environment(backend: str) -> Path:
    """Return the Python of an environment with the locked packages and the backend."""

    def fill(python: Path) -> None:
        uv("pip", "sync", "--python", python, "--require-hashes", LOCK)
        uv("pip", "install", "--python", python, "--no-deps", "--no-build-isolation", "--offline",
           "--editable", chapters.ROOT)  # fmt: skip
        before = installing.installed(python)
        # pip, not uv: it looks where this machine's own settings say, too
        pip = (python, "-m", "pip", "install", "--quiet", "--requirement", LISTS[backend])
        subprocess.run(pip, check=True)
        changes = installing.moved(before, installing.installed(python))
        if changed := [line for line in changes if ": none -> " not in line]:
            raise SystemExit(f"{backend} moves locked packages: {', '.join(changed)}")

    return installing.make_environment(FOLDER / backend, [LISTS[backend], LOCK], fill)


def seen_in(report: Path) -> dict[str, Any]:
    """Return how many tests passed, failed, differed or were skipped, and what networks showed."""
    counts: Counter[str] = Counter()
    differences: dict[str, dict[str, float]] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            counts["failed"] += 1
        elif skipped is None:
            counts["passed"] += 1
        else:
            counts["differ" if skipped.get("type") == "pytest.xfail" else "skipped"] += 1
        for one in case.iter("property"):
            if one.get("name") == DIFFERENCES:
                differences |= json.loads(one.get("value") or "{}")
    return {"tests": dict(counts), "differences": differences}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("backend", choices=sorted(LISTS))
    options, selected = parser.parse_known_args(arguments)
    python = make_environment(options.backend)
    start = time.monotonic()
    report = FOLDER / f"{options.backend}.xml"
    run = subprocess.run(
        [python, "-m", "pytest", *OPTIONS, f"--junitxml={report}", *(selected or EVERYTHING)],
        cwd=chapters.ROOT,
        env=os.environ | SETTINGS | {"KERAS_BACKEND": options.backend},
    )
    if not selected:
        versions = installing.installed(python)
        seen = seen_in(report) | {
            "commit": record.commit(),
            "finished": record.now(),
            "seconds": round(time.monotonic() - start),
            "versions": {name: versions[name] for name in SHOWN if name in versions},
        }
        everything = read() | {options.backend: seen}
        path().write_text(json.dumps(everything, indent=2, sort_keys=True) + "\n", "utf-8")
        for name, largest in sorted(seen["differences"].items()):
            print(f"{name}: {largest}")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
