"""Break the package's arithmetic on purpose, one small change at a time, and see its tests go red.

Usage: python -m tools.drill [room ...]

A mutant is a module in which one comparison, operator, number, condition, argument or statement is
another. It is killed if a test or doctest of its room fails on it or hangs, or if a function of the
room answers a wrong value wrongly (tests/cnnutils/fuzz). Those that survive stand in
tools/drill.toml, each with a reason; one that is missing there fails, an entry whose mutant no
longer survives fails, and so does a room in which fewer than nine in ten are killed of those that
some input could tell from the module as it is.

What the tests import is imported once, and the tests are collected once. Each mutant is tried in a
forked process, in which one function gets other code: a fraction of a second, although Keras is the
oracle. What no function holds is tried in a process in which the course's own modules are imported
anew. Linux only.
"""

import argparse
import ast
import collections
import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import io
import json
import os
import resource
import signal
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest

from tools import environment
from tools.chapters import ROOT

ROOMS = ("_checks", "shapes", "costs", "boxes", "verify", "detect", "ops")
ACCEPTED = Path("tools", "drill.toml")
EQUIVALENT = "equivalent: "  # no input could tell
KINDS = (EQUIVALENT, "accepted: ")  # what a reason begins with
LEAST_KILLED = 0.9
SECONDS_TO_COLLECT, SPARE_SECONDS, TIMES_AS_LONG = 120, 5, 10
SECONDS_TO_FUZZ, FUZZED_ENTRIES = 300, 2
NOT_IN_A_FUNCTION, NEVER_IMPORTED, BROKE_OFF = 97, 99, 98  # how a mutant's process may end
SPARE_BYTES = 4 << 30  # beyond what is mapped already: a mutant may collect without end

OTHER: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}  # fmt: skip
# Nothing changes by swapping their arguments.
COMMUTE = {"max", "min", "np.add", "np.maximum", "np.minimum", "np.result_type"}


@dataclass(frozen=True)
class Place:
    """Where a node hangs in its tree."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    file: Path
    name: str  # function | line of the source | before → after
    tree: ast.Module
    place: Place
    change: ast.AST

    def code(self) -> CodeType:
        """Compile the changed file; the tree stays changed, so do it in a process of its own."""
        self.place.put(self.change)
        return compile(ast.fix_missing_locations(self.tree), self.file, "exec")


def places(node: ast.AST, function: str = "") -> Iterator[tuple[str, Place]]:
    """Yield what may be changed, with the function that it stands in."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}" if function else node.name
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue  # texts: tests compare whole sentences
            yield function, Place(node, field, index if isinstance(value, list) else None, child)
            types = isinstance(child, ast.Call) and ast.unparse(child.func) == "isinstance"
            if not types and not (isinstance(child, ast.Assign) and _is_type(child)):
                yield from places(child, function)


def _is_type(statement: ast.Assign) -> bool:
    return ast.unparse(statement.value).startswith(("Literal[", "tuple["))


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node is changed to."""
    match node:
        case ast.Compare(left, [op], right):
            yield ast.Compare(left, [OTHER[type(op)]()], right)
        case ast.Compare(left, [first, second], right):
            yield ast.Compare(left, [OTHER[type(first)](), second], right)
            yield ast.Compare(left, [first, OTHER[type(second)]()], right)
        case ast.BinOp(left, op, right):
            yield ast.BinOp(left, OTHER[type(op)](), right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(OTHER[type(op)](), values)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Call(function, [first, second, *others], keywords):
            starred = isinstance(first, ast.Starred) or isinstance(second, ast.Starred)
            differ = ast.unparse(first) != ast.unparse(second)
            if not starred and differ and ast.unparse(function) not in COMMUTE:
                yield ast.Call(function, [second, first, *others], keywords)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(value) if value is not None:
            yield ast.Return(ast.Constant(None))
        case ast.AugAssign(target, op, value):
            yield ast.AugAssign(target, OTHER[type(op)](), value)
            yield ast.Pass()
        case ast.Expr(ast.Call()) | ast.Raise() | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Assign([ast.Subscript() | ast.Attribute()]):
            yield ast.Pass()


def _words(node: ast.AST) -> str:
    """Return a node in one line: of a compound statement the first."""
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split("\n")[0].split())


def mutants(root: Path, file: Path) -> list[Mutant]:
    """Return all mutants of a file, named so that moving a function renames none."""
    text = (root / file).read_text("utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    found, seen = [], collections.Counter[str]()
    for function, place in places(tree):
        for change in changes(place.node):
            line = lines[place.node.lineno - 1].strip()  # type: ignore[attr-defined]
            name = f"{function} | {line} | {_words(place.node)} → {_words(change)}"
            seen[name] += 1
            name += f" ({seen[name]})" if seen[name] > 1 else ""
            found.append(Mutant(root / file, name, tree, place, change))
    return found


class Changed(importlib.abc.MetaPathFinder):
    """Imports one file as a mutant."""

    def __init__(self, mutant: Mutant, name: str) -> None:
        self.mutant, self.name = mutant, name
        self.found = False

    def pytest_sessionstart(self) -> None:
        """As a pytest plugin: come before pytest's own importer, which takes what it is given."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Import the file as it was changed, and leave everything else to the others."""
        if fullname != self.name:
            return None
        self.found = True
        code, file = self.mutant.code(), str(self.mutant.file)

        class Loader(importlib.machinery.SourceFileLoader):
            def get_code(self, fullname: str) -> CodeType:
                return code

        return importlib.util.spec_from_file_location(fullname, file, loader=Loader(fullname, file))


def _codes(code: CodeType, before: str = "") -> Iterator[tuple[str, CodeType]]:
    """Yield the functions of a module and the methods of its classes, with their dotted names."""
    for child in code.co_consts:
        if isinstance(child, CodeType):
            name = before + child.co_name
            yield name, child
            if "__qualname__" in child.co_names:  # the body of a class
                yield from _codes(child, name + ".")


def _live(module: ModuleType, name: str) -> FunctionType | None:
    """Return the function of a dotted name from below what decorates it."""
    found: object = module
    for part in name.split("."):
        found = vars(found).get(part)
        found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    found = inspect.unwrap(found) if callable(found) else found
    return found if isinstance(found, FunctionType) else None


def put_in_place(mutant: Mutant, name: str) -> bool:
    """Give one function of the imported module its other code; False where none has another."""
    module = importlib.import_module(name)
    before = dict(_codes(compile(mutant.file.read_bytes(), mutant.file, "exec")))
    after = mutant.code()
    for function, code in _codes(after):
        live = _live(module, function)
        if code == before.get(function) or live is None:
            continue
        same_place = live.__code__.co_firstlineno == code.co_firstlineno
        if same_place and live.__code__.co_freevars == code.co_freevars:
            live.__code__ = code
            return True
    return False


class InPlace:
    """A pytest plugin: when the tests are collected, try mutant after mutant in forks."""

    def __init__(self, room: "Room", candidates: Sequence[Mutant]) -> None:
        self.room, self.candidates = room, candidates
        self.killed: list[int] = []
        self.survived: list[int] = []
        self.in_fork = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """In a fork let pytest go on, with the mutant; here, note how it ended."""
        _leave_to_forks()
        for number, mutant in enumerate(self.candidates):
            process = os.fork()
            if not process:
                self.in_fork = True
                with _last_steps():
                    _limit()
                    if not put_in_place(mutant, self.room.module(mutant)):
                        os._exit(NOT_IN_A_FUNCTION)
                return None
            code = self.room.ended(process, mutant)
            if code != NOT_IN_A_FUNCTION:
                (self.survived if code == pytest.ExitCode.OK else self.killed).append(number)
        return True


class Watch:
    """A pytest plugin: the quickest tests first, and none much longer than it took once."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds
        self.measured: dict[str, float] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Begin with the quickest: most mutants are killed by any test at all."""
        items.sort(key=lambda item: self.seconds.get(item.nodeid, 0))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Set the alarm for one test."""
        usual = self.seconds.get(item.nodeid)
        limit = 0 if usual is None else SPARE_SECONDS + TIMES_AS_LONG * usual
        signal.setitimer(signal.ITIMER_REAL, limit)  # nobody handles it: the process ends

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how long a test took, with its set-up."""
        taken = self.measured.get(report.nodeid, 0)
        self.measured[report.nodeid] = taken + report.duration


class Room:
    """A module or folder of the package, its doctests, and the tests that mirror it."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.name = root, name
        package, tests = root / "cnnutils", root / "tests" / "cnnutils"
        folder = (package / name).is_dir()
        found = sorted((package / name).glob("*.py")) if folder else [package / f"{name}.py"]
        self.files = [path.relative_to(root) for path in found]
        self.tests = tests / name if folder else tests / f"test_{name.strip('_')}.py"
        self.seconds: dict[str, float] = {}

    def run(self, *options: str, plugins: Sequence[object] = ()) -> int:
        """Run the tests and doctests in this process."""
        paths = [str(self.root / file) for file in self.files] + [str(self.tests)]
        arguments = ["--doctest-modules", f"--rootdir={self.root}", "--hypothesis-profile=drill"]
        arguments += ["-x", "-q", "-p", "no:xdist", "--tb=no"]
        arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is imported once
        return int(pytest.main([*arguments, *options, *paths], plugins=plugins))

    def survives_fuzzing(self) -> bool:
        """Give every function wrong values; see whether each is refused or rightly answered."""
        if not (self.root / "tests" / "cnnutils" / "fuzz").is_dir():
            return True
        run = importlib.import_module("tests.cnnutils.fuzz.run")
        if self.name not in run.MODULES:
            return True
        signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_FUZZ)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            run.fuzz(self.name, entries=FUZZED_ENTRIES)
        return '{"wrong"' not in out.getvalue()

    def prepare(self) -> None:
        """Import what the tests import, and measure them as they are."""
        with _silence():
            status = self.run("--collect-only")
        if status:
            raise SystemExit(f"{self.name}: its tests cannot be collected")
        for name, module in list(sys.modules.items()):
            file = Path(getattr(module, "__file__", None) or sys.prefix)
            own = file.is_relative_to(self.root) and not file.is_relative_to(sys.prefix)
            if own and name != "__main__" and not name.startswith("tools"):
                del sys.modules[name]
        out, into = os.pipe()
        process = os.fork()
        if not process:
            watch = Watch({})
            with _last_steps():
                with _silence():
                    status = self.judged(self.run(plugins=[watch]))
                with os.fdopen(into, "w") as pipe:
                    json.dump([status, watch.measured], pipe)
                os._exit(0)
        os.close(into)
        with os.fdopen(out) as pipe:
            text = pipe.read()
        os.waitpid(process, 0)
        status, self.seconds = json.loads(text or "[1, {}]")
        _leave_to_forks()
        if status:
            raise SystemExit(f"{self.name}: its tests fail on the package as it is")

    def module(self, mutant: Mutant) -> str:
        """Return the name by which a mutant's file is imported."""
        parts = mutant.file.relative_to(self.root).with_suffix("").parts
        return ".".join(part for part in parts if part != "__init__")

    def tried_in_place(self, candidates: Sequence[Mutant]) -> dict[int, bool]:
        """Try those that lie in a function; return which a test noticed and which none."""
        out, into = os.pipe()
        process = os.fork()
        if not process:
            plugin = InPlace(self, candidates)
            with _last_steps():
                with _silence():
                    status = self.run(plugins=[Watch(self.seconds), plugin])
                    if plugin.in_fork:
                        os._exit(self.judged(status))
                with os.fdopen(into, "w") as pipe:
                    json.dump([plugin.killed, plugin.survived], pipe)
                os._exit(0)
        os.close(into)
        with os.fdopen(out) as pipe:
            text = pipe.read()
        os.waitpid(process, 0)
        if not text:
            raise SystemExit(f"{self.name}: broke off while mutants were tried")
        killed, survived = json.loads(text)
        return dict.fromkeys(killed, True) | dict.fromkeys(survived, False)

    def is_killed(self, mutant: Mutant) -> bool:
        """Try a mutant in a process in which the course's modules are imported anew."""
        process = os.fork()
        if not process:
            with _last_steps(), _silence():
                _limit()
                changed = Changed(mutant, self.module(mutant))
                status = self.run(plugins=[Watch(self.seconds), changed])
                os._exit(self.judged(status) if changed.found else NEVER_IMPORTED)
        return self.ended(process, mutant) != pytest.ExitCode.OK

    def judged(self, status: int) -> int:
        """Return how the tests ended, or that they failed if the fuzzing does."""
        if status or self.survives_fuzzing():
            return status
        return int(pytest.ExitCode.TESTS_FAILED)

    def ended(self, process: int, mutant: Mutant) -> int:
        """Wait for the end of a mutant's process, and return how it ended; 0 if nobody noticed."""
        _, status = os.waitpid(process, 0)
        if os.WIFSIGNALED(status):
            return int(pytest.ExitCode.TESTS_FAILED)
        code = os.WEXITSTATUS(status)
        usual = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, 2)  # 2: not importable
        if code not in (*usual, NOT_IN_A_FUNCTION):
            raise SystemExit(f"{self.name}: pytest ends with {code} on {mutant.name}")
        return code


def _leave_to_forks() -> None:
    """Keep the collector of garbage off what forks share: to visit an object is to copy its page.

    Ten to twenty times as many mutants in the same time.
    """
    gc.collect()
    gc.freeze()


def _limit() -> None:
    """Limit the time until the tests begin, and the memory, of a mutant's process."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_COLLECT)
    mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    limit = mapped * resource.getpagesize() + SPARE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@contextlib.contextmanager
def _last_steps() -> Iterator[None]:
    """A forked process ends here, even by an error, and never returns to what its parent does."""
    try:
        yield
    except BaseException:
        os._exit(BROKE_OFF)


class _silence:  # noqa: N801 - reads as a statement
    """What is written to the terminal is thrown away, from C too."""

    def __enter__(self) -> None:
        sys.stdout.flush()
        self.kept = os.dup(1), os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
        for number, kept in enumerate(self.kept, 1):
            os.dup2(kept, number)
            os.close(kept)


def accepted(root: Path) -> dict[str, dict[str, str]]:
    """Return file → name of the mutant → reason."""
    table: dict[str, dict[str, str]] = tomllib.loads((root / ACCEPTED).read_text("utf-8"))
    for file, names in table.items():
        for name, reason in names.items():
            if not reason.startswith(KINDS):
                raise SystemExit(f"{ACCEPTED}: {file}: {name}: begin with {' or '.join(KINDS)}")
    return table


def drill(root: Path, name: str, reasons: dict[str, dict[str, str]]) -> list[str]:
    """Try all mutants of a room; return what is wrong."""
    start, room = time.monotonic(), Room(root, name)
    room.prepare()
    total, killed, equivalent, wrong = 0, 0, 0, []
    for file in room.files:
        listed = reasons.get(str(file), {})
        stale = set(listed)
        candidates = mutants(root, file)
        tried = room.tried_in_place(candidates)
        for number, mutant in enumerate(candidates):
            total += 1
            if tried[number] if number in tried else room.is_killed(mutant):
                killed += 1
            elif mutant.name in stale:
                stale.remove(mutant.name)
                equivalent += listed[mutant.name].startswith(EQUIVALENT)
            else:
                wrong.append(f"{file}: survives: {json.dumps(mutant.name, ensure_ascii=False)}")
                print(wrong[-1], flush=True)
        wrong += [f"{file}: listed in {ACCEPTED}, but does not survive: {key}" for key in stale]
    if killed < LEAST_KILLED * (total - equivalent):
        wrong.append(f"{name}: fewer than {LEAST_KILLED:.0%} killed")
    seconds = time.monotonic() - start
    counts = f"{killed} of {total} mutants killed, {equivalent} are equivalent"
    print(f"{name}: {counts}, in {seconds:.0f} s", flush=True)
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", default=ROOMS)
    parser.add_argument("--root", type=Path, default=ROOT)
    given = parser.parse_args(arguments)
    root = given.root.resolve()
    environment.apply()
    import hypothesis

    # The same examples each time, no search for a smaller one, and nothing fails by being slow.
    hypothesis.settings.register_profile(
        "drill",
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    reasons = accepted(root)
    wrong = [problem for name in given.rooms for problem in drill(root, name, reasons)]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
