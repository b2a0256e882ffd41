"""The words of `mutants.py` and `alternatives.py`: answers that must fail, and that must pass."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """A known-wrong answer: the reference's cell with one text replaced.

    Args:
        question: whose cell, such as "q1".
        name: the mistake, in a learner's words.
        text: what stands exactly once in the cell of the reference.
        replacement: what stands there instead.
    """

    question: str
    name: str
    text: str
    replacement: str


class Alternative(NamedTuple):
    """A correct answer that is not the reference: it must get full marks.

    Args:
        name: how it differs.
        answers: question → source of its cell; the reference answers the other questions.
    """

    name: str
    answers: dict[str, str]


class Survivor(NamedTuple):
    """A generated mutant that may live, because it is no mistake.

    Args:
        question: whose cell.
        change: what the generator did, as `selfcheck` prints it.
        reason: why the answer is as right as before.
    """

    question: str
    change: str
    reason: str
