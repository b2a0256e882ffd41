"""Environments of their own, for notebooks or tests with other packages than the locked."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

INSTALLED = (
    "import importlib.metadata as m, json;"
    "print(json.dumps({d.name.lower(): d.version for d in m.distributions()}))"
)


def uv(*arguments: str | Path) -> None:
    """Run uv from the lock; what it installs is compiled once, and not by each process."""
    program = Path(sys.executable).with_name("uv")
    environment = {**os.environ, "UV_COMPILE_BYTECODE": "1"}
    subprocess.run([program, *arguments, "--quiet"], check=True, env=environment)


def make_environment(place: Path, lists: list[Path], fill: Callable[[Path], None]) -> Path:
    """Return the Python of an environment, with pip, that is filled anew when its lists change."""
    stamp = place / "made-from"
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in lists)).hexdigest()
    python = place / "bin" / "python"
    if not stamp.exists() or stamp.read_text("utf-8") != digest:
        shutil.rmtree(place, ignore_errors=True)
        uv("venv", "--seed", "--python", sys.executable, place)
        fill(python)
        stamp.write_text(digest, "utf-8")
    return python


def installed(python: Path) -> dict[str, str]:
    """Return the version of each package."""
    listed = subprocess.run([python, "-c", INSTALLED], capture_output=True, check=True).stdout
    versions: dict[str, str] = json.loads(listed)
    return versions


def moved(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return what changed between two lists of packages, in words.

    >>> moved({"numpy": "2.1", "h5py": "3"}, {"numpy": "2.2", "cnnutils": "1"})
    ['cnnutils: none -> 1', 'h5py: 3 -> none', 'numpy: 2.1 -> 2.2']
    """
    names = sorted(before.keys() | after.keys())
    pairs = {name: (before.get(name, "none"), after.get(name, "none")) for name in names}
    return [f"{name}: {old} -> {new}" for name, (old, new) in pairs.items() if old != new]
