"""The drill on a package of one function: a mutant that is killed, one that survives, the list."""

import re
import subprocess
import sys

import pytest

from tools.chapters import ROOT

MODULE = """
def largest(a, b):
    if a < b:
        return b
    return a


def half(number):
    while number > 1:
        number -= 2
    return number
"""
KILLS_ALL_BUT_ONE = """
from cnnutils.tiny import half, largest

def test_tiny():
    assert [largest(1, 2), largest(2, 1), half(5), half(0)] == [2, 2, 1, 0]
    assert half(2) == 0
"""
SURVIVOR = "largest | if a < b: | a < b → a <= b"
LISTED = f'["cnnutils/tiny.py"]\n"{SURVIVOR}" = "equivalent: of two equal ones either will do"\n'


@pytest.fixture
def drill(tmp_path):
    """Drill this package with these tests and this list."""

    def run(tests, listed=""):
        for file, text in {
            "cnnutils/__init__.py": "",
            "cnnutils/tiny.py": MODULE,
            "tests/cnnutils/test_tiny.py": tests,
            "tools/drill.toml": listed,
            "pytest.ini": "[pytest]\npythonpath = .\n",
        }.items():
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "tools.drill", "--root", tmp_path, "tiny"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    return run


def test_a_mutant_that_no_test_notices_is_told(drill):
    found = drill(KILLS_ALL_BUT_ONE)
    assert f'cnnutils/tiny.py: survives: "{SURVIVOR}"' in found.stdout, found.stderr
    assert found.stdout.count("survives") == 2, found.stdout  # as it happens, and at the end
    # Two comparisons, two numbers up and down, a condition, three returned values, and `-=` turned
    # round or left out: 12. Left out, the loop never ends: the time limit kills it.
    assert "tiny: 11 of 12 mutants killed" in found.stdout
    assert found.returncode == 1


def test_a_listed_survivor_is_accepted(drill):
    found = drill(KILLS_ALL_BUT_ONE, LISTED)
    assert "survive" not in found.stdout
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_listed_mutant_that_is_killed_is_stale(drill):
    stale = LISTED + '"largest | return b | return b → return None" = "accepted: why not"\n'
    found = drill(KILLS_ALL_BUT_ONE, stale)
    assert "does not survive: largest | return b | return b → return None" in found.stdout
    assert found.returncode == 1


def test_too_few_killed(drill):
    found = drill("def test_nothing():\n    import cnnutils.tiny\n")
    assert "tiny: 0 of 12 mutants killed" in found.stdout
    assert "tiny: fewer than 90% killed" in found.stdout
    assert found.returncode == 1


@pytest.mark.parametrize(("kind", "status"), [("equivalent", 0), ("accepted", 1)])
def test_what_no_input_could_tell_does_not_count(drill, kind, status):
    nothing = "def test_nothing():\n    import cnnutils.tiny\n"
    names = set(re.findall(r'survives: (".*")', drill(nothing).stdout))
    assert len(names) == 12
    entries = "".join(f'{name} = "{kind}: we say so"\n' for name in names)
    found = drill(nothing, f'["cnnutils/tiny.py"]\n{entries}')
    assert ("tiny: fewer than 90% killed" in found.stdout) == status
    assert found.returncode == status


@pytest.mark.parametrize(
    ("tests", "listed", "sentence"),
    [
        ("def test():\n    assert False\n", "", "tiny: its tests fail on the package as it is"),
        ("import nothing_of_this_name\n", "", "tiny: its tests cannot be collected"),
        (KILLS_ALL_BUT_ONE, LISTED.replace("equivalent", "never mind"),
         f"{SURVIVOR}: begin with equivalent:  or accepted: "),
    ],
)  # fmt: skip
def test_what_cannot_be_drilled(drill, tests, listed, sentence):
    found = drill(tests, listed)
    assert sentence in found.stderr
    assert found.returncode == 1
