"""Answers of homework 2 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

LOOPS = {
    "q1": """
def places(length, size, stride, padding):
    found, begin = [], -padding
    while begin + size <= length + padding:
        pixels = [k for k in range(begin, begin + size) if 0 <= k < length]
        found.append((pixels[0], pixels[-1] + 1))
        begin += stride
    return found
""",
    "q2": """
def pool(maps, kind, window, strides, padding):
    rows = places(len(maps[0]), window[0], strides[0], padding[0])
    columns = places(len(maps[0][0]), window[1], strides[1], padding[1])
    pooled = []
    for image in maps.tolist():
        pooled.append([])
        for top, bottom in rows:
            pooled[-1].append([])
            for left, right in columns:
                pooled[-1][-1].append([])
                for c in range(len(image[0][0])):
                    seen = [image[i][j][c] for i in range(top, bottom) for j in range(left, right)]
                    number = max(seen) if kind == "max" else sum(seen) / len(seen)
                    pooled[-1][-1][-1].append(number)
    return np.array(pooled)


def global_average(maps):
    num, height, width, channels = maps.shape
    means = np.zeros((num, channels))
    for n, i, j, c in np.ndindex(maps.shape):
        means[n, c] += maps[n, i, j, c] / (height * width)
    return means
""",
    "q3": """
def measure_gradient(cost, numbers, step):
    slopes = []
    for place in range(numbers.size):
        flat = [float(number) for number in numbers.ravel()]
        flat[place] += step
        above = cost(np.array(flat).reshape(numbers.shape))
        flat[place] -= 2 * step
        below = cost(np.array(flat).reshape(numbers.shape))
        slopes.append((above - below) / 2 / step)
    return np.array(slopes).reshape(numbers.shape)
""",
    "q4": """
def pool_gradient(grad_output, maps, kind, window, strides, padding):
    rows = places(maps.shape[1], window[0], strides[0], padding[0])
    columns = places(maps.shape[2], window[1], strides[1], padding[1])
    result = np.zeros(maps.shape)
    for n, i, j, c in np.ndindex(grad_output.shape):
        seen = [(p, q) for p in range(*rows[i]) for q in range(*columns[j])]
        if kind == "max":
            best = seen[0]
            for p, q in seen:
                if maps[n, p, q, c] > maps[n, best[0], best[1], c]:
                    best = p, q
            seen = [best]
        for p, q in seen:
            result[n, p, q, c] += grad_output[n, i, j, c] / len(seen)
    return result
""",
    "q5": """
def relu_gradient(grad_output, z):
    result = np.zeros(z.shape)
    for place in np.ndindex(z.shape):
        if z[place] > 0:
            result[place] = grad_output[place]
    return result


def dense_gradients(grad_output, inputs, matrix):
    by_inputs, by_matrix = np.zeros(inputs.shape), np.zeros(matrix.shape)
    by_bias = np.zeros(matrix.shape[1])
    for n in range(len(inputs)):
        for k in range(matrix.shape[1]):
            by_bias[k] += grad_output[n, k]
            for d in range(matrix.shape[0]):
                by_inputs[n, d] += grad_output[n, k] * matrix[d, k]
                by_matrix[d, k] += grad_output[n, k] * inputs[n, d]
    return by_inputs, by_matrix, by_bias
""",
    "q6": """
import math

def cross_entropy(logits, labels):
    cost, slopes = 0.0, []
    for scores, label in zip(logits.tolist(), labels.tolist()):
        largest = max(scores)
        powers = [math.exp(score - largest) for score in scores]
        total = sum(powers)
        cost += largest + math.log(total) - scores[label]
        said = [power / total for power in powers]
        said[label] -= 1
        slopes.append([one / len(labels) for one in said])
    return cost / len(labels), np.array(slopes)
""",
    "q7": """
def network(images, weights):
    kernel, kernel_bias, matrix, matrix_bias = weights
    z = conv2d(images, kernel, kernel_bias, (1, 1))
    answers = np.zeros(z.shape)
    for place in np.ndindex(z.shape):
        answers[place] = max(z[place], 0)
    pooled = pool(answers, "max", (2, 2), (2, 2), (0, 0))
    return np.array([
        [sum(image.ravel() * matrix[:, k]) + matrix_bias[k] for k in range(len(matrix_bias))]
        for image in pooled
    ])


def network_gradients(grad_logits, images, weights):
    total = [0, 0, 0, 0]
    by_images = []
    for n in range(len(images)):  # one image at a time
        one = images[n:n + 1]
        z = conv2d(one, weights[0], weights[1], (1, 1))
        a = np.where(z > 0, z, 0)
        p = pool(a, "max", (2, 2), (2, 2), (0, 0))
        g, by_matrix, by_bias = dense_gradients(grad_logits[n:n + 1], p.reshape(1, -1), weights[2])
        g = pool_gradient(g.reshape(p.shape), a, "max", (2, 2), (2, 2), (0, 0))
        by_image, *by_filters = conv2d_gradients(relu_gradient(g, z), one, weights[0], (1, 1))
        by_images.append(by_image[0])
        total = [t + g for t, g in zip(total, [*by_filters, by_matrix, by_bias])]
    return np.array(by_images), *total


def train_step(images, labels, weights, learning_rate):
    cost, grad = cross_entropy(network(images, weights), labels)
    _, g1, g2, g3, g4 = network_gradients(grad, images, weights)
    w1, w2, w3, w4 = weights
    a = learning_rate
    return cost, (w1 - a * g1, w2 - a * g2, w3 - a * g3, w4 - a * g4)
""",
    "q8": """
rows, columns, channels, learnt, field, jump = 45, 61, 3, 0, 1, 1
for filters, size, stride in [(10, 5, 1), (0, 3, 2), (16, 3, 1), (0, 2, 2)]:
    rows, columns = (rows - size) // stride + 1, (columns - size) // stride + 1
    field, jump = field + (size - 1) * jump, jump * stride
    if filters:
        learnt += filters * (size * size * channels + 1)
        channels = filters
parameters = learnt + (channels + 1) * 7
flattened = learnt + (rows * columns * channels + 1) * 7
moving = 7
""",
}

VECTORISED = {
    "q1": """
def places(length, size, stride, padding):
    count = (length + 2 * padding - size) // stride + 1
    begins = stride * np.arange(count) - padding
    ends = np.clip(begins + size, 0, length)
    return list(zip(np.clip(begins, 0, length).tolist(), ends.tolist()))
""",
    "q2": """
def windows(maps, window, strides, padding, filler):
    ends = [(0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)]
    padded = np.pad(maps.astype(float), ends, constant_values=filler)
    seen = sliding_window_view(padded, window, axis=(1, 2))
    return seen[:, ::strides[0], ::strides[1]]  # (N, H_out, W_out, C, rows, columns)

def pool(maps, kind, window, strides, padding):
    if kind == "max":
        return windows(maps, window, strides, padding, -np.inf).max(axis=(4, 5))
    return np.nanmean(windows(maps, window, strides, padding, np.nan), axis=(4, 5))

def global_average(maps):
    return np.einsum("nijc->nc", maps) / maps[0, :, :, 0].size
""",
    "q3": """
def measure_gradient(cost, numbers, step):
    steps = step * np.eye(numbers.size).reshape(-1, *numbers.shape)
    changes = [cost(numbers + one) - cost(numbers - one) for one in steps]
    return np.reshape(changes, numbers.shape) / (2 * step)
""",
    "q4": """
def pool_gradient(grad_output, maps, kind, window, strides, padding):
    ends = [(0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)]
    filler = -np.inf if kind == "max" else np.nan
    padded = np.pad(maps.astype(float), ends, constant_values=filler)
    seen = sliding_window_view(padded, window, axis=(1, 2))[:, ::strides[0], ::strides[1]]
    flat = seen.reshape(*seen.shape[:4], -1)
    if kind == "max":
        shares = np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., np.newaxis]
    else:
        shares = ~np.isnan(flat) / np.sum(~np.isnan(flat), axis=-1, keepdims=True)
    back = grad_output[..., np.newaxis] * shares
    result = np.zeros(padded.shape)
    height, width = grad_output.shape[1:3]
    for place, (p, q) in enumerate(np.ndindex(*window)):  # over the window, not over the map
        rows = slice(p, p + strides[0] * (height - 1) + 1, strides[0])
        columns = slice(q, q + strides[1] * (width - 1) + 1, strides[1])
        result[:, rows, columns] += back[..., place]
    _, tall, wide, _ = maps.shape
    return result[:, padding[0]:padding[0] + tall, padding[1]:padding[1] + wide]
""",
    "q5": """
def relu_gradient(grad_output, z):
    return np.where(z > 0, grad_output, 0.0)

def dense_gradients(grad_output, inputs, matrix):
    return (np.einsum("nk,dk->nd", grad_output, matrix),
            np.einsum("nd,nk->dk", inputs, grad_output),
            np.einsum("nk->k", grad_output))
""",
    "q6": """
def cross_entropy(logits, labels):
    logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    rows = np.arange(len(labels))
    slopes = np.exp(logs)
    slopes[rows, labels] -= 1
    return -np.mean(logs[rows, labels]), slopes / len(labels)
""",
    "q7": """
def blocks(z):  # the windows of 2 × 2 as an axis: (N, H // 2, W // 2, C, 4)
    n, h, w, c = z.shape
    even = z[:, :h // 2 * 2, :w // 2 * 2]
    return even.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4).reshape(
        n, h // 2, w // 2, c, 4)

def network(images, weights):
    pooled = np.maximum(blocks(conv2d(images, *weights[:2], (1, 1))).max(axis=-1), 0)
    return pooled.reshape(len(images), -1) @ weights[2] + weights[3]

def network_gradients(grad_logits, images, weights):
    z = conv2d(images, *weights[:2], (1, 1))
    four = blocks(z)
    pooled = np.maximum(four.max(axis=-1), 0)
    by_inputs, *by_dense = dense_gradients(
        grad_logits, pooled.reshape(len(images), -1), weights[2])
    grad = by_inputs.reshape(pooled.shape) * (pooled > 0)
    winners = np.eye(4)[four.argmax(axis=-1)] * grad[..., np.newaxis]
    n, h, w, c, _ = winners.shape
    back = np.zeros(z.shape)
    back[:, :2 * h, :2 * w] = winners.reshape(n, h, w, c, 2, 2).transpose(
        0, 1, 4, 2, 5, 3).reshape(n, 2 * h, 2 * w, c)
    return conv2d_gradients(back, images, weights[0], (1, 1)) + tuple(by_dense)

def train_step(images, labels, weights, learning_rate):
    cost, grad = cross_entropy(network(images, weights), labels)
    slopes = network_gradients(grad, images, weights)[1:]
    return cost, tuple(np.subtract(w, learning_rate * g) for w, g in zip(weights, slopes))
""",
    "q8": """
parameters, flattened, field, moving = np.array([2335, 15327, 13, 7])
""",
}

FLOAT32 = {
    "q1": """
def places(length, size, stride, padding):
    last = length + padding - size
    return [
        (begin if begin > 0 else 0, begin + size if begin + size < length else length)
        for begin in range(-padding, last + 1, stride)
    ]
""",
    "q2": """
def pool(maps, kind, window, strides, padding):
    maps = np.float32(maps)
    rows = places(maps.shape[1], window[0], strides[0], padding[0])
    columns = places(maps.shape[2], window[1], strides[1], padding[1])
    method = np.amax if kind == "max" else np.average
    return np.stack([
        np.stack([method(method(maps[:, a:b, c:d], axis=2), axis=1) for c, d in columns], axis=1)
        for a, b in rows
    ], axis=1)

def global_average(maps):
    return np.float32(maps).mean(2).mean(1)
""",
    "q3": """
def measure_gradient(cost, numbers, step):
    start = np.array(numbers, np.float64)  # float32 is too coarse for small steps
    slopes = np.zeros(start.shape, np.float32)
    for place, number in np.ndenumerate(start):
        start[place] = number + step
        above = cost(start.copy())
        start[place] = number - step
        below = cost(start.copy())
        start[place] = number
        slopes[place] = (above - below) / (2 * step)
    return slopes
""",
    "q4": """
def pool_gradient(grad_output, maps, kind, window, strides, padding):
    grads, maps = np.float32(grad_output), np.float32(maps)
    rows = places(maps.shape[1], window[0], strides[0], padding[0])
    columns = places(maps.shape[2], window[1], strides[1], padding[1])
    back = np.zeros_like(maps)
    for i, (a, b) in enumerate(rows):
        for j, (c, d) in enumerate(columns):
            seen, grad = maps[:, a:b, c:d], grads[:, i:i + 1, j:j + 1]
            if kind == "average":
                back[:, a:b, c:d] += grad / np.float32((b - a) * (d - c))
                continue
            rest = grad.copy()  # what no pixel has taken yet
            for p in range(a, b):
                for q in range(c, d):
                    takes = (maps[:, p, q] == seen.max(axis=(1, 2)))[:, None, None]
                    back[:, p:p + 1, q:q + 1] += np.where(takes, rest, 0)
                    rest = np.where(takes, 0, rest)
    return back
""",
    "q5": """
def relu_gradient(grad_output, z):
    back = np.array(grad_output, np.float32)
    back[z <= 0] = 0
    return back

def dense_gradients(grad_output, inputs, matrix):
    grads, inputs, matrix = np.float32(grad_output), np.float32(inputs), np.float32(matrix)
    by_matrix = sum(np.outer(x, g) for x, g in zip(inputs, grads))
    return np.dot(matrix, grads.T).T, by_matrix, np.ones(len(grads), np.float32) @ grads
""",
    "q6": """
def cross_entropy(logits, labels):
    logits = np.asarray(logits, np.float32)
    top = np.max(logits, axis=1)[:, None]
    powers = np.exp(logits - top)
    said = powers / np.sum(powers, axis=1)[:, None]
    truth = np.arange(logits.shape[1]) == labels[:, None]
    costs = top[:, 0] + np.log(powers.sum(axis=1)) - logits[truth]
    return np.mean(costs), (said - truth) / np.float32(len(labels))
""",
    "q7": """
POOLING = ("max", (2, 2), (2, 2), (0, 0))

def there(images, weights):
    z = np.float32(conv2d(np.float32(images), weights[0], weights[1], (1, 1)))
    a = np.maximum(z, 0)
    pooled = pool(a, *POOLING)
    return z, a, pooled, np.float32(pooled.reshape(len(images), -1))

def network(images, weights):
    return there(images, weights)[-1] @ np.float32(weights[2]) + np.float32(weights[3])

def network_gradients(grad_logits, images, weights):
    z, a, pooled, flat = there(images, weights)
    by_flat, by_matrix, by_matrix_bias = dense_gradients(grad_logits, flat, weights[2])
    by_z = relu_gradient(pool_gradient(by_flat.reshape(pooled.shape), a, *POOLING), z)
    by_images, by_kernel, by_kernel_bias = conv2d_gradients(by_z, images, weights[0], (1, 1))
    return by_images, by_kernel, by_kernel_bias, by_matrix, by_matrix_bias

def train_step(images, labels, weights, learning_rate):
    cost, by_logits = cross_entropy(network(images, weights), labels)
    slopes = network_gradients(by_logits, images, weights)
    new = [np.float32(weights[i] - learning_rate * slopes[i + 1]) for i in range(4)]
    return float(cost), tuple(new)
""",
}

LEARNER = {
    "q1": """
def places(n, f, s, p):
    n_windows = int(np.floor((n + 2 * p - f) / s)) + 1
    result = []
    for i in range(n_windows):
        start = i * s - p
        end = start + f
        if start < 0:
            start = 0
        if end > n:
            end = n
        result.append((start, end))
    return result
""",
    "q2": """
def pool(A, mode, f, s, pad):
    (m, n_H_prev, n_W_prev, n_C) = A.shape
    rows = places(n_H_prev, f[0], s[0], pad[0])
    cols = places(n_W_prev, f[1], s[1], pad[1])
    result = np.zeros((m, len(rows), len(cols), n_C))
    for i in range(m):
        for h in range(len(rows)):
            for w in range(len(cols)):
                for c in range(n_C):
                    a_slice = A[i, rows[h][0]:rows[h][1], cols[w][0]:cols[w][1], c]
                    if mode == "max":
                        result[i, h, w, c] = np.max(a_slice)
                    elif mode == "average":
                        result[i, h, w, c] = np.mean(a_slice)
    return result

def global_average(A):
    (m, n_H, n_W, n_C) = A.shape
    result = pool(A, "average", (n_H, n_W), (1, 1), (0, 0))
    return result[:, 0, 0, :]
""",
    "q3": """
def measure_gradient(J, x, eps):
    x = x.astype(float)
    grad = np.zeros(x.shape)
    for idx in np.ndindex(*x.shape):
        x_plus = np.copy(x)
        x_plus[idx] = x_plus[idx] + eps
        x_minus = np.copy(x)
        x_minus[idx] = x_minus[idx] - eps
        grad[idx] = (J(x_plus) - J(x_minus)) / (2 * eps)
    return grad
""",
    "q4": """
def winner_of(a_slice):
    return np.unravel_index(np.argmax(a_slice), a_slice.shape)

def pool_gradient(dA, A_prev, mode, f, s, pad):
    (m, n_H, n_W, n_C) = dA.shape
    rows = places(A_prev.shape[1], f[0], s[0], pad[0])
    cols = places(A_prev.shape[2], f[1], s[1], pad[1])
    dA_prev = np.zeros(A_prev.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    r0, r1 = rows[h]
                    c0, c1 = cols[w]
                    da = dA[i, h, w, c]
                    if mode == "max":
                        row, col = winner_of(A_prev[i, r0:r1, c0:c1, c])
                        dA_prev[i, r0 + row, c0 + col, c] += da
                    else:
                        n_pixels = (r1 - r0) * (c1 - c0)
                        dA_prev[i, r0:r1, c0:c1, c] += np.ones((r1 - r0, c1 - c0)) * da / n_pixels
    return dA_prev
""",
    "q5": """
def relu_gradient(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ

def dense_gradients(dZ, A_prev, W):
    dW = np.dot(A_prev.T, dZ)
    db = np.sum(dZ, axis=0)
    dA_prev = np.dot(dZ, W.T)
    return dA_prev, dW, db
""",
    "q6": """
def log_softmax(z):
    z = z - max(z)
    return z - np.log(sum(np.exp(z)))

def cross_entropy(logits, labels):
    m, K = logits.shape
    J = 0
    dZ = np.zeros((m, K))
    for i in range(m):
        log_yhat = log_softmax(logits[i])
        J = J - log_yhat[labels[i]] / m
        y = np.zeros(K)
        y[labels[i]] = 1
        dZ[i] = (np.exp(log_yhat) - y) / m
    return J, dZ
""",
    "q7": """
def forward(X, W):
    k, b, w, c = W
    cache = {}
    cache["Z"] = conv2d(X, k, b, (1, 1))
    cache["A"] = cache["Z"] * (cache["Z"] > 0)
    cache["P"] = pool(cache["A"], "max", (2, 2), (2, 2), (0, 0))
    cache["F"] = cache["P"].reshape(X.shape[0], -1)
    return np.dot(cache["F"], w) + c, cache

def network(X, W):
    logits, cache = forward(X, W)
    return logits

def network_gradients(dlogits, X, W):
    logits, cache = forward(X, W)
    dF, dw, dc = dense_gradients(dlogits, cache["F"], W[2])
    dP = dF.reshape(cache["P"].shape)
    dA = pool_gradient(dP, cache["A"], "max", (2, 2), (2, 2), (0, 0))
    dZ = relu_gradient(dA, cache["Z"])
    dX, dk, db = conv2d_gradients(dZ, X, W[0], (1, 1))
    return (dX, dk, db, dw, dc)

def train_step(X, y, W, alpha):
    logits, cache = forward(X, W)
    J, dlogits = cross_entropy(logits, y)
    grads = network_gradients(dlogits, X, W)
    new_W = []
    for i in range(4):
        new_W.append(W[i] - alpha * grads[i + 1])
    return J, tuple(new_W)
""",
    "q8": """
conv1 = 5 * 5 * 3 * 10 + 10
conv2 = 3 * 3 * 10 * 16 + 16
parameters = conv1 + conv2 + 16 * 7 + 7
flattened = conv1 + conv2 + 1872 * 7 + 7
field = 13
moving = 7
""",
}

ALTERNATIVES = [
    Alternative("loops over pixels and numbers, in plain Python", LOOPS),
    Alternative("few loops: windows as a view, einsum and argmax", VECTORISED),
    Alternative("works and answers in float32", FLOAT32),
    Alternative("a learner's style: own names, helper functions in the cells", LEARNER),
]
