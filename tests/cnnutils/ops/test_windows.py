"""Padding and unrolled windows: by hand, against NumPy, and as the matrix of a convolution."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnutils import ops


def test_padding_by_hand():
    padded = ops.pad(np.array([[[[7]]]]), ((1, 0), (0, 2)))
    np.testing.assert_array_equal(padded[0, :, :, 0], [[0, 0, 0], [7, 0, 0]])
    assert padded.dtype == np.float64


def test_unrolled_windows_by_hand():
    # Rows 0 1 2 and 3 4 5; windows of 2 × 1 with stride 2 across: columns 0 and 2.
    rows = ops.im2col(np.arange(6).reshape(1, 2, 3, 1), (2, 1), strides=(1, 2))
    np.testing.assert_array_equal(rows, [[0, 3], [2, 5]])


@given(
    st.integers(0, 10**6),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(["valid", "same", 1, ((0, 2), (1, 0))]),
    st.tuples(st.integers(1, 2), st.integers(1, 3)),
)
def test_a_convolution_is_one_matrix_product(seed, strides, padding, dilation_rate):
    rng = np.random.default_rng(seed)
    images, kernel = rng.normal(size=(2, 9, 8, 3)), rng.normal(size=(3, 2, 3, 5))
    options = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    out = ops.conv2d(images, kernel, **options)
    product = ops.im2col(images, (3, 2), **options) @ kernel.reshape(-1, 5)
    np.testing.assert_allclose(product.reshape(out.shape), out, atol=1e-12)


def test_a_padding_of_0_is_none():
    images = np.arange(12).reshape(1, 3, 4, 1)
    np.testing.assert_array_equal(ops.im2col(images, 2, padding=0), ops.im2col(images, 2))


@pytest.mark.parametrize(("shape", "strides"), [((9, 3), (5, 1)), ((3, 9), (1, 5))])
def test_a_step_may_be_longer_than_the_other_side(shape, strides):
    image = np.arange(27).reshape(1, *shape, 1)
    rows = ops.im2col(image, 1, strides=strides)
    np.testing.assert_array_equal(rows.ravel(), image[0, :: strides[0], :: strides[1]].ravel())


def test_an_empty_batch_has_no_rows():
    assert ops.im2col(np.empty((0, 4, 4, 3)), 2).shape == (0, 12)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ops.pad(np.zeros((1, 2, 2, 1)), 1),
            ValueError,
            "pad: padding must be ((top, bottom), (left, right)), got 1.",
        ),
        (
            lambda: ops.pad(np.zeros((1, 2, 2, 1)), ((0, 0), (1.5, 0))),
            TypeError,
            "pad: the left padding must be an integer, got 1.5 (float).",
        ),
        (
            lambda: ops.im2col(np.zeros((1, 2, 2, 1)), 2, dilation_rate=0),
            ValueError,
            "im2col: dilation_rate must be at least 1, got 0.",
        ),
        (
            lambda: ops.im2col(np.zeros((1, 2, 2, 1)), 0),
            ValueError,
            "im2col: kernel_size must be at least 1, got 0.",
        ),
        (
            lambda: ops.im2col(np.zeros((1, 2, 2, 1)), (1, 3)),
            ValueError,
            "im2col: the kernel is 3 pixels wide, the padded images are only 2 "
            "(images (1, 2, 2, 1), padding ((0, 0), (0, 0))); pad more or shrink the kernel.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("number", range(4))
def test_no_side_is_padded_with_less_than_nothing(number):
    amounts = [0, 0, 0, 0]
    amounts[number] = -1
    side = ("top", "bottom", "left", "right")[number]
    with pytest.raises(ValueError, match=f"^pad: the {side} padding must be at least 0, got -1.$"):
        ops.pad(np.zeros((1, 2, 2, 1)), (amounts[:2], amounts[2:]))
