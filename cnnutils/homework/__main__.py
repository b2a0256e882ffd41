"""`python -m cnnutils.homework release|check|grade|selfcheck`: the way in."""

import argparse
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from cnnutils.homework import reports, sandbox
from cnnutils.homework.assignment import AssignmentError, read_assignment
from cnnutils.homework.checking import check_notebook
from cnnutils.homework.grading import Grade, grade_all, provenance
from cnnutils.homework.progress import Bar
from cnnutils.homework.release import release
from cnnutils.homework.sandbox import SandboxError
from cnnutils.homework.submission import find_submissions, read_submission


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Returns:
        0 where all is well; 1 where a check found something, or something could not be graded; 2
        where the command could not be carried out at all.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (AssignmentError, SandboxError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; what was finished is written.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cnnutils.homework", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    command = commands.add_parser("release", help="make the student's notebook from the master")
    command.add_argument("assignment", help="the assignment's folder, such as homework/hw01")
    command.add_argument("-o", "--output", type=Path, help="the notebook (default: hwNN.ipynb)")
    command.set_defaults(command=_release)

    command = commands.add_parser("check", help="run the visible tests on your own notebook")
    command.add_argument("notebook", type=Path)
    command.set_defaults(command=_check)

    command = commands.add_parser("grade", help="grade notebooks of others, in a sandbox")
    command.add_argument("assignment", help="the assignment's folder, such as homework/hw01")
    command.add_argument("submissions", nargs="+", type=Path, help="notebooks, or folders of them")
    command.add_argument("-o", "--output", type=Path, default=Path("grades"))
    command.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    command.add_argument(
        "--seed-file", type=Path, help="what hidden inputs are drawn from, private"
    )
    command.set_defaults(command=_grade)

    command = commands.add_parser("selfcheck", help="try the tests on right and wrong answers")
    command.add_argument("assignment", help="the assignment's folder, such as homework/hw01")
    command.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    command.set_defaults(command=_selfcheck)
    return parser


def _release(options: argparse.Namespace) -> int:
    assignment = read_assignment(options.assignment)
    output = options.output or Path(f"{assignment.name}.ipynb")
    reports.write_atomically(output, release(assignment))
    print(f"{output}: {len(assignment.questions)} questions, {assignment.points} points")
    return 0


def _check(options: argparse.Namespace) -> int:
    tests = []
    for question, results in check_notebook(options.notebook):
        won = sum(points for _, points, _, outcome, _ in results if outcome == "passed")
        print(f"{question}: {won} of {sum(points for _, points, *_ in results)} visible points")
        for _, _, label, outcome, message in results:
            print(f"    {outcome:8} {label}" + (f"\n             {message}" if message else ""))
        tests += [outcome for *_, outcome, _ in results]
    print(f"{tests.count('passed')} of {len(tests)} visible tests passed")
    return 0 if tests.count("passed") == len(tests) else 1


def _grade(options: argparse.Namespace) -> int:
    sandbox.require()  # before anything else is said
    assignment = read_assignment(options.assignment)
    if all(test.visible for test in assignment.tests):
        print("There are no hidden tests: the grade is that of the visible ones.", file=sys.stderr)
    if options.seed_file:
        if not options.seed_file.is_file():
            raise AssignmentError(f"{options.seed_file} does not exist: the seed is read from it.")
        seed = options.seed_file.read_text(encoding="utf-8").strip()
    else:
        seed = secrets.token_hex(8)
        print(f"seed {seed} (it stands in every result; --seed-file sets your own)")
    found = find_submissions(options.submissions)
    submissions = [read_submission(name, path) for name, path in found.items()]
    source = provenance(assignment, seed)
    bar = Bar(assignment.name, len(submissions))

    def finished(grade: Grade) -> None:
        reports.write_grade(options.output, assignment, grade, source)
        bar.step(grade.submission.name)

    try:
        grades = grade_all(
            assignment, submissions, seed=seed, jobs=max(1, options.jobs), finished=finished
        )
    finally:
        bar.close()
    reports.write_class(options.output, assignment, grades)
    print(reports.table(assignment, grades))
    print(f"written: {options.output}/grades.csv, junit.xml, and a folder for each submission")
    return 1 if any(grade.trouble for grade in grades) else 0


def _selfcheck(options: argparse.Namespace) -> int:
    from cnnutils.homework.selfcheck import selfcheck

    return selfcheck(read_assignment(options.assignment), jobs=max(1, options.jobs))


if __name__ == "__main__":
    sys.exit(main())
