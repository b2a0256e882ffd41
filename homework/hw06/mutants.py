"""Answers of homework 6 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant(
        "q1",
        "mixes the channels",
        "np.sum(window * depthwise_kernel, axis=(1, 2))",
        "np.sum(window * depthwise_kernel)",
    ),
    Mutant(
        "q1",
        "uses the first pattern for all",
        "window * depthwise_kernel,",
        "window * depthwise_kernel[:, :, :1],",
    ),
    Mutant(
        "q1",
        "turns the pattern",
        "window * depthwise_kernel,",
        "window * depthwise_kernel[::-1, ::-1],",
    ),
    Mutant(
        "q1",
        "strides in the rows only",
        "lefts = range(0, maps.shape[2], stride)",
        "lefts = range(0, maps.shape[2])",
    ),
    Mutant("q1", "begins with the stride", "tops = range(0,", "tops = range(stride - 1,"),
    Mutant(
        "q1",
        "takes the windows of a stride of one",
        "padded[:, top:top + size, left:left + size]",
        "padded[:, i:i + size, j:j + size]",
    ),
    Mutant("q1", "repeats the rim", "zeros, (0, 0)])", 'zeros, (0, 0)], mode="edge")'),
    Mutant(
        "q2",
        "adds instead of multiplying",
        "[..., np.newaxis] * pointwise_kernel",
        "[..., np.newaxis] + pointwise_kernel",
    ),
    Mutant(
        "q2",
        "sums over the channels",
        "return depthwise_kernel[..., np.newaxis] * pointwise_kernel",
        "return (depthwise_kernel @ pointwise_kernel)[:, :, np.newaxis] + 0 * pointwise_kernel",
    ),
    Mutant(
        "q2",
        "gives every filter the first one's weights",
        "* pointwise_kernel",
        "* pointwise_kernel[:, :1].repeat(pointwise_kernel.shape[1], 1)",
    ),
    Mutant(
        "q2",
        "turns the patterns",
        "depthwise_kernel[..., np.newaxis]",
        "depthwise_kernel.swapaxes(0, 1)[..., np.newaxis]",
    ),
    Mutant("q3", "forgets the size", "left[:, :, 0] * sizes[:, :1]", "left[:, :, 0]"),
    Mutant("q3", "uses the size twice", "right[:, 0]", "right[:, 0] * sizes[:, :1]"),
    Mutant(
        "q3",
        "takes the columns of V",
        "right[:, 0]",
        "np.resize(right[:, :, 0], (channels, filters))",
    ),
    Mutant(
        "q3", "takes the smallest", "left[:, :, 0] * sizes[:, :1]", "left[:, :, -1] * sizes[:, -1:]"
    ),
    Mutant(
        "q3",
        "averages the filters' patterns",
        "patterns.reshape(size, size, channels), right[:, 0]",
        "kernel.mean(axis=3), np.ones((channels, filters))",
    ),
    Mutant(
        "q3",
        "takes the first filter's pattern",
        "patterns.reshape(size, size, channels), right[:, 0]",
        "kernel[..., 0], right[:, 0] / right[:, 0, :1]",
    ),
    Mutant("q3", "mixes channels and places up", "np.moveaxis(kernel, 2, 0)", "kernel"),
    Mutant(
        "q4",
        "forgets the channels of the pattern",
        "size * size * channels + channels * filters",
        "size * size + channels * filters",
    ),
    Mutant(
        "q4",
        "multiplies the two steps",
        "size * size * channels + channels * filters",
        "size * size * channels * channels * filters",
    ),
    Mutant("q4", "counts no weights of the second step", " + channels * filters\n", "\n"),
    Mutant(
        "q4",
        "turns the saving over",
        "size * size * filters / (size * size + filters)",
        "(size * size + filters) / (size * size * filters)",
    ),
    Mutant(
        "q4",
        "takes the limit",
        "size * size * filters / (size * size + filters)",
        "float(size * size)",
    ),
    Mutant("q4", "rounds the saving", "size * size * filters / (", "size * size * filters // ("),
    Mutant(
        "q5",
        "takes a ReLU without the six",
        "np.clip(maps @ kernel + bias, 0, 6)",
        "np.clip(maps @ kernel + bias, 0, None)",
    ),
    Mutant(
        "q5",
        "puts a ReLU6 at the end",
        "narrow = filtered @ kernel + bias",
        "narrow = np.clip(filtered @ kernel + bias, 0, 6)",
    ),
    Mutant(
        "q5",
        "has none behind the depthwise step",
        "np.clip(depthwise(wide, kernel, stride) + bias, 0, 6)",
        "depthwise(wide, kernel, stride) + bias",
    ),
    Mutant(
        "q5",
        "always adds what fits",
        "if stride == 1 and narrow.shape == maps.shape",
        "if narrow.shape == maps.shape",
    ),
    Mutant("q5", "never adds the input", "return maps + narrow", "return narrow"),
    Mutant(
        "q5",
        "forgets the depthwise step's bias",
        "depthwise(wide, kernel, stride) + bias",
        "depthwise(wide, kernel, stride)",
    ),
    Mutant(
        "q5", "forgets the stride", "depthwise(wide, kernel, stride)", "depthwise(wide, kernel, 1)"
    ),
    Mutant("q6", "strides in every block", "[stride] + [1] * (blocks - 1)", "[stride] * blocks"),
    Mutant("q6", "expands with a factor of one", " * (expansion > 1)", ""),
    Mutant(
        "q6",
        "expands behind the stride",
        "            multiplications += height * width * expand\n"
        "            height, width = -(-height // step), -(-width // step)\n",
        "            height, width = -(-height // step), -(-width // step)\n"
        "            multiplications += height * width * expand\n",
    ),
    Mutant(
        "q6",
        "rounds the size down",
        "-(-height // step), -(-width // step)",
        "height // step, width // step",
    ),
    Mutant(
        "q6",
        "keeps the channels of the row before",
        "            channels = filters",
        "        channels = filters",
    ),
    Mutant(
        "q6",
        "expands the output channels",
        "inside = expansion * channels",
        "inside = expansion * filters",
    ),
    Mutant("q6", "forgets the depthwise weights' windows", "9 * inside +", "inside +"),
    Mutant("q7", "halves everything for the width", "(25 * 12 + 12 * 20)", "(25 * 12 + 24 * 20)"),
    Mutant(
        "q7",
        "quarters everything for the width",
        "20 * 30 * (25 * 12 + 12 * 20)",
        "multiplications // 4",
    ),
    Mutant("q7", "halves the rows only", "multiplications // 4", "multiplications // 2"),
    Mutant("q7", "counts bits", "stored = 25 * 24 + 24 * 40", "stored = 8 * (25 * 24 + 24 * 40)"),
    Mutant("q7", "trains at twice the price", "trained = 3 *", "trained = 2 *"),
    Mutant(
        "q7",
        "counts in fractions",
        "half_size = multiplications // 4",
        "half_size = multiplications / 4",
    ),
]

SURVIVORS = [
    Survivor(
        "q1",
        "output[:, i, j] = np.sum(window * depthwise_kernel, axis=(1, 2)) → "
        "output[:, i, j] = np.sum(window * depthwise_kernel, axis=(2, 1))",
        "a sum over both axes, in whichever order",
    ),
    Survivor(
        "q3",
        "size, _, channels, filters = kernel.shape → _, size, channels, filters = kernel.shape",
        "the window is as high as it is wide",
    ),
    Survivor(
        "q3",
        "tables = np.moveaxis(kernel, 2, 0).reshape(channels, -1, filters) → "
        "tables = np.moveaxis(kernel, 2, 0).reshape(channels, -2, filters)",
        "NumPy takes any negative number for what is left",
    ),
    Survivor(
        "q5",
        "wide = np.clip(maps @ kernel + bias, 0, 6) → wide = np.clip(0, maps @ kernel + bias, 6)",
        "the larger one of two numbers, whichever comes first",
    ),
    Survivor(
        "q5",
        "filtered = np.clip(depthwise(wide, kernel, stride) + bias, 0, 6) → "
        "filtered = np.clip(0, depthwise(wide, kernel, stride) + bias, 6)",
        "the same",
    ),
    Survivor(
        "q6",
        "height, width = (-(-height // step), -(-width // step)) → "
        "width, height = (-(-height // step), -(-width // step))",
        "height and width occur only in their product, and are divided alike",
    ),
    Survivor(
        "q6",
        "height, width = (-(-height // step), -(-width // step)) → "
        "height, width = (-(-width // step), -(-height // step))",
        "the same",
    ),
]
