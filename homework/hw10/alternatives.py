"""Answers of homework 10 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

LOOPS = {
    "q1": """
def squared_distances(embeddings, others):
    table = []
    for one in embeddings.tolist():
        table.append([])
        for other in others.tolist():
            total = 0.0
            for a, b in zip(one, other):
                total += (a - b) ** 2
            table[-1].append(total)
    return np.array(table)
""",
    "q2": """
def triplet_losses(embeddings, triplets, margin):
    losses = []
    for a, p, n in triplets:
        near = far = 0.0
        for k in range(embeddings.shape[1]):
            near += float(embeddings[a][k] - embeddings[p][k]) ** 2
            far += float(embeddings[a][k] - embeddings[n][k]) ** 2
        losses.append(max(0.0, near - far + margin))
    cost = sum(losses) / len(losses) if losses else 0.0
    return np.array(losses), cost
""",
    "q3": """
def triplet_gradient(embeddings, triplets, margin):
    losses = triplet_losses(embeddings, triplets, margin)[0]
    grads = np.zeros(embeddings.shape)
    for loss, (a, p, n) in zip(losses, triplets):
        if loss <= 0:
            continue
        for k in range(embeddings.shape[1]):
            grads[a, k] += 2 * (embeddings[n, k] - embeddings[p, k]) / len(triplets)
            grads[p, k] += 2 * (embeddings[p, k] - embeddings[a, k]) / len(triplets)
            grads[n, k] += 2 * (embeddings[a, k] - embeddings[n, k]) / len(triplets)
    return grads
""",
    "q4": """
def semi_hard_triplets(embeddings, people):
    distances = squared_distances(embeddings, embeddings).tolist()
    people = people.tolist()
    rows = range(len(people))
    found = []
    for a in rows:
        strangers = [n for n in rows if people[n] != people[a]]
        for p in rows:
            if p == a or people[p] != people[a] or not strangers:
                continue
            farther = [n for n in strangers if distances[a][n] > distances[a][p]]
            if farther:
                n = min(farther, key=lambda k: distances[a][k])
            else:
                n = max(strangers, key=lambda k: distances[a][k])
            found.append([a, p, n])
    return np.array(found) if found else np.zeros((0, 3), dtype=int)
""",
    "q5": """
def error_rates(distances, same, thresholds):
    accepts, rejects = [], []
    for threshold in thresholds:
        wrong = {True: 0, False: 0}
        for distance, one_person in zip(distances, same):
            if (distance <= threshold) != one_person:
                wrong[bool(one_person)] += 1
        accepts.append(wrong[False] / list(same).count(False))
        rejects.append(wrong[True] / list(same).count(True))
    return np.array(accepts), np.array(rejects)


def strict_threshold(distances, same, candidates, most):
    best = None
    for candidate in candidates:
        accepted = [d <= candidate for d, s in zip(distances, same) if not s]
        if sum(accepted) <= most * len(accepted) and (best is None or candidate > best):
            best = candidate
    return best
""",
    "q6": """
def enrol(gallery, name, embeddings):
    larger = {key: list(rows) for key, rows in gallery.items()}
    for row in embeddings:
        larger.setdefault(name, []).append(row)
    return {key: np.array(rows) for key, rows in larger.items()}


def remove(gallery, name):
    smaller = {}
    for key in gallery:
        if key != name:
            smaller[key] = gallery[key]
    if len(smaller) == len(gallery):
        raise ValueError("nobody")
    return smaller


def identify(gallery, visitor, threshold):
    best = (None, float("inf"))
    for name in gallery:
        for row in gallery[name]:
            distance = sum((float(a) - float(b)) ** 2 for a, b in zip(row, visitor))
            if distance < best[1]:
                best = (name, distance)
    return best if best[1] <= threshold else (None, best[1])
""",
    "q7": """
people = [3] * 6 + [5] * 4
total = sum(people)
same_pairs = sum(n * (n - 1) // 2 for n in people)
other_pairs = sum(n * (total - n) for n in people) // 2
num_triplets = sum(n * (n - 1) * (total - n) for n in people)
longest_list = 0
while 1 - 0.996 ** (longest_list + 1) <= 0.15:
    longest_list += 1
people_needed = 1
while people_needed * (people_needed - 1) / 2 < 1000:
    people_needed += 1
""",
}

VECTORISED = {
    "q1": """
def squared_distances(embeddings, others):
    a, b = np.asarray(embeddings, "float64"), np.asarray(others, "float64")
    squares = np.einsum("nd,nd->n", a, a)[:, None] + np.einsum("md,md->m", b, b)
    return np.maximum(squares - 2 * a @ b.T, 0)
""",
    "q2": """
def triplet_losses(embeddings, triplets, margin):
    difference = embeddings[triplets[:, :1]] - embeddings[triplets[:, 1:]]
    squares = np.einsum("tsd,tsd->ts", difference, difference)
    losses = np.clip(squares @ [1, -1] + margin, 0, None)
    return losses, float(np.sum(losses) / len(losses)) if losses.size else 0.0
""",
    "q3": """
def triplet_gradient(embeddings, triplets, margin):
    a, p, n = (np.eye(len(embeddings))[triplets[:, k]] for k in range(3))  # (T, N) who is who
    pays = (triplet_losses(embeddings, triplets, margin)[0] > 0).astype(float)
    to_positive, to_negative = (a - p) @ embeddings, (a - n) @ embeddings
    grads = (a - p).T @ (pays[:, None] * to_positive) - (a - n).T @ (pays[:, None] * to_negative)
    return 2 * grads / len(triplets) if len(triplets) else grads
""",
    "q4": """
def semi_hard_triplets(embeddings, people):
    d = ((embeddings[:, None] - embeddings[None]) ** 2).sum(-1).astype(float)
    same = people[:, None] == people
    farther = ~same[:, None] & (d[:, None] > d[:, :, None])  # anchor, positive, negative
    semi = np.where(farther, d[:, None], np.inf).argmin(-1)
    farthest = np.where(same, -1.0, d).argmax(-1)[:, None]
    negatives = np.where(farther.any(-1), semi, farthest)
    is_triplet = same & ~np.eye(len(d), dtype=bool) & (~same).any(1)[:, None]
    return np.stack([*np.nonzero(is_triplet), negatives[is_triplet]], axis=1)
""",
    "q5": """
def error_rates(distances, same, thresholds):
    others, own = np.sort(distances[~same]), np.sort(distances[same])
    accepts = np.searchsorted(others, thresholds, side="right") / len(others)
    return accepts, 1 - np.searchsorted(own, thresholds, side="right") / len(own)


def strict_threshold(distances, same, candidates, most):
    ordered = np.sort(candidates)
    count = np.sum(error_rates(distances, same, ordered)[0] <= most)  # the rates rise
    return float(ordered[count - 1]) if count else None
""",
    "q6": """
def enrol(gallery, name, embeddings):
    larger = dict(gallery)
    larger[name] = np.vstack([gallery[name], embeddings]) if name in gallery else embeddings
    return larger


def remove(gallery, name):
    smaller = dict(gallery)
    try:
        smaller.pop(name)
    except KeyError as error:
        raise ValueError("there is no such person") from error
    return smaller


def identify(gallery, visitor, threshold):
    if not gallery:
        return None, np.inf
    names = np.repeat([*gallery], [len(rows) for rows in gallery.values()])
    distances = np.sum((np.concatenate([*gallery.values()]) - visitor) ** 2, axis=1)
    first = np.argmin(distances)
    return str(names[first]) if distances[first] <= threshold else None, distances[first]
""",
    "q7": """
same_pairs, other_pairs, num_triplets, longest_list, people_needed = np.array(
    [58, 645, 3900, 40, 46])
""",
}

FLOAT32 = {
    "q1": """
def squared_distances(embeddings, others):
    table = np.empty((len(embeddings), len(others)), np.float32)
    for j, other in enumerate(np.float32(others)):
        table[:, j] = np.square(np.float32(embeddings) - other).sum(axis=1)
    return table
""",
    "q2": """
def triplet_losses(embeddings, triplets, margin):
    vectors = np.float32(embeddings)
    a, p, n = vectors[triplets[:, 0]], vectors[triplets[:, 1]], vectors[triplets[:, 2]]
    value = np.square(a - p).sum(1) - np.square(a - n).sum(1) + np.float32(margin)
    losses = value * (value > 0)
    return losses, np.float32(0) if len(losses) == 0 else losses.mean()
""",
    "q3": """
def triplet_gradient(embeddings, triplets, margin):
    vectors, grads = np.float32(embeddings), np.zeros(embeddings.shape, np.float32)
    for (a, p, n), loss in zip(triplets, triplet_losses(embeddings, triplets, margin)[0]):
        if loss:
            grads[a] += vectors[n] - vectors[p]
            grads[p] += vectors[p] - vectors[a]
            grads[n] += vectors[a] - vectors[n]
    return grads * np.float32(2 / max(1, len(triplets)))
""",
    "q4": """
def semi_hard_triplets(embeddings, people):
    distances = squared_distances(np.float32(embeddings), np.float32(embeddings))
    triplets = np.zeros((0, 3), "int32")
    for a in range(len(people)):
        for p in np.flatnonzero(people == people[a]):
            strangers = np.flatnonzero(people != people[a])
            if p == a or len(strangers) == 0:
                continue
            far = distances[a, strangers]
            behind = far > distances[a, p]
            if behind.any():
                n = strangers[behind][far[behind].argmin()]
            else:
                n = strangers[far.argmax()]
            triplets = np.append(triplets, np.array([[a, p, n]], "int32"), axis=0)
    return triplets
""",
    "q5": """
def error_rates(distances, same, thresholds):
    accepts = [np.mean(distances[~same] <= t, dtype=np.float32) for t in thresholds]
    rejects = [np.mean(distances[same] > t, dtype=np.float32) for t in thresholds]
    return np.float32(accepts), np.float32(rejects)


def strict_threshold(distances, same, candidates, most):
    good = np.float32(error_rates(distances, same, candidates)[0]) <= most
    return np.max(candidates[good]) if good.any() else None
""",
}

LEARNER = {
    "q1": """
def one_distance(x1, x2):
    return np.linalg.norm(np.array(x1, dtype=float) - np.array(x2, dtype=float)) ** 2

def squared_distances(X, Y):
    D = np.zeros((X.shape[0], Y.shape[0]))
    for i in range(X.shape[0]):
        for j in range(Y.shape[0]):
            D[i, j] = round(one_distance(X[i], Y[j]), 12)
    return D
""",
    "q2": """
def dist(x1, x2):
    return np.sum((x1 - x2) ** 2)

def triplet_losses(F, trip, alpha):
    T = trip.shape[0]
    L = np.zeros(T)
    for t in range(T):
        A, P, N = F[trip[t, 0]], F[trip[t, 1]], F[trip[t, 2]]
        L[t] = max(dist(A, P) - dist(A, N) + alpha, 0)
    if T == 0:
        return L, 0
    return L, np.mean(L)
""",
    "q3": """
def triplet_gradient(F, trip, alpha):
    dF = np.zeros(F.shape)
    T = trip.shape[0]
    L, J = triplet_losses(F, trip, alpha)
    for t in range(T):
        if L[t] > 0:
            A, P, N = F[trip[t]]
            dF[trip[t, 0]] += 2 * (A - P) - 2 * (A - N)
            dF[trip[t, 1]] += -2 * (A - P)
            dF[trip[t, 2]] += 2 * (A - N)
    if T > 0:
        dF = dF / T
    return dF
""",
    "q4": """
def find_negative(row, positive, is_other):
    best, best_d = -1, 0
    for n in range(len(row)):
        if is_other[n] and row[n] > row[positive]:
            if best == -1 or row[n] < best_d:
                best, best_d = n, row[n]
    if best == -1:
        for n in range(len(row)):
            if is_other[n] and (best == -1 or row[n] > best_d):
                best, best_d = n, row[n]
    return best

def semi_hard_triplets(F, ids):
    D = squared_distances(F, F)
    out = []
    for a in range(len(ids)):
        for p in range(len(ids)):
            if a != p and ids[a] == ids[p]:
                n = find_negative(D[a], p, ids != ids[a])
                if n >= 0:
                    out.append((a, p, n))
    if len(out) == 0:
        return np.empty((0, 3), dtype=int)
    return np.array(out)
""",
    "q5": """
def error_rates(distances, same, thresholds):
    far = np.zeros(len(thresholds))
    frr = np.zeros(len(thresholds))
    for k, tau in enumerate(thresholds):
        accepted = distances <= tau
        FA = np.sum(accepted & np.logical_not(same))
        FR = np.sum(np.logical_not(accepted) & same)
        far[k] = FA / np.sum(np.logical_not(same))
        frr[k] = FR / np.sum(same)
    return far, frr


def strict_threshold(distances, same, candidates, most):
    result = None
    for tau in sorted(candidates):
        far, frr = error_rates(distances, same, np.array([tau]))
        if far[0] <= most:
            result = tau
        else:
            break
    return result
""",
    "q6": """
def copy_of(gallery):
    new = {}
    for person in gallery:
        new[person] = gallery[person].copy()
    return new

def enrol(gallery, name, embeddings):
    new = copy_of(gallery)
    if name in new:
        new[name] = np.concatenate((new[name], embeddings), axis=0)
    else:
        new[name] = embeddings
    return new

def remove(gallery, name):
    new = copy_of(gallery)
    if name in new:
        del new[name]
        return new
    raise ValueError("not enrolled: " + name)

def identify(gallery, visitor, threshold):
    min_dist = np.inf
    identity = None
    for name in gallery:
        dists = squared_distances(gallery[name], np.expand_dims(visitor, 0))
        dist = np.min(dists)
        if dist < min_dist:
            min_dist = dist
            identity = name
    if min_dist > threshold:
        identity = None
    return (identity, min_dist)
""",
    "q7": """
pictures = 6 * 3 + 4 * 5
all_pairs = pictures * (pictures - 1) // 2
same_pairs = 18 + 40
other_pairs = all_pairs - same_pairs
num_triplets = 6 * 3 * 2 * (pictures - 3) + 4 * 5 * 4 * (pictures - 5)
longest_list = 40
people_needed = int(np.ceil((1 + np.sqrt(1 + 8 * 1000)) / 2))
""",
}

ALTERNATIVES = [
    Alternative("loops over pictures and numbers, in plain Python", LOOPS),
    Alternative("no loops: matrix products, whole batches at once", VECTORISED),
    Alternative("works and answers in float32", FLOAT32),
    Alternative("a learner's style: own names, helper functions in the cells", LEARNER),
]
