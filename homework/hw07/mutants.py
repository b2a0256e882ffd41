"""Answers of homework 7 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant(
        "q1", "moves the other way", "height - down, width - right", "height + down, width + right"
    ),
    Mutant("q1", "swaps rows and columns", "(down, right) in zip", "(right, down) in zip"),
    Mutant(
        "q1",
        "lets what leaves come back in",
        "        top, left = height - down, width - right\n"
        "        windows.append(image[top:top + height, left:left + width])",
        "        middle = image[height:2 * height, width:2 * width]\n"
        "        windows.append(np.roll(middle, (down, right), axis=(0, 1)))",
    ),
    Mutant(
        "q1",
        "moves all as the first",
        "np.pad(images, border), offsets)",
        "np.pad(images, border), [offsets[0]] * len(images))",
    ),
    Mutant(
        "q1", "repeats the rim", "np.pad(images, border)", 'np.pad(images, border, mode="edge")'
    ),
    Mutant("q1", "moves the rows only", "width - right", "width"),
    Mutant("q2", "mirrors up and down", "crops[:, :, ::-1]", "crops[:, ::-1]"),
    Mutant(
        "q2",
        "mirrors each one at once",
        "np.concatenate([crops, crops[:, :, ::-1]])",
        "np.stack([crops, crops[:, :, ::-1]], 1).reshape(10, height, width, -1)",
    ),
    Mutant(
        "q2",
        "takes the middle where it rounds up",
        "(down // 2, right // 2)",
        "(-(-down // 2), -(-right // 2))",
    ),
    Mutant(
        "q2",
        "goes down the left side first",
        "(0, right), (down, 0), (down, right)",
        "(down, 0), (0, right), (down, right)",
    ),
    Mutant("q2", "accepts any crop", "if down < 0 or right < 0", "if False"),
    Mutant("q2", "looks at the width only", "if down < 0 or right < 0", "if right < 0"),
    Mutant(
        "q2",
        "refuses a crop as large as the image",
        "down < 0 or right < 0",
        "down <= 0 or right <= 0",
    ),
    Mutant("q3", "takes an equal loss for better", "loss < losses[best]", "loss <= losses[best]"),
    Mutant("q3", "waits one epoch longer", "epoch - best == patience", "epoch - best > patience"),
    Mutant(
        "q3", "compares with the epoch before", "loss < losses[best]", "loss < losses[epoch - 1]"
    ),
    Mutant("q3", "counts from 1", "return best, epoch + 1", "return best + 1, epoch + 1"),
    Mutant(
        "q3",
        "gives the last epoch instead of their number",
        "return best, epoch + 1",
        "return best, epoch",
    ),
    Mutant("q3", "never stops", "if epoch - best == patience", "if False"),
    Mutant(
        "q3",
        "looks at the whole list for the best",
        "return best, epoch + 1",
        "return int(np.argmin(losses)), epoch + 1",
    ),
    Mutant("q4", "forgets the ReLU", "0, None)", "None, None)"),
    Mutant("q4", "forgets the trunk's bias", "inputs @ trunk + trunk_bias", "inputs @ trunk"),
    Mutant("q4", "forgets the head's bias", "features @ head + head_bias", "features @ head"),
    Mutant(
        "q4", "lets large scores overflow", "scores - scores.max(axis=1, keepdims=True)", "scores"
    ),
    Mutant(
        "q4",
        "takes the softmax over the examples",
        "powers / powers.sum(axis=1, keepdims=True)",
        "powers / powers.sum(axis=0, keepdims=True)",
    ),
    Mutant(
        "q4",
        "divides by the sum of all examples",
        "powers.sum(axis=1, keepdims=True)",
        "powers.sum()",
    ),
    Mutant(
        "q4",
        "returns the scores",
        "return features, powers / powers.sum(axis=1, keepdims=True)",
        "return features, scores",
    ),
    Mutant(
        "q5",
        "forgets the penalty in the cost",
        "fit + penalty * (np.sum(trunk**2) + np.sum(head**2))",
        "fit",
    ),
    Mutant("q5", "punishes one half", "2 * penalty * head", "penalty * head"),
    Mutant(
        "q5",
        "punishes the head only",
        "inputs.T @ at_features + 2 * penalty * trunk",
        "inputs.T @ at_features",
    ),
    Mutant(
        "q5",
        "punishes the biases",
        "        at_features.sum(axis=0),",
        "        at_features.sum(axis=0) + 2 * penalty * weights[1],",
    ),
    Mutant(
        "q5",
        "sums over the examples instead of taking the mean",
        "(said - truth) / len(inputs)",
        "said - truth",
    ),
    Mutant("q5", "forgets the ReLU on the way back", " * (features > 0)", ""),
    Mutant("q5", "swaps the rates", "np.repeat(rates, 2)", "np.repeat(rates[::-1], 2)"),
    Mutant(
        "q5",
        "steps the head before the trunk's derivatives",
        "    at_features = at_scores @ head.T",
        "    at_features = at_scores @ (head - rates[1] * features.T @ at_scores).T",
    ),
    Mutant("q5", "goes uphill", "w - r * s", "w + r * s"),
    Mutant(
        "q5",
        "takes each example's probabilities of all examples' labels",
        "-np.mean(np.log(said[truth == 1]))",
        "-np.mean(np.log(said[:, labels]))",
    ),
    Mutant(
        "q6",
        "counts the networks' answers instead of averaging",
        "probabilities.mean(axis=0).argmax(axis=1)",
        "np.array([np.bincount(one).argmax() for one in probabilities.argmax(axis=2).T])",
    ),
    Mutant(
        "q6",
        "averages over the examples",
        "probabilities.mean(axis=0)",
        "probabilities.mean(axis=1)",
    ),
    Mutant(
        "q6",
        "multiplies the probabilities",
        "probabilities.mean(axis=0)",
        "probabilities.prod(axis=0)",
    ),
    Mutant(
        "q6",
        "takes the most certain network",
        "probabilities.mean(axis=0)",
        "probabilities.max(axis=0)",
    ),
    Mutant(
        "q6",
        "says how many instead of which share",
        "== classes).mean(axis=0)",
        "== classes).sum(axis=0)",
    ),
    Mutant(
        "q6",
        "gives the vote's probability as agreement",
        "(probabilities.argmax(axis=2) == classes).mean(axis=0)",
        "probabilities.mean(axis=0).max(axis=1)",
    ),
    Mutant(
        "q7", "forgets the first place", "(70 - 64 + 1) * (90 - 80 + 1)", "(70 - 64) * (90 - 80)"
    ),
    Mutant("q7", "forgets the mirror", " * 2\nsteps", "\nsteps"),
    Mutant("q7", "drops the last batch", "15 * 32", "15 * 31"),
    Mutant("q7", "trains the first convolution too", "trained = 16", "trained = 224 + 16"),
    Mutant("q7", "forgets the biases' arrays", "arrays = 4", "arrays = 2"),
    Mutant("q7", "passes the trunk in every epoch", "200 * 1_000_000 +", "30 * 200 * 1_000_000 +"),
    Mutant("q7", "counts in fractions", "15 * 32", "15 * 1000 / 32"),
]

SURVIVORS = [
    Survivor(
        "q1",
        "border = [(0, 0), (height, height), (width, width), (0, 0)] → "
        "border = [(0, 1), (height, height), (width, width), (0, 0)]",
        "one image of zeros more at the end, for which there is no offset",
    ),
    Survivor(
        "q2",
        "if down < 0 or right < 0: → if down < -1 or right < 0:",
        "one row too many: the crops differ in shape, and NumPy raises the ValueError",
    ),
    Survivor(
        "q2",
        "if down < 0 or right < 0: → if down < 0 or right < -1:",
        "the same, one column too many",
    ),
    Survivor(
        "q4",
        "features = np.clip(inputs @ trunk + trunk_bias, 0, None) → "
        "features = np.clip(0, inputs @ trunk + trunk_bias, None)",
        "the larger one of two numbers, whichever comes first",
    ),
    Survivor(
        "q5",
        "return (cost, tuple((w - r * s for w, r, s in zip(weights, both, slopes)))) → "
        "return (cost, tuple((w - r * s for w, s, r in zip(weights, both, slopes))))",
        "the two names occur only in their product",
    ),
    Survivor(
        "q6",
        "classes = probabilities.mean(axis=0).argmax(axis=1) → "
        "classes = probabilities.sum(axis=0).argmax(axis=1)",
        "the largest sum is the largest mean",
    ),
]
