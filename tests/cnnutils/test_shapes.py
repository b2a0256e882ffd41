"""Output sizes, padding and receptive fields: by hand, against Keras, and as properties."""

import re

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnutils import shapes
from cnnutils.shapes import ReceptiveField, Window

small = st.integers(1, 40)
kernels = st.integers(1, 7)
steps = st.integers(1, 4)


def test_output_sizes_by_hand():
    # 6 pixels, windows of 3: left ends 0, 1, 2, 3.
    assert shapes.conv_output_size(6, 3) == 4
    # one zero at each end: 8 pixels, left ends 0 to 5.
    assert shapes.conv_output_size(6, 3, padding=1) == 6
    # 7 pixels, stride 2: left ends 0, 2, 4.
    assert shapes.conv_output_size(7, 3, strides=2) == 3
    # dilation 3 spreads three taps over 7 pixels: left ends 0, 1, 2 of 9.
    assert shapes.conv_output_size(9, 3, dilation_rate=3) == 3


def test_the_output_sizes_of_published_networks():
    # AlexNet (Krizhevsky et al. 2012): 11 × 11, stride 4: 55 from 227; from the paper's 224 it
    # would be 54. ResNet (He et al. 2015, table 1): 7 × 7, stride 2, padding 3: 112 from 224.
    assert shapes.conv_output_size(227, 11, strides=4) == 55
    assert shapes.conv_output_size(224, 11, strides=4) == 54
    assert shapes.conv_output_size(224, 7, strides=2, padding=3) == 112


@given(small, kernels, steps, st.integers(1, 3), st.sampled_from(["valid", "same"]))
def test_output_sizes_are_those_of_keras(size, kernel_size, strides, dilation_rate, padding):
    if strides > 1 and dilation_rate > 1:
        dilation_rate = 1  # Keras refuses both at once
    if padding == "valid" and dilation_rate * (kernel_size - 1) + 1 > size:
        return
    layer = keras.layers.Conv1D(
        1, kernel_size, strides=strides, padding=padding, dilation_rate=dilation_rate
    )
    ours = shapes.conv_output_size(
        size, kernel_size, strides=strides, padding=padding, dilation_rate=dilation_rate
    )
    assert ours == layer.compute_output_shape((None, size, 1))[1]


@given(small, kernels, steps, st.integers(1, 3), st.integers(0, 5))
def test_output_size_counts_the_windows_that_fit(size, kernel_size, strides, dilation, padding):
    span = dilation * (kernel_size - 1) + 1
    starts = [s for s in range(0, size + 2 * padding, strides) if s + span <= size + 2 * padding]
    if starts:
        got = shapes.conv_output_size(
            size, kernel_size, strides=strides, padding=padding, dilation_rate=dilation
        )
        assert got == len(starts)


@given(small, kernels, steps, st.integers(1, 3))
def test_same_padding_is_what_same_output_needs(size, kernel_size, strides, dilation_rate):
    before, after = shapes.same_padding(
        size, kernel_size, strides=strides, dilation_rate=dilation_rate
    )
    assert after - before in (0, 1)
    assert before >= 0
    padded = np.zeros(before + size + after)
    out = shapes.conv_output_size(
        len(padded), kernel_size, strides=strides, dilation_rate=dilation_rate
    )
    assert out == -(-size // strides)


def test_a_kernel_smaller_than_its_stride_needs_no_padding():
    # Windows of one pixel at 0 and 2; pixel 3 is seen by none, and there is nothing to cut off.
    assert shapes.same_padding(4, 1, strides=2) == (0, 0)


@pytest.mark.parametrize("padding", ["valid", "same"])
@given(size=st.integers(1, 20), kernel_size=kernels, strides=steps)
def test_transposed_sizes_are_those_of_keras(padding, size, kernel_size, strides):
    layer = keras.layers.Conv1DTranspose(1, kernel_size, strides=strides, padding=padding)
    ours = shapes.conv_transpose_output_size(size, kernel_size, strides=strides, padding=padding)
    assert ours == layer.compute_output_shape((None, size, 1))[1]


def test_receptive_fields_by_hand():
    # Two 3 × 3 layers: an output sees 3 inputs in a row of the middle layer, each of which sees 3,
    # overlapping: 5. VGG's argument for small kernels: three layers see 7.
    assert shapes.receptive_field([Window(3)] * 2).size == 5
    assert shapes.receptive_field([Window(3)] * 3).size == 7
    # LeNet-5: 5 × 5, 2 × 2 stride 2, 5 × 5, 2 × 2 stride 2: 5, 6, 6 + 4·2 = 14, 14 + 1·2 = 16.
    lenet = [Window(5), Window(2, 2), Window(5), Window(2, 2)]
    assert shapes.receptive_field(lenet) == ReceptiveField(size=16, jump=4, start=0)
    assert shapes.receptive_field([]) == ReceptiveField(size=1, jump=1, start=0)


@given(
    st.lists(
        st.builds(
            Window,
            kernel_size=st.integers(1, 4),
            strides=st.integers(1, 3),
            padding=st.integers(0, 2),
            dilation_rate=st.integers(1, 2),
        ),
        max_size=4,
    ),
    st.integers(0, 3),
)
def test_a_receptive_field_is_the_set_of_inputs_that_matter(layers, output):
    field = shapes.receptive_field(layers)
    lowest = highest = output  # walk back from one output to the input
    for layer in reversed(layers):
        lowest = lowest * layer.strides - layer.padding
        highest = highest * layer.strides - layer.padding
        highest += layer.dilation_rate * (layer.kernel_size - 1)
    assert field.start + output * field.jump == lowest
    assert field.size == highest - lowest + 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: shapes.conv_output_size(5, 7),
            ValueError,
            "conv_output_size: a window of 7 pixels does not fit into 5 pixels with 0 of padding "
            "at each end; pad more, or use a smaller kernel_size.",
        ),
        (
            lambda: shapes.conv_output_size(3, 6, padding=1),  # one pixel more than there is
            ValueError,
            "conv_output_size: a window of 6 pixels does not fit into 3 pixels with 1 of padding "
            "at each end; pad more, or use a smaller kernel_size.",
        ),
        (
            lambda: shapes.conv_output_size(5, 3, padding="full"),
            ValueError,
            "conv_output_size: padding must be one of 'valid', 'same', got 'full'.",
        ),
        (
            lambda: shapes.conv_output_size(5, 3, padding=-1),
            ValueError,
            "conv_output_size: padding must be at least 0, got -1.",
        ),
        (
            lambda: shapes.conv_output_size(5.0, 3),
            TypeError,
            "conv_output_size: size must be an integer, got 5.0 (float).",
        ),
        (
            lambda: shapes.same_padding(5, 3, strides=0),
            ValueError,
            "same_padding: strides must be at least 1, got 0.",
        ),
        (
            lambda: shapes.conv_transpose_output_size(5, 3, padding=1),
            ValueError,
            "conv_transpose_output_size: padding must be one of 'valid', 'same', got 1.",
        ),
        (
            lambda: shapes.receptive_field([Window(3), 3]),
            TypeError,
            "receptive_field: layer 1 must be a shapes.Window, got 3.",
        ),
        (
            lambda: shapes.receptive_field([Window(3, strides=True)]),
            TypeError,
            "receptive_field: layer 0's strides must be an integer, got True (bool).",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()


FUNCTIONS = {
    shapes.conv_output_size: ["size", "kernel_size", "strides", "dilation_rate"],
    shapes.same_padding: ["size", "kernel_size", "strides", "dilation_rate"],
    shapes.conv_transpose_output_size: ["size", "kernel_size", "strides"],
}


@pytest.mark.parametrize(
    ("function", "name"),
    [(function, name) for function in FUNCTIONS for name in FUNCTIONS[function]],
)
def test_each_size_is_at_least_one(function, name):
    sizes = {"size": 1, "kernel_size": 1}
    function(**sizes | {name: 1})
    sentence = f"{function.__name__}: {name} must be at least 1, got 0."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        function(**sizes | {name: 0})


@pytest.mark.parametrize(
    ("name", "minimum"), [("kernel_size", 1), ("strides", 1), ("padding", 0), ("dilation_rate", 1)]
)
def test_each_size_of_a_window_has_its_least_value(name, minimum):
    shapes.receptive_field([Window(**{"kernel_size": 1, name: minimum})])
    sentence = f"receptive_field: layer 1's {name} must be at least {minimum}, got {minimum - 1}."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        shapes.receptive_field([Window(3), Window(**{"kernel_size": 1, name: minimum - 1})])
