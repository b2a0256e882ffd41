"""Answers of homework 2 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant("q1", "begins at pixel 0, whatever the padding", "range(-padding,", "range(0,"),
    Mutant("q1", "cuts nothing off at the left", "max(b, 0)", "b"),
    Mutant("q1", "cuts nothing off at the right", "min(b + size, length)", "b + size"),
    Mutant("q1", "drops the last window", "padding - size + 1, stride", "padding - size, stride"),
    Mutant("q1", "counts a window that sticks out", "- size + 1, stride", ", stride"),
    Mutant("q1", "gives the last pixel, not the one behind it", "length))", "length) - 1)"),
    Mutant("q1", "gives the size in place of the end", "min(b + size, length)", "size"),
    Mutant("q1", "moves by the window's size", "+ 1, stride)", "+ 1, size)"),
    Mutant(
        "q1",
        "lets a window that is cut off at the left keep its size",
        "min(b + size, length)",
        "min(max(b, 0) + size, length)",
    ),
    Mutant(
        "q2",
        "pads with zeros",
        "    rows, columns = map(places, maps.shape[1:], window, strides, padding)\n",
        "    maps = np.pad(maps, [(0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)])\n"
        "    rows, columns = map(places, maps.shape[1:], window, strides, (0, 0))\n",
    ),
    Mutant(
        "q2",
        "divides by the full window",
        "output[:, i, j] = reduce(seen, axis=(1, 2))",
        "output[:, i, j] = reduce(seen, axis=(1, 2))\n"
        "            if kind == 'average':\n"
        "                output[:, i, j] *= seen[0, :, :, 0].size / (window[0] * window[1])",
    ),
    Mutant(
        "q2",
        "pools over the channels, too",
        "axis=(1, 2))\n    return output",
        "axis=(1, 2, 3), keepdims=True)[:, 0, 0]\n    return output",
    ),
    Mutant("q2", "swaps the two kinds", 'np.max, "average": np.mean', 'np.mean, "average": np.max'),
    Mutant("q2", "takes the largest absolute value", "seen = maps[:,", "seen = np.abs(maps)[:,"),
    Mutant("q2", "cuts fractions off", "maps.shape[3]))", "maps.shape[3]), maps.dtype)"),
    Mutant(
        "q2",
        "takes the rows' setting for the columns",
        "map(places, maps.shape[1:], window, strides, padding)",
        "(places(n, window[0], strides[0], padding[0]) for n in maps.shape[1:3])",
    ),
    Mutant(
        "q2",
        "averages over the images, too",
        "np.mean(maps, axis=(1, 2))",
        "np.mean(maps, axis=(0, 1, 2))[np.newaxis]",
    ),
    Mutant("q2", "adds up and does not divide", "np.mean(maps, axis", "np.sum(maps, axis"),
    Mutant(
        "q2",
        "keeps the two axes",
        "np.mean(maps, axis=(1, 2))",
        "np.mean(maps, axis=(1, 2), keepdims=True)",
    ),
    Mutant("q3", "goes upwards only", "cost(numbers - nudge)", "cost(numbers)"),
    Mutant("q3", "divides by the step alone", "(2 * step)", "step"),
    Mutant("q3", "does not divide", "change / (2 * step)", "change"),
    Mutant("q3", "moves all numbers together", "nudge[place] = step", "nudge[...] = step"),
    Mutant(
        "q3",
        "lets earlier numbers stay moved",
        "slopes[place] = change",
        "numbers = numbers + nudge\n        slopes[place] = change",
    ),
    Mutant(
        "q3",
        "cuts the step off for whole numbers",
        "nudge = np.zeros(numbers.shape)",
        "nudge = np.zeros_like(numbers)",
    ),
    Mutant(
        "q3",
        "cuts the slopes off for whole numbers",
        "np.empty(numbers.shape)",
        "np.empty_like(numbers)",
    ),
    Mutant(
        "q3",
        "changes the numbers that it was given",
        "cost(numbers + nudge)",
        "cost(np.add(numbers, nudge, out=numbers, casting='unsafe'))",
    ),
    Mutant(
        "q3",
        "goes through the first axis only",
        "np.ndindex(numbers.shape)",
        "np.ndindex(numbers.shape[:1])",
    ),
    Mutant(
        "q4", "keeps what the last window hands back", "grad_maps[part] +=", "grad_maps[part] ="
    ),
    Mutant(
        "q4",
        "hands it to all of the equals",
        "shares = winners.swapaxes(1, 2)",
        "shares = pixels == pixels.max(axis=1, keepdims=True)",
    ),
    Mutant(
        "q4",
        "lets the last of equals win",
        "[pixels.argmax(axis=1)]",
        "[size - 1 - pixels[:, ::-1].argmax(axis=1)]",
    ),
    Mutant(
        "q4",
        "shares one among the equals",
        "shares = winners.swapaxes(1, 2)",
        "best = pixels == pixels.max(axis=1, keepdims=True)\n"
        "                shares = best / best.sum(axis=1, keepdims=True)",
    ),
    Mutant("q4", "hands the whole gradient to each pixel of a mean", "1 / size)", "1.0)"),
    Mutant("q4", "divides by the full window", "1 / size)", "1 / (window[0] * window[1]))"),
    Mutant(
        "q4",
        "lets all channels have the first one's winner",
        "pixels.argmax(axis=1)",
        "pixels[..., :1].argmax(axis=1).repeat(maps.shape[3], 1)",
    ),
    Mutant("q4", "lets the smallest win", "pixels.argmax", "pixels.argmin"),
    Mutant(
        "q4",
        "hands the maximum back, not the gradient",
        "shares * grad_output[:, i, j, np.newaxis]",
        "shares * (grad_output[:, i, j, np.newaxis] if kind == 'average' else pixels)",
    ),
    Mutant(
        "q4",
        "treats all images as the first one",
        "pixels = maps[part]",
        "pixels = maps[part][:1].repeat(len(maps), 0)",
    ),
    Mutant(
        "q4",
        "lets the maximum of all images win",
        "[pixels.argmax(axis=1)]",
        "[pixels.max(axis=0, keepdims=True).argmax(axis=1)]",
    ),
    Mutant("q5", "passes the gradient on at 0", "(z > 0)", "(z >= 0)"),
    Mutant("q5", "looks at the gradient's sign", "(z > 0)", "(grad_output > 0)"),
    Mutant("q5", "passes z on, not the gradient", "grad_output * (z > 0)", "np.maximum(z, 0)"),
    Mutant("q5", "returns the mask alone", "grad_output * (z > 0)", "(z > 0) * 1.0"),
    Mutant("q5", "forgets to turn the matrix", "@ matrix.T,", "@ matrix.reshape(matrix.T.shape),"),
    Mutant(
        "q5",
        "takes means over the images",
        "inputs.T @ grad_output\n",
        "inputs.T @ grad_output / len(inputs)\n",
    ),
    Mutant(
        "q5", "takes the mean for the bias", "grad_output.sum(axis=0)", "grad_output.mean(axis=0)"
    ),
    Mutant("q5", "sums over the wrong axis", "grad_output.sum(axis=0)", "grad_output.sum(axis=1)"),
    Mutant(
        "q5",
        "takes the first image only",
        "inputs.T @ grad_output\n",
        "inputs[:1].T @ grad_output[:1]\n",
    ),
    Mutant("q5", "gives a bias for each image", "grad_output.sum(axis=0)", "grad_output"),
    Mutant(
        "q5",
        "returns them in another order",
        "return by_inputs, by_matrix, ",
        "return by_matrix, by_inputs, ",
    ),
    Mutant(
        "q6",
        "does not subtract the largest score",
        "logits - logits.max(axis=1, keepdims=True)",
        "logits * 1.0",
    ),
    Mutant(
        "q6",
        "subtracts the largest score of the batch and takes the logarithm of the quotient",
        "logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
        "logs = np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))",
    ),
    Mutant(
        "q6",
        "adds the costs up",
        "cost = -np.sum(truth * logs) / len(logits)",
        "cost = -np.sum(truth * logs)",
    ),
    Mutant("q6", "forgets the mean in the derivatives", "truth) / len(logits)", "truth)"),
    Mutant(
        "q6", "divides by the number of classes", "truth) / len(logits)", "truth) / logits.shape[1]"
    ),
    Mutant("q6", "forgets the minus", "cost = -np.sum", "cost = np.sum"),
    Mutant("q6", "true minus said", "np.exp(logs) - truth", "truth - np.exp(logs)"),
    Mutant("q6", "returns the probabilities", "np.exp(logs) - truth", "np.exp(logs)"),
    Mutant(
        "q6",
        "sums the softmax over the whole batch",
        "np.exp(shifted).sum(axis=1, keepdims=True)",
        "np.exp(shifted).sum()",
    ),
    Mutant(
        "q6",
        "clips the probability",
        "cost = -np.sum(truth * logs)",
        "cost = -np.sum(truth * np.maximum(logs, -16))",
    ),
    Mutant(
        "q7",
        "forgets the ReLU on the way there",
        "answers = np.maximum(conv2d(images, kernel, kernel_bias, (1, 1)), 0)",
        "answers = conv2d(images, kernel, kernel_bias, (1, 1))",
    ),
    Mutant(
        "q7", "forgets to pool by the maximum", 'pool(answers, "max"', 'pool(answers, "average"'
    ),
    Mutant("q7", "forgets the last bias", "@ matrix + matrix_bias", "@ matrix"),
    Mutant(
        "q7",
        "flattens the images, too",
        "pooled.reshape(len(images), len(matrix)) @",
        "pooled.transpose(3, 1, 2, 0).reshape(len(images), len(matrix)) @",
    ),
    Mutant(
        "q7",
        "forgets the ReLU on the way back",
        "grad = relu_gradient(grad, z)\n",
        "grad = grad * 1\n",
    ),
    Mutant(
        "q7",
        "asks the pooling's output where it was positive",
        "grad = relu_gradient(grad, z)",
        "grad = relu_gradient(grad, np.abs(z))",
    ),
    Mutant(
        "q7",
        "pools backwards by the numbers before the ReLU",
        'setting = np.maximum(z, 0), "max"',
        'setting = z, "max"',
    ),
    Mutant(
        "q7",
        "forgets the images' derivatives",
        "return *conv2d_gradients(grad, images, kernel, (1, 1)), ",
        "return *conv2d_gradients(grad, images, kernel, (1, 1))[1:], ",
    ),
    Mutant("q7", "goes uphill", "one - learning_rate * grad", "one + learning_rate * grad"),
    Mutant("q7", "forgets the learning rate", "one - learning_rate * grad", "one - grad"),
    Mutant(
        "q7",
        "learns the dense layer only",
        "tuple(one - learning_rate * grad for one, grad in pairs)",
        "(*weights[:2], *(one - learning_rate * grad for one, grad in [*pairs][2:]))",
    ),
    Mutant(
        "q7",
        "returns the cost after the step",
        "return cost, tuple(one - learning_rate * grad for one, grad in pairs)",
        "new = tuple(one - learning_rate * grad for one, grad in pairs)\n"
        "    return cross_entropy(network(images, new), labels)[0], new",
    ),
    Mutant("q8", "gives a filter one channel", "16 * (3 * 3 * 10 + 1)", "16 * (3 * 3 + 1)"),
    Mutant(
        "q8",
        "forgets the biases of the filters",
        "10 * (5 * 5 * 3 + 1) + 16 * (3 * 3 * 10 + 1)",
        "10 * 5 * 5 * 3 + 16 * 3 * 3 * 10",
    ),
    Mutant("q8", "has one bias for all logits", "+ 16 * 7 + 7", "+ 16 * 7 + 1"),
    Mutant("q8", "counts a window that sticks out", "9 * 13 * 16 * 7", "10 * 14 * 16 * 7"),
    Mutant("q8", "flattens the photograph's channels", "9 * 13 * 16 * 7", "9 * 13 * 3 * 7"),
    Mutant("q8", "forgets the strides in the field", "2 * 1 + 2 * 2 + 1 * 2", "2 + 2 + 1"),
    Mutant("q8", "leaves the pooling out of the field", "5 + 2 * 1 + 2 * 2 + 1 * 2", "5 + 2 * 1"),
    Mutant("q8", "counts the last stride in the field", "1 * 2\n", "1 * 4\n"),
    Mutant("q8", "moves the whole dense layer", "moving = 7", "moving = 16 * 7 + 7"),
    Mutant("q8", "moves the true class only", "moving = 7", "moving = 1"),
    Mutant("q8", "gives a fraction", "moving = 7", "moving = 7.0"),
]

ANY_ORDER = "The same numbers are compared or summed, in another order."
WINDOW = "return [(max(b, 0), min(b + size, length)) for b in begins]"
RELU = "The larger of two numbers does not depend on their order."

SURVIVORS = [
    Survivor("q1", f"{WINDOW} → {WINDOW.replace('max(b, 0)', 'max(0, b)')}", ANY_ORDER),
    Survivor(
        "q1",
        f"{WINDOW} → {WINDOW.replace('min(b + size, length)', 'min(length, b + size)')}",
        ANY_ORDER,
    ),
    Survivor(
        "q2",
        "output[:, i, j] = reduce(seen, axis=(1, 2)) → output[:, i, j] = reduce(seen, axis=(2, 1))",
        ANY_ORDER,
    ),
    Survivor(
        "q2", "return np.mean(maps, axis=(1, 2)) → return np.mean(maps, axis=(2, 1))", ANY_ORDER
    ),
    Survivor(
        "q4",
        "shares = winners.swapaxes(1, 2) → shares = winners.swapaxes(2, 1)",
        "Two axes are exchanged either way.",
    ),
    Survivor(
        "q4",
        "back = shares * grad_output[:, i, j, np.newaxis] → "
        "back = shares * grad_output[:, i, np.newaxis, j]",
        "The new axis is before the channels either way.",
    ),
    Survivor(
        "q7",
        "answers = np.maximum(conv2d(images, kernel, kernel_bias, (1, 1)), 0) → "
        "answers = np.maximum(0, conv2d(images, kernel, kernel_bias, (1, 1)))",
        RELU,
    ),
    Survivor(
        "q7",
        "setting = (np.maximum(z, 0), 'max', (2, 2), (2, 2), (0, 0)) → "
        "setting = (np.maximum(0, z), 'max', (2, 2), (2, 2), (0, 0))",
        RELU,
    ),
    Survivor(
        "q8",
        "field = 5 + 2 * 1 + 2 * 2 + 1 * 2 → field = 5 + 2 * 1 + (2 + 2) + 1 * 2",
        "2 · 2 is 2 + 2.",
    ),
]
