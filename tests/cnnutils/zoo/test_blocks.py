"""What the networks share, and the outlook's blocks, against TensorFlow, NumPy and Keras."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from zoo_checks import answers, copy_weights, images, scramble, unallocated, weight_shapes

from cnnutils import zoo
from cnnutils.zoo import blocks


@pytest.mark.parametrize(
    ("depth_radius", "bias", "alpha", "beta"), [(2, 2.0, 1e-4, 0.75), (1, 0.5, 0.3, 1.5)]
)
def test_local_response_normalization_is_tensorflows(depth_radius, bias, alpha, beta):
    x = np.random.default_rng(0).normal(0, 9, size=(2, 3, 4, 7)).astype("float32")
    layer = blocks.LocalResponseNormalization(
        depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta
    )
    expected = tf.nn.local_response_normalization(x, depth_radius, bias, alpha, beta)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(layer(x)), np.asarray(expected), rtol=1e-5
    )


def test_local_response_normalization_by_hand():
    # k = 2, α = 1, β = 1, one neighbour: 3/(2 + 9 + 16), 4/(2 + 9 + 16 + 25), 5/(2 + 16 + 25).
    layer = blocks.LocalResponseNormalization(depth_radius=1, bias=2.0, alpha=1.0, beta=1.0)
    x = np.array([3.0, 4.0, 5.0], "float32").reshape(1, 1, 1, 3)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(layer(x)).ravel(), [3 / 27, 4 / 52, 5 / 43], rtol=1e-6
    )


def test_local_response_normalization_keeps_its_options():
    layer = blocks.LocalResponseNormalization(depth_radius=1, bias=0.5, alpha=0.3, beta=1.5)
    config = type(layer).from_config(layer.get_config()).get_config()
    assert {key: config[key] for key in ("depth_radius", "bias", "alpha", "beta")} == {
        "depth_radius": 1,
        "bias": 0.5,
        "alpha": 0.3,
        "beta": 1.5,
    }


@pytest.mark.parametrize("activation", ["relu", "relu6", None])
def test_names_and_activations_after_a_convolution(activation):
    inputs = keras.Input((4, 5, 2))
    convolution = keras.layers.Conv2D(3, 3, name="stem_conv")
    model = keras.Model(inputs, blocks.normalized(inputs, convolution, activation=activation))
    names = ["stem_conv", "stem_bn"] + ["stem_relu"] * (activation is not None)
    assert [layer.name for layer in model.layers[1:]] == names
    values = answers(model, 99 * images(model))
    assert (values.min() < 0) == (activation is None)
    assert (values.max() > 6) == (activation != "relu6")


def test_networks_share_no_layers():
    first, second = (unallocated(zoo.build_cifar_resnet, 8) for _ in range(2))
    assert not set(map(id, first.layers)) & set(map(id, second.layers))


# --- DenseNet ---------------------------------------------------------------------------------


def test_a_dense_block_and_its_transition_are_keras():
    # Of DenseNet-121: the first block, six layers of 32 channels, and the transition after it.
    whole = keras.applications.DenseNet121(weights=None, include_top=False, input_shape=(32, 64, 3))
    first, last = whole.get_layer("pool1").output, whole.get_layer("pool2_pool").output
    theirs = keras.Model(first, last)
    inputs = keras.Input(first.shape[1:])
    dense = zoo.dense_block(inputs, 6, name="conv2")
    assert dense.shape[-1] == 64 + 6 * 32
    ours = keras.Model(inputs, zoo.transition(dense, name="pool2"))
    scramble(theirs)
    copy_weights(theirs, ours)
    x = images(theirs)
    np.testing.assert_allclose(answers(ours, x), answers(theirs, x), rtol=1e-4, atol=1e-4)
    assert ours.output.shape == (None, 4, 8, 128)


def test_a_dense_layer_keeps_what_it_got():
    inputs = keras.Input((5, 6, 3))
    model = keras.Model(inputs, zoo.dense_block(inputs, 2, growth_rate=4))
    x = images(model)
    np.testing.assert_array_equal(answers(model, x)[..., :3], x)
    # Huang et al. 2016, table 1: 1 × 1 to 4k channels, then 3 × 3 to k.
    kernels = [s[0] for s in weight_shapes(model) if len(s[0]) == 4]
    assert kernels == [(1, 1, 3, 16), (3, 3, 16, 4), (1, 1, 7, 16), (3, 3, 16, 4)]


# --- Squeeze-and-Excitation -------------------------------------------------------------------


def test_squeeze_excitation_is_equations_2_to_4():
    inputs = keras.Input((5, 6, 8))
    model = keras.Model(inputs, zoo.squeeze_excitation(inputs, ratio=3, name="se"))
    x = images(model)
    first, second = (
        model.get_layer(f"se_{name}").get_weights()[0] for name in ("reduce", "excite")
    )
    assert first.shape == (8, 2)
    z = x.mean((1, 2))
    s = 1 / (1 + np.exp(-(np.maximum(z @ first, 0) @ second)))
    np.testing.assert_allclose(answers(model, x), x * s[:, None, None], rtol=1e-5)


def test_what_squeeze_excitation_adds_to_resnet50():
    # Hu et al. 2017, section 4: about 2.5 million parameters more than ResNet-50, r = 16, a block
    # behind each of the 3, 4, 6 and 3 residual blocks of 256 to 2,048 channels.
    total = 0
    for num_blocks, channels in ((3, 256), (4, 512), (6, 1024), (3, 2048)):
        inputs = keras.Input((7, 7, channels))
        model = unallocated(keras.Model, inputs, zoo.squeeze_excitation(inputs))
        total += num_blocks * model.count_params()
    assert total == 2_514_944


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda x: zoo.dense_block(x, 0),
            ValueError,
            "dense_block: num_layers must be at least 1, got 0.",
        ),
        (
            lambda x: zoo.dense_block(x, 2, growth_rate=1.5),
            TypeError,
            "dense_block: growth_rate must be an integer, got 1.5 (float).",
        ),
        (
            lambda x: zoo.transition(x, compression=2),
            ValueError,
            "transition: compression must be at most 1, got 2.",
        ),
        (
            lambda x: zoo.squeeze_excitation(x, ratio=16),
            ValueError,
            "squeeze_excitation: ratio must be at most the number of channels, got 16 and "
            "8 channels.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call(keras.Input((6, 6, 8)))
