"""The command line: what it prints, writes, refuses and returns."""

import json
import os
import signal
import time

import pytest

from cnnutils.homework.__main__ import main
from cnnutils.homework.assignment import read_assignment
from cnnutils.homework.release import release
from tests.homework.support import (
    TINY,
    filled_in,
    grade,
    needs_bubblewrap,
    open_folder,
    outcomes,
    run_as_ordinary_user,
    start_as_ordinary_user,
)
from tools.ordinary_user import as_ordinary_user


@pytest.fixture(scope="module")
def tiny():
    return read_assignment(TINY)


def test_release_writes_the_students_notebook(tmp_path, capsys, tiny):
    assert main(["release", str(TINY), "-o", str(tmp_path / "tiny.ipynb")]) == 0
    assert (tmp_path / "tiny.ipynb").read_text(encoding="utf-8") == release(tiny)
    assert capsys.readouterr().out == f"{tmp_path / 'tiny.ipynb'}: 3 questions, 10 points\n"


def test_selfcheck_is_there(capsys):
    assert main(["selfcheck", str(TINY), "-j", "1"]) == 0
    assert "generated" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["release", "nowhere"], "nowhere.md does not exist"),
        (["check", "nowhere.ipynb"], "nowhere.ipynb cannot be read: No such file or directory."),
        (["check", str(TINY / "tiny.md")], "it is not valid JSON"),
    ],
)
def test_a_wrong_path_is_a_sentence(arguments, sentence, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert sentence in err


def check(tmp_path, capsys, text):
    (tmp_path / "tiny.ipynb").write_text(text, encoding="utf-8")
    status = main(["check", str(tmp_path / "tiny.ipynb")])
    return status, capsys.readouterr().out.splitlines()


def test_check_accepts_right_answers_without_the_assignment(tmp_path, capsys, tiny):
    status, lines = check(tmp_path, capsys, filled_in(tiny, tiny.answers()))
    assert status == 0
    assert lines == [
        "q1: 2 of 2 visible points",
        "    passed   Two pairs in a row of three.",
        "q2: 2 of 2 visible points",
        "    passed   The averages of two pairs.",
        "q3: 1 of 1 visible points",
        "    passed   A whole number, and not the length of the row.",
        "3 of 3 visible tests passed",
    ]


def test_check_says_what_will_be_missing_when_it_is_handed_in(tmp_path, capsys, tiny):
    """A helper outside the answer cells works in the notebook, and not in the grader."""
    answers = {
        "q1": "def windows(row, size):\n    return helper(row, size)",
        "q2": "import scipy\ndef moving_average(row, size): return row",
        "q3": "number_of_windows = 80 // 0",
    }
    status, lines = check(tmp_path, capsys, filled_in(tiny, answers))
    assert status == 1
    assert lines[2].strip().startswith("your code raised NameError in line 3 of q1")
    assert lines[5].strip() == (
        "your code raised ModuleNotFoundError in line 2 of q2: answers may import numpy, not scipy"
    )
    assert "ZeroDivisionError in line 2 of q3: integer division" in lines[8]
    assert lines[-1] == "0 of 3 visible tests passed"


def test_check_ends_what_hangs_or_crashes(tmp_path, capsys, tiny):
    answers = {**tiny.answers(), "q1": "while True: pass", "q2": "import os; os._exit(0)"}
    status, lines = check(tmp_path, capsys, filled_in(tiny, answers))
    assert status == 1
    assert next(line.split()[0] for line in lines if line.startswith("    ")) == "missing"
    assert lines[-1] == "1 of 3 visible tests passed"


def test_check_wants_the_tests_cell(tmp_path, capsys, tiny):
    notebook = json.loads(release(tiny))
    notebook["cells"] = [c for c in notebook["cells"] if "\n# TESTS" not in c["source"]]
    (tmp_path / "tiny.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    assert main(["check", str(tmp_path / "tiny.ipynb")]) == 2
    assert 'no cell that begins with "# TESTS"' in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused for being root")
def test_grade_refuses_to_run_as_root(tmp_path, capsys):
    assert main(["grade", str(TINY), str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        "Grading refuses to run as root, whose processes the system does not limit: "
        "run it as an ordinary user.\n"
    )


@needs_bubblewrap
def test_grade_writes_results_that_can_be_made_again(tiny):
    half = filled_in(tiny, {"q1": tiny.answers()["q1"]})
    first, process = grade(TINY, {"alice": filled_in(tiny, tiny.answers()), "bob": half})
    assert process.returncode == 0, process.stderr
    assert process.stdout.splitlines()[:3] == [
        "submission   q1   q2   q3  score",
        "alice       4/4  4/4  2/2  10/10",
        "bob         4/4  0/4  0/2   4/10  4 todo",
    ]
    assert process.stderr == ""  # no bar where there is no terminal
    again, _ = grade(TINY, {"bob": half})
    assert again["bob"] == first["bob"]
    assert first["bob"]["assignment_sha256"] == tiny.digest()
    assert first["bob"]["seed"] == "a seed"
    assert outcomes(first["alice"]) == dict.fromkeys((test.name for test in tiny.tests), "passed")


@needs_bubblewrap
def test_grade_says_what_is_missing(tmp_path):
    for arguments, sentence in (
        (["nowhere", "nowhere"], "nowhere.md does not exist"),
        ([TINY, "nowhere"], "nowhere does not exist"),
        ([TINY, "nowhere", "--seed-file", "nothing"], "nothing does not exist: the seed is read"),
    ):
        process = run_as_ordinary_user("-m", "cnnutils.homework", "grade", *arguments)
        assert (process.returncode, process.stdout.splitlines()[1:]) == (2, [])
        assert sentence in process.stderr
        assert process.stderr.count("\n") == 1


@needs_bubblewrap
def test_an_interrupted_class_keeps_what_is_finished_and_begins_no_more(tiny):
    endless = filled_in(tiny, {"q1": "while True: pass"})
    with open_folder() as place:
        for name, text in {
            "a": filled_in(tiny, tiny.answers()),
            "b": endless,
            "c": endless,
        }.items():
            (place / f"{name}.ipynb").write_text(text, encoding="utf-8")
        command = ["-m", "cnnutils.homework", "grade", TINY, place, "-o", place / "out", "-j", 1]
        process = start_as_ordinary_user(*command)
        while not (place / "out" / "a" / "feedback.md").exists():
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert said == "Stopped; what was finished is written.\n"
        assert [path.name for path in (place / "out").iterdir()] == ["a"]


def test_the_ordinary_user_is_none_other():
    """The tests of the grader run as somebody whom the system limits."""
    process = run_as_ordinary_user("-c", "import os; print(os.geteuid())")
    assert process.stdout.strip() not in ("", "0")
    assert as_ordinary_user(["true"])[-1] == "true"
