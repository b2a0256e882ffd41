"""Are the tests right, and do they bite? The tests of an assignment, tried on known answers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from cnnutils.homework.assignment import Assignment, load_module
from cnnutils.homework.mutation import mutants
from cnnutils.homework.progress import Bar
from cnnutils.homework.release import release
from cnnutils.homework.trials import Trial, carry_out
from cnnutils.homework.variants import Alternative, Mutant, Survivor

SEEDS = ("0", "1", "2")
KILLED_AT_LEAST = 0.9
LAZY_FUNCTIONS = {
    "returns None": "return None",
    "returns 0": "return 0",
    "returns NaN": "return float('nan')",
    "returns an empty array": "return np.empty(0)",
    "returns an empty list": "return []",
    "returns its input": "return args[0]",
    "returns all its inputs": "return args",
    "returns zeros like its input": "return np.zeros_like(args[0])",
    "returns ones like its input": "return np.ones_like(args[0])",
    "returns three Nones": "return None, None, None",
    "raises ValueError": "raise ValueError('no')",
}
LAZY_VALUES = {
    "None": "None",
    "0": "0",
    "NaN": "float('nan')",
    "an empty array": "np.empty(0)",
    "an empty list": "[]",
    "True": "True",
    "a text": "''",
}


@dataclass
class Report:
    """What a selfcheck found.

    Args:
        problems: sentences; none where all is well.
        counts: how many answers of each kind were tried.
        generated_killed: how many of the generated mutants were rejected.
        survivors: (question, change) of the generated mutants that were not.
    """

    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    generated_killed: int = 0
    survivors: list[tuple[str, str]] = field(default_factory=list)


def examine(assignment: Assignment, *, jobs: int) -> Report:
    """Try the tests of an assignment on its reference, on its release, and on all known answers."""
    report = Report()
    if release(assignment) != release(assignment):
        report.problems.append("the release differs when it is made again")
    variants = load_module(assignment.folder / "mutants.py")
    declared: list[Mutant] = variants.MUTANTS
    excused: list[Survivor] = variants.SURVIVORS
    alternatives: list[Alternative] = load_module(
        assignment.folder / "alternatives.py"
    ).ALTERNATIVES
    trials = [
        *_right(assignment, alternatives),
        *_declared(assignment, declared, report),
        *_lazy(assignment),
        *_generated(assignment),
    ]
    bar = Bar(f"{assignment.name}: selfcheck", len(trials))
    try:
        carry_out(assignment, trials, jobs=jobs, finished=lambda trial: bar.step(trial.name))
    finally:
        bar.close()
    report.counts = dict(Counter(trial.kind for trial in trials))
    _judge(assignment, trials, report)
    _judge_generated([trial for trial in trials if trial.kind == "generated"], excused, report)
    return report


def _right(assignment: Assignment, alternatives: list[Alternative]) -> Iterator[Trial]:
    questions = tuple(assignment.questions)
    starters = {name: question.starter for name, question in assignment.questions.items()}
    yield Trial("starter", "unanswered", starters, questions)
    for seed in SEEDS:
        yield Trial("reference", f"seed {seed}", assignment.answers(), questions, seed)
        for alternative in alternatives:
            answers = {**assignment.answers(), **alternative.answers}
            yield Trial("alternative", alternative.name, answers, questions, seed)


def _declared(assignment: Assignment, declared: list[Mutant], report: Report) -> Iterator[Trial]:
    for mutant in declared:
        cell = assignment.questions[mutant.question].reference
        if cell.count(mutant.text) != 1:
            report.problems.append(
                f"{mutant.question}, {mutant.name}: its text stands {cell.count(mutant.text)} "
                "times in the reference, not once"
            )
            continue
        wrong = cell.replace(mutant.text, mutant.replacement)
        yield _trial(assignment, "mutant", mutant.name, mutant.question, wrong)


def _lazy(assignment: Assignment) -> Iterator[Trial]:
    for question in assignment.questions.values():
        functions = "def " in question.reference
        for name, lazy in (LAZY_FUNCTIONS if functions else LAZY_VALUES).items():
            cell = "\n".join(
                f"def {defined}(*args, **options): {lazy}" if functions else f"{defined} = {lazy}"
                for defined in assignment.names(question.name)
            )
            yield _trial(assignment, "lazy", name, question.name, cell)


def _generated(assignment: Assignment) -> Iterator[Trial]:
    for question in assignment.questions.values():
        for change, source in mutants(question.reference):
            trial = _trial(assignment, "generated", change, question.name, source)
            trial.until_rejected = True  # one test that notices it is enough
            yield trial


def _trial(assignment: Assignment, kind: str, name: str, question: str, cell: str) -> Trial:
    return Trial(kind, name, {**assignment.answers(), question: cell}, (question,))


def _judge(assignment: Assignment, trials: list[Trial], report: Report) -> None:
    """Write down what went wrong with everything but the generated mutants."""
    biting: set[str] = set()
    for trial in trials:
        where = f"{', '.join(trial.questions)}, {trial.kind} “{trial.name}”"
        if trial.kind in ("reference", "alternative"):
            report.problems += [
                f"the {trial.kind} “{trial.name}” (seed {trial.seed}) fails {test}: "
                f"{trial.outcomes[test]}"
                for test in trial.rejected()
            ]
        elif trial.kind == "starter":
            report.problems += [
                f"unanswered, {test} ends as {outcome}, not as todo"
                for test, outcome in trial.outcomes.items()
                if outcome != "todo"
            ]
        elif trial.kind == "mutant":
            biting.update(trial.rejected())
            if not trial.rejected():
                report.problems.append(f"mutant survives: {where}")
        elif trial.kind == "lazy" and trial.passed():
            report.problems.append(f"lazy answer accepted: {where} passes {trial.passed()[0]}")
    report.problems += [
        f"test without teeth: {test.name} rejects no mutant"
        for test in assignment.tests
        if test.name not in biting
    ]


def _judge_generated(trials: list[Trial], excused: list[Survivor], report: Report) -> None:
    alive = [(trial.questions[0], trial.name) for trial in trials if not trial.rejected()]
    known = {(survivor.question, survivor.change) for survivor in excused}
    report.survivors = alive
    report.generated_killed = len(trials) - len(alive)
    if report.generated_killed < KILLED_AT_LEAST * len(trials):
        report.problems.append(
            f"only {report.generated_killed} of {len(trials)} generated mutants were rejected"
        )
    report.problems += [
        f"generated mutant survives: {question}: {change}"
        for question, change in alive
        if (question, change) not in known
    ]
    report.problems += [
        f"no such survivor: {question}: {change}" for question, change in known - set(alive)
    ]
    report.problems += [
        f"{survivor.question}: {survivor.change} is excused without a reason"
        for survivor in excused
        if not survivor.reason.strip()
    ]


def shown(assignment: Assignment, report: Report) -> str:
    """Return the report for a terminal."""
    counts = report.counts
    tests = len(assignment.tests)
    generated = counts.get("generated", 0)
    rows = [
        ("reference", f"{assignment.points} points, {counts.get('reference')} seeds"),
        ("release", f"{tests} tests todo, the same when made again, no line of a solution"),
        ("alternatives", f"{counts.get('alternative', 0)} trials, full marks expected"),
        ("mutants", f"{counts.get('mutant', 0)} declared, each rejected by its own question"),
        ("lazy answers", f"{counts.get('lazy', 0)}, none to be accepted"),
        ("generated", f"{report.generated_killed} of {generated} rejected, "
                      f"{len(report.survivors)} survive"),
    ]  # fmt: skip
    lines = [f"{assignment.name}: {assignment.title}"]
    lines += [f"  {name:14}{text}" for name, text in rows]
    lines += [f"  PROBLEM {problem}" for problem in report.problems]
    lines.append("  no problem found" if not report.problems else "")
    return "\n".join(lines).rstrip()


def selfcheck(assignment: Assignment, *, jobs: int) -> int:
    """Examine an assignment and print the report.

    Returns:
        0 where all is well, else 1.
    """
    report = examine(assignment, jobs=jobs)
    print(shown(assignment, report))
    return int(bool(report.problems))
