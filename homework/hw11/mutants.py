"""Answers of homework 11 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant(
        "q1",
        "multiplies positions with positions",
        "unrolled.T @ unrolled",
        "unrolled @ unrolled.T",
    ),
    Mutant(
        "q1",
        "divides by the number of positions",
        "unrolled.T @ unrolled",
        "unrolled.T @ unrolled / len(unrolled)",
    ),
    Mutant(
        "q1",
        "takes the covariance",
        "unrolled.T @ unrolled",
        "np.cov(unrolled.T, bias=True) * len(unrolled)",
    ),
    Mutant(
        "q1",
        "mixes channels and columns",
        "maps.reshape(-1, maps.shape[-1])",
        "maps.reshape(maps.shape[-1], -1).T",
    ),
    Mutant(
        "q1",
        "keeps the rows apart",
        "unrolled.T @ unrolled",
        "np.einsum('ijc,ijd->icd', maps, maps)",
    ),
    Mutant(
        "q2",
        "takes the factor of one half",
        "/ (4 * maps.size), error / (2 * maps.size)",
        "/ 2, error",
    ),
    Mutant(
        "q2", "loses the 2 of the derivative", "error / (2 * maps.size)", "error / (4 * maps.size)"
    ),
    Mutant(
        "q2",
        "turns the sign of the gradient",
        "error / (2 * maps.size)",
        "-error / (2 * maps.size)",
    ),
    Mutant(
        "q2",
        "gives the gradient without the factor",
        "error / (2 * maps.size)",
        "2 * error",
    ),
    Mutant("q2", "takes the mean of the squares alone", "/ (4 * maps.size)", "/ maps.size"),
    Mutant("q2", "lets NumPy stretch the smaller map", "content_maps.shape != maps.shape", "False"),
    Mutant(
        "q2",
        "compares the sizes in place of the shapes",
        "content_maps.shape != maps.shape",
        "content_maps.size != maps.size",
    ),
    Mutant(
        "q3",
        "divides both matrices by the same number of positions",
        "style_maps[..., 0].size",
        "positions",
    ),
    Mutant("q3", "loses the square of the channels", "4 * channels ** 2)", "4 * channels)"),
    Mutant(
        "q3",
        "divides by the positions once too often",
        "channels ** 2 * positions)",
        "channels ** 2 * positions ** 2)",
    ),
    Mutant(
        "q3",
        "forgets the positions in the gradient",
        "(channels ** 2 * positions)",
        "channels ** 2",
    ),
    Mutant(
        "q3",
        "differentiates one factor of the product only",
        "(channels ** 2 * positions)",
        "(2 * channels ** 2 * positions)",
    ),
    Mutant("q3", "takes the style minus the generated", "maps @ apart /", "maps @ -apart /"),
    Mutant(
        "q3",
        "takes the style's maps in the gradient",
        "cost, maps @ apart",
        "cost, style_maps @ apart",
    ),
    Mutant(
        "q3",
        "works with one channel where there are more",
        "style_maps.shape[2] != channels",
        "False",
    ),
    Mutant(
        "q4",
        "adds the squares up",
        "np.mean(down ** 2) + np.mean(along ** 2)",
        "np.sum(down ** 2) + np.sum(along ** 2)",
    ),
    Mutant(
        "q4",
        "takes one mean for both",
        "np.mean(down ** 2) + np.mean(along ** 2)",
        "(np.sum(down ** 2) + np.sum(along ** 2)) / (down.size + along.size)",
    ),
    Mutant(
        "q4",
        "takes sizes in place of squares",
        "np.mean(down ** 2) + np.mean(along ** 2)",
        "np.abs(down).mean() + np.abs(along).mean()",
    ),
    Mutant(
        "q4", "forgets the other pixel of a pair", "    gradient[:-1] -= 2 * down / down.size\n", ""
    ),
    Mutant(
        "q4",
        "looks along the rows only",
        "np.mean(down ** 2) + np.mean(along ** 2)",
        "np.mean(along ** 2)",
    ),
    Mutant(
        "q4",
        "mixes up rows and columns in the gradient",
        "gradient[:-1] -= 2 * down / down.size",
        "gradient[1:] -= 2 * down / down.size",
    ),
    Mutant(
        "q4",
        "works in the picture's own kind of number",
        "np.zeros(picture.shape)",
        "np.zeros_like(picture)",
    ),
    Mutant(
        "q5",
        "forgets to take the mean away",
        "centred, other = rows - rows.mean(axis=0), wanted",
        "centred, other = rows, wanted",
    ),
    Mutant(
        "q5", "leaves the photograph's mean", "+ wanted.mean(axis=0)\n", "+ rows.mean(axis=0)\n"
    ),
    Mutant("q5", "takes one mean for all colours", "+ wanted.mean(axis=0)\n", "+ wanted.mean()\n"),
    Mutant(
        "q5",
        "takes the two matrices in the wrong order",
        "(colour @ whiten).T",
        "(colour @ whiten)",
    ),
    Mutant("q5", "forgets the number of pixels", "other / len(wanted)", "other / len(rows)"),
    Mutant("q5", "does not cut off", "np.clip(moved, 0, 1)", "moved"),
    Mutant(
        "q5",
        "matches each colour by itself",
        "(colour @ whiten).T",
        "np.diag(wanted.std(axis=0) / (rows.std(axis=0) + 1e-9))",
    ),
    Mutant(
        "q6",
        "forgets beta in the gradient",
        'by_maps.append(plan["beta"] * share * slope)',
        "by_maps.append(share * slope)",
    ),
    Mutant(
        "q6",
        "forgets the layers' weights in the gradient",
        'by_maps.append(plan["beta"] * share * slope)',
        'by_maps.append(plan["beta"] * slope)',
    ),
    Mutant(
        "q6",
        "lets the content replace the style at its layer",
        'by_maps[where] + plan["alpha"] * slope',
        'plan["alpha"] * slope',
    ),
    Mutant("q6", "takes the content at the first layer always", 'plan["content_layer"]', "0"),
    Mutant(
        "q6",
        "takes the style's mean over the layers",
        'maps, plan["layer_weights"]):',
        'maps, np.divide(plan["layer_weights"], len(maps))):',
    ),
    Mutant(
        "q6",
        "forgets the total variation's gradient",
        "gradient + look_back(picture, filters, by_maps)",
        "look_back(picture, filters, by_maps)",
    ),
    Mutant(
        "q6",
        "keeps the last layer's style only",
        'cost += plan["beta"]',
        'cost = cost * 0 + plan["beta"]',
    ),
    Mutant(
        "q6",
        "swaps content and generated",
        "content_cost(content_maps[where], maps[where])",
        "content_cost(maps[where], content_maps[where])",
    ),
    Mutant("q7", "goes up the slope", "picture = picture - rate", "picture = picture + rate"),
    Mutant("q7", "forgets to cut off", "        picture = np.clip(picture, 0, 1)\n", ""),
    Mutant(
        "q7",
        "forgets the corrections of the beginning",
        "size = np.sqrt(mean_square / (1 - 0.99 ** t)) + 1e-12\n"
        "        picture = picture - rate * trend / (1 - 0.9 ** t) / size",
        "size = np.sqrt(mean_square) + 1e-12\n        picture = picture - rate * trend / size",
    ),
    Mutant("q7", "corrects as in step one, always", "1 - 0.99 ** t", "1 - 0.99"),
    Mutant(
        "q7",
        "forgets the root",
        "np.sqrt(mean_square / (1 - 0.99 ** t))",
        "mean_square / (1 - 0.99 ** t)",
    ),
    Mutant(
        "q7",
        "takes one running mean for the other",
        "0.99 * mean_square + 0.01",
        "0.9 * mean_square + 0.1",
    ),
    Mutant("q7", "notes the cost of the last step only", "costs += [cost]", "costs = [cost]"),
    Mutant("q7", "takes one step too many", "range(1, steps + 1)", "range(1, steps + 2)"),
    Mutant(
        "q7",
        "takes the gradient without its means",
        "rate * trend / (1 - 0.9 ** t)",
        "rate * slope",
    ),
    Mutant(
        "q8",
        "counts one channel of the disagreement",
        "24 / (4 * 4 * 6 * 2)",
        "12 / (4 * 4 * 6 * 2)",
    ),
    Mutant("q8", "forgets the channels in the factor", "24 / (4 * 4 * 6 * 2)", "24 / (4 * 4 * 6)"),
    Mutant("q8", "thinks that Gram matrices see where", "chess_style = 0.0", "chess_style = 0.125"),
    Mutant("q8", "counts one of the two entries", "2 * 0.5 ** 2", "0.5 ** 2"),
    Mutant("q8", "divides by the positions once", "2 * 0.5 ** 2", "2 * 12 ** 2 / 24"),
    Mutant("q8", "lets the style grow like the content", "beta_factor = 1 / 25", "beta_factor = 1"),
    Mutant("q8", "turns the ratio around", "beta_factor = 1 / 25", "beta_factor = 25"),
    Mutant("q8", "thinks that a large matrix has full rank", "rank = 5 * 7", "rank = 64"),
    Mutant(
        "q8", "gives half of the numbers, which is no whole one", "rank = 5 * 7", "rank = 5 * 7 / 2"
    ),
]

FIRST = "It is the first to be added to zeros."
ANY_LENGTH = "For NumPy every negative length is the one that it has to find."
ONE_CHANNEL = "Every channel has as many positions."
CLIP = "np.clip takes the larger of its first two numbers, in either order."
BOTH_ZEROS = "Both begin with zeros of one shape."
TINY = "Far too small to be seen; where the root is 0, the mean is 0, too."
FOUR = "Two squared and two times two are four."
CLIPPED = "picture = np.clip({}, 1)"

SURVIVORS = [
    Survivor(
        "q1",
        "unrolled = maps.reshape(-1, maps.shape[-1]) → unrolled = maps.reshape(-2, maps.shape[-1])",
        ANY_LENGTH,
    ),
    Survivor(
        "q3",
        "mean_style = gram_of(style_maps) / style_maps[..., 0].size → "
        "mean_style = gram_of(style_maps) / style_maps[..., -1].size",
        ONE_CHANNEL,
    ),
    Survivor(
        "q4",
        "gradient[1:] += 2 * down / down.size → gradient[1:] = 2 * down / down.size",
        FIRST,
    ),
    Survivor(
        "q5",
        "return np.clip(moved, 0, 1).reshape(content.shape) → "
        "return np.clip(0, moved, 1).reshape(content.shape)",
        CLIP,
    ),
    Survivor(
        "q5",
        "rows, wanted = (content.reshape(-1, 3), style.reshape(-1, 3)) → "
        "rows, wanted = (content.reshape(-2, 3), style.reshape(-1, 3))",
        ANY_LENGTH,
    ),
    Survivor(
        "q5",
        "rows, wanted = (content.reshape(-1, 3), style.reshape(-1, 3)) → "
        "rows, wanted = (content.reshape(-1, 3), style.reshape(-2, 3))",
        ANY_LENGTH,
    ),
    Survivor(
        "q7",
        "trend, mean_square = (np.zeros(start.shape), np.zeros(start.shape)) → "
        "mean_square, trend = (np.zeros(start.shape), np.zeros(start.shape))",
        BOTH_ZEROS,
    ),
    Survivor(
        "q7",
        "size = np.sqrt(mean_square / (1 - 0.99 ** t)) + 1e-12 → "
        "size = np.sqrt(mean_square / (1 - 0.99 ** t)) - 1e-12",
        TINY,
    ),
    Survivor("q7", f"{CLIPPED.format('picture, 0')} → {CLIPPED.format('0, picture')}", CLIP),
    Survivor(
        "q8",
        "together = 2 * 0.5 ** 2 / (4 * 2 ** 2) → together = 2 * 0.5 ** 2 / (4 * (2 * 2))",
        FOUR,
    ),
]
