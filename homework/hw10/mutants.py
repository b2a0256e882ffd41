"""Answers of homework 10 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant("q1", "takes the root", "np.sum(gaps ** 2, axis=2)", "np.sqrt(np.sum(gaps ** 2, 2))"),
    Mutant("q1", "adds up distances that are not squared", "gaps ** 2", "np.abs(gaps)"),
    Mutant("q1", "takes the mean over the coordinates", "np.sum(", "np.mean("),
    Mutant("q1", "subtracts bytes", ".astype(float)", ""),
    Mutant("q1", "makes whole numbers of all", ".astype(float)", ".astype(int)"),
    Mutant(
        "q1",
        "looks for minus signs when they are gone already",
        "embeddings[:, np.newaxis].astype(float) - others",
        "(embeddings[:, np.newaxis] - others).astype(float)",
    ),
    Mutant("q1", "puts the others into the rows", "axis=2)", "axis=2).T"),
    Mutant("q2", "forgets the margin", "near - far + margin", "near - far"),
    Mutant("q2", "exchanges positive and negative", "near - far + margin", "far - near + margin"),
    Mutant(
        "q2", "lets losses be negative", "np.maximum(near - far + margin, 0)", "near - far + margin"
    ),
    Mutant(
        "q2",
        "adds the margin to those that pay already",
        "np.maximum(near - far + margin, 0)",
        "np.where(near > far, near - far + margin, 0)",
    ),
    Mutant(
        "q2",
        "measures from the positive to the negative",
        "(anchors - negatives) ** 2",
        "(positives - negatives) ** 2",
    ),
    Mutant("q2", "returns the sum as cost", "losses.sum() / max(len(losses), 1)", "losses.sum()"),
    Mutant(
        "q2", "takes the mean of nothing", "losses.sum() / max(len(losses), 1)", "losses.mean()"
    ),
    Mutant(
        "q2",
        "takes the mean over those that pay",
        "max(len(losses), 1)",
        "max(np.count_nonzero(losses), 1)",
    ),
    Mutant(
        "q3",
        "adds once for a picture that stands in several triplets",
        "np.add.at(grads, paying.T, 2 * np.stack(shares))",
        "grads[paying.T] += 2 * np.stack(shares)",
    ),
    Mutant("q3", "lets all triplets pull", "losses > 0", "losses >= 0"),
    Mutant("q3", "forgets the two", "2 * np.stack", "np.stack"),
    Mutant("q3", "returns the gradient of the sum", " / max(len(triplets), 1)", ""),
    Mutant("q3", "divides by those that pay", "max(len(triplets), 1)", "max(len(paying), 1)"),
    Mutant("q3", "divides by the pictures", "max(len(triplets), 1)", "len(embeddings)"),
    Mutant(
        "q3",
        "moves the anchor only",
        "positives - anchors, anchors - negatives]",
        "0 * anchors, 0 * anchors]",
    ),
    Mutant("q3", "turns the negative's sign", "anchors - negatives]", "negatives - anchors]"),
    Mutant(
        "q3",
        "makes the gradient of the embeddings' type",
        "np.zeros(embeddings.shape)\n    np.add.at(grads, paying.T, 2 * np.stack(shares))\n"
        "    return grads / max(len(triplets), 1)",
        "np.zeros_like(embeddings)\n    np.add.at(grads, paying.T, 2 * np.stack(shares))\n"
        "    grads[...] = grads / max(len(triplets), 1)\n    return grads",
    ),
    Mutant("q4", "takes hard ones", "others & (row > row[positive])", "others"),
    Mutant("q4", "calls as far farther", "row > row[positive]", "row >= row[positive]"),
    Mutant("q4", "looks among the same person, too", "others & (row >", "(row >"),
    Mutant(
        "q4",
        "takes the nearest if nobody is farther",
        "np.where(others, row, -np.inf).argmax()",
        "np.where(others, row, np.inf).argmin()",
    ),
    Mutant("q4", "takes itself as positive", "anchor != positive and others", "others"),
    Mutant("q4", "lists a pair once", "anchor != positive and", "anchor < positive and"),
    Mutant(
        "q4",
        "leaves out whoever has nobody farther",
        "anchor != positive and others.any()",
        "anchor != positive and farther.any()",
    ),
    Mutant("q4", "finds strangers where there are none", " and others.any()", ""),
    Mutant("q4", "returns the array of an empty list", ".reshape(len(triplets), 3)", ""),
    Mutant("q5", "rejects what is right at the threshold", "distances <= thr", "distances < thr"),
    Mutant("q5", "exchanges the two kinds", "accepted[:, ~same].mean(", "accepted[:, same].mean("),
    Mutant(
        "q5",
        "gives false accepts as a share of all pairs",
        "accepted[:, ~same].mean(axis=1), false",
        "(accepted & ~same).mean(axis=1), false",
    ),
    Mutant(
        "q5",
        "gives false accepts as a share of the accepted pairs",
        "accepted[:, ~same].mean(axis=1), false",
        "accepted[:, ~same].sum(axis=1) / np.maximum(accepted.sum(axis=1), 1), false",
    ),
    Mutant(
        "q5", "counts who is accepted rightly", "= 1 - accepted[:, same]", "= accepted[:, same]"
    ),
    Mutant("q5", "wants fewer than are allowed", "false_accepts <= most", "false_accepts < most"),
    Mutant("q5", "takes the smallest", "return max(", "return min("),
    Mutant(
        "q5",
        "takes the last of the list",
        "max(candidates[false_accepts <= most], default=None)",
        "[None, *candidates[false_accepts <= most]][-1]",
    ),
    Mutant("q5", "returns a number where there is none", "default=None", "default=0"),
    Mutant(
        "q5",
        "looks at the false rejects",
        "error_rates(distances, same, candidates)[0]",
        "error_rates(distances, same, candidates)[1]",
    ),
    Mutant(
        "q6", "replaces what was enrolled", "[*gallery.get(name, []), *embeddings]", "[*embeddings]"
    ),
    Mutant(
        "q6",
        "puts new pictures before the old ones",
        "[*gallery.get(name, []), *embeddings]",
        "[*embeddings, *gallery.get(name, [])]",
    ),
    Mutant(
        "q6",
        "enrols in the gallery that it was given",
        "return {**gallery, name: np.array(rows)}",
        "gallery[name] = np.array(rows)\n    return gallery",
    ),
    Mutant(
        "q6",
        "removes from the gallery that it was given",
        "return {other: gallery[other] for other in gallery if other != name}",
        "del gallery[name]\n    return gallery",
    ),
    Mutant(
        "q6",
        "removes nobody silently",
        'raise ValueError(f"Nobody is enrolled as {name!r}.")',
        "return gallery",
    ),
    Mutant("q6", "looks at everybody's first picture", "(rows, visitor", "(rows[:1], visitor"),
    Mutant(
        "q6", "takes the last of equally near ones", "distance < smallest", "distance <= smallest"
    ),
    Mutant("q6", "wants less than the threshold", "smallest <= threshold", "smallest < threshold"),
    Mutant(
        "q6",
        "names the nearest person always",
        "(nearest if smallest <= threshold else None)",
        "nearest",
    ),
    Mutant(
        "q6",
        "takes the first who is near enough",
        "            nearest, smallest = name, distance\n",
        "            nearest, smallest = name, distance\n"
        "        if distance <= threshold:\n            break\n",
    ),
    Mutant("q7", "counts pairs in both orders", "6 * 3 + 4 * 10", "6 * 6 + 4 * 20"),
    Mutant("q7", "counts a picture with itself", "38 * 37 // 2", "38 * 39 // 2"),
    Mutant("q7", "gives anchor and positive no order", "(5 * 4 * 33)", "(10 * 33)"),
    Mutant("q7", "counts the person's own pictures as negatives", "* 35) +", "* 38) +"),
    Mutant("q7", "adds up the probabilities", "int(np.log(0.85) / np.log(0.996))", "int(15 / 0.4)"),
    Mutant("q7", "rounds up", "int(np.log(0.85) / np.log(0.996))", "41"),
    Mutant("q7", "takes a picture for a pair", "= 46 ", "= 1000 "),
    Mutant("q7", "stops before there are enough", "= 46 ", "= 45 "),
    Mutant("q7", "gives a fraction", "int(np.log(0.85) / np.log(0.996))", "40.5"),
]

LARGER = "The larger of two numbers is the same in either order."
MAXIMUM = "losses = np.maximum({})"
MEAN = "return (losses, losses.sum() / max({}))"
SHARE = "return grads / max({})"
VISITOR = "visitor[np.newaxis]"
TABLE = "distance = squared_distances({}).min()"

SURVIVORS = [
    Survivor(
        "q2",
        f"{MAXIMUM.format('near - far + margin, 0')} → {MAXIMUM.format('0, near - far + margin')}",
        LARGER,
    ),
    Survivor("q2", f"{MEAN.format('len(losses), 1')} → {MEAN.format('1, len(losses)')}", LARGER),
    Survivor(
        "q3", f"{SHARE.format('len(triplets), 1')} → {SHARE.format('1, len(triplets)')}", LARGER
    ),
    Survivor(
        "q6",
        f"{TABLE.format('rows, ' + VISITOR)} → {TABLE.format(VISITOR + ', rows')}",
        "The table lies on its side, and its smallest number is the same.",
    ),
]
