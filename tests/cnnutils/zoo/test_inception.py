"""Inception modules and GoogLeNet against table 1 of their paper."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from zoo_checks import answers, images, stages, unallocated

from cnnutils import zoo
from cnnutils.model_costs import model_costs
from cnnutils.zoo import inception

# Szegedy et al. 2014, table 1: map after each row, operations (multiply-adds) in millions. Left
# out are the rows whose numbers contradict their filters: conv1 (34 M; 7·7·3·64 weights on 112²
# positions are 118 M) and 5a (54 M; its filters are those of 4e on 832 channels, 51 M).
TABLE = [
    ("conv1", (112, 112, 64), None),
    ("conv2", (56, 56, 192), 360),
    ("inception_3a", (28, 28, 256), 128),
    ("inception_3b", (28, 28, 480), 304),
    ("inception_4a", (14, 14, 512), 73),
    ("inception_4b", (14, 14, 512), 88),
    ("inception_4c", (14, 14, 512), 100),
    ("inception_4d", (14, 14, 528), 119),
    ("inception_4e", (14, 14, 832), 170),
    ("inception_5a", (7, 7, 832), None),
    ("inception_5b", (7, 7, 1024), 71),
    ("predictions", (1000,), 1),
]


@pytest.fixture(scope="module")
def costs():
    return model_costs(unallocated(zoo.build_googlenet))


def test_table_1(costs):
    by_stage = costs.by_stage({name: name for name, _, _ in TABLE})
    for (name, shape, _, macs), (_, published, millions) in zip(
        stages(by_stage), TABLE, strict=True
    ):
        assert shape == published, name
        if millions is not None:
            assert macs / 1e6 == pytest.approx(millions, abs=1), name


def test_sizes_of_the_poolings(costs):
    # Table 1: 56, 28, 14 and 7 after the max poolings.
    rows = {row.name: row.output_shape for row in costs.layers}
    assert [rows[f"pool{i}"] for i in (1, 2, 3, 4)] == [
        *((56, 56, 64), (28, 28, 192), (14, 14, 480), (7, 7, 832)),
    ]


def test_parameters(costs):
    # With biases, without auxiliary heads. 3a by hand: 192·(64 + 96 + 16 + 32) weights of 1 × 1,
    # 9·96·128 of 3 × 3, 25·16·32 of 5 × 5, and 64 + 96 + 128 + 16 + 32 + 32 biases.
    assert costs.params == 6_998_552
    rows = costs.by_stage({name: name for name, _, _ in TABLE}).layers
    by_hand = 192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32
    assert rows[2].params == by_hand + 64 + 96 + 128 + 16 + 32 + 32 == 163_696


def test_depth():
    # Section 5: 22 layers with parameters on a path: three of the stem, two a module, one dense.
    model = unallocated(zoo.build_googlenet)
    modules = [layer for layer in model.layers if isinstance(layer, keras.layers.Concatenate)]
    assert len(modules) == 9
    assert 3 + 2 * len(modules) + 1 == 22


def test_the_auxiliary_heads_have_their_names():
    model = unallocated(zoo.build_googlenet, aux_heads=True)
    assert {name: output.shape for name, output in model.output.items()} == dict.fromkeys(
        ("predictions", "aux_4a", "aux_4d"), (None, 1000)
    )
    # Section 5: 4 × 4 × 512 and 4 × 4 × 528 after the average, 128 filters, 1,024 units, 70 %.
    rows = {row.name: row for row in model_costs(model).layers}
    assert rows["aux_4a_pool"].output_shape == (4, 4, 512)
    assert rows["aux_4d_pool"].output_shape == (4, 4, 528)
    for head in ("aux_4a", "aux_4d"):
        assert rows[f"{head}_1x1"].output_shape == (4, 4, 128)
        assert rows[f"{head}_fc"].output_shape == (1024,)
        assert model.get_layer(f"{head}_dropout").rate == 0.7
    # 512·128 + 128, 528·128 + 128; then 2048·1024 + 1024 and 1024·1000 + 1000 for each.
    heads = 65_664 + 67_712 + 2 * (2_098_176 + 1_025_000)
    assert model.count_params() == 6_998_552 + heads == 13_378_280
    assert model.get_layer("dropout").rate == 0.4


def test_an_auxiliary_head_sees_its_own_module():
    model = zoo.build_googlenet(input_shape=(65, 80, 3), num_classes=5, aux_heads=True)
    x = images(model)
    before = model.predict_on_batch(x)
    layer = model.get_layer("inception_4d_1x1")  # behind 4a, before the output of 4d
    layer.set_weights([array + 1 for array in layer.get_weights()])
    after = model.predict_on_batch(x)
    same = {name: np.allclose(before[name], after[name], rtol=1e-5) for name in before}
    assert same == {"predictions": False, "aux_4a": True, "aux_4d": False}


@pytest.mark.parametrize("reduced", [False, True])
def test_a_module_is_its_branches_side_by_side(reduced):
    inputs = keras.Input((6, 7, 5))
    if reduced:
        filters = zoo.InceptionFilters(2, 3, 4, 1, 6, 7)
        outputs = zoo.inception_module(inputs, filters, name="m")
    else:
        outputs = zoo.naive_inception_module(inputs, conv1x1=2, conv3x3=4, conv5x5=6, name="m")
    model = keras.Model(inputs, outputs)
    x = images(model)

    def convolved(x, name):
        kernel, bias = model.get_layer(name).get_weights()
        return tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + bias)

    pooled = tf.nn.max_pool2d(x, 3, 1, "SAME")
    branches = [
        convolved(x, "m_1x1"),
        convolved(convolved(x, "m_3x3_reduce") if reduced else x, "m_3x3"),
        convolved(convolved(x, "m_5x5_reduce") if reduced else x, "m_5x5"),
        convolved(pooled, "m_pool_proj") if reduced else pooled,
    ]
    assert [branch.shape[-1] for branch in branches] == [2, 4, 6, 7 if reduced else 5]
    expected = np.concatenate([keras.ops.convert_to_numpy(branch) for branch in branches], -1)
    np.testing.assert_allclose(answers(model, x), expected, rtol=1e-4, atol=1e-6)


def test_the_reduction_pays():
    # The 5 × 5 branch on 28 × 28 × 192: 120,422,400 multiply-adds directly; with 16 channels in
    # between 2,408,448 + 10,035,200, and 15,920 parameters.
    inputs = keras.Input((28, 28, 192))
    naive = zoo.naive_inception_module(inputs, conv1x1=64, conv3x3=128, conv5x5=32, name="n")
    reduced = zoo.inception_module(inputs, inception.MODULES["3a"], name="r")
    rows = {row.name: row for row in model_costs(keras.Model(inputs, [naive, reduced])).layers}
    assert rows["n_5x5"].macs == 120_422_400
    assert (rows["r_5x5_reduce"].macs, rows["r_5x5"].macs) == (2_408_448, 10_035_200)
    assert rows["r_5x5_reduce"].params + rows["r_5x5"].params == 15_920


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"aux_heads": True, "num_classes": None},
            "build_googlenet: aux_heads need num_classes, got None.",
        ),
        (
            {"aux_heads": True, "input_shape": (64, 80, 3)},
            "build_googlenet: the input's height must be at least 65, got 64.",
        ),
        (
            {"aux_heads": True, "input_shape": (None, 80, 3)},
            "build_googlenet: the dense layers need a fixed size of the input, got (None, 80, 3).",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        zoo.build_googlenet(**options)
