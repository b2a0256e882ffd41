"""Every assignment: its tests bite, the grader agrees, and the release is made from the master.

Where each submission needs a framework (hw03 and hw04), the grader is given the reference and the
release; other right answers, and mistakes, once a week: `HOMEWORK=all`.
"""

import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from itertools import zip_longest

import nbclient
import nbformat
import pytest

from cnnutils.homework.assignment import load_module, read_assignment
from cnnutils.homework.release import release
from cnnutils.homework.selfcheck import examine
from cnnutils.homework.trials import Trial, carry_out
from tests.homework.support import filled_in, grade, needs_bubblewrap, outcomes
from tools.chapters import ROOT

FOLDERS = sorted(path.parent for path in ROOT.glob("homework/hw*/hw*.md"))
SEED = "0"  # the same for the grader and for the trials, so that each test can be compared
EVERYTHING = os.environ.get("HOMEWORK") == "all"  # once a week


def is_slow(folder):
    """Say whether each submission is graded for long, because a framework starts for it."""
    return "keras" in read_assignment(folder).packages


def of_each(folders):
    """Run a test on each of these assignments."""
    return pytest.mark.parametrize("folder", folders, ids=[folder.name for folder in folders])


each = of_each(FOLDERS)
each_quick = of_each([folder for folder in FOLDERS if EVERYTHING or not is_slow(folder)])


def apart(function, *arguments):
    """Call a function in a process of its own: one with a framework in it is slow to fork."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def examined(folder):
    return examine(read_assignment(folder), jobs=2)


def carried_out(folder, trials):
    carry_out(read_assignment(folder), trials, jobs=2)
    return trials


@each
def test_its_tests_accept_what_is_right_and_reject_what_is_wrong(folder, record_property):
    report = apart(examined, folder)
    assert not report.problems, "\n".join(report.problems)
    killed = {"generated_killed": report.generated_killed}
    record_property("homework", {folder.name: report.counts | killed})


@each
def test_the_release_that_students_get_is_made_from_the_master(folder):
    committed = ROOT / "homework" / "release" / f"{folder.name}.ipynb"
    made = release(read_assignment(folder))
    assert committed.read_text(encoding="utf-8") == made, "run `make releases`"


def run(text):
    """Run a notebook from its file alone; return what it prints, and how many pictures it shows."""
    notebook = nbformat.reads(text, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    printed = "".join(out.text for out in outputs if out.output_type == "stream")
    return printed, sum("image/png" in out.get("data", {}) for out in outputs)


@each
def test_the_release_runs_unanswered_and_answered(folder):
    assignment = read_assignment(folder)
    visible = sum(test.visible for test in assignment.tests)
    printed, few = run(release(assignment))
    assert printed.endswith(f"all questions: 0 of {visible} visible tests passed\n")
    printed, all_of_them = run(filled_in(assignment, assignment.answers()))
    assert printed.endswith(f"all questions: {visible} of {visible} visible tests passed\n")
    assert "TODO" not in printed
    assert all_of_them > few >= 1  # there is a picture from the beginning, and more to come


@each
@needs_bubblewrap
def test_the_grader_gives_right_answers_full_marks_and_none_to_a_release(folder):
    assignment = read_assignment(folder)
    alternatives = load_module(folder / "alternatives.py").ALTERNATIVES
    if is_slow(folder) and not EVERYTHING:
        alternatives = []
    texts = {
        f"alternative{number}": filled_in(assignment, {**assignment.answers(), **one.answers})
        for number, one in enumerate(alternatives)
    }
    texts["reference"] = filled_in(assignment, assignment.answers())
    texts["release"] = release(assignment)
    texts["nothing"] = json.dumps({"cells": []})
    results, process = grade(folder, texts, seed="any other seed")
    assert process.returncode == 0, process.stderr
    scores = {name: result["score"] for name, result in results.items()}
    full = dict.fromkeys(texts, assignment.points)
    assert scores == full | {"release": 0, "nothing": 0}
    assert set(outcomes(results["release"]).values()) == {"todo"}
    assert set(outcomes(results["nothing"]).values()) == {"missing"}


def telling(trials):
    """Leave out the trials in which each test comes out as it did in one of those before."""
    seen, kept = set(), []
    for trial in trials:
        if not seen.issuperset(trial.outcomes.items()):
            seen.update(trial.outcomes.items())
            kept.append(trial)
    return kept


@each_quick
@needs_bubblewrap
def test_the_grader_takes_the_points_of_a_mistake_and_no_others(folder):
    """Submissions with a mistake in every question: each test comes out as in the trials.

    That holds for questions that build on others, too: a test passes with the submission's own
    earlier answers or with right ones.
    """
    assignment = read_assignment(folder)
    right = assignment.answers()
    trials = []
    for mutant in load_module(folder / "mutants.py").MUTANTS:
        wrong = right[mutant.question].replace(mutant.text, mutant.replacement)
        answers = {**right, mutant.question: wrong}
        trials.append(Trial("mutant", mutant.name, answers, (mutant.question,), SEED))
    trials = apart(carried_out, folder, trials)
    rows = zip_longest(
        *(telling(t for t in trials if t.questions == (name,)) for name in assignment.questions)
    )
    together, expected = [], {}
    for number, row in enumerate(rows):
        answers, passing = dict(right), {test.name for test in assignment.tests}
        for trial in filter(None, row):
            (question,) = trial.questions
            answers[question] = trial.answers[question]
            passing -= set(trial.rejected())
        together.append(Trial("row", f"row{number}", answers, tuple(assignment.questions), SEED))
        expected[f"row{number}"] = passing
    together = apart(carried_out, folder, together)
    for trial in together:  # two mistakes may cancel out: what is right together is right
        expected[trial.name].update(trial.passed())
    submissions = {trial.name: filled_in(assignment, trial.answers) for trial in together}
    results, process = grade(folder, submissions, seed=SEED)
    assert process.returncode == 0, process.stderr
    assert results.keys() == expected.keys()
    for name, result in results.items():
        passed = {test for test, outcome in outcomes(result).items() if outcome == "passed"}
        assert passed == expected[name]
        assert result["score"] < assignment.points
