"""The tests of homework 3 that students do not see. The first line of each is their hint.

Weights are drawn from the grader's seed by kind and size, so that the order of layers and their
names do not matter; what is right comes from the reference, or was worked by hand.
"""

from cnnutils.homework.testing import close, points, raises


def drawn_table(rng, *, blocks, dense):
    """Draw a table whose windows fit into (67, 58, 2), without flatten where dense is 0."""
    table = []
    for number in range(blocks):
        filters, *window = (int(n) for n in rng.integers((2, 1, 1), (6, 4, 4)))
        stride = int(rng.integers(1, 3)) if number == 0 else 1
        table.append(("conv", filters, tuple(window), stride, ("valid", "same")[number % 2]))
        window = tuple(int(n) for n in rng.permutation([2, 3]))
        table.append((("max", "average")[number % 2], window, int(rng.integers(1, 3))))
    table += [("flatten",)] * (dense > 0)
    return table + [("dense", int(rng.integers(2, 7))) for _ in range(dense)]


SHAPE = (67, 58, 2)
SMALL = (23, 19, 2)  # for two blocks


# --- q1 --------------------------------------------------------------------------------------


@points(2)
def test_q1_tables(hw, reference, rng):
    """Tables with windows and maps that are not square, several strides, both paddings."""
    for blocks, dense in ((1, 0), (2, 2), (3, 1), (3, 0)):
        table = drawn_table(rng, blocks=blocks, dense=dense)
        assert close(hw.shapes_of(table, SHAPE), reference.shapes_of(table, SHAPE))
    # strides beyond the window, a row of numbers as the input, an empty table
    table = [("conv", 2, (2, 1), 5, "same"), ("conv", 3, (1, 2), 4, "valid"), ("flatten",)]
    assert close(hw.shapes_of(table, (11, 46, 1)), [(3, 10, 2), (1, 3, 3), (9,)])
    assert close(hw.shapes_of([("dense", 3), ("dense", 2)], (9,)), [(3,), (2,)])
    assert close(hw.shapes_of([], (4, 3, 2)), [])


@points(1)
def test_q1_mistakes(hw):
    """Windows that only just fit, and tables with mistakes in them."""
    fits = [("conv", 2, (5, 4), 3, "valid"), ("flatten",)]
    assert close(hw.shapes_of(fits, (5, 4, 3)), [(1, 1, 2), (2,)])
    assert close(hw.shapes_of([("conv", 2, (7, 7), 2, "same")], (5, 4, 3)), [(3, 2, 2)])
    for table in (
        [("conv", 2, (6, 1), 2, "valid")],
        [("max", (1, 5), 1)],
        [("average", (2, 2), 2), ("max", (3, 1), 2)],
        [("dense", 3)],
        [("flatten",), ("max", (1, 1), 1)],
        [("flatten",), ("dense", 4), ("conv", 2, (1, 1), 1, "same")],
    ):
        assert raises(ValueError, hw.shapes_of, table, (5, 4, 3))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_tables(hw, reference, rng):
    """Tables with windows and maps that are not square, several strides, both paddings."""
    for blocks, dense in ((1, 0), (2, 2), (3, 1)):
        table = drawn_table(rng, blocks=blocks, dense=dense)
        assert close(hw.prices_of(table, SHAPE), reference.prices_of(table, SHAPE))


@points(1)
def test_q2_large(hw, reference):
    """A table as deep and wide as the networks of the chapter; one that reads a row of numbers."""
    # VGG-16 in the chapter's table: 138,357,544 parameters, 15,470,264,320 MACs
    table = reference.vgg_table((2, 2, 3, 3, 3), 64, 512, (4096, 4096, 1000))
    prices = hw.prices_of(table, (224, 224, 3))
    assert close(
        [sum(column) for column in zip(*prices, strict=True)], [138_357_544, 15_470_264_320]
    )
    assert close(hw.prices_of([("dense", 3), ("dense", 2)], (9,)), [(30, 27), (8, 6)])


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_lenet(hw):
    """LeNet-5 for other numbers of classes: every number in its rows."""
    table = [("conv", 6, (5, 5), 1, "valid"), ("average", (2, 2), 2)]
    table += [("conv", 16, (5, 5), 1, "valid"), ("average", (2, 2), 2)]
    table += [("flatten",), ("dense", 120), ("dense", 84)]
    for classes in (10, 3):
        assert close(hw.lenet_table(classes), [*table, ("dense", classes)])


@points(1)
def test_q3_vggs(hw, reference, rng):
    """The paper's networks, and drawn ones, with other numbers of blocks, filters and units."""
    for counts in ((1, 1, 2, 2, 2), (2, 2, 4, 4, 4)):
        setting = counts, 64, 512, (4096, 4096, 1000)
        assert close(hw.vgg_table(*setting), reference.vgg_table(*setting))
    for blocks in (1, 3, 4):
        counts = tuple(int(n) for n in rng.integers(1, 5, size=blocks))
        first, head = int(rng.integers(3, 9)), tuple(int(n) for n in rng.integers(2, 9, size=2))
        for most in (first, 3 * first, 100):
            setting = counts, first, most, head
            assert close(hw.vgg_table(*setting), reference.vgg_table(*setting))


# --- q4 --------------------------------------------------------------------------------------


def computed(answers, table, shape, wide, seed, pictures):
    """Build a network, widen it if asked to, draw its weights first; let it see pictures."""
    import math

    import keras
    import numpy as np

    network = answers.build_network(table, shape)
    before = network.get_weights()
    for variable in network.weights:
        size = tuple(variable.shape)
        kind = variable.path.split("/")[-1]
        rng = np.random.default_rng([seed, math.prod(size), size[-1], *kind.encode()])
        spread = math.sqrt(3 * size[-1] / math.prod(size)) if kind == "kernel" else 0.3
        variable.assign(rng.normal(size=size) * spread)
    reader = answers.widen(network, table, shape, wide) if wide else network
    outputs = keras.ops.convert_to_numpy(reader(pictures, training=False))
    if wide:  # the old network still gives scores for pictures of its own size
        pictures = pictures[:, : shape[0], : shape[1]]
        return outputs, keras.ops.convert_to_numpy(network(pictures, training=False))
    return outputs, sum(array.size for array in before)


def same(hw, reference, rng, table, shape, wide=None):
    """Compare what an answer's network computes with what the reference's does."""
    assert hw.widen if wide else hw.build_network
    pictures = rng.normal(size=(3, *(wide or shape))).astype("float32")
    setting = table, shape, wide, int(rng.integers(2**31)), pictures
    return close(hw.run(computed, *setting), computed(reference, *setting), tolerance=1e-4)


@points(2)
def test_q4_scores(hw, reference, rng):
    """Tables that end in dense rows, on pictures that are not square, with negative numbers."""
    for dense in (1, 3):
        table = drawn_table(rng, blocks=2, dense=dense)
        table[-1] = ("dense", 7)  # no other row is like the last one; two equal rows come below
        assert same(hw, reference, rng, table, SMALL)


@points(1)
def test_q4_maps(hw, reference, rng):
    """Tables without dense rows, with several strides, and with two equal rows."""
    assert same(hw, reference, rng, drawn_table(rng, blocks=1, dense=0), SMALL)
    twice = ("conv", 2, (3, 2), 2, "same")
    assert same(hw, reference, rng, [twice, twice], (7, 6, 2))


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_tables(hw, reference, rng):
    """Tables with one to three dense rows, on pictures that are not square."""
    for dense in (1, 2, 3):
        table = drawn_table(rng, blocks=dense - 1, dense=dense)
        assert close(hw.as_convolutions(table, SHAPE), reference.as_convolutions(table, SHAPE))


@points(2)
def test_q5_scores(hw, reference, rng):
    """Pictures that are larger in both directions, several dense rows, and the old network."""
    table = [
        ("conv", 3, (3, 2), 1, "valid"),
        ("average", (2, 1), 2),
        ("conv", 2, (1, 2), 1, "same"),
    ]
    table += [("flatten",), ("dense", 5), ("dense", 4)]
    assert same(hw, reference, rng, table, (8, 5, 2), (12, 9, 2))


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_windows(hw):
    """How many places there are, and how far apart; and the stack."""
    # 102 → 100 → 50 → 48 → 16 → 15 with the window of 2 × 2 that the dense row has become
    assert close(hw.places, 15)
    assert close(hw.step, 6)
    # one: 121 · 36 + 6 = 4362; five of 3 × 3 see 11 × 11: 5 · (324 + 6) = 1650
    assert close(hw.fewer, 2712)


@points(1)
def test_q6_multiplications(hw):
    """How many multiplications it takes, window by window and at one go."""
    # a window: 256 · 45 + 36 · 360 + 32 · 4 = 24608
    assert close(hw.separately, 15 * 24_608)
    # the strip: 1600 · 45 + 288 · 360 + 15 · 128
    assert close(hw.together, 177_600)
