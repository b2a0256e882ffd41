"""The visible tests on one's own notebook, as they will be run when it is handed in.

A release carries everything that this needs, so it works wherever the notebook is. Only the cells
that count are run: one finds out here, and not from a grade, that a helper stands outside of them.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnnutils.homework.assignment import SETUP, AssignmentError, read_answers
from cnnutils.homework.reports import clean
from cnnutils.homework.sandbox import Limits
from cnnutils.homework.session import AnswerError, Session
from cnnutils.homework.submission import notebook_cells
from cnnutils.homework.testing import OutcomeError

TESTS = re.compile(r"(#@title.*\n)?# TESTS\b")  # Colab wants its title first
Result = tuple[str, int, str, str, str]  # name, points, label, outcome, message


def check_notebook(path: Path) -> Iterator[tuple[str, list[Result]]]:
    """Run the visible tests of a notebook, without a sandbox: it is one's own.

    Args:
        path: a notebook that began as a release.

    Yields:
        A question, and for each of its visible tests the name, points, label, outcome, and what is
        wrong.

    Raises:
        AssignmentError: it is no such notebook.
    """
    try:
        cells = notebook_cells(path.read_bytes())
    except OSError as error:
        raise AssignmentError(f"{path} cannot be read: {error.strerror}.") from None
    code = [source for kind, source in cells if kind == "code"]
    setup = "\n".join(source for source in code if SETUP.match(source))
    tests = next((source for source in code if TESTS.match(source)), None)
    if tests is None:
        raise AssignmentError(f'{path} has no cell that begins with "# TESTS": take a new copy.')
    answers = read_answers(cells)
    settings = _settings(path, tests)
    questions = dict.fromkeys(re.findall(r"^def test_(q\d+)_", tests, re.MULTILINE))
    session = Session(
        setup,
        {**answers, "tests": tests},
        Limits(tuple(settings["packages"]), settings["memory_gib"], 30 * settings["seconds"]),
        seconds=settings["seconds"],
        sandboxed=False,
    )
    try:
        for question in questions:
            yield question, _results(session, question, answers)
    finally:
        session.close()


def _settings(path: Path, tests: str) -> dict[str, Any]:
    line = re.search(r"^ASSIGNMENT = (\{.*\})$", tests, re.MULTILINE)
    try:
        settings: Any = ast.literal_eval(line[1]) if line else None
        return {
            "packages": [str(name) for name in settings["packages"]],
            "memory_gib": float(settings["memory_gib"]),
            "seconds": float(settings["seconds"]),
        }
    except (ValueError, SyntaxError, TypeError, KeyError):
        raise AssignmentError(f"{path}: its tests cell was changed: take a new copy.") from None


def _results(session: Session, question: str, answers: dict[str, str]) -> list[Result]:
    try:
        results = session.get("results")(question)
    except (OutcomeError, AnswerError) as error:
        outcome = error.outcome if isinstance(error, OutcomeError) else "failed"
        return [(question, 0, "its visible tests", outcome, clean(str(error)))]
    broken = session.broken.get(question)
    if isinstance(broken, AnswerError):
        message = f"your code raised {broken.kinds[0]} in {broken.where}: {broken}"
        results = [(*one[:4], message) if one[3] == "missing" else one for one in results]
    if question not in answers:
        message = f'no cell begins with "# ANSWER {question}"'
        results = [(*one[:4], message) if one[3] == "missing" else one for one in results]
    return [(str(a), int(b), str(c), str(d), clean(str(e))) for a, b, c, d, e in results]
