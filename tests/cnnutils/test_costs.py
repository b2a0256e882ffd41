"""Parameters and multiply-adds: by hand, against Keras, against a count of every product."""

import re

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnutils import costs
from cnnutils.costs import LayerCost


def test_costs_by_hand():
    # 6 × 6 × 3, five kernels of 3 × 3 × 3: 27 weights and a bias each; 4 × 4 positions.
    assert costs.conv2d_cost((6, 6, 3), 5, 3) == LayerCost(5 * 28, 5 * 27 * 16, (4, 4, 5))
    # depthwise and pointwise, without biases: 27·16 = 432 and 3·5·16 = 240 multiply-adds.
    depthwise = costs.depthwise_conv2d_cost((6, 6, 3), 3, use_bias=False)
    pointwise = costs.conv2d_cost(depthwise.output_shape, 5, 1, use_bias=False)
    assert (depthwise.macs, pointwise.macs) == (432, 240)
    assert pointwise.flops == 480
    assert pointwise.activations == 80


def test_costs_of_published_layers():
    # Krizhevsky et al. 2012: the first layer has 11·11·3·96 weights and 290,400 outputs, the
    # second, in two groups, 5·5·48·256 weights.
    first = costs.conv2d_cost((227, 227, 3), 96, 11, strides=4)
    assert (first.params, first.activations) == (34_944, 290_400)
    assert costs.conv2d_cost((27, 27, 96), 256, 5, padding=2, groups=2).params == 307_456
    # Szegedy et al. 2014, as often told: 5 × 5 on 28 × 28 × 192 with 32 filters.
    assert costs.conv2d_cost((28, 28, 192), 32, 5, padding="same").macs == 120_422_400


sizes = st.tuples(st.integers(5, 12), st.integers(5, 12))
kernels = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(
    sizes,
    kernels,
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(["valid", "same"]),
    st.sampled_from([1, 2]),
    st.booleans(),
)
def test_convolutions_cost_what_keras_builds(size, kernel_size, strides, padding, groups, use_bias):
    strides = (strides[0], strides[0])  # Keras on TensorFlow: the same in both directions
    layer = keras.layers.Conv2D(
        6, kernel_size, strides=strides, padding=padding, groups=groups, use_bias=use_bias
    )
    layer.build((None, *size, 4))
    ours = costs.conv2d_cost(
        (*size, 4),
        6,
        kernel_size,
        strides=strides,
        padding=padding,
        groups=groups,
        use_bias=use_bias,
    )
    assert ours.params == layer.count_params()
    assert ours.output_shape == layer.compute_output_shape((None, *size, 4))[1:]
    kernel = layer.kernel.shape
    assert ours.macs == np.prod(kernel) * np.prod(ours.output_shape[:2])


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_other_layers_cost_what_keras_builds(padding):
    shape = (7, 9, 4)
    pairs = [
        (
            keras.layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding=padding),
            costs.depthwise_conv2d_cost(shape, 3, depth_multiplier=2, strides=2, padding=padding),
        ),
        (
            keras.layers.Conv2DTranspose(6, (3, 2), strides=2, padding=padding),
            costs.conv2d_transpose_cost(shape, 6, (3, 2), strides=2, padding=padding),
        ),
    ]
    for layer, ours in pairs:
        layer.build((None, *shape))
        assert ours.params == layer.count_params()
        assert ours.output_shape == tuple(layer.compute_output_shape((None, *shape))[1:])
    dense = keras.layers.Dense(5)
    dense.build((None, 7))
    assert costs.dense_cost(7, 5).params == dense.count_params() == 40


def test_a_mac_is_a_product_that_a_loop_would_do():
    products = 0
    for _ in range(4):  # output rows of 9 with kernel 3, stride 2
        for _ in range(3):  # output columns of 8 with kernel 4, stride 2
            for _ in range(3 * 4 * 5):  # the window
                products += 2  # filters
    assert costs.conv2d_cost((9, 8, 5), 2, (3, 4), strides=2).macs == products


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: costs.conv2d_cost((6, 6), 5, 3),
            ValueError,
            "conv2d_cost: input_shape must be (height, width, channels), got (6, 6).",
        ),
        (
            lambda: costs.conv2d_cost((6, 6, 3), 5, 3, groups=3),
            ValueError,
            "conv2d_cost: groups must divide the channels, got 3 input channels, 5 filters and "
            "3 groups.",
        ),
        (
            lambda: costs.conv2d_cost((6, 0, 3), 5, 3),
            ValueError,
            "conv2d_cost: the input's width must be at least 1, got 0.",
        ),
        (
            lambda: costs.depthwise_conv2d_cost((6, 2, 3), 3),
            ValueError,
            "depthwise_conv2d_cost: a window of 3 pixels does not fit into 2 pixels with 0 of "
            "padding at each end; pad more, or use a smaller kernel_size.",
        ),
        (
            lambda: costs.dense_cost(6.0, 5),
            TypeError,
            "dense_cost: input_size must be an integer, got 6.0 (float).",
        ),
        (
            lambda: costs.conv2d_transpose_cost((6, 6, 3), 5, 3, padding="full"),
            ValueError,
            "conv2d_transpose_cost: padding must be one of 'valid', 'same', got 'full'.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()


SMALLEST = {  # the function, its smallest arguments, and what that costs
    costs.conv2d_cost: (
        {
            "input_shape": (1, 1, 1),
            "filters": 1,
            "kernel_size": 1,
            "strides": 1,
            "dilation_rate": 1,
            "groups": 1,
        },
        LayerCost(params=1, macs=1, output_shape=(1, 1, 1)),
    ),
    costs.depthwise_conv2d_cost: (
        {"input_shape": (1, 1, 1), "kernel_size": 1, "depth_multiplier": 1, "strides": 1},
        LayerCost(params=1, macs=1, output_shape=(1, 1, 1)),
    ),
    costs.conv2d_transpose_cost: (
        {"input_shape": (1, 1, 1), "filters": 1, "kernel_size": 1, "strides": 1},
        LayerCost(params=1, macs=1, output_shape=(1, 1, 1)),
    ),
    costs.dense_cost: (
        {"input_size": 1, "units": 1},
        LayerCost(params=1, macs=1, output_shape=(1,)),
    ),
}


@pytest.mark.parametrize("function", SMALLEST, ids=lambda function: function.__name__)
def test_the_smallest_layer_has_a_cost_and_a_smaller_one_is_refused(function):
    arguments, cost = SMALLEST[function]
    assert function(**arguments, use_bias=False) == cost
    assert function(**arguments).params == cost.params + 1  # one filter or unit, one bias
    for name in arguments.keys() - {"input_shape"}:
        sentence = f"{function.__name__}: {name} must be at least 1, got 0."
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            function(**{**arguments, name: 0})
    sentence = f"{function.__name__}: use_bias must be True or False, got 'no' (str)."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        function(**arguments, use_bias="no")
