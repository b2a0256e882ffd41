"""Submissions as files from strangers: found, named, opened and read without trusting any of it."""

import hashlib
import json
import os
import re
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cnnutils.homework.assignment import AssignmentError, read_answers

LARGEST_BYTES = 20 * 2**20
SAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
TAKEN_NAMES = ("grades.csv", "junit.xml")  # they lie beside the submissions' folders
JUPYTERS_COPIES = ".ipynb_checkpoints"


@dataclass(frozen=True)
class Submission:
    """One handed-in notebook.

    Args:
        name: of the submission in every result: letters, digits, dots, dashes and underscores.
        sha256: of the file's bytes; empty where it could not be read.
        answers: question → source of its cell.
        problem: why it could not be read, or None.
    """

    name: str
    sha256: str
    answers: dict[str, str]
    problem: str | None = None


def find_submissions(paths: list[Path]) -> dict[str, Path]:
    """Return name → notebook for files, and for all notebooks in folders.

    A notebook is named after its place in the folder: `alice/hw01.ipynb` is "alice" if it is the
    only one there, else "alice-hw01". Links and closed folders are listed, and refused when they
    are read.

    Raises:
        AssignmentError: a path does not exist, or there is no notebook.
    """
    found: dict[Path, tuple[str, ...]] = {}
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            found |= {inside: inside.relative_to(path).parts for inside in _inside(path)}
        elif os.path.lexists(path):
            found[path] = (path.absolute().parent.name, path.name)
        else:
            raise AssignmentError(f"{path} does not exist.")
    if not found:
        raise AssignmentError("There is no notebook (.ipynb) to grade.")
    return _named(found)


def _inside(folder: Path) -> list[Path]:
    """Return the notebooks of a folder, and the folders in it that cannot be looked into."""
    found: list[Path] = []
    walk = os.walk(folder, onerror=lambda error: found.append(Path(error.filename)))
    for place, folders, files in walk:
        linked = [name for name in folders if Path(place, name).is_symlink()]
        found += [Path(place, name) for name in (*files, *linked) if name.endswith(".ipynb")]
        folders[:] = [name for name in folders if name != JUPYTERS_COPIES]
    return found


def _named(found: dict[Path, tuple[str, ...]]) -> dict[str, Path]:
    neighbours = Counter(parts[:-1] for parts in found.values())
    plain = {}
    for path, parts in sorted(found.items()):
        only = parts[:-1] and neighbours[parts[:-1]] == 1
        plain[path] = "-".join(parts[:-1] if only else parts).removesuffix(".ipynb")
    clean = {
        path: SAFE_NAME.sub("_", name).strip(".-_")[:60] or "unnamed"
        for path, name in plain.items()
    }
    often = Counter(name.lower() for path, name in clean.items() if name == plain[path])
    names: dict[str, Path] = {}
    taken = set(TAKEN_NAMES)
    for path, name in clean.items():
        # Another path may give the same name: the hash of the path tells them apart.
        unique, place = name, "/".join(found[path])
        is_own = name == plain[path] and often[name.lower()] == 1
        while not is_own or unique.lower() in taken:
            place = hashlib.sha256(os.fsencode(place)).hexdigest()
            unique, is_own = f"{name}-{place[:8]}", True
        taken.add(unique.lower())
        names[unique] = path
    return names


def read_submission(name: str, path: Path) -> Submission:
    """Read a notebook; whatever is wrong with it becomes its `problem`, in a sentence."""
    try:
        content = _read_file(path)
    except OSError as error:
        problem = error.strerror or "cannot be read"
        return Submission(name, "", {}, f"The file cannot be read: {problem}.")
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        return Submission(name, sha256, read_answers(notebook_cells(content)))
    except AssignmentError as error:
        return Submission(name, sha256, {}, str(error))


def _read_file(path: Path) -> bytes:
    """Read a regular file, no link, up to the largest size."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if path.is_symlink():
        raise OSError(0, "it is a link to another file")
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is not a file")
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise OSError(0, f"it is larger than {LARGEST_BYTES // 2**20} MiB; clear its outputs")
    return content


def notebook_cells(content: bytes) -> list[tuple[str, str]]:
    """Return the cells of a notebook file as (kind, source).

    Raises:
        AssignmentError: it is not a notebook, and why.
    """
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise AssignmentError("The file is not a notebook: it is not UTF-8 text.") from None
    except (ValueError, RecursionError):
        raise AssignmentError("The file is not a notebook: it is not valid JSON.") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise AssignmentError("The file is not a notebook: it has no list of cells (nbformat 4).")
    read = []
    for cell in cells:
        if not isinstance(cell, dict):
            raise AssignmentError("The file is not a notebook: one of its cells is no cell.")
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        if isinstance(source, str):
            read.append((str(cell.get("cell_type")), source.lstrip("\r\n").replace("\r\n", "\n")))
    return read
