"""Try all poisons on the functions of modules, in a process of its own: python -m … MODULE …

A crash or a hang then ends this process and no other, and its memory is limited. Prints one line of
JSON for each call that broke its rule and for each exception that was used, and one of counts.
"""

import dataclasses
import importlib
import inspect
import json
import math
import os
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, get_args

import numpy as np

from tests.cnnutils.fuzz import poisons
from tests.cnnutils.fuzz.exceptions import EXCEPTIONS
from tests.cnnutils.fuzz.judge import Leaves, Refusal, WrongError, ask, drawn, is_axes, judge
from tests.cnnutils.fuzz.poisons import Poison

ALL = os.environ.get("FUZZ") == "all"
MEMORY = 4 << 30  # bytes beyond what the imports take
GROUPS = (
    ("shapes", "costs", "boxes", "detect", "verify"),
    ("ops",),
    ("data",),
    ("plots",),
    ("device", "faces", "model_costs", "zoo"),
    ("style", "insight", "training"),
)  # one process each
MODULES = [module for group in GROUPS for module in group]
_FILES = {
    "data": "datasets",
    "plots": "figures",
    **dict.fromkeys(("device", "faces", "model_costs", "zoo"), "networks"),
    **dict.fromkeys(("style", "insight", "training"), "networks"),
}  # with the examples; the others are arithmetic
# Poisons tried on an argument, evenly among all, where a call takes milliseconds.
FEW = {
    "plots": 6,
    "faces": 4,
    "model_costs": 4,
    "zoo": 2,
    "style": 2,
    "insight": 2,
    "training": 4,
}


def _file(module: str) -> ModuleType:
    """Return the file with a module's examples: only a process that needs Keras imports it."""
    return importlib.import_module(f"tests.cnnutils.fuzz.{_FILES.get(module, 'arithmetic')}")


def examples(module: str) -> dict[str, dict[str, Any]]:
    """Return for each function of a module its arguments, all of them right."""
    found: dict[str, dict[str, Any]] = getattr(_file(module), module.upper())
    return found


def callables(module: str) -> dict[str, Callable]:
    """Return what is called for each function of a module: itself, or what shows its effect."""
    return {**public(module), **getattr(_file(module), "SPECIAL", {})}


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
                if inspect.isfunction(body) and (method == "__call__" or method[0] != "_"):
                    found[f"{name}.{method}"] = body
    return found


def parameters(function: Callable) -> dict[str, inspect.Parameter]:
    signature = inspect.signature(function).parameters
    return {
        name: parameter
        for name, parameter in signature.items()
        if name != "self" and parameter.kind != parameter.VAR_KEYWORD  # Keras' own, handed on
    }


def calls(module: str, *, entries: int) -> Iterator[tuple[str, str, Any]]:
    """Yield (function, argument, poison), and say with what each is called."""
    for name, arguments in examples(module).items():
        for argument, right in arguments.items():
            others = (value for other, value in arguments.items() if other != argument)
            sizes = frozenset(
                size for value in others for array in arrays_in(value) for size in array.shape
            )
            parameter = parameters(public(module)[name])[argument]
            whole = parameter.default is None or type(None) in get_args(parameter.annotation)
            found = list(
                poisons.poisons(argument, right, sizes=sizes, whole=whole, entries=entries)
            )
            step = 1 if ALL else math.ceil(len(found) / FEW.get(module, len(found)))
            for poison in found[step // 2 :: step]:
                yield name, argument, poison


def try_one(
    name: str, function: Callable, right: dict[str, Any], argument: str, poison: Poison
) -> Leaves | Refusal:
    """Call a function with a poison; return what comes back, WrongError if it breaks the rule."""

    def call(value: Any) -> Leaves | Refusal:
        arguments = {**right, argument: value}
        before, blank = _copies(arguments), _cleared(arguments)
        answer = ask(name.removesuffix(".__call__"), function, arguments)
        after = _copies(arguments)
        if not _all_equal(before, after):
            raise WrongError("changed an argument in place")
        if isinstance(answer, Refusal) and not _all_equal(blank, _on_axes(arguments)):
            raise WrongError(f"had begun to draw when it refused: {answer[:150]}")
        return answer

    return judge(call, poison)


def _copies(arguments: dict[str, Any]) -> Leaves:
    found = [leaf for value in arguments.values() for leaf in arrays_in(value)]
    for value in arguments.values():
        if hasattr(value, "get_weights") and not isinstance(value, type):
            found += value.get_weights()
    return [array.copy() for array in found if array.dtype.kind in "biuf"]


def _on_axes(arguments: dict[str, Any]) -> Leaves:
    return [leaf for value in arguments.values() if is_axes(value) for leaf in drawn(value)]


def _cleared(arguments: dict[str, Any]) -> Leaves:
    for value in arguments.values():
        if is_axes(value):
            value.clear()
    return _on_axes(arguments)


def _all_equal(some: Leaves, others: Leaves) -> bool:
    return len(some) == len(others) and all(
        np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        for one, other in zip(some, others, strict=True)
    )


def arrays_in(value: Any) -> Leaves:
    """Return the arrays of an argument, also those in records."""
    return [
        place.value for place in poisons.places("", value) if isinstance(place.value, np.ndarray)
    ]


def fuzz(module: str, *, entries: int) -> Counter[str]:
    """Try everything on a module, and print what breaks a rule."""
    functions, rights, counts = callables(module), examples(module), Counter[str]()
    for name, argument, poison in calls(module, entries=entries):
        place = f"{name}({poison.place})"
        print(json.dumps({"trying": f"{module}.{place}: {poison.label}"}), flush=True)
        counts["calls"] += 1
        try:
            got = try_one(name, functions[name], rights[name], argument, poison)
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
    counts["functions"] = len(rights)
    counts["arguments"] = sum(map(len, rights.values()))
    return counts


def _exception(module: str, place: str, label: str) -> tuple[str, str, str] | None:
    for key in EXCEPTIONS:
        if key[0] == module and key[1] in place and key[2] in label:
            return key
    return None


def main(modules: list[str]) -> None:
    for module in modules:  # the first call of a function may import a lot
        functions = callables(module)
        for name, arguments in examples(module).items():
            functions[name](**arguments)
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for module in modules:
        counts = fuzz(module, entries=12 if ALL else 2)
        print(json.dumps({"module": module, "counts": counts}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
