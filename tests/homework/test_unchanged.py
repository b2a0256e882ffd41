"""An assignment is left out only where all of its tests passed on the very same files."""

import json
import shutil

import pytest

from tests.homework import unchanged
from tools.chapters import ROOT

PLACES = ("homework", "cnnutils/homework", "tests/homework")


@pytest.fixture
def checkout(tmp_path):
    for place in PLACES:
        shutil.copytree(
            ROOT / place, tmp_path / place, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "changed",
    [
        "homework/hw01/hw01.md",
        "homework/hw01/tests_hidden.py",
        "homework/hw01/mutants.py",
        "homework/release/hw01.ipynb",
        "cnnutils/homework/inside/worker.py",
        "tests/homework/test_assignments.py",
        "requirements.lock",
    ],
)
def test_whatever_decides_about_a_test_changes_the_fingerprint(checkout, changed):
    folder = checkout / "homework" / "hw01"
    before = unchanged.fingerprint(folder, checkout)
    assert unchanged.fingerprint(folder, checkout) == before
    (checkout / changed).write_text((checkout / changed).read_text() + "\n")
    assert unchanged.fingerprint(folder, checkout) != before


def remembered(checkout, *runs):
    file = checkout / "_build" / "homework.json"
    for outcomes in runs:
        unchanged.remember({"hw01": outcomes}, {"hw01": {"homework": {}}}, file, checkout)
    return unchanged.read(file)


def test_all_tests_must_have_passed(checkout):
    every = dict.fromkeys(unchanged._all_tests("hw01"), "passed")
    assert len(every) == 5
    left_out = set(every) - unchanged._all_tests("hw03")
    assert left_out <= {"test_the_grader_takes_the_points_of_a_mistake_and_no_others"}
    assert unchanged._all_tests("hw99") == set()
    one = next(iter(every))
    folder = checkout / "homework" / "hw01"
    known = {
        "fingerprint": unchanged.fingerprint(folder, checkout),
        "properties": {"homework": {}},
    }
    assert remembered(checkout, every) == {"hw01": known}
    assert remembered(checkout, {one: "passed"}) == {"hw01": known}  # says nothing against it
    for outcome in ("failed", "error", "skipped"):
        assert remembered(checkout, every, {**every, one: outcome}) == {}
    assert remembered(checkout, {one: "passed"}) == {}


def test_a_file_that_cannot_be_read_remembers_nothing(tmp_path):
    file = tmp_path / "homework.json"
    for content in ("", "{", json.dumps([])):
        file.write_text(content)
        assert unchanged.read(file) == {}


def test_everything_is_wanted_in_ci_and_on_request(monkeypatch):
    for name in ("CI", "HOMEWORK"):
        monkeypatch.delenv(name, raising=False)
    assert not unchanged.is_everything_wanted()
    monkeypatch.setenv("HOMEWORK", "all")
    assert unchanged.is_everything_wanted()
    monkeypatch.delenv("HOMEWORK")
    monkeypatch.setenv("CI", "true")
    assert unchanged.is_everything_wanted()
