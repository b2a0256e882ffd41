"""Notebooks made for a test, and the grader run on them as a teacher runs it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnnutils.homework.assignment import read_assignment
from cnnutils.homework.release import release
from tools.chapters import ROOT
from tools.ordinary_user import as_ordinary_user

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None,
    reason="NOT VERIFIED HERE: the homework's grader (bubblewrap is not installed)",
)
TINY = ROOT / "tests" / "homework" / "tiny"


def filled_in(assignment, answers):
    """Return the release with a student's answers in it, as text."""
    notebook = json.loads(release(assignment))
    starters = {question.starter: name for name, question in assignment.questions.items()}
    for cell in notebook["cells"]:
        name = starters.get(cell["source"])
        if name in answers:
            marker = f"# ANSWER {name} - keep this line\n"
            cell["source"] = marker + answers[name].removeprefix(marker)
    return json.dumps(notebook)


def start_as_ordinary_user(*arguments):
    """Start Python with arguments as somebody who may grade; root is given up."""
    return subprocess.Popen(
        as_ordinary_user([sys.executable, *map(str, arguments)]),
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run_as_ordinary_user(*arguments, input="", timeout=900):  # noqa: A002 - subprocess' word
    """Run it to its end."""
    process = start_as_ordinary_user(*arguments)
    try:
        out, err = process.communicate(input, timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@contextmanager
def open_folder():
    """Give a folder that every user may write into: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="homework-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def grade(folder, submissions, *, seed="a seed", jobs=2):
    """Grade notebooks with the command; return submission → its result, and the process.

    Args:
        folder: of the assignment.
        submissions: name → text of a notebook.
        seed: for the hidden inputs.
        jobs: how many at once.
    """
    with open_folder() as place:
        name = read_assignment(folder).name
        for student, text in submissions.items():
            (place / "in" / student).mkdir(parents=True)
            (place / "in" / student / f"{name}.ipynb").write_text(text, encoding="utf-8")
        (place / "seed").write_text(seed, encoding="utf-8")
        command = ["-m", "cnnutils.homework", "grade", folder, place / "in"]
        command += ["-o", place / "out", "-j", jobs, "--seed-file", place / "seed"]
        process = run_as_ordinary_user(*command)
        results = {
            student: json.loads((place / "out" / student / "result.json").read_text("utf-8"))
            for student in submissions
            if (place / "out" / student / "result.json").exists()
        }
        return results, process


def outcomes(result):
    """Return test → outcome of one result."""
    return {test["test"]: test["outcome"] for test in result["tests"]}
