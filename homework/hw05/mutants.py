"""Answers of homework 5 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant("q1", "forgets the bias", " + bias", ""),
    Mutant("q1", "adds the bias to every product", "+ bias", "+ maps.shape[-1] * bias"),
    Mutant(
        "q1",
        "multiplies each channel by its own weight and adds up nothing",
        "maps @ kernel + bias",
        "maps * np.diag(kernel[:, :1].repeat(len(kernel), 1)) + bias[0]",
    ),
    Mutant(
        "q1",
        "takes the kernel's other side",
        "maps @ kernel",
        "maps @ kernel.reshape(kernel.shape[::-1]).T",
    ),
    Mutant("q1", "adds a ReLU", "maps @ kernel + bias", "np.maximum(maps @ kernel + bias, 0)"),
    Mutant("q1", "works in the pixels' type", "maps @ kernel", "maps @ kernel.astype(maps.dtype)"),
    Mutant(
        "q1",
        "sees the first image only",
        "maps @ kernel + bias",
        "np.repeat((maps @ kernel + bias)[:1], len(maps), 0)",
    ),
    Mutant("q2", "adds the biases", "bias_1 @ kernel_2 + bias_2", "bias_1.sum() + bias_2"),
    Mutant("q2", "loses the first bias", "bias_1 @ kernel_2 + bias_2", "bias_2"),
    Mutant("q2", "loses the second bias", "bias_1 @ kernel_2 + bias_2", "bias_1 @ kernel_2"),
    Mutant(
        "q2",
        "adds the kernels' products without the first one's rows",
        "return kernel_1 @ kernel_2,",
        "return kernel_1.sum() * kernel_2[:1],",
    ),
    Mutant("q2", "multiplies by hand, one channel", "kernel_1 @ kernel_2,", "kernel_1 * kernel_2,"),
    Mutant(
        "q2",
        "sends the second bias through the first layer",
        "bias_1 @ kernel_2 + bias_2",
        "(bias_1 + bias_2[0]) @ kernel_2",
    ),
    Mutant("q3", "lets zeros count", "constant_values=-np.inf", "constant_values=0"),
    Mutant(
        "q3",
        "repeats the rim, but looks at one side only",
        "padded[:, i:i + height, j:j + width]",
        "padded[:, rim:rim + height, j:j + width]",
    ),
    Mutant(
        "q3",
        "begins the window at the pixel instead of around it",
        "border = [(0, 0), (rim, rim), (rim, rim), (0, 0)]",
        "border = [(0, 0), (0, 2 * rim), (0, 2 * rim), (0, 0)]",
    ),
    Mutant("q3", "takes the largest value of all channels", "axis=0)", "axis=(0, -1))"),
    Mutant("q3", "takes the mean", "np.max(shifted", "np.mean(shifted"),
    Mutant(
        "q3",
        "cannot put infinity into whole numbers",
        "np.pad(maps.astype(float), border, constant_values=-np.inf)",
        "np.pad(maps, border, constant_values=-np.inf)",
    ),
    Mutant(
        "q3",
        "always takes a window of three",
        "np.ndindex(size, size)",
        "np.ndindex(min(size, 3), min(size, 3))",
    ),
    Mutant("q3", "pads the rows only", "np.ndindex(size, size)", "np.ndindex(1, size)"),
    Mutant("q4", "forgets the ReLU", "0, None)", "None, None)"),
    Mutant(
        "q4",
        "has no ReLU behind the reductions",
        'layer("3x3", layer("3x3 reduce", maps))',
        'layer("3x3", pointwise(maps, *weights["3x3 reduce"]))',
    ),
    Mutant(
        "q4",
        "puts the branches below each other, rows behind rows",
        "np.concatenate(branches, axis=-1)",
        "np.concatenate(branches, axis=1) if len({b.shape for b in branches}) == 1 "
        "else np.concatenate(branches[::-1], axis=-1)",
    ),
    Mutant(
        "q4",
        "convolves before it pools",
        'layer("pool", max_pool_same(maps, 3))',
        'max_pool_same(layer("pool", maps), 3)',
    ),
    Mutant(
        "q4", "forgets the pooling", 'layer("pool", max_pool_same(maps, 3))', 'layer("pool", maps)'
    ),
    Mutant(
        "q4",
        "lets the 3 × 3 and the 5 × 5 read what the other one reduced",
        'layer("5x5", layer("5x5 reduce", maps))',
        'layer("5x5", layer("3x3 reduce", maps))',
    ),
    Mutant("q4", "pools with a window of five", "max_pool_same(maps, 3)", "max_pool_same(maps, 5)"),
    Mutant(
        "q4",
        "takes the weights in the order of the dictionary",
        "        kernel, bias = weights[name]",
        '        order = ["1x1", "3x3 reduce", "3x3", "5x5 reduce", "5x5", "pool"]\n'
        "        kernel, bias = list(weights.values())[order.index(name)]",
    ),
    Mutant("q5", "forgets the biases", "weights + filters", "weights"),
    Mutant("q5", "has one bias for each channel", "weights + filters", "weights + channels"),
    Mutant("q5", "counts adding the bias", "width * weights", "width * (weights + filters)"),
    Mutant(
        "q5", "forgets the channels", "size * size * channels * filters", "size * size * filters"
    ),
    Mutant("q5", "takes square maps", "height * width *", "height * height *"),
    Mutant(
        "q5",
        "lets the 3 × 3 read the module's input",
        '(3, filters["3x3 reduce"], filters["3x3"])',
        '(3, channels, filters["3x3"])',
    ),
    Mutant("q5", "forgets what stands behind the pooling", ' (1, channels, filters["pool"]),', ""),
    Mutant(
        "q5",
        "swaps the two numbers",
        "return weights + filters, height * width * weights",
        "return height * width * weights, weights + filters",
    ),
    Mutant(
        "q6",
        "rounds the budget up",
        "return budget // (channels + size * size * filters)",
        "return -(-budget // (channels + size * size * filters))",
    ),
    Mutant("q6", "does not round", "budget // (", "budget / ("),
    Mutant(
        "q6",
        "forgets what the bottleneck itself costs",
        "budget // (channels + size * size * filters)",
        "budget // (size * size * filters)",
    ),
    Mutant("q6", "rounds the other division down", "-(-direct // (", "(direct // ("),
    Mutant(
        "q6",
        "always goes one further",
        "return -(-direct // (channels + size * size * filters))",
        "return direct // (channels + size * size * filters) + 1",
    ),
    Mutant(
        "q6",
        "forgets the window in the direct way",
        "direct = size * size * channels * filters",
        "direct = channels * filters",
    ),
    Mutant("q7", "lets it read 24 channels", "parameters = 64 *", "parameters = 24 *"),
    Mutant("q7", "forgets the biases", "25 * 4 * 8 + 76", "25 * 4 * 8"),
    Mutant(
        "q7",
        "forgets the places",
        "multiplications = 30 * 40 * (parameters - 76)",
        "multiplications = parameters - 76",
    ),
    Mutant("q7", "counts the growth once", "2 * (16 + 24 + 8) + 24", "(16 + 24 + 8) + 24"),
    Mutant("q7", "adds the windows", "largest_field = 5 + 4", "largest_field = 5 + 5"),
    Mutant("q7", "thinks that pooling widens all", "smallest_field = 1", "smallest_field = 3"),
    Mutant("q7", "counts in fractions", "smallest_field = 1", "smallest_field = 1.0"),
]

SURVIVORS = [
    Survivor(
        "q3",
        "shifted = [padded[:, i:i + height, j:j + width] for i, j in np.ndindex(size, size)] → "
        "shifted = [padded[:, i:i + height, j:j + width] for j, i in np.ndindex(size, size)]",
        "the same shifts in another order: their largest value is the same",
    ),
    Survivor(
        "q4",
        "return np.clip(convolve(inputs, kernel, bias), 0, None) → "
        "return np.clip(0, convolve(inputs, kernel, bias), None)",
        "the larger one of two numbers, whichever comes first",
    ),
    Survivor(
        "q5",
        "costs = [conv_cost(height, width, *layer) for layer in layers] → "
        "costs = [conv_cost(width, height, *layer) for layer in layers]",
        "height and width occur only in their product",
    ),
]
