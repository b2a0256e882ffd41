"""Grades: one submission in a process of its own, and a class of them side by side."""

import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from cnnutils.homework import sandbox
from cnnutils.homework.answers import Outcome
from cnnutils.homework.assignment import Assignment, Test
from cnnutils.homework.submission import Submission

PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Grade:
    """The result of one submission.

    Args:
        submission: what was graded.
        outcomes: test → outcome; empty where it could not be graded.
        trouble: what went wrong on our side; such a grade does not count.
        tries: 2 where something timed out at first and was graded once more, alone.
    """

    submission: Submission
    outcomes: dict[Test, Outcome]
    trouble: str | None = None
    tries: int = 1

    @property
    def score(self) -> int:
        """The points of the tests that passed."""
        return sum(
            test.points for test, outcome in self.outcomes.items() if outcome.outcome == "passed"
        )

    def has(self, outcome: str) -> bool:
        """Whether a test came out like this."""
        return any(one.outcome == outcome for one in self.outcomes.values())


def grade_one(assignment: Assignment, submission: Submission, *, seed: str) -> Grade:
    """Grade one submission; whatever happens, it becomes a grade."""
    tests = assignment.tests
    if submission.problem:
        missing = Outcome("missing", submission.problem, submission.problem)
        return Grade(submission, dict.fromkeys(tests, missing))
    job = {
        "folder": str(assignment.folder),
        "header": assignment.header,
        "cells": assignment.cells,
        "answers": submission.answers,
        "seed": seed,
    }
    try:
        reply = _in_a_process(job, seconds=600 + 60 * assignment.seconds)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        reply = {"trouble": f"the tests' process failed: {error}"}
    if "trouble" in reply:
        return Grade(submission, {}, trouble=str(reply["trouble"]))
    return Grade(submission, {test: Outcome(**reply["outcomes"][test.name]) for test in tests})


def grade_all(
    assignment: Assignment,
    submissions: Iterable[Submission],
    *,
    seed: str,
    jobs: int,
    finished: Callable[[Grade], None] = lambda grade: None,
) -> list[Grade]:
    """Grade submissions side by side, in the order in which they came.

    One in which something timed out is graded once more when all others are done, alone: only what
    is slow on a quiet machine counts as slow.

    Args:
        assignment: what they answer.
        submissions: any number.
        seed: what hidden tests draw their inputs from.
        jobs: how many at once.
        finished: called with each grade as soon as it is final.

    Raises:
        SandboxError: this machine cannot run answers of strangers safely.
    """
    sandbox.require()
    submissions = list(submissions)
    grades: dict[int, Grade] = {}

    def one(index: int) -> Grade:
        return grade_one(assignment, submissions[index], seed=seed)

    with ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(one, index): index for index in range(len(submissions))}
        try:
            for future in as_completed(running):
                index = running[future]
                grades[index] = future.result()
                if not grades[index].has("timeout"):
                    finished(grades[index])
        except BaseException:  # Ctrl-C, a full disk: what has not begun need not begin
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    for index, grade in sorted(grades.items()):
        if grade.has("timeout"):
            grades[index] = replace(one(index), tries=2)
            finished(grades[index])
    return [grades[index] for index in sorted(grades)]


def _in_a_process(job: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    """Run the tests of one submission in a process that is ended with all that it started."""
    with tempfile.TemporaryDirectory(prefix="grade-") as folder:
        result = Path(folder, "result.json")
        process = subprocess.Popen(
            [sys.executable, "-m", "cnnutils.homework.runner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=_environment(),
            start_new_session=True,
        )
        try:
            content = json.dumps({**job, "result": str(result)}).encode()
            output, _ = process.communicate(content, timeout=seconds)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.communicate()
            raise
        if not result.exists():
            last = " ".join(output.decode("utf-8", "replace").split())[-300:]
            return {"trouble": f"the tests' process ended without a result: {last}"}
        return dict(json.loads(result.read_text(encoding="utf-8")))


def _environment() -> dict[str, str]:
    """Return this process's environment, with this package and without foreign pytest plugins."""
    paths = [str(PACKAGE.parents[1]), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
        "CI": "",  # there pytest spells out every difference, which takes long for long results
        "BUILD_NUMBER": "",
        "PYTHONDONTWRITEBYTECODE": "1",  # nothing is left beside the tests
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }


def provenance(assignment: Assignment, seed: str) -> dict[str, Any]:
    """Return what a grade depends on besides the submission, so that it can be made again."""
    sha = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        sha.update(str(path.relative_to(PACKAGE)).encode() + path.read_bytes())
    return {
        "assignment": assignment.name,
        "assignment_sha256": assignment.digest(),
        "grader_sha256": sha.hexdigest(),
        "seed": seed,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in ("numpy", "pytest")},
    }
