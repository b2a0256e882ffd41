"""The tests of homework 4 that students do not see. The first line of each is their hint.

Weights are drawn from the grader's seed by kind and size, so that the order of layers and their
names do not matter; what is right comes from the reference, or was worked by hand.
"""

from cnnutils.homework.testing import close, points, raises


def computed(answers, name, args, seed, maps, training, kinds):
    """Build a model, draw the weights of these kinds, and let it see maps.

    Returns:
        What it gives, and its stored averages afterwards, in order of size.
    """
    import math

    import keras
    import numpy as np

    model = getattr(answers, name)(*args)
    model(maps, training=False)
    for variable in model.weights:
        shape, kind = tuple(variable.shape), variable.path.split("/")[-1]
        if kind not in kinds:
            continue
        key = f"{kind} {'last_norm' in variable.path}"
        rng = np.random.default_rng([seed, math.prod(shape), shape[-1], *key.encode()])
        drawn = rng.normal(size=shape)
        if kind == "kernel":
            # in training so large that nobody's ε counts beside the batch's variance
            drawn *= math.sqrt((60 if training else 2) * shape[-1] / math.prod(shape))
        elif kind != "bias":
            drawn = rng.uniform(0.5, 1.5, size=shape) - (kind in ("beta", "moving_mean"))
        variable.assign(drawn)
    outputs = keras.ops.convert_to_numpy(model(maps, training=training))
    stored = [
        keras.ops.convert_to_numpy(one + 0).ravel()
        for one in model.weights
        if one.path.endswith(("moving_mean", "moving_variance"))
    ]
    return outputs, np.sort(np.concatenate(stored))


NEARLY = 0.01  # whatever ε batch normalisation has
KERNELS = ["kernel", "bias"]
ALL = [*KERNELS, "gamma", "beta", "moving_mean", "moving_variance"]


def same(hw, reference, rng, name, args, *, training=False, kinds=ALL, images=3):
    """Compare what an answer's model computes with what the reference's does."""
    getattr(hw, name)
    maps = rng.normal(size=(images, *args[0])).astype("float32")
    setting = name, args, int(rng.integers(2**31)), maps, training, kinds
    return close(hw.run(computed, *setting), computed(reference, *setting), tolerance=NEARLY)


# --- q1 --------------------------------------------------------------------------------------


@points(2)
def test_q1_outputs(hw, reference, rng):
    """Several maps that are not square, with negative numbers, and weights as after a training."""
    for args in ([(5, 3, 8), 2], [(2, 6, 12), 3]):
        assert same(hw, reference, rng, "build_identity_block", args)


@points(1)
def test_q1_training(hw, reference, rng):
    """A step of training: the batch's own averages, and the stored ones, which move with 0.9."""
    assert same(hw, reference, rng, "build_identity_block", [(4, 3, 8), 2], training=True)


def build(answers, shape, filters):
    """Build an identity block, and say so."""
    answers.build_identity_block(shape, filters)
    return "a model"


@points(1)
def test_q1_misfits(hw):
    """Channels that fit to the sum, and numbers of channels that do not."""
    assert hw.build_identity_block
    assert close(hw.run(build, (2, 3, 4), 1), "a model")
    for shape, filters in (((4, 8, 6), 2), ((3, 3, 1), 4), ((8, 3, 3), 3), ((4, 4, 1), 1)):
        assert raises(ValueError, hw.run, build, shape, filters)


# --- q2 --------------------------------------------------------------------------------------


@points(2)
def test_q2_outputs(hw, reference, rng):
    """Strides of one and of three on maps that are not square, with weights as after a training."""
    for args in ([(4, 3, 8), 2, 1], [(7, 4, 5), 1, 3]):
        assert same(hw, reference, rng, "build_projection_block", args)


@points(1)
def test_q2_training(hw, reference, rng):
    """A step of training, with all the averages that the block stores."""
    assert same(hw, reference, rng, "build_projection_block", [(5, 4, 3), 2, 2], training=True)


# --- q3 --------------------------------------------------------------------------------------


def hushed(answers, name, args, seed, maps):
    """Build a block, draw all its weights, silence it; return its output, and what changed."""
    import math

    import keras
    import numpy as np

    block = getattr(answers, name)(*args)
    for variable in block.weights:
        shape, kind = tuple(variable.shape), variable.path.split("/")[-1]
        key = f"{kind} {'last_norm' in variable.path}"
        rng = np.random.default_rng([seed, math.prod(shape), shape[-1], *key.encode()])
        variable.assign(rng.uniform(0.5, 1.5, size=shape) - (kind == "kernel"))
    before = [np.array(keras.ops.convert_to_numpy(one + 0)) for one in block.weights]
    answers.silence(block)
    changed = [
        variable.path.split("/")[-1]
        for variable, old in zip(block.weights, before, strict=True)
        if np.any(old != keras.ops.convert_to_numpy(variable + 0))
    ]
    return {
        "output": keras.ops.convert_to_numpy(block(maps, training=False)),
        "changed": sorted(changed),
        "still learnt": len(block.trainable_variables),
    }


def same_silence(hw, reference, rng, name, args):
    """Compare a silenced block with the reference's."""
    assert hw.silence
    setting = name, args, int(rng.integers(2**31)), rng.normal(size=(2, *args[0])).astype("float32")
    return close(hw.run(hushed, *setting), hushed(reference, *setting), tolerance=NEARLY)


@points(1)
def test_q3_identity(hw, reference, rng):
    """An identity block with weights as after a training, and maps with negative numbers."""
    assert same_silence(hw, reference, rng, "build_identity_block", [(3, 4, 8), 2])


@points(1)
def test_q3_projection(hw, reference, rng):
    """A projection block with weights as after a training: what it gives, and what has changed."""
    assert same_silence(hw, reference, rng, "build_projection_block", [(4, 3, 5), 2, 2])


# --- q4 --------------------------------------------------------------------------------------


@points(2)
def test_q4_tables(hw, reference, rng):
    """Tables of up to four stages, with one or more blocks each, and other channels and classes."""
    for stages in (1, 2, 3, 4):
        table = [tuple(row) for row in rng.integers(1, 9, size=(stages, 3)).tolist()]
        setting = rng.integers(1, 9, size=3).tolist()
        args = setting[0], setting[1], table, setting[2]
        assert close(hw.count_parameters(*args), reference.count_parameters(*args))


@points(1)
def test_q4_large(hw):
    """A table as deep and wide as the networks of the chapter."""
    # ResNet-50: 25,636,712 in Keras, less 26,560 biases and (49 − 9)·3·64 weights of the stem;
    # 53,120 of them are kept.
    table = [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]
    learnt = 25_636_712 - 26_560 - 7_680 - 53_120
    assert close(hw.count_parameters(3, 64, table, 1000), (learnt, 53_120))


# --- q5 --------------------------------------------------------------------------------------


@points(2)
def test_q5_outputs(hw, reference, rng):
    """A table in which a first block would fit without a projection; images that are not square."""
    args = [(6, 5, 1), 4, [(1, 1, 1), (2, 2, 2)], 5]
    assert same(hw, reference, rng, "build_resnet", args)


@points(1)
def test_q5_start(hw, reference, rng):
    """A network as it is built, with drawn kernels, in the first step of its training."""
    args = [(4, 5, 2), 3, [(1, 2, 1), (2, 1, 2)], 4]
    assert same(hw, reference, rng, "build_resnet", args, training=True, kinds=KERNELS)


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_counts(hw):
    """How many paths there are, through twelve convolutions, and past silenced blocks."""
    # Nine blocks, two choices each. Seven are left to choose at.
    assert close(hw.paths, 512)
    assert close(hw.left, 128)
    # 3 + 2a + 3b = 12: a = 0, b = 3 in C(6, 3) = 20 ways, a = 3, b = 1 in C(6, 1) = 6.
    assert close(hw.twelve, 26)


@points(1)
def test_q6_share(hw):
    """Which share came through at most one bottleneck."""
    # All paths: (1 + 1/4)⁹ = 7.450581; through none 1, through one 9 · 1/4.
    assert close(hw.share, 0.436208, tolerance=1e-4)
