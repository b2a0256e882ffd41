"""What is written about grades: a table to look at, CSV, JUnit and JSON for the teacher, feedback.

Text that comes from a submission may hold anything; it is cleaned before it is written.
"""

import csv
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from cnnutils.homework.answers import Outcome
from cnnutils.homework.assignment import Assignment, Test
from cnnutils.homework.grading import Grade

LONGEST_TEXT = 300
ADVICE = {
    "todo": "not answered yet",
    "missing": "nothing to grade was found: {hint}",
    "timeout": "it did not finish: {hint}; look for a loop that never ends",
    "crash": "it could not be carried out: {hint}; does the cell call exit, or use much memory?",
}


def clean(text: str) -> str:
    """Return one line of printable text, not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = line.encode("utf-8", "replace").decode("utf-8")
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def write_atomically(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def advice(test: Test, outcome: Outcome) -> str:
    """Return what a student may read about a test that did not pass."""
    if outcome.outcome in ADVICE:
        return clean(ADVICE[outcome.outcome].format(hint=outcome.hint))
    if test.visible:
        return clean(outcome.message)
    return clean(outcome.hint) or "the result is wrong for this kind of input"


def feedback(assignment: Assignment, grade: Grade) -> str:
    """Return the page for a student, in Markdown: no hidden assertion, no hidden input."""
    lines = [f"# {assignment.title}: {grade.score} of {assignment.points} points", ""]
    if grade.trouble:
        lines[0] = f"# {assignment.title}: not graded yet"
        lines += ["Something went wrong on the grader's side; your teacher has been told.", ""]
    if grade.submission.problem:
        lines += [f"**{_escaped(clean(grade.submission.problem))}**", ""]
    unsound = {test.question for test, out in grade.outcomes.items() if out.outcome != "passed"}
    for question in assignment.questions.values():
        own = {test: out for test, out in grade.outcomes.items() if test.question == question.name}
        if not own:
            continue
        won = sum(test.points for test, out in own.items() if out.outcome == "passed")
        total = sum(test.points for test in own)
        lines += [f"## {question.name}: {question.title} – {won} of {total}", ""]
        for test, outcome in own.items():
            kind = "visible" if test.visible else "hidden"
            lines.append(f"- **{outcome.outcome}** ({kind}, {test.points}): {test.label}")
            if outcome.outcome != "passed":
                lines.append(f"  - {_escaped(advice(test, outcome))}")
            elif outcome.assisted:
                known = [name for name in question.uses if name in unsound]
                used = ", ".join(known or question.uses)
                lines.append(f"  - with right answers to {used}; yours are not right yet")
        lines.append("")
    lines.append(f"Graded file: SHA-256 `{grade.submission.sha256 or 'unreadable'}`")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Return text that Markdown and HTML show as it is."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>&#!|" else c for c in text)


def as_json(assignment: Assignment, grade: Grade, provenance: dict[str, Any]) -> str:
    """Return one result with all that is needed to get it again."""
    content = {
        **provenance,
        "submission": grade.submission.name,
        "submission_sha256": grade.submission.sha256,
        "problem": grade.submission.problem and clean(grade.submission.problem),
        "trouble": grade.trouble and clean(grade.trouble),
        "tries": grade.tries,
        "score": None if grade.trouble else grade.score,
        "points": assignment.points,
        "tests": [
            {
                "test": test.name,
                "question": test.question,
                "visible": test.visible,
                "points": test.points,
                "outcome": outcome.outcome,
                "assisted": outcome.assisted,
                "message": clean(outcome.message),
            }
            for test, outcome in grade.outcomes.items()
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_csv(assignment: Assignment, grades: list[Grade]) -> str:
    """Return a table with one row a submission: its score, and the outcome of each test."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [test.name for test in assignment.tests]
    writer.writerow(["submission", "score", "points", *names, "problem"])
    for grade in grades:
        outcomes = {test.name: outcome.outcome for test, outcome in grade.outcomes.items()}
        score = "" if grade.trouble else grade.score
        row = [grade.submission.name, score, assignment.points]
        row += [outcomes.get(name, "") for name in names]
        problem = grade.trouble or grade.submission.problem or ""
        writer.writerow([*row, _no_formula(clean(problem))])
    return text.getvalue()


def _no_formula(text: str) -> str:
    """Keep a spreadsheet from computing a text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def as_junit(assignment: Assignment, grades: list[Grade]) -> str:
    """Return the results in JUnit's format, without the text of any assertion."""
    root = ElementTree.Element("testsuites", name=assignment.name)
    for grade in grades:
        suite = ElementTree.SubElement(root, "testsuite", name=grade.submission.name)
        failures = skipped = 0
        for test, outcome in grade.outcomes.items():
            case = ElementTree.SubElement(
                suite, "testcase", classname=test.question, name=test.name
            )
            if outcome.outcome == "todo":
                skipped += 1
                ElementTree.SubElement(case, "skipped", message="not answered yet")
            elif outcome.outcome != "passed":
                failures += 1
                told = f"{test.label}: {advice(test, outcome)}"
                ElementTree.SubElement(case, "failure", type=outcome.outcome, message=told)
        if grade.trouble:
            case = ElementTree.SubElement(suite, "testcase", classname="grader", name="grader")
            ElementTree.SubElement(case, "error", message=clean(grade.trouble))
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(failures))
        suite.set("skipped", str(skipped))
        suite.set("errors", str(int(grade.trouble is not None)))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def table(assignment: Assignment, grades: list[Grade]) -> str:
    """Return the grades for a terminal: points by question, and what kept them from being more."""
    header = ["submission", *assignment.questions, "score", ""]
    rows = [header]
    for grade in grades:
        row = [clean(grade.submission.name)]
        row += [_points(grade, {name}) for name in assignment.questions]
        counts = {
            outcome: sum(one.outcome == outcome for one in grade.outcomes.values())
            for outcome in ("failed", "todo", "missing", "timeout", "crash")
        }
        remark = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
        if grade.trouble or grade.submission.problem:
            remark = clean(grade.trouble or grade.submission.problem or "")
        score = "not graded" if grade.trouble else _points(grade, set(assignment.questions))
        rows.append([*row, score, remark])
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = []
    for row in rows:
        first = row[0].ljust(widths[0])
        middle = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
        lines.append("  ".join([first, *middle, row[-1]]).rstrip())
    return "\n".join(lines)


def _points(grade: Grade, questions: set[str]) -> str:
    """Return "points won/points" of some questions."""
    own = {test: out for test, out in grade.outcomes.items() if test.question in questions}
    won = sum(test.points for test, outcome in own.items() if outcome.outcome == "passed")
    return f"{won}/{sum(test.points for test in own)}"


def write_grade(folder: Path, assignment: Assignment, grade: Grade, source: dict[str, Any]) -> None:
    """Write what belongs to one submission: its result, and the student's page."""
    place = folder / grade.submission.name
    write_atomically(place / "result.json", as_json(assignment, grade, source))
    write_atomically(place / "feedback.md", feedback(assignment, grade))


def write_class(folder: Path, assignment: Assignment, grades: list[Grade]) -> None:
    """Write what belongs to all submissions together."""
    write_atomically(folder / "grades.csv", as_csv(assignment, grades))
    write_atomically(folder / "junit.xml", as_junit(assignment, grades))
