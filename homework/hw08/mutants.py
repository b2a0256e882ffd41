"""Answers of homework 8 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant(
        "q1",
        "takes the sum of the areas for the union",
        ".prod(axis=-1) - shared",
        ".prod(axis=-1)",
    ),
    Mutant(
        "q1",
        "lets boxes that are apart share something",
        "np.maximum(sides, 0).prod(axis=-1)",
        "sides.prod(axis=-1)",
    ),
    Mutant(
        "q1", "divides by zero where nothing has an area", "np.where(union > 0, union, 1)", "union"
    ),
    Mutant(
        "q1",
        "adds a small number to the union, which small boxes notice",
        "np.where(union > 0, union, 1)",
        "(union + 1e-6)",
    ),
    Mutant(
        "q1",
        "counts pixels with both edges",
        "sides = corner - np.maximum(ours[..., :2], others[:, :2])",
        "sides = corner - np.maximum(ours[..., :2], others[:, :2]) + 1",
    ),
    Mutant("q1", "compares box i with other i only", "ours = boxes[:, np.newaxis]", "ours = boxes"),
    Mutant(
        "q1",
        "divides by the smaller box",
        "np.where(union > 0, union, 1)",
        "np.where(area > 0, area, 1)",
    ),
    Mutant("q2", "takes the left edge for the midpoint", "[y1 + y2, x1 + x2]", "[2 * y1, 2 * x1]"),
    Mutant(
        "q2",
        "swaps row and column",
        "row, column = np.minimum",
        "column, row = np.minimum",
    ),
    Mutant(
        "q2",
        "gives the midpoint in shares of the picture",
        "middle[1] - column, middle[0] - row",
        "middle[1] / grid_size[1], middle[0] / grid_size[0]",
    ),
    Mutant(
        "q2",
        "swaps the midpoint's x and y",
        "middle[1] - column, middle[0] - row",
        "middle[0] - row, middle[1] - column",
    ),
    Mutant("q2", "writes the width first", "row, height, width", "row, width, height"),
    Mutant("q2", "overwrites what was there", "            continue\n", ""),
    Mutant("q2", "takes the last of equal anchors", "[0].argmax()", "[0][::-1].argmax() * -1 - 1"),
    Mutant("q2", "reads anchors as width and height", "anchors[:, ::-1]", "anchors"),
    Mutant(
        "q2",
        "has no cell for the last edge",
        "np.minimum(middle, np.subtract(grid_size, 1))",
        "middle",
    ),
    Mutant(
        "q2", "lets objects outside count for the last cell", "(middle > grid_size).any()", "False"
    ),
    Mutant(
        "q3",
        "forgets that a midpoint stays in its cell",
        "raw[..., :3]))",
        "raw[..., :3] * [1, 0, 0]))",
    ),
    Mutant(
        "q3",
        "takes a sigmoid for each class",
        "powers / powers.sum(axis=-1, keepdims=True)",
        "1 / (1 + np.exp(-raw[..., 5:]))",
    ),
    Mutant(
        "q3",
        "takes the softmax without care",
        "np.exp(raw[..., 5:] - raw[..., 5:].max(axis=-1, keepdims=True))",
        "np.exp(raw[..., 5:])",
    ),
    Mutant("q3", "lets sizes grow without bound", "np.clip(raw[..., 3:5], -4, 4)", "raw[..., 3:5]"),
    Mutant(
        "q3",
        "bounds sizes above only",
        "np.clip(raw[..., 3:5], -4, 4)",
        "np.minimum(raw[..., 3:5], 4)",
    ),
    Mutant(
        "q3",
        "forgets the exponential of sizes",
        "np.exp(np.clip(raw[..., 3:5], -4, 4))",
        "np.clip(raw[..., 3:5], -4, 4)",
    ),
    Mutant(
        "q3",
        "swaps height and width of the anchors",
        "sizes = anchors *",
        "sizes = anchors[:, ::-1] *",
    ),
    Mutant(
        "q3",
        "works in the raw numbers' type, which may be whole numbers",
        "np.concatenate([inside, sizes, classes], axis=-1)",
        "np.concatenate([inside, sizes, classes], axis=-1).astype(raw.dtype)",
    ),
    Mutant(
        "q4",
        "takes p_c alone for the score",
        "answers[..., 0] * answers[..., 5:].max(axis=-1)",
        "answers[..., 0]",
    ),
    Mutant(
        "q4",
        "keeps scores that equal the threshold",
        "scores > score_threshold",
        "scores >= score_threshold",
    ),
    Mutant(
        "q4",
        "leaves the boxes unsorted",
        'np.argsort(-found, kind="stable")',
        "np.arange(len(found))",
    ),
    Mutant(
        "q4",
        "takes the last of equal scores first",
        'np.argsort(-found, kind="stable")',
        'np.argsort(found, kind="stable")[::-1]',
    ),
    Mutant("q4", "forgets in which cell it is", "(corner + places[:, 1:3])", "places[:, 1:3]"),
    Mutant(
        "q4",
        "swaps row and column",
        "np.stack([column, row], axis=1)",
        "np.stack([row, column], axis=1)",
    ),
    Mutant("q4", "swaps height and width", "places[:, [4, 3]]", "places[:, [3, 4]]"),
    Mutant(
        "q4",
        "takes the midpoint for the top left corner",
        "[middle - half, middle + half]",
        "[middle, middle + 2 * half]",
    ),
    Mutant("q5", "drops at the threshold itself", "> iou_threshold)", ">= iou_threshold)"),
    Mutant("q5", "goes from the worst box on", "np.argsort(-scores", "np.argsort(scores"),
    Mutant(
        "q5",
        "takes the last of equal scores first",
        'np.argsort(-scores, kind="stable")',
        'np.argsort(scores, kind="stable")[::-1]',
    ),
    Mutant(
        "q5",
        "lets boxes that were dropped drop others",
        "            kept.append(candidate)\n    return np.array(kept, int)",
        "            kept.append(candidate)\n"
        "    better = scores[:, np.newaxis] < scores\n"
        "    kept = [k for k in kept if not (clash[k] & better[k]).any()]\n"
        "    return np.array(kept, int)",
    ),
    Mutant(
        "q5",
        "returns the indices in the order of the boxes",
        "np.array(kept, int)",
        "np.array(sorted(kept), int)",
    ),
    Mutant("q5", "returns reals where nothing is kept", "np.array(kept, int)", "np.array(kept)"),
    Mutant("q5", "suppresses across classes", "rivals & (pairwise_iou", "(pairwise_iou"),
    Mutant(
        "q6", "ignores the classes", "    iou[class_ids[:, np.newaxis] != true_classes] = -1\n", ""
    ),
    Mutant("q6", "lets an object be found twice", "            iou[:, best] = -1\n", ""),
    Mutant("q6", "wants more than the threshold", ">= iou_threshold", "> iou_threshold"),
    Mutant(
        "q6",
        "looks for the best object first, and then whether it is taken",
        "(iou[i, best] >= iou_threshold).any():\n"
        "            rows[i] = best[0]\n"
        "            iou[:, best] = -1",
        "(iou[i, best] >= iou_threshold).any() and best[0] not in rows:\n"
        "            rows[i] = best[0]",
    ),
    Mutant(
        "q6",
        "goes through the boxes as they come",
        'np.argsort(-scores, kind="stable")',
        "range(len(scores))",
    ),
    Mutant(
        "q6",
        "takes the first of equal objects",
        'np.argsort(iou[i], kind="stable")[-1:]',
        'np.argsort(-iou[i], kind="stable")[:1]',
    ),
    Mutant(
        "q6",
        "counts no second boxes as false alarms",
        "len(rows) - hits, num_objects",
        "0, num_objects",
    ),
    Mutant("q6", "forgets object 0 in the count", "np.sum(rows >= 0)", "np.sum(rows > 0)"),
    Mutant("q7", "does not sort", 'is_hit[np.argsort(-scores, kind="stable")]', "is_hit"),
    Mutant("q7", "sorts the wrong way", "np.argsort(-scores", "np.argsort(scores"),
    Mutant("q7", "forgets the replacement", "best[in_order].sum()", "precision[in_order].sum()"),
    Mutant(
        "q7",
        "replaces by the best one before",
        "np.maximum.accumulate(precision[::-1])[::-1]",
        "np.maximum.accumulate(precision)",
    ),
    Mutant("q7", "takes the mean over what was found", "/ num_objects", "/ max(in_order.sum(), 1)"),
    Mutant("q7", "lets false alarms add strips, too", "best[in_order].sum()", "best.sum()"),
    Mutant(
        "q7",
        "mixes up equal scores",
        'np.argsort(-scores, kind="stable")',
        'np.argsort(scores, kind="stable")[::-1]',
    ),
    Mutant("q8", "forgets the anchors", "15 * 20 * 4", "15 * 20"),
    Mutant("q8", "takes one filter for each class", "4 * (5 + 6)", "6"),
    Mutant("q8", "shares the classes among the anchors", "4 * (5 + 6)", "4 * 5 + 6"),
    Mutant("q8", "divides by one box, not by the union", "furthest = 13", "furthest = 20"),
    Mutant("q8", "gives p_c in place of the raw number", "np.log(4)", "0.8"),
    Mutant("q8", "takes the threshold for p_c", "np.log(4)", "np.log(0.4 / 0.6)"),
    Mutant("q8", "thinks that doubles cost nothing", "(1 + 2 / 3 + 3 / 5 + 4 / 7) / 4", "1.0"),
    Mutant("q8", "takes half of everything", "(1 + 2 / 3 + 3 / 5 + 4 / 7) / 4", "0.5"),
    Mutant("q8", "gives a fraction", "furthest = 13", "furthest = 40 / 3"),
]

COMMUTES = "The larger, or smaller, of two numbers is the same in either order."
TWO_AXES = "The others have two axes: the last is the second."
NOTHING_SHARED = "Where the union is zero, nothing is shared, and zero by anything is zero."
ONE_ROW = "One shape is compared: the table has one row, and the first is the last."
ONE_BEST = "There is at most one best object: the first is the last."
NEVER_ENOUGH = "The threshold is above 0, so that zero, -1 and -2 all fail."
EITHER_WAY = "That two boxes clash is the same in either order."
CLASSES = "iou[class_ids[:, np.newaxis] != true_classes] = {}"
MIDDLE = "row, column = np.minimum({}).astype(int)"
UNION = "union = area + (others[:, 2:] - others[:, :2]).prod(axis={}) - shared"

SURVIVORS = [
    Survivor(
        "q1",
        "corner = np.minimum(ours[..., 2:], others[:, 2:]) → "
        "corner = np.minimum(others[:, 2:], ours[..., 2:])",
        COMMUTES,
    ),
    Survivor(
        "q1",
        "sides = corner - np.maximum(ours[..., :2], others[:, :2]) → "
        "sides = corner - np.maximum(others[:, :2], ours[..., :2])",
        COMMUTES,
    ),
    Survivor(
        "q1",
        "shared = np.maximum(sides, 0).prod(axis=-1) → shared = np.maximum(0, sides).prod(axis=-1)",
        COMMUTES,
    ),
    Survivor("q1", f"{UNION.format(-1)} → {UNION.format(1)}", TWO_AXES),
    Survivor(
        "q1",
        "return shared / np.where(union > 0, union, 1) → "
        "return shared / np.where(union > 0, union, 2)",
        NOTHING_SHARED,
    ),
    Survivor(
        "q2",
        f"{MIDDLE.format('middle, np.subtract(grid_size, 1)')} → "
        f"{MIDDLE.format('np.subtract(grid_size, 1), middle')}",
        COMMUTES,
    ),
    Survivor(
        "q2",
        "place = target[row, column, pairwise_iou(own, shapes)[0].argmax()] → "
        "place = target[row, column, pairwise_iou(own, shapes)[-1].argmax()]",
        ONE_ROW,
    ),
    Survivor(
        "q3",
        "sizes = anchors * np.exp(np.clip(raw[..., 3:5], -4, 4)) → "
        "sizes = anchors * np.exp(np.clip(-4, raw[..., 3:5], 4))",
        "np.clip takes the larger of its first two numbers: " + COMMUTES,
    ),
    Survivor(
        "q5",
        "if not clash[candidate, kept].any(): → if not clash[kept, candidate].any():",
        EITHER_WAY,
    ),
    Survivor("q6", f"{CLASSES.format(-1)} → {CLASSES.format(-2)}", NEVER_ENOUGH),
    Survivor("q6", f"{CLASSES.format(-1)} → {CLASSES.format('-0')}", NEVER_ENOUGH),
    Survivor("q6", "iou[:, best] = -1 → iou[:, best] = -2", NEVER_ENOUGH),
    Survivor("q6", "iou[:, best] = -1 → iou[:, best] = -0", NEVER_ENOUGH),
    Survivor("q6", "rows[i] = best[0] → rows[i] = best[-1]", ONE_BEST),
]
