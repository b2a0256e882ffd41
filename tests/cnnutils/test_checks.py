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


def test_too_large_an_integer_is_refused_and_the_maximum_is_not():
    assert _checks.as_int("f", "depth", 9998, minimum=8, maximum=9998) == 9998
    with pytest.raises(ValueError, match=r"^f: depth must be at most 9,998, got 9999\.$"):
        _checks.as_int("f", "depth", 9999, minimum=8, maximum=9998)


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


@pytest.mark.parametrize("value", [0, 0.5, np.float32(0.5), np.int64(-3)])
def test_one_real_number_becomes_a_float(value):
    result = _checks.as_number("f", "margin", value)
    assert result == value
    assert type(result) is float


@pytest.mark.parametrize(
    ("value", "error", "sentence"),
    [
        (True, TypeError, "f: margin must be a number, got True (bool)."),
        ("1", TypeError, "f: margin must be a number, got '1' (str)."),
        (1j, TypeError, "f: margin must be a number, got 1j (complex)."),
        (np.ones(1), TypeError, "f: margin must be a number, got array([1.]) (ndarray)."),
        (np.nan, ValueError, "f: margin must be finite and greater than 0, got nan."),
        (10**400, ValueError, "f: margin must be finite and greater than 0, got inf."),
        (0, ValueError, "f: margin must be finite and greater than 0, got 0."),
    ],
)
def test_what_is_no_number_of_the_range_is_refused(value, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        _checks.as_number("f", "margin", value, above=0)


@pytest.mark.parametrize(
    ("value", "shown"), [(np.nan, "nan"), (10**400, "inf"), (-(10**400), "-inf")]
)
def test_a_number_that_may_be_anything_is_still_finite(value, shown):
    with pytest.raises(ValueError, match=rf"^f: margin must be finite, got {shown}\.$"):
        _checks.as_number("f", "margin", value)


def test_only_true_and_false_are_booleans():
    assert _checks.as_bool("f", "signed", np.False_) is False
    assert _checks.as_bool("f", "signed", True) is True
    for value in ("False", 0, None):
        sentence = f"f: signed must be True or False, got {value!r} ({type(value).__name__})."
        with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
            _checks.as_bool("f", "signed", value)


def test_a_text_is_a_text_and_not_bytes():
    assert _checks.as_text("f", "title", np.str_("a")) == "a"
    with pytest.raises(TypeError, match=r"^f: title must be a text, got b'a' \(bytes\)\.$"):
        _checks.as_text("f", "title", b"a")


@pytest.mark.parametrize("value", [["a", "b"], ("a", "b"), np.array(["a", "b"]), iter("ab")])
def test_what_holds_several_becomes_a_list(value):
    assert _checks.as_texts("f", "names", value) == ["a", "b"]


@pytest.mark.parametrize("value", ["ab", b"ab", {"a": 1}, None, 3, np.array(3)])
def test_what_holds_nothing_or_is_one_text_is_no_list(value):
    sentence = f"f: names must be a list of texts, got {value!r} ({type(value).__name__})."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        _checks.as_list("f", "names", value, of="texts")


def test_rows_of_different_lengths_are_no_array():
    sentence = "f: images must be an array, or nested lists of equal lengths."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        _checks.as_float_array("f", "images", [[1, 2], [3]], axes="H, W")


def test_each_of_a_list_of_texts_is_a_text():
    with pytest.raises(TypeError, match=r"^f: names must be a list of texts, got 3 \(int\)\.$"):
        _checks.as_texts("f", "names", 3)
    with pytest.raises(TypeError, match=r"^f: each of names must be a text, got 3 \(int\)\.$"):
        _checks.as_texts("f", "names", ["a", 3])


def test_an_array_that_no_machine_has_room_for_is_refused_and_a_large_one_is_not():
    _checks.check_size("f", "the grid", (2**18, 2**18))  # exactly as many as may be
    sentence = (
        "f: the grid would hold more than 68,719,476,736 values, got the shape (262144, 262145)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        _checks.check_size("f", "the grid", [2**18, 2**18 + 1])


def test_an_array_stays_itself_and_lists_become_one():
    array = np.arange(3)
    assert _checks.as_array("f", "scores", array) is array
    np.testing.assert_array_equal(_checks.as_array("f", "scores", [[1, 2]]), np.array([[1, 2]]))


@pytest.mark.parametrize(
    ("value", "error", "sentence"),
    [
        (
            np.ma.masked_array([1, 2], [True, False]),
            TypeError,
            "f: scores must not be a masked array; fill the masked values.",
        ),
        (
            [[1], [2, 3]],
            ValueError,
            "f: scores must be an array, or nested lists of equal lengths.",
        ),
    ],
)
def test_masked_and_ragged_arrays_are_refused(value, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        _checks.as_array("f", "scores", value)


def test_errors_are_reported_in_the_name_of_the_function_that_was_called():
    sentence = r"^outer: n must be at least 1, got 0: too few\.$"
    with pytest.raises(ValueError, match=sentence), _checks.in_the_name_of("outer"):
        raise ValueError("inner: n must be at least 1, got 0: too few.")
