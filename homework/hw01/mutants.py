"""Answers of homework 1 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant(
        "q1",
        "pads above and at the left only",
        "height + 2 * rows, width + 2 * columns",
        "height + rows, width + columns",
    ),
    Mutant(
        "q1", "swaps vertical and horizontal", "rows, columns = padding", "columns, rows = padding"
    ),
    Mutant(
        "q1",
        "puts the picture into the top left corner",
        "[:, rows:rows + height, columns:columns + width]",
        "[:, :height, :width]",
    ),
    Mutant(
        "q1",
        "counts the end from the back, and there is no end −0",
        "[:, rows:rows + height, columns:columns + width]",
        "[:, rows:-rows, columns:-columns]",
    ),
    Mutant("q1", "cuts fractions off", "np.zeros(shape)", "np.zeros(shape, int)"),
    Mutant("q1", "pads the first image only", "padded[:,", "padded[:1,"),
    Mutant("q2", "forgets the first place", "room // strides + 1", "room // strides"),
    Mutant("q2", "counts a last window that sticks out", "room // strides", "-(-room // strides)"),
    Mutant("q2", "pads at one end only", "2 * padding", "padding"),
    Mutant("q2", "divides without rounding", "room // strides", "room / strides"),
    Mutant("q2", "returns a number where nothing fits", "room < 0", "False"),
    Mutant("q2", "refuses a window that just fits", "room < 0", "room <= 0"),
    Mutant("q2", "looks whether it fits without the padding", "room < 0", "size < kernel_size"),
    Mutant(
        "q2",
        "divides the kernel alone, as the misprint does",
        "room // strides + 1",
        "size + 2 * padding - kernel_size // strides + 1",
    ),
    Mutant("q3", "forgets the bias", " + bias\n", "\n"),
    Mutant("q3", "adds the bias to every product", "+ bias\n", "+ bias * window.size\n"),
    Mutant("q3", "turns the kernel", "np.tensordot(window,", "np.tensordot(window[::-1, ::-1],"),
    Mutant(
        "q3",
        "swaps rows and columns",
        "np.tensordot(window,",
        "np.tensordot(window.reshape(window.shape[::-1]).T,",
    ),
    Mutant(
        "q3",
        "gives every filter the first one's answer",
        "kernel, axes=3",
        "np.repeat(kernel[..., :1], len(bias), axis=3), axes=3",
    ),
    Mutant(
        "q3",
        "works in the pixels' type, which may be whole numbers",
        "np.tensordot(window, kernel, axes=3)",
        "np.tensordot(window, kernel.astype(window.dtype), axes=3)",
    ),
    Mutant(
        "q3",
        "gives a lone filter's answer as a number",
        "+ bias\n",
        "+ bias if len(bias) > 1 else 0.0\n",
    ),
    Mutant(
        "q3",
        "sees the first channel only",
        "np.tensordot(window, kernel",
        "np.tensordot(window[..., :1], kernel[:, :, :1]",
    ),
    Mutant(
        "q4",
        "swaps the strides",
        "i * strides[0], j * strides[1]",
        "i * strides[1], j * strides[0]",
    ),
    Mutant(
        "q4", "moves by one pixel whatever the stride", "i * strides[0], j * strides[1]", "i, j"
    ),
    Mutant(
        "q4",
        "takes the width from the rows' setting",
        "strides[1], padding[1])\n    padded",
        "strides[0], padding[0])\n    padded",
    ),
    Mutant("q4", "lets all images be the first one", "padded[n,", "padded[0,"),
    Mutant("q4", "forgets the bias", "kernel, bias)\n    return", "kernel, 0 * bias)\n    return"),
    Mutant(
        "q4",
        "makes the output of the images' type",
        "width, num_filters))",
        "width, num_filters), images.dtype)",
    ),
    Mutant(
        "q4", "counts with the padding, and forgets to pad", "zero_pad(images, padding)", "images"
    ),
    Mutant(
        "q4",
        "returns an empty map where the kernel does not fit",
        "output_size(images.shape[1], rows, strides[0], padding[0])",
        "(images.shape[1] + 2 * padding[0] - rows) // strides[0] + 1",
    ),
    Mutant("q5", "keeps the last window's share only", "grad_kernel +=", "grad_kernel[...] ="),
    Mutant(
        "q5", "moves by one pixel whatever the stride", "i * strides[0], j * strides[1]", "i, j"
    ),
    Mutant(
        "q5",
        "takes means over the batch",
        "return grad_kernel, grad_output.sum(axis=(0, 1, 2))",
        "return grad_kernel / len(images), grad_output.sum(axis=(0, 1, 2)) / len(images)",
    ),
    Mutant("q5", "takes the mean for the bias", "grad_output.sum(", "grad_output.mean("),
    Mutant(
        "q5",
        "takes the first image only",
        "np.tensordot(windows, grad_output[:, i, j]",
        "np.tensordot(windows[:1], grad_output[:1, i, j]",
    ),
    Mutant(
        "q5",
        "adds up the bias' gradients of all filters",
        "grad_output.sum(axis=(0, 1, 2))",
        "np.full(kernel.shape[3], grad_output.sum())",
    ),
    Mutant("q5", "forgets to pad", "zero_pad(images, padding)", "images"),
    Mutant("q6", "keeps what the last window hands back", "windows +=", "windows[...] ="),
    Mutant("q6", "turns the kernel", "kernel, axes=(1, 3))", "kernel[::-1, ::-1], axes=(1, 3))"),
    Mutant(
        "q6",
        "cuts the border off at the bottom and the right only",
        "[:, padding[0]:bottom, padding[1]:right]",
        "[:, :images.shape[1], :images.shape[2]]",
    ),
    Mutant(
        "q6",
        "counts the end from the back, and there is no end −0",
        "[:, padding[0]:bottom, padding[1]:right]",
        "[:, padding[0]:-padding[0], padding[1]:-padding[1]]",
    ),
    Mutant("q6", "moves by one pixel to the right whatever the stride", "j * strides[1]", "j"),
    Mutant(
        "q6",
        "swaps the strides",
        "i * strides[0], j * strides[1]",
        "i * strides[1], j * strides[0]",
    ),
    Mutant(
        "q6",
        "uses the first filter only",
        "np.tensordot(grad_output[:, i, j], kernel",
        "np.tensordot(grad_output[:, i, j, :1], kernel[..., :1]",
    ),
    Mutant("q7", "turns the other way", "rising, level, falling]", "falling, level, rising]"),
    Mutant(
        "q7",
        "turns by a quarter, and so has each filter twice",
        "rising, level, falling]",
        "level, np.negative(upright), np.negative(level)]",
    ),
    Mutant(
        "q7",
        "puts the filters into the first axis",
        "axis=-1)[:, :, np.newaxis]",
        "axis=0)[..., np.newaxis]",
    ),
    Mutant(
        "q7",
        "fills the shape in the wrong order",
        "np.stack(filters, axis=-1)[:, :, np.newaxis]",
        "np.reshape(filters, (3, 3, 1, 4))",
    ),
    Mutant("q7", "counts bright to dark only", "np.abs(answers)", "answers"),
    Mutant("q7", "wants more than the threshold", "axis=-1) < threshold", "axis=-1) <= threshold"),
    Mutant(
        "q7",
        "takes the last of equals",
        "strengths.argmax(axis=-1)",
        "3 - strengths[..., ::-1].argmax(axis=-1)",
    ),
    Mutant(
        "q7", "returns the answers without their sign", "return answers, np", "return strengths, np"
    ),
    Mutant(
        "q8",
        "forgets the biases",
        "(5 * 5 * 3 + 1) + 16 * (3 * 3 * 8 + 1) + 32 * (3 * 3 * 16 + 1)",
        "5 * 5 * 3 + 16 * 3 * 3 * 8 + 32 * 3 * 3 * 16",
    ),
    Mutant(
        "q8",
        "gives a filter one channel",
        "(3 * 3 * 8 + 1) + 32 * (3 * 3 * 16 + 1)",
        "(3 * 3 + 1) + 32 * (3 * 3 + 1)",
    ),
    Mutant("q8", "counts a window that sticks out", "9 * 14 * 32", "9 * 15 * 32"),
    Mutant("q8", "forgets the stride in the field", "(5 - 1) * 2 + 5", "(5 - 1) + 5"),
    Mutant("q8", "counts the last stride in the field", "(5 - 1) * 2 + 5", "(7 - 1) * 2 + 5"),
    Mutant("q8", "gives the field in rows and columns", "(5 - 1) * 2 + 5", "(13, 13)"),
    Mutant("q8", "gives a fraction", "shift = 2 * 3", "shift = 12 / 2"),
]

ANY_ORDER = "The axes are summed in any order: the sum is the same."
BIAS = "return (grad_kernel, grad_output.sum(axis=({})))"
ANSWERS = "answers = conv2d(batch, filter_bank(), np.zeros(4), (1, 1), (0, 0))[{}]"

SURVIVORS = [
    Survivor("q5", f"{BIAS.format('0, 1, 2')} → {BIAS.format('1, 0, 2')}", ANY_ORDER),
    Survivor("q5", f"{BIAS.format('0, 1, 2')} → {BIAS.format('0, 2, 1')}", ANY_ORDER),
    Survivor(
        "q7",
        f"{ANSWERS.format(0)} → {ANSWERS.format(-1)}",
        "The batch holds one photograph: the first is the last.",
    ),
]
