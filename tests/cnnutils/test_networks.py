"""The checks of models, feature maps and tensors: what passes, and what is said of the rest."""

import re

import keras
import numpy as np
import pytest

from cnnutils import _networks


def test_a_model_that_is_built_passes():
    x = keras.Input((2,))
    for model in (keras.Model(x, x), keras.Sequential([x, keras.layers.ReLU()])):
        assert _networks.as_model("f", model) is model


def test_a_model_whose_input_is_unknown_and_what_is_no_model_are_refused():
    bare = keras.Sequential([keras.layers.Dense(2)], name="bare")
    sentence = "f: bare must be built first; give it a keras.Input of the shape that it is to see."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        _networks.as_model("f", bare)
    with pytest.raises(TypeError, match=r"^f: model must be a Keras model, got Dense\.$"):
        _networks.as_model("f", keras.layers.Dense(2))


@pytest.mark.parametrize("x", [keras.Input((4, 5, 3)), np.zeros((2, 4, 5, 3))])
def test_feature_maps_have_four_axes(x):
    assert _networks.as_maps("f", x) is x
    sentence = f"f: x must be feature maps (N, H, W, C), got {type(x).__name__} of shape "
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}"):
        _networks.as_maps("f", x[0])


def test_a_list_is_no_feature_map():
    with pytest.raises(TypeError, match=r"^f: x must be feature maps \(N, H, W, C\), got list\.$"):
        _networks.as_maps("f", [1])


@pytest.mark.parametrize(
    ("value", "error", "sentence"),
    [
        ("abc", TypeError, "f: margin must hold real numbers, got <U3 (shape ())."),
        ([1j], TypeError, "f: margin must hold real numbers, got complex128 (shape (1,))."),
        (
            [[1], [1, 2]],
            ValueError,
            "f: margin must be an array, or nested lists of equal lengths.",
        ),
    ],
)
def test_what_holds_no_real_numbers_is_no_tensor(value, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        _networks.as_tensor("f", "margin", value)


def test_numbers_in_swapped_bytes_are_the_same_numbers():
    swapped = np.array([1.5, -2.0]).astype(">f8")
    tensor = _networks.as_tensor("f", "x", swapped)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(tensor), [1.5, -2.0])


def test_tensors_of_several_types_become_one_of_the_widest():
    narrow, wide, whole = _networks.as_float_tensors(
        "f", narrow=np.ones(2, "float32"), wide=np.ones(2, "float64"), whole=np.ones(2, "int32")
    )
    assert {keras.backend.standardize_dtype(t.dtype) for t in (narrow, wide, whole)} == {"float64"}


@pytest.mark.parametrize("shape", [(2, 9, 9, 4), (2, 9, 2, 3), (9, 9, 3)])
def test_images_that_a_model_has_no_place_for_are_refused(shape):
    model = keras.Sequential(
        [keras.Input((None, None, 3)), keras.layers.Conv2D(2, (5, 3))], name="net"
    )
    _networks.check_fits("f", "images", model, (2, 5, 3, 3))
    sentence = (
        f"f: images must fit net, whose input has the shape (None, None, None, 3), got {shape}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        _networks.check_fits("f", "images", model, shape)
