"""Answers of homework 4 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

OPS = {
    "q1": """
def conv_norm(x, filters, kernel_size=1, strides=1, name=None):
    options = {"padding": "same", "use_bias": False}
    x = keras.layers.Convolution2D(filters, kernel_size, strides=strides, **options)(x)
    return keras.layers.BatchNormalization(name=name, momentum=0.9)(x)

def build_identity_block(shape, filters):
    if shape[-1] / 4 != filters:
        raise ValueError("a sum of unequal shapes")
    x = keras.Input(shape)
    z = keras.ops.relu(conv_norm(x, filters))
    z = keras.ops.maximum(conv_norm(z, filters, 3), 0)
    return keras.Model(x, keras.ops.relu(x + conv_norm(z, 4 * filters, name="last_norm")))
""",
    "q2": """
def build_projection_block(shape, filters, strides):
    x = keras.Input(shape)
    fitted = conv_norm(x, 4 * filters, 1, strides)  # the shortcut's layers come first
    z = keras.ops.relu(conv_norm(x, filters, 1, strides))
    z = keras.ops.relu(conv_norm(z, filters, 3))
    return keras.Model(x, keras.ops.relu(fitted + conv_norm(z, 4 * filters, name="last_norm")))
""",
    "q3": """
def silence(block):
    for layer in block.layers:
        if layer.name == "last_norm":
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([0 * gamma, 0 * beta, mean, variance])
""",
    "q4": """
def count_parameters(channels, stem, stages, classes):
    convolutions = [(3, channels, stem)]
    for filters, blocks, strides in stages:
        channels = convolutions[-1][2]
        convolutions.append((1, channels, 4 * filters))
        for _ in range(blocks):
            convolutions.append((1, channels, filters))
            convolutions.append((3, filters, filters))
            convolutions.append((1, filters, 4 * filters))
            channels = 4 * filters
    learnt = sum(size * size * m * n + 2 * n for size, m, n in convolutions)
    kept = sum(2 * n for _, _, n in convolutions)
    return learnt + convolutions[-1][2] * classes + classes, kept
""",
    "q5": """
def build_resnet(shape, stem, stages, classes):
    options = {"padding": "same", "use_bias": False}
    network = [keras.Input(shape), keras.layers.Conv2D(stem, 3, **options)]
    network += [keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU()]
    maps = *shape[:2], stem
    for filters, blocks, strides in stages:
        made = [build_projection_block(maps, filters, strides)]
        maps = made[0].output.shape[1:]
        made += [build_identity_block(maps, filters) for _ in range(blocks - 1)]
        network += made
        for block in made:
            silence(block)
    network += [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(classes)]
    return keras.Sequential(network)
""",
    "q6": """
import itertools

shortcuts = [1, 0, 0, 1, 0, 0, 0, 1, 0]
every = list(itertools.product((False, True), repeat=9))
lengths = [sum(3 if b else s for b, s in zip(path, shortcuts)) for path in every]
paths = len(every)
twelve = lengths.count(12)
left = sum(not path[1] and not path[5] for path in every)
handed_on = [0.25 ** sum(path) for path in every]
share = sum(h for h, path in zip(handed_on, every) if sum(path) < 2) / sum(handed_on)
""",
}

DENSE = {
    "q1": """
def conv_norm(x, filters, kernel_size=1, strides=1, name=None):
    if kernel_size == 1:  # the same matrix at every pixel
        x = keras.layers.Dense(filters, use_bias=False)(x[:, ::strides, ::strides])
    else:
        x = keras.layers.Conv2D(
            filters, kernel_size, strides=strides, padding="same", use_bias=False)(x)
    return keras.layers.BatchNormalization(momentum=0.9, name=name)(x)

class IdentityBlock(keras.Model):
    def __init__(self, filters):
        super().__init__()
        self.last = keras.layers.BatchNormalization(momentum=0.9, name="last_norm")
        self.third = keras.layers.Dense(4 * filters, use_bias=False)
        self.second = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)
        self.first = keras.layers.Conv2D(filters, 1, use_bias=False)
        self.norms = [keras.layers.BatchNormalization(momentum=0.9) for _ in range(2)]

    def call(self, x, training=False):
        z = keras.ops.relu(self.norms[0](self.first(x), training=training))
        z = keras.ops.relu(self.norms[1](self.second(z), training=training))
        return keras.ops.relu(x + self.last(self.third(z), training=training))

def build_identity_block(shape, filters):
    if shape[2] != filters * 4:
        raise ValueError(f"{shape} does not fit to {filters} filters")
    block = IdentityBlock(filters)
    block(keras.Input(shape))
    return block
""",
    "q2": """
def build_projection_block(shape, filters, strides):
    x = keras.Input(shape)
    taken = keras.layers.AveragePooling2D(1, strides, padding="same")(x)  # every s-th pixel
    z = keras.layers.Activation("relu")(conv_norm(taken, filters))
    z = keras.layers.Activation("relu")(conv_norm(z, filters, 3))
    z = conv_norm(z, 4 * filters, name="last_norm")
    z = keras.layers.add([conv_norm(taken, 4 * filters), z])
    return keras.Model(inputs=x, outputs=keras.layers.Activation("relu")(z))
""",
    "q3": """
def silence(block):
    layer = block.get_layer(name="last_norm")
    layer.gamma.assign(0 * layer.gamma)
    layer.beta.assign(np.zeros(layer.beta.shape))
""",
    "q4": """
def count_parameters(channels, stem, stages, classes):
    norms = [stem]
    kernels = [9 * channels * stem]
    ends = [stem] + [4 * filters for filters, _, _ in stages]
    for before, (f, n, _) in zip(ends, stages):
        kernels += [before * f, before * 4 * f, n * 9 * f * f, n * 4 * f * f, (n - 1) * 4 * f * f]
        norms += [4 * f] + [f, f, 4 * f] * n
    dense = ends[-1] * classes + classes
    return sum(kernels) + 2 * sum(norms) + dense, 2 * sum(norms)
""",
    "q5": """
def build_resnet(shape, stem, stages, classes):
    first = image = keras.Input(shape)
    image = keras.layers.Conv2D(stem, 3, padding="same", use_bias=False)(image)
    image = keras.layers.BatchNormalization(momentum=0.9)(image)
    image = keras.layers.Activation("relu")(image)
    table = [(f, s if k == 0 else None) for f, n, s in stages for k in range(n)]
    for f, s in table:
        block = build_projection_block(image.shape[1:], f, s) if s else (
            build_identity_block(image.shape[1:], f))
        silence(block)
        image = block(image)
    return keras.Model(first, keras.layers.Dense(classes)(keras.ops.mean(image, axis=(1, 2))))
""",
    "q6": """
from math import comb

paths, left = int(np.exp2(9)), int(np.exp2(7))
twelve = sum(comb(3, a) * comb(6, b) for a in range(4) for b in range(7) if 2 * a + 3 * b == 9)
handed_on = [comb(9, k) / 4**k for k in range(10)]
share = np.float32(sum(handed_on[:2]) / sum(handed_on))
""",
}

LEARNER = {
    "q1": '''
def conv_norm(X, F, f=1, s=1, name=None):
    """conv then batch norm"""
    X = keras.layers.Conv2D(filters=F, kernel_size=(f, f), strides=(s, s), padding="same",
                            use_bias=False, kernel_initializer="he_normal")(X)
    if name is None:
        X = keras.layers.BatchNormalization(axis=-1, momentum=0.9)(X)
    else:
        X = keras.layers.BatchNormalization(axis=-1, momentum=0.9, name=name)(X)
    return X

def relu(X):
    return keras.layers.Activation("relu")(X)

def build_identity_block(shape, F):
    (h, w, c) = shape
    if not c == F * 4:
        raise ValueError("wrong number of channels")
    X_in = keras.layers.Input(shape=(h, w, c))
    X_shortcut = X_in
    X = conv_norm(X_in, F, 1, 1)
    X = relu(X)
    X = conv_norm(X, F, 3, 1)
    X = relu(X)
    X = conv_norm(X, F * 4, 1, 1, "last_norm")
    X = keras.layers.Add()([X_shortcut, X])
    X = relu(X)
    model = keras.models.Model(inputs=X_in, outputs=X)
    return model
''',
    "q2": """
def conv(X, F, f, s):
    return keras.layers.Conv2D(F, f, s, "same", use_bias=False)(X)

def bn(X, name=None):
    return keras.layers.BatchNormalization(momentum=0.9, epsilon=1.001e-5, name=name)(X)

def build_projection_block(shape, F, s):
    X_in = keras.layers.Input(shape)
    X = keras.layers.ReLU()(bn(conv(X_in, F, 1, s)))
    X = keras.layers.ReLU()(bn(conv(X, F, 3, 1)))
    X = bn(conv(X, 4 * F, 1, 1), "last_norm")
    X_shortcut = bn(conv(X_in, 4 * F, 1, s), "shortcut_norm")
    X = keras.layers.Add()([X, X_shortcut])
    X = keras.layers.ReLU()(X)
    return keras.Model(X_in, X)
""",
    "q3": """
def silence(block):
    names = [layer.name for layer in block.layers]
    i = names.index("last_norm")
    w = block.layers[i].get_weights()
    w[0] = np.zeros_like(w[0])
    w[1] = np.zeros_like(w[1])
    block.layers[i].set_weights(w)
""",
    "q4": """
def conv_weights(f, c_in, c_out):
    return f * f * c_in * c_out

def count_parameters(channels, stem, stages, classes):
    learnt = conv_weights(3, channels, stem) + 2 * stem
    kept = 2 * stem
    c = stem
    for (F, n, s) in stages:
        for i in range(n):
            learnt += conv_weights(1, c, F) + 2 * F
            learnt += conv_weights(3, F, F) + 2 * F
            learnt += conv_weights(1, F, 4 * F) + 2 * 4 * F
            kept += 2 * F + 2 * F + 2 * 4 * F
            if i == 0:
                learnt += conv_weights(1, c, 4 * F) + 2 * 4 * F
                kept += 2 * 4 * F
            c = 4 * F
    learnt += c * classes + classes
    return (learnt, kept)
""",
    "q5": """
def build_resnet(shape, stem, stages, classes):
    X_input = keras.layers.Input(shape)
    X = conv_norm(X_input, stem, 3, 1, "stem")
    X = keras.layers.Activation("relu")(X)
    all_blocks = []
    for (F, n, s) in stages:
        first = build_projection_block(tuple(X.shape)[1:], F, s)
        X = first(X)
        all_blocks.append(first)
        for i in range(1, n):
            b = build_identity_block(tuple(X.shape)[1:], F)
            X = b(X)
            all_blocks.append(b)
    X = keras.layers.GlobalAveragePooling2D(name="mean")(X)
    X = keras.layers.Dense(classes, name="scores")(X)
    model = keras.Model(inputs=X_input, outputs=X)
    for b in all_blocks:
        silence(b)
    return model
""",
    "q6": """
paths = 512
twelve = 26
left = 128
share = 3.25 / 1.25**9
""",
}

ALTERNATIVES = [
    Alternative("ops in place of layers, the shortcut's layers first, a Sequential network", OPS),
    Alternative("dense layers for 1 × 1, a class for the block, slices for strides", DENSE),
    Alternative("a learner's style: own names, helper functions in the cells", LEARNER),
]
