"""Plain data over a pipe: what may cross between the grader and the process of an answer.

A message is eight bytes of length and JSON. None, truth values, numbers, strings, lists, tuples,
dicts and arrays of numbers cross; nothing that could run code when it is read.
"""

import base64
import json
import math
import re
from typing import IO, Any

import numpy as np

LARGEST_MESSAGE = 64 * 2**20
MOST_PARTS = 2**21  # of one message: each takes a hundred bytes of memory when it is read
MOST_KEYS = 1000  # of a dict: whole numbers can be chosen so that each one meets all before it
MOST_AXES = 32
DEEPEST = 20
LONGEST_INTEGER = 4096  # bits
KINDS = "biufc"  # NumPy's letters for truth values and numbers
DTYPE = re.compile(rf"[<|][{KINDS}]\d\d?")


class WireError(Exception):
    """A message that is none, or a value that cannot cross."""


def encode(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON data.

    Raises:
        WireError: it is of another type, or too deep.
    """
    if depth > DEEPEST:
        raise WireError(f"it is nested deeper than {DEEPEST} levels")
    kind = type(value)
    if value is None or kind in (bool, float, str):
        return value
    if kind is int:
        if value.bit_length() > LONGEST_INTEGER:
            raise WireError("an integer of thousands of digits cannot be compared")
        return value
    if kind is complex:
        return {"complex": [value.real, value.imag]}
    if value is ...:
        return {"unanswered": True}
    if kind in (list, tuple):
        return {kind.__name__: [encode(item, depth + 1) for item in value]}
    if kind is dict:
        if len(value) > MOST_KEYS:
            raise WireError(f"a dict of more than {MOST_KEYS} keys cannot be compared")
        pairs = [[encode(key, depth + 1), encode(item, depth + 1)] for key, item in value.items()]
        return {"dict": pairs}
    return _encode_array(value, kind)


def _encode_array(value: Any, kind: type) -> Any:
    if not isinstance(value, np.ndarray | np.generic):
        convert = getattr(value, "numpy", None)  # the tensors of every framework
        if convert is None or not hasattr(value, "shape"):
            raise WireError(f"a value of type {kind.__name__} cannot be compared")
        value = convert()
    array = np.asarray(value)
    if array.dtype.kind not in KINDS:
        raise WireError(f"an array of {array.dtype} cannot be compared, only numbers can")
    data = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    return {
        "array": base64.b64encode(data.tobytes()).decode("ascii"),
        "dtype": data.dtype.str,
        "shape": list(array.shape),
        "scalar": isinstance(value, np.generic),
    }


def decode(data: Any, depth: int = 0) -> Any:
    """Return the value that `encode` was given; the other side may be hostile.

    Raises:
        WireError: the data are not what `encode` gives.
    """
    if depth > DEEPEST + 1:
        raise WireError("nested too deep")
    if data is None or type(data) in (bool, float, str):
        return data
    if type(data) is int and data.bit_length() <= LONGEST_INTEGER:
        return data
    if type(data) is not dict or not data:
        raise WireError("not a value")
    kind, content = next(iter(data.items()))
    if kind in ("list", "tuple", "dict") and type(content) is not list:
        raise WireError("not a list")
    try:
        if kind in ("list", "tuple"):
            items = [decode(item, depth + 1) for item in content]
            return items if kind == "list" else tuple(items)
        if kind == "dict" and len(content) <= MOST_KEYS:
            return {decode(key, depth + 1): decode(item, depth + 1) for key, item in content}
        if kind == "complex":
            return complex(*content)
        if kind == "unanswered":
            return ...
        if kind == "array":
            return _decode_array(data)
    except (TypeError, ValueError, KeyError, OverflowError):
        raise WireError("not a value") from None  # and no word of what it was
    raise WireError("not a value")


def _decode_array(data: dict[str, Any]) -> Any:
    shape = data["shape"]
    if not DTYPE.fullmatch(data["dtype"]) or type(shape) is not list or len(shape) > MOST_AXES:
        raise WireError("not an array of numbers")
    if any(type(size) is not int or size < 0 for size in shape):
        raise WireError("not a shape")
    dtype = np.dtype(data["dtype"])
    content = base64.b64decode(data["array"], validate=True)
    if len(content) != math.prod(shape) * dtype.itemsize:
        raise WireError("an array of another size than it says")
    array = np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="))
    return array[()] if data.get("scalar") else array


def write(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message."""
    content = json.dumps(message).encode("ascii")
    if len(content) > LARGEST_MESSAGE:
        raise WireError(f"it is larger than {LARGEST_MESSAGE // 2**20} MiB")
    _count_parts(content)
    stream.write(len(content).to_bytes(8, "big") + content)
    stream.flush()


def read(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read one message; None at the end of the stream.

    Raises:
        WireError: what came is no message.
    """
    header = stream.read(8)
    if len(header) < 8:
        return None
    length = int.from_bytes(header, "big")
    if length > LARGEST_MESSAGE:
        raise WireError(f"it is larger than {LARGEST_MESSAGE // 2**20} MiB")
    content = stream.read(length)
    if len(content) < length:
        return None
    _count_parts(content)
    try:
        message = json.loads(content)
    except (ValueError, RecursionError):
        raise WireError("what came back is no message") from None
    if type(message) is not dict:
        raise WireError("what came back is no message")
    return message


def _count_parts(content: bytes) -> None:
    if sum(content.count(mark) for mark in (b",", b"[", b"{")) > MOST_PARTS:
        raise WireError(f"it has more than {MOST_PARTS} parts")
