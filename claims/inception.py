"""Chapter 5: 1×1 convolutions, what wide windows cost, the Inception module, GoogLeNet."""

from functools import cache

import keras
import numpy as np

from claims import Cases, case, cited, claim
from cnnutils import costs, ops, zoo
from cnnutils.model_costs import ModelCosts, model_costs

PAPER = "[Szegedy and others 2014](https://arxiv.org/abs/1409.4842)"
MODULES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")


@cache
def googlenet(*, aux_heads: bool = False) -> keras.Model:
    """Build GoogLeNet without memory for its weights."""
    with zoo.without_weights():
        return zoo.build_googlenet(aux_heads=aux_heads)


@cache
def five_by_five(*, bottleneck: bool) -> ModelCosts:
    """Count 32 windows of 5×5 on 28×28×192, with or without a 1×1 to 16 channels before them."""
    x = h = keras.Input((28, 28, 192))
    if bottleneck:
        h = keras.layers.Conv2D(16, 1, name="reduce")(h)
    h = keras.layers.Conv2D(32, 5, padding="same", name="widen")(h)
    return model_costs(keras.Model(x, h))


def is_linear(kernel_shape: tuple[int, int, int, int], *, with_relu: bool) -> bool:
    """Try whether a random convolution of a sum is the sum of the convolutions."""
    rng = np.random.default_rng(1)
    kernel, (x, y) = rng.normal(size=kernel_shape), rng.normal(size=(2, 1, 6, 6, kernel_shape[2]))

    def layer(maps: np.ndarray) -> np.ndarray:
        z = ops.conv2d(maps, kernel)
        return ops.relu(z) if with_relu else z

    return np.allclose(layer(x + y), layer(x) + layer(y))


@claim(
    "INC-C01",
    "A 1×1 convolution of 6×6×1 only scales the values; five of them on 6×6×32 give 6×6×5.",
    why="A kernel of 1×1 is as deep as the input has channels: with one channel it is a single"
    " factor, with 32 it is a weighted sum.",
    taught="05_inception#on-one-channel-hardly-anything",
)
def one_channel_and_many() -> Cases:
    rng = np.random.default_rng(1)
    one, many = rng.random((1, 6, 6, 1)), rng.random((1, 6, 6, 32))
    ratios = ops.conv2d(one, rng.normal(size=(1, 1, 1, 1))) / one
    yield case(
        "6×6×1: one factor everywhere", says=True, finds=np.allclose(ratios, ratios[0, 0, 0])
    )
    maps = ops.conv2d(many, rng.normal(size=(1, 1, 32, 5)))
    yield case("6×6×32, five filters", says=(6, 6, 5), finds=maps.shape[1:])


@claim(
    "INC-C29",
    "A 1×1 convolution works along the channels only, on each channel by itself, like a depthwise"
    " one.",
    correct="Along the channels only, yes, but it mixes them: each output is a sum over all"
    " channels of one pixel. A depthwise convolution keeps each channel to itself.",
    why="“Channel-wise” is read both ways. With MobileNet the two steps got the names pointwise and"
    " depthwise.",
    taught="05_inception#on-many-channels-a-dense-layer-for-each-pixel",
)
def what_one_pixel_and_one_channel_reach() -> Cases:
    rng = np.random.default_rng(1)
    kernel, x = rng.normal(size=(1, 1, 4, 4)), rng.random((1, 6, 6, 4))
    other = x.copy()
    other[0, 2, 3, 1] += 1
    changed = ops.conv2d(other, kernel)[0] != ops.conv2d(x, kernel)[0]
    yield case("pixels reached by one pixel", says=1, finds=int(changed.any(axis=2).sum()))
    reached = int(changed.any(axis=(0, 1)).sum())
    yield case("outgoing channels reached by one of 4", says=1, finds=reached)


@claim(
    "INC-C30",
    "32 filters of 1×1×192 turn 28×28×192 into 28×28×32.",
    why="A window of one pixel fits at every pixel, and every filter makes one map.",
    taught="05_inception#on-many-channels-a-dense-layer-for-each-pixel",
)
def shape_behind_32_filters() -> Cases:
    maps = ops.conv2d(np.ones((1, 28, 28, 192)), np.ones((1, 1, 192, 32)))
    yield case("28×28×192, 32 filters of 1×1×192", says=(28, 28, 32), finds=maps.shape[1:])


@claim(
    "INC-C02",
    "Pooling shrinks height and width; a 1×1 convolution shrinks the channels and keeps height and"
    " width.",
    why="The one takes fewer places and treats each channel alone, the other takes all places and"
    " mixes the channels.",
    taught="05_inception#on-many-channels-a-dense-layer-for-each-pixel",
)
def pooling_beside_one_by_one() -> Cases:
    for height, width, channels in ((28, 28, 192), (10, 14, 6)):
        maps, size = np.ones((1, height, width, channels)), f"{height}×{width}×{channels}"
        pooled, few = ops.max_pool2d(maps), ops.conv2d(maps, np.ones((1, 1, channels, 3)))
        says = (height // 2, width // 2, channels)
        yield case(f"{size}, 2×2 pooling", says=says, finds=pooled.shape[1:])
        yield case(f"{size}, three 1×1", says=(height, width, 3), finds=few.shape[1:])


@claim(
    "INC-C06",
    "A 1×1 convolution with as many filters as channels acts as a non-linearity.",
    correct="The convolution is linear; the ReLU that follows it is not.",
    why="A convolution of a sum is the sum of the convolutions. Two of them without a ReLU between"
    " are one.",
    taught="05_inception#if-the-number-of-channels-stays-is-anything-gained",
)
def linearity_of_one_by_one() -> Cases:
    for with_relu in (True, False):
        found = not is_linear((1, 1, 32, 32), with_relu=with_relu)
        name = "with a ReLU behind it" if with_relu else "by itself"
        yield case(f"32 to 32 channels, {name}: non-linear", says=True, finds=found)


@claim(
    "INC-C26",
    "Even where the number of channels stays, a 1×1 convolution with its ReLU adds a non-linearity"
    " to the network.",
    why="Two such layers can make the absolute value of a map, which no convolution alone can.",
    taught="05_inception#if-the-number-of-channels-stays-is-anything-gained",
)
def what_a_relu_adds() -> Cases:
    for channels in (4, 192):
        found = not is_linear((1, 1, channels, channels), with_relu=True)
        yield case(f"{channels} to {channels} channels: non-linear", says=True, finds=found)
    x = np.random.default_rng(1).normal(size=(1, 6, 6, 1))
    both_signs = ops.relu(ops.conv2d(x, np.array([1.0, -1.0]).reshape(1, 1, 1, 2)))
    summed = ops.conv2d(both_signs, np.ones((1, 1, 2, 1)))
    yield case("absolute values by two layers", says=True, finds=np.allclose(summed, abs(x)))


@claim(
    "INC-C47",
    "An Inception module looks through windows of several sizes at once, and its 1×1 convolutions"
    " gather over the channels only.",
    why="An object is large in one photograph and small in the next, so no single size suits all."
    " The 1×1 brings nothing of the neighbours, and is there to mix and to save work.",
    taught="05_inception#which-width-should-a-window-have",
)
def windows_of_a_module() -> Cases:
    windows = [googlenet().get_layer(f"inception_3a_{n}x{n}").kernel_size[0] for n in (1, 3, 5)]
    yield case("module 3a: sizes of the windows", says=[1, 3, 5], finds=windows)
    x = np.random.default_rng(1).random((1, 9, 9, 4))
    other = x.copy()
    other[0, 4, 4] += 1
    for size in (1, 3, 5):
        kernel = np.ones((size, size, 4, 2))
        maps = [ops.conv2d(batch, kernel, padding="same")[0] for batch in (x, other)]
        reached = int((maps[0] != maps[1]).any(axis=2).sum())
        yield case(f"{size}×{size}: pixels reached by one", says=size**2, finds=reached)


@claim(
    "INC-C49",
    "An Inception module gathers windows of 3×3, 5×5, 7×7 and 9×9 in one layer.",
    correct="Windows of 1×1, 3×3 and 5×5, and a pooling.",
    why="Drawings with larger windows illustrate the idea. The paper took 1×1, 3×3 and 5×5 for"
    " convenience, and a wider window costs more with every pixel.",
    taught="05_inception#which-width-should-a-window-have",
)
def widest_window_of_a_module() -> Cases:
    names = {
        f"{layer.kernel_size[0]}×{layer.kernel_size[1]}"
        for layer in googlenet().layers
        if layer.name.startswith("inception") and hasattr(layer, "kernel_size")
    }
    for window in ("3×3", "5×5", "7×7", "9×9"):
        yield case(f"GoogLeNet's modules have {window}", says=True, finds=window in names)


@claim(
    "INC-C35",
    "An Inception module contains max pooling and dropout in order to regularise.",
    correct="There is no dropout in a module, and its pooling is a branch that computes features."
    " GoogLeNet drops 40% of the values once, before its last layer.",
    why="A regulariser makes training differ from use, and the module computes the same in both.",
    taught="05_inception#which-width-should-a-window-have",
)
def dropout_in_modules() -> Cases:
    names = [layer.name for layer in googlenet().layers if isinstance(layer, keras.layers.Dropout)]
    inside = [name for name in names if name.startswith("inception")]
    rate = googlenet().get_layer(names[0]).rate
    yield case(f"modules with dropout (in all: {len(names)}, {rate})", says=9, finds=len(inside))
    x = keras.Input((6, 6, 3))
    module = keras.Model(x, zoo.inception_module(x, zoo.InceptionFilters(2, 2, 2, 2, 2, 2)))
    maps = np.random.default_rng(1).random((1, 6, 6, 3))
    used, trained = (
        keras.ops.convert_to_numpy(module(maps, training=training)) for training in (False, True)
    )
    yield case("training and use differ", says=True, finds=not np.array_equal(used, trained))


@claim(
    "INC-C10",
    "32 filters of 5×5 with same padding on 28×28×192 need about 120M multiplications.",
    why="Each of 28·28·32 outputs is a sum of 5·5·192 products.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def multiplications_of_a_wide_window() -> Cases:
    macs = five_by_five(bottleneck=False).macs
    yield case("28×28×192, 32 of 5×5", says=120e6, finds=macs, within=0.5e6)
    outputs = ops.conv2d(np.ones((1, 28, 28, 192)), np.ones((5, 5, 192, 32)), padding="same")
    inner = outputs[0, 2:-2, 2:-2]  # of ones, so each product adds one
    products = int(inner.max()) * outputs.size
    yield case("counted with ones", says=120_422_400, finds=products)


@claim(
    "INC-C33",
    "A layer of 32 filters of 5×5 on 28×28×192 has about 120M parameters.",
    correct="It needs 120,422,400 multiplications, and has 153,632 parameters.",
    why="A weight is stored once and used at every one of the 28·28 places.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def parameters_of_a_wide_window() -> Cases:
    cost = five_by_five(bottleneck=False)
    yield case(f"28×28×192, 32 of 5×5, {cost.macs:,} MACs", says=120_000_000, finds=cost.params)


@claim(
    "INC-C22",
    "The 1×1 convolution that reduces 28×28×192 to 16 channels needs 28·28·16 times 192, or"
    " 2.4M multiplications.",
    why="There are 28·28·16 outputs, and each is a sum over the channels of one pixel.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def multiplications_of_the_reduction() -> Cases:
    macs = costs.conv2d_cost((28, 28, 192), 16, 1).macs
    yield case("multiplications", says=28 * 28 * 16 * 192, finds=macs)
    yield case("rounded to a tenth of a million", says=2.4e6, finds=macs, within=0.05e6)


@claim(
    "INC-C11",
    "The 1×1 convolution that reduces 28×28×192 to 16 channels costs 2.5M multiplications.",
    correct="2,408,448, so 2.4M.",
    why="Half a million is too coarse a step where the parts shall add up to the total.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def reduction_rounded() -> Cases:
    macs = next(r.macs for r in five_by_five(bottleneck=True).layers if r.name == "reduce")
    for name, step in (("half a million", 500_000), ("a tenth of a million", 100_000)):
        rounded = round(macs / step) * step
        yield case(f"28×28×192: {macs:,} to {name}", says=2_500_000, finds=rounded)


@claim(
    "INC-C25",
    "Behind a reduction to 16 channels, the 5×5 convolution costs (28·28·32)·(5·5·16), which is"
    " 104M multiplications.",
    correct="The product is 10,035,200, so 10.0M.",
    why="A decimal point was lost. A part cannot be larger than the total of 12.4M.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def multiplications_behind_the_reduction() -> Cases:
    cost = five_by_five(bottleneck=True)
    macs = next(row.macs for row in cost.layers if row.name == "widen")
    yield case(f"multiplications, of {cost.macs:,} in all", says=104_000_000, finds=macs)


@claim(
    "INC-C24",
    "With a bottleneck of 16 channels, the 5×5 convolution on 28×28×192 costs 12.4M"
    " multiplications in all.",
    why="2,408,448 go into the reduction, 10,035,200 into the windows behind it.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def multiplications_with_a_bottleneck() -> Cases:
    cost = five_by_five(bottleneck=True)
    parts = [row.macs for row in cost.layers if row.macs]
    yield case("the two parts", says=[2_408_448, 10_035_200], finds=parts)
    yield case("28×28×192: in all", says=12.4e6, finds=cost.macs, within=0.05e6)


@claim(
    "INC-C13",
    "With a bottleneck of 16 channels, the 5×5 convolution on 28×28×192 costs about 12.5M"
    " multiplications.",
    correct="12,443,648, so 12.4M.",
    why="2.5M and 10M were added, but the first part is 2.4M.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def bottleneck_rounded() -> Cases:
    macs = five_by_five(bottleneck=True).macs
    for name, step in (("half a million", 500_000), ("a tenth of a million", 100_000)):
        rounded = round(macs / step) * step
        yield case(f"28×28×192: {macs:,} to {name}", says=12_500_000, finds=rounded)
    parts = [row.macs for row in five_by_five(bottleneck=True).layers if row.macs]
    yield case("its parts", says=[2.5e6, 10e6], finds=parts, within=0.05e6)


@claim(
    "INC-C34",
    "A 1×1 reduction of 192 channels to 16, with 32 filters of 5×5 behind it, has 12.4M"
    " learnable parameters.",
    correct="It has 3,088 + 12,832 = 15,920 parameters. On 28×28 pixels it does 12.4M"
    " multiplications.",
    why="The size of the map does not enter a parameter count: the same weights serve every place.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def parameters_with_a_bottleneck() -> Cases:
    cost = five_by_five(bottleneck=True)
    parts = " + ".join(f"{row.params:,}" for row in cost.layers if row.params)
    yield case(f"192 channels: {parts}", says=12_400_000, finds=cost.params)


@claim(
    "INC-C04",
    "For 32 filters of 5×5 on 28×28×192, a 1×1 reduction to 16 channels makes the work about ten"
    " times smaller.",
    why="The wide window then reads a twelfth of the channels, and the reduction itself costs"
    " little. In other layers the factor is another.",
    taught="05_inception#what-does-a-wide-window-cost",
)
def saving_of_a_bottleneck() -> Cases:
    ratio = five_by_five(bottleneck=False).macs / five_by_five(bottleneck=True).macs
    yield case(
        "28×28×192, direct way over bottleneck", says=10.0, finds=round(ratio, 2), within=0.5
    )


cited(
    "INC-C14",
    "The 1×1 convolution in front of a wide window is called “bottleneck BN”.",
    "imprecise",
    source="[Ioffe and Szegedy 2015](https://arxiv.org/abs/1502.03167), section 3;"
    " [He and others 2015](https://arxiv.org/abs/1512.03385), section 4.1",
    read="quotation",
    correct="Bottleneck layer. BN is short for batch normalisation.",
    why="The network is narrowest there, as a bottle at its neck. GoogLeNet came out before batch"
    " normalisation, and has none.",
    taught="05_inception#what-does-a-wide-window-cost",
)


def modules() -> dict[str, tuple[int, int, int]]:
    """List the shapes that GoogLeNet's modules put out."""
    return {name: googlenet().get_layer(f"inception_{name}").output.shape[1:] for name in MODULES}


@claim(
    "INC-C37",
    "GoogLeNet is four Inception modules, which put out 256, 480, 832 and 1024 channels.",
    correct="Nine modules: two in the group called 3, five in 4, two in 5.",
    why="Drawings leave some out: 3a, 3b, 4e and 5b put out these channels, and between them are"
    " three with 512, one with 528, and another with 832.",
    taught="05_inception#googlenet-nine-modules",
)
def number_of_modules() -> Cases:
    joins = [one for one in googlenet().layers if isinstance(one, keras.layers.Concatenate)]
    yield case("modules in the network", says=4, finds=len(joins))
    channels = {name: shape[2] for name, shape in modules().items()}
    drawn = [channels[name] for name in ("3a", "3b", "4e", "5b")]
    yield case("channels behind 3a, 3b, 4e, 5b", says=[256, 480, 832, 1024], finds=drawn)
    left_out = [channels[name] for name in ("4a", "4b", "4c", "4d", "5a")]
    yield case("of the other modules", says=[], finds=left_out)


@claim(
    "INC-C40",
    "Behind GoogLeNet's fourth group of modules, for a photograph of 224×224, the maps are"
    " 14×14×832.",
    why="Its last module puts 256, 320, 128 and 128 channels side by side.",
    taught="05_inception#googlenet-nine-modules",
)
def maps_behind_the_fourth_group() -> Cases:
    yield case("behind 4e, 224×224", says=(14, 14, 832), finds=modules()["4e"])
    branches = [part.shape[-1] for part in googlenet().get_layer("inception_4e").input]
    yield case("channels of its branches", says=[256, 320, 128, 128], finds=branches)


@claim(
    "INC-C41",
    "GoogLeNet's last group of modules puts out 14×14×1024.",
    correct="7×7×1024: a max pooling stands between 4e and 5a.",
    why="Drawings of the network often lose this pooling, because it stands between two groups.",
    taught="05_inception#googlenet-nine-modules",
)
def maps_behind_the_last_group() -> Cases:
    yield case("behind 5b, photograph of 224×224", says=(14, 14, 1024), finds=modules()["5b"])


@claim(
    "INC-C42",
    "At the end of GoogLeNet, an average pooling of 7×7 makes 1×1×1024 of the last maps.",
    correct="Of 7×7×1024 it does. Of the 14×14×1024 that drawings without the last max pooling show"
    " it would make 8×8, or 2×2 with stride 7.",
    why="The window must cover the whole map. A mean over each map, whatever its size, is the safer"
    " way to say it.",
    taught="05_inception#googlenet-nine-modules",
)
def average_pooling_at_the_end() -> Cases:
    for side, stride in ((7, 1), (14, 1), (14, 7)):
        pooled = ops.avg_pool2d(np.ones((1, side, side, 1024)), 7, strides=stride)
        name = f"{side}×{side}×1024, stride {stride}"
        yield case(name, says=(1, 1, 1024), finds=pooled.shape[1:])


@claim(
    "INC-C43",
    "GoogLeNet ends in dropout and a softmax over 1000 classes.",
    why="The one dense layer reads 1024 means, so that dropout of 40% is all the regularising that"
    " the end needs.",
    taught="05_inception#googlenet-nine-modules",
)
def end_of_googlenet() -> Cases:
    *_, mean, dropout, dense = googlenet().layers
    kinds = [type(layer).__name__ for layer in (dropout, dense)]
    yield case(f"behind {mean.output.shape[-1]} means", says=["Dropout", "Dense"], finds=kinds)
    yield case("units", says=1000, finds=dense.units)
    yield case("activation", says="softmax", finds=dense.activation.__name__)
    yield case("dropped", says=0.4, finds=dropout.rate)


@claim(
    "INC-C18",
    "GoogLeNet has three softmax branches.",
    correct="Three softmaxes, of which two are side branches that only serve training, with weight"
    " 0.3 in the loss; in use there is one.",
    why="The side branches bring a gradient to the middle of the network. What they answer is not"
    " asked for later.",
    taught="05_inception#three-softmaxes-one-answer",
)
def softmaxes_of_googlenet() -> Cases:
    in_training = googlenet(aux_heads=True).output_names
    yield case("softmaxes, in training", says=3, finds=len(in_training))
    yield case("softmaxes, in use", says=3, finds=len(googlenet().outputs))
    side = [name for name in in_training if name.startswith("aux")]
    yield case("side branches, each of weight 0.3", says=3, finds=len(side))


cited(
    "INC-C19",
    "GoogLeNet's auxiliary heads act as regularisers.",
    "right",
    source="[Szegedy and others 2015](https://arxiv.org/abs/1512.00567), section 4",
    read="passage",
    why="The first paper hoped for a stronger gradient. A year later some of its authors found no"
    " faster start with heads, only a slightly better end, and took that as regularisation.",
    taught="05_inception#three-softmaxes-one-answer",
)

cited(
    "INC-C16",
    "The Inception network got its name from a meme of the film Inception.",
    "right",
    source=f"{PAPER}, section 1 and reference 1",
    read="passage",
    why="“We need to go deeper” is the line; the paper's first reference is the meme's web page."
    " Network in Network is the other source that it names.",
    taught="05_inception#what-came-of-it",
)

cited(
    "INC-C17",
    "Inception is called so because it combines windows of several sizes as the human eye does.",
    "wrong",
    source=f"{PAPER}, section 1",
    read="passage",
    correct="The paper derives the name from Network in Network and from the meme “we need to go"
    " deeper”.",
    why="A story that fits well was put in the place of one that is written down.",
    taught="05_inception#what-came-of-it",
)

cited(
    "INC-C28",
    "“Going Deeper with Convolutions” by Szegedy and others, of 2014, introduced GoogLeNet.",
    "right",
    source=f"{PAPER}; [Szegedy and others 2015](https://doi.org/10.1109/CVPR.2015.7298594)",
    read="record",
    why="It was put on arXiv in September 2014, and was in the proceedings of CVPR the year after.",
    taught="05_inception#what-came-of-it",
)

cited(
    "INC-C48",
    "“Going Deeper with Convolutions” is by Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan,"
    " Vanhoucke and Rabinovich, of Google, the University of North Carolina, the University of"
    " Michigan and Magic Leap.",
    "right",
    source="[Szegedy and others 2015](https://doi.org/10.1109/CVPR.2015.7298594), title page",
    read="passage",
    why="The affiliations are those of the proceedings, nine months after the first version on"
    " arXiv.",
    taught="05_inception#what-came-of-it",
)
