"""Find the chapters, read them, and say what their code hashes to.

Chapters are found by their names, book/NN_name.md and notebooks/NN_name.ipynb: there is no list of
them that could go stale.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parent.parent
PATTERN = "[0-9][0-9]*_*"

Cell = Any  # an nbformat cell: a dictionary with attribute access
Notebook = Any


def texts(root: Path = ROOT) -> list[Path]:
    """Return the chapters' text sources, in order."""
    return sorted((root / "book").glob(f"{PATTERN}.md"))


def notebooks(root: Path = ROOT) -> list[Path]:
    """Return the chapters' executed twins, in order."""
    return sorted((root / "notebooks").glob(f"{PATTERN}.ipynb"))


def read(path: Path) -> Notebook:
    """Read a notebook file."""
    return nbformat.read(path, as_version=4)


def code_cells(notebook: Notebook) -> list[Cell]:
    """Return the code cells; their positions are the cell numbers that the checks report."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def code_sha256(notebook: Notebook) -> str:
    """Hash of all code: it tells whether the stored outputs belong to the present code."""
    code = "\0".join(cell.source for cell in code_cells(notebook))
    return hashlib.sha256(code.encode()).hexdigest()


def tags(cell: Cell) -> list[str]:
    """Return a cell's tags."""
    return list(cell.metadata.get("tags", []))


def figures(outputs: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield (media type, base64 text) of every raster picture among outputs."""
    for output in outputs:
        for media_type in ("image/png", "image/jpeg"):
            if media_type in output.get("data", {}):
                yield media_type, output["data"][media_type]


def output_text(cell: Cell) -> str:
    """Everything that a code cell printed or displayed as text."""
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text", ""))
        parts += [text for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(parts)
