"""Chapter 2: pooling, its sizes and gradients, and a whole small network, number by number."""

import keras
import numpy as np

from claims import Cases, case, cited, claim
from cnnutils import data, ops, zoo
from cnnutils.model_costs import ModelCosts, model_costs


def params(layer: keras.Layer, *input_shape: int) -> int:
    """Build a layer of Keras for inputs of a shape, and count its parameters."""
    layer.build((None, *input_shape))
    return int(layer.count_params())


def lenet_like(filters: int) -> ModelCosts:
    """The network of chapter 2 with so many filters in its first layer, counted."""
    return model_costs(
        keras.Sequential(
            [
                keras.Input((32, 32, 3)),
                keras.layers.Conv2D(filters, 5, activation="relu", name="conv1"),
                keras.layers.MaxPooling2D(2, name="pool1"),
                keras.layers.Conv2D(16, 5, activation="relu", name="conv2"),
                keras.layers.MaxPooling2D(2, name="pool2"),
                keras.layers.Flatten(name="flatten"),
                keras.layers.Dense(120, activation="relu", name="dense3"),
                keras.layers.Dense(84, activation="relu", name="dense4"),
                keras.layers.Dense(10, activation="softmax", name="dense5"),
            ]
        )
    )


@claim(
    "POOL-C38",
    "The stride of a pooling is often as large as its window.",
    why="Then the windows touch without overlapping, and libraries take this stride unless told"
    " otherwise. AlexNet is an exception: windows of 3, stride 2.",
    taught="02_pooling#what-if-only-the-strongest-answer-nearby-counts",
)
def stride_equals_the_window() -> Cases:
    defaults = [keras.layers.MaxPooling2D(size).strides[0] for size in (2, 3, 4)]
    yield case("Keras' own strides for windows of 2, 3, 4", says=[2, 3, 4], finds=defaults)
    with zoo.without_weights():
        networks = {"LeNet-5": zoo.build_lenet5(), "VGG-16": zoo.build_vgg("D")}
    for name, model in networks.items():
        pools = [layer for layer in model.layers if hasattr(layer, "pool_size")]
        equal = sum(layer.strides == layer.pool_size for layer in pools)
        yield case(f"{name}: poolings with such a stride", says=len(pools), finds=equal)


@claim(
    "POOL-C02",
    "A pooling layer has nothing to learn: no weight and no bias.",
    why="Its size, stride and kind are chosen by hand. The subsampling of the published LeNet-5,"
    " which learns two numbers a map, is not what is called pooling today.",
    taught="02_pooling#the-same-with-cnnutils-and-keras",
)
def pooling_has_no_parameters() -> Cases:
    layers = keras.layers
    for layer in (layers.MaxPooling2D(2), layers.AveragePooling2D(3), layers.GlobalMaxPooling2D()):
        found = params(layer, 4, 4, 3)
        yield case(f"Keras' {type(layer).__name__} on 4×4×3: parameters", says=0, finds=found)


@claim(
    "POOL-C35",
    "Pooling works on each channel by itself.",
    why="Unlike a convolution, it never adds up channels: what happens in one channel cannot be"
    " seen in another, and there are as many after it as before.",
    taught="02_pooling#the-same-with-cnnutils-and-keras",
)
def pooling_keeps_channels_apart() -> Cases:
    volume = np.random.default_rng(1).normal(size=(1, 4, 4, 10))
    changed = volume.copy()
    changed[..., 7] += 1
    pools = {
        "cnnutils' maximum": ops.max_pool2d,
        "cnnutils' mean": ops.avg_pool2d,
        "Keras' maximum": keras.layers.MaxPooling2D(2),
    }
    for name, pool in pools.items():
        before, after = np.asarray(pool(volume)), np.asarray(pool(changed))
        differ = np.flatnonzero((before != after).any(axis=(0, 1, 2)))
        yield case(f"{name}, 4×4×10: shape", says=(2, 2, 10), finds=after.shape[1:])
        yield case(f"{name}: channels that see a change of channel 7", says=[7], finds=differ)


@claim(
    "POOL-C34",
    "Max and min pooling are not linear, average pooling is.",
    why="A mean is a weighted sum with equal weights, so it can be exchanged with adding. The"
    " largest of a sum is not the sum of the largest: the two may lie at different places.",
    taught="02_pooling#what-does-it-do-to-a-picture",
)
def which_pooling_is_linear() -> Cases:
    u, v = np.random.default_rng(1).normal(size=(2, 1, 8, 8, 1))
    pools = {"max": ops.max_pool2d, "min": ops.min_pool2d, "average": ops.avg_pool2d}
    for name, pool in pools.items():
        linear = np.allclose(pool(u + v), pool(u) + pool(v))
        yield case(
            f"{name}: a sum pooled is the sum of both pooled", says=name == "average", finds=linear
        )


@claim(
    "POOL-C14",
    "Without padding, pooling with windows of f and stride s leaves ⌊(n − f)/s⌋ + 1 of n pixels"
    " on a side, and all channels.",
    why="It is the rule of the convolution: so many windows fit, and what is left at the end, too"
    " short for a window, is dropped.",
    taught="02_pooling#how-large-is-the-output",
)
def size_after_pooling() -> Cases:
    tried = [(n, f, s) for n in range(6, 20) for f in (2, 3, 4) for s in (1, 2, 3)]
    said = [(1, (n - f) // s + 1, (n - f) // s + 1, 7) for n, f, s in tried]
    ours = [ops.max_pool2d(np.ones((1, n, n, 7)), f, strides=s).shape for n, f, s in tried]
    theirs = [
        keras.layers.MaxPooling2D(f, strides=s).compute_output_shape((1, n, n, 7))
        for n, f, s in tried
    ]
    which = f"{len(tried)} sizes: n from 6 to 19, f of 2 to 4, s of 1 to 3, 7 channels"
    yield case(f"cnnutils, {which}", says=True, finds=ours == said)
    yield case(f"Keras, {which}", says=True, finds=theirs == said)


@claim(
    "POOL-C01",
    "What comes out of a max pooling is always smaller than what went in.",
    correct="With stride 1 and same padding the size stays; otherwise it gets smaller.",
    why="Such a pooling asks for the strongest answer around each pixel without dropping any. The"
    " Inception module uses it, so that its branches can be laid side by side.",
    taught="02_pooling#how-large-is-the-output",
)
def max_pooling_always_shrinks() -> Cases:
    for size, stride, padding in ((2, 2, "valid"), (3, 1, "valid"), (3, 1, "same")):
        layer = keras.layers.MaxPooling2D(size, strides=stride, padding=padding)
        side = layer.compute_output_shape((1, 28, 28, 192))[1]
        yield case(
            f"28×28×192, {size}×{size} windows, stride {stride}, {padding} padding: smaller",
            says=True,
            finds=side < 28,
        )


@claim(
    "POOL-C06",
    "For a pooling to shrink a map, its stride must be equal to its window's size.",
    correct="Every stride above 1 shrinks it, and without padding every window above 1 does. Equal"
    " numbers mean that the windows do not overlap.",
    why="The stride decides how many windows there are, their size only how much each of them sees."
    " AlexNet pools with overlap.",
    taught="02_pooling#how-large-is-the-output",
)
def shrinks_if_stride_equals_window() -> Cases:
    for side, size, stride in ((28, 2, 2), (27, 3, 3), (55, 3, 2), (6, 3, 1)):
        out = ops.max_pool2d(np.ones((1, side, side, 1)), size, strides=stride).shape[1]
        yield case(
            f"{side}×{side}, {size}×{size} windows, stride {stride}: smaller",
            says=size == stride,
            finds=out < side,
        )


@claim(
    "POOL-C39",
    "Pooling with 2×2 windows and stride 2 halves an image.",
    correct="It halves each side; of the pixels, a quarter is left.",
    why="Half of the rows and half of the columns: a half of a half.",
    taught="02_pooling#how-large-is-the-output",
)
def two_by_two_pooling_halves() -> Cases:
    photo = data.load_photograph("camera", size=(128, 96), grey=True)[np.newaxis, ..., np.newaxis]
    pooled = ops.max_pool2d(photo)
    sides = [pooled.shape[axis] / photo.shape[axis] for axis in (1, 2)]
    yield case("photograph of 128×96: share of height, of width", says=[0.5, 0.5], finds=sides)
    yield case("its share of the pixels", says=0.5, finds=pooled.size / photo.size)


@claim(
    "POOL-C37",
    "Of the nine grey values 570, 585, 600, 595, 617, 610, 554, 538, 556 in a 3×3 window, max"
    " pooling keeps 617, wherever in the window it stands.",
    why="A maximum does not ask for the place. That is the invariance that pooling gives, and it"
    " ends at the window's border.",
    taught="02_pooling#what-does-not-change-when-the-picture-moves",
)
def the_largest_of_nine() -> Cases:
    window = np.array([[570, 585, 600], [595, 617, 610], [554, 538, 556]])
    moved = [np.roll(window, (i, j), axis=(0, 1)) for i in range(3) for j in range(3)]
    pooled = ops.max_pool2d(np.array(moved)[..., np.newaxis], 3)
    yield case("as written", says=617, finds=pooled[0].item())
    yield case("rolled to nine places: all results", says=[617], finds=np.unique(pooled))


cited(
    "POOL-C41",
    "Capsule networks with routing between capsules were proposed by Sabour, Frosst and Hinton in"
    " 2017.",
    "right",
    source="[Sabour, Frosst and Hinton 2017](https://arxiv.org/abs/1710.09829), abstract and"
    " section 1",
    read="passage",
    why="They are meant to keep what pooling throws away: where a part lies, and how it is turned.",
    taught="02_pooling#what-does-not-change-when-the-picture-moves",
)


@claim(
    "POOL-C15",
    "Pooling has nothing to learn, and yet backpropagation must pass through it: max pooling sends"
    " the gradient to the largest number of a window, average pooling gives each an equal share.",
    why="Raise a pixel a little, and see by how much the output rises: that is the gradient, and"
    " the layers before the pooling learn from it.",
    taught="02_pooling#the-gradient-of-pooling",
)
def gradient_through_pooling() -> Cases:
    window, one = np.array([1.0, 5, 2, 3]).reshape(1, 2, 2, 1), np.ones((1, 1, 1, 1))
    nudges = 0.01 * np.eye(4).reshape(4, 2, 2, 1)
    for name, pool, gradient, said in (
        ("max", ops.max_pool2d, ops.max_pool2d_gradient, [0, 1, 0, 0]),
        ("average", ops.avg_pool2d, ops.avg_pool2d_gradient, [0.25] * 4),
    ):
        sent = gradient(one, window).ravel()
        rises = (pool(window + nudges) - pool(window)).ravel() / 0.01
        yield case(f"{name} of 1, 5, 2, 3: gradient of each", says=said, finds=sent)
        yield case(f"{name}: rise for each nudge, by 0.01", says=said, finds=rises, within=1e-9)


@claim(
    "POOL-C16",
    "A colour picture of 32×32 pixels has 3,072 values.",
    why="Every pixel has three: red, green and blue.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def values_of_a_small_picture() -> Cases:
    photo = data.load_photograph("chelsea", size=(32, 32))
    yield case("photograph of 32×32 pixels, in colour", says=3072, finds=photo.size)


@claim(
    "POOL-C07",
    "Six 5×5 filters make a volume of 28×28×6 out of a 32×32×3 picture.",
    why="Without padding, a window of 5 loses four positions on a side; each filter makes one map.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def shape_after_six_filters() -> Cases:
    photo = data.load_photograph("chelsea", size=(32, 32))
    maps = ops.conv2d(photo[np.newaxis], np.ones((5, 5, 3, 6)))
    yield case("cnnutils, 32×32×3, six 5×5 filters", says=(28, 28, 6), finds=maps.shape[1:])
    theirs = keras.layers.Conv2D(6, 5).compute_output_shape((1, 32, 32, 3))[1:]
    yield case("Keras, the same", says=(28, 28, 6), finds=theirs)


@claim(
    "POOL-C26",
    "A layer of eight 5×5 filters on a colour picture has (5·5·3 + 1)·8 = 608 parameters.",
    why="Each filter has a weight for every number in its window, in all three channels, and a"
    " bias. Who forgets the channels gets 208.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def params_of_eight_filters() -> Cases:
    said = (5 * 5 * 3 + 1) * 8
    found = params(keras.layers.Conv2D(8, 5), 32, 32, 3)
    yield case("Keras, 32×32×3, eight 5×5 filters", says=said, finds=found)
    on_grey = params(keras.layers.Conv2D(8, 5), 32, 32, 1)
    yield case("Keras, on one channel only", says=208, finds=on_grey)


@claim(
    "POOL-C19",
    "After 2×2 pooling with stride 2, maps of 28×28×8 hold 1,561 values.",
    correct="1,568: 14·14·8.",
    why="A wrong digit, in a table that is copied from notes to notes. A product with an even"
    " factor cannot be odd.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def values_after_the_first_pooling() -> Cases:
    pooled = ops.max_pool2d(np.ones((1, 28, 28, 8)))
    yield case("28×28×8, 2×2 windows, stride 2", says=1561, finds=pooled.size)


@claim(
    "POOL-C09",
    "Sixteen 5×5 filters make a volume of 10×10×16 out of 14×14×6.",
    why="Again four positions are lost on each side. Each filter looks at all six maps, and the"
    " number of filters is the number of maps that come out.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def shape_after_sixteen_filters() -> Cases:
    maps = ops.conv2d(np.ones((1, 14, 14, 6)), np.ones((5, 5, 6, 16)))
    yield case("cnnutils, 14×14×6, sixteen 5×5 filters", says=(10, 10, 16), finds=maps.shape[1:])
    theirs = keras.layers.Conv2D(16, 5).compute_output_shape((1, 14, 14, 6))[1:]
    yield case("Keras, the same", says=(10, 10, 16), finds=theirs)


@claim(
    "POOL-C20",
    "Sixteen 5×5 filters on maps of 14×14×8 put out 10×10×16 values, 1,600 in all.",
    why="How many maps come in makes no difference to how many values come out.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def values_after_sixteen_filters() -> Cases:
    for channels in (8, 6):
        maps = ops.conv2d(np.ones((1, 14, 14, channels)), np.ones((5, 5, channels, 16)))
        yield case(f"14×14×{channels}, sixteen 5×5 filters", says=1600, finds=maps.size)


@claim(
    "POOL-C21",
    "A layer of sixteen 5×5 filters on eight maps has 416 parameters.",
    correct="3,216: (5·5·8 + 1)·16.",
    why="416 is (5·5 + 1)·16 and forgets that each filter has a slice for each of the eight maps.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def params_of_sixteen_filters() -> Cases:
    found = params(keras.layers.Conv2D(16, 5), 14, 14, 8)
    yield case("Keras, 14×14×8, sixteen 5×5 filters", says=416, finds=found)
    counted = {row.name: row.params for row in lenet_like(8).layers}
    yield case("conv2 of the network with eight first filters", says=416, finds=counted["conv2"])


@claim(
    "POOL-C22",
    "2×2 pooling with stride 2 leaves 5×5×16 = 400 values of maps of 10×10×16.",
    why="These 400, written as one list, are what the first dense layer gets.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def values_after_the_second_pooling() -> Cases:
    pooled = ops.max_pool2d(np.ones((1, 10, 10, 16)))
    yield case("10×10×16, 2×2 windows, stride 2: shape", says=(5, 5, 16), finds=pooled.shape[1:])
    yield case("values", says=400, finds=pooled.size)


@claim(
    "POOL-C23",
    "A dense layer of 120 units on 400 values has 48,001 parameters.",
    correct="48,120: 400·120 weights and 120 biases.",
    why="48,001 counts a single bias for all units.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def params_of_the_first_dense_layer() -> Cases:
    found = params(keras.layers.Dense(120), 400)
    yield case("Keras, 400 values, 120 units", says=48_001, finds=found)


@claim(
    "POOL-C24",
    "A dense layer of 84 units on 120 values has 10,081 parameters.",
    correct="10,164: 120·84 weights and 84 biases.",
    why="10,081 counts a single bias for all units.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def params_of_the_second_dense_layer() -> Cases:
    found = params(keras.layers.Dense(84), 120)
    yield case("Keras, 120 values, 84 units", says=10_081, finds=found)


@claim(
    "POOL-C25",
    "A softmax layer for ten classes on 84 values has 841 parameters.",
    correct="850: 84·10 weights and 10 biases.",
    why="841 counts a single bias for all classes; the softmax itself adds none.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def params_of_the_softmax_layer() -> Cases:
    found = params(keras.layers.Dense(10, activation="softmax"), 84)
    yield case("Keras, 84 values, ten classes", says=841, finds=found)


@claim(
    "POOL-C32",
    "Every unit of a dense layer has a bias of its own.",
    why="The bias moves the point from which the unit answers, and the units answer to different"
    " things. So there are as many biases as units, however many values come in.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def one_bias_a_unit() -> Cases:
    for values, units in ((400, 120), (120, 84), (84, 10)):
        weights = params(keras.layers.Dense(units, use_bias=False), values)
        biases = params(keras.layers.Dense(units), values) - weights
        yield case(f"Keras, {values} values, {units} units: biases", says=units, finds=biases)


@claim(
    "POOL-C30",
    "With eight first filters, a network of LeNet's kind (32×32×3, convolution, pooling, sixteen"
    " filters, pooling, dense layers of 120, 84 and 10) has 850 parameters in its softmax layer,"
    " and 62,958 in all.",
    why="608 + 3,216 + 48,120 + 10,164 + 850. The two poolings add nothing.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def params_with_eight_filters() -> Cases:
    counted = lenet_like(8)
    units = [row.output_shape[0] for row in counted.layers if row.kind == "Dense"]
    learn = [row.params for row in counted.layers if row.params]
    yield case("units of the dense layers", says=[120, 84, 10], finds=units)
    yield case("softmax layer", says=850, finds=learn[-1])
    yield case("each layer that learns", says=[608, 3216, 48_120, 10_164, 850], finds=learn)
    yield case("all layers", says=62_958, finds=counted.params)


@claim(
    "POOL-C11",
    "With six first filters, a network of LeNet's kind (32×32×3, convolution, pooling, sixteen"
    " filters, pooling, dense layers of 120, 84 and 10) has 62,006 parameters.",
    why="456 + 2,416 + 48,120 + 10,164 + 850. Fewer first filters make the two convolutions"
    " lighter; the dense layers do not notice.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def params_with_six_filters() -> Cases:
    counted = lenet_like(6)
    units = [row.output_shape[0] for row in counted.layers if row.kind == "Dense"]
    learn = [row.params for row in counted.layers if row.params]
    yield case("units of the dense layers", says=[120, 84, 10], finds=units)
    yield case("each layer that learns", says=[456, 2416, 48_120, 10_164, 850], finds=learn)
    yield case("all layers", says=62_006, finds=counted.params)


@claim(
    "POOL-C31",
    "The often-copied table of the LeNet-like network with eight first filters has five wrong"
    " numbers: the parameters 208, 416, 48,001, 10,081 and 841.",
    correct="Six: the values after the first pooling, printed as 1,561, are wrong too.",
    why="Whoever checks only the column that is known to be wrong finds only what is known.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def slips_in_the_table() -> Cases:
    printed_params = [0, 208, 0, 416, 0, 48_001, 10_081, 841]
    printed_values = [3072, 6272, 1561, 1600, 400, 120, 84, 10]
    rows = [row for row in lenet_like(8).layers if row.name != "flatten"]
    params_slips = sum(np.not_equal(printed_params, [row.params for row in rows]))
    values_slips = sum(np.not_equal(printed_values, [row.activations for row in rows]))
    yield case("wrong numbers among the parameters", says=5, finds=params_slips)
    yield case("parameters and values together", says=5, finds=params_slips + values_slips)


@claim(
    "POOL-C12",
    "In networks of LeNet's kind, convolutions and poolings followed by dense layers, the dense"
    " layers hold most of the parameters.",
    why="A dense layer has a weight for every pair of places, a convolution one kernel for all of"
    " them. In the network with six first filters it is 95.4%.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def dense_layers_hold_most() -> Cases:
    with zoo.without_weights():
        networks = {
            "six first filters": lenet_like(6),
            "eight first filters": lenet_like(8),
            "LeNet-5": model_costs(zoo.build_lenet5()),
            "AlexNet": model_costs(zoo.build_alexnet()),
            "VGG-16": model_costs(zoo.build_vgg("D")),
        }
    for name, counted in networks.items():
        dense = sum(row.params for row in counted.layers if row.kind == "Dense")
        share = f"{name}: {dense:,} of {counted.params:,}, {dense / counted.params:.1%}"
        yield case(f"{share}, more than half", says=True, finds=dense > counted.params / 2)


@claim(
    "POOL-C13",
    "From the picture to the last maps of a network, height and width fall and the number of"
    " channels rises.",
    why="The network gives up where something is for what it is. It is a trend and no law: AlexNet"
    " goes from 384 channels back to 256 on the way.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def smaller_and_more_maps() -> Cases:
    with zoo.without_weights():
        networks = {
            "six first filters": lenet_like(6),
            "AlexNet": model_costs(zoo.build_alexnet()),
            "VGG-16": model_costs(zoo.build_vgg("D")),
            "ResNet-18": model_costs(zoo.build_resnet(18)),
        }
    for name, counted in networks.items():
        maps = [row.output_shape for row in counted.layers if len(row.output_shape) == 3]
        (height, width, channels), (last_height, last_width, last_channels) = maps[0], maps[-1]
        way = f"{height}×{width}×{channels} → {last_height}×{last_width}×{last_channels}"
        grows = max(last_height / height, last_width / width) < 1 < last_channels / channels
        most = max(shape[2] for shape in maps)
        yield case(f"{name}: {way}, at most {most} channels", says=True, finds=grows)


@claim(
    "POOL-C03",
    "When the layers of a network are counted, poolings are usually left out.",
    why="One counts the layers that have weights; a pooling goes with the convolution before it."
    " The networks' names show it. LeNet-5's seven layers include its two subsamplings, but these"
    " have weights.",
    taught="02_pooling#a-whole-network-number-by-number",
)
def poolings_are_not_counted() -> Cases:
    with zoo.without_weights():
        networks = {
            ("AlexNet, “eight layers”", 8): zoo.build_alexnet(),
            ("VGG-16", 16): zoo.build_vgg("D"),
            ("VGG-19", 19): zoo.build_vgg("E"),
            ("ResNet-18, without projections", 18): zoo.build_resnet(18, shortcut="zero_padding"),
        }
    for (name, number), model in networks.items():
        kinds = [type(layer).__name__ for layer in model.layers]
        pools = sum("Pooling" in kind for kind in kinds)
        found = kinds.count("Conv2D") + kinds.count("Dense")
        yield case(f"{name}: convolutions and dense, {pools} poolings", says=number, finds=found)
