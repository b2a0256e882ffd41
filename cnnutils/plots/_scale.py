"""Which numbers of images are drawn darkest and lightest."""

import numpy as np

from cnnutils._checks import as_list, as_number


def common_limits(function: str, arrays: list[np.ndarray], *, signed: bool) -> tuple[float, float]:
    """Return the numbers drawn darkest and lightest, the same for all the arrays."""
    low = min(float(array.min()) for array in arrays)
    high = max(float(array.max()) for array in arrays)
    _check_range(function, low, high, min(array.dtype for array in arrays))
    if signed:
        reach = max(-low, high) or 1.0
        return -reach, reach
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def as_limits(function: str, limits: tuple[float, float], dtype: np.dtype) -> tuple[float, float]:
    """Return the limits that a reader chose for an image of that type, in order."""
    pair = as_list(function, "limits", limits, of="two numbers")
    if len(pair) != 2:
        raise ValueError(f"{function}: limits must be (darkest, lightest), got {limits!r}.")
    low, high = (as_number(function, "each of limits", limit) for limit in pair)
    if not low < high:
        raise ValueError(f"{function}: limits must be (darkest, lightest), got ({low}, {high}).")
    _check_range(function, low, high, dtype)
    return low, high


def _check_range(function: str, low: float, high: float, dtype: np.dtype) -> None:
    """Refuse a scale that is too wide for Matplotlib, which subtracts its ends."""
    most = float(np.finfo(dtype).max) / 4
    if low < -most or high > most:
        raise ValueError(
            f"{function}: what is drawn must lie between ±{most:.1g}, got {low:g} to {high:g}."
        )
