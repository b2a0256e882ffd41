"""Results say enough to a teacher, and to a student as much as a student may know."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from cnnutils.homework import reports
from cnnutils.homework.answers import Outcome
from cnnutils.homework.assignment import read_assignment
from cnnutils.homework.grading import Grade
from cnnutils.homework.submission import Submission
from tests.homework.support import TINY

WICKED = "=1+1\x1b[31m\ud800</failure><b>`|\n" + "x" * 1000


@pytest.fixture(scope="module")
def tiny():
    return read_assignment(TINY)


def make_grade(tiny, **outcomes):
    """Return a grade in which the tests named came out as said, and the others passed."""
    all_of_them = {test: outcomes.get(test.name, Outcome("passed")) for test in tiny.tests}
    return Grade(Submission("alice", "ab12", {}), all_of_them)


def test_a_student_reads_what_was_wrong_and_no_hidden_assertion(tiny):
    grade = make_grade(
        tiny,
        test_q1_pairs=Outcome("failed", "expected the shape (2, 2), got (3,)"),
        test_q1_random=Outcome("failed", "expected 0.123 at index (0, 0)"),
        test_q2_pairs=Outcome("passed", assisted=True),
        test_q2_random=Outcome("failed", "your code raised IndexError in line 4 of q2: 0.123",
                               "your code raised IndexError in line 4 of q2"),
        test_q3_kind=Outcome("todo", "secret", "secret"),
        test_q3_number=Outcome("timeout", "", "no answer within 3 seconds"),
    )  # fmt: skip
    page = reports.feedback(tiny, grade)
    assert page == (
        "# Three small questions: 2 of 10 points\n\n"
        "## q1: Windows – 0 of 4\n\n"
        "- **failed** (visible, 2): Two pairs in a row of three.\n"
        "  - expected the shape (2, 2), got (3,)\n"
        "- **failed** (hidden, 2): A longer row, and wider windows.\n"
        "  - the result is wrong for this kind of input\n\n"
        "## q2: A moving average – 2 of 4\n\n"
        "- **passed** (visible, 2): The averages of two pairs.\n"
        "  - with right answers to q1; yours are not right yet\n"
        "- **failed** (hidden, 2): A longer row, and a window as wide as the row.\n"
        "  - your code raised IndexError in line 4 of q2\n\n"
        "## q3: How many windows? – 0 of 2\n\n"
        "- **todo** (visible, 1): A whole number, and not the length of the row.\n"
        "  - not answered yet\n"
        "- **timeout** (hidden, 1): The number itself.\n"
        "  - it did not finish: no answer within 3 seconds; look for a loop that never ends\n\n"
        "Graded file: SHA-256 `ab12`\n"
    )


def test_only_the_earlier_answers_that_are_wrong_are_named(tiny):
    questions = dict(tiny.questions)
    questions["q3"] = replace(questions["q3"], uses=("q1", "q2"))
    changed, helped = replace(tiny, questions=questions), Outcome("passed", assisted=True)
    for named, wrong in (("q2", {"test_q2_random": Outcome("failed")}), ("q1, q2", {})):
        page = reports.feedback(changed, make_grade(tiny, test_q3_kind=helped, **wrong))
        assert f"  - with right answers to {named}; yours are not right yet\n" in page


def test_text_of_a_submission_does_no_harm_in_any_format(tiny):
    grade = make_grade(tiny, test_q1_pairs=Outcome("failed", WICKED))
    grade = Grade(Submission("alice", "", {}, problem=WICKED), grade.outcomes)
    page = reports.feedback(tiny, grade)
    table = reports.as_csv(tiny, [grade])
    xml = reports.as_junit(tiny, [grade])
    result = reports.as_json(tiny, grade, {})
    for text in (page, table, xml, result, reports.table(tiny, [grade])):
        text.encode("utf-8")
        assert "\x1b" not in text
        assert max(len(line) for line in text.splitlines()) < 700
    assert "\\<b\\>\\`\\|" in page
    assert list(csv.reader(io.StringIO(table)))[1][-1].startswith("'=1+1")
    (failure,) = ElementTree.fromstring(xml).iter("failure")  # noqa: S314 - our own
    assert "</failure><b>" in failure.get("message")
    assert json.loads(result)["tests"][0]["message"].startswith("=1+1")


def test_the_table_for_the_teacher(tiny):
    failed = make_grade(tiny, test_q1_pairs=Outcome("crash"), test_q3_kind=Outcome("todo"))
    broken = Grade(Submission("bob", "", {}), {}, trouble="no sandbox")
    assert reports.table(tiny, [failed, broken]).splitlines() == [
        "submission   q1   q2   q3       score",
        "alice       2/4  4/4  1/2        7/10  1 todo, 1 crash",
        "bob         0/0  0/0  0/0  not graded  no sandbox",
    ]
    rows = list(csv.DictReader(io.StringIO(reports.as_csv(tiny, [failed, broken]))))
    assert [(row["submission"], row["score"], row["points"]) for row in rows] == [
        ("alice", "7", "10"),
        ("bob", "", "10"),
    ]
    assert [row["test_q1_pairs"] for row in rows] == ["crash", ""]
    assert rows[1]["problem"] == "no sandbox"
    assert "not graded yet" in reports.feedback(tiny, broken)
    assert json.loads(reports.as_json(tiny, broken, {}))["score"] is None


def test_junit_counts(tiny):
    grade = make_grade(tiny, test_q1_pairs=Outcome("failed", "x"), test_q3_kind=Outcome("todo"))
    broken = Grade(Submission("bob", "", {}), {}, trouble="no sandbox")
    suites = list(ElementTree.fromstring(reports.as_junit(tiny, [grade, broken])))  # noqa: S314
    counts = [
        [suite.get(key) for key in ("tests", "failures", "skipped", "errors")] for suite in suites
    ]
    assert counts == [["6", "1", "1", "0"], ["1", "0", "0", "1"]]


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "file.txt"
    reports.write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        reports.write_atomically(path, "new \ud800")
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]
