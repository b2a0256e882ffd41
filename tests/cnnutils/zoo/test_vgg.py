"""VGG against its paper's tables 1 and 2, and against keras.applications."""

import re

import keras
import pytest
from zoo_checks import assert_same_logits, stages, unallocated, weight_shapes

from cnnutils import zoo
from cnnutils.model_costs import model_costs

ENDS = {f"block{i}": f"block{i}_pool" for i in range(1, 6)}
ENDS |= {"fc1": "fc1", "fc2": "fc2", "fc3": "predictions"}


# Parameters with biases: Simonyan and Zisserman 2014, table 2 (133, 133, 134, 138 and 144
# million); the exact numbers of A, B, D and E are torchvision's (num_params of vgg11, 13, 16, 19),
# C has 1 × 1 for the third kernel of D: 8·(256² + 2·512²) = 4,718,592 weights fewer.
@pytest.mark.parametrize(
    ("configuration", "params", "millions", "weight_layers"),
    [
        ("A", 132_863_336, 133, 11),
        ("A-LRN", 132_863_336, 133, 11),
        ("B", 133_047_848, 133, 13),
        ("C", 133_638_952, 134, 16),
        ("D", 138_357_544, 138, 16),
        ("E", 143_667_240, 144, 19),
    ],
)
def test_parameters(configuration, params, millions, weight_layers):
    model = unallocated(zoo.build_vgg, configuration)
    assert model.count_params() == params
    assert round(params / 1e6) == millions
    assert len(weight_shapes(model)) == weight_layers


def test_every_stage_of_d():
    # By hand from table 1: 9·C_in·C_out weights and C_out biases a convolution, on 224², 112²,
    # 56², 28² and 14² positions; the sum of the MACs is 15.47 · 10⁹ (torchvision: 15.47 GFLOPS).
    costs = model_costs(unallocated(zoo.build_vgg, "D"))
    pairs = [
        *([(3, 64), (64, 64)], [(64, 128), (128, 128)]),
        *([(128, 256), (256, 256), (256, 256)], [(256, 512), (512, 512), (512, 512)]),
        [(512, 512)] * 3,
    ]
    expected = []
    for index, block in enumerate(pairs, start=1):
        weights, size = sum(9 * a * b for a, b in block), 224 >> (index - 1)
        shape = (size // 2, size // 2, block[-1][1])
        biases = sum(b for _, b in block)
        expected.append((f"block{index}", shape, weights + biases, weights * size**2))
    expected += [
        ("fc1", (4096,), 25_088 * 4_096 + 4_096, 25_088 * 4_096),
        ("fc2", (4096,), 4_096 * 4_096 + 4_096, 4_096 * 4_096),
        ("fc3", (1000,), 4_096 * 1_000 + 1_000, 4_096 * 1_000),
    ]
    assert stages(costs.by_stage(ENDS)) == expected
    assert costs.macs == 15_470_264_320


@pytest.mark.parametrize(
    ("configuration", "macs"),
    # torchvision's GFLOPS (MACs) of vgg11, vgg13 and vgg19: 7.61, 11.31 and 19.63.
    [("A", 7.61e9), ("B", 11.31e9), ("E", 19.63e9)],
)
def test_multiply_adds(configuration, macs):
    ours = model_costs(unallocated(zoo.build_vgg, configuration)).macs
    assert ours == pytest.approx(macs, abs=0.005e9)


def test_what_tells_the_configurations_apart():
    kernels = {
        name: [
            layer.kernel_size[0]
            for layer in unallocated(zoo.build_vgg, name, num_classes=None).layers
            if isinstance(layer, keras.layers.Conv2D)
        ]
        for name in ("C", "D")
    }
    assert kernels["D"] == [3] * 13
    assert kernels["C"] == [3] * 4 + [3, 3, 1] * 3
    names = [layer.name for layer in unallocated(zoo.build_vgg, "A-LRN").layers]
    assert names[1:4] == ["block1_conv1", "block1_norm1", "block1_pool"]


@pytest.mark.parametrize(("configuration", "reference"), [("D", "VGG16"), ("E", "VGG19")])
def test_same_layers_as_keras(configuration, reference):
    theirs = unallocated(getattr(keras.applications, reference), weights=None)
    ours = unallocated(zoo.build_vgg, configuration)
    assert weight_shapes(ours) == weight_shapes(theirs)
    named = [layer.name for layer in ours.layers if "dropout" not in layer.name]
    assert named[1:] == [layer.name for layer in theirs.layers][1:]
    assert ours.count_params() == theirs.count_params()


@pytest.mark.parametrize(("configuration", "reference"), [("D", "VGG16"), ("E", "VGG19")])
def test_same_logits_as_keras(configuration, reference):
    shape = (32, 64, 3)  # two pixels are left for the dense layers
    theirs = getattr(keras.applications, reference)(
        weights=None, input_shape=shape, classes=7, classifier_activation=None
    )
    ours = zoo.build_vgg(
        configuration, input_shape=shape, num_classes=7, classifier_activation=None
    )
    assert_same_logits(ours, theirs)


@pytest.mark.parametrize(
    ("configuration", "options", "message"),
    [
        (
            "F",
            {},
            "build_vgg: configuration must be one of 'A', 'A-LRN', 'B', 'C', 'D', 'E', got 'F'.",
        ),
        (
            "D",
            {"input_shape": (31, 64, 3)},
            "build_vgg: the input's height must be at least 32, got 31.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(configuration, options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        zoo.build_vgg(configuration, **options)


def test_without_its_top_it_takes_any_size():
    model = unallocated(zoo.build_vgg, "D", input_shape=(None, None, 3), num_classes=None)
    assert model.output.shape == (None, None, None, 512)
    assert model_costs(model, input_shape=(224, 224, 3)).macs == 15_470_264_320 - 123_633_664
