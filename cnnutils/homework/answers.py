"""What a test sees as `hw`: the answers in their own process; and how one test comes out."""

import builtins
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from cnnutils.homework.assignment import Assignment, Question, Test
from cnnutils.homework.sandbox import Limits
from cnnutils.homework.session import AnswerError, GraderError, Session
from cnnutils.homework.testing import MissingError, OutcomeError

OUTCOMES = ("passed", "failed", "todo", "missing", "timeout", "crash")
LONGEST_MESSAGE = 2000
BUILT_IN = {name for name, value in vars(builtins).items() if isinstance(value, type)}


@dataclass(frozen=True)
class Outcome:
    """How a test came out.

    Args:
        outcome: one of OUTCOMES.
        message: what went wrong, as the test says it.
        hint: as much of it as a student may know of a hidden test.
        assisted: passed with the reference's answers to the earlier questions.
    """

    outcome: str
    message: str = ""
    hint: str = ""
    assisted: bool = False


class RemoteAnswers:
    """The answers by name, as `testing.Answers` has them, from another process."""

    def __init__(self, assignment: Assignment, session: Session, answers: dict[str, str]) -> None:
        self._session, self._answers = session, answers
        self._question = {
            name: question
            for question in assignment.questions
            for name in assignment.names(question)
        }

    def __getattr__(self, name: str) -> Any:
        try:
            return self._session.get(name)
        except MissingError:
            question = self._question.get(name, "")
            if question and question not in self._answers:
                sentence = f'no cell begins with "# ANSWER {question}"'
                raise MissingError(sentence) from None
            if question in self._session.broken:
                raise self._session.broken[question] from None
            raise

    def run(self, helper: Callable[..., Any], *args: Any) -> Any:
        """Return helper(answers, ...) as plain data."""
        return self._session.run(helper, args)


class Bench:
    """Everything that the tests of one submission need, closed at the end.

    Args:
        assignment: whose tests and reference are used.
        answers: question → source of a student's cell.
        seed: what the hidden tests draw their inputs from.
    """

    def __init__(self, assignment: Assignment, answers: dict[str, str], *, seed: str) -> None:
        self._assignment, self._answers, self._seed = assignment, answers, seed
        self._sessions: dict[str, Session] = {}
        self._reference: SimpleNamespace | None = None

    def attempt(self, test: Test, function: Callable[..., None]) -> Outcome:
        """Carry out one test; if need be again, with the reference's earlier answers.

        Args:
            test: what is known of it.
            function: the test's function as pytest has loaded it.
        """
        question = self._assignment.questions[test.question]
        own = self._attempt(test, function, self._own())
        if own.outcome == "passed" or not question.uses or not self._is_answered(question):
            return own
        helped = self._attempt(test, function, self._assisted(question))
        return Outcome("passed", assisted=True) if helped.outcome == "passed" else own

    def close(self) -> None:
        """End every process."""
        for session in self._sessions.values():
            session.close()

    def _is_answered(self, question: Question) -> bool:
        return self._answers.get(question.name, question.starter).strip() != question.starter

    def _own(self) -> RemoteAnswers:
        """Return the answers of the student."""
        questions = self._assignment.questions
        return self._remote(
            "", {name: self._answers[name] for name in questions if name in self._answers}
        )

    def _assisted(self, question: Question) -> RemoteAnswers:
        """Return one answer of the student after the reference's to the questions before it."""
        cells = {name: self._assignment.questions[name].reference for name in question.uses}
        cells[question.name] = self._answers[question.name]
        return self._remote(question.name, cells)

    def _remote(self, key: str, cells: dict[str, str]) -> RemoteAnswers:
        assignment = self._assignment
        if key not in self._sessions:
            self._sessions[key] = Session(
                assignment.setup,
                cells,
                Limits(assignment.packages, assignment.memory_gib, 30 * assignment.seconds),
                seconds=assignment.seconds,
                sandboxed=True,
            )
        return RemoteAnswers(assignment, self._sessions[key], cells)

    def _attempt(self, test: Test, function: Callable[..., None], hw: RemoteAnswers) -> Outcome:
        if self._reference is None:
            names = run_here(self._assignment, self._assignment.answers())
            self._reference = SimpleNamespace(**names)
        given = {"hw": hw, "reference": self._reference, "rng": generator(self._seed, test)}
        return outcome_of(function, {name: given[name] for name in test.needs})


def outcome_of(function: Callable[..., None], given: dict[str, Any]) -> Outcome:
    """Carry out a test and say how it came out."""
    try:
        function(**given)
    except GraderError:
        raise
    except OutcomeError as error:
        return Outcome(error.outcome, str(error), str(error))
    except AnswerError as error:
        where = f" in {error.where}" if error.where else ""
        kind = error.kinds[0] if error.kinds[0] in BUILT_IN else "an error"
        hint = f"your code raised {kind}{where}"
        return Outcome("failed", f"{hint}: {error}", hint)
    except AssertionError as error:
        return Outcome("failed", str(error).partition("\n")[0][:LONGEST_MESSAGE])
    except Exception as error:  # a result that the test could not even look at
        message = f"the result is not what was expected: {error}"
        return Outcome("failed", message[:LONGEST_MESSAGE])
    return Outcome("passed")


def run_here(assignment: Assignment, answers: dict[str, str]) -> dict[str, Any]:
    """Run answers that are trusted in this process; return what they define."""
    namespace: dict[str, Any] = {"__name__": "answers"}
    for name, source in {"setup": assignment.setup, **answers}.items():
        exec(compile(source, f"<{name}>", "exec"), namespace)  # noqa: S102
    return namespace


def generator(seed: str, test: Test) -> np.random.Generator:
    """Return a test's own source of random numbers: no other test moves it."""
    digest = hashlib.sha256(f"{seed}:{test.name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
