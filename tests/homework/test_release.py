"""What students get: the same bytes each time, no solution, and it runs as it is."""

import json

import nbclient
import nbformat
import pytest

from cnnutils.homework.assignment import AssignmentError, read_assignment
from cnnutils.homework.release import leaks, release
from tests.homework.broken import copy_of_tiny
from tests.homework.support import TINY, filled_in


def printed(text):
    """Run a notebook as Colab does, from its file alone; return what its cells print."""
    notebook = nbformat.reads(text, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute()
    return [
        "".join(output.text for output in cell.outputs if output.output_type == "stream")
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_a_release_is_the_same_when_made_again_and_a_valid_notebook():
    text = release(read_assignment(TINY))
    assert text == release(read_assignment(TINY))
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"colab", "kernelspec", "language_info"}  # no jupytext
    assert "cnnutils.homework.testing import" not in text
    assert "## q1: Windows (4 points)" in text


def test_an_unanswered_release_runs_from_top_to_bottom():
    assert printed(release(read_assignment(TINY))) == [
        "",
        "",
        "",
        "todo    Two pairs in a row of three.\n        q1 is not answered yet\n"
        "q1: 0 of 1 visible tests passed\n",
        "",
        "todo    The averages of two pairs.\n        q2 is not answered yet\n"
        "q2: 0 of 1 visible tests passed\n",
        "TODO: q2 is not answered yet\n",
        "",
        "todo    A whole number, and not the length of the row.\n"
        "        number_of_windows is not answered yet\n"
        "q3: 0 of 1 visible tests passed\n",
    ]


def test_an_answered_release_says_so():
    tiny = read_assignment(TINY)
    out = printed(filled_in(tiny, tiny.answers()))
    assert out[3] == "passed  Two pairs in a row of three.\nq1: 1 of 1 visible tests passed\n"
    assert out[6] == "[1. 2. 3. 4.]\n"


def test_a_student_may_call_a_helper_as_the_tests_call_theirs():
    tiny = read_assignment(TINY)
    helpers = "close = points = raises = Answers = results = OutcomeError = None\n"
    answers = {**tiny.answers(), "q1": helpers + tiny.answers()["q1"]}
    assert printed(filled_in(tiny, answers))[3].endswith("q1: 1 of 1 visible tests passed\n")


def test_an_error_inside_a_library_is_placed_where_the_answer_called_it():
    tiny = read_assignment(TINY)
    answer = "def windows(row, size):\n    empty = []\n    return np.max(empty)"
    said = printed(filled_in(tiny, {"q1": answer}))[3].splitlines()
    assert said[1].startswith("        your code raised ValueError in line 4 of q1: zero-size")


@pytest.mark.parametrize(
    ("file", "text", "replacement", "leak"),
    [
        (
            "tiny.md",
            "## q2: A moving average",
            "## q2: A moving average\n\nThink of `windows(row, size).sum(axis=1) / size`.\n",
            None,  # a part of the line stands there, the line itself does not
        ),
        (
            "tiny.md",
            "## q2: A moving average",
            "## q2: A moving average\n\n    return windows(row, size).sum(axis=1) / size\n",
            "return windows(row, size).sum(axis=1) / size",
        ),
        (
            "tests_visible.py",
            '"""Two pairs in a row of three."""',
            '"""Two pairs in a row of three."""\n    # number_of_windows = 8',
            "number_of_windows = 8",
        ),
        (
            "tiny.md",
            "## q2: A moving average",
            "## q2: A moving average\n\n    row = rng.normal(size=7)\n",
            "row = rng.normal(size=7)",
        ),
    ],
)
def test_a_line_of_a_solution_or_of_a_hidden_test_is_a_leak(
    tmp_path, file, text, replacement, leak
):
    assignment = read_assignment(copy_of_tiny(tmp_path, [(file, text, replacement)]))
    if leak is None:
        assert release(assignment)
        return
    with pytest.raises(AssignmentError, match="is in the release") as error:
        release(assignment)
    assert str(error.value).endswith(leak)


def test_leaks_are_looked_for_line_by_line():
    tiny = read_assignment(TINY)
    assert leaks(tiny, [tiny.questions["q3"].reference]) == ["number_of_windows = 8"]
    cells = json.loads(release(tiny))["cells"]
    assert leaks(tiny, [cell["source"] for cell in cells]) == []


def test_a_master_needs_one_setup_cell(tmp_path):
    folder = copy_of_tiny(tmp_path, [("tiny.md", "# SETUP - keep this line", "# nothing")])
    with pytest.raises(AssignmentError, match="must have one cell # SETUP"):
        release(read_assignment(folder))
