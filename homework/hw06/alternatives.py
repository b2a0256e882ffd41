"""Answers of homework 6 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

LOOPS = {
    "q1": """
def depthwise(maps, depthwise_kernel, stride):
    images, height, width, channels = maps.shape
    reach = len(depthwise_kernel) // 2
    output = np.zeros((images, -(-height // stride), -(-width // stride), channels))
    for n, i, j, c in np.ndindex(output.shape):
        for p in range(-reach, reach + 1):
            for q in range(-reach, reach + 1):
                row, column = i * stride + p, j * stride + q
                if 0 <= row < height and 0 <= column < width:
                    weight = depthwise_kernel[p + reach, q + reach, c]
                    output[n, i, j, c] += weight * maps[n, row, column, c]
    return output
""",
    "q2": """
def full_kernel(depthwise_kernel, pointwise_kernel):
    size, _, channels = depthwise_kernel.shape
    filters = pointwise_kernel.shape[1]
    kernel = np.zeros((size, size, channels, filters))
    for p in range(size):
        for q in range(size):
            for c in range(channels):
                for k in range(filters):
                    kernel[p, q, c, k] = depthwise_kernel[p, q, c] * pointwise_kernel[c, k]
    return kernel
""",
    "q3": """
def separate(kernel):
    size, _, channels, filters = kernel.shape
    patterns, weights = np.zeros((size, size, channels)), np.zeros((channels, filters))
    for c in range(channels):
        table = kernel[:, :, c, :].reshape(size * size, filters)
        U, sizes, V = np.linalg.svd(table)
        patterns[:, :, c] = U[:, 0].reshape(size, size)
        weights[c] = sizes[0] * V[0]
    return patterns, weights
""",
    "q4": """
def full_cost(height, width, size, channels, filters):
    weights = 0
    for _ in range(filters):
        weights += size * size * channels
    return weights, weights * height * width


def separable_cost(height, width, size, channels, filters):
    first, second = size ** 2 * channels, filters * channels
    return first + second, (first + second) * height * width


def saving(size, filters):
    return 1 / (1 / filters + 1 / size ** 2)
""",
    "q5": """
def relu6(z):
    return np.minimum(np.maximum(z, 0), 6)


def inverted_residual(maps, weights, stride):
    h = relu6(np.dot(maps, weights["expand"][0]) + weights["expand"][1])
    h = relu6(depthwise(h, weights["depthwise"][0], stride) + weights["depthwise"][1])
    h = np.dot(h, weights["project"][0]) + weights["project"][1]
    if stride == 1 and maps.shape[-1] == h.shape[-1]:
        h = h + maps
    return h
""",
    "q6": """
def block_cost(height, width, channels, t, filters, stride):
    steps = []
    inside = t * channels
    if t != 1:
        steps.append((channels * inside, height * width))
    new_height, new_width = (height + stride - 1) // stride, (width + stride - 1) // stride
    steps.append((9 * inside, new_height * new_width))
    steps.append((inside * filters, new_height * new_width))
    return new_height, new_width, steps


def table_cost(height, width, channels, table):
    everything = []
    for t, c, n, s in table:
        for number in range(n):
            stride = s if number == 0 else 1
            height, width, steps = block_cost(height, width, channels, t, c, stride)
            everything += steps
            channels = c
    return sum(w for w, _ in everything), sum(w * places for w, places in everything)
""",
    "q7": """
multiplications, half_width, half_size, stored, trained = 936000, 324000, 234000, 1560, 2808000
""",
}

VECTORISED = {
    "q1": """
def depthwise(maps, depthwise_kernel, stride):
    rim = len(depthwise_kernel) // 2
    padded = np.pad(maps, ((0, 0), (rim, rim), (rim, rim), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(
        padded, depthwise_kernel.shape[:2], axis=(1, 2))
    return np.einsum("nijcpq,pqc->nijc", view[:, ::stride, ::stride], depthwise_kernel)
""",
    "q2": """
def full_kernel(depthwise_kernel, pointwise_kernel):
    return np.einsum("pqc,ck->pqck", depthwise_kernel, pointwise_kernel)
""",
    "q3": """
def separate(kernel):
    # the best weights are the first eigenvector of what the filters have in common
    patterns, weights = [], []
    for c in range(kernel.shape[2]):
        table = kernel[:, :, c].reshape(-1, kernel.shape[3])
        row = np.linalg.eigh(table.T @ table)[1][:, -1]
        patterns.append((table @ row).reshape(kernel.shape[:2]))
        weights.append(row)
    return np.stack(patterns, axis=-1), np.stack(weights)
""",
    "q4": """
def full_cost(height, width, size, channels, filters):
    weights = int(np.prod([size, size, channels, filters]))
    return weights, weights * height * width


def separable_cost(height, width, size, channels, filters):
    weights = channels * (size ** 2 + filters)
    return weights, height * (width * weights)


def saving(size, filters):
    return np.divide(full_cost(1, 1, size, 1, filters)[1],
                     separable_cost(1, 1, size, 1, filters)[1])
""",
    "q5": """
def inverted_residual(maps, weights, stride):
    (a, a0), (d, d0), (m, m0) = (weights[k] for k in ("expand", "depthwise", "project"))
    h = np.einsum("nhwc,ce->nhwe", maps, a) + a0
    h = depthwise(h.clip(0, 6), d, stride) + d0
    h = np.einsum("nhwe,ek->nhwk", h.clip(0, 6), m) + m0
    return h + maps if stride == 1 and m.shape[1] == a.shape[0] else h
""",
}

FLOAT32 = {
    "q1": """
def depthwise(maps, depthwise_kernel, stride):
    maps, k = maps.astype(np.float32), depthwise_kernel.astype(np.float32)
    f = len(k)
    padded = np.pad(maps, [(0, 0), (f // 2, f // 2), (f // 2, f // 2), (0, 0)])
    total = np.zeros(maps.shape, np.float32)
    for p in range(f):
        for q in range(f):
            total += padded[:, p:p + maps.shape[1], q:q + maps.shape[2]] * k[p, q]
    return total[:, ::stride, ::stride]
""",
    "q2": """
def full_kernel(depthwise_kernel, pointwise_kernel):
    return np.multiply(depthwise_kernel[:, :, :, None], pointwise_kernel[None, None],
                       dtype=np.float32)
""",
    "q3": """
def separate(kernel):
    tables = kernel.transpose(2, 0, 1, 3).reshape(kernel.shape[2], -1, kernel.shape[3])
    u, s, v = np.linalg.svd(tables)
    root = np.sqrt(s[:, :1])
    patterns = (root * u[:, :, 0]).T.reshape(kernel.shape[:3])
    return patterns.astype(np.float32), (root * v[:, 0]).astype(np.float32)
""",
}

ALTERNATIVES = [
    Alternative("loops over everything, with helpers", LOOPS),
    Alternative("whole arrays at once", VECTORISED),
    Alternative("in float32", FLOAT32),
]
