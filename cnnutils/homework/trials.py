"""Answers of our own, right and wrong ones, tried quickly: each in a process forked for it.

This is for the authors of an assignment, whose code is trusted. Answers of students go to the
grader, which is slower and lets nothing out.
"""

import json
import os
import selectors
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

from cnnutils.homework.answers import generator, outcome_of, run_here
from cnnutils.homework.assignment import Assignment, AssignmentError
from cnnutils.homework.testing import Answers

MEMORY_BYTES = 8 * 2**30


@dataclass
class Trial:
    """One set of answers, and how the tests came out.

    Args:
        kind: "reference", "mutant" and so on.
        name: for a person.
        answers: question → source.
        questions: whose tests are carried out.
        seed: what hidden inputs are drawn from.
        until_rejected: whether to leave out the tests after the first that does not pass.
        outcomes: test → outcome, filled in by `carry_out`; where the process hung or ended, all of
            its tests are "timeout" or "crash".
    """

    kind: str
    name: str
    answers: dict[str, str] = field(repr=False)
    questions: tuple[str, ...]
    seed: str = "0"
    until_rejected: bool = False
    outcomes: dict[str, str] = field(default_factory=dict)

    def passed(self) -> list[str]:
        """Return the tests that passed."""
        return [name for name, outcome in self.outcomes.items() if outcome == "passed"]

    def rejected(self) -> list[str]:
        """Return the tests that did not pass."""
        return [name for name, outcome in self.outcomes.items() if outcome != "passed"]


def carry_out(
    assignment: Assignment,
    trials: list[Trial],
    *,
    jobs: int,
    finished: Callable[[Trial], None] = lambda trial: None,
) -> None:
    """Carry out trials side by side, and write their outcomes into them.

    The setup cell runs once, here, so that each process finds imported what takes long to import.
    All that computes, the reference as well, runs in those processes: a framework that has
    computed has threads, which a fork leaves behind.
    """
    if not hasattr(os, "fork"):
        raise AssignmentError("selfcheck needs Linux or macOS, where a process can be forked.")
    run_here(assignment, {})
    waiting: Iterator[Trial] = iter(trials)
    running: dict[int, tuple[Trial, int, bytearray]] = {}
    with selectors.DefaultSelector() as selector:
        while True:
            while len(running) < jobs and (trial := next(waiting, None)) is not None:
                process, pipe = _fork(assignment, trial)
                running[pipe] = (trial, process, bytearray())
                selector.register(pipe, selectors.EVENT_READ)
            if not running:
                return
            for key, _ in selector.select():
                trial, process, content = running[key.fd]
                if chunk := os.read(key.fd, 2**16):
                    content += chunk
                    continue
                selector.unregister(key.fd)
                os.close(key.fd)
                del running[key.fd]
                _, status = os.waitpid(process, 0)
                _note(assignment, trial, bytes(content), status)
                finished(trial)


def _fork(assignment: Assignment, trial: Trial) -> tuple[int, int]:
    sys.stdout.flush()
    sys.stderr.flush()
    mine, theirs = os.pipe()
    process = os.fork()
    if process:
        os.close(theirs)
        return process, mine
    try:  # from here on in the child, which never returns
        _limit(assignment.seconds)
        outcomes = _outcomes(assignment, trial)
        os.write(theirs, json.dumps(outcomes).encode())
    finally:
        os._exit(0)


def _limit(seconds: float) -> None:
    """Silence this process, and bound its time and memory."""
    import resource

    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    if sys.platform.startswith("linux"):  # elsewhere the limit does not work
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _outcomes(assignment: Assignment, trial: Trial) -> dict[str, str]:
    tests = [test for test in assignment.tests if test.question in trial.questions]
    reference = SimpleNamespace(**run_here(assignment, assignment.answers()))
    try:
        hw = Answers(run_here(assignment, trial.answers))
    except BaseException:
        return {test.name: "failed" for test in tests}
    outcomes = {}
    for test in tests:
        given = {"hw": hw, "reference": reference, "rng": generator(trial.seed, test)}
        outcome = outcome_of(test.function, {name: given[name] for name in test.needs})
        outcomes[test.name] = outcome.outcome
        if trial.until_rejected and outcome.outcome != "passed":
            break
    return outcomes


def _note(assignment: Assignment, trial: Trial, content: bytes, status: int) -> None:
    if content:
        trial.outcomes = json.loads(content)
        return
    outcome = "timeout" if os.WTERMSIG(status) == signal.SIGALRM else "crash"
    tests = [test.name for test in assignment.tests if test.question in trial.questions]
    trial.outcomes = dict.fromkeys(tests, outcome)
