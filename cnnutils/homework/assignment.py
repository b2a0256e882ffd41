"""An assignment as its folder holds it: the master's cells, its questions, and their tests."""

import ast
import hashlib
import importlib.util
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

SETUP = re.compile(r"# SETUP\b")
ANSWER = re.compile(r"# ANSWER (q\d+)\b")
_REGION = re.compile(
    r"^(?P<indent>[ ]*)### BEGIN SOLUTION\n(?P<solution>.*?)^[ ]*### END SOLUTION\n?",
    re.DOTALL | re.MULTILINE,
)
TEST_FILES = ("tests_visible.py", "tests_hidden.py")


class AssignmentError(Exception):
    """What is wrong with an assignment or a submission, in a sentence for a person."""


@dataclass(frozen=True)
class Question:
    """One question: its answer cell as the reference and as the student has it."""

    name: str
    title: str
    uses: tuple[str, ...]  # the earlier questions that it builds on, directly or through others
    reference: str
    starter: str


@dataclass(frozen=True)
class Test:
    """One test function, and what the student may know of it."""

    __test__ = False  # pytest would collect a class of this name

    name: str
    question: str
    points: int
    label: str
    visible: bool
    function: Callable[..., None] = field(repr=False)

    @property
    def needs(self) -> tuple[str, ...]:
        """What it takes, of "hw", "reference" and "rng"."""
        return tuple(inspect.signature(self.function).parameters)


@dataclass(frozen=True)
class Assignment:
    """A folder `hwNN` with `hwNN.md`, `tests_visible.py` and, where grades are given, hidden tests.

    Args:
        folder: where it was read from; its name is the assignment's.
        title, points, packages, seconds, memory_gib: from the header of the master. A call of an
            answer may take `seconds`, and its process `memory_gib`; it may import `packages` and
            the standard library.
        header, cells: the master's, cells as (kind, source) with the kind "markdown" or "code".
        questions: by name, in order.
        tests: visible ones first.
    """

    folder: Path
    title: str
    points: int
    packages: tuple[str, ...]
    seconds: float
    memory_gib: float
    header: dict[str, Any] = field(repr=False)
    cells: tuple[tuple[str, str], ...] = field(repr=False)
    questions: dict[str, Question] = field(repr=False)
    tests: tuple[Test, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the folder, such as "hw01"."""
        return self.folder.name

    @property
    def setup(self) -> str:
        """The code that runs before the answers."""
        return "\n".join(
            source for kind, source in self.cells if kind == "code" and SETUP.match(source)
        )

    def answers(self) -> dict[str, str]:
        """Return question → cell of the reference."""
        return {name: question.reference for name, question in self.questions.items()}

    def names(self, question: str) -> list[str]:
        """Return the names that the reference's answer defines."""
        return _defined(self.questions[question].reference)

    def digest(self) -> str:
        """Return the hash of everything that decides a grade."""
        sha = hashlib.sha256()
        for name in (f"{self.name}.md", *TEST_FILES):
            path = self.folder / name
            content = path.read_bytes() if path.exists() else b""
            sha.update(f"{name} {len(content)}\n".encode() + content)
        return sha.hexdigest()


def read_assignment(folder: str | Path) -> Assignment:
    """Read an assignment's folder.

    Args:
        folder: such as "homework/hw01".

    Raises:
        AssignmentError: a file is missing, or something in it contradicts the rest.
    """
    folder = Path(folder).resolve()
    master = folder / f"{folder.name}.md"
    if not master.is_file():
        raise AssignmentError(f"{master} does not exist: an assignment's folder holds its master.")
    import jupytext  # here, because it takes longer than all the rest

    notebook = jupytext.read(master, fmt="md:myst")
    header = notebook.metadata.get("homework")
    if not isinstance(header, dict):
        raise AssignmentError(f'{master}: the header has no "homework:" with a title and points.')
    return make_assignment(
        folder, header, [(cell.cell_type, cell.source) for cell in notebook.cells]
    )


def make_assignment(
    folder: Path, header: dict[str, Any], cells: list[tuple[str, str]]
) -> Assignment:
    """Put an assignment together from its master's header and cells, and its folder's tests.

    Raises:
        AssignmentError: something in it contradicts the rest.
    """
    master = folder / f"{folder.name}.md"
    unknown = set(header) - {"title", "points", "packages", "seconds", "memory_gib", "uses"}
    if unknown:
        raise AssignmentError(f"{master}: the header has unknown words: {', '.join(unknown)}.")
    questions = _questions(master, cells, header.get("uses", {}))
    assignment = Assignment(
        folder=folder,
        title=str(header.get("title", "")),
        points=int(header.get("points", 0)),
        packages=tuple(header.get("packages", ["numpy"])),
        seconds=float(header.get("seconds", 10)),
        memory_gib=float(header.get("memory_gib", 2)),
        header=dict(header),
        cells=tuple(cells),
        questions=questions,
        tests=tuple(_tests(folder, questions)),
    )
    total = sum(test.points for test in assignment.tests)
    if (folder / TEST_FILES[1]).exists() and total != assignment.points:
        raise AssignmentError(
            f"{master}: the header says {assignment.points} points, the tests give {total}."
        )
    return assignment


def read_answers(cells: list[tuple[str, str]]) -> dict[str, str]:
    """Return question → source of a notebook's answer cells, found by their first lines.

    Of several cells with the same marker all count, in their order, as when they are run.
    """
    found: dict[str, list[str]] = {}
    for kind, source in cells:
        if kind == "code" and (marker := ANSWER.match(source)):
            found.setdefault(marker[1], []).append(source)
    return {question: "\n".join(sources) for question, sources in found.items()}


def _questions(
    master: Path, cells: list[tuple[str, str]], uses: dict[str, list[str]]
) -> dict[str, Question]:
    titles = {
        heading[1]: heading[2]
        for kind, source in cells
        if kind == "markdown"
        for heading in re.finditer(r"^## (q\d+): (.+)$", source, re.MULTILINE)
    }
    questions: dict[str, Question] = {}
    for kind, source in cells:
        marker = ANSWER.match(source) if kind == "code" else None
        if not marker:
            continue
        name = marker[1]
        if name in questions or name not in titles:
            problem = (
                "has two answer cells" if name in questions else f'has no heading "## {name}:"'
            )
            raise AssignmentError(f"{master}: {name} {problem}.")
        direct = uses.get(name, [])
        if strangers := [other for other in direct if other not in questions]:
            raise AssignmentError(f"{master}: {name} uses {strangers[0]}, which is not before it.")
        through = {deep for other in direct for deep in questions[other].uses}
        questions[name] = Question(
            name=name,
            title=titles[name],
            uses=tuple(other for other in questions if other in through or other in direct),
            reference=_REGION.sub(lambda region: region["solution"], source),
            starter=_starter(name, source),
        )
        if questions[name].starter == questions[name].reference:
            raise AssignmentError(f"{master}: {name} has no ### BEGIN SOLUTION … ### END SOLUTION.")
    return questions


def _starter(question: str, source: str) -> str:
    """Return the cell as students get it: each solution replaced by one line that says so."""

    def replaced(region: re.Match[str]) -> str:
        if region["indent"]:
            return (
                f'{region["indent"]}raise NotImplementedError("{question} is not answered yet")'
                "  # your code instead of this line\n"
            )
        return "".join(f"{name} = ...  # your answer\n" for name in _defined(region["solution"]))

    return _REGION.sub(replaced, source).rstrip("\n")


def _defined(source: str) -> list[str]:
    """Return the names that a source assigns or defines at its top level, in order."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    names.append(part.id)
    return list(dict.fromkeys(names))


def load_module(path: Path) -> ModuleType:
    """Run a Python file of an assignment and return it as a module."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    assert spec is not None  # the path ends in .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _tests(folder: Path, questions: dict[str, Question]) -> Iterator[Test]:
    names = set()
    for file in TEST_FILES:
        path = folder / file
        if not path.exists():
            if file == TEST_FILES[0]:
                raise AssignmentError(f"{path} does not exist: every assignment has visible tests.")
            continue
        functions: dict[str, Any] = vars(load_module(path))
        for name, function in functions.items():
            if not name.startswith("test_"):
                continue
            parts = re.match(r"test_(q\d+)_\w+", name)
            number = getattr(function, "points", None)
            if not parts or parts[1] not in questions or name in names or number is None:
                raise AssignmentError(
                    f"{path}: {name} must have points, a name of its own, and begin with a "
                    "question, like test_q1_border."
                )
            names.add(name)
            yield Test(
                name=name,
                question=parts[1],
                points=number,
                label=(function.__doc__ or name).strip().splitlines()[0],
                visible=file == TEST_FILES[0],
                function=function,
            )
