"""Notebooks that were changed around their answers, and files that are none."""

import json
import os
from typing import NamedTuple

from tests.homework.hostile.case import RIGHT_1, RIGHT_2, RIGHT_3

ALL_RIGHT = {"q1": RIGHT_1, "q2": RIGHT_2, "q3": RIGHT_3}
WRONG = {"q1": "def windows(row, size): return row", "q2": RIGHT_2, "q3": "number_of_windows = 9"}


class Changed(NamedTuple):
    """A notebook that began as the release.

    Args:
        name, score, outcomes: as those of `Hostile`.
        answers: that were filled in first.
        change: takes the notebook's cells and gives those that are handed in.
    """

    name: str
    score: int
    outcomes: str
    answers: dict
    change: callable


def is_answer(cell):
    return cell["source"].startswith("# ANSWER")


def as_it_is(cells):
    return cells


def answers_alone(cells):
    return [cell for cell in cells if is_answer(cell)]


def without_answers(cells):
    return [cell for cell in cells if not is_answer(cell)]


def with_weak_tests(cells):
    for cell in cells:
        weak = cell["source"].replace("@points(2)", "@points(1000)").replace("assert", "bool")
        cell["source"] = weak.replace(
            "def close(", "def close(*args, **options): return True\ndef c("
        )
    return cells


def with_source(number, source):
    """Return a change: another source for the answer of a question."""

    def change(cells):
        for cell in cells:
            if is_answer(cell) and cell["source"].startswith(f"# ANSWER q{number}"):
                cell["source"] = source
        return cells

    return change


def as_text(cells):
    for cell in cells:
        if cell["source"].startswith("# ANSWER q1"):
            cell["cell_type"] = "markdown"
    return cells


def code(source):
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}


UNANSWERED = "todo todo todo"
NOTHING = "missing missing missing"
FULL = "passed passed passed"
NO_Q1 = "missing passed passed"
BAD_Q1 = "failed passed passed"

CHANGED = [
    Changed("release", 0, UNANSWERED, {}, as_it_is),
    Changed("tests-edited", 5, "failed passed passed/failed", WRONG, with_weak_tests),
    Changed("tests-deleted", 10, FULL, ALL_RIGHT, answers_alone),
    Changed("answers-deleted", 0, NOTHING, ALL_RIGHT, without_answers),
    Changed("all-deleted", 0, NOTHING, {}, lambda cells: []),
    Changed(
        "setup-edited",  # the master's setup counts
        10,
        FULL,
        ALL_RIGHT,
        lambda cells: [code("# SETUP - keep this line\nraise SystemExit"), *cells],
    ),
    Changed(
        "marker-twice",  # all cells with a marker count, in their order
        10,
        FULL,
        WRONG | {"q3": RIGHT_3},
        lambda cells: [*cells, code("# ANSWER q1 - again\n" + RIGHT_1)],
    ),
    Changed(
        "markers-many",
        10,
        FULL,
        ALL_RIGHT,
        lambda cells: cells + [code("# ANSWER q9\n")] * 200_000,
    ),
    Changed("marker-in-text", 6, NO_Q1, ALL_RIGHT, as_text),
    Changed(
        "helper-outside",  # what stands in other cells is not run
        6,
        BAD_Q1,
        ALL_RIGHT | {"q1": "def windows(row, size): return helper(row, size)"},
        lambda cells: [code(RIGHT_1.replace("def windows", "def helper")), *cells],
    ),
    Changed("magics", 6, BAD_Q1, ALL_RIGHT | {"q1": f"%timeit 1\n!ls\n{RIGHT_1}"}, as_it_is),
    Changed("nul", 6, BAD_Q1, ALL_RIGHT | {"q1": f"\0{RIGHT_1}"}, as_it_is),
    Changed("surrogate", 6, BAD_Q1, ALL_RIGHT | {"q1": f"{RIGHT_1}# \ud800"}, as_it_is),
    Changed("null-source", 6, NO_Q1, ALL_RIGHT, with_source(1, None)),
    Changed("odd-lines", 6, NO_Q1, ALL_RIGHT, with_source(1, [3, None, {"a": []}, "\n"])),
]  # fmt: skip


def text_of(source):
    return json.dumps({"cells": [code(source)], "nbformat": 4, "nbformat_minor": 5})


def link(target):
    return lambda path: path.symlink_to(target)


def sparse(path):
    with path.open("wb") as file:
        file.truncate(2**33)


def closed(path):
    path.write_text(text_of(RIGHT_1))
    path.chmod(0)


RIGHT_TEXT = text_of(f"# ANSWER q3\n{RIGHT_3}")
NO_NOTEBOOK = "The file is not a notebook: "
NO_LIST = f"{NO_NOTEBOOK}it has no list of cells (nbformat 4)."
NO_CELL = f"{NO_NOTEBOOK}one of its cells is no cell."
NO_JSON = f"{NO_NOTEBOOK}it is not valid JSON."
NO_UTF8 = f"{NO_NOTEBOOK}it is not UTF-8 text."
A_LINK = "The file cannot be read: it is a link to another file."

# name of a file → its bytes, or what makes it; and what is said of it
BROKEN = {
    "empty": (b"", NO_JSON),
    "not-json": (b"print('hello')", NO_JSON),
    "truncated": (RIGHT_TEXT.encode()[:-10], NO_JSON),
    "deep": (b'{"cells":' + b"[" * 10**6, NO_JSON),
    "large-number": (b'{"cells": [], "nbformat": ' + b"4" * 10**5 + b"}", NO_JSON),
    "null": (b"null", NO_LIST),
    "list": (b"[]", NO_LIST),
    "nbformat-3": (b'{"worksheets": [{"cells": []}]}', NO_LIST),
    "cells-are-text": (b'{"cells": "# ANSWER q1"}', NO_LIST),
    "cells-are-numbers": (b'{"cells": [1, 2]}', NO_CELL),
    "cells-are-null": (b'{"cells": [null]}', NO_CELL),
    "utf-16": (RIGHT_TEXT.encode("utf-16"), NO_UTF8),
    "latin-1": (text_of("# é").replace("\\u00e9", "é").encode("latin-1"), NO_UTF8),
    "huge": (sparse, "The file cannot be read: it is larger than 20 MiB; clear its outputs."),
    "closed": (closed, "The file cannot be read: Permission denied."),
    "pipe": (os.mkfifo, "The file cannot be read: it is not a file."),
    "link": (link("zz-honest.ipynb"), A_LINK),
    "link-out": (link("/etc/passwd"), A_LINK),
    "link-to-nothing": (link("nowhere"), A_LINK),
    "link-to-itself": (link("link-to-itself.ipynb"), A_LINK),
    "link-to-a-folder": (link("/"), A_LINK),
}

# path in the folder → what its result is called; each holds no notebook
HASH = "-[0-9a-f]{8}"
NAMES = {
    "-rf.ipynb": f"rf{HASH}",
    "..ipynb": f"unnamed{HASH}",
    "...ipynb": f"unnamed{HASH}",
    ".ipynb": f"unnamed{HASH}",
    "a b.ipynb": f"a_b{HASH}",
    "Case.ipynb": f"Case{HASH}",
    "case.ipynb": f"case{HASH}",
    "=cmd|'calc'!A1.ipynb": f"cmd_calc_A1{HASH}",
    "line\nbreak; rm -rf ~.ipynb": f"line_break_rm_-rf{HASH}",
    "\x1b[2J$(reboot)`'\".ipynb": f"2J_reboot{HASH}",
    "日本\u202e.ipynb": f"unnamed{HASH}",
    os.fsdecode(b"\xff\xfe.ipynb"): f"unnamed{HASH}",
    "x" * 240 + ".ipynb": f"x{{60}}{HASH}",
    "grades.csv.ipynb": f"grades.csv{HASH}",
    "junit.xml.ipynb": f"junit.xml{HASH}",
    "a-folder.ipynb/one.ipynb": "a-folder",
    "two/one.ipynb": "two-one",
    "two/other.ipynb": "two-other",
    ".hidden/.hidden.ipynb": f"hidden{HASH}",
}
