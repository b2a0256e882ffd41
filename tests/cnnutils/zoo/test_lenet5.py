"""LeNet-5 against the counts of its paper, and its unusual layers by hand."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from zoo_checks import answers, images, stages, trainable

from cnnutils import zoo
from cnnutils.model_costs import model_costs
from cnnutils.zoo import lenet5

ROWS = ("C1", "S2", "C3", "S4", "C5", "F6", "OUTPUT")
PUBLISHED = {
    "activation": "scaled_tanh",
    "subsampling": "trainable",
    "connections": "table",
    "output": "rbf",
}


@pytest.fixture(scope="module")
def published():
    return zoo.build_lenet5(**PUBLISHED)


def test_parameters_and_connections_of_the_paper(published):
    # LeCun et al. 1998, section II.B. The paper counts connections: each weight once for every
    # position, the bias too; in S2 and S4 the four pixels and the bias.
    rows = {row.name: row for row in model_costs(published).layers}
    assert [rows[name].output_shape for name in ROWS] == [
        *((28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16)),
        *((120,), (84,), (10,)),
    ]
    assert [rows[name].params for name in ROWS] == [156, 12, 1_516, 32, 48_120, 10_164, 840]
    biases = {name: rows[name].activations for name in ("C1", "C3", "C5", "F6")}
    connections = {name: rows[name].macs + count for name, count in biases.items()}
    assert connections == {"C1": 122_304, "C3": 151_600, "C5": 48_120, "F6": 10_164}
    subsampled = {name: 5 * rows[name].activations for name in ("S2", "S4")}
    assert subsampled == {"S2": 5_880, "S4": 2_000}
    total = sum(connections.values()) + sum(subsampled.values()) + rows["OUTPUT"].macs
    assert total == 340_908  # the paper's total
    assert trainable(published) == 60_000  # the drawings of the digits are fixed


def test_parameters_of_the_modern_form():
    # By hand: 6·26, 16·151, 120·401, 84·121, 10·85; MACs: 150 and 2,400 weights on 28² and 10²
    # positions, and the weights of the dense layers once.
    costs = model_costs(zoo.build_lenet5())
    ends = {"C1": "C1_relu", "S2": "S2", "C3": "C3_relu", "S4": "S4"}
    ends |= {"C5": "C5_relu", "F6": "F6_relu", "OUTPUT": "OUTPUT"}
    assert stages(costs.by_stage(ends)) == [
        ("C1", (28, 28, 6), 156, 150 * 28**2),
        ("S2", (14, 14, 6), 0, 0),
        ("C3", (10, 10, 16), 2_416, 2_400 * 10**2),
        ("S4", (5, 5, 16), 0, 0),
        ("C5", (120,), 48_120, 48_000),
        ("F6", (84,), 10_164, 10_080),
        ("OUTPUT", (10,), 850, 840),
    ]
    assert (costs.params, costs.macs) == (61_706, 416_520)


def test_table_of_connections():
    # Table I: six filters see three maps each, nine see four, one sees six; every map of S2 is
    # seen by ten filters.
    seen = [len(maps) for maps in lenet5.CONNECTIONS]
    assert sorted(seen) == [3] * 6 + [4] * 9 + [6]
    for channel in range(6):
        assert sum(channel in maps for maps in lenet5.CONNECTIONS) == 10
    assert len(set(lenet5.CONNECTIONS)) == 16


def test_a_convolution_by_table_is_one_with_zeros():
    connections = [[2], [0, 1], [0, 2]]
    layer = lenet5.TableConv2D(connections, 3)
    x = np.random.default_rng(0).normal(size=(2, 6, 7, 3)).astype("float32")
    layer.build(x.shape)
    kernel = layer.kernel.numpy()
    assert kernel.shape == (3, 3, 5)
    full = np.zeros((3, 3, 3, 3), "float32")
    pairs = [(channel, index) for index, maps in enumerate(connections) for channel in maps]
    for position, (channel, index) in enumerate(pairs):
        full[:, :, channel, index] = kernel[:, :, position]
    layer.bias.assign([1.0, 2.0, 3.0])
    expected = np.asarray(tf.nn.conv2d(x, full, 1, "VALID")) + np.arange(1.0, 4.0)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(x)), expected, rtol=1e-5, atol=1e-5)


def test_subsampling_by_hand():
    layer = lenet5.TrainableSubsampling()
    x = np.arange(12.0, dtype="float32").reshape(1, 2, 6, 1)  # rows 0..5 and 6..11
    layer.build(x.shape)
    layer.coefficient.assign([0.5])
    layer.bias.assign([1.0])
    # 0 + 1 + 6 + 7 = 14, 2 + 3 + 8 + 9 = 22, 4 + 5 + 10 + 11 = 30; half of it, and one.
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(x)).ravel(), [8, 12, 16])


def test_distances_to_the_drawings():
    codes = np.array(lenet5.digit_codes())
    assert codes.shape == (10, 84)
    assert set(codes.ravel()) == {-1.0, 1.0}
    layer = lenet5.RBFOutput()
    layer.build((None, 84))
    distances = keras.ops.convert_to_numpy(layer(codes.astype("float32")))
    np.testing.assert_allclose(distances, 4 * (codes[:, None] != codes[None]).sum(-1))
    assert (distances + 99 * np.eye(10)).min() >= 4 * 4  # no two digits look alike
    assert not layer.trainable_weights


@pytest.mark.differs(
    "jax", "torch", reason="TensorFlow's tape, the oracle, follows only what runs on TensorFlow"
)
def test_the_published_network_can_learn(published):
    x = images(published)
    with tf.GradientTape() as tape:
        loss = keras.ops.mean(published(x))
    gradients = tape.gradient(loss, [weight.value for weight in published.trainable_weights])
    assert all(np.abs(gradient).max() > 0 for gradient in gradients)


def test_a_copy_from_its_description_gives_the_same_answers(published):
    twin = keras.models.model_from_json(published.to_json())
    twin.set_weights(published.get_weights())
    x = images(published)
    np.testing.assert_array_equal(answers(twin, x), answers(published, x))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"input_shape": (15, 32, 1)},
            ValueError,
            "build_lenet5: the input's height must be at least 16, got 15.",
        ),
        (
            {"output": "rbf", "num_classes": 26},
            ValueError,
            "build_lenet5: output='rbf' has drawings of the ten digits, got num_classes=26. "
            "Take output='dense'.",
        ),
        (
            {"subsampling": "min"},
            ValueError,
            "build_lenet5: subsampling must be one of 'average', 'max', 'trainable', got 'min'.",
        ),
        (
            {"num_classes": 10.0},
            TypeError,
            "build_lenet5: num_classes must be an integer, got 10.0 (float).",
        ),
        (
            {"input_shape": (None, 32, 1)},
            ValueError,
            "build_lenet5: the dense layers need a fixed size of the input, got (None, 32, 1).",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(options, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        zoo.build_lenet5(**options)
