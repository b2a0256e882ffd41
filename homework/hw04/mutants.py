"""Answers of homework 4 that learners give and that are wrong: each must fail."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant("q1", "leaves the biases in", ", use_bias=False", ""),
    Mutant(
        "q1",
        "puts the ReLU before the sum",
        'conv_norm(z, 4 * filters, name="last_norm")',
        'keras.layers.ReLU()(conv_norm(z, 4 * filters, name="last_norm"))',
    ),
    Mutant(
        "q1",
        "leaves the last ReLU out",
        "keras.Model(inputs, keras.layers.ReLU()(total))",
        "keras.Model(inputs, total)",
    ),
    Mutant(
        "q1",
        "leaves it to Keras whether the sum fits",
        "shape[2] != 4 * filters",
        "False",
    ),
    Mutant("q1", "keeps Keras' momentum", "momentum=0.9, ", ""),
    Mutant(
        "q2",
        "takes the stride in the 3 × 3 convolution",
        "conv_norm(entry, filters, 1, strides))\n"
        "    z = keras.layers.ReLU()(conv_norm(z, filters, 3))",
        "conv_norm(entry, filters))\n"
        "    z = keras.layers.ReLU()(conv_norm(z, filters, 3, strides))",
    ),
    Mutant(
        "q2",
        "gives the shortcut a ReLU",
        "fitted = conv_norm(entry, 4 * filters, 1, strides)",
        "fitted = keras.layers.ReLU()(conv_norm(entry, 4 * filters, 1, strides))",
    ),
    Mutant(
        "q2",
        "does not normalise the shortcut",
        "fitted = conv_norm(entry, 4 * filters, 1, strides)",
        "fitted = keras.layers.Conv2D(4 * filters, 1, strides, use_bias=False)(entry)",
    ),
    Mutant(
        "q2",
        "calls the shortcut's normalisation the last",
        'name="last_norm")\n    fitted = conv_norm(entry, 4 * filters, 1, strides)',
        'name=None)\n    fitted = conv_norm(entry, 4 * filters, 1, strides, "last_norm")',
    ),
    Mutant(
        "q2",
        "leaves the shortcut out",
        "keras.layers.Add()([z, fitted])",
        "z",
    ),
    Mutant(
        "q3",
        "leaves β as it is",
        "    last.beta.assign(keras.ops.zeros_like(last.beta))\n",
        "",
    ),
    Mutant(
        "q3",
        "sets the stored averages to zero as well",
        "    last.gamma.assign(keras.ops.zeros_like(last.gamma))\n",
        "    last.set_weights([0 * one for one in last.get_weights()])\n",
    ),
    Mutant(
        "q3",
        "sets the kernels to zero",
        """    last = block.get_layer("last_norm")
    last.gamma.assign(keras.ops.zeros_like(last.gamma))
    last.beta.assign(keras.ops.zeros_like(last.beta))
""",
        """    for one in block.weights:
        if one.path.endswith("kernel"):
            one.assign(keras.ops.zeros_like(one))
""",
    ),
    Mutant(
        "q3",
        "silences all normalisations, that of the shortcut, too",
        """    last = block.get_layer("last_norm")
    last.gamma.assign(keras.ops.zeros_like(last.gamma))
    last.beta.assign(keras.ops.zeros_like(last.beta))
""",
        """    for one in block.weights:
        if one.path.endswith(("gamma", "beta")):
            one.assign(keras.ops.zeros_like(one))
""",
    ),
    Mutant(
        "q3",
        "freezes the layer as well",
        'block.get_layer("last_norm")\n',
        'block.get_layer("last_norm")\n    last.trainable = False\n',
    ),
    Mutant("q4", "counts biases", "2 * normed + (width", "3 * normed + (width"),
    Mutant("q4", "forgets the dense layer's biases", "(width + 1)", "width"),
    Mutant(
        "q4",
        "forgets that only the first block gets fewer channels",
        "            width = 4 * filters",
        "        width = 4 * filters",
    ),
    Mutant(
        "q4",
        "projects only where the shapes differ",
        "for filters, blocks, _ in stages:\n",
        "for filters, blocks, strides in stages:\n"
        "        if strides == 1 and width == 4 * filters:\n"
        "            weights -= width * 4 * filters\n            normed -= 4 * filters\n",
    ),
    Mutant(
        "q4",
        "gives the bottleneck's middle as many channels as come out",
        "9 * filters**2",
        "9 * filters * 4 * filters",
    ),
    Mutant("q5", "forgets to silence", "            silence(here)\n", ""),
    Mutant(
        "q5",
        "projects in every block",
        "here = build_identity_block(maps, filters)",
        "here = build_projection_block(maps, filters, 1)",
    ),
    Mutant(
        "q5",
        "applies each block of a stage to the stage's first maps",
        "        for number in range(blocks):\n            maps = x.shape[1:]\n",
        "        for number in range(blocks):\n            maps = x.shape[1:]\n"
        "            first = x if number < 2 else first\n            x = first\n",
    ),
    Mutant(
        "q5",
        "returns probabilities",
        "Dense(classes)",
        'Dense(classes, "softmax")',
    ),
    Mutant(
        "q5",
        "forgets the ReLU of the stem",
        "keras.layers.ReLU()(conv_norm(image, stem, 3))",
        "conv_norm(image, stem, 3)",
    ),
    Mutant("q6", "counts the blocks, not the choices", "paths = 2**9", "paths = 2 * 9"),
    Mutant("q6", "gives the share in percent", "share = (1", "share = 100 * (1"),
    Mutant("q6", "forgets the projections' convolutions", "1 * 20 + 1 * 6", "126"),
    Mutant("q6", "takes the silenced blocks' paths for half lost", "left = 2**7", "left = 2**8"),
    Mutant("q6", "counts one path through one bottleneck", "(1 + 9 / 4)", "(1 + 1 / 4)"),
]

SURVIVORS: list[Survivor] = []
