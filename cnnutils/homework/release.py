"""The student's notebook: the master without its solutions, with the visible tests inside."""

import ast
import json
from pathlib import Path
from typing import Any

from cnnutils.homework import testing
from cnnutils.homework.assignment import (
    ANSWER,
    SETUP,
    TEST_FILES,
    Assignment,
    AssignmentError,
)

# The tests have names of their own: what a student calls a helper is nothing to them.
TESTS_CELL = """\
#@title The visible tests: run this cell, there is no need to read it
# TESTS {name} - keep this line
ASSIGNMENT = {settings!r}
TESTS = r'''
{text}'''
_room = {{"__name__": "tests"}}
exec(TESTS, _room)
_room["notebook"] = globals()
check, results, when_answered = (
    _room[name] for name in ("check", "results", "when_answered"))"""
SHORTEST_LEAK = 12  # characters of a solution's line that may not stand in a release


def release(assignment: Assignment) -> str:
    """Return the notebook that students get, as the text of an .ipynb file.

    The same assignment gives the same bytes. It runs from top to bottom unanswered, needs no other
    file and no package but those that it imports, and holds no line of a solution.

    Raises:
        AssignmentError: a line of a solution stands in it, or there is no setup cell.
    """
    cells: list[dict[str, Any]] = []
    for kind, source in assignment.cells:
        if kind == "code" and (marker := ANSWER.match(source)):
            source = assignment.questions[marker[1]].starter
        elif kind == "markdown":
            source = _with_points(assignment, source)
        cells.append(_cell(kind, source))
        if kind == "code" and SETUP.match(source):
            cells.append(_tests_cell(assignment))
    if sum("cellView" in cell["metadata"] for cell in cells) != 1:
        raise AssignmentError(f"{assignment.name}: the master must have one cell # SETUP.")
    for number, cell in enumerate(cells):
        cell["id"] = f"{assignment.name}-{number:02d}"
    notebook = {
        "cells": cells,
        "metadata": {
            "colab": {"provenance": []},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if found := leaks(assignment, [cell["source"] for cell in cells]):
        raise AssignmentError(f"{assignment.name}: a solution's line is in the release: {found[0]}")
    return text


def leaks(assignment: Assignment, sources: list[str]) -> list[str]:
    """Return the lines of solutions, and of hidden tests, that stand in a release's cells.

    A solution's line counts wherever it stands, a hidden test's where it is a line of its own.
    """
    released = "\n".join(sources)
    secrets = set()
    for question in assignment.questions.values():
        secrets |= _lines(question.reference) - _lines(question.starter)
    found = {line for line in secrets if line in released}
    hidden = assignment.folder / TEST_FILES[1]
    if hidden.exists():
        visible = (assignment.folder / TEST_FILES[0]).read_text(encoding="utf-8")
        shared = _lines(visible) | _lines(_support()) | _lines(assignment.setup)
        found |= (_lines(hidden.read_text(encoding="utf-8")) - shared) & _lines(released)
    return sorted(line for line in found if len(line) >= SHORTEST_LEAK)


def _lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines()}


def _with_points(assignment: Assignment, source: str) -> str:
    for name, question in assignment.questions.items():
        points = sum(test.points for test in assignment.tests if test.question == name)
        heading = f"## {name}: {question.title}"
        source = source.replace(heading, f"{heading} ({points} points)")
    return source


def _cell(kind: str, source: str) -> dict[str, Any]:
    if kind == "markdown":
        return {"cell_type": kind, "metadata": {}, "source": source}
    return {
        "cell_type": kind,
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _tests_cell(assignment: Assignment) -> dict[str, Any]:
    visible = _without_imports_of_ours((assignment.folder / TEST_FILES[0]).read_text("utf-8"))
    settings = {
        "name": assignment.name,
        "packages": list(assignment.packages),
        "seconds": assignment.seconds,
        "memory_gib": assignment.memory_gib,
    }
    text = f"{_support().strip()}\n\n\n{visible.strip()}\n"
    if "'''" in text:
        raise AssignmentError(f"{assignment.name}: {TEST_FILES[0]} must not contain '''.")
    cell = _cell("code", TESTS_CELL.format(name=assignment.name, settings=settings, text=text))
    cell["metadata"] = {"cellView": "form", "jupyter": {"source_hidden": True}}
    return cell


def _support() -> str:
    return Path(testing.__file__).read_text(encoding="utf-8")


def _without_imports_of_ours(text: str) -> str:
    """Take out the imports from this package, whose text stands in the same cell."""
    lines = text.splitlines()
    for node in reversed(ast.parse(text).body):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cnnutils"):
            assert node.end_lineno is not None
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines)
