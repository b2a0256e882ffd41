"""Tie the numbers in a chapter's text to numbers that were executed.

A number in the text needs support when it has three or more digits, or a unit such as M, %, × or
ms. Support is a number in a compared output of the same notebook, or a literal in an assertion at
the top level of one of its cells; a comment, a heading or a function's body is none. The text may
round: 138.4M is supported by 138,357,544, and 7.1% by 0.0714.

Exempt by rule, not by list: headings, years, names such as ResNet-152, and citations (links to a
DOI or to arXiv).
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools import chapters
from tools.chapters import Cell, Notebook

SCALES = {"k": 1e3, "M": 1e6, "G": 1e9, "B": 1e9, "%": 1e-2}
_UNITS = (
    r"%|×(?!\s*\d)|[KMG]i?B\b|[kMGB]\b|(?:ms|µs|ns|s|min)\b|seconds\b|minutes\b|times\b|-fold\b"
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?<![A-Za-z]-)"  # neither inside a word nor the end of a name such as ResNet-152
    r"(?P<number>[-−+]?(?:\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:e[-+]?\d+)?)"
    rf"(?:[ \u00a0\u202f]?(?P<unit>{_UNITS}))?"
    r"(?![\w])"
)
_YEAR = re.compile(
    r"(?:\b(?i:in|since|until|before|after|around|from|of|to|by|and)\s+|[(,–]\s?)"
    r"(?:1[89]\d\d|20\d\d)(?=[\s.,;:)–]|$)(?!\s*(?:[a-z]+s\b|×|px))"
)
_ASSERTING_CALL = re.compile(r"(?:^|\.)assert_\w+$")


@dataclass(frozen=True)
class ProseNumber:
    """A number in the text that needs support."""

    written: str  # as the reader sees it
    value: float
    tolerance: float  # half a unit in its last written place
    has_percent: bool
    cell: int  # position among all cells of the notebook
    sentence: str


def unsupported(notebook: Notebook) -> list[ProseNumber]:
    """Return the numbers in the text for which no executed number stands."""
    supports = list(executed_numbers(notebook))
    return [number for number in prose_numbers(notebook) if not is_supported(number, supports)]


def prose_numbers(notebook: Notebook) -> Iterator[ProseNumber]:
    """Yield every number that needs support: in text cells, captions and alternative texts."""
    for index, cell in enumerate(notebook.cells):
        for text in _texts_of(cell):
            yield from numbers_in(text, index)


def numbers_in(markdown: str, cell: int = 0) -> Iterator[ProseNumber]:
    """Yield every number of a text that needs support."""
    for line in plain_lines(markdown):
        for match in _NUMBER.finditer(line):
            number = _as_prose_number(match, cell, line)
            if number is not None:
                yield number


def executed_numbers(notebook: Notebook) -> Iterator[float]:
    """Yield the numbers in compared outputs and the literals in top-level assertions."""
    for cell in chapters.code_cells(notebook):
        if not {"nbval-ignore-output", "nbval-skip"} & set(chapters.tags(cell)):
            yield from printed_numbers(chapters.output_text(cell))
        yield from _asserted_literals(cell.source)


def printed_numbers(output: str) -> Iterator[float]:
    """Yield the numbers of a printed text, those with a unit also in full."""
    for match in _NUMBER.finditer(output):
        yield _value(match["number"])
        if match["unit"] in SCALES:
            yield _value(match["number"]) * SCALES[match["unit"]]


def plain_lines(markdown: str) -> Iterator[str]:
    """Yield the lines of a text as they are read: no headings, code blocks, tags, link targets."""
    text = re.sub(r"(?ms)^(`{3,}|~{3,}).*?^\1[`~]*\s*$", "", markdown)
    text = re.sub(r"<[^>]+>", " ", text)
    text = re.sub(r"\[[^\]]*\]\(https?://(?:(?:dx\.)?doi\.org|arxiv\.org)[^)]*\)", " ", text)
    text = re.sub(r"(!?\[[^\]]*\])\([^)]*\)", r"\1", text)
    for latex, plain in (
        (r"\times", "×"),
        (r"\%", "%"),
        ("{,}", ","),
        (r"\,", ""),
        (r"\cdot", "·"),
    ):
        text = text.replace(latex, plain)
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            yield _YEAR.sub(" ", line)


def _texts_of(cell: Cell) -> list[str]:
    if cell.cell_type == "markdown":
        return [cell.source]
    mystnb = cell.metadata.get("mystnb", {})
    return [
        str(mystnb.get("image", {}).get("alt", "")),
        str(mystnb.get("figure", {}).get("caption", "")),
    ]


def _as_prose_number(match: re.Match[str], cell: int, line: str) -> ProseNumber | None:
    number, unit = match["number"], match["unit"]
    digits = re.sub(r"e.*|\D", "", number).lstrip("0")
    if len(digits) < 3 and unit is None:
        return None
    scale = SCALES.get(unit, 1.0) if unit != "%" else 1.0
    mantissa = number.split("e")[0]
    places = len(mantissa.split(".")[1]) if "." in mantissa else 0
    value = _value(number) * scale
    exponent = int(number.split("e")[1]) if "e" in number else 0
    return ProseNumber(
        written=match[0].strip(),
        value=value,
        tolerance=0.5 * 10.0 ** (exponent - places) * scale * (1 + 1e-9),
        has_percent=unit == "%",
        cell=cell,
        sentence=line.strip(),
    )


def is_supported(number: ProseNumber, supports: list[float]) -> bool:
    """Whether one of the supporting numbers is the written one, to its last written place."""
    candidates = [(number.value, number.tolerance)]
    if number.has_percent:
        candidates.append((number.value / 100, number.tolerance / 100))
    return any(
        abs(support - value) <= tolerance for value, tolerance in candidates for support in supports
    )


def _asserted_literals(source: str) -> Iterator[float]:
    """Yield the numbers in assertions that run: not those in functions or under a condition."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a magic line: IPython runs it, and it supports nothing
        return
    statements = list(tree.body)
    while statements:
        statement = statements.pop()
        if isinstance(statement, ast.For | ast.With):
            statements += statement.body
        elif isinstance(statement, ast.Assert):
            yield from literals(statement.test)
        elif isinstance(statement, ast.Expr) and _is_asserting_call(statement.value):
            yield from literals(statement.value)


def _is_asserting_call(node: ast.expr) -> bool:
    """Whether this is a call such as np.testing.assert_allclose(...)."""
    return isinstance(node, ast.Call) and bool(_ASSERTING_CALL.search(ast.unparse(node.func)))


def literals(node: ast.AST) -> Iterator[float]:
    """Yield the numbers that stand in code."""
    for child in ast.walk(node):
        if isinstance(child, ast.UnaryOp) and isinstance(child.op, ast.USub):
            yield from (-value for value in literals(child.operand))
        elif isinstance(child, ast.Constant) and isinstance(child.value, int | float):
            yield float(child.value)


def _value(number: str) -> float:
    return float(re.sub(r"[,\u00a0\u202f]", "", number).replace("−", "-"))
