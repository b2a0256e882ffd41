"""Answers of homework 8 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

LOOPS = {
    "q1": """
def one_iou(a, b):
    x1, y1, x2, y2 = [float(number) for number in a]
    left, top, right, bottom = [float(number) for number in b]
    width = min(x2, right) - max(x1, left)
    height = min(y2, bottom) - max(y1, top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((x2 - x1) * (y2 - y1) + (right - left) * (bottom - top) - shared)

def pairwise_iou(boxes, others):
    table = np.zeros((len(boxes), len(others)))
    for i in range(len(boxes)):
        for j in range(len(others)):
            table[i, j] = one_iou(boxes[i], others[j])
    return table
""",
    "q2": """
def encode_objects(boxes, class_ids, image_size, grid_size, anchors, num_classes):
    (height, width), (rows, columns) = image_size, grid_size
    cell_height, cell_width = height / rows, width / columns
    target = np.zeros((rows, columns, len(anchors), 5 + num_classes))
    left_out = []
    for k in range(len(boxes)):
        x1, y1, x2, y2 = boxes[k].tolist()
        x, y, h, w = (x1 + x2) / 2, (y1 + y2) / 2, y2 - y1, x2 - x1
        if not (0 <= x <= width and 0 <= y <= height):
            raise ValueError(f"({x}, {y}) is not in the picture")
        row, column = int(y / cell_height), int(x / cell_width)
        row -= row == rows
        column -= column == columns
        best, best_iou = 0, -1
        for a in range(len(anchors)):
            shared = min(h, anchors[a][0]) * min(w, anchors[a][1])
            iou = shared / (h * w + anchors[a][0] * anchors[a][1] - shared)
            if iou > best_iou:
                best, best_iou = a, iou
        if target[row, column, best, 0] > 0:
            left_out.append(k)
        else:
            numbers = [1, x / cell_width - column, y / cell_height - row,
                       h / cell_height, w / cell_width] + [0] * num_classes
            numbers[5 + class_ids[k]] = 1
            target[row, column, best] = numbers
    return target, left_out
""",
    "q3": """
import math

def sigmoid(t):
    if t < 0:
        return math.exp(t) / (1 + math.exp(t))
    return 1 / (1 + math.exp(-t))

def read_raw(raw, anchors):
    answers = np.empty(raw.shape)
    for i, j, a in np.ndindex(raw.shape[:3]):
        t = [float(number) for number in raw[i, j, a]]
        place = [sigmoid(number) for number in t[:3]]
        for number, side in zip(t[3:5], anchors[a]):
            place.append(side * math.exp(max(-4, min(4, number))))
        powers = [math.exp(number - max(t[5:])) for number in t[5:]]
        place += [power / sum(powers) for power in powers]
        answers[i, j, a] = place
    return answers
""",
    "q4": """
def decode_places(answers, image_size, score_threshold):
    rows, columns, num_anchors, _ = answers.shape
    high, wide = image_size[0] / rows, image_size[1] / columns
    found = []
    for i in range(rows):
        for j in range(columns):
            for a in range(num_anchors):
                p_c, b_x, b_y, b_h, b_w, *classes = answers[i, j, a].tolist()
                kind = classes.index(max(classes))
                score = p_c * classes[kind]
                if score > score_threshold:
                    x, y = (j + b_x) * wide, (i + b_y) * high
                    h, w = b_h * high, b_w * wide
                    box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
                    found.append((box, score, kind))
    found.sort(key=lambda one: -one[1])
    boxes = np.array([one[0] for one in found], float).reshape(-1, 4)
    scores = np.array([one[1] for one in found], float)
    return boxes, scores, np.array([one[2] for one in found], int)
""",
    "q5": """
def suppress(boxes, scores, class_ids, iou_threshold):
    left = sorted(range(len(scores)), key=lambda i: -scores[i])
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        still = []
        for i in left:
            iou = pairwise_iou(boxes[[i]], boxes[[best]])[0, 0]
            if class_ids[i] != class_ids[best] or iou <= iou_threshold:
                still.append(i)
        left = still
    return np.array(kept, dtype=int)
""",
    "q6": """
def match_objects(boxes, scores, class_ids, true_boxes, true_classes, iou_threshold):
    rows = [-1] * len(boxes)
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        best, best_iou = -1, iou_threshold
        for j in range(len(true_boxes)):
            if j in rows or true_classes[j] != class_ids[i]:
                continue
            iou = pairwise_iou(boxes[i:i + 1], true_boxes[j:j + 1])[0, 0]
            if iou >= best_iou:
                best, best_iou = j, iou
        rows[i] = best
    return np.array(rows, int)


def tally(rows, num_objects):
    hits = alarms = 0
    for row in rows:
        if row == -1:
            alarms += 1
        else:
            hits += 1
    return hits, alarms, num_objects - hits
""",
    "q7": """
def average_precision(is_hit, scores, num_objects):
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    precisions, hits = [], 0
    for count, i in enumerate(order, start=1):
        hits += bool(is_hit[i])
        precisions.append(hits / count)
    area = 0.0
    for place, i in enumerate(order):
        if is_hit[i]:
            area += max(precisions[place:]) / num_objects
    return area
""",
    "q8": """
import math

rows, columns, anchors, classes = 480 // 32, 640 // 32, 4, 6
num_boxes = rows * columns * anchors
filters = anchors * (1 + 4 + classes)
furthest = 0
while (40 - (furthest + 1)) / (40 + (furthest + 1)) >= 0.5:
    furthest += 1
p_c = 0.4 / 0.5
raw_certainty = -math.log(1 / p_c - 1)
doubled = sum(k / (2 * k - 1) for k in range(1, 5)) / 4
""",
}

VECTORISED = {
    "q1": """
def pairwise_iou(boxes, others):
    x1, y1, x2, y2 = np.asarray(boxes, float).T[:, :, None]
    left, top, right, bottom = np.asarray(others, float).T[:, None, :]
    shared = (np.minimum(x2, right) - np.maximum(x1, left)).clip(0)
    shared = shared * (np.minimum(y2, bottom) - np.maximum(y1, top)).clip(0)
    union = (x2 - x1) * (y2 - y1) + (right - left) * (bottom - top) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
""",
    "q2": """
def encode_objects(boxes, class_ids, image_size, grid_size, anchors, num_classes):
    boxes, image, grid = np.asarray(boxes, float), np.array(image_size), np.array(grid_size)
    cell = image / grid
    middles = (boxes[:, [1, 0]] + boxes[:, [3, 2]]) / 2
    sizes = boxes[:, [3, 2]] - boxes[:, [1, 0]]
    if np.any((middles < 0) | (middles > image)):
        raise ValueError("outside")
    places = np.clip(np.floor(middles / cell), 0, grid - 1).astype(int)
    shared = np.minimum(sizes[:, None], anchors).prod(axis=2)
    iou = shared / (sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - shared)
    owners = np.argmax(iou, axis=1)
    flat = np.ravel_multi_index((*places.T, owners), (*grid_size, len(anchors)))
    _, first = np.unique(flat, return_index=True)
    target = np.zeros((*grid_size, len(anchors), 5 + num_classes))
    row, column, owner = places[first, 0], places[first, 1], owners[first]
    target[row, column, owner, 0] = 1
    target[row, column, owner, 1:3] = (middles / cell - places)[first][:, ::-1]
    target[row, column, owner, 3:5] = (sizes / cell)[first]
    target[row, column, owner, 5 + class_ids[first]] = 1
    return target, np.setdiff1d(np.arange(len(boxes)), first).tolist()
""",
    "q3": """
def read_raw(raw, anchors):
    answers = np.array(raw, float)
    answers[..., :3] = 0.5 * (1 + np.tanh(answers[..., :3] / 2))
    answers[..., 3:5] = np.exp(answers[..., 3:5].clip(-4, 4)) * anchors[None, None]
    answers[..., 5:] -= answers[..., 5:].max(axis=3)[..., None]
    answers[..., 5:] -= np.log(np.exp(answers[..., 5:]).sum(axis=3))[..., None]
    answers[..., 5:] = np.exp(answers[..., 5:])
    return answers
""",
    "q4": """
def decode_places(answers, image_size, score_threshold):
    rows, columns, num_anchors, numbers = answers.shape
    row, column, _ = np.meshgrid(
        np.arange(rows), np.arange(columns), np.arange(num_anchors), indexing="ij")
    high, wide = image_size[0] / rows, image_size[1] / columns
    x, y = (column + answers[..., 1]) * wide, (row + answers[..., 2]) * high
    h, w = answers[..., 3] * high, answers[..., 4] * wide
    boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=-1).reshape(-1, 4)
    class_ids = answers[..., 5:].argmax(axis=-1).ravel()
    scores = (answers[..., :1] * answers[..., 5:]).max(axis=-1).ravel()
    order = np.lexsort((np.arange(len(scores)), -scores))
    order = order[scores[order] > score_threshold]
    return boxes[order], scores[order], class_ids[order]
""",
    "q5": """
def suppress(boxes, scores, class_ids, iou_threshold):
    order = np.argsort(-scores, kind="stable")
    boxes, class_ids = boxes[order], class_ids[order]
    clash = pairwise_iou(boxes, boxes) > iou_threshold
    clash &= class_ids == class_ids[:, None]
    alive = np.ones(len(boxes), bool)
    for i in range(len(boxes)):
        if alive[i]:
            alive[i + 1:] &= ~clash[i, i + 1:]
    return order[alive]
""",
    "q6": """
def match_objects(boxes, scores, class_ids, true_boxes, true_classes, iou_threshold):
    found = np.full(len(boxes), -1)
    if len(true_boxes) == 0:
        return found
    iou = pairwise_iou(boxes, true_boxes) * (class_ids[:, None] == true_classes)
    for i in np.lexsort((np.arange(len(boxes)), -scores)):
        best = len(true_boxes) - 1 - np.argmax(iou[i, ::-1])
        if iou[i, best] >= iou_threshold:
            found[i] = best
            iou[:, best] = 0
    return found

def tally(rows, num_objects):
    hits = np.count_nonzero(rows != -1)
    return hits, np.count_nonzero(rows == -1), num_objects - hits
""",
    "q7": """
def average_precision(is_hit, scores, num_objects):
    hits = np.cumsum(np.asarray(is_hit, float)[np.argsort(-scores, kind="stable")])
    recall = np.concatenate([[0], hits / num_objects, [1]])
    precision = np.concatenate([[0], hits / np.arange(1, len(hits) + 1), [0]])
    for k in range(len(precision) - 1, 0, -1):
        precision[k - 1] = max(precision[k - 1], precision[k])
    return np.sum(np.diff(recall) * precision[1:])
""",
    "q8": """
num_boxes, filters, furthest = np.array([1200, 44, 13])
raw_certainty, doubled = 1.386, 0.7095
""",
}

FLOAT32 = {
    "q1": """
def pairwise_iou(boxes, others):
    a = np.asarray(boxes, np.float32)[:, None, :]
    b = np.asarray(others, np.float32)[None, :, :]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    sides[sides < 0] = 0
    shared = sides[..., 0] * sides[..., 1]
    areas = [(c[..., 2] - c[..., 0]) * (c[..., 3] - c[..., 1]) for c in (a, b)]
    union = areas[0] + areas[1] - shared
    return shared / np.maximum(union, np.finfo(np.float32).tiny)
""",
    "q2": """
def encode_objects(boxes, class_ids, image_size, grid_size, anchors, num_classes):
    target = np.zeros((*grid_size, len(anchors), 5 + num_classes), np.float32)
    boxes, anchors = np.float32(boxes), np.float32(anchors)
    corners = np.zeros((len(anchors), 4), np.float32)
    corners[:, 2:] = anchors[:, [1, 0]]
    unplaced = []
    for k, (x1, y1, x2, y2) in enumerate(boxes):
        column, b_x = divmod((x1 + x2) / 2 * grid_size[1] / image_size[1], 1)
        row, b_y = divmod((y1 + y2) / 2 * grid_size[0] / image_size[0], 1)
        if row == grid_size[0] and b_y == 0:
            row, b_y = row - 1, 1
        if column == grid_size[1] and b_x == 0:
            column, b_x = column - 1, 1
        if row not in range(grid_size[0]) or column not in range(grid_size[1]):
            raise ValueError(f"object {k} is outside of the picture")
        shape = np.array([[0, 0, x2 - x1, y2 - y1]], np.float32)
        a = int(np.argmax(pairwise_iou(shape, corners)))
        place = target[int(row), int(column), a]
        if place.any():
            unplaced.append(k)
            continue
        place[:3] = 1, b_x, b_y
        place[3] = (y2 - y1) * grid_size[0] / image_size[0]
        place[4] = (x2 - x1) * grid_size[1] / image_size[1]
        place[5:] = np.eye(num_classes)[class_ids[k]]
    return target, unplaced
""",
    "q3": """
def read_raw(raw, anchors):
    raw, anchors = np.float32(raw), np.float32(anchors)
    with np.errstate(over="ignore"):
        inside = 1 / (1 + np.exp(-raw[..., :3]))
    sizes = np.exp(np.minimum(np.maximum(raw[..., 3:5], -4), 4)) * anchors
    classes = np.exp(raw[..., 5:] - np.max(raw[..., 5:], axis=-1, keepdims=True))
    classes /= np.sum(classes, axis=-1, keepdims=True)
    return np.concatenate((inside, sizes, classes), axis=-1)
""",
    "q4": """
def decode_places(answers, image_size, score_threshold):
    answers = np.float32(answers)
    rows, columns, num_anchors, _ = answers.shape
    flat = answers.reshape(rows * columns * num_anchors, -1)
    scores = flat[:, 0] * flat[:, 5:].max(axis=1)
    picked = [k for k in range(len(flat)) if scores[k] > score_threshold]
    picked = np.array(sorted(picked, key=lambda k: -scores[k]), int)
    cell = picked // num_anchors
    shift = np.stack([cell % columns, cell // columns], axis=1)
    unit = np.float32([image_size[1] / columns, image_size[0] / rows])
    middle, size = (flat[picked, 1:3] + shift) * unit, flat[picked][:, [4, 3]] * unit
    boxes = np.concatenate([middle - size / 2, middle + size / 2], axis=1)
    return np.float32(boxes), scores[picked], flat[picked, 5:].argmax(axis=1).astype("int16")
""",
    "q5": """
def suppress(boxes, scores, class_ids, iou_threshold):
    waiting = np.lexsort((np.arange(len(scores)), -scores))
    kept = np.zeros(0, np.int32)
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        kept = np.append(kept, np.int32(best))
        iou = np.float32(pairwise_iou(boxes[best][None], boxes[waiting]))[0]
        waiting = waiting[~((iou > iou_threshold) & (class_ids[waiting] == class_ids[best]))]
    return kept
""",
    "q6": """
def match_objects(boxes, scores, class_ids, true_boxes, true_classes, iou_threshold):
    iou = np.float32(pairwise_iou(boxes, true_boxes))
    rows, free = np.full(len(boxes), -1, np.int8), np.ones(len(true_boxes), bool)
    for i in np.argsort(-np.float32(scores), kind="stable"):
        able = np.flatnonzero(free & (true_classes == class_ids[i]) & (iou[i] >= iou_threshold))
        if able.size:
            rows[i] = able[iou[i, able] == iou[i, able].max()][-1]
            free[rows[i]] = False
    return rows

def tally(rows, num_objects):
    found = {int(row) for row in rows} - {-1}
    return len(found), len(rows) - len(found), num_objects - len(found)
""",
    "q7": """
def average_precision(is_hit, scores, num_objects):
    hits = np.float32(is_hit)[np.argsort(-np.float32(scores), kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1, dtype=np.float32)
    best, area = np.float32(0), np.float32(0)
    for k in reversed(range(len(hits))):
        best = max(best, precision[k])
        area += best * hits[k]
    return area / np.float32(num_objects)
""",
    "q8": """
num_boxes = 15 * 20 * 4
filters = 44
furthest = 13
raw_certainty = np.float32(np.log(0.8) - np.log(0.2))
doubled = np.float32(np.mean([1, 2 / 3, 3 / 5, 4 / 7]))
""",
}

LEARNER = {
    "q1": """
def get_area(b):
    return (b[2] - b[0]) * (b[3] - b[1])

def get_iou(b1, b2):
    xi1 = max(b1[0], b2[0])
    yi1 = max(b1[1], b2[1])
    xi2 = min(b1[2], b2[2])
    yi2 = min(b1[3], b2[3])
    inter = max(xi2 - xi1, 0) * max(yi2 - yi1, 0)
    union = get_area(b1) + get_area(b2) - inter
    if union == 0:
        return 0
    return inter / union

def pairwise_iou(A, B):
    result = [[get_iou(a, b) for b in B] for a in A]
    return np.array(result, dtype=float).reshape(len(A), len(B))
""",
    "q2": """
def find_cell(position, size, n):
    k = int(position // size)
    if k == n:
        k = n - 1
    return k

def encode_objects(B, ids, img, grid, anchors, K):
    H, W = img
    n_H, n_W = grid
    ch, cw = H / n_H, W / n_W
    y = np.zeros((n_H, n_W, len(anchors), 5 + K))
    problem = []
    for n in range(len(B)):
        mx = (B[n][0] + B[n][2]) / 2
        my = (B[n][1] + B[n][3]) / 2
        if mx < 0 or my < 0 or mx > W or my > H:
            raise ValueError("not in the image!")
        w = B[n][2] - B[n][0]
        h = B[n][3] - B[n][1]
        i = find_cell(my, ch, n_H)
        j = find_cell(mx, cw, n_W)
        ious = []
        for (ah, aw) in anchors:
            ious.append(pairwise_iou(np.array([[0, 0, w, h]]), np.array([[0, 0, aw, ah]]))[0][0])
        a = int(np.argmax(ious))
        if y[i, j, a, 0] == 1:
            problem.append(n)
        else:
            y[i, j, a, 0] = 1
            y[i, j, a, 1] = mx / cw - j
            y[i, j, a, 2] = my / ch - i
            y[i, j, a, 3] = h / ch
            y[i, j, a, 4] = w / cw
            y[i, j, a, 5 + ids[n]] = 1
    return (y, problem)
""",
    "q3": """
def sig(t):
    return 1 / (1 + np.exp(-t))

def soft(t):
    e = np.exp(t - np.max(t))
    return e / np.sum(e)

def read_raw(raw, anchors):
    out = np.zeros(raw.shape)
    for i in range(raw.shape[0]):
        for j in range(raw.shape[1]):
            for a in range(raw.shape[2]):
                t = raw[i, j, a]
                out[i, j, a, 0] = sig(t[0])
                out[i, j, a, 1] = sig(t[1])
                out[i, j, a, 2] = sig(t[2])
                out[i, j, a, 3] = anchors[a, 0] * np.exp(np.clip(t[3], -4, 4))
                out[i, j, a, 4] = anchors[a, 1] * np.exp(np.clip(t[4], -4, 4))
                out[i, j, a, 5:] = soft(t[5:])
    return out
""",
    "q4": """
def decode_places(answers, img, threshold):
    n_H, n_W, A, n = answers.shape
    ch = img[0] / n_H
    cw = img[1] / n_W
    boxes = []
    scores = []
    ids = []
    for i in range(n_H):
        for j in range(n_W):
            for a in range(A):
                p = answers[i, j, a]
                score = p[0] * np.max(p[5:])
                if score > threshold:
                    mx = (j + p[1]) * cw
                    my = (i + p[2]) * ch
                    h = p[3] * ch
                    w = p[4] * cw
                    boxes.append([mx - w / 2, my - h / 2, mx + w / 2, my + h / 2])
                    scores.append(score)
                    ids.append(np.argmax(p[5:]))
    if len(boxes) == 0:
        return np.zeros((0, 4)), np.zeros(0), np.zeros(0, dtype=int)
    order = np.argsort(-np.array(scores), kind="stable")
    return np.array(boxes)[order], np.array(scores)[order], np.array(ids)[order]
""",
    "q5": """
def suppress_one_class(B, s, indices, t):
    result = []
    remaining = list(indices)
    while len(remaining) > 0:
        best = remaining[0]
        for i in remaining:
            if s[i] > s[best]:
                best = i
        result.append(best)
        iou = pairwise_iou(B, B[best].reshape(1, 4))
        remaining = [i for i in remaining if i != best and iou[i, 0] <= t]
    return result

def suppress(B, s, ids, t):
    all_kept = []
    for c in set(ids.tolist()):
        indices = [i for i in range(len(ids)) if ids[i] == c]
        all_kept = all_kept + suppress_one_class(B, s, indices, t)
    all_kept.sort()
    all_kept.sort(key=lambda i: s[i], reverse=True)
    return np.array(all_kept).astype(int)
""",
    "q6": """
def match_objects(B, s, ids, T, t_ids, threshold):
    result = np.zeros(len(B), dtype=int) - 1
    used = []
    order = list(range(len(B)))
    order.sort(key=lambda i: s[i], reverse=True)
    ious = pairwise_iou(B, T)
    for i in order:
        best = None
        for j in range(len(T)):
            if j not in used and ids[i] == t_ids[j]:
                if best is None or ious[i, j] >= ious[i, best]:
                    best = j
        if best is not None and ious[i, best] >= threshold:
            result[i] = best
            used.append(best)
    return result

def tally(rows, num_objects):
    hits = len([r for r in rows if r > -1])
    return (hits, len(rows) - hits, num_objects - hits)
""",
    "q7": """
def average_precision(is_hit, s, n_objects):
    pairs = list(zip(-s, range(len(s)), is_hit))
    pairs.sort()
    precision = []
    recall = []
    hits = 0
    for k in range(len(pairs)):
        if pairs[k][2]:
            hits = hits + 1
        precision.append(hits / (k + 1))
        recall.append(hits / n_objects)
    area = 0
    last = 0
    for k in range(len(pairs)):
        area = area + (recall[k] - last) * max(precision[k:])
        last = recall[k]
    return area
""",
    "q8": """
num_boxes = 300 * 4
filters = 11 * 4
furthest = int(40 / 3)
raw_certainty = np.log(0.8 / (1 - 0.8))
doubled = 0.25 * 1 + 0.25 * 2 / 3 + 0.25 * 3 / 5 + 0.25 * 4 / 7
""",
}

ALTERNATIVES = [
    Alternative("loops over boxes and numbers, in plain Python", LOOPS),
    Alternative(
        "whole tables at once; areas between recalls, as VOC's program has them", VECTORISED
    ),
    Alternative("works and answers in float32 and small whole numbers", FLOAT32),
    Alternative("a learner's style: own names, helper functions in the cells", LEARNER),
]
