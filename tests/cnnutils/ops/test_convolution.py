"""The reference convolution: by hand, against Keras and SciPy, as properties, and its errors."""

import re
import tracemalloc

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from cnnutils import ops, shapes
from cnnutils.ops import products


def arrays(seed, *, channels=3, filters=5, groups=1, dtype="float64"):
    """Images and a kernel that break every symmetry: N > 1, H ≠ W, KH ≠ KW, C_in ≠ C_out."""
    rng = np.random.default_rng(seed)
    images = rng.normal(size=(2, 9, 8, channels)).astype(dtype)
    kernel = rng.normal(size=(3, 2, channels // groups, filters)).astype(dtype)
    return images, kernel, rng.normal(size=filters).astype(dtype)


def keras_conv(images, kernel, **options):
    return keras.ops.convert_to_numpy(keras.ops.conv(images, kernel, **options))


def test_two_channels_and_two_filters_by_hand():
    # One image of 2 × 2 with two channels, a kernel of 1 × 2. Channel 0 is [[1, 2], [3, 4]],
    # channel 1 is ten times that. Filter 0 takes right minus left of channel 0; filter 1 adds the
    # left pixels of both channels.
    image = np.stack([[[1, 2], [3, 4]], [[10, 20], [30, 40]]], axis=-1)[np.newaxis]
    kernel = np.zeros((1, 2, 2, 2))
    kernel[0, :, 0, 0] = [-1, 1]
    kernel[0, 0, :, 1] = [1, 1]
    out = ops.conv2d(image, kernel, bias=[100, 0])
    np.testing.assert_array_equal(out, [[[[101, 11]], [[101, 33]]]])


@pytest.mark.parametrize("strides", [(1, 1), (2, 1), (1, 3)])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_is_keras_convolution(strides, padding, dtype):
    images, kernel, _ = arrays(1, dtype=dtype)
    ours = ops.conv2d(images, kernel, strides=strides, padding=padding)
    theirs = keras_conv(images, kernel, strides=strides, padding=padding)
    assert ours.dtype == theirs.dtype == dtype
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dilation_rate", [(2, 1), (1, 3), (2, 2)])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_it_is_keras_dilated_convolution(dilation_rate, padding):
    images, kernel, _ = arrays(2)
    ours = ops.conv2d(images, kernel, padding=padding, dilation_rate=dilation_rate)
    theirs = keras_conv(images, kernel, padding=padding, dilation_rate=dilation_rate)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_it_is_keras_grouped_convolution():
    images, kernel, bias = arrays(3, channels=6, filters=4, groups=2)
    layer = keras.layers.Conv2D(4, (3, 2), groups=2, dtype="float64")
    layer.build(images.shape)
    layer.set_weights([kernel, bias])
    theirs = keras.ops.convert_to_numpy(layer(images))
    np.testing.assert_allclose(ops.conv2d(images, kernel, bias, groups=2), theirs, atol=1e-12)


def test_it_is_scipy_correlation_and_not_scipy_convolution():
    images, kernel, _ = arrays(4)
    ours = ops.conv2d(images, kernel)
    for n in range(images.shape[0]):
        for o in range(kernel.shape[3]):
            theirs = sum(
                signal.correlate2d(images[n, :, :, c], kernel[:, :, c, o], mode="valid")
                for c in range(images.shape[3])
            )
            np.testing.assert_allclose(ours[n, :, :, o], theirs, atol=1e-12)
    flipped = signal.convolve2d(images[0, :, :, 0], kernel[:, :, 0, 0], mode="valid")
    assert not np.allclose(ops.conv2d(images[..., :1], kernel[:, :, :1, :1])[0, :, :, 0], flipped)


def test_it_works_in_blocks_that_do_not_divide_the_image(monkeypatch):
    images, kernel, bias = arrays(5)
    whole = ops.conv2d(images, kernel, bias, padding="same")
    monkeypatch.setattr(ops.products, "_BLOCK_BYTES", 2 * 8 * 3 * 2 * 3 * 8)  # two rows
    np.testing.assert_allclose(ops.conv2d(images, kernel, bias, padding="same"), whole, atol=1e-14)


sides = st.integers(0, 3)


@settings(max_examples=40)
@given(
    st.integers(0, 10**6),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.tuples(sides, sides), st.tuples(sides, sides)),
)
def test_explicit_padding_is_padding_first(seed, strides, padding):
    images, kernel, bias = arrays(seed)
    np.testing.assert_array_equal(
        ops.conv2d(images, kernel, bias, strides=strides, padding=padding),
        ops.conv2d(ops.pad(images, padding), kernel, bias, strides=strides),
    )


@given(st.integers(0, 10**6), st.floats(-3, 3), st.floats(-3, 3))
def test_it_is_linear(seed, a, b):
    x, kernel, _ = arrays(seed)
    y, _, _ = arrays(seed + 1)
    left = ops.conv2d(a * x + b * y, kernel)
    right = a * ops.conv2d(x, kernel) + b * ops.conv2d(y, kernel)
    np.testing.assert_allclose(left, right, atol=1e-10)


@given(st.integers(0, 10**6), st.integers(0, 3), st.integers(0, 3))
def test_it_is_equivariant(seed, down, right):
    """Moving the image moves the output: no other change."""
    images, kernel, bias = arrays(seed)
    moved = ops.pad(images, ((down, 3 - down), (right, 3 - right)))
    out = ops.conv2d(moved, kernel, bias)
    height, width = 9 - 3 + 1, 8 - 2 + 1
    inner = out[:, down : down + height, right : right + width]
    np.testing.assert_allclose(inner, ops.conv2d(images, kernel, bias), atol=1e-12)


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4))
def test_a_stride_takes_every_sth_output(seed, vertical, horizontal):
    images, kernel, bias = arrays(seed)
    strided = ops.conv2d(images, kernel, bias, strides=(vertical, horizontal))
    dense = ops.conv2d(images, kernel, bias)
    np.testing.assert_allclose(strided, dense[:, ::vertical, ::horizontal], atol=1e-12)


def test_a_one_by_one_kernel_is_a_matrix_product():
    images, _, bias = arrays(6)
    kernel = np.random.default_rng(7).normal(size=(1, 1, 3, 5))
    np.testing.assert_allclose(
        ops.conv2d(images, kernel, bias), images @ kernel[0, 0] + bias, atol=1e-12
    )


def test_a_symmetric_amount_is_the_same_on_all_sides():
    images, kernel, _ = arrays(8)
    np.testing.assert_array_equal(
        ops.conv2d(images, kernel, padding=2),
        ops.conv2d(images, kernel, padding=((2, 2), (2, 2))),
    )


def test_integers_are_computed_in_float64_and_nothing_is_changed():
    images = np.full((1, 3, 3, 1), 200, dtype=np.uint8)  # nine times 200 overflows a byte
    kernel = np.ones((3, 3, 1, 1), dtype=np.int8)
    out = ops.conv2d(images, kernel)
    assert out.dtype == np.float64
    assert out.item() == 1800
    assert images.dtype == np.uint8
    assert (images == 200).all()
    images, kernel, bias = arrays(9)
    before = images.copy(), kernel.copy(), bias.copy()
    ops.conv2d(images, kernel, bias, padding="same")
    for old, new in zip(before, (images, kernel, bias), strict=True):
        np.testing.assert_array_equal(old, new)


def test_views_and_fortran_order_give_the_same():
    images, kernel, _ = arrays(10)
    expected = ops.conv2d(images, kernel)
    np.testing.assert_allclose(ops.conv2d(np.asfortranarray(images), kernel), expected, atol=1e-14)
    backwards = images[:, ::-1]
    np.testing.assert_allclose(
        ops.conv2d(backwards, kernel), ops.conv2d(backwards.copy(), kernel), atol=1e-14
    )


def test_an_empty_batch_gives_an_empty_output():
    _, kernel, bias = arrays(11)
    out = ops.conv2d(np.empty((0, 9, 8, 3)), kernel, bias, strides=2)
    size = [shapes.conv_output_size(n, f, strides=2) for n, f in ((9, 3), (8, 2))]
    assert out.shape == (0, *size, 5)


@pytest.mark.parametrize("shape", [(4, 64, 64, 16), (1, 128, 128, 16)])
def test_extra_memory_stays_below_twice_input_and_output(shape):
    images = np.ones(shape, dtype=np.float32)
    kernel = np.ones((3, 3, 16, 16), dtype=np.float32)
    ops.conv2d(images, kernel, padding="same")
    tracemalloc.start()
    out = ops.conv2d(images, kernel, padding="same")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - out.nbytes <= 2 * (images.nbytes + out.nbytes)


# --- gradients -------------------------------------------------------------------------------


def test_gradients_by_hand():
    # A row of three pixels a, b, c = 1, 2, 3 and the kernel u, v = 5, 7 give two outputs,
    # au + bv and bu + cv. With gradients 1 and 10 at these: by a: 1·5; by b: 1·7 + 10·5;
    # by c: 10·7; by u: 1·1 + 10·2; by v: 1·2 + 10·3; by the bias: 1 + 10.
    row, kernel = np.array([1, 2, 3]).reshape(1, 1, 3, 1), np.array([5, 7]).reshape(1, 2, 1, 1)
    gradients = ops.conv2d_gradients(np.array([1, 10]).reshape(1, 1, 2, 1), row, kernel)
    np.testing.assert_array_equal(gradients.images.ravel(), [5, 57, 70])
    np.testing.assert_array_equal(gradients.kernel.ravel(), [21, 32])
    np.testing.assert_array_equal(gradients.bias, [11])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("strides", "dilation_rate"), [(1, 1), ((2, 1), 1), ((2, 3), 1), (4, 1), (1, (2, 3))]
)
@pytest.mark.differs(
    "jax", "torch", reason="TensorFlow's tape, the oracle, follows only what runs on TensorFlow"
)
def test_gradients_are_those_of_keras(strides, dilation_rate, padding, dtype):
    images, kernel, bias = arrays(20, dtype=dtype)
    x, w, b = (tf.Variable(array) for array in (images, kernel, bias))
    with tf.GradientTape() as tape:
        out = (
            keras.ops.conv(x, w, strides=strides, padding=padding, dilation_rate=dilation_rate) + b
        )
        grad_output = np.random.default_rng(21).normal(size=out.shape).astype(dtype)
        cost = tf.reduce_sum(out * grad_output)
    theirs = tape.gradient(cost, [x, w, b])
    ours = ops.conv2d_gradients(
        grad_output, images, kernel, strides=strides, padding=padding, dilation_rate=dilation_rate
    )
    for got, expected in zip(ours, theirs, strict=True):
        assert got.dtype == dtype
        tolerance = 1e-4 if dtype == "float32" else 1e-11
        np.testing.assert_allclose(got, expected.numpy(), rtol=tolerance, atol=tolerance)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.tuples(
        st.tuples(st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.integers(0, 3), st.integers(0, 3)),
    ),
    st.tuples(st.integers(1, 2), st.integers(1, 3)),
    st.sampled_from([1, 2]),
)
def test_gradients_are_what_small_changes_measure(seed, strides, padding, dilation_rate, groups):
    """The cost is linear in each input, so that a change of any size measures its gradient."""
    images, kernel, bias = arrays(seed, channels=4, filters=6, groups=groups)
    options = {
        "strides": strides,
        "padding": padding,
        "dilation_rate": dilation_rate,
        "groups": groups,
    }
    out = ops.conv2d(images, kernel, bias, **options)
    rng = np.random.default_rng(seed + 1)
    grad_output = rng.normal(size=out.shape)
    gradients = ops.conv2d_gradients(grad_output, images, kernel, **options)
    cost = np.sum(out * grad_output)
    steps = [rng.normal(size=array.shape) for array in (images, kernel, bias)]
    changed = [
        ops.conv2d(images + steps[0], kernel, bias, **options),
        ops.conv2d(images, kernel + steps[1], bias, **options),
        ops.conv2d(images, kernel, bias + steps[2], **options),
    ]
    for gradient, step, new in zip(gradients, steps, changed, strict=True):
        measured = np.sum(new * grad_output) - cost
        np.testing.assert_allclose(np.sum(gradient * step), measured, atol=1e-8)


@pytest.mark.parametrize(
    "padding",
    [
        ((0, 0), (0, 0)),
        ((1, 0), (0, 0)),
        ((0, 0), (1, 0)),
        ((1, 2), (2, 1)),
        ((4, 3), (0, 3)),
        ((5, 0), (0, 4)),  # more than the kernel reaches: there the way back is another one
    ],
)
def test_a_gradient_goes_back_the_way_that_the_images_came(padding):
    """⟨conv(images), grad⟩ = ⟨images, gradient(grad)⟩: each is the other's transpose."""
    rng = np.random.default_rng(7)
    images, kernel = rng.normal(size=(2, 6, 7, 2)), rng.normal(size=(5, 4, 2, 3))
    out = ops.conv2d(images, kernel, padding=padding)
    grad_output = rng.normal(size=out.shape)
    back = ops.conv2d_gradients(grad_output, images, kernel, padding=padding).images
    np.testing.assert_allclose(np.sum(images * back), np.sum(out * grad_output), rtol=1e-10)


@pytest.mark.parametrize("strides", [1, 2])
def test_one_row_may_be_more_than_a_block(monkeypatch, strides):
    images, kernel, _ = arrays(8)
    out = ops.conv2d(images, kernel, strides=strides, padding="same")
    gradients = ops.conv2d_gradients(out, images, kernel, strides=strides, padding="same")
    monkeypatch.setattr(products, "_BLOCK_BYTES", 1)
    again = ops.conv2d(images, kernel, strides=strides, padding="same")
    np.testing.assert_allclose(again, out, atol=1e-12)
    others = ops.conv2d_gradients(out, images, kernel, strides=strides, padding="same")
    for got, expected in zip(others, gradients, strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-11)


# --- transposed convolution ------------------------------------------------------------------


def test_transposed_convolution_by_hand():
    # Pixels 1 and 2, kernel 3, 4, 5, stride 2: the copies 3 4 5 and 6 8 10 start at 0 and 2.
    row, kernel = np.array([1, 2]).reshape(1, 1, 2, 1), np.array([3, 4, 5]).reshape(1, 3, 1, 1)
    out = ops.conv2d_transpose(row, kernel, [100], strides=(1, 2))
    np.testing.assert_array_equal(out.ravel(), [103, 104, 111, 108, 110])


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, (2, 1), (2, 3), 4])
def test_it_is_keras_transposed_convolution(strides, padding):
    rng = np.random.default_rng(30)
    images, kernel, bias = (rng.normal(size=s) for s in ((2, 5, 4, 3), (3, 2, 5, 3), (5,)))
    layer = keras.layers.Conv2DTranspose(
        5, (3, 2), strides=strides, padding=padding, dtype="float64"
    )
    layer.build(images.shape)
    layer.set_weights([kernel, bias])
    theirs = keras.ops.convert_to_numpy(layer(images))
    ours = ops.conv2d_transpose(images, kernel, bias, strides=strides, padding=padding)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@given(st.integers(0, 10**6), st.tuples(st.integers(1, 3), st.integers(1, 2)))
def test_transposed_convolution_is_the_gradient_of_convolution(seed, strides):
    images, kernel, _ = arrays(seed)
    out = ops.conv2d(images, kernel, strides=strides)
    grad_output = np.random.default_rng(seed).normal(size=out.shape)
    gradient = ops.conv2d_gradients(grad_output, images, kernel, strides=strides).images
    back = ops.conv2d_transpose(grad_output, kernel, strides=strides)
    np.testing.assert_allclose(back, gradient[:, : back.shape[1], : back.shape[2]], atol=1e-12)


# --- depthwise convolution -------------------------------------------------------------------


@pytest.mark.parametrize("padding", ["valid", "same", ((1, 0), (2, 1))])
@pytest.mark.parametrize("strides", [1, (2, 1), 3])
def test_depthwise_is_grouped_convolution(strides, padding):
    rng = np.random.default_rng(40)
    images, kernel, bias = (rng.normal(size=s) for s in ((2, 9, 8, 3), (3, 2, 3, 4), (12,)))
    np.testing.assert_allclose(
        ops.depthwise_conv2d(images, kernel, bias, strides=strides, padding=padding),
        ops.conv2d(
            images, kernel.reshape(3, 2, 1, 12), bias, strides=strides, padding=padding, groups=3
        ),
        atol=1e-12,
    )


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_it_is_keras_depthwise_convolution(padding):
    rng = np.random.default_rng(41)
    images, kernel = rng.normal(size=(2, 9, 8, 3)), rng.normal(size=(3, 2, 3, 4))
    theirs = keras.ops.depthwise_conv(images, kernel, strides=2, padding=padding)
    np.testing.assert_allclose(
        ops.depthwise_conv2d(images, kernel, strides=2, padding=padding),
        keras.ops.convert_to_numpy(theirs),
        atol=1e-12,
    )


# --- errors ----------------------------------------------------------------------------------

IMAGES, KERNEL = np.zeros((8, 32, 32, 4)), np.zeros((3, 3, 3, 16))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ops.conv2d(IMAGES, KERNEL),
            ValueError,
            "conv2d: the kernel expects 3 input channels, the images have 4 "
            "(images (8, 32, 32, 4), kernel (3, 3, 3, 16)).",
        ),
        (
            lambda: ops.conv2d(IMAGES, KERNEL, groups=2),
            ValueError,
            "conv2d: the kernel expects 3 input channels in each of 2 groups, the images have 4 "
            "(images (8, 32, 32, 4), kernel (3, 3, 3, 16)).",
        ),
        (
            lambda: ops.conv2d(IMAGES, KERNEL, groups=0),
            ValueError,
            "conv2d: groups must be at least 1, got 0.",
        ),
        (
            lambda: ops.conv2d(IMAGES, np.zeros((3, 3, 2, 5)), groups=2),
            ValueError,
            "conv2d: 5 filters cannot be split into 2 groups.",
        ),
        (
            lambda: ops.conv2d(IMAGES[..., :3], KERNEL, np.zeros(15)),
            ValueError,
            "conv2d: the kernel has 16 filters, the bias 15 values "
            "(kernel (3, 3, 3, 16), bias (15,)).",
        ),
        (
            lambda: ops.conv2d(IMAGES[0], KERNEL),
            ValueError,
            "conv2d: images must have the axes (N, H, W, C_in), got an array of shape (32, 32, 4).",
        ),
        (
            lambda: ops.conv2d(IMAGES[:, :2, :, :3], KERNEL),
            ValueError,
            "conv2d: the kernel is 3 pixels high, the padded images are only 2 "
            "(images (8, 2, 32, 3), padding ((0, 0), (0, 0))); pad more or shrink the kernel.",
        ),
        (
            lambda: ops.conv2d(IMAGES[:, :, :4, :3], KERNEL, dilation_rate=2),
            ValueError,
            "conv2d: the kernel is 5 pixels wide, the padded images are only 4 "
            "(images (8, 32, 4, 3), padding ((0, 0), (0, 0))); pad more or shrink the kernel.",
        ),
        (
            lambda: ops.conv2d(IMAGES[:, :0, :, :3], KERNEL),
            ValueError,
            "conv2d: only the batch may be empty (images (8, 0, 32, 3), kernel (3, 3, 3, 16)).",
        ),
        (
            lambda: ops.conv2d(IMAGES[..., :3], KERNEL, padding="full"),
            ValueError,
            "conv2d: padding must be 'valid', 'same', an integer or "
            "((top, bottom), (left, right)), got 'full'.",
        ),
        (
            lambda: ops.conv2d(IMAGES[..., :3], KERNEL, padding=((1, 1), (1, -1))),
            ValueError,
            "conv2d: the right padding must be at least 0, got -1.",
        ),
        (
            lambda: ops.conv2d(IMAGES[..., :3], KERNEL, strides=0),
            ValueError,
            "conv2d: strides must be at least 1, got 0.",
        ),
        (
            lambda: ops.conv2d(IMAGES[..., :3], KERNEL, strides=(1, 2, 1)),
            ValueError,
            "conv2d: strides must be one integer or a pair (height, width), got (1, 2, 1).",
        ),
        (
            lambda: ops.conv2d(IMAGES[..., :3].astype(complex), KERNEL),
            TypeError,
            "conv2d: images must hold float32, float64 or integer numbers, got complex128 "
            "(shape (8, 32, 32, 3)).",
        ),
        (
            lambda: ops.conv2d_gradients(np.zeros((8, 30, 29, 16)), IMAGES[..., :3], KERNEL),
            ValueError,
            "conv2d_gradients: grad_output must have the shape of the output, (8, 30, 30, 16), "
            "got (8, 30, 29, 16).",
        ),
        (
            lambda: ops.conv2d_transpose(IMAGES, KERNEL),
            ValueError,
            "conv2d_transpose: the kernel expects 16 input channels, the images have 4 "
            "(images (8, 32, 32, 4), kernel (3, 3, 3, 16)).",
        ),
        (
            lambda: ops.conv2d_transpose(IMAGES, np.zeros((3, 3, 5, 4)), padding=1),
            ValueError,
            "conv2d_transpose: padding must be one of 'valid', 'same', got 1.",
        ),
        (
            lambda: ops.conv2d_transpose(IMAGES, np.zeros((3, 3, 5, 4)), np.zeros(4)),
            ValueError,
            "conv2d_transpose: the kernel has 5 filters, the bias 4 values "
            "(kernel (3, 3, 5, 4), bias (4,)).",
        ),
        (
            lambda: ops.depthwise_conv2d(IMAGES, KERNEL),
            ValueError,
            "depthwise_conv2d: the kernel expects 3 input channels, the images have 4 "
            "(images (8, 32, 32, 4), kernel (3, 3, 3, 16)).",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()
