"""MobileNets against their papers and keras.applications."""

import re

import keras
import pytest
from zoo_checks import assert_same_logits, stages, unallocated, weight_shapes, weighted

from cnnutils import zoo
from cnnutils.model_costs import model_costs
from cnnutils.zoo import mobilenet

# Howard et al. 2017, tables 6 and 7: million multiply-adds, and million parameters (trainable or
# all: the same to this precision). The paper cuts 290.7 and 149.5 off.
WIDTHS = [(1.0, 569, 4.2), (0.75, 325, 2.6), (0.5, 149, 1.3), (0.25, 41, 0.5)]
RESOLUTIONS = [(224, 569), (192, 418), (160, 290), (128, 186)]


@pytest.mark.parametrize(("width", "macs", "params"), WIDTHS)
def test_width_multiplier(width, macs, params):
    model = unallocated(zoo.build_mobilenet_v1, width_multiplier=width)
    costs = model_costs(model)
    assert costs.macs / 1e6 == pytest.approx(macs, abs=0.7)
    assert costs.params / 1e6 == pytest.approx(params, abs=0.06)
    theirs = unallocated(keras.applications.MobileNet, alpha=width, weights=None)
    assert weight_shapes(model) == weight_shapes(theirs)


@pytest.mark.parametrize(("size", "macs"), RESOLUTIONS)
def test_resolution_multiplier(size, macs):
    model = unallocated(zoo.build_mobilenet_v1, resolution_multiplier=size / 224)
    assert model.input_shape == (None, size, size, 3)
    costs = model_costs(model)
    assert costs.macs / 1e6 == pytest.approx(macs, abs=0.7)
    assert costs.params == 4_253_864  # as Keras counts; it does not depend on the resolution


def test_table_1_of_v1():
    # Rows by hand: 9·C weights a depthwise convolution, C_in·C_out a pointwise one, four numbers
    # a channel and normalisation (two of them moving statistics), on the paper's maps.
    ends = {"conv1": "conv1_relu"}
    ends |= {f"{i}": f"conv_pw_{i}_relu" for i in range(1, 14)} | {"fc": "predictions"}
    costs = model_costs(unallocated(zoo.build_mobilenet_v1)).by_stage(ends)
    sizes = [112, 56, 56, 28, 28, 14, 14, 14, 14, 14, 14, 7, 7]
    channels = [32, 64, 128, 128, 256, 256, *[512] * 6, 1024, 1024]
    expected = [("conv1", (112, 112, 32), 864 + 4 * 32, 864 * 112**2)]
    for index, size in enumerate(sizes, start=1):
        before, after = channels[index - 1 : index + 1]
        weights = 9 * before + before * after
        numbers = weights + 4 * (before + after)
        expected.append((f"{index}", (size, size, after), numbers, weights * size**2))
    expected.append(("fc", (1000,), 1_025_000, 1_024_000))
    assert stages(costs) == expected
    assert costs.params == 4_253_864


def test_table_2_of_v2():
    # Sandler et al. 2018, table 2: the map that goes into each row and its channels; 300 million
    # multiply-adds and 3.4 million parameters. Exact: 300,774,272, as counted on torchvision's
    # network with hooks; 3,538,984 as Keras counts.
    model = unallocated(zoo.build_mobilenet_v2)
    last = {0: "bottleneck1", 2: "bottleneck2", 5: "bottleneck3", 9: "bottleneck4"}
    last |= {12: "bottleneck5", 15: "bottleneck6", 16: "bottleneck7"}
    ends = {"conv1": "conv1_relu"}
    for block, name in last.items():
        end = f"block{block}_add"
        added = any(layer.name == end for layer in model.layers)
        ends[name] = end if added else f"block{block}_project_bn"
    costs = model_costs(model).by_stage(ends | {"conv2": "conv2_relu", "fc": "predictions"})
    assert [row.output_shape for row in costs.layers] == [
        *((112, 112, 32), (112, 112, 16), (56, 56, 24), (28, 28, 32), (14, 14, 64)),
        *((14, 14, 96), (7, 7, 160), (7, 7, 320), (7, 7, 1280), (1000,)),
    ]
    assert (costs.params, costs.macs) == (3_538_984, 300_774_272)
    adds = [layer for layer in model.layers if isinstance(layer, keras.layers.Add)]
    assert len(adds) == sum(row.repeats - 1 for row in mobilenet.BOTTLENECK_ROWS) == 10


@pytest.mark.parametrize("width", [0.35, 0.75, 1.0, 1.3, 1.4])
def test_v2_has_the_layers_of_keras(width):
    theirs = unallocated(keras.applications.MobileNetV2, alpha=width, weights=None)
    ours = unallocated(zoo.build_mobilenet_v2, width_multiplier=width)
    assert weight_shapes(ours) == weight_shapes(theirs)
    if width == 1.4:  # Keras' documentation: 582 million multiply-adds
        assert model_costs(ours).macs / 1e6 == pytest.approx(582, abs=0.5)


@pytest.mark.parametrize("version", [1, 2])
def test_same_logits_as_keras(version):
    shape, width = (64, 96, 3), 0.5
    reference = [keras.applications.MobileNet, keras.applications.MobileNetV2][version - 1]
    options = {"input_shape": shape, "classifier_activation": None}
    theirs = reference(weights=None, alpha=width, classes=7, **options)
    build = [zoo.build_mobilenet_v1, zoo.build_mobilenet_v2][version - 1]
    assert_same_logits(build(width_multiplier=width, num_classes=7, **options), theirs)


def test_v1_has_the_names_of_keras():
    theirs = unallocated(keras.applications.MobileNet, weights=None)
    ours = unallocated(zoo.build_mobilenet_v1)
    assert [layer.name for layer in weighted(ours)] == [layer.name for layer in weighted(theirs)]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: zoo.build_mobilenet_v1(width_multiplier=0),
            ValueError,
            "build_mobilenet_v1: width_multiplier must be finite and greater than 0, got 0.",
        ),
        (
            lambda: zoo.build_mobilenet_v2(width_multiplier="1"),
            TypeError,
            "build_mobilenet_v2: width_multiplier must be a number, got '1' (str).",
        ),
        (
            lambda: zoo.build_mobilenet_v2(resolution_multiplier=1 / 8),
            ValueError,
            "build_mobilenet_v2: the input's height must be at least 32, got 28.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()


def test_a_very_thin_network_still_has_channels():
    assert unallocated(zoo.build_mobilenet_v1, width_multiplier=0.01).count_params() > 0
