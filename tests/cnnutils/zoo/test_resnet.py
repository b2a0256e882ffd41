"""ResNets against their paper, torchvision's published counts and keras.applications."""

import re

import keras
import numpy as np
import pytest
from zoo_checks import (
    answers,
    assert_same_logits,
    images,
    stages,
    trainable,
    unallocated,
    weight_shapes,
    weighted,
)

from cnnutils import zoo
from cnnutils.model_costs import model_costs
from cnnutils.zoo import resnet

TORCHVISION = {"use_bias": False, "strides_in": "3x3"}


def stage_ends(depth):
    ends = {"conv1": "conv1_relu"}
    for stage, blocks in enumerate(resnet.BLOCKS[depth], start=2):
        ends[f"conv{stage}_x"] = f"conv{stage}_block{blocks}_out"
    return ends | {"fc": "predictions"}


def num_layers(model):
    """Layers with weights on the longest path: convolutions and dense layers, no projections."""
    kinds = (keras.layers.Conv2D, keras.layers.Dense)
    return sum(isinstance(layer, kinds) and "_0_" not in layer.name for layer in model.layers)


def kinds_of(model):
    return {type(layer).__name__ for layer in model.layers}


# torchvision's documentation: num_params and GFLOPS (multiply-adds) of resnet18 to resnet152:
# trainable parameters, no biases in convolutions, the 3 × 3 of a bottleneck strides. Exact
# multiply-adds of 18, 34 and 50 as counted on torchvision's networks with hooks.
@pytest.mark.parametrize(
    ("depth", "params", "macs", "tolerance"),
    [
        (18, 11_689_512, 1_814_073_344, 0),
        (34, 21_797_672, 3_663_761_408, 0),
        (50, 25_557_032, 4_089_184_256, 0),
        (101, 44_549_160, 7.80e9, 0.005e9),
        (152, 60_192_808, 11.51e9, 0.005e9),
    ],
)
def test_counts_of_torchvision(depth, params, macs, tolerance):
    model = unallocated(zoo.build_resnet, depth, **TORCHVISION)
    assert trainable(model) == params
    assert abs(model_costs(model).macs - macs) <= tolerance
    assert num_layers(model) == depth


@pytest.mark.parametrize(
    ("depth", "params", "paper"),
    # As Keras counts: biases of the convolutions and moving statistics too. He et al. 2015,
    # table 1: 1.8, 3.6, 3.8, 7.6 and 11.3 · 10⁹ multiply-adds, the first 1 × 1 strides.
    [
        (18, None, 1.8),
        (34, None, 3.6),
        (50, 25_636_712, 3.8),
        (101, 44_707_176, 7.6),
        (152, 60_419_944, 11.3),
    ],
)
def test_counts_of_keras_and_of_the_paper(depth, params, paper):
    model = unallocated(zoo.build_resnet, depth)
    if params is not None:
        assert model.count_params() == params
    assert model_costs(model).macs / 1e9 == pytest.approx(paper, abs=0.1)
    assert num_layers(model) == depth


def test_every_stage_of_resnet50():
    # Maps: table 1. Trainable parameters without biases, as summaries of torchvision's resnet50
    # give them: 9,536, then 215,808, 1,219,584, 7,098,368, 14,964,736 and 2,049,000.
    model = unallocated(zoo.build_resnet, 50, **TORCHVISION)
    costs = model_costs(model).by_stage(stage_ends(50))
    moving = {  # 2 numbers for each normalised channel
        "conv1": 2 * 64,
        "conv2_x": 2 * (3 * (64 + 64 + 256) + 256),
        "conv3_x": 2 * (4 * (128 + 128 + 512) + 512),
        "conv4_x": 2 * (6 * (256 + 256 + 1024) + 1024),
        "conv5_x": 2 * (3 * (512 + 512 + 2048) + 2048),
        "fc": 0,
    }
    learnt = [9_536, 215_808, 1_219_584, 7_098_368, 14_964_736, 2_049_000]
    shapes = [(112, 112, 64), (56, 56, 256), (28, 28, 512), (14, 14, 1024), (7, 7, 2048), (1000,)]
    assert stages(costs, macs=False) == [
        (name, shape, count + moving[name])
        for name, shape, count in zip(moving, shapes, learnt, strict=True)
    ]
    assert costs.layers[0].macs == 7 * 7 * 3 * 64 * 112**2


@pytest.mark.parametrize("depth", [18, 34])
def test_shapes_of_the_basic_networks(depth):
    costs = model_costs(unallocated(zoo.build_resnet, depth)).by_stage(stage_ends(depth))
    assert [row.output_shape for row in costs.layers] == [  # table 1
        *((112, 112, 64), (56, 56, 64), (28, 28, 128), (14, 14, 256), (7, 7, 512)),
        (1000,),
    ]


@pytest.mark.parametrize(
    ("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)]
)
def test_the_cifar_family(depth, millions):
    # He et al. 2015, table 6: parameters in millions; trainable, no biases but the dense layer's.
    model = unallocated(zoo.build_cifar_resnet, depth)
    assert round(trainable(model) / 1e6, 1 if depth == 110 else 2) == millions
    assert num_layers(model) == depth
    n = (depth - 2) // 6
    by_hand = 9 * 3 * 16 + 9 * 16 * 16 * 2 * n  # the first convolution, 2n of 16 filters
    by_hand += 9 * (16 * 32 + 32 * 32 * (2 * n - 1) + 32 * 64 + 64 * 64 * (2 * n - 1))
    by_hand += 2 * (16 + 2 * n * (16 + 32 + 64)) + 650  # scales and shifts; the dense layer
    assert trainable(model) == by_hand
    shapes = [model.get_layer(f"conv{i}_block{n}_out").output.shape[1:] for i in (2, 3, 4)]
    assert shapes == [(32, 32, 16), (16, 16, 32), (8, 8, 64)]  # section 4.2


@pytest.mark.parametrize(("depth", "reference"), [(50, "ResNet50"), (101, "ResNet101")])
def test_same_layers_as_keras(depth, reference):
    theirs = unallocated(getattr(keras.applications, reference), weights=None)
    ours = unallocated(zoo.build_resnet, depth)
    assert weight_shapes(ours) == weight_shapes(theirs)
    assert [layer.name for layer in weighted(ours)] == [layer.name for layer in weighted(theirs)]
    assert ours.count_params() == theirs.count_params()


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_same_logits_as_keras(depth):
    shape = (33, 64, 3)
    theirs = getattr(keras.applications, f"ResNet{depth}")(
        weights=None, input_shape=shape, classes=7, classifier_activation=None
    )
    ours = zoo.build_resnet(depth, input_shape=shape, num_classes=7, classifier_activation=None)
    assert_same_logits(ours, theirs)


def test_a_plain_twin_has_the_same_layers_without_the_shortcuts():
    whole = unallocated(zoo.build_resnet, 34)
    plain = unallocated(zoo.build_resnet, 34, shortcut=None)
    assert "Add" in kinds_of(whole)
    assert "Add" not in kinds_of(plain)
    projections = [layer.name for layer in weighted(whole) if "_0_" in layer.name]
    assert projections == [f"conv{i}_block1_0_{kind}" for i in (3, 4, 5) for kind in ("conv", "bn")]
    kept = [layer.name for layer in weighted(whole) if layer.name not in projections]
    assert kept == [layer.name for layer in weighted(plain)]
    # Without weights in the shortcuts the two have exactly as many parameters (section 3.3).
    padded = unallocated(zoo.build_resnet, 34, shortcut="zero_padding")
    assert padded.count_params() == plain.count_params()
    assert model_costs(padded).macs == model_costs(plain).macs


def test_a_zero_padded_shortcut_by_hand():
    x = np.arange(2 * 3 * 4 * 2, dtype="float32").reshape(2, 3, 4, 2)
    y = keras.ops.convert_to_numpy(resnet.ZeroPaddedShortcut(5, strides=2)(x))
    assert y.shape == (2, 2, 2, 5)
    np.testing.assert_array_equal(y[..., :2], x[:, ::2, ::2])
    np.testing.assert_array_equal(y[..., 2:], 0)


@pytest.mark.parametrize("shortcut", ["projection", "zero_padding"])
def test_a_block_whose_convolutions_are_zero_passes_its_input_on(shortcut):
    # y = ReLU(0 + x): without a change of shape the input itself, where x ≥ 0.
    inputs = keras.Input((6, 7, 4))
    block = resnet.basic_block(4, 1)
    outputs = resnet.residual(inputs, block, name="b", shortcut=shortcut, use_bias=True)
    model = keras.Model(inputs, outputs)
    for layer in weighted(model):
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([np.zeros_like(array) for array in layer.get_weights()])
    x = np.abs(images(model))
    np.testing.assert_allclose(answers(model, x), x, rtol=1e-6)


def test_a_copy_from_its_description_gives_the_same_answers():
    model = zoo.build_cifar_resnet(8, filters=4, input_shape=(9, 12, 3))
    twin = keras.models.model_from_json(model.to_json())
    twin.set_weights(model.get_weights())
    x = images(model)
    np.testing.assert_array_equal(answers(twin, x), answers(model, x))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: zoo.build_resnet(20),
            "build_resnet: depth must be one of 18, 34, 50, 101, 152, got 20. "
            "For the 20 to 110 layers of CIFAR take build_cifar_resnet.",
        ),
        (
            lambda: zoo.build_resnet(18, strides_in="5x5"),
            "build_resnet: strides_in must be one of '1x1', '3x3', got '5x5'.",
        ),
        (
            lambda: zoo.build_resnet(18, shortcut="none"),
            "build_resnet: shortcut must be one of 'projection', 'zero_padding', got 'none'.",
        ),
        (
            lambda: zoo.build_cifar_resnet(52),
            "build_cifar_resnet: depth must be 6n + 2, got 52. The nearest are 50 and 56.",
        ),
        (
            lambda: zoo.build_cifar_resnet(20, input_shape=(32, 3, 3)),
            "build_cifar_resnet: the input's width must be at least 4, got 3.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()
