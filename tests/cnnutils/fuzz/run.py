"""Try all poisons on the functions of modules, in a process of its own: python -m … MODULE …

A crash or a hang then ends this process and no other, and its memory is limited. Prints one line of
JSON for each call that broke its rule and for each exception that was used, and one of counts.
"""

import dataclasses
import importlib
import inspect
import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.cnnutils.fuzz import arithmetic, datasets, poisons
from tests.cnnutils.fuzz.exceptions import EXCEPTIONS
from tests.cnnutils.fuzz.judge import Leaves, Refusal, WrongError, ask, judge
from tests.cnnutils.fuzz.poisons import Poison

MEMORY = 4 << 30  # bytes beyond what the imports take
EXAMPLES = {
    "shapes": arithmetic.SHAPES,
    "ops": arithmetic.OPS,
    "costs": arithmetic.COSTS,
    "boxes": arithmetic.BOXES,
    "detect": arithmetic.DETECT,
    "verify": arithmetic.VERIFY,
    "data": datasets.DATA,
}
GROUPS = (
    ("shapes", "costs", "boxes", "detect", "verify"),
    ("ops",),
    ("data",),
)  # one process each


def public(module_name: str) -> dict[str, Callable]:
    """Return the functions, classes and methods that a module offers, found and not listed.

    Records (dataclasses and named tuples) hold what they are given, and are checked where they are
    used.
    """
    module = importlib.import_module(f"cnnutils.{module_name}")
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
    found: dict[str, Callable] = {}
    for name in names:
        value = getattr(module, name)
        if not inspect.isroutine(value) and not inspect.isclass(value):
            continue
        if issubclass(type(value), type) and issubclass(value, Exception):
            continue
        if dataclasses.is_dataclass(value) or hasattr(value, "_fields"):
            continue
        found[name] = value
        if inspect.isclass(value) and value.__base__ is object:
            for method, body in vars(value).items():
                if inspect.isfunction(body) and not method.startswith("_"):
                    found[f"{name}.{method}"] = body
    return found


def parameters(function: Callable) -> dict[str, inspect.Parameter]:
    signature = inspect.signature(function).parameters
    return {name: parameter for name, parameter in signature.items() if name != "self"}


def calls(module: str, *, entries: int) -> Iterator[tuple[str, str, Any]]:
    """Yield (function, argument, poison), and say with what each is called."""
    for name, arguments in EXAMPLES[module].items():
        for argument, right in arguments.items():
            others = (value for other, value in arguments.items() if other != argument)
            sizes = frozenset(
                size for value in others for array in arrays_in(value) for size in array.shape
            )
            default = parameters(public(module)[name])[argument].default
            for poison in poisons.poisons(
                argument, right, sizes=sizes, whole=default is None, entries=entries
            ):
                yield name, argument, poison


def try_one(
    name: str, function: Callable, right: dict[str, Any], argument: str, poison: Poison
) -> Leaves | Refusal:
    """Call a function with a poison; return what comes back, WrongError if it breaks the rule."""

    def call(value: Any) -> Leaves | Refusal:
        arguments = {**right, argument: value}
        before = _copies(arguments)
        answer = ask(name, function, arguments)
        after = _copies(arguments)
        if not all(
            np.array_equal(*pair, equal_nan=True) for pair in zip(before, after, strict=True)
        ):
            raise WrongError("changed an argument in place")
        return answer

    return judge(call, poison)


def _copies(arguments: dict[str, Any]) -> Leaves:
    found = [leaf for value in arguments.values() for leaf in arrays_in(value)]
    return [array.copy() for array in found if array.dtype.kind in "biuf"]


def arrays_in(value: Any) -> Leaves:
    """Return the arrays of an argument, also those in records."""
    return [
        place.value for place in poisons.places("", value) if isinstance(place.value, np.ndarray)
    ]


def fuzz(module: str, *, entries: int) -> Counter[str]:
    """Try everything on a module, and print what breaks a rule."""
    functions, counts = public(module), Counter[str]()
    for name, argument, poison in calls(module, entries=entries):
        place = f"{name}({poison.place})"
        print(json.dumps({"trying": f"{module}.{place}: {poison.label}"}), flush=True)
        counts["calls"] += 1
        function = arithmetic.SPECIAL.get(name, functions[name])
        try:
            got = try_one(name, function, EXAMPLES[module][name], argument, poison)
        except WrongError as error:
            exception = _exception(module, place, poison.label)
            if exception is None:
                wrong = f"{module}.{place}: {poison.label}: {error}"
                print(json.dumps({"wrong": wrong}), flush=True)
            else:
                print(json.dumps({"used": exception}), flush=True)
                counts["excepted"] += 1
        else:
            counts["refused" if isinstance(got, Refusal) else "answered"] += 1
    counts["functions"] = len(EXAMPLES[module])
    counts["arguments"] = sum(map(len, EXAMPLES[module].values()))
    return counts


def _exception(module: str, place: str, label: str) -> tuple[str, str, str] | None:
    for key in EXCEPTIONS:
        if key[0] == module and key[1] in place and key[2] in label:
            return key
    return None


def main(modules: list[str]) -> None:
    for module in modules:  # the first call of a function may import a lot
        for name, function in public(module).items():
            if name in EXAMPLES[module]:
                arithmetic.SPECIAL.get(name, function)(**EXAMPLES[module][name])
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    entries = 12 if os.environ.get("FUZZ") == "all" else 2
    for module in modules:
        counts = fuzz(module, entries=entries)
        print(json.dumps({"module": module, "counts": counts}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
