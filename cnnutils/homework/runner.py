"""The trusted process: pytest runs the tests of one submission, whose answers run elsewhere.

`python -m cnnutils.homework.runner` reads a job from its standard input and writes the outcomes to
the file that the job names.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnutils.homework.answers import Bench, Outcome
from cnnutils.homework.assignment import TEST_FILES, make_assignment
from cnnutils.homework.session import GraderError


class Plugin:
    """Carries out each collected test on the bench, and keeps its outcome."""

    def __init__(self, bench: Bench, tests: dict[str, Any]) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.trouble = ""
        self._bench, self._tests = bench, tests

    @pytest.fixture
    def hw(self) -> None:
        """Stand for the answers: pytest wants a fixture for each argument."""

    reference = rng = hw

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Carry out one test in place of pytest's plain call."""
        try:
            outcome = self._bench.attempt(self._tests[pyfuncitem.name], pyfuncitem.obj)
        except GraderError as error:
            self.trouble = str(error)
            pytest.exit(self.trouble, returncode=3)
        self.outcomes[pyfuncitem.name] = outcome
        if outcome.outcome != "passed":
            pytest.fail(outcome.message, pytrace=False)
        return True


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Return {"outcomes": {test: outcome}} or {"trouble": sentence} for one submission."""
    cells = [(kind, source) for kind, source in job["cells"]]
    assignment = make_assignment(Path(job["folder"]), job["header"], cells)
    tests = {test.name: test for test in assignment.tests}
    files = [str(assignment.folder / name) for name in TEST_FILES]
    bench = Bench(assignment, job["answers"], seed=job["seed"])
    plugin = Plugin(bench, tests)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:doctest", "--noconftest"]
    options += ["-c", os.devnull, "--rootdir", str(assignment.folder)]
    try:
        status = pytest.main(
            [*options, *(file for file in files if Path(file).exists())], plugins=[plugin]
        )
    finally:
        bench.close()
    if plugin.trouble:
        return {"trouble": plugin.trouble}
    if set(plugin.outcomes) != set(tests):
        return {"trouble": f"pytest carried out another set of tests (exit status {int(status)})"}
    return {"outcomes": {name: vars(outcome) for name, outcome in plugin.outcomes.items()}}


if __name__ == "__main__":
    job = json.load(sys.stdin)
    Path(job["result"]).write_text(json.dumps(run(job)), encoding="utf-8")
