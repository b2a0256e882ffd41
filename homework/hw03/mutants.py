"""Answers of homework 3 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant(
        "q1",
        "rounds up without padding as well",
        "(n - f) // stride + 1",
        "-(-(n - f) // stride) + 1",
    ),
    Mutant("q1", "keeps the size with same padding, whatever the stride", "-(-n // stride)", "n"),
    Mutant("q1", "rounds down with same padding", "-(-n // stride)", "n // stride"),
    Mutant(
        "q1",
        "swaps the window's rows and columns",
        "zip(shape, window)",
        "zip(shape, window[::-1])",
    ),
    Mutant("q1", "lets a window pass that does not fit", "min(sides) < 1", "min(sides) < -99"),
    Mutant(
        "q2",
        "counts a bias for each place",
        "weights * places))",
        "(weights + biases) * places))",
    ),
    Mutant("q2", "forgets the biases", "(weights + biases, ", "(weights, "),
    Mutant(
        "q2",
        "multiplies at every place of the input",
        "gives[0] * gives[1] if len(gives) == 3",
        "read[0] * read[1] if len(read) == 3",
    ),
    Mutant("q2", "always reads the picture's channels", "        read = gives\n", ""),
    Mutant("q2", "takes the window for a square", "row[2][0] * row[2][1]", "row[2][0] ** 2"),
    Mutant(
        "q3",
        "pools by the maximum in LeNet",
        '("conv", 16, (5, 5), 1, "valid"), ("average"',
        '("conv", 16, (5, 5), 1, "valid"), ("max"',
    ),
    Mutant(
        "q3",
        "pads LeNet's first convolution, as one does for 28 × 28 pixels",
        '("conv", 6, (5, 5), 1, "valid")',
        '("conv", 6, (5, 5), 1, "same")',
    ),
    Mutant("q3", "doubles without end", "min(2 * filters, most)", "2 * filters"),
    Mutant(
        "q3",
        "doubles with every convolution",
        "min(2 * filters, most)",
        "min(2**count * filters, most)",
    ),
    Mutant("q3", "forgets to flatten", '("flatten",), *((', "*(("),
    Mutant(
        "q4",
        "forgets the ReLUs",
        'kind in ("conv", "dense") and number < len(table)',
        "False",
    ),
    Mutant("q4", "puts a ReLU behind the last row", " and number < len(table)", ""),
    Mutant("q4", "leaves the dense layers without ReLU", '("conv", "dense")', '("conv",)'),
    Mutant(
        "q4",
        "moves pooling windows by their own size",
        "make[kind](*setting)(x)",
        'make[kind](*setting[:1 if kind in ("max", "average") else 4])(x)',
    ),
    Mutant(
        "q4",
        "flattens by a mean of each map",
        '"flatten": keras.layers.Flatten',
        '"flatten": keras.layers.GlobalAveragePooling2D',
    ),
    Mutant(
        "q5", "gives every dense row the first one's window", "            window = (1, 1)\n", ""
    ),
    Mutant(
        "q5",
        "takes the picture's size for the window",
        "window = maps[:2]",
        "window = shape[:2]",
    ),
    Mutant("q5", "leaves the weights as they are drawn", "wider.set_weights(", "list("),
    Mutant(
        "q5",
        "writes the dense kernel channel by channel",
        "old.reshape(new.shape)",
        "np.moveaxis(old.reshape(new.shape[2:3] + new.shape[:2] + new.shape[3:]), 0, 2)"
        " if old.shape != new.shape and old.ndim == 2 else old",
    ),
    Mutant(
        "q5",
        "changes the old network's weights",
        "    return wider",
        "    network.set_weights([0 * old for old in network.get_weights()])\n    return wider",
    ),
    Mutant("q6", "forgets the first place", "places = 16 - 1", "places = 84 // 6"),
    Mutant("q6", "adds up the strides", "step = 2 * 3", "step = 2 + 3"),
    Mutant("q6", "reads one window", "separately = places * (", "separately = 1 * ("),
    Mutant("q6", "reads the scores at one place", "360 + places * 32 * 4", "360 + 32 * 4"),
    Mutant("q6", "gives a share", "(9 * 36 + 6)\n", "(9 * 36 + 6) + 0.5\n"),
]

SURVIVORS: list[Survivor] = [
    Survivor(
        "q2",
        "weights = read[0] * row[1] → weights = read[-1] * row[1]",
        "a row of numbers has one size, its first and its last",
    ),
    Survivor(
        "q3",
        "filters = min(2 * filters, most) → filters = min(most, 2 * filters)",
        "the smaller of two numbers, in any order",
    ),
    Survivor(
        "q4",
        "if kind in ('conv', 'dense') and number < len(table): → "
        "if kind in ('dense', 'conv') and number < len(table):",
        "the same two kinds",
    ),
    Survivor(
        "q5",
        "elif row[0] == 'flatten': → elif row[-1] == 'flatten':",
        "a flatten row has one item, its first and its last",
    ),
]
