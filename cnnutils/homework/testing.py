"""What the tests of an assignment are written with; a release carries this text with it.

Tests are plain functions that take `hw`, the student's answers, and compare what they give with
`close`. The same test runs in the student's notebook and in the grader. Needs NumPy alone.

In a release, this text and the tests are run with names of their own, so that a student's helper
may have the name of a test's; `notebook` are then the names that the student's cells define.
"""

import contextlib
import copy
import linecache
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

notebook: dict[str, Any] = {}


class OutcomeError(Exception):
    """Why a test could not be carried out; no test may take it for an answer's own error."""

    outcome = "failed"


class UnansweredError(OutcomeError):
    """A question that is not answered yet."""

    outcome = "todo"


class MissingError(OutcomeError):
    """A name that an answer should define, and does not."""

    outcome = "missing"


def points(number: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Say how many points a test gives."""

    def mark(test: Callable[..., None]) -> Callable[..., None]:
        test.points = number  # type: ignore[attr-defined]
        return test

    return mark


def close(
    got: Any, want: Any, *, tolerance: float = 1e-5, name: str = "", parts: Iterable[str] = ()
) -> bool:
    """Return True if `got` has the kind, the shape and the values of `want`; else say what differs.

    Kind and shape come first, because comparing values alone accepts too much: NumPy calls an
    empty array close to everything. Whole numbers are accepted where real ones are expected, and
    not the other way round; float32 is as good as float64.

    Args:
        got: what the answer gave.
        want: what is right: a number, a string, an array, None, or a list, tuple or dict of these.
        tolerance: largest difference allowed, as a fraction of the largest value of `want`, or of
            1 where all of its values are smaller.
        name: what is compared, if the learner could not tell; the message begins with it.
        parts: what the items of a list or tuple are: the message then names the one that differs.

    Raises:
        AssertionError: they differ; the message says how.
    """
    try:
        if isinstance(want, (list, tuple, dict)):
            _same_container(got, want, tolerance, [*parts])
        elif want is None or isinstance(want, (bool, np.bool_, str)):
            kind = bool if isinstance(want, np.bool_) else type(want)
            value = bool(got) if isinstance(got, np.bool_) else got
            _expect(type(value) is kind and value == want, f"expected {want!r}, got {_shown(got)}")
        else:
            _same_numbers(got, np.asarray(want), tolerance)
    except AssertionError as error:
        raise AssertionError(f"{name}: {error}" if name else str(error)) from None
    return True


def _expect(condition: Any, otherwise: str) -> None:
    """Like assert, and also under `python -O`."""
    if not condition:
        raise AssertionError(otherwise)


def _same_container(got: Any, want: Any, tolerance: float, parts: list[str]) -> None:
    listed = f" ({', '.join(parts)})" if parts else ""
    right = f"expected a {type(want).__name__}{listed}"
    _expect(type(got) is type(want), f"{right}, got {_shown(got)}")
    if isinstance(want, dict):
        _expect(got.keys() == want.keys(), f"expected the keys {[*want]}, got {[*got]}")
        items = [(f"item [{key!r}]", got[key], want[key]) for key in want]
    else:
        _expect(len(got) == len(want), f"expected {len(want)} items{listed}, got {len(got)}")
        names = parts or [f"item [{i}]" for i in range(len(want))]
        items = [*zip(names, got, want, strict=True)]
    for name, one, other in items:
        close(one, other, tolerance=tolerance, name=name)


def _same_numbers(got: Any, want: np.ndarray, tolerance: float) -> None:
    numbers = (bool, int, float, complex, np.generic, np.ndarray)
    if not isinstance(got, numbers if want.ndim == 0 else np.ndarray):
        kind = "a number" if want.ndim == 0 else f"an array of shape {want.shape}"
        raise AssertionError(f"expected {kind}, got {_shown(got)}")
    values = np.asarray(got)
    _expect(values.shape == want.shape, f"expected the shape {want.shape}, got {values.shape}")
    ranks = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}  # what may stand for what: 3 for 3.0
    rank, allowed = ranks.get(values.dtype.kind, 4), ranks[want.dtype.kind]
    _expect(
        rank <= allowed and (rank == 0) == (allowed == 0),
        f"expected {('truth values', 'whole numbers', 'real numbers', 'numbers')[allowed]}, "
        f"got {_shown(got) if want.ndim == 0 else values.dtype}",
    )
    if allowed < 2:
        wrong = values != want
    else:
        scale = max(1.0, float(np.max(np.abs(want), initial=0.0, where=np.isfinite(want))))
        with np.errstate(invalid="ignore"):
            near = np.abs(values - want) <= tolerance * scale
        wrong = ~(near | (values == want) | (np.isnan(values) & np.isnan(want)))
    if np.any(wrong):
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = f" at index {index}" if index else ""
        more = f" ({np.sum(wrong)} of {wrong.size} values differ)" if wrong.size > 1 else ""
        raise AssertionError(f"expected {want[index]:.6g}{where}, got {values[index]:.6g}{more}")


def _shown(value: Any) -> str:
    """Return a short text for any value."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    text, kind = " ".join(repr(value).split()), type(value).__name__
    if len(text) > 60 and isinstance(value, (list, tuple, dict)):
        return f"a {kind} of {len(value)} items"
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({kind})"


def raises(kind: type[Exception], function: Callable[..., Any], *args: Any, **options: Any) -> bool:
    """Return True if the call raises an error of this kind; else say what happened.

    Raises:
        AssertionError: the call raised nothing, or an error of another kind.
    """
    try:
        got = function(*args, **options)
    except OutcomeError:
        raise
    except Exception as error:
        kinds = getattr(error, "kinds", [base.__name__ for base in type(error).__mro__])
        _expect(kind.__name__ in kinds, f"expected a {kind.__name__}, got a {kinds[0]}: {error}")
        return True
    raise AssertionError(f"expected a {kind.__name__}, got {_shown(got)}")


class Answers:
    """The answers of a notebook, by name: `hw.zero_pad(images, 1)`.

    An array that a test hands over is copied, so that no answer can change it for the next one.
    A tensor that comes back is handed on as an array of NumPy.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        if name not in self._namespace:
            raise MissingError(f"{name} is not defined; does its cell run without an error?")
        value = self._namespace[name]
        if value is ...:
            raise UnansweredError(f"{name} is not answered yet")
        return self._guarded(value) if callable(value) else copy.deepcopy(value)

    def run(self, helper: Callable[..., Any], *args: Any) -> Any:
        """Return helper(answers, ...): for answers that are not plain data, such as models."""
        names = SimpleNamespace(**self._namespace)
        return self._guarded(lambda *given: helper(names, *given))(*args)

    def _guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            given, named = copy.deepcopy((args, options))
            try:
                return _with_arrays(function(*given, **named))
            except NotImplementedError as error:
                raise UnansweredError(str(error) or "not answered yet") from None

        return call


def _with_arrays(value: Any) -> Any:
    if type(value) in (list, tuple):
        return type(value)(_with_arrays(item) for item in value)
    if type(value) is dict:
        return {key: _with_arrays(item) for key, item in value.items()}
    is_tensor = hasattr(value, "numpy") and hasattr(value, "shape")
    return np.asarray(value.numpy()) if is_tensor else value


def results(question: str | None = None) -> list[tuple[str, int, str, str, str]]:
    """Run the visible tests of one question, or of all, on what this notebook defines.

    Returns:
        For each test its name, points, label, outcome, and what is wrong.
    """
    begin = f"test_{question}_" if question else "test_q"
    tests = {name: test for name, test in globals().items() if name.startswith(begin)}
    found = []
    for name, test in tests.items():
        outcome, message = "passed", ""
        try:
            test(Answers(notebook))
        except OutcomeError as error:
            outcome, message = error.outcome, str(error)
        except AssertionError as error:
            outcome, message = "failed", str(error).partition("\n")[0]
        except Exception as error:
            outcome = "failed"
            message = f"your code raised {type(error).__name__}{_place(error)}: {error}"
        label = (test.__doc__ or name).strip().splitlines()[0]
        found.append((name, test.points, label, outcome, message))
    return found


def _place(error: Exception) -> str:
    """Return the last place in a cell of the notebook that an error came through."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_globals is notebook:
            file = frame.f_code.co_filename
            marker = re.match(r"# ANSWER (q\d+)|<(q\d+)>", linecache.getline(file, 1) or file)
            place = f" in line {line} of {(marker[1] or marker[2]) if marker else 'a cell'}"
    return place


def check(question: str | None = None) -> None:
    """Run the visible tests of one question, or of all, and say how they came out."""
    found = results(question)
    for _, _, label, outcome, message in found:
        print(f"{outcome:8}{label}" + (f"\n        {message}" if message else ""))
    passed = sum(outcome == "passed" for _, _, _, outcome, _ in found)
    print(f"{question or 'all questions'}: {passed} of {len(found)} visible tests passed")


@contextlib.contextmanager
def when_answered() -> Iterator[None]:
    """Run the lines below it once what they use is answered; until then, say that it is not."""
    try:
        yield
    except NotImplementedError as error:
        print(f"TODO: {error}")
