"""Chapter 3: LeNet-5, AlexNet with its local response normalisation, VGG."""

import inspect
import itertools
from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from claims import Cases, case, cited, claim
from cnnutils import ops, shapes, zoo
from cnnutils.model_costs import model_costs
from cnnutils.zoo.lenet5 import TrainableSubsampling
from cnnutils.zoo.vgg import Configuration

LECUN = "[LeCun, Bottou, Bengio and Haffner 1998](https://doi.org/10.1109/5.726791)"
KRIZHEVSKY = "[Krizhevsky, Sutskever and Hinton 2012](https://doi.org/10.1145/3065386)"
SIMONYAN = "[Simonyan and Zisserman 2014](https://arxiv.org/abs/1409.1556)"

KINDS = {
    "Conv2D": "conv",
    "TableConv2D": "conv",
    "AveragePooling2D": "pool",
    "MaxPooling2D": "pool",
    "TrainableSubsampling": "pool",
    "Flatten": "flatten",
    "Dense": "dense",
    "RBFOutput": "output",
}


def kinds(model: keras.Model) -> list[str]:
    """Name the kinds of a model's layers in order; activations and the like are left out."""
    names = [type(layer).__name__ for layer in model.layers]
    return [KINDS[name] for name in names if name in KINDS]


@cache
def published_lenet5() -> keras.Model:
    """LeNet-5 as its paper has it."""
    return zoo.build_lenet5(
        activation="scaled_tanh", subsampling="trainable", connections="table", output="rbf"
    )


@cache
def alexnet(groups: int = 2) -> keras.Model:
    """AlexNet without memory for its weights; in two groups, as on the two GPUs, or in one."""
    with zoo.without_weights():
        return zoo.build_alexnet(groups=groups)


@cache
def vgg(configuration: Configuration) -> keras.Model:
    """One of the VGGs, without memory for its weights."""
    with zoo.without_weights():
        return zoo.build_vgg(configuration)


@cache
def vgg16_of_keras() -> keras.Model:
    """VGG-16 as Keras builds it, without memory for its weights."""
    with zoo.without_weights():
        return keras.applications.VGG16(weights=None)


cited(
    "CLAS-C04",
    "LeNet-5 was published by LeCun, Bottou, Bengio and Haffner in 1998, in “Gradient-Based"
    " Learning Applied to Document Recognition”.",
    "right",
    source=f"{LECUN}, Proceedings of the IEEE 86(11)",
    read="passage",
    why="The network is described in section II.B; much of the long paper is about reading whole"
    " words and cheques.",
    taught="03_classic_networks#lenet-5-can-60-000-numbers-read",
)


@claim(
    "CLAS-C07",
    "LeNet-5, as it is taught today, goes: convolution, pooling, convolution, pooling, two dense"
    " layers, softmax.",
    why="It has three dense layers, of 120, 84 and 10 units, and the softmax belongs to the third.",
    taught="03_classic_networks#lenet-5-can-60-000-numbers-read",
)
def pattern_of_lenet5() -> Cases:
    model = zoo.build_lenet5()
    learn = [kind for kind in kinds(model) if kind != "flatten"]
    said = ["conv", "pool", "conv", "pool", "dense", "dense", "dense"]
    yield case("its layers, the softmax being the last dense one", says=said, finds=learn)
    last = model.layers[-1]
    yield case("what the last one computes", says="softmax", finds=last.activation.__name__)
    units = [layer.units for layer in model.layers if hasattr(layer, "units")]
    yield case("units of the dense layers", says=[120, 84, 10], finds=units)


@claim(
    "CLAS-C09",
    "LeNet-5 has seven layers, the input not counted.",
    why="C1, S2, C3, S4, C5, F6 and the output. Its subsampling learns something, so it counts as"
    " a layer, and the numbers learnt add up to the paper's 60,000.",
    taught="03_classic_networks#the-network-as-it-was-published",
)
def seven_layers_of_lenet5() -> Cases:
    model = published_lenet5()
    layers = [layer.name for layer in model.layers if layer.weights]
    yield case(f"layers with weights, as published: {', '.join(layers)}", says=7, finds=len(layers))
    learnt = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    yield case("numbers learnt", says=60_000, finds=learnt)


@claim(
    "CLAS-C10",
    "The seven layers of LeNet-5 are: input, convolution, average pooling, convolution, average"
    " pooling, one dense layer.",
    correct="C1 and C3 are convolutions, S2 and S4 subsampling; then follow C5, F6 and the output.",
    why="The list has six entries, and one of them is no layer: it forgets two at the end.",
    taught="03_classic_networks#the-network-as-it-was-published",
)
def which_seven_layers() -> Cases:
    said = ["input", "conv", "pool", "conv", "pool", "dense"]
    published = [kind for kind in kinds(published_lenet5()) if kind != "flatten"]
    yield case("layers of the published network", says=said, finds=published)
    yield case("layers after S4", says=said.count("dense"), finds=len(published[4:]))


@claim(
    "CLAS-C01",
    "LeNet-5 used average pooling.",
    correct="Its subsampling adds up four pixels, multiplies by a coefficient, adds a bias and"
    " squashes the result; both numbers are learnt for each map.",
    why="With a coefficient of a quarter and no bias the sum is the mean. Training may change"
    " both.",
    taught="03_classic_networks#the-network-as-it-was-published",
)
def lenet5_averages() -> Cases:
    maps = np.random.default_rng(1).normal(size=(1, 8, 6, 1)).astype("float32")
    subsampling = TrainableSubsampling()
    subsampling.build(maps.shape)
    for coefficient, bias in ((0.25, 0.0), (1.0, -0.5)):
        subsampling.set_weights([np.array([coefficient]), np.array([bias])])
        out = keras.ops.convert_to_numpy(subsampling(maps))
        yield case(
            f"coefficient {coefficient:g}, bias {bias:g}, before squashing: the means",
            says=True,
            finds=np.allclose(out, ops.avg_pool2d(maps), atol=1e-6),
        )
    learnt = [published_lenet5().get_layer(name).count_params() for name in ("S2", "S4")]
    yield case("parameters of S2 and S4", says=[0, 0], finds=learnt)


@claim(
    "CLAS-C13",
    "LeNet-5 has max-pooling layers.",
    correct="It has two layers of trainable subsampling, close to average pooling.",
    why="A sum with any coefficient moves when the smallest of the four pixels moves; a maximum"
    " does not. Variants with max pooling came later.",
    taught="03_classic_networks#the-network-as-it-was-published",
)
def lenet5_takes_the_maximum() -> Cases:
    window = np.array([1, 5, 2, 3], "float32").reshape(1, 2, 2, 1)
    lower = np.array([1, 5, 0, 3], "float32").reshape(1, 2, 2, 1)
    same = np.array_equal(TrainableSubsampling()(window), TrainableSubsampling()(lower))
    yield case("1, 5, 2, 3 and 1, 5, 0, 3 come out alike", says=True, finds=same)
    for name, model in (("published", published_lenet5()), ("today's", zoo.build_lenet5())):
        pools = [type(model.get_layer(layer)).__name__ for layer in ("S2", "S4")]
        yield case(f"{name} form, S2 and S4", says=["MaxPooling2D"] * 2, finds=pools)


cited(
    "CLAS-C02",
    "LeNet-5's activations are sigmoids, namely hyperbolic tangents, and not ReLU.",
    "right",
    source=f"{LECUN}, section II.B and appendix A",
    read="quotation",
    why="The convolutions and F6 squash with 1.7159 tanh(2a/3), scaled so that ±1 stays ±1; for"
    " the subsampling the paper says only “a sigmoidal function”.",
    taught="03_classic_networks#the-network-as-it-was-published",
)


@claim(
    "CLAS-C05",
    "The last layer of the published LeNet-5 is not a softmax.",
    why="It puts out the squared distance of F6 to a drawing of each digit, and the smallest wins."
    " The drawings are fixed. A softmax layer would learn 850 numbers more than the paper's"
    " 60,000.",
    taught="03_classic_networks#the-network-as-it-was-published",
)
def lenet5_ends_with_distances() -> Cases:
    model = published_lenet5()
    picture = np.random.default_rng(1).normal(size=(1, 32, 32, 1)).astype("float32")
    total = float(np.sum(model(picture)))
    yield case("the outputs are probabilities: sum 1", says=False, finds=abs(total - 1) < 1e-3)
    learnt = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    yield case("numbers learnt, 60,000 in the paper", says=60_000, finds=learnt)
    softmax = keras.layers.Dense(10, activation="softmax")
    softmax.build((None, 84))
    yield case("more with a softmax layer", says=850, finds=softmax.count_params())


@claim(
    "CLAS-C14",
    "LeNet-5 has two dense layers.",
    correct="Two, F6 and the output, if C5 is called a convolution, as in the paper; three, of 120,"
    " 84 and 10 units, as it is built today.",
    why="C5's kernel of 5×5 covers the whole of S4's 5×5 maps, so that it is both.",
    taught="03_classic_networks#the-network-as-it-was-published",
)
def dense_layers_of_lenet5() -> Cases:
    names = [layer.name for layer in published_lenet5().layers if layer.weights]
    dense = [name for name in names if name[0] not in "CS"]
    yield case(
        f"by the paper's names, C5 a convolution: {', '.join(dense)}", says=2, finds=len(dense)
    )
    units = [layer.units for layer in zoo.build_lenet5().layers if hasattr(layer, "units")]
    yield case(f"as built today: {units}", says=2, finds=len(units))


cited(
    "CLAS-C17",
    "LeNet-5 was the first convolutional network.",
    "wrong",
    source="[Fukushima 1980](https://doi.org/10.1007/BF00344251) and"
    " [LeCun and others 1989](https://doi.org/10.1162/neco.1989.1.4.541), abstracts",
    read="abstract",
    correct="The Neocognitron of 1980 has the alternating layers, and a network of 1989 was trained"
    " by backpropagation.",
    why="LeNet-5 is the first that became famous; its number says that there were others before.",
    taught="03_classic_networks#what-lenet-5-could-not-do",
)

cited(
    "CLAS-C18",
    "AlexNet, by Krizhevsky, Sutskever and Hinton, won the ILSVRC of 2012, in which photographs"
    " are sorted into 1000 classes.",
    "right",
    source=f"{KRIZHEVSKY}, section “Results”",
    read="quotation",
    why="It made far fewer errors than the second best entry, which used features designed by"
    " hand.",
    taught="03_classic_networks#what-happened-in-2012",
)


@claim(
    "CLAS-C19",
    "AlexNet goes: convolution, pooling, convolution, pooling, three convolutions, pooling,"
    " flattening, two dense layers, and a dense layer with softmax.",
    why="The last three convolutions work on maps of the same size, with no pooling in between.",
    taught="03_classic_networks#alexnet-the-same-pattern-a-thousand-times-larger",
)
def sequence_of_alexnet() -> Cases:
    said = ["conv", "pool", "conv", "pool", *["conv"] * 3, "pool", "flatten", *["dense"] * 3]
    yield case("its layers", says=said, finds=kinds(alexnet()))
    last = alexnet().layers[-1]
    yield case("what the last one computes", says="softmax", finds=last.activation.__name__)


@claim(
    "CLAS-C27",
    "AlexNet's layers are: input, convolution, pooling, ReLU, convolution, pooling, one dense"
    " layer, dropout.",
    correct="Five convolutions, three poolings and three dense layers.",
    why="The list is LeNet's pattern with new words. It has three of the eight layers with"
    " weights.",
    taught="03_classic_networks#alexnet-the-same-pattern-a-thousand-times-larger",
)
def short_listing_of_alexnet() -> Cases:
    found = kinds(alexnet())
    for name, said in (("conv", 2), ("pool", 2), ("dense", 1)):
        yield case(f"layers of the kind {name}", says=said, finds=found.count(name))
    learn = sum(bool(layer.weights) for layer in alexnet().layers)
    yield case("layers with weights", says=3, finds=learn)


cited(
    "CLAS-C29",
    "AlexNet has eight layers with weights, and was the first convolutional network to win the"
    " ILSVRC.",
    "right",
    source=f"{KRIZHEVSKY}, section “Overall Architecture”, and"
    " [Russakovsky and others 2015](https://arxiv.org/abs/1409.0575), section 5.1",
    read="quotation",
    why="The winners of 2010 and 2011 classified features that people had designed; since 2012 the"
    " winners have learnt theirs.",
    taught="03_classic_networks#what-happened-in-2012",
)


@claim(
    "CLAS-C25",
    "AlexNet's input has 224×224 pixels, which its first layer, 11×11 windows with stride 4, turns"
    " into 55×55 places.",
    correct="For 55 places without padding it takes 227 pixels; 224 do if they are padded by 2.",
    why="(224 − 11)/4 + 1 is no integer, and rounded down it is one too few. The paper does not say"
    " how its two numbers go together.",
    taught="03_classic_networks#why-227",
)
def input_size_of_alexnet() -> Cases:
    for padding in (0, 2):
        places = shapes.conv_output_size(224, 11, strides=4, padding=padding)
        yield case(f"224 pixels, padding {padding}: places", says=55, finds=places)
    built = alexnet().get_layer("conv1").output.shape[1]
    sides = [n for n in range(220, 235) if shapes.conv_output_size(n, 11, strides=4) == built]
    yield case("smallest side with 55 places, no padding", says=224, finds=min(sides))


@claim(
    "CLAS-C21",
    "AlexNet has 16 million parameters.",
    correct="61 million in two groups, as on its two GPUs, and 62 million in one.",
    why="A digit got lost or turned round on the way. The first dense layer alone has more than"
    " twice as many.",
    taught="03_classic_networks#where-are-the-60-million-parameters-and-where-is-the-work",
)
def params_of_alexnet() -> Cases:
    for groups in (2, 1):
        found = model_costs(alexnet(groups)).params
        yield case(f"groups of conv2, conv4, conv5: {groups}", says=16_000_000, finds=found)
    first_dense = alexnet().get_layer("fc6").count_params()
    yield case("16 million: more than in fc6 alone", says=True, finds=first_dense < 16e6)


@claim(
    "CLAS-C32",
    "The filters of AlexNet's first layer have 11×11 pixels.",
    why="There are 96 of them, for three colours, and they move on by 4 pixels: wide windows, since"
    " a window must be wider than its step to miss nothing.",
    taught="03_classic_networks#where-are-the-60-million-parameters-and-where-is-the-work",
)
def first_filters_of_alexnet() -> Cases:
    conv1 = alexnet().get_layer("conv1")
    yield case("kernel", says=(11, 11, 3, 96), finds=tuple(conv1.kernel.shape))
    yield case("stride", says=4, finds=conv1.strides[0])
    yield case("maps", says=(55, 55, 96), finds=conv1.output.shape[1:])


@claim(
    "CLAS-C30",
    "AlexNet's filters have 11×11 and 5×5 pixels.",
    correct="11, 5, 3, 3 and 3: the last three convolutions have 3×3.",
    why="The farther up, the fewer pixels a map has, and the more of the picture each pixel sees.",
    taught="03_classic_networks#where-are-the-60-million-parameters-and-where-is-the-work",
)
def filter_sizes_of_alexnet() -> Cases:
    convolutions = [layer for layer in alexnet().layers if type(layer).__name__ == "Conv2D"]
    for layer in convolutions:
        size = layer.kernel_size[0]
        yield case(f"{layer.name}, {size}×{size}: 11 or 5", says=True, finds=size in (11, 5))


@claim(
    "CLAS-C33",
    "AlexNet is spread over two GPUs that see each other's maps in some layers only.",
    why="In conv2, conv4 and conv5 a filter sees the half of the maps that lies on its own card, in"
    " conv3 and the dense layers all. Today one writes this as a convolution in groups.",
    taught="03_classic_networks#why-two-graphics-cards",
)
def maps_that_a_filter_sees() -> Cases:
    for name, share in (("conv2", 0.5), ("conv3", 1.0), ("conv4", 0.5), ("conv5", 0.5)):
        layer = alexnet().get_layer(name)
        found = layer.kernel.shape[2] / layer.input.shape[3]
        yield case(f"{name}: share of the maps that a filter sees", says=share, finds=found)


@claim(
    "CLAS-C23",
    "Training AlexNet requires several GPUs.",
    correct="One device is enough, and it need not be a graphics card. Two were used in 2012,"
    " because a card had three gigabytes of memory.",
    why="How many cards it takes is a matter of their memory and of patience, not of the network.",
    taught="03_classic_networks#why-two-graphics-cards",
)
def training_of_alexnet() -> Cases:
    def total(layer: keras.layers.Layer) -> float:
        return float(layer.kernel.numpy().sum(dtype=float))

    model = zoo.build_alexnet()
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    layers = [layer for layer in model.layers if layer.weights]
    before = [total(layer) for layer in layers]
    rng = np.random.default_rng(0)
    images = rng.random((2, *model.input_shape[1:]), dtype="float32")
    model.train_on_batch(images, np.array([3, 5]))
    changed = sum(total(layer) != old for layer, old in zip(layers, before, strict=True))
    yield case("a step on one device: layers with weights that change", says=0, finds=changed)


@claim(
    "CLAS-C28",
    "In AlexNet, dropout follows each dense layer, the output layer as well.",
    correct="It follows the first two dense layers, and not the output.",
    why="After the output it would silence half of the answers in training, among them, half of the"
    " time, the right one.",
    taught="03_classic_networks#what-else-was-new",
)
def dropout_of_alexnet() -> Cases:
    layers = alexnet().layers
    for layer, after in zip(layers, [*layers[1:], None], strict=True):
        if isinstance(layer, keras.layers.Dense):
            dropped = isinstance(after, keras.layers.Dropout)
            yield case(f"{layer.name}: dropout after it", says=True, finds=dropped)


cited(
    "CLAS-C34",
    "A figure of AlexNet's paper shows eight test photographs with their five likeliest labels, and"
    " five photographs with the six training pictures that are nearest to them in the last hidden"
    " layer.",
    "right",
    source=f"{KRIZHEVSKY}, figure 4",
    read="passage",
    why="Near means a small Euclidean distance there. The neighbours look different pixel by pixel"
    " and show the same things.",
    taught="03_classic_networks#what-does-the-last-hidden-layer-know",
)


@claim(
    "CLAS-C37",
    "Local response normalisation moves a window with a stride, as pooling does.",
    correct="Its window of n neighbouring channels lies around each value; there is no stride.",
    why="Every value is divided by a number of its own, so there are as many after it as before.",
    taught="03_classic_networks#local-response-normalisation-a-good-idea-that-did-not-stay",
)
def lrn_has_a_stride() -> Cases:
    maps = np.random.default_rng(1).normal(size=(2, 7, 5, 16)).astype("float32")
    for name, normalise in (
        ("cnnutils", ops.local_response_normalization),
        ("TensorFlow", tf.nn.local_response_normalization),
    ):
        options = ", ".join(inspect.signature(normalise).parameters)
        fewer = np.size(normalise(maps)) < maps.size
        yield case(f"{name}: a stride among its options", says=True, finds="stride" in options)
        yield case(f"{name}, 7×5×16: fewer values after it", says=True, finds=fewer)


@claim(
    "CLAS-C38",
    "Local response normalisation makes activations larger where they differ from their"
    " neighbours.",
    correct="With AlexNet's constants it makes every activation smaller, a lone one less so than"
    " one among strong neighbours.",
    why="The divisor is at least 2 to the power of 0.75, which is 1.68. What grows is the contrast:"
    " who is weaker than the neighbours loses more.",
    taught="03_classic_networks#local-response-normalisation-a-good-idea-that-did-not-stay",
)
def lrn_raises_activations() -> Cases:
    maps = np.random.default_rng(1).uniform(0, 500, (1, 5, 4, 16))
    lone = np.zeros((1, 1, 1, 9))
    lone[..., 4] = 1.0
    for name, given in (("16 random channels, up to 500", maps), ("one channel of nine", lone)):
        out, active = ops.local_response_normalization(given), given > 0
        divisor = (given[active] / out[active]).min()
        larger = (out > given).any()
        yield case(f"{name}, smallest divisor {divisor:.2f}: any larger", says=True, finds=larger)


cited(
    "CLAS-C24",
    "It was proved that local response normalisation does not help.",
    "imprecise",
    source=f"{SIMONYAN}, table 3, and {KRIZHEVSKY}, section “Local Response Normalization”",
    read="passage",
    correct="VGG's authors saw no gain from it, AlexNet's authors saw one: evidence, no proof.",
    why="One network trained with it and once without says little about other networks. It was"
    " enough for the field to drop it.",
    taught="03_classic_networks#local-response-normalisation-a-good-idea-that-did-not-stay",
)


@claim(
    "CLAS-C40",
    "Local response normalisation has given way to batch and layer normalisation.",
    why="These take mean and variance from the data, where it has four constants that fit one scale"
    " of inputs only.",
    taught="03_classic_networks#local-response-normalisation-a-good-idea-that-did-not-stay",
)
def what_networks_normalise_with() -> Cases:
    with zoo.without_weights():
        convnext = keras.applications.ConvNeXtTiny(weights=None, include_preprocessing=False)
        networks = {
            ("AlexNet, 2012", "LocalResponseNormalization"): alexnet(),
            ("ResNet-18, 2015", "BatchNormalization"): zoo.build_resnet(18),
            ("MobileNet v1, 2017", "BatchNormalization"): zoo.build_mobilenet_v1(),
            ("ConvNeXt, 2022", "LayerNormalization"): convnext,
        }
    for (name, said), model in networks.items():
        found = {type(layer).__name__ for layer in model.layers}
        normalising = ", ".join(sorted(kind for kind in found if "Normalization" in kind))
        yield case(name, says=said, finds=normalising)
    offered = hasattr(keras.layers, "LocalResponseNormalization")
    yield case("Keras still has a layer for it", says=False, finds=offered)


cited(
    "CLAS-C54",
    "VGG's paper was published in 2015.",
    "right",
    source=f"{SIMONYAN}, running title of the last version",
    read="record",
    why="It appeared at the ICLR of 2015. The preprint and the contest that it reports are of 2014;"
    " hence both years are quoted.",
    taught="03_classic_networks#vgg-what-if-everything-is-3-3",
)


@claim(
    "CLAS-C43",
    "Before its dense layers VGG-16 has nothing but 3×3 convolutions with stride 1 and same"
    " padding, and 2×2 max poolings with stride 2.",
    why="Depth was to be the only thing that varies, so all other choices were made once.",
    taught="03_classic_networks#vgg-what-if-everything-is-3-3",
)
def parts_of_vgg16() -> Cases:
    layers = vgg16_of_keras().layers
    before = layers[1 : [layer.name for layer in layers].index("flatten")]
    said = ["Conv2D 3×3, stride 1, same", "MaxPooling2D 2×2, stride 2, valid"]
    found = set()
    for layer in before:
        size: Any = getattr(layer, "kernel_size", None) or layer.pool_size
        window = f"{size[0]}×{size[1]}, stride {layer.strides[0]}, {layer.padding}"
        found.add(f"{type(layer).__name__} {window}")
    yield case("kinds of its layers, as Keras builds it", says=said, finds=sorted(found))


@claim(
    "CLAS-C49",
    "In VGG-16 only the poolings make the maps smaller: 224, 112, 56, 28, 14, 7.",
    why="With stride 1 and same padding a convolution keeps the size, so that as many of them as"
    " one likes fit between two poolings.",
    taught="03_classic_networks#vgg-what-if-everything-is-3-3",
)
def what_shrinks_in_vgg16() -> Cases:
    maps = [layer for layer in vgg16_of_keras().layers[1:] if len(layer.output.shape) == 4]
    shrink = [layer for layer in maps if layer.output.shape[1] < layer.input.shape[1]]
    names = sorted({type(layer).__name__ for layer in shrink})
    yield case("kinds of layers with smaller outputs", says=["MaxPooling2D"], finds=names)
    sides = [224, *(layer.output.shape[1] for layer in shrink)]
    yield case("sides", says=[224, 112, 56, 28, 14, 7], finds=sides)


@claim(
    "CLAS-C42",
    "VGG doubles the filter size with every layer.",
    correct="The size is 3×3 everywhere; it is the number of filters that doubles, and from block"
    " to block: 64, 128, 256, 512, and 512 again.",
    why="Half the height and half the width leave a quarter of the places, so twice as many maps"
    " cost about as much as the block before.",
    taught="03_classic_networks#six-configurations",
)
def vgg_doubles_the_filter_size() -> Cases:
    layers = [layer for layer in vgg16_of_keras().layers if hasattr(layer, "kernel_size")]
    sizes, filters = ([getattr(layer, of) for layer in layers] for of in ("kernel_size", "filters"))
    sides = [size[0] for size in sizes]
    doubled = [3 * 2**index for index in range(len(sides))]
    yield case("VGG-16: kernel sizes of its convolutions", says=doubled, finds=sides)
    twice = all(after == 2 * before for before, after in itertools.pairwise(filters))
    yield case(f"filters {filters}: each twice the one before", says=True, finds=twice)


@claim(
    "CLAS-C64",
    "VGG has 3×3 filters throughout.",
    correct="All configurations have but one: C has three layers of 1×1.",
    why="C adds layers that look at no neighbours; D has 3×3 in their place and makes fewer errors."
    " So it is not only the number of layers that helps.",
    taught="03_classic_networks#six-configurations",
)
def filter_sizes_of_all_vggs() -> Cases:
    for name in ("A", "B", "C", "D", "E"):
        layers = [layer for layer in vgg(name).layers if hasattr(layer, "kernel_size")]
        small = sum(layer.kernel_size == (1, 1) for layer in layers)
        only = all(layer.kernel_size == (3, 3) for layer in layers)
        yield case(f"configuration {name}, {small} of 1×1: all 3×3", says=True, finds=only)


@claim(
    "CLAS-C52",
    "VGG-16 is named after its 16 layers with weights.",
    why="13 convolutions and three dense layers; its five poolings have nothing to learn.",
    taught="03_classic_networks#six-configurations",
)
def sixteen_layers() -> Cases:
    found = kinds(vgg16_of_keras())
    parts = [found.count("conv"), found.count("dense")]
    yield case("convolutions and dense layers, as Keras builds it", says=[13, 3], finds=parts)
    learn = sum(bool(layer.weights) for layer in vgg("D").layers)
    yield case("layers with weights in cnnutils' configuration D", says=16, finds=learn)


@claim(
    "CLAS-C58",
    "AlexNet and VGG both end with three dense layers.",
    why="Both have 4096, 4096 and 1000 units: VGG changed the convolutions and left the rest.",
    taught="03_classic_networks#six-configurations",
)
def three_dense_layers() -> Cases:
    networks = {"AlexNet": alexnet(), "VGG-16 of Keras": vgg16_of_keras(), "VGG-19": vgg("E")}
    for name, model in networks.items():
        units = [layer.units for layer in model.layers[-5:] if hasattr(layer, "units")]
        yield case(f"{name}: units", says=[4096, 4096, 1000], finds=units)
        yield case(f"{name}: dense layers", says=3, finds=kinds(model).count("dense"))


@claim(
    "CLAS-C56",
    "VGG-16 uses batch normalisation.",
    correct="It has none; versions with it are later, and of other people.",
    why="VGG is of 2014, batch normalisation of 2015. To train the deeper ones, the authors began"
    " with the weights of the shallow one.",
    taught="03_classic_networks#six-configurations",
)
def vgg_normalises_batches() -> Cases:
    for name, model in (("cnnutils", vgg("D")), ("Keras", vgg16_of_keras())):
        found = any("BatchNorm" in type(layer).__name__ for layer in model.layers)
        yield case(f"{name}: such a layer", says=True, finds=found)


@claim(
    "CLAS-C59",
    "VGG's configurations A, A-LRN, B, C, D and E have 133, 133, 133, 134, 138 and 144 million"
    " parameters.",
    why="They are so close because the dense layers, alike in all, hold most. Normalisation by LRN"
    " adds none.",
    taught="03_classic_networks#six-configurations",
)
def params_of_all_vggs() -> Cases:
    printed = {"A": 133, "A-LRN": 133, "B": 133, "C": 134, "D": 138, "E": 144}
    for name, said in printed.items():
        params = model_costs(vgg(name)).params
        yield case(f"{name}, {params:,}: millions", says=said, finds=round(params / 1e6))


@claim(
    "CLAS-C45",
    "Most of VGG-16's parameters sit in its dense layers.",
    why="123,642,856 of them, 89.4%. The first dense layer has a weight for each of 7·7·512 values"
    " and each of its 4096 units.",
    taught="03_classic_networks#where-are-the-parameters-where-is-the-memory",
)
def where_the_params_of_vgg16_are() -> Cases:
    model = vgg16_of_keras()
    dense = [layer.count_params() for layer in model.layers if hasattr(layer, "units")]
    share = sum(dense) / model.count_params()
    found = f"{sum(dense):,} of {model.count_params():,}, {share:.1%}"
    yield case(f"{found}: more than half", says=True, finds=share > 0.5)
    yield case("first dense layer", says=(7 * 7 * 512 + 1) * 4096, finds=dense[0])


@claim(
    "CLAS-C46",
    "A forward pass of VGG-16 takes 96 MB for each picture: 24 million values of 4 bytes.",
    correct="All outputs and the picture are 15.2 million values, 61.0 MB.",
    why="None of the usual sums gives 24 million. With each ReLU's input kept beside its output it"
    " is 28.8 million, and a network in use may forget every map that has been read.",
    taught="03_classic_networks#where-are-the-parameters-where-is-the-memory",
)
def memory_of_vgg16() -> Cases:
    counted = model_costs(vgg16_of_keras())
    with_relu = [row.activations for row in counted.layers if row.params][:-1]
    values = {
        "all outputs and the picture": counted.activations,
        "and each ReLU's input kept too": counted.activations + sum(with_relu),
        "at most at one time": counted.peak_activations,
    }
    for name, number in values.items():
        millions, megabytes = round(number / 1e6, 1), round(4 * number / 1e6, 1)
        yield case(f"{name}: millions of values, MB", says=[24, 96], finds=[millions, megabytes])


@claim(
    "CLAS-C50",
    "VGG-19 is larger than VGG-16 and about as good.",
    why="Three more convolutions cost five million parameters and 27% more work. A chain of one"
    " layer after another had reached its end: more layers need another idea.",
    taught="03_classic_networks#does-depth-pay",
)
def vgg19_against_vgg16() -> Cases:
    small, large = model_costs(vgg("D")), model_costs(vgg("E"))
    more = (large.macs - small.macs) / small.macs
    yield case("parameters of VGG-19", says=143_667_240, finds=large.params)
    yield case(f"{more:.0%} more multiply-adds: larger", says=True, finds=large.macs > small.macs)
    # Top-5 errors in %, table 3 of the paper: trained at 256, at 384, at both and between.
    errors_16, errors_19 = [8.8, 8.7, 8.1], [9.0, 8.7, 8.0]
    apart = np.abs(np.subtract(errors_16, errors_19)).max()
    yield case("reported errors less than half a point apart", says=True, finds=apart < 0.5)


@claim(
    "CLAS-C63",
    "VGG was the first deep network.",
    correct="It was the first such chain of 16 and 19 layers; AlexNet's eight had been called deep"
    " two years before.",
    why="Nobody has fixed how many layers are deep: what was deep in 2012 was shallow in 2014.",
    taught="03_classic_networks#does-depth-pay",
)
def was_deep_before_vgg() -> Cases:
    number = sum(bool(layer.weights) for layer in alexnet().layers)
    for least in (8, 16):
        which = f"AlexNet of 2012, {number} layers: deep already, if {least} are"
        yield case(which, says=False, finds=number >= least)
