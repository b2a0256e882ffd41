"""Statements about convolutional networks that circulate, each with the check that judges it.

One module for each chapter. A statement stands above the function that tries it, and nobody writes
a verdict: it follows from the cases that the function yields. Each case holds what the statement
says beside what is found by computing. Where all agree, the statement is right; where none does,
wrong; where some do, imprecise: the cases show when it holds and when it does not.

What no computation can decide, such as who published what and when, is cited instead: with the
source's DOI or arXiv number, and with what was read of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Verdict = Literal["right", "imprecise", "wrong"]
VERDICTS: tuple[Verdict, ...] = ("right", "imprecise", "wrong")
Read = Literal["passage", "quotation", "abstract", "record"]
READ: dict[Read, str] = {  # of a source, as readers see it
    "passage": "the passage itself",
    "quotation": "the passage, as others quote it",
    "abstract": "the abstract",
    "record": "authors, title, year and place, in catalogues",
}


@dataclass(frozen=True)
class Case:
    """One trial of a statement, as readers see it."""

    condition: str  # under which it was tried
    says: str
    finds: str
    agrees: bool


Cases = Iterator[Case]


@dataclass(frozen=True)
class Claim:
    """A statement, what is to be said about it, and what judges it: a check or a source."""

    label: str  # such as CONV-C09: never given twice, so that it can be cited
    statement: str
    correct: str  # what holds instead; empty where the statement is right
    why: str
    taught: str  # chapter#section
    check: Callable[[], Cases] | None = None
    source: str = ""  # Markdown, with a link
    cited: Verdict | None = None
    read: Read | None = None  # what was read of the source


_CLAIMS: dict[str, Claim] = {}


def claim(
    label: str, statement: str, *, why: str, taught: str, correct: str = ""
) -> Callable[[Callable[[], Cases]], Callable[[], Cases]]:
    """Enter a statement in the ledger; the decorated function tries it.

    Args:
        label: Topic and number, such as ``CONV-C09``.
        statement: One sentence, as a careful reader of such a text would sum it up.
        why: One or two sentences. A number with three or more digits must stand in a case.
        taught: ``chapter#section`` where the book teaches it, such as ``01_convolution#padding``.
        correct: What holds instead; only where the statement is not right.

    Raises:
        ValueError: If the label was given before.
    """

    def enter(check: Callable[[], Cases]) -> Callable[[], Cases]:
        _enter(Claim(label, statement, correct, why, taught, check=check))
        return check

    return enter


def cited(
    label: str,
    statement: str,
    verdict: Verdict,
    *,
    source: str,
    read: Read,
    why: str,
    taught: str,
    correct: str = "",
) -> None:
    """Enter a statement that only a source can decide: history, names, words.

    Args:
        label: As for :func:`claim`; so are statement, why, taught and correct.
        statement: One sentence.
        verdict: What follows from the source.
        source: Markdown; each paper is a link to its DOI or arXiv number, named by its first
            author and year, such as ``[Canny 1986](https://doi.org/…), section VI``.
        read: What was read of it; where there are several sources, the least.
        why: One or two sentences.
        taught: ``chapter#section``.
        correct: What holds instead; only where the statement is not right.

    Raises:
        ValueError: If the label was given before, the verdict is none of the three, or what was
            read is none of the four.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"{label}: verdict must be one of {', '.join(VERDICTS)}, got {verdict!r}")
    if read not in READ:
        raise ValueError(f"{label}: read must be one of {', '.join(READ)}, got {read!r}")
    _enter(Claim(label, statement, correct, why, taught, source=source, cited=verdict, read=read))


def case(condition: str, *, says: Any, finds: Any, within: float = 0.0) -> Case:
    """Hold what a statement says against what is found.

    Args:
        condition: When this is the case, such as ``"3×3 kernel, padding 1"``.
        says: What the statement says then: a number, text, yes or no (a bool), a shape (a tuple of
            integers), or an array.
        finds: What was computed, of the same kind.
        within: Greatest absolute difference at which numbers agree.

    Examples:
        >>> case("6×6 image, 3×3 kernel", says=(4, 4), finds=np.ones((4, 4)).shape)
        Case(condition='6×6 image, 3×3 kernel', says='4×4', finds='4×4', agrees=True)
    """
    return Case(condition, show(says), show(finds), _agree(says, finds, within))


def verdict(cases: list[Case]) -> Verdict:
    """Return what follows from the cases.

    Examples:
        >>> verdict([case("odd", says=1, finds=1), case("even", says=1, finds=2)])
        'imprecise'
    """
    agreeing = sum(one.agrees for one in cases)
    if not cases:
        raise ValueError("a statement was tried in no case")
    return "right" if agreeing == len(cases) else "imprecise" if agreeing else "wrong"


def entered() -> list[Claim]:
    """Return the claims of the modules imported so far, in the order in which they entered."""
    return list(_CLAIMS.values())


def show(value: Any) -> str:
    """Write a value for readers.

    Examples:
        >>> show(True), show(61706), show((28, 28, 6)), show(0.97531), show(np.eye(2, dtype=int))
        ('yes', '61,706', '28×28×6', '0.9753', '[[1, 0], [0, 1]]')
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, tuple) and value and all(type(size) is int for size in value):
        return "×".join(f"{size:,}" for size in value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(show, value)) + "]"
    return str(value)


def _agree(says: Any, finds: Any, within: float) -> bool:
    said, found = np.asarray(says), np.asarray(finds)
    if said.shape != found.shape:
        return False
    if said.dtype.kind in "iuf" and found.dtype.kind in "iuf":
        return bool((abs(said.astype(float) - found.astype(float)) <= within).all())
    return said.dtype.kind == found.dtype.kind and bool((said == found).all())


def _enter(entry: Claim) -> None:
    if entry.label in _CLAIMS:
        raise ValueError(f"the label {entry.label} is given twice")
    _CLAIMS[entry.label] = entry
