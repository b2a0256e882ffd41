"""Checks of arguments, and the one voice in which the package reports a wrong one.

Every message starts with the name of the public function that was called, says what it expected
and what it got, and ends with a full stop. `ValueError` is for values, `TypeError` for types.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

_MOST_VALUES = 1 << 36  # in one array: half a TiB of float64, which no reader's machine has


@contextmanager
def in_the_name_of(function: str) -> Iterator[None]:
    """Report the errors of a function that is called inside as those of the one the user called."""
    try:
        yield
    except (TypeError, ValueError) as error:
        sentence = str(error).partition(": ")[2]
        raise type(error)(f"{function}: {sentence}") from None


def as_int(
    function: str, name: str, value: Any, *, minimum: int, maximum: int | None = None
) -> int:
    """Return `value` as an int from `minimum` to `maximum`; booleans and floats are refused."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise TypeError(
            f"{function}: {name} must be an integer, got {value!r} ({type(value).__name__})."
        )
    if value < minimum:
        raise ValueError(f"{function}: {name} must be at least {minimum}, got {value}.")
    if maximum is not None and value > maximum:
        raise ValueError(f"{function}: {name} must be at most {maximum:,}, got {value}.")
    return int(value)


def as_number(function: str, name: str, value: Any, *, above: float = -math.inf) -> float:
    """Return one finite real number greater than `above`; booleans are refused."""
    if isinstance(value, bool | np.bool_) or not isinstance(
        value, int | float | np.integer | np.floating
    ):
        raise TypeError(
            f"{function}: {name} must be a number, got {value!r} ({type(value).__name__})."
        )
    try:
        number = float(value)
    except OverflowError:  # an integer of more than 308 digits
        value = number = math.inf if value > 0 else -math.inf
    if not math.isfinite(number) or number <= above:
        than = "" if above == -math.inf else f" and greater than {above:g}"
        raise ValueError(f"{function}: {name} must be finite{than}, got {value}.")
    return number


def as_bool(function: str, name: str, value: Any) -> bool:
    """Return `value` if it is True or False; text such as "False" would count as true."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(
            f"{function}: {name} must be True or False, got {value!r} ({type(value).__name__})."
        )
    return bool(value)


def as_pair(function: str, name: str, value: Any, *, minimum: int) -> tuple[int, int]:
    """Return one integer or a (height, width) pair as a pair of ints of at least `minimum`."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != 2:
            raise ValueError(
                f"{function}: {name} must be one integer or a pair (height, width), got {value!r}."
            )
        height, width = value
    else:
        height = width = value
    return (
        as_int(function, name, height, minimum=minimum),
        as_int(function, name, width, minimum=minimum),
    )


def as_choice(function: str, name: str, value: Any, choices: Sequence[str]) -> str:
    """Return `value` if it is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        known = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{function}: {name} must be one of {known}, got {value!r}.")
    return str(value)


def as_text(function: str, name: str, value: Any) -> str:
    """Return `value` if it is a text."""
    if not isinstance(value, str):
        raise TypeError(
            f"{function}: {name} must be a text, got {value!r} ({type(value).__name__})."
        )
    return str(value)


def as_list(function: str, name: str, value: Any, *, of: str) -> list[Any]:
    """Return what a list, or something like it, holds; `of` says what that should be."""
    scalar = isinstance(value, np.ndarray) and value.ndim == 0  # looks iterable, and is not
    if isinstance(value, str | bytes | dict) or not isinstance(value, Iterable) or scalar:
        raise TypeError(
            f"{function}: {name} must be a list of {of}, got {value!r} ({type(value).__name__})."
        )
    return list(value)


def as_texts(function: str, name: str, value: Any) -> list[str]:
    """Return the texts of a list of them."""
    found = as_list(function, name, value, of="texts")
    return [as_text(function, f"each of {name}", text) for text in found]


def check_size(function: str, what: str, shape: Sequence[int]) -> None:
    """Refuse an array that no machine has room for, before NumPy tries to get it."""
    if math.prod(shape) > _MOST_VALUES:
        raise ValueError(
            f"{function}: {what} would hold more than {_MOST_VALUES:,} values, got the shape "
            f"{tuple(shape)}."
        )


def as_array(function: str, name: str, value: ArrayLike) -> np.ndarray:
    """Return `value` as an array; rows of different lengths and masked values are refused."""
    if isinstance(value, np.ma.MaskedArray):  # what is masked would take part
        raise TypeError(f"{function}: {name} must not be a masked array; fill the masked values.")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{function}: {name} must be an array, or nested lists of equal lengths."
        ) from None


def as_float_array(function: str, name: str, value: ArrayLike, *, axes: str) -> np.ndarray:
    """Return `value` as a floating-point array with the axes named in `axes`, such as "N, H, W, C".

    float32 and float64 keep their type; booleans and integers become float64. Anything else
    (complex numbers, text, objects, half precision) is refused rather than converted in silence.
    """
    array = as_array(function, name, value)
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{function}: {name} must hold float32, float64 or integer numbers, "
            f"got {array.dtype} (shape {array.shape})."
        )
    if array.ndim != len(axes.split(",")):
        raise ValueError(
            f"{function}: {name} must have the axes ({axes}), got an array of shape {array.shape}."
        )
    return array
