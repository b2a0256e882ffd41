"""Answers of homework 9 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant(
        "q1",
        "takes n·s + f − 1, as in some notes",
        "max(kernel_size - strides, 0)",
        "kernel_size - 1",
    ),
    Mutant(
        "q1", "does not fill up to n·s", "max(kernel_size - strides, 0)", "kernel_size - strides"
    ),
    Mutant(
        "q1",
        "divides with 'same', as an ordinary convolution does",
        "kernel_size = strides  # the copies touch, and do not stick out",
        "return -(-size // strides)",
    ),
    Mutant(
        "q1",
        "takes any other word for 'same'",
        "raise ValueError(f\"padding is 'valid' or 'same', not {padding!r}\")",
        "kernel_size = strides",
    ),
    Mutant(
        "q1",
        "knows only the smallest size before",
        "range(smallest, smallest + strides)",
        "range(smallest, smallest + 1)",
    ),
    Mutant("q1", "adds one size too many", "smallest + strides))", "smallest + strides + 1))"),
    Mutant(
        "q1",
        "returns a range",
        "list(range(smallest, smallest + strides))",
        "range(smallest, smallest + strides)",
    ),
    Mutant("q2", "overwrites where copies overlap", "reached += maps", "reached[...] = maps"),
    Mutant("q2", "swaps the strides", "(down, right), (height", "(right, down), (height"),
    Mutant("q2", "turns the kernel", "kernel[i, j].T", "kernel[-1 - i, -1 - j].T"),
    Mutant(
        "q2",
        "takes the channels in the order of a convolution",
        "kernel[i, j].T",
        "kernel[i, j].reshape(-1, channels)",
    ),
    Mutant(
        "q2",
        "adds the bias with every copy",
        "channels)) + bias\n"
        "    for i, j in np.ndindex(rows, columns):\n"
        "        reached = output[:, i::down, j::right][:, :height, :width]\n"
        "        reached += maps @ kernel[i, j].T",
        "channels))\n"
        "    for i, j in np.ndindex(rows, columns):\n"
        "        reached = output[:, i::down, j::right][:, :height, :width]\n"
        "        reached += maps @ kernel[i, j].T + bias",
    ),
    Mutant("q2", "forgets the bias", "channels)) + bias", "channels))"),
    Mutant(
        "q2",
        "ends with the last copy, where the kernel is small",
        'tall = transposed_size(height, rows, down, "valid")',
        "tall = (height - 1) * down + rows",
    ),
    Mutant(
        "q2",
        "works in the maps' type, which may be whole numbers",
        "np.zeros((len(maps), tall, wide, channels)) + bias",
        "(np.zeros((len(maps), tall, wide, channels)) + bias).astype(maps.dtype)",
    ),
    Mutant(
        "q3",
        "takes the first map only for the kernel",
        '"nhwk,nhwc->kc", met, maps',
        '"nhwk,nhwc->kc", met[:1], maps[:1]',
    ),
    Mutant("q3", "keeps the last tap only", "by_maps += met", "by_maps = met"),
    Mutant("q3", "turns the kernel", "met @ kernel[i, j]", "met @ kernel[-1 - i, -1 - j]"),
    Mutant("q3", "swaps the strides", "(down, right), (height", "(right, down), (height"),
    Mutant("q3", "swaps the kernel's channels", "nhwk,nhwc->kc", "nhwk,nhwc->ck"),
    Mutant(
        "q3",
        "takes the mean for the bias",
        'np.einsum("nhwk->k", grad_output)',
        "grad_output.mean(axis=(0, 1, 2))",
    ),
    Mutant(
        "q3",
        "works in the maps' type, which may be whole numbers",
        "np.zeros(maps.shape), np.empty(kernel.shape)",
        "np.zeros(maps.shape), np.empty(kernel.shape, kernel.dtype)",
    ),
    Mutant(
        "q4",
        "counts copies before number 0",
        "np.maximum(-((kernel_size - 1 - pixel) // strides), 0)",
        "-((kernel_size - 1 - pixel) // strides)",
    ),
    Mutant(
        "q4",
        "counts copies after the last one",
        "np.minimum(pixel // strides, size - 1)",
        "pixel // strides",
    ),
    Mutant("q4", "forgets the one", "last - first + 1", "last - first"),
    Mutant(
        "q4",
        "rounds the first copy down",
        "-((kernel_size - 1 - pixel) // strides)",
        "(pixel - kernel_size + 1) // strides",
    ),
    Mutant("q4", "returns fractions", "last - first + 1", "last - first + 1.0"),
    Mutant(
        "q4",
        "ends with the last copy, where the kernel is small",
        'transposed_size(size, kernel_size, strides, "valid")',
        "(size - 1) * strides + kernel_size",
    ),
    Mutant("q5", "swaps vertical and horizontal", "enumerate(times,", "enumerate(times[::-1],"),
    Mutant("q5", "enlarges the rows only", "enumerate(times,", "enumerate(times[:1],"),
    Mutant(
        "q5",
        "lays the upper left edges on each other, not the middles",
        "else place\n",
        "else place + 0.5 - 0.5 / factor\n",
    ),
    Mutant(
        "q5",
        "fades to zero at the border",
        "np.clip(place, 0, len(old) - 1)[:, np.newaxis]",
        "place[:, np.newaxis]",
    ),
    Mutant(
        "q5",
        "repeats the row as a whole",
        "np.rint(place) if",
        "np.arange(len(old) * factor) % len(old) if",
    ),
    Mutant(
        "q5",
        "takes any other word for bilinear",
        "raise ValueError(f\"how is 'nearest' or 'bilinear', not {how!r}\")",
        'how = "bilinear"',
    ),
    Mutant(
        "q5",
        "works in the maps' type, which may be whole numbers",
        "axes=(1, axis)), 0, axis)",
        "axes=(1, axis)), 0, axis).astype(maps.dtype)",
    ),
    Mutant("q6", "takes the mean of a block", "blocks.max(", "blocks.mean("),
    Mutant(
        "q6",
        "forgets the ReLU on the way down",
        "bridge = np.maximum(conv2d(maps, kernel, bias), 0)",
        "bridge = conv2d(maps, kernel, bias)",
    ),
    Mutant("q6", "puts the enlarged map first", "[bridge, larger]", "[larger, bridge]"),
    Mutant(
        "q6",
        "applies a ReLU to the enlarged map",
        "larger = conv_transpose(maps, up_kernel, up_bias, (2, 2))",
        "larger = np.maximum(conv_transpose(maps, up_kernel, up_bias, (2, 2)), 0)",
    ),
    Mutant("q6", "takes the upper bridge first", "bridges.pop()", "bridges.pop(0)"),
    Mutant(
        "q6",
        "forgets the ReLU at the bottom",
        'np.maximum(conv2d(maps, *weights["bottom"]), 0)',
        'conv2d(maps, *weights["bottom"])',
    ),
    Mutant(
        "q6",
        "applies a ReLU to the scores",
        'return conv2d(maps, *weights["last"])',
        'return np.maximum(conv2d(maps, *weights["last"]), 0)',
    ),
    Mutant(
        "q6",
        "drops an odd row or column",
        'raise ValueError(f"{height} × {width} pixels cannot be halved")',
        "maps = maps[:, :height // 2 * 2, :width // 2 * 2]",
    ),
    Mutant("q7", "swaps rows and columns", "(truth, said), 1", "(said, truth), 1"),
    Mutant(
        "q7",
        "counts several equal pixels once",
        "np.add.at(table, (truth, said), 1)",
        "table[truth, said] += 1",
    ),
    Mutant(
        "q7",
        "computes with uint8",
        "np.add.at(table, (truth, said), 1)",
        "table.ravel()[:] = np.bincount("
        "(truth * num_classes + said).ravel(), minlength=num_classes**2)",
    ),
    Mutant(
        "q7",
        "gives absent classes an IoU of 0",
        "np.full(len(table), np.nan)",
        "np.zeros(len(table))",
    ),
    Mutant(
        "q7",
        "divides the mean by all classes",
        "float(iou[known].mean())",
        "float(iou[known].sum() / len(iou))",
    ),
    Mutant("q7", "counts what is shared twice", "(total - both)[known]", "total[known]"),
    Mutant(
        "q7",
        "divides by the true pixels only",
        "(total - both)[known]",
        "np.maximum(table.sum(axis=1), 1)[known]",
    ),
    Mutant("q7", "forgets the two of Dice", "2 * both[known]", "both[known]"),
    Mutant(
        "q7",
        "leaves out classes that were only said",
        "known = total > 0",
        "known = table.sum(axis=1) > 0",
    ),
    Mutant("q8", "gives a fraction", "answered = 52", "answered = 52.5"),
    Mutant("q8", "takes any even side", "side = 92", "side = 90"),
    Mutant("q8", "thinks that it answers for every pixel", "answered = 52", "answered = 92"),
    Mutant("q8", "cuts both edges at one", "cut = 16", "cut = 32"),
    Mutant("q8", "forgets the bridge's channels", "5 * (9 * 10 + 1)", "5 * (9 * 5 + 1)"),
    Mutant("q8", "takes 3 × 3 for the steps up", "5 * (4 * 10 + 1)", "5 * (9 * 10 + 1)"),
    Mutant("q8", "forgets the table's IoU", "(20 / 25 + 75 / 80) / 2", "20 / 25"),
    Mutant("q8", "gives the share of right pixels", "(20 / 25 + 75 / 80) / 2", "0.95"),
]

COMMUTES = "The larger of two numbers is the same in either order."
AXES = "The largest of a block is the same, whichever of its two axes is named first."

SURVIVORS = [
    Survivor(
        "q1",
        "return size * strides + max(kernel_size - strides, 0) → "
        "return size * strides + max(0, kernel_size - strides)",
        COMMUTES,
    ),
    Survivor(
        "q4",
        "last = np.minimum(pixel // strides, size - 1) → "
        "last = np.minimum(size - 1, pixel // strides)",
        COMMUTES,
    ),
    Survivor(
        "q4",
        "first = np.maximum(-((kernel_size - 1 - pixel) // strides), 0) → "
        "first = np.maximum(0, -((kernel_size - 1 - pixel) // strides))",
        COMMUTES,
    ),
    Survivor(
        "q5",
        "share = np.maximum(1 - np.abs(nearby - old), 0) → "
        "share = np.maximum(0, 1 - np.abs(nearby - old))",
        COMMUTES,
    ),
    Survivor(
        "q5",
        "nearby = np.clip(place, 0, len(old) - 1)[:, np.newaxis] → "
        "nearby = np.clip(0, place, len(old) - 1)[:, np.newaxis]",
        "np.clip takes the larger of its first two numbers: " + COMMUTES,
    ),
    Survivor(
        "q6",
        "bridge = np.maximum(conv2d(maps, kernel, bias), 0) → "
        "bridge = np.maximum(0, conv2d(maps, kernel, bias))",
        COMMUTES,
    ),
    Survivor(
        "q6",
        "return np.maximum(conv2d(together, kernel, bias), 0) → "
        "return np.maximum(0, conv2d(together, kernel, bias))",
        COMMUTES,
    ),
    Survivor(
        "q6",
        "maps = np.maximum(conv2d(maps, *weights['bottom']), 0) → "
        "maps = np.maximum(0, conv2d(maps, *weights['bottom']))",
        COMMUTES,
    ),
    Survivor(
        "q6",
        "blocks = bridge.reshape(num_maps, height // 2, 2, width // 2, 2, -1) → "
        "blocks = bridge.reshape(num_maps, height // 2, 2, width // 2, 2, -2)",
        "NumPy takes any negative number for the size that it shall find itself.",
    ),
    Survivor(
        "q6",
        "return (bridge, blocks.max(axis=(2, 4))) → return (bridge, blocks.max(axis=(4, 2)))",
        AXES,
    ),
]
