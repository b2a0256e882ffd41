"""Hostile submissions get exactly the grade that is due to them, and touch nothing else.

All are graded together, by the command and in the sandbox that grade students; see `hostile/` for
what they try.
"""

import contextlib
import csv
import io
import json
import os
import re
import socket
import time
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnnutils.homework.assignment import read_assignment
from cnnutils.homework.inside import wire
from tests.homework.broken import copy_of_tiny
from tests.homework.hostile.claims import CLAIMS
from tests.homework.hostile.deeds import DEEDS
from tests.homework.hostile.notebooks import BROKEN, CHANGED, NAMES, NO_LIST
from tests.homework.support import (
    filled_in,
    needs_bubblewrap,
    open_folder,
    run_as_ordinary_user,
)
from tools.chapters import ROOT

pytestmark = needs_bubblewrap

# Half a gibibyte; the digits after it tell this batch's processes from all others.
MARK = f"0.5{os.getpid():08d}1"
ANSWERS = [*DEEDS, *CLAIMS]
PRIVATE = "a secret of the teacher's"
TESTS = [f"test_{test}" for test in (
    "q1_pairs", "q1_random", "q2_pairs", "q2_random", "q3_kind", "q3_number",
)]  # fmt: skip


@pytest.fixture(scope="session")
def batch(once):
    """Grade all hostile submissions; return what came out and what happened meanwhile."""
    return once("hostile", grade_all)


def grade_all():
    with open_folder() as place, listeners(place) as listening:
        assignment = prepare(place)
        hand_in(place, read_assignment(assignment), listening["ports"])
        before, began = contents(place), time.monotonic()
        command = ["-m", "cnnutils.homework", "grade", assignment, place / "in"]
        command += ["-o", place / "out", "-j", 2, "--seed-file", place / "seed"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TOKEN", PRIVATE)
            process = run_as_ordinary_user(*command)
        return {
            "seconds": time.monotonic() - began,
            "status": process.returncode,
            "said": process.stderr,
            "table": process.stdout,
            "before": before,
            "after": contents(place),
            "left": still_running(),
            "connections": listening["accepted"](),
            "files": {
                str(path.relative_to(place / "out")): path.read_text(encoding="utf-8")
                for path in (place / "out").rglob("*.*")
                if path.is_file()
            },
        }


def prepare(place):
    """Lay out an assignment with tight limits, a seed, and what may not be touched."""
    limits = f"seconds: 5\n  memory_gib: {MARK}"  # on a busy machine 3 are too few
    assignment = copy_of_tiny(place, [("tiny.md", "seconds: 3", limits)])
    (place / "seed").write_text("a private seed", encoding="utf-8")
    (place / "canary").write_text("sings", encoding="utf-8")
    for path in (place / "in", place / "out", place / "open"):
        path.mkdir()
        path.chmod(0o777)  # the grader could write there, and an answer must not
    return assignment


def hand_in(place, assignment, ports):
    places = {
        "folders": [str(place), *map(str, place.iterdir()), str(ROOT), "/home", "/sys", "/boot"],
        "files": [
            *(str(place / name) for name in ("seed", "canary", "in/zz-honest.ipynb")),
            *(str(assignment.folder / name) for name in ("tiny.md", "tests_hidden.py")),
            *(str(ROOT / "tests/homework/tiny/tests_hidden.py"), str(ROOT / "pyproject.toml")),
            *("/etc/passwd", "/etc/hostname", "/proc/sysrq-trigger"),
        ],
        "canary": str(place / "open" / "touched"),
        "secret": PRIVATE,
        **ports,
    }
    texts = {}
    for case in ANSWERS:
        answers = {name: getattr(case, name) for name in ("q1", "q2", "q3")}
        if "PLACES" in case.q1:
            answers["q1"] = f"PLACES = {places!r}\n{case.q1}"
        texts[case.name] = filled_in(assignment, answers)
    for case in CHANGED:
        notebook = json.loads(filled_in(assignment, case.answers))
        texts[case.name] = json.dumps(notebook | {"cells": case.change(notebook["cells"])})
    texts["aa-honest"] = "\ufeff" + texts["aa-honest"]  # some editors begin a file with this mark
    for name, text in texts.items():
        (place / "in" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    for name, (content, _) in BROKEN.items():
        path = place / "in" / f"{name}.ipynb"
        path.write_bytes(content) if isinstance(content, bytes) else content(path)
    for name in NAMES:
        path = place / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("null", encoding="utf-8")
    copies = place / "in" / ".ipynb_checkpoints"
    copies.mkdir()
    (copies / "zz-honest-checkpoint.ipynb").write_text("null", encoding="utf-8")


@contextlib.contextmanager
def listeners(place):
    """Listen on every kind of socket that an answer might reach."""
    abstract = f"hostile-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        local = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2)]
        for one, address in zip(local, (str(place / "socket"), f"\0{abstract}"), strict=True):
            one.bind(address)
            one.listen()
        (place / "socket").chmod(0o777)

        def accepted():
            number = 0
            for one in (tcp, *local):
                one.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    one.accept()
                    number += 1
            return number

        ports = {
            "port": tcp.getsockname()[1], "socket": str(place / "socket"), "abstract": abstract,
        }  # fmt: skip
        yield {"ports": ports, "accepted": accepted}


def contents(place):
    """Return every path outside of the results with its size, time and permissions."""
    found = {}
    for path in [place, *place.rglob("*")]:
        if not path.is_relative_to(place / "out"):
            status = path.lstat()
            name = ascii(str(path.relative_to(place)))
            found[name] = [status.st_size, status.st_mtime_ns, status.st_mode]
    return found


def still_running():
    """Return the command lines of this batch's processes, also after a moment."""
    for _ in range(20):
        left = [line for line in map(command_line, Path("/proc").iterdir()) if MARK in line]
        if not left:
            return []
        time.sleep(0.1)
    return left


def command_line(process):
    with contextlib.suppress(OSError):
        return (process / "cmdline").read_bytes().decode("utf-8", "replace")
    return ""


MULTIPLES = [[i * (2**61 - 1), 0] for i in range(50_000)]  # all of them have the hash 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"list": [{}] * 3_000_000}, "it has more than 2097152 parts"),
        ({"list": "x" * 10**7}, "not a list"),
        ({"dict": MULTIPLES}, "not a value"),
        ({"array": "", "dtype": "<f8", "shape": [10**4000] * 2000}, "not an array of numbers"),
        ({"array": "", "dtype": "f8," * 10**6, "shape": [0]}, "not an array of numbers"),
    ],
    ids=["parts", "text", "keys", "axes", "dtype"],
)
def test_what_would_keep_the_grader_busy_for_hours_is_refused_unread(data, sentence):
    content = json.dumps({"value": data}).encode()
    stream = io.BytesIO(len(content).to_bytes(8, "big") + content)
    with pytest.raises(wire.WireError, match=f"^{sentence}$"):
        wire.decode(wire.read(stream)["value"])


def result(batch, name):
    return json.loads(batch["files"][f"{name}/result.json"])


def by_question(result):
    """Return the outcomes of q1, q2 and q3, where visible and hidden differ as "one/other"."""
    found = {test["test"]: test["outcome"] for test in result["tests"]}
    pairs = [(found[TESTS[i]], found[TESTS[i + 1]]) for i in (0, 2, 4)]
    return " ".join(one if one == other else f"{one}/{other}" for one, other in pairs)


@pytest.mark.parametrize("case", [*ANSWERS, *CHANGED], ids=lambda case: case.name)
def test_the_grade_is_the_one_that_is_due(batch, case):
    got = result(batch, case.name)
    assert (by_question(got), got["score"]) == (case.outcomes, case.score), got["tests"]
    assert (got["trouble"], got["problem"]) == (None, None)
    if "timeout" in case.outcomes:  # on a busy machine others, too
        assert got["tries"] == 2


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_notebook_gets_nothing_and_is_told_why(batch, name):
    got = result(batch, name)
    assert (got["score"], got["problem"]) == (0, BROKEN[name][1])
    assert by_question(got) == "missing missing missing"


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_leads_nowhere_else(batch, name):
    found = [
        one for one in {path.partition("/")[0] for path in batch["files"]}
        if re.fullmatch(NAMES[name], one)
    ]  # fmt: skip
    alike = [other for other in NAMES if NAMES[other] == NAMES[name]]
    assert len(found) == len(alike)
    assert all(result(batch, one)["problem"] == NO_LIST for one in found)


def test_each_file_has_a_row_and_a_folder_and_nothing_else_is_written(batch):
    number = len(ANSWERS) + len(CHANGED) + len(BROKEN) + len(NAMES)
    rows = list(csv.DictReader(batch["files"]["grades.csv"].splitlines()))
    names = {row["submission"] for row in rows}
    assert len(rows) == len(names) == len({name.lower() for name in names}) == number
    assert set(batch["files"]) == {"grades.csv", "junit.xml"} | {
        f"{name}/{file}" for name in names for file in ("result.json", "feedback.md")
    }
    assert all(row["score"] == str(result(batch, row["submission"])["score"]) for row in rows)


def test_the_command_ends_well_and_says_nothing(batch):
    assert (batch["status"], batch["said"]) == (0, "")


def test_no_file_appears_changes_or_goes(batch):
    assert batch["after"] == batch["before"]


def test_nobody_connects(batch):
    assert batch["connections"] == 0


def test_no_process_is_left(batch):
    assert batch["left"] == []


def test_the_time_is_bounded(batch):
    assert batch["seconds"] < 600  # also on a busy machine; what never ends would take longer


def test_every_report_is_well_formed_and_printable(batch):
    suites = ElementTree.fromstring(batch["files"]["junit.xml"])  # noqa: S314
    assert len(suites) == len(ANSWERS) + len(CHANGED) + len(BROKEN) + len(NAMES)
    for text in [*batch["files"].values(), batch["table"]]:
        odd = {c for c in text if c != "\n" and unicodedata.category(c)[0] == "C"}
        assert not odd
        assert len(text) < 10**6


def test_words_of_an_answer_neither_format_nor_command(batch):
    page = batch["files"]["evil-words/feedback.md"]
    assert "alert" in page  # a visible test tells what was raised
    assert not re.search(r"(?<!\\)[<&[]", page)
    assert len(re.findall(r"^(#|- )", page, re.MULTILINE)) == 4 + len(TESTS)
    assert not re.search(r"^.?[=+@]", batch["files"]["grades.csv"], re.MULTILINE)


def test_feedback_on_a_hidden_test_holds_no_word_of_the_answer(batch):
    page = batch["files"]["tells-inputs/feedback.md"]
    hidden = re.findall(r"^- .*\(hidden, .*\n(  - .*)?", page, re.MULTILINE)
    assert hidden == [
        "  - your code raised ValueError in line 2 of q1",
        "  - your code raised ValueError",
        "",
    ]
    assert page.count("SECRET") == 1  # in that of a visible one


def test_a_secret_of_the_environment_is_nowhere_in_the_results(batch):
    assert not [name for name, text in batch["files"].items() if PRIVATE in text]
