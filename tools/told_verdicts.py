"""Hold what the chapters tell of a statement against the ledger's verdict of it.

A label such as CONV-C09 stands in a block quote, and its verdict

- beside it: ``(STYLE-C08, imprecise)``;
- or in the bold words that open the quote: ``> **Often written, and wrong:** "…" (CONV-C09)``;
- or, where a quote has no such words, below it, so that readers may decide first: up to the next
  quote or heading the text says "imprecise", or else the statement counts as told to be wrong.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from claims import VERDICTS
from tools import chapters

LABEL = re.compile(r"[A-Z]{2,5}-C\d{2,3}")
_BESIDE = re.compile(rf"\(([^()]*{LABEL.pattern}[^()]*)\)")
_VERDICT = re.compile(rf"\b({'|'.join(VERDICTS)})\b", re.IGNORECASE)
_OPENING = re.compile(r">\s*\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Told:
    """A label in a chapter, and the verdict that readers find with it."""

    label: str
    line: int
    verdict: str  # empty where there is none, or more than one


def told(text: str) -> Iterator[Told]:
    """Yield the labels of a chapter's text, code aside."""
    lines = _without_code(text).splitlines()
    opening: str | None = None
    for place, line in enumerate(lines):
        if found := _OPENING.match(line):
            opening = found[1]
        elif not line.startswith(">"):
            opening = None
        for start, label in ((match.start(), match[0]) for match in LABEL.finditer(line)):
            verdict = _beside(line, start)
            if not verdict and opening:
                verdict = _only(opening)
            elif not verdict and line.startswith(">"):
                below = "\n".join(_until_next(lines[place + 1 :]))
                verdict = "imprecise" if "imprecise" in below.lower() else "wrong"
            yield Told(label, place + 1, verdict)


def faults(verdicts: Mapping[str, str], root: Path = chapters.ROOT) -> list[str]:
    """Return a sentence for each label that is told otherwise than the ledger judged it.

    Args:
        verdicts: The verdict of each label of the ledger.
        root: The checkout whose chapters are read.
    """
    found = []
    for path in chapters.texts(root):
        for one in told(path.read_text("utf-8")):
            place = f"book/{path.name}, line {one.line}"
            judged = verdicts.get(one.label)
            if judged is None:
                found.append(f"{place}: the ledger has no {one.label}")
            elif not one.verdict:
                found.append(f"{place}: no verdict stands with {one.label}, which is {judged}")
            elif one.verdict != judged:
                found.append(f"{place}: {one.label} is told as {one.verdict}, and is {judged}")
    return found


def _beside(line: str, start: int) -> str:
    """Return the verdict in the parentheses around a label."""
    for match in _BESIDE.finditer(line):
        if match.start() < start < match.end():
            return _only(match[1])
    return ""


def _only(words: str) -> str:
    """Return the verdict that some words name, if they name one."""
    found = {match[0].lower() for match in _VERDICT.finditer(words)}
    return found.pop() if len(found) == 1 else ""


def _until_next(lines: list[str]) -> Iterator[str]:
    """Yield the lines before the next quote or heading."""
    for line in lines:
        if line.startswith((">", "#")):
            return
        yield line


def _without_code(text: str) -> str:
    """Empty the lines of code: their numbers stay, and a comment is no heading."""
    return re.sub(r"(?ms)^```.*?^```$", lambda code: "\n" * code[0].count("\n"), text)
