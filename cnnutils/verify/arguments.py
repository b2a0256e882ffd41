"""Checks of arguments that distances and the gallery share: embeddings of one width."""

import math

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array


def as_embeddings(
    function: str, name: str, value: ArrayLike, *, dtype: type[np.float32] | None = None
) -> np.ndarray:
    """Return embeddings (N, D) as floating-point numbers; an empty list counts as none, (0, 0).

    With `dtype` they are converted to it, and otherwise float32 and float64 keep their type. They
    must be finite, and so small that the sums of squared distances fit into the type.
    """
    array = as_array(function, name, value)
    if array.shape == (0,):
        array = np.empty((0, 0), np.result_type(array.dtype, np.float32))
    array = as_float_array(function, name, array, axes="N, D")
    if len(array) and not array.shape[1]:
        raise ValueError(
            f"{function}: {name} must have at least one number a row, "
            f"got an array of shape {array.shape}."
        )
    target = np.dtype(array.dtype if dtype is None else dtype)
    low, high = float(array.min(initial=0)), float(array.max(initial=0))  # NaN, if there is one
    if not (math.isfinite(low) and math.isfinite(high)):
        broken = np.flatnonzero(~np.isfinite(array).all(axis=1))[0]
        worst = array[broken][~np.isfinite(array[broken])][0]
        raise ValueError(f"{function}: {name} must be finite; row {broken} holds {worst}.")
    limit = math.sqrt(float(np.finfo(target).max) / 8 / max(array.shape[1], 1))
    if max(-low, high) > limit:
        raise ValueError(
            f"{function}: {name} must lie between ±{limit:.1g}, so that squared distances fit "
            f"into {target}."
        )
    return array.astype(target, copy=False)


def check_widths(function: str, name: str, array: np.ndarray, expected: int, whose: str) -> None:
    """Refuse rows that do not have as many numbers as the others; (0, 0) is no rows at all."""
    if array.shape[1] != expected and array.shape != (0, 0):
        raise ValueError(
            f"{function}: {name} must have as many numbers as {whose}, {expected}, "
            f"got {array.shape[1]}."
        )
