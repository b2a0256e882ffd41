"""Chapter 11: what layers see, content and style, and the descent on a picture's pixels.

The checks look through a small network with random weights, scaled to photographs as in the
chapter; what they say rests on its form and not on what it has learnt.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from claims import Cases, case, cited, claim
from cnnutils import data, insight, style, zoo

CONVS = ["conv1", "conv2", "conv3", "conv4"]


@cache
def network(seed: int = 1) -> keras.Model:
    """Four convolutions with average pooling between them, calibrated on two photographs."""
    keras.utils.set_random_seed(seed)
    chain: list[layers.Layer] = [keras.Input((None, None, 3))]
    for name, filters in zip(CONVS, (32, 64, 64, 96), strict=True):
        chain += [layers.Conv2D(filters, 3, padding="same", activation="relu", name=name)]
        chain += [layers.AveragePooling2D(2)]
    model = keras.Sequential(chain[:-1])
    style.calibrate(model, np.stack([photograph("coffee"), photograph("astronaut")]))
    return model


def photograph(name: str) -> np.ndarray:
    """A photograph of 32×32 pixels."""
    return np.asarray(data.load_photograph(name, size=(32, 32)))


def noise(*shape: int) -> np.ndarray:
    """A random picture."""
    return np.random.default_rng(1).uniform(0.3, 0.7, shape)


def maps_of(picture: np.ndarray) -> dict[str, np.ndarray]:
    """What the network's layers make of a picture, (H, W, C) each, by name."""
    found = style.feature_maps(network(), CONVS)(picture[None])
    return {name: np.asarray(maps)[0] for name, maps in found.items()}


@claim(
    "STYLE-C24",
    "A unit of the first layer sees only a small portion of the network.",
    correct="It sees a small portion of the image: its receptive field.",
    why="Nothing of the network lies before it but the pixels. How large a portion of the image a"
    " unit sees depends on the layers before it, and grows with depth.",
    taught="11_style_transfer#nine-patches-that-a-unit-likes",
)
def what_a_first_unit_sees() -> Cases:
    with zoo.without_weights():
        vgg = zoo.build_vgg("D")
    side = insight.unit_field(vgg, "block1_conv1", size=224).size
    small = 0 < side**2 / 224**2 < 0.001
    yield case("VGG-16, of the image: some, less than 0.1%", says=True, finds=small)
    before = keras.Model(vgg.inputs, vgg.get_layer("block1_conv1").output).layers[:-1]
    units = [layer.name for layer in before if not isinstance(layer, layers.InputLayer)]
    yield case("VGG-16, of the network: some of its layers", says=True, finds=len(units) > 0)


@claim(
    "STYLE-C05",
    "The content cost is ½ ‖a(C) − a(G)‖², for the activations a of one layer in the middle.",
    why="So it stands in the paper. Another constant, such as 1/(4·H·W·n_C), gives the same descent"
    " with another step size.",
    taught="11_style_transfer#the-content-which-layer-remembers-what",
)
def content_cost_with_a_half() -> Cases:
    c, g = (maps_of(photograph(name))["conv3"] for name in ("chelsea", "rocket"))
    half = sum((x - y) ** 2 for x, y in zip(c.flat, g.flat, strict=True)) / 2
    ours = 2 * c.size * float(style.content_loss(c, g))
    yield case("conv3, cat and rocket", says=half, finds=ours, within=1e-5 * half)
    generated = tf.Variable(g)
    with tf.GradientTape() as tape:
        loss = style.content_loss(c, generated)
    slope, wanted = tape.gradient(loss, generated).numpy(), g - c  # by hand, of the cost with ½
    cosine = np.sum(slope * wanted) / np.linalg.norm(slope) / np.linalg.norm(wanted)
    yield case("direction of descent (cosine)", says=1.0, finds=cosine, within=1e-5)


@claim(
    "STYLE-C02",
    "The costs J(C, G) and J(S, G) measure how similar two pictures are.",
    correct="They measure how much two pictures differ: the smaller, the more alike.",
    why="They put pictures in order of likeness, but the other way round: a descent on a"
    " similarity would make the pictures as different as it can.",
    taught="11_style_transfer#the-content-which-layer-remembers-what",
)
def similar_or_different() -> Cases:
    cat = photograph("chelsea")
    noisy = [(1 - share) * cat + share * noise(32, 32, 3) for share in (0, 0.2, 0.4, 0.8)]
    for name, cost in (("content", style.content_loss), ("style", style.style_loss)):
        seen = [maps_of(picture)["conv3"] for picture in noisy]
        costs = [float(cost(seen[0], other)) for other in seen]
        condition = f"{name}: puts a cat under more and more noise in order"
        yield case(condition, says=True, finds=abs(np.sign(np.diff(costs)).sum()) == 3)
        condition = f"{name}: larger for the cat itself than for the noisiest one"
        yield case(condition, says=True, finds=costs[0] > costs[3])


@claim(
    "STYLE-C27",
    "The layer for the content should lie in the middle: a shallow one holds the pixels themselves,"
    " and a deep one loses the picture.",
    why="Each layer mixes and shrinks what the last one kept. In between are layers that still know"
    " what is where, and no longer how it is made.",
    taught="11_style_transfer#the-content-which-layer-remembers-what",
)
def what_comes_back_from_a_layer() -> Cases:
    cat, alike = photograph("chelsea"), []
    for layer in ("conv1", "conv3", "conv4"):
        see = style.StyleTransfer(network(), content_layer=layer, style_layers=[layer])
        made = see(cat, cat, beta=0, start=noise(32, 32, 3), steps=25)
        alike.append(np.corrcoef(made.picture.ravel(), cat.ravel())[0, 1])
    shallow = "a cat from noise by way of conv1: correlation with its photograph above 0.99"
    yield case(shallow, says=True, finds=alike[0] > 0.99)
    yield case("by way of conv3: above 0.7", says=True, finds=alike[0] > alike[1] > 0.7)
    yield case("by way of conv4: above 0.7", says=False, finds=alike[2] > 0.7)


@claim(
    "STYLE-C07",
    "The Gram matrix of a layer has the entries G(c, c′) = Σ aᵢⱼ(c) aᵢⱼ(c′), summed over all"
    " positions i, j, and the size n_C × n_C.",
    why="Positions are summed over, so that only the pair of channels is left to index it.",
    taught="11_style_transfer#the-style-which-channels-occur-together",
)
def entries_of_the_gram_matrix() -> Cases:
    a = np.random.default_rng(1).normal(size=(4, 5, 3))
    by_hand = np.zeros((3, 3))
    for i, j, c, other in np.ndindex(4, 5, 3, 3):
        by_hand[c, other] += a[i, j, c] * a[i, j, other]
    gram = np.asarray(style.gram_matrix(a))
    yield case("4×5 positions, 3 channels", says=by_hand.round(4), finds=gram.round(4), within=1e-3)
    wide = style.gram_matrix(maps_of(photograph("chelsea"))["conv2"])
    yield case("16×16 positions, 64 channels: size", says=(64, 64), finds=tuple(wide.shape))


@claim(
    "STYLE-C10",
    "The Gram matrix is F Fᵀ, where F has one row for each position and one column for each"
    " channel (HW × C).",
    correct="Fᵀ F, which is C × C. F Fᵀ belongs to the transposed F, with a row for each channel.",
    why="F Fᵀ would be HW × HW: it says which positions are alike, and not which channels.",
    taught="11_style_transfer#the-style-which-channels-occur-together",
)
def order_of_the_factors() -> Cases:
    for shape in ((4, 5, 3), (4, 4, 16)):
        a = np.random.default_rng(1).normal(size=shape)
        rows = a.reshape(-1, shape[2])
        gram, stated = np.asarray(style.gram_matrix(a)), rows @ rows.T
        size = f"{shape[0]}×{shape[1]} positions, {shape[2]} channels"
        if stated.shape != gram.shape:
            yield case(f"{size}: size", says=stated.shape, finds=gram.shape)
        first = [stated[0, 0].round(2), gram[0, 0].round(2)]
        yield case(f"{size}: first entry", says=first[0], finds=first[1])


@claim(
    "STYLE-C17",
    "The Gram matrix of a layer is formed from G and its transpose Gᵀ.",
    correct="From the unrolled activations A of the layer and Aᵀ.",
    why="Two things share the letter G: the Gram matrix, which cannot be made from itself, and the"
    " generated picture, which has pixels and no channels of a layer.",
    taught="11_style_transfer#the-style-which-channels-occur-together",
)
def what_the_gram_matrix_is_made_of() -> Cases:
    picture = photograph("chelsea")
    gram = np.asarray(style.gram_matrix(maps_of(picture)["conv1"]))
    for i, j in ((0, 0), (0, 5)):
        condition = f"G as the Gram matrix: its entry {i}, {j}"
        yield case(condition, says=(gram @ gram.T)[i, j], finds=gram[i, j])
    pixels = picture.reshape(-1, 3)
    yield case("G as the picture: size", says=(pixels.T @ pixels).shape, finds=gram.shape)


@claim(
    "STYLE-C08",
    "The style of a picture is the correlation of a layer's channels.",
    correct="It is their inner products: no mean is subtracted, and nothing is divided.",
    why="Activations after a ReLU are not centred, so two channels that are merely both active have"
    " a large entry. Only for channels of mean 0 and length 1 is that the correlation.",
    taught="11_style_transfer#the-style-which-channels-occur-together",
)
def gram_or_correlation() -> Cases:
    raw = maps_of(photograph("chelsea"))["conv1"][:, :, [0, 3]].astype(float)
    centred = raw - raw.mean(axis=(0, 1))
    scaled = centred / np.sqrt(np.sum(centred**2, axis=(0, 1)))
    for name, maps in (
        ("channels of mean 0 and length 1", scaled),
        ("as the layer gives them", raw),
    ):
        correlation = np.corrcoef(maps.reshape(-1, 2).T)[0, 1]
        entry = float(style.gram_matrix(maps)[0, 1])
        yield case(name, says=round(correlation, 2), finds=round(entry, 2), within=0.01)


@claim(
    "STYLE-C16",
    "The more similar the vectors of two channels are, the larger is their entry in the Gram"
    " matrix.",
    correct="The entry grows with the vectors' lengths too; only for equal lengths does it compare"
    " directions alone.",
    why="An entry is a dot product, |a| |b| cos of the angle: a loud channel has large entries with"
    " all others.",
    taught="11_style_transfer#the-style-which-channels-occur-together",
)
def similar_or_loud() -> Cases:
    a = np.array([1.0, 0.0])
    near, far = (np.array([np.cos(angle), np.sin(angle)]) for angle in (0.1, 1.0))
    for length in (1, 10):
        channels = np.stack([a, near, length * far], axis=1)
        entries = np.asarray(style.gram_matrix(channels))[0]
        condition = f"lengths 1 and {length}: the nearer direction has the larger entry"
        yield case(condition, says=True, finds=entries[1] > entries[2])


@claim(
    "STYLE-C14",
    "The style cost of a layer is 1/(4 n_C² (n_H n_W)²) times the sum of the squared differences of"
    " both Gram matrices' entries.",
    why="A Gram entry sums n_H·n_W products and is then squared; hence the square. The factor is"
    " also written 1/(2 n_H n_W n_C)².",
    taught="11_style_transfer#the-style-which-channels-occur-together",
)
def style_cost_of_a_layer() -> Cases:
    rng = np.random.default_rng(1)
    for h, w, c in ((1, 2, 1), (4, 5, 3), (7, 3, 8)):
        s, g = rng.normal(size=(2, h, w, c))
        squares = np.sum((np.einsum("ijc,ijd", s, s) - np.einsum("ijc,ijd", g, g)) ** 2)
        stated = [squares / (4 * c**2 * (h * w) ** 2), squares / (2 * h * w * c) ** 2]
        ours = float(style.style_loss(s, g))
        condition = f"{h}×{w} positions, {c} channels: both factors"
        yield case(condition, says=stated, finds=[ours, ours], within=1e-4 * ours)


@claim(
    "STYLE-C18",
    "The whole style cost is a weighted sum of the layers' style costs.",
    why="Layers differ in the size of their activations and in what they know: shallow ones fine"
    " texture, deep ones larger patterns. The weights decide what counts.",
    taught="11_style_transfer#the-style-which-channels-occur-together",
)
def style_cost_of_several_layers() -> Cases:
    cat, rocket = photograph("chelsea"), photograph("rocket")
    c, s = maps_of(cat), maps_of(rocket)
    for weights in ({"conv1": 0.2, "conv3": 0.8}, {"conv1": 3.0, "conv2": 1.0, "conv4": 0.5}):
        see = style.StyleTransfer(network(), content_layer="conv3", style_layers=weights)
        cost, _ = see.value_and_gradient(cat, cat, rocket, alpha=0, beta=1)
        stated = sum(weight * float(style.style_loss(s[n], c[n])) for n, weight in weights.items())
        names = ", ".join(f"{weight} {name}" for name, weight in weights.items())
        yield case(names, says=stated, finds=cost, within=1e-4 * cost)


@claim(
    "STYLE-C29",
    "For the style several layers work better than one; for the content one is enough.",
    why="One shallow layer knows colours and fine texture and nothing larger. What is where is"
    " already fixed by a single layer's map.",
    taught="11_style_transfer#the-style-which-channels-occur-together",
)
def one_layer_or_several() -> Cases:
    cup, start = photograph("coffee"), noise(32, 32, 3)
    judge = style.feature_maps(network(seed=2), ["conv4"])
    left = []
    for names in (CONVS[:1], CONVS):
        see = style.StyleTransfer(network(), content_layer="conv3", style_layers=names)
        made = see(cup, cup, alpha=0, beta=100, start=start, steps=40).picture
        both = np.asarray(judge(np.stack([made, cup]))["conv4"])
        left.append(float(style.style_loss(both[1], both[0])))
    condition = "style by one layer: another network finds it twice as far off as by four"
    yield case(condition, says=True, finds=left[0] > 2 * left[1])
    content = see(cup, cup, beta=0, start=start, steps=40).picture
    alike = np.corrcoef(content.ravel(), cup.ravel())[0, 1]
    condition = "content by one layer: correlation with the photograph above 0.7"
    yield case(condition, says=True, finds=alike > 0.7)


@claim(
    "STYLE-C01",
    "The cost of style transfer is J(G) = α J_content(C, G) + β J_style(S, G).",
    why="α and β say how much each counts; only their ratio changes the picture.",
    taught="11_style_transfer#put-together",
)
def whole_cost() -> Cases:
    see = style.StyleTransfer(network(), content_layer="conv3", style_layers=["conv2"])
    pictures = noise(32, 32, 3), photograph("chelsea"), photograph("rocket")
    g, c, s = (maps_of(picture) for picture in pictures)
    costs = style.content_loss(c["conv3"], g["conv3"]), style.style_loss(s["conv2"], g["conv2"])
    for alpha, beta in ((1, 0), (0, 1), (2, 30)):
        stated = alpha * float(costs[0]) + beta * float(costs[1])
        found, _ = see.value_and_gradient(*pictures, alpha=alpha, beta=beta)
        yield case(f"α = {alpha}, β = {beta}", says=stated, finds=found, within=1e-4 * stated)


@claim(
    "STYLE-C26",
    "The generated picture G may start as random numbers, for example of the shape 100×100×3.",
    why="The descent changes G's pixels, whatever they are. To start from the content picture"
    " instead saves time.",
    taught="11_style_transfer#put-together",
)
def start_from_noise() -> Cases:
    c, s = (data.load_photograph(name, size=(100, 100)) for name in ("chelsea", "rocket"))
    see = style.StyleTransfer(network(), content_layer="conv1", style_layers=["conv1"])
    made = see(c, s, beta=10, start=noise(100, 100, 3), steps=4)
    yield case("shape after 4 steps", says=(100, 100, 3), finds=made.picture.shape)
    halved = min(made.costs) < made.costs[0] / 2
    yield case("cost at most half of the first", says=True, finds=halved)


@claim(
    "STYLE-C03",
    "The generated picture is updated by G := G − ∂J/∂G.",
    correct="By G := G − η ∂J/∂G, with a step size η (the learning rate), or by an optimizer that"
    " finds its own steps.",
    why="A step of one is arbitrary, since it depends on the constant in front of the cost.",
    taught="11_style_transfer#put-together",
)
def update_without_a_step_size() -> Cases:
    see = style.StyleTransfer(network(), content_layer="conv3", style_layers=["conv3"])
    cat, start = photograph("chelsea"), noise(32, 32, 3)
    before, slope = see.value_and_gradient(start, cat, cat, beta=0)
    for name, factor in (("1/(4·H·W·n_C)", 1), ("½", 2 * maps_of(cat)["conv3"].size)):
        after, _ = see.value_and_gradient(np.clip(start - factor * slope, 0, 1), cat, cat, beta=0)
        condition = f"content cost with the factor {name}: it falls"
        yield case(condition, says=True, finds=after < before)


@claim(
    "STYLE-C31",
    "In TensorFlow one programs style transfer with an interactive session that runs a graph.",
    correct="Since TensorFlow 2: the picture as a tf.Variable, a tf.GradientTape around the cost,"
    " and an optimizer. Sessions are left in tf.compat.v1 only.",
    why="TensorFlow 2 computes at once, so that nothing has to be built and run apart.",
    taught="11_style_transfer#put-together",
)
def sessions_or_tapes() -> Cases:
    for name, module in (("tf.compat.v1", tf.compat.v1), ("tf", tf)):
        there = hasattr(module, "InteractiveSession")
        yield case(f"{name} of TensorFlow 2 has InteractiveSession", says=True, finds=there)
    picture = tf.Variable(photograph("chelsea")[None])
    with tf.GradientTape() as tape:
        cost = tf.reduce_sum(network()(picture) ** 2)
    session = tape.gradient(cost, picture) is None
    yield case("a gradient by the pixels needs a session", says=True, finds=session)


@claim(
    "STYLE-C20",
    "Style transfer, as its inventors describe it, loads VGG-16.",
    correct="The paper takes VGG-19. VGG-16 works too.",
    why="Both have the layers that are compared. VGG-19 has one more convolution in each of its"
    " last three blocks.",
    taught="11_style_transfer#which-network-which-optimizer-which-weights",
)
def is_it_vgg_16() -> Cases:
    with zoo.without_weights():
        vgg = zoo.build_vgg("D", num_classes=None)
    compared = ["block4_conv2", *(f"block{n}_conv1" for n in range(1, 6))]
    has = {layer.name for layer in vgg.layers} >= set(compared)
    yield case("VGG-16 has the paper's conv4_2 and conv1_1 to conv5_1", says=True, finds=has)
    kinds = (layers.Conv2D, layers.MaxPooling2D)
    counts = [sum(isinstance(layer, kind) for layer in vgg.layers) for kind in kinds]
    condition = "convolutions and poolings, as the paper counts them, in VGG-16"
    yield case(condition, says=[16, 5], finds=counts)


cited(
    "STYLE-C19",
    "The paper that introduced style transfer takes its feature maps from VGG-19.",
    "right",
    source="[Gatys, Ecker and Bethge 2015](https://arxiv.org/abs/1508.06576), methods, and [Gatys,"
    " Ecker and Bethge 2016](https://doi.org/10.1109/CVPR.2016.265), section 2",
    read="quotation",
    why="It uses the 16 convolutions and 5 poolings of that network, and finds that averages give"
    " nicer pictures than maxima.",
    taught="11_style_transfer#which-network-which-optimizer-which-weights",
)
