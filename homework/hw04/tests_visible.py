"""The tests of homework 4 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points

# Batch normalisation divides by √(1 + ε) at the start, so 12 comes out as 11.98.
NEARLY = 0.005


def ask(hw, name, helper, *args):
    """Let a helper run where the models live, if the answer that it is about is there."""
    getattr(hw, name)
    return hw.run(helper, *args)


def sizes(answers, name, args):
    """Build a model; return its output's shape for two inputs, and what it is made of."""
    import math

    import numpy as np

    model = getattr(answers, name)(*args)
    outputs = model(np.zeros((2, *args[0]), "float32"), training=False)
    kinds = [variable.path.split("/")[-1] for variable in model.weights]
    last = [variable.path for variable in model.weights if "last_norm/gamma" in variable.path]
    return {
        "output": tuple(outputs.shape),
        "called last_norm": len(last),
        "kernels": kinds.count("kernel"),
        "biases": kinds.count("bias"),
        "normalisations": kinds.count("gamma"),
        "learnt": sum(math.prod(one.shape) for one in model.trainable_variables),
    }


def by_hand(answers, name, args, kernels, maps):
    """Build a model, give it kernels, each where it fits, and let it see maps.

    Returns:
        The shapes of the kernels that fit nowhere, and what the model gives.
    """
    import math

    model = getattr(answers, name)(*args)
    model(maps, training=False)
    homeless = [tuple(kernel.shape) for kernel in kernels]
    for variable in model.weights:
        for kernel in kernels:
            shape = tuple(variable.shape)
            same_size = math.prod(shape) == kernel.size
            if variable.path.endswith("kernel") and same_size and shape[-2:] == kernel.shape[-2:]:
                variable.assign(kernel.reshape(shape))
                homeless = [one for one in homeless if one != tuple(kernel.shape)]
    return homeless, model(maps, training=False)


def same_by_hand(hw, name, args, kernels, maps, want):
    """Compare what a model with these kernels gives with what was worked by hand."""
    homeless, got = ask(hw, name, by_hand, name, args, kernels, maps)
    assert not homeless, f"your block has no kernel of the shape {homeless[0]}"
    return close(got, want, tolerance=NEARLY)


# --- q1 --------------------------------------------------------------------------------------


def one_conv_norm(answers):
    """Make a model of one conv_norm; return its output's shape, and what it is made of."""
    import math

    import keras

    inputs = keras.Input((8, 7, 3))
    model = keras.Model(inputs, answers.conv_norm(inputs, 5, 3, 2, "mine"))
    return {
        "output": tuple(model.output_shape[1:]),
        "biases": sum(one.path.endswith("bias") for one in model.weights),
        "learnt": sum(math.prod(one.shape) for one in model.trainable_variables),
        "called mine": "mine" in [layer.name for layer in model.layers],
    }


@points(1)
def test_q1_conv_norm(hw):
    """conv_norm: 8 × 7 pixels with 3 channels, five filters of 3 × 3, a stride of two."""
    # Same padding: 8 / 2 = 4 rows, 7 / 2 = 3.5, rounded up 4 columns.
    # 5 · 3·3·3 = 135 weights, 5 γ and 5 β.
    want = {"output": (4, 4, 5), "biases": 0, "learnt": 145, "called mine": True}
    assert close(ask(hw, "conv_norm", one_conv_norm), want)


@points(1)
def test_q1_size(hw):
    """5 × 4 pixels, 8 channels, 2 filters: what the identity block is made of."""
    # Weights: 8·2 + 9·2·2 + 2·8 = 68; γ and β: 2 · (2 + 2 + 8) = 24.
    want = {"output": (2, 5, 4, 8), "called last_norm": 1}
    want |= {"kernels": 3, "biases": 0, "normalisations": 3, "learnt": 92}
    assert close(
        ask(hw, "build_identity_block", sizes, "build_identity_block", [(5, 4, 8), 2]), want
    )


@points(1)
def test_q1_pixel(hw):
    """The pixel (1, 0, 2, 3) from the text, and one with a negative number."""
    # (1, 0, 2, 3) → 6 → 12 → (12, −12, 0, 3); plus the input (13, −12, 2, 6) → (13, 0, 2, 6)
    # (2, −5, 1, 0) → −2 → 0 → 0 → (0, 0, 0, 0); plus the input (2, −5, 1, 0) → (2, 0, 1, 0)
    centre = np.zeros((3, 3, 1, 1), "float32")
    centre[1, 1] = 2
    kernels = [
        np.ones((1, 1, 4, 1), "float32"),
        centre,
        np.array([1, -1, 0, 0.25], "float32").reshape(1, 1, 1, 4),
    ]
    pixels = np.array([[1, 0, 2, 3], [2, -5, 1, 0]], "float32").reshape(2, 1, 1, 4)
    want = np.array([[13, 0, 2, 6], [2, 0, 1, 0.0]]).reshape(2, 1, 1, 4)
    assert same_by_hand(hw, "build_identity_block", [(1, 1, 4), 1], kernels, pixels, want)


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_size(hw):
    """5 × 4 pixels, 3 channels, 2 filters, a stride of two: what the block is made of."""
    # 5 / 2 is rounded up. Weights: 3·2 + 9·2·2 + 2·8 = 58, and 3·8 = 24 of the shortcut;
    # γ and β: 2 · (2 + 2 + 8 + 8) = 40.
    want = {"output": (2, 3, 2, 8), "called last_norm": 1}
    want |= {"kernels": 4, "biases": 0, "normalisations": 4, "learnt": 122}
    setting = "build_projection_block", [(5, 4, 3), 2, 2]
    assert close(ask(hw, "build_projection_block", sizes, *setting), want)


@points(1)
def test_q2_corners(hw):
    """The 3 × 3 pixels from the text, with a stride of two."""
    # The corners 1, 3, 7, 9 add up to 20, everywhere: (0, 20, −20, 0). The shortcut adds
    # (c, −c, 0, 1): (c, 20 − c, −20, 1), and the ReLU makes 0 of −20.
    kernels = [
        np.array([1, 0], "float32").reshape(1, 1, 2, 1),
        np.ones((3, 3, 1, 1), "float32"),
        np.array([0, 1, -1, 0], "float32").reshape(1, 1, 1, 4),
        np.array([[1, -1, 0, 0], [0, 0, 0, 1]], "float32").reshape(1, 1, 2, 4),
    ]
    maps = np.ones((1, 3, 3, 2), "float32")
    maps[0, :, :, 0] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    want = np.array([[[1, 19, 0, 1], [3, 17, 0, 1]], [[7, 13, 0, 1], [9, 11, 0, 1.0]]])[np.newaxis]
    assert same_by_hand(hw, "build_projection_block", [(3, 3, 2), 1, 2], kernels, maps, want)


# --- q3 --------------------------------------------------------------------------------------


def silenced(answers, shape, filters, maps):
    """Build an identity block, make every number in it 0.5, silence it, and let it see maps.

    Returns:
        What it gives, and the variables of its last normalisation.
    """
    import keras
    import numpy as np

    block = answers.build_identity_block(shape, filters)
    block(maps, training=False)
    for variable in block.weights:
        variable.assign(np.full(tuple(variable.shape), 0.5, "float32"))
    answers.silence(block)
    last = {
        variable.path.split("/")[-1]: keras.ops.convert_to_numpy(variable + 0)
        for variable in block.weights
        if "last_norm" in variable.path
    }
    return block(maps, training=False), last


@points(1)
def test_q3_pixel(hw):
    """The pixel (3, 0, 1, 5), in an identity block whose numbers are all 0.5 before."""
    pixel = np.array([3, 0, 1, 5], "float32").reshape(1, 1, 1, 4)
    got, last = ask(hw, "silence", silenced, (1, 1, 4), 1, pixel)
    assert close(got, pixel)
    for name in ("gamma", "beta"):
        message = f"{name} is still {last[name][0]:g}: a variable is changed by assign"
        assert not np.any(last[name]), message
    for name in ("moving_mean", "moving_variance"):
        message = f"{name} is a stored average and stays 0.5, as it was; got {last[name][0]:g}"
        assert np.all(last[name] == 0.5), message


# --- q4 --------------------------------------------------------------------------------------


def same_count(hw, args, want):
    """Compare a count; the message says which table it was, and which of the two numbers."""
    names = (f"count_parameters{args}, {name}" for name in ("learnt", "kept"))
    return close(hw.count_parameters(*args), want, parts=names)


@points(1)
def test_q4_no_block(hw):
    """The network without blocks from the text, and one with three channels and two classes."""
    # 3 channels, stem 4: 9·3·4 = 108 and 2·4 = 8; dense (4 + 1) · 2 = 10
    for args, want in (((1, 2, [], 3), (31, 4)), ((3, 4, [], 2), (126, 8))):
        assert same_count(hw, args, want)


@points(1)
def test_q4_one_stage(hw):
    """One stage with one block, with two, and with one that would fit without a projection."""
    # One channel, a stem of 2 filters, a stage of 1 filter, 3 classes.
    # Stem 18 and 2·2 = 4. Projection block: weights 2·1 + 9 + 1·4 = 15, and 2·4 = 8 of the
    # shortcut; γ and β 2 · (1 + 1 + 4 + 4) = 20. Dense (4 + 1) · 3 = 15. Together 80.
    assert same_count(hw, (1, 2, [(1, 1, 1)], 3), (80, 24))
    # Identity block: weights 4·1 + 9 + 1·4 = 17; γ and β 2 · (1 + 1 + 4) = 12.
    assert same_count(hw, (1, 2, [(1, 2, 1)], 3), (109, 36))
    # A stem of 4 filters, as many as leave the block: 36 and 2·4 = 8. The first block projects,
    # whatever the shapes: 4·1 + 9 + 1·4 = 17, and 4·4 = 16 of the shortcut; 20; dense 15.
    assert same_count(hw, (1, 4, [(1, 1, 1)], 3), (112, 28))


# --- q5 --------------------------------------------------------------------------------------


def last_block(answers, args, maps):
    """Build a network; return its number of blocks, what the last makes of maps, and scores."""
    import keras
    import numpy as np

    model = answers.build_resnet(*args)
    blocks = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    scores = model(np.zeros((1, *args[0]), "float32"), training=False)
    return len(blocks), blocks[-1](maps, training=False), scores


@points(1)
def test_q5_size(hw):
    """The network from the text, with ten classes: what it is made of."""
    # Weights: stem 72; stage 1: 32 + 144 + 64 + 128 and 64 + 144 + 64; stage 2:
    # 128 + 576 + 256 + 512 and twice 256 + 576 + 256: 4360. Normalised channels:
    # 8; 4 + 4 + 16 + 16 and 4 + 4 + 16; 8 + 8 + 32 + 32 and twice 8 + 8 + 32: 248,
    # hence 496 γ and β. Dense (32 + 1) · 10. Together 5186; 1 + 4 + 3 + 4 + 3 + 3 + 1 kernels.
    want = {"output": (2, 10), "called last_norm": 5}
    want |= {"kernels": 19, "biases": 1, "normalisations": 18, "learnt": 5186}
    setting = "build_resnet", [(8, 8, 1), 8, [(4, 2, 1), (8, 3, 2)], 10]
    assert close(ask(hw, "build_resnet", sizes, *setting), want)


@points(1)
def test_q5_silent(hw):
    """A network of five blocks that was not trained: the last block passes its input on."""
    maps = (np.arange(2 * 3 * 3 * 16).reshape(2, 3, 3, 16) % 7).astype("float32")
    setting = [(6, 6, 1), 3, [(1, 2, 1), (4, 3, 2)], 4]
    *got, scores = ask(hw, "build_resnet", last_block, setting, maps)
    assert close(tuple(got), (5, maps), parts=("blocks", "output of the last block"))
    assert abs(np.sum(scores) - 1) > 1e-3, "the scores add up to 1: is there a softmax?"


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_kind(hw):
    """Three whole numbers, and a fraction; whether they are right is not tested here."""
    for name in ("paths", "twelve", "left"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 0, f"{name}: expected a number greater than 0, got {number!r}"
    share = hw.share
    is_real = isinstance(share, (float, np.floating)) and 0 < share < 1
    message = f"share: expected a decimal number (float) between 0 and 1, got {share!r}"
    assert is_real, message
