"""AlexNet against its paper, layer by layer."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from zoo_checks import images, stages, unallocated

from cnnutils import zoo
from cnnutils.model_costs import model_costs

ENDS = {f"conv{i}": f"conv{i}" for i in range(1, 6)}
ENDS |= {"fc6": "fc6", "fc7": "fc7", "fc8": "predictions"}

# Krizhevsky et al. 2012, section 3.5: kernels 11·11·3·96, 5·5·48·256, 3·3·256·384, 3·3·192·384,
# 3·3·192·256 and the biases; maps of 55, 27 and 13 pixels. Weights times positions are the MACs.
TWO_GROUPS = [
    ("conv1", (55, 55, 96), 34_944, 105_415_200),
    ("conv2", (27, 27, 256), 307_456, 223_948_800),
    ("conv3", (13, 13, 384), 885_120, 149_520_384),
    ("conv4", (13, 13, 384), 663_936, 112_140_288),
    ("conv5", (13, 13, 256), 442_624, 74_760_192),
    ("fc6", (4096,), 37_752_832, 37_748_736),
    ("fc7", (4096,), 16_781_312, 16_777_216),
    ("fc8", (1000,), 4_097_000, 4_096_000),
]


def test_every_layer_in_two_groups():
    costs = model_costs(unallocated(zoo.build_alexnet))
    assert stages(costs.by_stage(ENDS)) == TWO_GROUPS
    assert (costs.params, costs.macs) == (60_965_224, 724_406_816)  # with biases


def test_one_group_sees_all_channels():
    costs = model_costs(unallocated(zoo.build_alexnet, groups=1))
    # conv2, conv4 and conv5 have twice the weights and multiply-adds.
    extra = {"conv2": 307_200, "conv4": 663_552, "conv5": 442_368}
    assert stages(costs.by_stage(ENDS)) == [
        (name, shape, params + extra.get(name, 0), macs * (2 if name in extra else 1))
        for name, shape, params, macs in TWO_GROUPS
    ]
    assert (costs.params, costs.macs) == (62_378_344, 1_135_256_096)


def test_order_of_the_layers():
    # Section 3.5: normalisation after conv1 and conv2, pooling after both and after conv5;
    # section 4.2: dropout after the first two dense layers.
    model = unallocated(zoo.build_alexnet)
    assert [layer.name for layer in model.layers] == [
        *("input", "conv1", "norm1", "pool1", "conv2", "norm2", "pool2", "conv3", "conv4"),
        *("conv5", "pool5", "flatten", "fc6", "dropout6", "fc7", "dropout7", "predictions"),
    ]
    plain = unallocated(zoo.build_alexnet, local_response_normalization=False)
    assert not [layer.name for layer in plain.layers if "norm" in layer.name]


def test_the_first_layers_compute_what_tensorflow_does():
    model = zoo.build_alexnet(input_shape=(67, 79, 3), num_classes=None)
    x = images(model)
    kernel, bias = model.get_layer("conv1").get_weights()
    y = tf.nn.relu(tf.nn.conv2d(x, kernel, 4, "VALID") + bias)
    y = tf.nn.local_response_normalization(y, 2, 2.0, 1e-4, 0.75)
    y = tf.nn.max_pool2d(y, 3, 2, "VALID")
    kernel, bias = model.get_layer("conv2").get_weights()
    halves = [
        tf.nn.conv2d(y[..., part], kernel[..., out], 1, "SAME") + bias[out]
        for part, out in ((slice(0, 48), slice(0, 128)), (slice(48, 96), slice(128, 256)))
    ]
    y = tf.nn.relu(tf.concat(halves, -1))
    layers = [model.get_layer(name) for name in ("conv1", "norm1", "pool1", "conv2")]
    ours = x
    for layer in layers:
        ours = layer(ours)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(ours), np.asarray(y), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"groups": 3}, "build_alexnet: groups must be one of 1, 2, got 3."),
        (
            {"input_shape": (227, 66, 3)},
            "build_alexnet: the input's width must be at least 67, got 66.",
        ),
        (
            {"input_shape": (227, 227)},
            "build_alexnet: input_shape must be (height, width, channels), got (227, 227).",
        ),
        ({"num_classes": 0}, "build_alexnet: num_classes must be at least 1, got 0."),
        (
            {"input_shape": (None, None, 3)},
            "build_alexnet: the dense layers need a fixed size of the input, got "
            "(None, None, 3). Leave them out with num_classes=None.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        zoo.build_alexnet(**options)


def test_the_smallest_input_still_leaves_a_pixel():
    model = unallocated(zoo.build_alexnet, input_shape=(67, 67, 3), num_classes=7)
    assert model.get_layer("pool5").output.shape == (None, 1, 1, 256)
    assert model.output.shape == (None, 7)
