"""Plain data cross unchanged; nothing else crosses, and no message can do harm."""

import base64
import io
import json

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from cnnutils.homework.inside import wire

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)
ARRAYS = st.sampled_from(["?", "i1", "<i4", ">i8", "u2", "f2", "f4", ">f8", "c8"]).flatmap(
    lambda kind: arrays(kind, st.lists(st.integers(0, 3), max_size=4).map(tuple))
)


def there_and_back(value):
    stream = io.BytesIO()
    wire.write(stream, {"value": wire.encode(value)})
    stream.seek(0)
    return wire.decode(wire.read(stream)["value"])


@given(PLAIN)
def test_plain_values_cross_unchanged(value):
    got = there_and_back(value)
    assert repr(got) == repr(value)  # types, order, signs of zeros and NaN included


@given(ARRAYS)
def test_arrays_cross_with_type_shape_and_values(array):
    got = there_and_back(array)
    assert (got.shape, got.dtype) == (array.shape, array.dtype.newbyteorder("="))
    np.testing.assert_array_equal(got, array)


def test_numpy_scalars_and_tensors_cross_as_what_they_are():
    assert type(there_and_back(np.float32(0.5))) is np.float32

    class Tensor:
        shape = (2,)

        def numpy(self):
            return np.arange(2)

    np.testing.assert_array_equal(there_and_back(Tensor()), np.arange(2))
    assert there_and_back(...) is ...


class AlwaysEqual:
    def __eq__(self, other):
        return True

    __hash__ = None


class Pickled:
    def __reduce__(self):
        return print, ("run",)


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (AlwaysEqual(), "a value of type AlwaysEqual cannot be compared"),
        (Pickled(), "a value of type Pickled cannot be compared"),
        (type("Number", (int,), {})(3), "a value of type Number cannot be compared"),
        (lambda: 1, "a value of type function cannot be compared"),
        (np.array([AlwaysEqual()]), "an array of object cannot be compared, only numbers can"),
        (np.array(["a"]), "an array of <U1 cannot be compared, only numbers can"),
        (np.array([0], "M8[s]"), r"an array of datetime64\[s\] cannot be compared"),
        (np.zeros(1, [("a", "f4")]), "cannot be compared, only numbers can"),
        (nested(30), "it is nested deeper than 20 levels"),
        (10**5000, "an integer of thousands of digits cannot be compared"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_nothing_else_crosses(value, message):
    with pytest.raises(wire.WireError, match=message):
        wire.encode(value)


def array(content=b"\0" * 8, dtype="<f8", shape=(1,)):
    return {"array": base64.b64encode(content).decode(), "dtype": dtype, "shape": list(shape)}


@pytest.mark.parametrize(
    "data",
    [
        [],
        {},
        {"python": "print(1)"},
        {"list": 3},
        {"dict": [1]},
        {"dict": [[[], 1]]},
        {"dict": [[{"list": []}, 1]]},  # a key that cannot be one
        {"complex": ["1", 2]},
        array(dtype="O"),
        array(dtype="V8"),
        array(dtype="M8[s]"),
        array(dtype="no such type"),
        array(dtype="f8,f8"),
        array(shape=(2,)),
        array(shape=(-1,)),
        array(shape=("1",)),
        array(shape=(True,)),
        array(shape=[1] * 100),
        {"array": "***", "dtype": "<f8", "shape": [1]},
        {"array": "AAAAAAAAAAA="},
        json.loads('{"list": [' * 40 + "]}" * 40),
    ],
)
def test_hostile_data_are_refused_without_a_word_of_them(data):
    with pytest.raises(wire.WireError, match=r"^(not a|nested|an array of another size)"):
        wire.decode(data)


@pytest.mark.parametrize(
    "content",
    [
        (2**62).to_bytes(8, "big"),
        (3).to_bytes(8, "big") + b"[1]",
        (4).to_bytes(8, "big") + b"\xff\xff\xff\xff",
        (5).to_bytes(8, "big") + b"{'a'}",
        (200_000).to_bytes(8, "big") + b"[" * 200_000,
        (9_000).to_bytes(8, "big") + b'{"a":' + b"1" * 8_994 + b"}",
    ],
)
def test_what_is_no_message_is_refused(content):
    with pytest.raises(wire.WireError):
        wire.read(io.BytesIO(content))


@pytest.mark.parametrize("content", [b"", b"\0\0", (9).to_bytes(8, "big") + b"{}"])
def test_a_broken_off_message_is_the_end(content):
    assert wire.read(io.BytesIO(content)) is None


def test_a_message_that_is_too_large_is_not_written():
    stream = io.BytesIO()
    with pytest.raises(wire.WireError, match="larger than 64 MiB"):
        wire.write(stream, {"value": "x" * wire.LARGEST_MESSAGE})
    assert stream.getvalue() == b""
