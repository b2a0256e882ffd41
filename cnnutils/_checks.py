"""Checks of arguments, and the one voice in which the package reports a wrong one.

Every message starts with the name of the public function that was called, says what it expected
and what it got, and ends with a full stop. `ValueError` is for values, `TypeError` for types.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


@contextmanager
def in_the_name_of(function: str) -> Iterator[None]:
    """Report the errors of a function that is called inside as those of the one the user called."""
    try:
        yield
    except (TypeError, ValueError) as error:
        sentence = str(error).partition(": ")[2]
        raise type(error)(f"{function}: {sentence}") from None


def as_int(function: str, name: str, value: Any, *, minimum: int) -> int:
    """Return `value` as an int of at least `minimum`; booleans and floats are refused."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise TypeError(
            f"{function}: {name} must be an integer, got {value!r} ({type(value).__name__})."
        )
    if value < minimum:
        raise ValueError(f"{function}: {name} must be at least {minimum}, got {value}.")
    return int(value)


def as_number(function: str, name: str, value: Any, *, above: float = -math.inf) -> float:
    """Return one finite real number greater than `above`; booleans are refused."""
    if isinstance(value, bool | np.bool_) or not isinstance(
        value, int | float | np.integer | np.floating
    ):
        raise TypeError(
            f"{function}: {name} must be a number, got {value!r} ({type(value).__name__})."
        )
    if not math.isfinite(value) or value <= above:
        than = "" if above == -math.inf else f" and greater than {above:g}"
        raise ValueError(f"{function}: {name} must be finite{than}, got {value}.")
    return float(value)


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
    if value not in choices:
        known = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{function}: {name} must be one of {known}, got {value!r}.")
    return str(value)


def as_float_array(function: str, name: str, value: ArrayLike, *, axes: str) -> np.ndarray:
    """Return `value` as a floating-point array with the axes named in `axes`, such as "N, H, W, C".

    float32 and float64 keep their type; booleans and integers become float64. Anything else
    (complex numbers, text, objects, half precision) is refused rather than converted in silence.
    """
    array = np.asarray(value)
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
