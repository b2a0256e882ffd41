"""The tests of an assignment are themselves tested: what is weakened is found, and named."""

import pytest

from cnnutils.homework.assignment import read_assignment
from cnnutils.homework.selfcheck import examine, selfcheck
from tests.homework.broken import copy_of_tiny
from tests.homework.support import TINY

WEAKENED = {
    "an assertion removed": (
        "tests_hidden.py",
        "    assert close(hw.number_of_windows, reference.number_of_windows)",
        "    pass",
        [
            "unanswered, test_q3_number ends as passed, not as todo",
            "mutant survives: q3, mutant “one too few”",
            "lazy answer accepted: q3, lazy “None” passes test_q3_number",
            "test without teeth: test_q3_number rejects no mutant",
            "generated mutant survives: q3: number_of_windows = 8 → number_of_windows = 9",
        ],
    ),
    "a comparison without shapes": (
        "tests_hidden.py",
        "    assert close(hw.number_of_windows, reference.number_of_windows)",
        "    import numpy\n    assert numpy.allclose(hw.number_of_windows, 8)",
        ["lazy answer accepted: q3, lazy “an empty array” passes test_q3_number"],
    ),
    "a wrong reference": (
        "tiny.md",
        ".sum(axis=1) / size",
        ".sum(axis=1) / (size + 1)",
        [
            "the reference “seed 0” (seed 0) fails test_q2_pairs: failed",
            "the alternative “loops” (seed 0) fails test_q2_random: failed",
            "q2, a sum: its text stands 0 times in the reference, not once",
        ],
    ),
    "a test without teeth": (
        "mutants.py",
        'Mutant("q3", "the length of the row", "8", "10"),',
        "",
        ["test without teeth: test_q3_kind rejects no mutant"],
    ),
    "an alternative that is wrong": (
        "alternatives.py",
        "sum(row[i : i + size]) / size",
        "sum(row[i : i + size])",
        ["the alternative “loops” (seed 2) fails test_q2_pairs: failed"],
    ),
    "a survivor that does not exist": (
        "mutants.py",
        "SURVIVORS: list[Survivor] = []",
        'SURVIVORS = [Survivor("q1", "a → b", "")]',
        ["no such survivor: q1: a → b", "q1: a → b is excused without a reason"],
    ),
    "an answer that hangs": (
        "mutants.py",
        '"8", "7"',
        '"number_of_windows = 8", "while True: pass"',
        [],  # it is rejected, like any other
    ),
}


def test_the_tiny_assignment_has_no_problem(capsys):
    report = examine(read_assignment(TINY), jobs=2)
    assert report.problems == []
    assert report.counts == {
        "starter": 1,
        "reference": 3,
        "alternative": 3,
        "mutant": 6,
        "lazy": 29,
        "generated": report.generated_killed,
    }
    assert selfcheck(read_assignment(TINY), jobs=2) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  no problem found"


@pytest.mark.parametrize("name", WEAKENED)
def test_what_is_weakened_is_found(tmp_path, name, capsys):
    *change, problems = WEAKENED[name]
    assignment = read_assignment(copy_of_tiny(tmp_path, [change]))
    found = examine(assignment, jobs=2).problems
    assert [problem for problem in problems if problem not in found] == []
    assert bool(found) == bool(problems)
    assert selfcheck(assignment, jobs=1) == int(bool(problems))
    assert capsys.readouterr().out.count("PROBLEM") == len(found)
