"""The tests of homework 3 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def ask(hw, name, helper, *args):
    """Let a helper run where the models live; if it returns a text, that is what is wrong."""
    getattr(hw, name)
    got = hw.run(helper, *args)
    assert not isinstance(got, str), got
    return got


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_every_kind(hw):
    """(7, 6, 2) through a row of every kind, without padding; and a window that does not fit."""
    # conv, window 2 × 3: 7 − 2 + 1 = 6 rows, 6 − 3 + 1 = 4 columns, 3 filters
    # max, window 2 × 1, stride 2: (6 − 2) / 2 + 1 = 3 rows, (4 − 1) / 2 = 1.5, so 1 + 1 columns
    # flatten: 3 · 2 · 3 = 18; dense: 4
    table = [("conv", 3, (2, 3), 1, "valid"), ("max", (2, 1), 2), ("flatten",), ("dense", 4)]
    assert close(hw.shapes_of(table, (7, 6, 2)), [(6, 4, 3), (3, 2, 3), (18,), (4,)])
    # a window of 4 rows has no place on 3 rows: (3 − 4) / 2 = −0.5, rounded down −1, and −1 + 1 = 0
    too_large = [("max", (4, 1), 2)]
    assert raises(ValueError, hw.shapes_of, too_large, (3, 5, 2))


@points(1)
def test_q1_same(hw):
    """(7, 10, 1) through a convolution with same padding and stride 2, and average pooling."""
    # 7 / 2 and 10 / 2, rounded up: 4 and 5; pooling: (4 − 3) / 2 + 1 → 1, (5 − 2) / 2 + 1 → 2
    table = [("conv", 5, (3, 3), 2, "same"), ("average", (3, 2), 2)]
    assert close(hw.shapes_of(table, (7, 10, 1)), [(4, 5, 5), (1, 2, 5)])


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_every_kind(hw):
    """(5, 4, 2) through the convolution from the text, pooling, flatten and a dense row."""
    # conv: 2·3·2·3 = 36 weights, 3 biases, 4 · 2 places; max 3 × 1 with stride 1 leaves
    # (2, 2, 3); flattened 12; dense: 12 · 5 = 60 weights, 5 biases
    table = [("conv", 3, (2, 3), 1, "valid"), ("max", (3, 1), 1), ("flatten",), ("dense", 5)]
    assert close(hw.prices_of(table, (5, 4, 2)), [(39, 288), (0, 0), (0, 0), (65, 60)])


@points(1)
def test_q2_two_convolutions(hw):
    """Two convolutions after each other, the second with stride 2 and same padding."""
    # first: 1·1·3·2 = 6 weights, 2 biases, 5 · 3 places; the second reads 2 channels:
    # 3·3·2·4 = 72 weights, 4 biases, 3 · 2 places (5 / 2 and 3 / 2, rounded up)
    table = [("conv", 2, (1, 1), 1, "same"), ("conv", 4, (3, 3), 2, "same")]
    assert close(hw.prices_of(table, (5, 3, 3)), [(8, 90), (76, 432)])


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_lenet_rows(hw):
    """LeNet-5 for seven classes: the kinds of its rows, and its last row."""
    table = hw.lenet_table(7)
    kinds = ["conv", "average", "conv", "average", "flatten", "dense", "dense", "dense"]
    assert close([row[0] for row in table], kinds)
    assert close(table[-1], ("dense", 7))


@points(1)
def test_q3_little_vgg(hw):
    """The table from the text, with one and two convolutions, 4 and at most 6 filters."""
    want = [("conv", 4, (3, 3), 1, "same"), ("max", (2, 2), 2)]
    want += [("conv", 6, (3, 3), 1, "same"), ("conv", 6, (3, 3), 1, "same"), ("max", (2, 2), 2)]
    want += [("flatten",), ("dense", 5)]
    assert close(hw.vgg_table((1, 2), 4, 6, (5,)), want)


# --- q4 --------------------------------------------------------------------------------------


def made_of(answers, table, shape):
    """Build a network; return its output's shape for two pictures, and what it is made of."""
    import math

    import keras
    import numpy as np

    model = answers.build_network(table, shape)
    if not isinstance(model, keras.Model):
        made = "None" if model is None else type(model).__name__
        return f"build_network: expected a keras.Model, got {made}"
    if not model.weights:
        return "the model has no weights before its first call: does it know its input's shape?"
    outputs = model(np.zeros((2, *shape), "float32"), training=False)
    learnt = sum(math.prod(one.shape) for one in model.trainable_variables)
    return tuple(outputs.shape), len(model.weights), learnt


def with_numbers(answers, table, shape, numbers, pictures):
    """Build a network, give each of its arrays of weights the numbers, by its size; ask it."""
    import math

    import keras

    model = answers.build_network(table, shape)
    if not isinstance(model, keras.Model):
        made = "None" if model is None else type(model).__name__
        return f"build_network: expected a keras.Model, got {made}"
    if not model.weights:
        return "the model has no weights before its first call: does it know its input's shape?"
    for variable in model.weights:
        kind, size = variable.path.split("/")[-1], tuple(variable.shape)
        if kind not in numbers:
            return f"your model has weights named {kind!r}, expected kernels and biases"
        if math.prod(size) > len(numbers[kind]):
            most = f"expected at most {len(numbers[kind])} numbers in each"
            return (
                f"your model has a {kind} of the shape {size}, {most}: do the rows before it fit?"
            )
        variable.assign(numbers[kind][: math.prod(size)].reshape(size))
    return model(pictures, training=False)


@points(1)
def test_q4_size(hw):
    """(6, 5, 2) through a convolution, average pooling, flatten and two dense rows."""
    # conv: 3·2·2·4 + 4 = 52, gives (4, 4, 4); pooling, its stride 1: (3, 3, 4); flattened 36;
    # dense 36 · 3 + 3 = 111 and 3 · 2 + 2 = 8: together 171, in three kernels and three biases
    table = [("conv", 4, (3, 2), 1, "valid"), ("average", (2, 2), 1)]
    table += [("flatten",), ("dense", 3), ("dense", 2)]
    got = ask(hw, "build_network", made_of, table, (6, 5, 2))
    names = "the output's shape for 2 pictures", "arrays of weights", "numbers that are learnt"
    assert close(got, ((2, 2), 6, 171), parts=names)


@points(1)
def test_q4_three_pixels(hw):
    """The three pixels 1, 2, 4 from the text, and three others."""
    # weights 3 and −2, bias −1: 1, 2, 4 → −2 and −3, so 0 and 0 after the ReLU, the larger is 0;
    # 0, 5, 1 → −11, so 0, and 12, the larger is 12. The dense layer has the weights 3 and −2 as
    # well, and the biases −1 and 4: 3 · 0 − 1 and −2 · 0 + 4; 3 · 12 − 1 and −2 · 12 + 4. No
    # ReLU comes behind it: −1 and −20 stay.
    table = [("conv", 1, (1, 2), 1, "valid"), ("max", (1, 2), 1), ("flatten",), ("dense", 2)]
    numbers = {"kernel": np.array([3.0, -2]), "bias": np.array([-1.0, 4])}
    pictures = np.array([[1, 2, 4], [0, 5, 1]], "float32").reshape(2, 1, 3, 1)
    setting = table, (1, 3, 1), numbers, pictures
    want = np.array([[-1, 4], [35, -20.0]])
    got = ask(hw, "build_network", with_numbers, *setting)
    assert close(got[:1], want[:1], name="scores for the pixels 1, 2, 4")
    assert close(got[1:], want[1:], name="scores for the pixels 0, 5, 1")


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_table(hw):
    """A table for (8, 6, 2) with a convolution, pooling, flatten and two dense rows."""
    # conv gives (6, 6, 3), the pooling (3, 2, 3): the first dense row has windows of 3 × 2
    before = [("conv", 3, (3, 1), 1, "valid"), ("max", (2, 3), 2)]
    after = [("conv", 7, (3, 2), 1, "valid"), ("conv", 4, (1, 1), 1, "valid")]
    table = [*before, ("flatten",), ("dense", 7), ("dense", 4)]
    assert close(hw.as_convolutions(table, (8, 6, 2)), before + after)


def strip_read(answers, table, shape, kernel, bias, pictures):
    """Build a network with one array of weights and one of biases, widen it, and ask it."""
    import keras

    network = answers.build_network(table, shape)
    if not isinstance(network, keras.Model):
        return "build_network gives no keras.Model: see question 4"
    if [tuple(one.shape) for one in network.weights] != [kernel.shape, bias.shape]:
        return "build_network gives a model with other weights: see question 4"
    network.set_weights([kernel, bias])
    wide = tuple(pictures.shape[1:])
    larger = answers.widen(network, table, shape, wide)
    if not isinstance(larger, keras.Model):
        made = "None" if larger is None else type(larger).__name__
        return f"widen: expected a keras.Model, got {made}"
    reads = tuple(getattr(larger, "input_shape", None) or ())[1:]
    if any(one not in (None, other) for one, other in zip(reads, wide, strict=False)):
        return f"the widened network reads {reads}, expected {wide}"
    return larger(pictures, training=False)


@points(1)
def test_q5_strip(hw):
    """The strip 1, 2, 3, 4 from the text, read by windows of two pixels."""
    setting = [("flatten",), ("dense", 1)], (1, 2, 1), np.array([[10.0], [1]]), np.array([0.5])
    strip = np.array([1, 2, 3, 4], "float32").reshape(1, 1, 4, 1)
    want = np.array([12.5, 23.5, 34.5]).reshape(1, 1, 3, 1)
    assert close(ask(hw, "widen", strip_read, *setting, strip), want)


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_kind(hw):
    """Five whole numbers greater than 0; whether they are right is not tested here."""
    for name in ("places", "step", "separately", "together", "fewer"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 0, f"{name}: expected a number greater than 0, got {number!r}"
