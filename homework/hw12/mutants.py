"""Answers of homework 12 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant("q1", "forgets the gaps", "- d * (f - 1) - 1", "- f"),
    Mutant("q1", "lets every tap take the gap's width", "d * (f - 1) - 1", "d * f"),
    Mutant("q1", "has as much padding at both ends", "n + sum(ends)", "n + 2 * ends[0]"),
    Mutant("q1", "returns a number where nothing fits", "room < 0", "False"),
    Mutant("q1", "refuses a kernel that just fits", "room < 0", "room <= 0"),
    Mutant("q1", "looks whether it fits without the padding", "room < 0", "n < d * (f - 1) + 1"),
    Mutant("q1", "forgets the biases", "(weights + 1) * channels_out", "weights * channels_out"),
    Mutant("q1", "gives a filter one channel", "weights = channels_in", "weights = 1"),
    Mutant("q2", "keeps the mean", "shape - np.mean(shape)", "shape"),
    Mutant("q2", "turns the shape", "windows @ pattern", "windows @ pattern[::-1]"),
    Mutant(
        "q2",
        "takes the mean off each window and not off the shape",
        "scores = windows @ pattern",
        "scores = (windows - windows.mean()) @ shape",
    ),
    Mutant(
        "q2",
        "says where the middle of the window is",
        "np.argmax(scores)",
        "np.argmax(scores) + len(shape) // 2",
    ),
    Mutant(
        "q2",
        "takes the last of equals",
        "np.argmax(scores)",
        "len(scores) - 1 - np.argmax(scores[::-1])",
    ),
    Mutant(
        "q2",
        "looks for the largest absolute value",
        "np.argmax(scores)",
        "np.argmax(np.abs(scores))",
    ),
    Mutant("q2", "takes means", "windows @ pattern", "windows @ pattern / len(shape)"),
    Mutant("q3", "forgets the bias", "len(bias))) + bias", "len(bias)))"),
    Mutant("q3", "turns the kernel", "in enumerate(kernel)", "in enumerate(kernel[::-1])"),
    Mutant("q3", "leaves no gaps", "k * dilation::stride", "k::stride"),
    Mutant("q3", "moves by one whatever the stride", "k * dilation::stride", "k * dilation:"),
    Mutant("q3", "pads behind instead of before", "padding, (0, 0)])", "padding[::-1], (0, 0)])"),
    Mutant(
        "q3",
        "pads alike at both ends",
        "np.pad(signals, [(0, 0), padding,",
        "np.pad(signals, [(0, 0), (padding[0],) * 2,",
    ),
    Mutant(
        "q3",
        "makes the output of the samples' type",
        "np.zeros((len(signals), places, len(bias))) + bias",
        "np.zeros((len(signals), places, len(bias)), signals.dtype) + bias.astype(signals.dtype)",
    ),
    Mutant(
        "q3",
        "returns an empty output where nothing fits",
        "(places,) = output_sizes([length], [taps], [stride], [dilation], [padding])",
        "room = length + sum(padding) - (taps - 1) * dilation\n"
        "    places = max(0, (room - 1) // stride + 1)",
    ),
    Mutant("q4", "keeps the last tap's share only", "[:, places] +=", "[:, places] ="),
    Mutant("q4", "leaves no gaps", "begins + k * dilation", "begins + k"),
    Mutant("q4", "moves by one whatever the stride", "stride * np.arange", "np.arange"),
    Mutant(
        "q4",
        "takes means over the batch",
        "return grad_signals, grad_kernel, grad_output.sum(axis=(0, 1))",
        "return (grad_signals, grad_kernel / len(signals),"
        " grad_output.sum(axis=(0, 1)) / len(signals))",
    ),
    Mutant("q4", "turns the kernel on the way back", "@ weights.T", "@ kernel[-1 - k].T"),
    Mutant("q4", "cuts off nothing at the front", "first:first + length", ":length"),
    Mutant(
        "q4",
        "counts the end from the back, and there is no end −0",
        "first:first + length",
        "first:-padding[1]",
    ),
    Mutant(
        "q4",
        "forgets to pad",
        "np.pad(signals, [(0, 0), padding, (0, 0)])",
        "np.pad(signals, [(0, 0), (0, sum(padding)), (0, 0)])",
    ),
    Mutant(
        "q5",
        "hands the gradient to every sample that is the largest",
        "grad_signals[n, t * size + blocks.argmax(axis=2), c] = grad_output",
        "ties = blocks == blocks.max(axis=2)[:, :, np.newaxis]\n"
        "    shares = ties * grad_output[:, :, np.newaxis]\n"
        "    grad_signals[:, :places * size] = shares.reshape(count, -1, channels)",
    ),
    Mutant(
        "q5",
        "takes the last of equals",
        "blocks.argmax(axis=2), c]",
        "size - 1 - blocks[:, :, ::-1].argmax(axis=2), c]",
    ),
    Mutant("q5", "hands it to the block's first sample", " + blocks.argmax(axis=2)", ""),
    Mutant(
        "q5",
        "hands back the largest value times the gradient",
        "c] = grad_output",
        "c] = grad_output * blocks.max(axis=2)",
    ),
    Mutant("q5", "takes the mean", "blocks.max(axis=2)", "blocks.mean(axis=2)"),
    Mutant(
        "q5",
        "takes the largest of all channels",
        "blocks.max(axis=2)",
        "np.zeros((count, places, channels)) + blocks.max(axis=(2, 3))[..., np.newaxis]",
    ),
    Mutant(
        "q5",
        "starts from zeros, which beat numbers below zero",
        "return blocks.max(axis=2)",
        "return np.maximum(blocks.max(axis=2), 0)",
    ),
    Mutant(
        "q6",
        "forgets the ReLU",
        "max_pool1d(np.maximum(answers, 0), size)\n    scores",
        "max_pool1d(answers, size)\n    scores",
    ),
    Mutant(
        "q6",
        "pads the second layer as if it had no gaps, and on both sides",
        'scores = conv1d(\n        pooled, kernel2, weights["bias2"], 1, dilation, (before2, 0))',
        'scores = conv1d(pooled, kernel2, weights["bias2"], 1, dilation,\n'
        "                    (len(kernel2) - 1, before2 - len(kernel2) + 1))",
    ),
    Mutant(
        "q6",
        "looks ahead in the first layer",
        'weights["bias1"], 1, 1, (before1, 0))',
        'weights["bias1"], 1, 1, (0, before1))',
    ),
    Mutant(
        "q6",
        "returns the answers after the ReLU",
        "return answers, pooled, scores",
        "return np.maximum(answers, 0), pooled, scores",
    ),
    Mutant(
        "q6",
        "lets the ReLU pass everything on the way back",
        "by_answers * (answers > 0)",
        "by_answers",
    ),
    Mutant("q6", "takes the sum for the cost", "np.mean(np.logaddexp", "np.sum(np.logaddexp"),
    Mutant(
        "q6",
        "swaps what is wanted and what came",
        "(1 / (1 + np.exp(-scores)) - targets)",
        "(targets - 1 / (1 + np.exp(-scores)))",
    ),
    Mutant(
        "q6",
        "forgets the gaps on the way back",
        "by_scores, pooled, kernel2, 1, dilation,",
        "by_scores, pooled, kernel2, 1, 1,",
    ),
    Mutant(
        "q7",
        "rings at every high block",
        "starts = high & ~np.append(False, high[:-1])",
        "starts = high",
    ),
    Mutant("q7", "wants more than the threshold", "scores >= threshold", "scores > threshold"),
    Mutant("q7", "never rings at the first block", "np.append(False,", "np.append(True,"),
    Mutant(
        "q7",
        "lets an alarm come before its beat",
        "0 <= a - b <= patience",
        "abs(a - b) <= patience",
    ),
    Mutant("q7", "misses an alarm in the beat's block", "0 <= a - b", "0 < a - b"),
    Mutant("q7", "stops one block too early", "a - b <= patience", "a - b < patience"),
    Mutant(
        "q7",
        "lets an alarm answer one beat only",
        "found = {b for b, _ in pairs}",
        "found = {b for b, a in pairs if a not in [y for x, y in pairs if x < b]}",
    ),
    Mutant(
        "q7",
        "counts a second alarm for the same beat as false",
        "useful = {a for _, a in pairs}",
        "useful = {a for b, a in pairs if b not in [x for x, y in pairs if y < a]}",
    ),
    Mutant("q8", "doubles once more", "layers = 7", "layers = 8"),
    Mutant("q8", "adds one sample a layer and not two", "layers = 7", "layers = 125"),
    Mutant("q8", "gives every layer one channel", "(3 * 8 + 1) * 8", "(3 * 1 + 1) * 8"),
    Mutant("q8", "gives the first layer eight channels", "(3 * 1 + 1) * 8", "(3 * 8 + 1) * 8"),
    Mutant("q8", "forgets the holes", "seen = 2**3", "seen = 14"),
    Mutant("q8", "forgets the gaps in the field", "(12 * 2 + 1) * 5", "13 * 5"),
    Mutant("q8", "forgets the first layer's taps", " * 5 + 14", " * 5"),
    Mutant("q8", "gives a fraction", "seen = 2**3", "seen = 8.0"),
]

SAME = "The larger of two numbers does not depend on their order."
POOL_BACK = "by_answers = max_pool1d_gradient(by_pooled, np.maximum({}), size)"
BACK2 = (
    "by_pooled, by_kernel2, by_bias2 = conv1d_gradients"
    "(by_scores, pooled, kernel2, 1, dilation, (before2, {}))"
)
BACK1 = (
    "_, by_kernel1, by_bias1 = conv1d_gradients"
    "(by_answers * (answers {} 0), signals, kernel1, 1, 1, (before1, {}))"
)
UNSEEN = "No output that has a gradient sees a zero after the end."

SURVIVORS = [
    Survivor(
        "q4",
        "return (grad_signals, grad_kernel, grad_output.sum(axis=(0, 1))) → "
        "return (grad_signals, grad_kernel, grad_output.sum(axis=(1, 0)))",
        "The axes are summed in any order: the sum is the same.",
    ),
    Survivor(
        "q6",
        "pooled = max_pool1d(np.maximum(answers, 0), size) → "
        "pooled = max_pool1d(np.maximum(0, answers), size)",
        SAME,
    ),
    Survivor("q6", f"{POOL_BACK.format('answers, 0')} → {POOL_BACK.format('0, answers')}", SAME),
    Survivor(
        "q6",
        f"{POOL_BACK.format('answers, 0')} → {POOL_BACK.format('answers, -1')}",
        "Where the largest answer of a block is below 0, the ReLU stops the gradient anyway.",
    ),
    Survivor(
        "q6",
        "cost = np.mean(np.logaddexp(0, scores) - targets * scores) → "
        "cost = np.mean(np.logaddexp(scores, 0) - targets * scores)",
        "A sum of two exponentials does not depend on their order.",
    ),
    Survivor("q6", f"{BACK2.format(0)} → {BACK2.format(1)}", UNSEEN),
    Survivor("q6", f"{BACK1.format('>', 0)} → {BACK1.format('>', 1)}", UNSEEN),
    Survivor(
        "q6",
        f"{BACK1.format('>', 0)} → {BACK1.format('>=', 0)}",
        "At 0 the ReLU has no derivative, and either is as good.",
    ),
]
