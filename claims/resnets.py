"""Chapter 4: why deep plain networks fail, residual blocks, and the family of ResNets."""

from functools import cache
from itertools import pairwise
from typing import Literal

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge

from claims import Cases, case, cited, claim, show
from cnnutils import ops, zoo
from cnnutils.model_costs import model_costs
from cnnutils.zoo import resnet

FIRST_PAPER = "[He and others 2015](https://arxiv.org/abs/1512.03385)"


@cache
def training_error(layers: int, *, shortcut: bool, equal_steps: bool = False) -> float:
    """Train dense layers of 32 units on digits; return the share of these that stays misread.

    Their number is even. Each but the last is normalised over the batch; behind the first, every
    two make a block. Equal steps scale each layer's gradient to the same size.
    """
    digits = load_digits()
    pixels, labels = digits.data[:1400] / 16, digits.target[:1400]
    rng = np.random.default_rng(1)
    sizes = [64, *[32] * (layers - 1), 10]
    weights = [rng.normal(0, (2 / n) ** 0.5, (n, m)) for n, m in pairwise(sizes)]
    speeds = [np.zeros_like(w) for w in weights]
    for _ in range(8):
        order, wrong = rng.permutation(1400), 0
        for batch in order.reshape(14, 100):
            errors, gradients = _pass(weights, pixels[batch], labels[batch], shortcut)
            wrong += errors
            for w, speed, gradient in zip(weights, speeds, gradients, strict=True):
                if equal_steps:
                    gradient *= 0.6 / np.linalg.norm(gradient)
                speed *= 0.9
                speed -= 0.05 * gradient
                w += speed
    return wrong / 1400


def _pass(
    weights: list[np.ndarray], x: np.ndarray, labels: np.ndarray, shortcut: bool
) -> tuple[int, list[np.ndarray]]:
    """Go through the layers and back; return how many are misread, and the gradients."""
    a, tape = x, []
    for index, w in enumerate(weights[:-1]):
        if index % 2 == 1:
            block_input = a
        z = a @ w
        z -= z.mean(axis=0)
        deviation = np.sqrt((z * z).mean(axis=0) + 1e-9)
        z /= deviation
        ends_block = index > 0 and index % 2 == 0
        out = np.maximum(z + block_input if shortcut and ends_block else z, 0)
        tape.append((a, z, deviation, out))
        a = out
    scores = a @ weights[-1]
    gradient = np.exp(scores - scores.max(axis=1, keepdims=True))
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    gradient /= len(labels)
    gradients = [a.T @ gradient]
    gradient = gradient @ weights[-1].T
    for index in reversed(range(len(tape))):
        a, z, deviation, out = tape[index]
        gradient = gradient * (out > 0)
        if index > 0 and index % 2 == 0:
            past_the_block = gradient
        gradient = gradient - gradient.mean(axis=0) - z * (gradient * z).mean(axis=0)
        gradient /= deviation
        gradients.append(a.T @ gradient)
        gradient = gradient @ weights[index].T
        if shortcut and index % 2 == 1:
            gradient = gradient + past_the_block
    return int(np.sum(scores.argmax(axis=1) != labels)), gradients[::-1]


def gradient_share(*, shortcut: bool, sigmoid: bool) -> float:
    """Send a gradient back through 50 random layers; return which share of it arrives."""
    rng = np.random.default_rng(1)
    weights = rng.normal(0, 64**-0.5 if sigmoid else 32**-0.5, (50, 64, 64))
    a, slopes = rng.normal(size=64), []
    for w in weights:
        out = ops.sigmoid(w @ a) if sigmoid else ops.relu(w @ a)
        slopes.append(out * (1 - out) if sigmoid else out > 0)
        a = out + shortcut * a
    end = gradient = rng.normal(size=64)
    for w, slope in zip(weights[::-1], slopes[::-1], strict=True):
        gradient = w.T @ (slope * gradient) + shortcut * gradient
    return float(np.linalg.norm(gradient) / np.linalg.norm(end))


def residual_block() -> tuple[keras.Model, np.ndarray, np.ndarray]:
    """Build a block of 8×8×4 with random weights; return it, an input, and z[l+2] for that."""
    rng = np.random.default_rng(1)
    maps, kernels = rng.random((2, 8, 8, 4)), rng.normal(0, 0.2, (2, 3, 3, 4, 4))
    x = keras.Input((8, 8, 4))
    rows = resnet.basic_block(4, 1)
    y = resnet.residual(x, rows, name="b", shortcut="projection", use_bias=False)
    block = keras.Model(x, y)
    for name, kernel in zip(("b_1_conv", "b_2_conv"), kernels, strict=True):
        block.get_layer(name).set_weights([kernel])
    inner = ops.relu(ops.conv2d(maps, kernels[0], padding="same"))
    return block, maps, ops.conv2d(inner, kernels[1], padding="same")


@cache
def weightless(depth: Literal[34, 50]) -> keras.Model:
    """Build a ResNet for ImageNet without memory for its weights."""
    with zoo.without_weights():
        return zoo.build_resnet(depth)


def names_of(model: keras.Model, kind: str, start: str = "") -> list[str]:
    """List the layers of a kind, in order."""
    return [
        layer.name
        for layer in model.layers
        if type(layer).__name__ == kind and layer.name.startswith(start)
    ]


@claim(
    "RES-C29",
    "Made deeper, a plain network gets more of its own training examples wrong, while a residual"
    " network goes on learning them.",
    why="Doing nothing is where a residual block starts, so extra layers need not be learnt away."
    " The paper's figure 4 shows the same on ImageNet, for 18 and 34 layers.",
    taught="04_resnets#one-addition-for-every-two-layers",
)
def training_error_of_deeper_networks() -> Cases:
    plain, residual = (
        {layers: training_error(layers, shortcut=shortcut) for layers in (10, 32)}
        for shortcut in (False, True)
    )
    yield case("digits, plain, 10 layers: over 40% misread", says=False, finds=plain[10] > 0.4)
    yield case("digits, plain, 32 layers: over 40% misread", says=True, finds=plain[32] > 0.4)
    yield case("digits, residual, 32 layers: below 10%", says=True, finds=residual[32] < 0.1)


@claim(
    "RES-C06",
    "Shortcuts make networks of more than a hundred layers trainable.",
    why="The way back past the blocks multiplies the gradient by one, however many there are. With"
    " shortcuts the paper went beyond a hundred layers on ImageNet, and a thousand on CIFAR-10.",
    taught="04_resnets#one-addition-for-every-two-layers",
)
def a_hundred_layers() -> Cases:
    with_shortcuts = training_error(102, shortcut=True)
    yield case("102 layers with shortcuts: learn digits", says=True, finds=with_shortcuts < 0.3)
    without = training_error(32, shortcut=False)
    yield case("32 layers without shortcuts: learn digits", says=False, finds=without < 0.3)


cited(
    "RES-C08",
    "Residual networks of more than a thousand layers have been trained.",
    "right",
    source=f"{FIRST_PAPER}, section 4.2",
    read="passage",
    why="The paper trained 1202 layers on CIFAR-10, to a training error below 0.1%. On new pictures"
    " they were worse than 110 layers.",
    taught="04_resnets#what-the-toy-shows-and-what-it-does-not",
)


@claim(
    "RES-C03",
    "Adding residual blocks to a network does not hurt its performance.",
    correct="It need not: weights exist with which the added blocks change nothing. Training is not"
    " bound to find them, nor are they sure to do well on new examples.",
    why="That a good answer is near the start is no promise that as many steps reach it. In the"
    " paper, more than a thousand layers did worse on new pictures than a hundred.",
    taught="04_resnets#can-a-deeper-residual-network-be-worse",
)
def adding_residual_blocks() -> Cases:
    block, maps, _ = residual_block()
    last = block.get_layer("b_2_conv")
    last.set_weights([np.zeros(last.kernel.shape)])
    changed = int(np.sum(keras.ops.convert_to_numpy(block(maps)) != maps.astype("float32")))
    yield case("a block whose second kernel is zero: outputs changed", says=0, finds=changed)
    few, many = (training_error(layers, shortcut=True) for layers in (10, 102))
    yield case(
        "digits, 102 layers, trained as long as 10: at most 5% more misread",
        says=True,
        finds=many < few + 0.05,
    )


@claim(
    "RES-C01",
    "A residual block of two layers computes a[l+2] = g(z[l+2] + a[l]).",
    why="The shortcut joins before the second non-linearity, so that the layers can also subtract.",
    taught="04_resnets#what-if-leaving-alone-were-the-default",
)
def sum_before_the_activation() -> Cases:
    block, maps, z = residual_block()
    apart = np.abs(keras.ops.convert_to_numpy(block(maps)) - ops.relu(z + maps))
    yield case("8×8×4, largest difference", says=0.0, finds=round(float(apart.max()), 3))
    added = keras.layers.ReLU()(keras.layers.Add()([np.array([[-2.0, 2]]), np.array([[1.0, 1]])]))
    yield case("z = −2 and 2, a = 1", says=[[0.0, 3.0]], finds=keras.ops.convert_to_numpy(added))


@claim(
    "RES-C20",
    "A residual block adds its input behind the non-linearity: a[l+2] = g(z[l+2]) + a[l].",
    correct="The sum comes first: a[l+2] = g(z[l+2] + a[l]), with z[l+2] = W[l+2] a[l+1] + b[l+2].",
    why="Behind a ReLU only numbers that are not negative would be added, and the activations could"
    " never fall from block to block.",
    taught="04_resnets#what-if-leaving-alone-were-the-default",
)
def sum_behind_the_activation() -> Cases:
    block, maps, z = residual_block()
    apart = np.abs(keras.ops.convert_to_numpy(block(maps)) - (ops.relu(z) + maps))
    yield case("8×8×4, largest difference", says=0.0, finds=round(float(apart.max()), 1))
    added = keras.layers.ReLU()(keras.layers.Add()([np.array([[-2.0]]), np.array([[1.0]])]))
    yield case("z = −2, a = 1", says=1.0, finds=float(added[0, 0]))


@claim(
    "RES-C35",
    "In the formulas, a[l] is the activation function, and W[l+1] are the weights of the next"
    " layer.",
    correct="The a[l] are activations, which are values; the activation function is g.",
    why="Values change with the picture, and a function does not: the same g makes other"
    " activations of another picture.",
    taught="04_resnets#what-if-leaving-alone-were-the-default",
)
def activations_and_their_function() -> Cases:
    keras.utils.set_random_seed(1)
    hidden, following = keras.layers.Dense(5, activation="relu"), keras.layers.Dense(2)
    a = [keras.ops.convert_to_numpy(hidden(np.full((1, 3), x))) for x in (1.0, 2.0)]
    following.build(a[0].shape)
    yield case("a[l] stays the same for another picture", says=True, finds=np.array_equal(*a))
    shape = tuple(following.kernel.shape)
    yield case("next layer's weights, from 5 activations to 2", says=(5, 2), finds=shape)


@claim(
    "RES-C37",
    "A residual connection hands one layer's output straight to the layer behind it.",
    correct="It skips at least one layer, and is added to a later layer's sum before the"
    " non-linearity.",
    why="Handing on to the next layer is what every layer does. The shortcut also hands on"
    " unchanged, but past two or three layers.",
    taught="04_resnets#what-if-leaving-alone-were-the-default",
)
def what_a_shortcut_connects() -> Cases:
    for depth in (34, 50):
        model = weightless(depth)
        before, total = (model.get_layer(f"conv2_{n}") for n in ("block1_out", "block2_add"))
        unchanged = any(term is before.output for term in total.input)
        yield case(f"ResNet-{depth}: hands on unchanged", says=True, finds=unchanged)
        skipped = names_of(model, "Conv2D", "conv2_block2_")
        yield case(f"ResNet-{depth}: convolutions passed by", says=0, finds=len(skipped))


@claim(
    "RES-C32",
    "That a residual block computes the identity means that it performs no convolution.",
    correct="All its convolutions are computed; their sum comes out as zero, so the input passes.",
    why="A product with a weight of zero is still computed. The block does its full work, and adds"
    " nothing.",
    taught="04_resnets#does-the-library-compute-the-same",
)
def work_of_an_identity_block() -> Cases:
    block, maps, _ = residual_block()
    last = block.get_layer("b_2_conv")
    last.set_weights([np.zeros(last.kernel.shape)])
    passed = np.allclose(keras.ops.convert_to_numpy(block(maps)), maps)
    work = model_costs(block).macs if passed else "no identity"
    yield case("multiplications, 8×8×4 through two 3×3 layers", says=0, finds=work)


@claim(
    "RES-C10",
    "With L2 regularisation, the weights W[l+2] of a residual block become zero.",
    correct="They shrink towards zero, and reach it only where the data want nothing else.",
    why="The penalty pulls to zero, the data pull elsewhere, and the weight ends between the two.",
    taught="04_resnets#what-if-leaving-alone-were-the-default",
)
def weights_under_a_penalty() -> Cases:
    x = np.random.default_rng(1).normal(size=(200, 1))
    for wanted in (0.0, 1.0):
        ridge = Ridge(alpha=float(np.sum(x**2)), fit_intercept=False).fit(x, wanted * x[:, 0])
        found = float(ridge.coef_[0])
        yield case(f"the data alone want w = {wanted:.0f}", says=0.0, finds=found, within=0.001)


@claim(
    "RES-C28",
    "A residual block is two convolutions with a ReLU behind them.",
    correct="Convolution, batch normalisation, ReLU, convolution, batch normalisation, sum, ReLU;"
    " bottlenecks have three convolutions.",
    why="The sum makes the block residual, and there is a ReLU between the convolutions too:"
    " without it they would be one linear map.",
    taught="04_resnets#does-the-library-compute-the-same",
)
def layers_of_a_block() -> Cases:
    for depth in (34, 50):
        found = names_of(weightless(depth), "Conv2D", "conv2_block2_")
        yield case(f"ResNet-{depth}: convolutions in a block", says=2, finds=len(found))
    kinds = [type(one).__name__ for one in weightless(34).layers if "conv2_block2" in one.name]
    yield case("ResNet-34: the layers", says=["Conv2D", "Conv2D", "ReLU"], finds=kinds)


@claim(
    "RES-C19",
    "In a residual network, batch normalisation stands between each convolution and the ReLU.",
    why="That is the order of the first paper. A year later its authors moved normalisation and"
    " ReLU in front of the convolution.",
    taught="04_resnets#does-the-library-compute-the-same",
)
def normalisation_before_the_activation() -> Cases:
    with zoo.without_weights():
        models = {"zoo": weightless(50), "Keras": keras.applications.ResNet50(weights=None)}
    for owner, model in models.items():
        steps = [model.get_layer(f"conv3_block2_1_{step}") for step in ("conv", "bn", "relu")]
        chained = [b.input is a.output for a, b in pairwise(steps)]
        yield case(f"ResNet-50, {owner}: conv to BN, BN to ReLU", says=[True, True], finds=chained)
        numbers = [len(names_of(model, kind)) for kind in ("Conv2D", "BatchNormalization")]
        yield case(f"{owner}: convolutions, normalisations", says=[53, 53], finds=numbers)


@claim(
    "RES-C07",
    "A plain network trains worse with more layers because its gradients vanish or explode on their"
    " way back.",
    correct="Without normalisation they do. But degradation is also seen in networks with batch"
    " normalisation, and does not go away when all gradients are made equally large.",
    why="If size were all, equal steps for every layer would be the cure. The authors, too, found"
    " gradients of healthy size and thought vanishing ones unlikely to be the reason.",
    taught="04_resnets#is-it-the-vanishing-gradient",
)
def size_of_gradients_as_the_reason() -> Cases:
    share = gradient_share(shortcut=False, sigmoid=True)
    yield case("50 layers of sigmoids: gradient vanishes", says=True, finds=share < 1e-6)
    few, many = (training_error(n, shortcut=False, equal_steps=True) for n in (10, 32))
    yield case(
        "batch norm, equally large gradients: 32 layers learn digits as 10 do",
        says=True,
        finds=many < few + 0.1,
    )


@claim(
    "RES-C02",
    "Residual blocks solve the problem of vanishing and exploding gradients.",
    correct="They ease the gradient's way back. Without normalisation it still explodes, and plain"
    " networks with healthy gradients degrade too.",
    why="The shortcut multiplies by one, so nothing is lost; what the layers return is added at"
    " each block, and doubles the gradient's square again and again.",
    taught="04_resnets#is-it-the-vanishing-gradient",
)
def gradients_with_shortcuts() -> Cases:
    for name, sigmoid in (("sigmoid", True), ("ReLU", False)):
        share = gradient_share(shortcut=True, sigmoid=sigmoid)
        yield case(
            f"50 blocks with {name}: from a tenth to ten times arrives",
            says=True,
            finds=0.1 < share < 10,
        )


@claim(
    "RES-C04",
    "A shortcut can be added as it is where same padding keeps the shape; where the shapes differ,"
    " it must be fitted, for instance by a weight matrix.",
    why="A sum needs two arrays of one shape. In ResNets strided convolutions change it, not"
    " pooling. Beware of a single channel: Keras adds it to all others without a message.",
    taught="04_resnets#what-if-the-shapes-change",
)
def shapes_that_can_be_added() -> Cases:
    x = keras.Input((8, 8, 4))
    for filters, strides in ((4, 1), (8, 2)):
        y = keras.layers.Conv2D(filters, 3, strides=strides, padding="same")(x)
        try:
            keras.layers.Add()([x, y])
            adds = True
        except ValueError:
            adds = False
        yield case(f"8×8×4 and {show(y.shape[1:])}: can be added", says=strides == 1, finds=adds)
    fitted = keras.layers.Conv2D(8, 1, strides=2)(x)
    yield case("with a 1×1 matrix", says=(4, 4, 8), finds=keras.layers.Add()([fitted, y]).shape[1:])


@claim(
    "RES-C12",
    "Where shapes differ, a shortcut is multiplied by a matrix, learnt or fixed, or padded with"
    " zeros.",
    why="All that the sum asks for is the shape. In the paper zeros did nearly as well as learnt"
    " matrices, and cost no weights.",
    taught="04_resnets#what-if-the-shapes-change",
)
def ways_to_fit_a_shortcut() -> Cases:
    x, y = keras.Input((8, 8, 4)), keras.Input((4, 4, 8))
    fixed = keras.layers.Conv2D(8, 1, strides=2, use_bias=False, trainable=False)
    padded = resnet.ZeroPaddedShortcut(8, strides=2)
    learnt = keras.layers.Conv2D(8, 1, strides=2, use_bias=False)
    for name, layer in (("learnt", learnt), ("fixed", fixed), ("zeros", padded)):
        added = keras.layers.Add()([layer(x), y])
        yield case(f"{name}: sum with 4×4×8", says=(4, 4, 8), finds=added.shape[1:])
        learns = bool(layer.trainable_weights)
        yield case(f"{name}: has weights to learn", says=name == "learnt", finds=learns)


@claim(
    "RES-C13",
    "If z[l+2] has 256 entries and a[l] has 128, the matrix of the shortcut is 256×128.",
    why="A matrix has a row for each number that goes out and a column for each that comes in. For"
    " maps it is a 1×1 convolution, which stores it the other way round.",
    taught="04_resnets#what-if-the-shapes-change",
)
def matrix_of_a_projection() -> Cases:
    projection = weightless(34).get_layer("conv4_block1_0_conv")
    *_, channels_in, channels_out = projection.kernel.shape
    yield case("ResNet-34, into stage conv4", says=(256, 128), finds=(channels_out, channels_in))


@claim(
    "RES-C17",
    "A dotted shortcut in drawings of ResNet-34 can take every second pixel, pad the new channels"
    " with zeros, and so do without weights.",
    why="That is the paper's option A. Option B is a learnt 1×1 convolution with stride 2.",
    taught="04_resnets#what-if-the-shapes-change",
)
def zero_padded_shortcuts() -> Cases:
    maps = np.random.default_rng(1).random((2, 6, 8, 3), dtype="float32")
    fitted = keras.ops.convert_to_numpy(resnet.ZeroPaddedShortcut(5, strides=2)(maps))
    by_hand = np.zeros((2, 3, 4, 5), "float32")
    by_hand[..., :3] = maps[:, ::2, ::2]
    yield case("as by hand, 6×8×3 to 3×4×5", says=True, finds=np.array_equal(fitted, by_hand))
    with zoo.without_weights():
        padded, plain = (zoo.build_resnet(34, shortcut=kind) for kind in ("zero_padding", None))
    dotted = names_of(padded, "ZeroPaddedShortcut")
    yield case("ResNet-34: how many", says=3, finds=len(dotted))
    more = padded.count_params() - plain.count_params()
    yield case("ResNet-34: weights more than without shortcuts", says=0, finds=more)


@claim(
    "RES-C18",
    "The shortcut of a residual block jumps over more than two layers.",
    correct="Over two or more: two in ResNet-18 and 34, three in the bottlenecks of deeper ones.",
    why="One layer is too few: the block would be nearly linear, and the paper saw no advantage.",
    taught="04_resnets#how-do-152-layers-fit",
)
def layers_that_a_shortcut_skips() -> Cases:
    for depth in (34, 50):
        skipped = len(names_of(weightless(depth), "Conv2D", "conv2_block2_"))
        yield case(f"ResNet-{depth}, {skipped} layers skipped", says=True, finds=skipped > 2)


@claim(
    "RES-C22",
    "ResNet-50 has 50 layers.",
    why="Layers with weights on the longest path are counted: 49 convolutions and one dense layer."
    " The four projections in shortcuts do not count, nor do normalisation and pooling.",
    taught="04_resnets#the-family",
)
def layers_of_resnet_50() -> Cases:
    with zoo.without_weights():
        models = {"zoo": weightless(50), "Keras": keras.applications.ResNet50(weights=None)}
    for owner, model in models.items():
        path = [name for name in names_of(model, "Conv2D") if not name.endswith("_0_conv")]
        layers = len(path) + len(names_of(model, "Dense"))
        yield case(f"{owner}, projections left out", says=50, finds=layers)


@claim(
    "RES-C30",
    "ResNet-50 has 34 residual blocks.",
    correct="It has 16, in stages of 3, 4, 6 and 3.",
    why="34 is the number of layers of another member of the family, which also has 16 blocks.",
    taught="04_resnets#the-family",
)
def blocks_of_resnet_50() -> Cases:
    yield case("sums in the network", says=34, finds=len(names_of(weightless(50), "Add")))


@claim(
    "RES-C14",
    "In ResNet-34 every 3×3 convolution has same padding and keeps the size of the map.",
    correct="All but three: the first one of each stage after the first has stride 2.",
    why="Somewhere the map must shrink, and after the beginning no pooling does it.",
    taught="04_resnets#the-family",
)
def maps_that_keep_their_size() -> Cases:
    model, side = weightless(34), weightless(34).get_layer("pool1_pool").output.shape[1]
    for stage in (2, 3, 4, 5):
        first, *_, last = names_of(model, "Conv2D", f"conv{stage}_block")
        found = model.get_layer(first).output.shape[1]
        yield case(f"first of stage conv{stage}, map {side} wide", says=side, finds=found)
        side = model.get_layer(last).output.shape[1]


@claim(
    "RES-C15",
    "Where a ResNet halves the map, it doubles the number of filters.",
    why="A quarter of the places times twice the channels in and out: each convolution costs the"
    " same as before.",
    taught="04_resnets#the-family",
)
def filters_where_the_map_is_halved() -> Cases:
    ends = {2: 3, 3: 4, 4: 6, 5: 3}  # stage: its last block
    last = [weightless(34).get_layer(f"conv{s}_block{b}_out") for s, b in ends.items()]
    for (side, _, filters), after in pairwise(layer.output.shape[1:] for layer in last):
        says = (side // 2, side // 2, filters * 2)
        yield case(f"ResNet-34, behind {side}×{side}×{filters}", says=says, finds=after)
    rows = {row.name: row.macs for row in model_costs(weightless(34)).layers}
    work = [rows[f"conv{s}_block2_1_conv"] for s in ends]
    yield case("MACs of one 3×3 in each stage: equal", says=True, finds=len(set(work)) == 1)


@claim(
    "RES-C16",
    "A ResNet has neither fully connected layers nor dropout.",
    correct="No dropout and no hidden dense layer, but one dense layer at the end, with a unit for"
    " each class.",
    why="The mean of each map takes the place of hidden dense layers; a score for each class must"
    " still be made of the means.",
    taught="04_resnets#the-family",
)
def dense_layers_and_dropout() -> Cases:
    for depth in (34, 50):
        kinds = {type(layer).__name__ for layer in weightless(depth).layers}
        found = ", ".join(sorted(kinds & {"Dense", "Dropout"})) or "none"
        yield case(f"ResNet-{depth}: of these it has", says="none", finds=found)


cited(
    "RES-C34",
    "ResNet-152 is the deepest ResNet.",
    "imprecise",
    source=f"{FIRST_PAPER}, table 1 and section 4.2;"
    " [He and others 2016](https://arxiv.org/abs/1603.05027), tables 4 and 5",
    read="passage",
    correct="It is the deepest of the first paper's networks for ImageNet. The same paper has 1202"
    " layers for CIFAR-10, the next one 1001, and 200 for ImageNet.",
    why="The name tells the depth and not a limit: the number of blocks is free.",
    taught="04_resnets#what-came-of-it",
)

cited(
    "RES-C09",
    "The paper that introduced ResNets is called “Deep residual networks for image recognition”.",
    "wrong",
    source=f"{FIRST_PAPER}, title",
    read="record",
    correct="“Deep Residual Learning for Image Recognition”.",
    why="What is residual is what the layers learn: the difference from their input.",
    taught="04_resnets#what-came-of-it",
)

cited(
    "RES-C24",
    "“Deep Residual Learning for Image Recognition” is by He, Zhang, Ren and Sun, on arXiv in 2015"
    " and at CVPR in 2016.",
    "right",
    source=f"{FIRST_PAPER}; [He and others 2016](https://doi.org/10.1109/CVPR.2016.90)",
    read="record",
    why="Its networks won the ImageNet challenge of 2015, before the conference.",
    taught="04_resnets#what-came-of-it",
)
