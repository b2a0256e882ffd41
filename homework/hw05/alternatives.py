"""Answers of homework 5 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

LOOPS = {
    "q1": """
def pointwise(maps, kernel, bias):
    images, height, width, channels = maps.shape
    output = np.zeros((images, height, width, len(bias)))
    for n in range(images):
        for i in range(height):
            for j in range(width):
                for k in range(len(bias)):
                    total = float(bias[k])
                    for c in range(channels):
                        total += float(maps[n, i, j, c]) * float(kernel[c, k])
                    output[n, i, j, k] = total
    return output
""",
    "q2": """
def merged(kernel_1, bias_1, kernel_2, bias_2):
    first, second = kernel_1.tolist(), kernel_2.tolist()
    middle = range(len(second))
    kernel = [[sum(row[m] * second[m][k] for m in middle) for k in range(len(bias_2))]
              for row in first]
    bias = [sum(bias_1[m] * second[m][k] for m in middle) + bias_2[k]
            for k in range(len(bias_2))]
    return np.array(kernel), np.array(bias)
""",
    "q3": """
def max_pool_same(maps, size):
    images, height, width, channels = maps.shape
    reach = (size - 1) // 2
    output = np.zeros(maps.shape)
    for n, i, j, c in np.ndindex(maps.shape):
        best = float(maps[n, i, j, c])
        for a in range(max(0, i - reach), min(height, i + reach + 1)):
            for b in range(max(0, j - reach), min(width, j + reach + 1)):
                best = max(best, float(maps[n, a, b, c]))
        output[n, i, j, c] = best
    return output
""",
    "q4": """
def inception(maps, weights):
    def relu(z):
        return np.where(z > 0, z, 0.0)

    one = relu(pointwise(maps, *weights["1x1"]))
    narrow = relu(pointwise(maps, *weights["3x3 reduce"]))
    three = relu(conv2d_same(narrow, *weights["3x3"]))
    narrow = relu(pointwise(maps, *weights["5x5 reduce"]))
    five = relu(conv2d_same(narrow, *weights["5x5"]))
    pooled = relu(pointwise(max_pool_same(maps, 3), *weights["pool"]))
    return np.concatenate((one, three, five, pooled), 3)
""",
    "q5": """
def conv_cost(height, width, size, channels, filters):
    of_one_filter = size ** 2 * channels
    return filters * (of_one_filter + 1), height * width * filters * of_one_filter


def inception_cost(height, width, channels, filters):
    parameters = multiplications = 0
    for name, number in filters.items():
        window, reads = 1, channels
        if name in ("3x3", "5x5"):
            window, reads = int(name[0]), filters[name + " reduce"]
        p, m = conv_cost(height, width, window, reads, number)
        parameters, multiplications = parameters + p, multiplications + m
    return parameters, multiplications
""",
    "q6": """
def way(size, channels, filters, b):
    return channels * b + size ** 2 * b * filters


def widest_bottleneck(size, channels, filters, budget):
    b = 0
    while way(size, channels, filters, b + 1) <= budget:
        b += 1
    return b


def first_useless(size, channels, filters):
    b = 1
    while way(size, channels, filters, b) < size ** 2 * channels * filters:
        b += 1
    return b
""",
    "q7": """
parameters, multiplications = 5344 + 76, 1200 * 5344
channels, largest_field, smallest_field = 120, 9, 1
""",
}

VECTORISED = {
    "q1": """
def pointwise(maps, kernel, bias):
    return np.einsum("nhwc,ck->nhwk", maps, kernel) + bias
""",
    "q2": """
def merged(kernel_1, bias_1, kernel_2, bias_2):
    # what it does with nothing is its bias, what it adds for one channel its kernel
    probes = np.concatenate([np.zeros((1, len(kernel_1))), np.eye(len(kernel_1))])
    said = (probes @ kernel_1 + bias_1) @ kernel_2 + bias_2
    return said[1:] - said[0], said[0]
""",
    "q3": """
def max_pool_same(maps, size):
    rim = size // 2
    lowest = maps.min() - 1.0
    padded = np.full((len(maps), maps.shape[1] + 2 * rim, maps.shape[2] + 2 * rim,
                      maps.shape[3]), lowest)
    padded[:, rim:rim + maps.shape[1], rim:rim + maps.shape[2]] = maps
    return sliding_window_view(padded, (size, size), axis=(1, 2)).max(axis=(4, 5))
""",
    "q4": """
def inception(maps, weights):
    reads = {"1x1": maps, "pool": max_pool_same(maps, 3)}
    for size in ("3x3", "5x5"):
        reads[size] = np.maximum(pointwise(maps, *weights[size + " reduce"]), 0)
    said = [
        (pointwise if weights[name][0].ndim == 2 else conv2d_same)(reads[name], *weights[name])
        for name in ("1x1", "3x3", "5x5", "pool")
    ]
    return np.maximum(np.concatenate(said, axis=3), 0)
""",
    "q5": """
def conv_cost(height, width, size, channels, filters):
    multiplications = np.prod([height, width, size, size, channels, filters])
    return int(multiplications) // (height * width) + filters, int(multiplications)


def inception_cost(height, width, channels, filters):
    names = ["1x1", "3x3 reduce", "3x3", "5x5 reduce", "5x5", "pool"]
    f = np.array([filters[name] for name in names])
    reads = np.array([channels, channels, f[1], channels, f[3], channels])
    weights = int((np.array([1, 1, 9, 1, 25, 1]) * reads * f).sum())
    return weights + int(f.sum()), height * width * weights
""",
    "q6": """
def widest_bottleneck(size, channels, filters, budget):
    return int(np.floor_divide(budget, channels + size ** 2 * filters))


def first_useless(size, channels, filters):
    return (size ** 2 * channels * filters - 1) // (channels + size ** 2 * filters) + 1
""",
}

LEARNER = {
    "q1": """
def pointwise(maps, kernel, bias):
    # every pixel is one row of a long table
    rows = maps.reshape(-1, maps.shape[-1])
    out = np.dot(rows, kernel) + bias
    return out.reshape(maps.shape[0], maps.shape[1], maps.shape[2], kernel.shape[1])
""",
    "q3": """
def max_pool_same(maps, size):
    half = size // 2
    result = np.array(maps, dtype=float)
    # first along the rows, then along the columns
    for axis in (1, 2):
        before = result.copy()
        length = before.shape[axis]
        for step in range(1, min(half, length - 1) + 1):
            front = [slice(None)] * 4
            back = [slice(None)] * 4
            front[axis], back[axis] = slice(0, length - step), slice(step, length)
            front, back = tuple(front), tuple(back)
            result[front] = np.maximum(result[front], before[back])
            result[back] = np.maximum(result[back], before[front])
    return result
""",
    "q5": """
def conv_cost(height, width, size, channels, filters):
    params = (size * size * channels + 1) * filters
    mults = 0
    for _ in range(height):
        mults += width * filters * size * size * channels
    return params, mults


def add(a, b):
    return a[0] + b[0], a[1] + b[1]


def inception_cost(height, width, channels, filters):
    total = conv_cost(height, width, 1, channels, filters["1x1"])
    for name in ["3x3", "5x5"]:
        bottleneck = filters[name + " reduce"]
        size = {"3x3": 3, "5x5": 5}[name]
        total = add(total, conv_cost(height, width, 1, channels, bottleneck))
        total = add(total, conv_cost(height, width, size, bottleneck, filters[name]))
    return add(total, conv_cost(height, width, 1, channels, filters["pool"]))
""",
}

FLOAT32 = {
    "q1": """
def pointwise(maps, kernel, bias):
    maps, kernel, bias = (np.asarray(a, np.float32) for a in (maps, kernel, bias))
    return np.tensordot(maps, kernel, axes=1) + bias
""",
    "q2": """
def merged(kernel_1, bias_1, kernel_2, bias_2):
    stacked = np.vstack([kernel_1, bias_1]).astype(np.float32) @ kernel_2.astype(np.float32)
    return stacked[:-1], stacked[-1] + np.float32(bias_2)
""",
    "q3": """
def max_pool_same(maps, size):
    maps = maps.astype(np.float32)
    rim = size // 2
    padded = np.pad(maps, ((0, 0), (rim, rim), (rim, rim), (0, 0)), mode="edge")
    views = sliding_window_view(padded, (size, size), axis=(1, 2))
    return views.reshape(*maps.shape, -1).max(axis=-1)
""",
}

ALTERNATIVES = [
    Alternative("loops over everything", LOOPS),
    Alternative("whole arrays at once", VECTORISED),
    Alternative("a learner's way, with helpers", LEARNER),
    Alternative("in float32", FLOAT32),
]
