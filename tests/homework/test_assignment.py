"""An assignment is read whole, or what is wrong with it is said in a sentence."""

import pytest

from cnnutils.homework.assignment import AssignmentError, read_answers, read_assignment
from tests.homework.broken import copy_of_tiny
from tests.homework.support import TINY


def test_the_parts_of_an_assignment():
    tiny = read_assignment(TINY)
    assert (tiny.name, tiny.points, tiny.packages, tiny.seconds) == ("tiny", 10, ("numpy",), 3)
    assert [question.title for question in tiny.questions.values()] == [
        "Windows",
        "A moving average",
        "How many windows?",
    ]
    assert tiny.questions["q2"].uses == ("q1",)
    assert tiny.names("q1") == ["windows"]
    assert tiny.names("q3") == ["number_of_windows"]
    assert tiny.setup == "# SETUP - keep this line\nimport numpy as np"
    assert [test.visible for test in tiny.tests] == [True] * 3 + [False] * 3
    assert tiny.tests[3].label == "A longer row, and wider windows."
    assert tiny.tests[3].needs == ("hw", "reference", "rng")


def test_a_starter_says_what_is_missing():
    tiny = read_assignment(TINY)
    assert tiny.questions["q2"].starter == (
        "# ANSWER q2 - keep this line\n"
        "def moving_average(row, size):\n"
        '    """Return the average of every window of a row."""\n'
        '    raise NotImplementedError("q2 is not answered yet")  # your code instead of this line'
    )
    assert tiny.questions["q3"].starter == (
        "# ANSWER q3 - keep this line\nnumber_of_windows = ...  # your answer"
    )


def test_questions_are_used_through_others(tmp_path):
    change = ("tiny.md", "uses: {q2: [q1]}", "uses: {q2: [q1], q3: [q2]}")
    tiny = read_assignment(copy_of_tiny(tmp_path, [change]))
    assert tiny.questions["q3"].uses == ("q1", "q2")


def test_answers_are_found_by_their_first_lines():
    cells = [
        ("code", "# ANSWER q2 - keep this line\na = 1"),
        ("markdown", "# ANSWER q1 - keep this line"),
        ("code", "\n# ANSWER q3"),  # not the first line
        ("code", "# ANSWER q2 and more\nb = 2"),
        ("code", "# ANSWER q10\nc = 3"),
    ]
    assert read_answers(cells) == {
        "q2": "# ANSWER q2 - keep this line\na = 1\n# ANSWER q2 and more\nb = 2",
        "q10": "# ANSWER q10\nc = 3",
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([("tiny.md", "homework:", "other:")], 'the header has no "homework:" with a title'),
        ([("tiny.md", "points: 10", "points: 11")], "the header says 11 points, the tests give 10"),
        ([("tiny.md", "seconds: 3", "second: 3")], "the header has unknown words: second"),
        ([("tiny.md", "q2: [q1]", "q2: [q3]")], "q2 uses q3, which is not before it"),
        ([("tiny.md", "## q2: A", "## A")], 'q2 has no heading "## q2:"'),
        ([("tiny.md", "# ANSWER q2", "# ANSWER q1")], "q1 has two answer cells"),
        ([("tiny.md", "### BEGIN", "### BEGUN")], "q1 has no ### BEGIN SOLUTION … ### END"),
        ([("tests_visible.py", "@points(2)\n", "")], "test_q1_pairs must have points"),
        ([("tests_visible.py", "test_q1_pairs", "test_q9_pairs")], "begin with a question"),
        ([("tests_hidden.py", "test_q1_random", "test_q1_pairs")], "a name of its own"),
    ],
)
def test_a_contradiction_is_said(tmp_path, changes, sentence):
    folder = copy_of_tiny(tmp_path, changes)
    with pytest.raises(AssignmentError, match=sentence):
        read_assignment(folder)


@pytest.mark.parametrize("file", ["tiny.md", "tests_visible.py"])
def test_a_missing_file_is_said(tmp_path, file):
    folder = copy_of_tiny(tmp_path)
    (folder / file).unlink()
    with pytest.raises(AssignmentError, match=f"{file} does not exist"):
        read_assignment(folder)


def test_without_hidden_tests_an_assignment_can_still_be_released(tmp_path):
    folder = copy_of_tiny(tmp_path)
    (folder / "tests_hidden.py").unlink()
    assert [test.name for test in read_assignment(folder).tests] == [
        "test_q1_pairs",
        "test_q2_pairs",
        "test_q3_kind",
    ]


def test_the_hash_changes_with_everything_that_decides_a_grade(tmp_path):
    digests = {read_assignment(TINY).digest()}
    for number, change in enumerate(
        [
            ("tiny.md", "seconds: 3", "seconds: 4"),
            ("tests_visible.py", "4.0]), 2)", "4.0]),  2)"),
            ("tests_hidden.py", "normal(size=7)", "normal(size=07)".replace("07", "8")),
        ]
    ):
        place = tmp_path / str(number)
        place.mkdir()
        digests.add(read_assignment(copy_of_tiny(place, [change])).digest())
    assert len(digests) == 4
