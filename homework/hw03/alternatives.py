"""Answers of homework 3 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

BRANCHES = {
    "q1": """
def fits(n, f, s):
    count = 0
    while count * s + f <= n:  # does one more window fit?
        count += 1
    if count == 0:
        raise ValueError(f"a window of {f} in {n} pixels")
    return count

def shapes_of(table, shape):
    result = []
    for row in table:
        if row[0] in ("conv", "max", "average", "flatten") and len(shape) != 3:
            raise ValueError(f"{row} needs maps")
        if row[0] == "conv":
            _, filters, (rows, columns), stride, padding = row
            if padding == "same":
                shape = (len(range(0, shape[0], stride)), len(range(0, shape[1], stride)), filters)
            else:
                shape = (fits(shape[0], rows, stride), fits(shape[1], columns, stride), filters)
        elif row[0] in ("max", "average"):
            (rows, columns), stride = row[1:]
            shape = (fits(shape[0], rows, stride), fits(shape[1], columns, stride), shape[2])
        elif row[0] == "flatten":
            h, w, c = shape
            shape = (h * w * c,)
        else:
            (d,) = shape
            shape = row[1:]
        result.append(shape)
    return result
""",
    "q2": """
def prices_of(table, shape):
    prices = []
    for number, row in enumerate(table):
        here = table[number:number + 1]
        if row[0] == "dense":
            prices.append((shape[0] * row[1] + row[1], shape[0] * row[1]))
        elif row[0] == "conv":
            h, w, filters = shapes_of(here, shape)[0]
            one = row[2][0] * row[2][1] * shape[2]
            prices.append((filters * (one + 1), filters * one * h * w))
        else:
            prices.append((0, 0))
        shape = shapes_of(here, shape)[0]
    return prices
""",
    "q3": """
def lenet_table(classes):
    table = []
    for filters in (6, 16):
        table.append(("conv", filters, (5, 5), 1, "valid"))
        table.append(("average", (2, 2), 2))
    table.append(("flatten",))
    for units in (120, 84, classes):
        table.append(("dense", units))
    return table

def vgg_table(counts, first, most, head):
    table = []
    for block, count in enumerate(counts):
        for _ in range(count):
            table.append(("conv", min(first * 2 ** block, most), (3, 3), 1, "same"))
        table.append(("max", (2, 2), 2))
    table.append(("flatten",))
    for units in head:
        table.append(("dense", units))
    return table
""",
    "q4": """
def build_network(table, shape):
    layers = [keras.Input(shape)]
    for row in table:
        if row[0] == "conv":
            layers.append(keras.layers.Conv2D(
                row[1], kernel_size=row[2], strides=row[3], padding=row[4], activation="relu"))
        elif row[0] == "max":
            layers.append(keras.layers.MaxPool2D(pool_size=row[1], strides=row[2]))
        elif row[0] == "average":
            layers.append(keras.layers.AvgPool2D(pool_size=row[1], strides=row[2]))
        elif row[0] == "flatten":
            layers.append(keras.layers.Flatten())
        else:
            layers.append(keras.layers.Dense(row[1], activation="relu"))
    if table[-1][0] in ("conv", "dense"):
        layers[-1].activation = keras.activations.linear
    return keras.Sequential(layers)
""",
    "q5": """
def as_convolutions(table, shape):
    flat = [row[0] for row in table].index("flatten")
    size = shapes_of(table[:flat], shape)[-1][:2] if flat else shape[:2]
    head = []
    for number, row in enumerate(table[flat + 1:]):
        head.append(("conv", row[1], (1, 1) if number else size, 1, "valid"))
    return table[:flat] + head

def widen(network, table, shape, wide):
    wider = build_network(as_convolutions(table, shape), wide)
    old = [layer for layer in network.layers if layer.weights]
    new = [layer for layer in wider.layers if layer.weights]
    for a, b in zip(old, new):
        kernel, bias = a.get_weights()
        b.set_weights([kernel.reshape(b.kernel.shape), bias])
    return wider
""",
    "q6": """
places = len(range(0, 102 - 17, 6))
step = 6
separately = 369_120
together = 177_600
fewer = 2712
""",
}

OPS = {
    "q1": """
def behind(row, shape):
    kind = row[0]
    if kind == "dense":
        if len(shape) > 1:
            raise ValueError("flatten first")
        return (int(row[1]),)
    if len(shape) < 3:
        raise ValueError("flattened too early")
    if kind == "flatten":
        return (int(np.prod(shape)),)
    filters, window, stride, padding = row[1:] if kind == "conv" else (shape[2], *row[1:], "valid")
    sides = np.array(shape[:2])
    if padding == "same":
        left = np.ceil(sides / stride)
    else:
        left = np.floor((sides - window) / stride) + 1
    if np.any(left <= 0):
        raise ValueError("too large a window")
    return (int(left[0]), int(left[1]), filters)

def shapes_of(table, shape):
    if not table:
        return []
    first = behind(table[0], shape)
    return [first] + shapes_of(table[1:], first)
""",
    "q2": """
def prices_of(table, shape):
    ins = [shape] + shapes_of(table, shape)
    outs = ins[1:]
    prices = []
    for (kind, *rest), i, o in zip(table, ins, outs):
        if kind not in ("conv", "dense"):
            prices.append((0, 0))
            continue
        window = rest[1] if kind == "conv" else (1, 1)
        kernel = [*window, i[-1], o[-1]]
        size = int(np.prod(kernel, dtype=np.int64))
        prices.append((size + o[-1], size * int(np.prod(o[:-1], dtype=np.int64))))
    return prices
""",
    "q3": """
def lenet_table(classes):
    subsampling = ("average", (2, 2), 2)
    c1, c3 = (("conv", maps, (5, 5), 1, "valid") for maps in (6, 16))
    c5, f6, output = (("dense", units) for units in (120, 84, classes))
    return [c1, subsampling, c3, subsampling, ("flatten",), c5, f6, output]

def vgg_table(counts, first, most, head):
    def blocks(counts, filters):
        if not counts:
            return []
        block = [("conv", filters, (3, 3), 1, "same") for _ in range(counts[0])]
        return block + [("max", (2, 2), 2)] + blocks(counts[1:], min(most, filters + filters))

    return blocks(counts, first) + [("flatten",)] + [("dense", n) for n in head]
""",
    "q4": """
def layer(row, last):
    kind, *rest = row
    activation = "linear" if last else "relu"
    if kind == "conv" and tuple(rest[1:3]) == ((1, 1), 1):  # the same matrix at every pixel
        return keras.layers.Dense(rest[0], activation=activation)
    if kind == "conv":
        return keras.layers.Conv2D(*rest, activation=activation)
    if kind == "dense":
        return keras.layers.Dense(*rest, activation=activation)
    if kind == "flatten":
        return keras.layers.Reshape((-1,))
    name = f"{kind}_pool"
    return lambda x: getattr(keras.ops, name)(x, rest[0], strides=rest[1], padding="valid")

def build_network(table, shape):
    layers = [layer(row, k == len(table) - 1) for k, row in enumerate(table)]
    x = first = keras.layers.Input(shape=shape)
    for one in layers:
        x = one(x)
    return keras.Model(inputs=first, outputs=x)
""",
    "q5": """
def as_convolutions(table, shape):
    shapes = dict(enumerate([shape] + shapes_of(table, shape)))
    new = []
    for k, row in enumerate(table):
        if row[0] == "flatten":
            continue
        elif row[0] == "dense" and len(shapes[k - 1]) == 3:
            new.append(("conv", row[1], shapes[k - 1][:2], 1, "valid"))
        elif row[0] == "dense":
            new.append(("conv", row[1], (1, 1), 1, "valid"))
        else:
            new.append(row)
    return new

def widen(network, table, shape, wide):
    model = build_network(as_convolutions(table, shape), wide)
    arrays = iter(network.get_weights())
    for variable in model.variables:
        variable.assign(np.reshape(next(arrays), tuple(variable.shape)))
    return model
""",
    "q6": """
window = [("conv", 5, (3, 3), 1, "valid"), ("max", (2, 2), 2),
          ("conv", 8, (3, 3), 1, "valid"), ("max", (3, 3), 3)]
strip = window + [("conv", 4, (2, 2), 1, "valid")]
places = int(np.int64((102 - 18) / 6)) + 1
step = 2 * 1 * 3
separately = sum([16 * 16 * 9 * 5, 6 * 6 * 9 * 5 * 8, 2 * 2 * 8 * 4]) * places
together = sum([16 * 100 * 9 * 5, 6 * 48 * 9 * 5 * 8, 15 * 2 * 2 * 8 * 4])
layers = (11 - 1) // 2
fewer = np.int64(11 ** 2 * 6 * 6 + 6 - layers * (3 ** 2 * 6 * 6 + 6))
""",
}

LEARNER = {
    "q1": '''
def out_size(n, f, s):
    """how many windows fit"""
    if f > n:
        raise ValueError("the window is larger than the map")
    return int((n - f) / s) + 1

def same_size(n, s):
    if n % s == 0:
        return n // s
    else:
        return n // s + 1

def shapes_of(table, shape):
    out = []
    current = tuple(shape)
    for row in table:
        name = row[0]
        if name == "conv":
            if len(current) != 3:
                raise ValueError("conv after flatten")
            F = row[1]
            f_h, f_w = row[2]
            s = row[3]
            if row[4] == "same":
                current = (same_size(current[0], s), same_size(current[1], s), F)
            if row[4] == "valid":
                current = (out_size(current[0], f_h, s), out_size(current[1], f_w, s), F)
        if name == "max" or name == "average":
            if len(current) != 3:
                raise ValueError("pool after flatten")
            f_h, f_w = row[1]
            s = row[2]
            current = (out_size(current[0], f_h, s), out_size(current[1], f_w, s), current[2])
        if name == "flatten":
            if len(current) != 3:
                raise ValueError("flatten after flatten")
            current = (current[0] * current[1] * current[2],)
        if name == "dense":
            if len(current) != 1:
                raise ValueError("dense before flatten")
            current = (row[1],)
        out.append(current)
    return out
''',
    "q2": """
def prices_of(table, shape):
    shapes = shapes_of(table, shape)
    answer = []
    before = shape
    for i in range(len(table)):
        row = table[i]
        after = shapes[i]
        params = 0
        macs = 0
        if row[0] == "conv":
            (f_h, f_w) = row[2]
            n_c = before[2]
            params = (f_h * f_w * n_c + 1) * row[1]
            for r in range(after[0]):
                macs += after[1] * f_h * f_w * n_c * row[1]
        if row[0] == "dense":
            params = (before[0] + 1) * row[1]
            macs = params - row[1]
        answer.append((params, macs))
        before = after
    return answer
""",
    "q3": """
def conv(filters, f, padding):
    return ("conv", filters, (f, f), 1, padding)

def lenet_table(classes):
    t = [conv(6, 5, "valid")]
    t = t + [("average", (2, 2), 2)]
    t = t + [conv(16, 5, "valid")]
    t = t + [("average", (2, 2), 2)]
    t = t + [("flatten",)]
    t = t + [("dense", 120)]
    t = t + [("dense", 84)]
    t = t + [("dense", classes)]
    return t

def vgg_table(counts, first, most, head):
    t = []
    filters = first
    for c in list(counts):
        for i in range(c):
            t += [conv(filters, 3, "same")]
        t += [("max", (2, 2), 2)]
        filters = filters * 2
        if filters > most:
            filters = most
    t += [("flatten",)]
    for units in head:
        t += [("dense", units)]
    return t
""",
    "q4": """
def build_network(table, shape):
    X_input = keras.layers.Input(shape=shape)
    X = X_input
    n = len(table)
    for i in range(n):
        row = table[i]
        if row[0] == "conv":
            X = keras.layers.Conv2D(filters=row[1], kernel_size=row[2], strides=(row[3], row[3]),
                                    padding=row[4], name="conv" + str(i))(X)
            if i != n - 1:
                X = keras.layers.Activation("relu", name="relu" + str(i))(X)
        elif row[0] == "max":
            X = keras.layers.MaxPooling2D(row[1], strides=(row[2], row[2]), padding="valid")(X)
        elif row[0] == "average":
            X = keras.layers.AveragePooling2D(row[1], strides=(row[2], row[2]), padding="valid")(X)
        elif row[0] == "flatten":
            X = keras.layers.Flatten()(X)
        elif row[0] == "dense":
            X = keras.layers.Dense(row[1], kernel_initializer="he_normal", name="fc" + str(i))(X)
            if i != n - 1:
                X = keras.layers.Activation("relu", name="relu" + str(i))(X)
    model = keras.models.Model(inputs=X_input, outputs=X)
    return model
""",
    "q5": """
def as_convolutions(table, shape):
    shapes = [shape]
    shapes.extend(shapes_of(table, shape))
    new_table = []
    first_dense = True
    for i, row in enumerate(table):
        if row[0] == "dense":
            if first_dense:
                (h, w, c) = shapes[i - 1]
                new_table.append(("conv", row[1], (h, w), 1, "valid"))
                first_dense = False
            else:
                new_table.append(("conv", row[1], (1, 1), 1, "valid"))
        elif row[0] != "flatten":
            new_table.append(row)
    return new_table

def widen(network, table, shape, wide):
    new_table = as_convolutions(table, shape)
    new_network = build_network(new_table, wide)
    W_old = network.get_weights()
    W_new = new_network.get_weights()
    for i in range(len(W_new)):
        if W_new[i].shape != W_old[i].shape:
            f_h, f_w, c, F = W_new[i].shape
            W = np.zeros((f_h, f_w, c, F))
            for r in range(f_h):
                for q in range(f_w):
                    for k in range(c):
                        W[r, q, k] = W_old[i][(r * f_w + q) * c + k]
            W_new[i] = W
        else:
            W_new[i] = W_old[i]
    new_network.set_weights(W_new)
    return new_network
""",
    "q6": """
one_window = 11_520 + 12_960 + 128
places = 15
step = 6
separately = 15 * one_window
together = 72_000 + 103_680 + 1_920
fewer = 4_362 - 1_650
""",
}

ALTERNATIVES = [
    Alternative("a branch for each kind of row, a Sequential network", BRANCHES),
    Alternative("recursion, NumPy, ops for poolings, dense layers for 1 × 1", OPS),
    Alternative("a learner's style: own names, helper functions in the cells", LEARNER),
]
