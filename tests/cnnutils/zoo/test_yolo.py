"""YOLO v2 and v3 and Darknet-53: published tables, totals and operations, and their errors."""

import math
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from zoo_checks import answers, images, trainable, unallocated

from cnnutils import zoo
from cnnutils.model_costs import model_costs

# The printed summary of the 608 × 608 network for COCO, line by line: (channels in, out, kernel),
# and the side of the map that each convolution puts out.
YOLO_V2 = [
    (3, 32, 3, 608), (32, 64, 3, 304),
    (64, 128, 3, 152), (128, 64, 1, 152), (64, 128, 3, 152),
    (128, 256, 3, 76), (256, 128, 1, 76), (128, 256, 3, 76),
    (256, 512, 3, 38), (512, 256, 1, 38), (256, 512, 3, 38), (512, 256, 1, 38), (256, 512, 3, 38),
    (512, 1024, 3, 19), (1024, 512, 1, 19), (512, 1024, 3, 19), (1024, 512, 1, 19),
    (512, 1024, 3, 19), (1024, 1024, 3, 19), (1024, 1024, 3, 19),
    (512, 64, 1, 38),  # the passthrough, four pixels of which become one
    (1280, 1024, 3, 19), (1024, 425, 1, 19),
]  # fmt: skip


def rows(model):
    """Channels in and out, kernel and side of each convolution, in the order of the layers."""
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            size, _, before, after = layer.kernel.shape
            found.append((before, after, size, layer.output.shape[1]))
    return found


def count(model, kind):
    return sum(isinstance(layer, kind) for layer in model.layers)


def test_yolo_v2_line_by_line():
    model = unallocated(zoo.build_yolo_v2)
    found = rows(model)
    assert sorted(found) == sorted(YOLO_V2)
    straight = [row for row in found if row != (512, 64, 1, 38)]
    assert straight == [row for row in YOLO_V2 if row != (512, 64, 1, 38)]
    assert count(model, keras.layers.Conv2D) == 23
    assert count(model, keras.layers.BatchNormalization) == 22
    assert model.get_layer("space_to_depth").output.shape == (None, 19, 19, 256)
    assert model.get_layer("concatenate").output.shape == (None, 19, 19, 1280)
    assert model.output.shape == (None, 19, 19, 5 * (5 + 80))
    head = model.get_layer("head")
    assert [layer.name for layer in model.layers if getattr(layer, "use_bias", False)] == [
        head.name
    ]


def test_yolo_v2_totals():
    # As the widely used Keras conversion prints them: total, trainable, not trainable.
    model = unallocated(zoo.build_yolo_v2)
    assert model.count_params() == 50_983_561
    assert trainable(model) == 50_962_889
    assert model.count_params() - trainable(model) == 20_672
    # Darknet's page gives 62.94 billion operations at 608 × 608, two for each multiply-add.
    assert round(2 * model_costs(model).macs / 1e9, 2) == 62.94


def test_darknet53():
    # Table 1 of the paper: 52 convolutions and the classifier; timm's darknet53 has 41,609,928
    # parameters, to which Keras adds two moving statistics a channel.
    model = unallocated(zoo.build_darknet53)
    assert count(model, keras.layers.Conv2D) + 1 == 53
    assert trainable(model) == 41_609_928
    channels = sum(
        layer.filters for layer in model.layers if isinstance(layer, keras.layers.Conv2D)
    )
    assert model.count_params() == 41_609_928 + 2 * channels
    ends = [f"stage{i}_block{n}" for i, n in enumerate((1, 2, 8, 8, 4), start=1)]
    shapes = [model.get_layer(name).output.shape[1:] for name in ends]
    assert shapes == [(128 >> i, 128 >> i, 64 << i) for i in range(5)]


def test_darknet53_takes_any_size_from_32_on_and_rounds_each_halving_down():
    # 71 → 35 → 17 → 8 → 4 → 2, and 127 → 63 → 31 → 15 → 7 → 3.
    model = unallocated(zoo.build_darknet53, input_shape=(71, 127, 3), num_classes=None)
    assert model.output.shape == (None, 2, 3, 1024)


def test_yolo_v3():
    # The Keras conversion by qqwweee prints 62,001,757 parameters, 61,949,149 of them trained;
    # Darknet's page gives 65.86 billion operations at 416 × 416.
    model = unallocated(zoo.build_yolo_v3)
    assert model.count_params() == 62_001_757
    assert trainable(model) == 61_949_149
    assert round(2 * model_costs(model).macs / 1e9, 2) == 65.86
    assert count(model, keras.layers.Conv2D) == 75
    assert {name: answer.shape for name, answer in model.output.items()} == {
        f"stride{stride}": (None, 416 // stride, 416 // stride, 255) for stride in (32, 16, 8)
    }


def test_the_finer_grids_see_the_finer_maps():
    model = unallocated(zoo.build_yolo_v3, input_shape=(64, 96, 3), num_classes=3)
    joined = {
        stride: [
            tensor.shape[1:] for tensor in model.get_layer(f"stride{stride}_concatenate").input
        ]
        for stride in (16, 8)
    }
    assert joined == {16: [(4, 6, 256), (4, 6, 512)], 8: [(8, 12, 128), (8, 12, 256)]}


@pytest.mark.parametrize("build", [zoo.build_yolo_v2, zoo.build_yolo_v3])
def test_they_answer_with_a_number_for_everything(build):
    model = build(input_shape=(32, 64, 3), num_anchors=2, num_classes=4)
    found = model(images(model), training=False)
    found = found if isinstance(found, dict) else {"stride32": found}
    for name, answer in found.items():
        stride = int(name.removeprefix("stride"))
        assert answer.shape == (2, 32 // stride, 64 // stride, 2 * (5 + 4))
        assert np.isfinite(keras.ops.convert_to_numpy(answer)).all()


def test_space_to_depth_is_that_of_tensorflow_and_loses_nothing():
    x = np.random.default_rng(0).normal(size=(2, 6, 4, 5)).astype("float32")
    ours = keras.ops.convert_to_numpy(zoo.SpaceToDepth(2)(x))
    np.testing.assert_array_equal(ours, tf.nn.space_to_depth(x, 2))
    np.testing.assert_array_equal(tf.nn.depth_to_space(ours, 2), x)


def test_a_network_with_it_can_be_saved_and_counted(tmp_path):
    inputs = keras.Input((4, 4, 3))
    model = keras.Model(inputs, zoo.SpaceToDepth(2)(inputs))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    x = images(model)
    np.testing.assert_array_equal(answers(again, x), answers(model, x))
    (row,) = [row for row in model_costs(model).layers if row.kind == "SpaceToDepth"]
    assert (row.params, row.macs, row.output_shape) == (0, 0, (2, 2, 12))
    assert math.prod(row.output_shape) == 4 * 4 * 3


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: zoo.build_yolo_v2(input_shape=(600, 608, 3)), ValueError,
            "build_yolo_v2: height and width must be multiples of 32, got (600, 608, 3).",
        ),
        (
            lambda: zoo.build_yolo_v3(input_shape=(None, None, 3)), ValueError,
            "build_yolo_v3: height and width must be multiples of 32, got (None, None, 3).",
        ),
        (
            lambda: zoo.build_yolo_v3(num_anchors=0), ValueError,
            "build_yolo_v3: num_anchors must be at least 1, got 0.",
        ),
        (
            lambda: zoo.build_yolo_v2(num_classes=2.0), TypeError,
            "build_yolo_v2: num_classes must be an integer, got 2.0 (float).",
        ),
        (
            lambda: zoo.build_darknet53(input_shape=(16, 32, 3)), ValueError,
            "build_darknet53: the input's height must be at least 32, got 16.",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()
