"""The checks that every function starts with: what passes, and the sentence for what does not."""

import re

import numpy as np
import pytest

from cnnutils import _checks


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_an_integer_of_any_width_becomes_an_int(value):
    result = _checks.as_int("f", "strides", value, minimum=1)
    assert result == 3
    assert type(result) is int


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "True (bool)"),
        (np.True_, "np.True_ (bool)"),
        (2.0, "2.0 (float)"),
        ("2", "'2' (str)"),
        (None, "None (NoneType)"),
    ],
)
def test_what_is_no_integer_is_refused(value, shown):
    sentence = f"f: strides must be an integer, got {shown}."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        _checks.as_int("f", "strides", value, minimum=1)


def test_too_small_an_integer_is_refused_and_the_minimum_is_not():
    sentence = "f: strides must be at least 1, got 0."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        _checks.as_int("f", "strides", 0, minimum=1)
    assert _checks.as_int("f", "strides", 1, minimum=1) == 1


@pytest.mark.parametrize(
    ("value", "pair"), [(3, (3, 3)), ((2, 5), (2, 5)), ([2, np.int32(5)], (2, 5))]
)
def test_a_pair_keeps_height_before_width(value, pair):
    assert _checks.as_pair("f", "kernel_size", value, minimum=1) == pair


@pytest.mark.parametrize(
    ("value", "error", "sentence"),
    [
        (
            (1, 2, 3),
            ValueError,
            "f: kernel_size must be one integer or a pair (height, width), got (1, 2, 3).",
        ),
        ((1, 0), ValueError, "f: kernel_size must be at least 1, got 0."),
        ((0, 1), ValueError, "f: kernel_size must be at least 1, got 0."),
        ("33", TypeError, "f: kernel_size must be an integer, got '33' (str)."),
    ],
)
def test_what_is_no_pair_is_refused(value, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        _checks.as_pair("f", "kernel_size", value, minimum=1)


def test_a_choice_is_one_of_those_listed():
    assert _checks.as_choice("f", "padding", "same", ("valid", "same")) == "same"
    sentence = "f: padding must be one of 'valid', 'same', got 'full'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        _checks.as_choice("f", "padding", "full", ("valid", "same"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [("float32", "float32"), ("float64", "float64"), ("uint8", "float64"), ("bool", "float64")],
)
def test_floats_keep_their_precision_and_integers_become_float64(given, kept):
    array = _checks.as_float_array("f", "images", np.ones((2, 3), given), axes="H, W")
    assert array.dtype == kept
    np.testing.assert_array_equal(array, np.ones((2, 3)))


@pytest.mark.parametrize("given", ["complex64", "float16", "str", "object"])
def test_other_types_are_refused_rather_than_converted(given):
    array = np.ones((2, 3)).astype(given)
    sentence = (
        "f: images must hold float32, float64 or integer numbers, "
        f"got {array.dtype} (shape (2, 3))."
    )
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        _checks.as_float_array("f", "images", array, axes="H, W")


@pytest.mark.parametrize("shape", [(2, 3), (1, 2, 3, 4, 5)])
def test_the_wrong_number_of_axes_is_refused(shape):
    sentence = f"f: images must have the axes (N, H, W, C), got an array of shape {shape}."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        _checks.as_float_array("f", "images", np.ones(shape), axes="N, H, W, C")
