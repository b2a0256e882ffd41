"""Wrong values for an argument, made from a right one, each with the rule for its answer.

A poison goes into one place: the whole argument, an entry of a tuple, an array inside a record.
What is tried depends on the right value that stands there, never on the function.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

# The rules, from the strictest on. "Refused" is an error in the voice of the package.
REFUSED = "refused"  # there is no right answer
EQUAL = "equal"  # the same numbers in another wrapping: the answer to `others[0]`
EQUAL_OR_REFUSED = "equal or refused"
SLICED = "sliced or refused"  # as many axes as you like: the same answer, with or without an axis
HONEST = "honest or refused"  # an unusual value, which may be right: an answer without a NaN
TRAIL = "on the trail or refused"  # what depends on it must show it: see judge.on_the_trail

HUGE = 10**12


class Text(str):
    """A text that may be any, such as a title; a plain one is a choice."""


class Poison(NamedTuple):
    """One wrong value of one argument."""

    place: str  # "strides[0]"
    label: str  # "NaN"
    value: Any  # of the whole argument
    rule: str
    others: tuple[Any, ...] = ()  # right values of the whole argument to compare with


class Place(NamedTuple):
    """A place inside an argument, what stands there, and how to put something else there."""

    name: str
    value: Any
    put: Callable[[Any], Any]


def places(name: str, value: Any) -> Iterator[Place]:
    """Yield the whole argument, and everything inside it."""

    def inside(child: str, key: Any, entry: Any, rebuild: Callable[[Any, Any], Any]) -> Any:
        for place in places(child, entry):
            yield place._replace(put=lambda new, place=place: rebuild(key, place.put(new)))

    yield Place(name, value, lambda new: new)
    if hasattr(value, "_fields"):
        for field in value._fields:
            new = inside(
                f"{name}.{field}",
                field,
                getattr(value, field),
                lambda key, entry: value._replace(**{key: entry}),
            )
            yield from new
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from inside(
                f"{name}.{field.name}",
                field.name,
                getattr(value, field.name),
                lambda key, entry: dataclasses.replace(value, **{key: entry}),
            )
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            yield from inside(
                f"{name}[{index}]",
                index,
                entry,
                lambda key, entry: type(value)([*value[:key], entry, *value[key + 1 :]]),
            )
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from inside(
                f"{name}[{key}]", key, entry, lambda key, entry: {**value, key: entry}
            )


def poisons(
    name: str, right: Any, *, sizes: frozenset[int], whole: bool, entries: int
) -> Iterator[Poison]:
    """Yield the poisons of an argument.

    Args:
        name: of the argument.
        right: a value that is right.
        sizes: the lengths of the axes of the other arguments: an axis of such a length is shared.
        whole: whether None may stand for the argument: then None is no poison.
        entries: in how many entries of an array a broken number is tried.
    """
    for place in places(name, right):
        for label, value, rule, others in _for(place.value, sizes, entries):
            if value is None and whole and place.name == name:
                continue
            yield Poison(
                place.name, label, place.put(value), rule, tuple(place.put(o) for o in others)
            )


_Row = tuple[str, Any, str, tuple[Any, ...]]


def _for(value: Any, sizes: frozenset[int], entries: int) -> Iterator[_Row]:
    if isinstance(value, np.ndarray):
        yield from _arrays(value, sizes)
        if value.dtype.kind == "f":
            yield from _broken_numbers(value, entries)
        elif value.dtype.kind in "iu":
            yield from _broken_integers(value)
        else:
            yield "0 and 1 instead of booleans", value.astype(int), EQUAL_OR_REFUSED, (value,)
            yield "twos instead of booleans", value + 1, REFUSED, ()
    elif isinstance(value, bool):
        yield from _booleans(value)
    elif isinstance(value, int):
        yield from _integers(value)
    elif isinstance(value, float):
        yield from _floats(value)
    elif isinstance(value, str):
        yield from _choices(value)
    elif isinstance(value, Sequence) and not hasattr(value, "_fields"):
        yield from _sequences(value)
    elif hasattr(value, "count_params") and hasattr(value, "layers"):  # a Keras model
        empty = type(value)() if type(value).__name__ == "Sequential" else value.layers[-1]
        for label, other in {
            "a layer": value.layers[-1],
            "its class": type(value),
            "an empty one": empty,
            "None": None,
            "a word": "nonsense",
            "in a list": [value],
        }.items():
            yield label, other, REFUSED, ()
    else:  # a record, a mapping, a layer, axes
        wrongs = {"None": None, "text": "nonsense", "a number": 5, "a list": []}
        for label, other in {**wrongs, "one in a list": [value]}.items():
            yield label, other, REFUSED, ()


def _arrays(right: np.ndarray, sizes: frozenset[int]) -> Iterator[_Row]:
    """Yield the same numbers in another wrapping, wrong types and wrong shapes."""
    wide = np.zeros((*right.shape[:-1], 2 * right.shape[-1]), right.dtype)
    wide[..., ::2] = right
    frozen = right.copy()
    frozen.setflags(write=False)
    yield "a list", right.tolist(), EQUAL, (right,)
    yield "not contiguous", wide[..., ::2], EQUAL, (right,)
    yield "in Fortran's order", np.asfortranarray(right), EQUAL, (right,)
    yield "read only", frozen, EQUAL, (right,)
    yield "in swapped bytes", right.astype(right.dtype.newbyteorder()), EQUAL_OR_REFUSED, (right,)
    whole = np.round(right).astype(right.dtype)
    if right.dtype.kind == "f":
        yield "whole numbers", whole.astype(np.int64), EQUAL, (whole,)
        half = right.astype(np.float16)
        yield "half precision", half, EQUAL_OR_REFUSED, (half.astype(right.dtype),)
        yield "booleans", right > 0, EQUAL_OR_REFUSED, ((right > 0).astype(right.dtype),)
    yield "text", right.astype(str), REFUSED, ()
    yield "complex", right.astype(complex), REFUSED, ()
    yield "objects", right.astype(object), REFUSED, ()
    yield "dates", right.astype("datetime64[s]"), REFUSED, ()
    yield "masked", np.ma.masked_array(right, np.arange(right.size) == 0), REFUSED, ()
    yield "None", None, REFUSED, ()
    yield "a word", "nonsense", REFUSED, ()
    yield "a dictionary", {"a": 1}, REFUSED, ()
    yield "ragged", [right.tolist(), [right.tolist()]], REFUSED, ()
    yield "a number", right.flat[0].item(), SLICED, (right,)
    yield "an axis too many", right[np.newaxis], SLICED, (right,)
    yield "an axis too few", right[0], SLICED, (right,)
    for axis, length in enumerate(right.shape):
        empty = np.take(right, range(0), axis)
        shorter = np.take(right, range(length - 1), axis)
        longer = np.concatenate([right, np.take(right, [0], axis)], axis)
        single = np.take(right, [0], axis)
        rule = REFUSED if length in sizes else HONEST
        yield f"axis {axis} empty", empty, rule, ()
        if length > 1:
            yield f"axis {axis} too short", shorter, rule, ()
            yield f"axis {axis} of length 1", single, rule, ()
        yield f"axis {axis} too long", longer, rule, ()
    yield "an empty list", [], REFUSED if sizes & {len(right)} else HONEST, ()


def _spread(size: int, entries: int) -> list[int]:
    """Return so many places of an array, spread evenly."""
    return sorted({int(place) for place in np.linspace(0, size - 1, min(entries, size)).round()})


def _broken_numbers(right: np.ndarray, entries: int) -> Iterator[_Row]:
    def having(number: float) -> np.ndarray:
        array = right.copy()
        array.flat[place] = number
        return array

    for place in _spread(right.size, entries):
        old = right.flat[place]
        at = f" at {place}"
        trail = (having(old * 0.9 + 0.01), having(old * 1.1 + 0.02))
        yield "NaN" + at, having(np.nan), TRAIL, trail
        largest = float(np.finfo(right.dtype).max)
        for sign, name in ((1, "+"), (-1, "−")):
            middle = having(sign * 1e9), having(sign * 1e12)
            yield f"{name}infinity{at}", having(sign * np.inf), TRAIL, (right, *middle)
            huge = having(sign * largest * 0.5)
            yield f"{name}the largest number{at}", huge, TRAIL, (right, *middle)
        yield "zero" + at, having(0.0), HONEST, ()
        yield "negative" + at, having(-1.0), HONEST, ()
        yield "the smallest number" + at, having(np.finfo(right.dtype).tiny), HONEST, ()
    yield "all zero", np.zeros_like(right), HONEST, ()
    yield "all equal", np.full_like(right, right.flat[0]), HONEST, ()
    extreme = np.iinfo(np.int64)
    for number in (extreme.min, extreme.max):
        values = np.full(right.shape, number)
        yield f"all {number}", values, EQUAL_OR_REFUSED, (values.astype(np.float64),)


def _broken_integers(right: np.ndarray) -> Iterator[_Row]:
    def having(number: int, dtype: type = np.int64) -> np.ndarray:
        array = right.astype(dtype)
        array.flat[-1] = number
        return array

    yield "floats", right.astype(float), EQUAL_OR_REFUSED, (right,)
    yield "halves", right + 0.5, REFUSED, ()
    yield "booleans", right > 0, EQUAL_OR_REFUSED, ((right > 0).astype(right.dtype),)
    yield "int8", right.astype(np.int8), EQUAL, (right,)
    yield "uint64", right.astype(np.uint64), EQUAL, (right,)
    for number in (-1, HUGE, np.iinfo(np.int64).max, np.iinfo(np.int64).min):
        yield str(number), having(number), HONEST, ()
    yield "2⁶⁴ − 1", having(2**64 - 1, np.uint64), HONEST, ()


def _integers(right: int) -> Iterator[_Row]:
    yield "np.int64", np.int64(right), EQUAL, (right,)
    yield "np.uint8", np.uint8(right % 256), EQUAL, (right % 256,)
    yield "an array of one axis", np.array([right]), REFUSED, ()
    yield "an array without axes", np.array(right), EQUAL_OR_REFUSED, (right,)
    yield "a whole float", float(right), EQUAL_OR_REFUSED, (right,)
    for wrong in (right + 0.5, float("nan"), float("inf"), True, "2", b"2", None, [], {}, 1j):
        yield repr(wrong), wrong, REFUSED, ()
    yield "-1", -1, REFUSED, ()
    yield "0", 0, HONEST, ()
    for huge in (HUGE, 2**63, 2**200):
        yield f"{huge:.0e}", huge, HONEST, ()
        yield f"-{huge:.0e}", -huge, REFUSED, ()


def _floats(right: float) -> Iterator[_Row]:
    yield "np.float64", np.float64(right), EQUAL, (right,)
    yield "np.float32", np.float32(right), EQUAL, (float(np.float32(right)),)
    yield "an array of one axis", np.array([right]), REFUSED, ()
    yield "an array without axes", np.array(right), EQUAL_OR_REFUSED, (right,)
    yield "a whole number", int(right), EQUAL_OR_REFUSED, (float(int(right)),)
    for wrong in (float("nan"), True, "0.5", b"0.5", None, [], {}, 1j):
        yield repr(wrong), wrong, REFUSED, ()
    for odd in (0.0, -1.0, 1e-300, 1e308, -1e308, float("inf"), -float("inf"), 10**400):
        yield f"{odd:.0e}" if abs(odd) < HUGE else str(odd)[:9], odd, HONEST, ()


def _booleans(right: bool) -> Iterator[_Row]:
    yield "np.bool", np.bool_(right), EQUAL, (right,)
    yield "a number", int(right), EQUAL_OR_REFUSED, (right,)
    for wrong in ("False", "no", None, 2, -1, 0.5, float("nan"), [], [False], np.array([right])):
        yield repr(wrong), wrong, REFUSED, ()


def _choices(right: str) -> Iterator[_Row]:
    wrongs = (right.encode(), None, 0.5, True, [], [right], {}, np.array([right]))
    for wrong in (*wrongs, np.array([right, right])):
        yield repr(wrong), wrong, REFUSED, ()
    for other in ("nonsense", "", right.swapcase() + "x"):
        yield repr(other), other, HONEST if isinstance(right, Text) else REFUSED, ()


def _sequences(right: Sequence) -> Iterator[_Row]:
    yield "None", None, REFUSED, ()
    yield "a word", "nonsense", REFUSED, ()
    yield "a dictionary", {"a": 1}, REFUSED, ()
    yield "-1 instead", -1, REFUSED, ()
    yield "0.5 instead", 0.5, REFUSED, ()
    yield "empty", type(right)(), HONEST, ()
    yield "one more", type(right)([*right, right[-1]]), HONEST, ()
    yield "one less", type(right)(right[:-1]), HONEST, ()
    yield "nothing inside", type(right)([None] * len(right)), REFUSED, ()
    other = list if isinstance(right, tuple) else tuple
    yield f"a {other.__name__}", other(right), EQUAL_OR_REFUSED, (right,)
