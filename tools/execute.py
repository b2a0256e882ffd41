"""Bring the notebooks up to date: pair each text with its twin, then execute what changed.

Usage: python -m tools.execute [--all] [chapter ...]

A notebook's outputs belong to its code: the hash of the code that was run is stored with them.
Nothing volatile is stored (no time stamps, no run-dependent ids), so executing the same code twice
gives the same file, byte for byte.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tools import chapters, environment
from tools.chapters import Notebook

CELL_TIMEOUT_SECONDS = 900  # one that hangs; the full profile may train for hours


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="execute also what did not change")
    parser.add_argument("chapter", nargs="*", help="for example 01_convolution (default: each)")
    options = parser.parse_args(arguments)
    environment.apply()
    wanted = [
        text for text in chapters.texts() if not options.chapter or text.stem in options.chapter
    ]
    unknown = set(options.chapter) - {text.stem for text in wanted}
    if unknown:
        print(f"no such chapter: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    subprocess.run([sys.executable, "-m", "jupytext", "--quiet", "--sync", *wanted], check=True)
    return sum(not update(text, always=options.all) for text in wanted)


def update(text: Path, *, always: bool) -> bool:
    """Execute one chapter if its code changed; return False, and write nothing, if a cell fails."""
    path = chapters.ROOT / "notebooks" / f"{text.stem}.ipynb"
    notebook = chapters.read(path)
    if not always and notebook.metadata.get("executed_sha256") == chapters.code_sha256(notebook):
        write(notebook, path)  # the text may have changed, and with it the cells' ids
        print(f"{text.stem}: its code did not change")
        return True
    start = time.monotonic()
    try:
        execute(notebook, path.parent)
    except CellExecutionError as error:
        print(f"{text.stem}: a cell failed, the notebook stays as it was\n{error}", file=sys.stderr)
        return False
    write(notebook, path)
    num_cells = len(chapters.code_cells(notebook))
    print(f"{text.stem}: executed {num_cells} cells in {time.monotonic() - start:.1f} s")
    return True


def execute(notebook: Notebook, folder: Path) -> None:
    """Run all cells in a new kernel, in place."""
    NotebookClient(
        notebook,
        timeout=None if os.environ.get("CNN_PROFILE") == "full" else CELL_TIMEOUT_SECONDS,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    notebook.metadata["executed_sha256"] = chapters.code_sha256(notebook)


def write(notebook: Notebook, path: Path) -> None:
    """Write a notebook in one step, without what differs from run to run or machine to machine."""
    notebook.metadata.get("language_info", {}).pop("version", None)
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()[:8]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    partial = path.with_suffix(".partial")
    nbformat.write(notebook, partial)
    if path.exists() and path.read_bytes() == partial.read_bytes():
        partial.unlink()  # keep the time stamp: the text stays the newer half of the pair
    else:
        os.replace(partial, path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
