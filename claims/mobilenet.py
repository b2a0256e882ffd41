"""Chapter 6: what operations are counted, separable convolutions, MobileNet, quantisation."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.lib.stride_tricks import sliding_window_view

from claims import Cases, case, cited, claim
from cnnutils import ops, zoo
from cnnutils.model_costs import model_costs


def tensorflow_flops(function: Callable[..., Any], *inputs: tf.TensorSpec) -> int:
    """Let TensorFlow count the floating-point operations of a function: additions too."""
    tf.get_logger().setLevel("ERROR")  # its profiler warns that it is old
    graph = tf.function(function).get_concrete_function(*inputs).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    return int(tf.compat.v1.profiler.profile(graph, options=options).total_float_ops)


def macs_of(layer: keras.layers.Layer, shape: tuple[int, int, int]) -> int:
    """Count a layer's multiply-adds for one image."""
    inputs = keras.Input(shape)
    return model_costs(keras.Model(inputs, layer(inputs))).macs


def images(height: int, width: int, channels: int) -> tf.TensorSpec:
    """Describe one image to TensorFlow."""
    return tf.TensorSpec((1, height, width, channels))


cited(
    "MOB-C02",
    "FLOP means floating-point operation, or floating-point operations per second.",
    "imprecise",
    source="[Williams, Waterman and Patterson 2009](https://doi.org/10.1145/1498765.1498785),"
    " where both occur side by side: flops per byte, and flops per second",
    read="quotation",
    correct="A FLOP is one operation, FLOPs are several; FLOPS, with a capital S, are operations"
    " per second.",
    why="The one is a property of the network, the other of the machine: a distance is no speed.",
    taught="06_mobilenet#what-is-counted",
)


@claim(
    "MOB-C04",
    "A filter of F×F×C costs F·F·C·H·W FLOPs, where H×W is the size of its output.",
    correct="That many multiply-accumulates (MACs); FLOPs are about twice as many.",
    why="Each product is also added to a sum, and an addition is an operation too.",
    taught="06_mobilenet#what-is-counted",
)
def operations_of_one_filter() -> Cases:
    def convolve(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        return tf.nn.conv2d(x, kernel, strides=1, padding="VALID")

    for side, f, channels in ((6, 3, 3), (14, 5, 8)):
        says = f * f * channels * (side - f + 1) ** 2
        name = f"{side}×{side}×{channels}, one {f}×{f} filter"
        macs = macs_of(keras.layers.Conv2D(1, f), (side, side, channels))
        yield case(f"{name}: MACs", says=says, finds=macs)
        kernel = tf.TensorSpec((f, f, channels, 1))
        flops = tensorflow_flops(convolve, images(side, side, channels), kernel)
        yield case(f"{name}: FLOPs, by TensorFlow", says=says, finds=flops)


@claim(
    "MOB-C07",
    "The height and the width of the output enter the operation count of a convolution by being"
    " added.",
    correct="They are multiplied: weights of a filter × places × filters.",
    why="A filter stands at height times width places, and at each of them all its weights are"
    " used.",
    taught="06_mobilenet#what-is-counted",
)
def how_the_output_size_enters() -> Cases:
    small, large = (macs_of(keras.layers.Conv2D(1, 3), (n, n, 3)) for n in (6, 12))
    yield case("larger output, higher count", says=True, finds=large > small)
    yield case("one 3×3×3 filter, output 4×4", says=27 + 4 + 4, finds=small)
    yield case("one 3×3×3 filter, output 10×10", says=27 + 10 + 10, finds=large)


@claim(
    "MOB-C08",
    "Height and width of the output enter the cost of a convolution because another filter is"
    " applied at each place.",
    correct="The same filter is applied at each place; it is used height times width times.",
    why="Other filters would have to be stored, and then the parameters would grow with the image.",
    taught="06_mobilenet#what-is-counted",
)
def filters_at_different_places() -> Cases:
    for side in (6, 60):
        layer = keras.layers.Conv2D(5, 3, use_bias=False)
        layer.build((None, side, side, 3))
        says = 3 * 3 * 3 * 5 * (side - 2) ** 2
        yield case(f"{side}×{side}×3, weights of 5 filters", says=says, finds=layer.count_params())
    rng = np.random.default_rng(1)
    window, kernel = rng.random((3, 3, 3)), rng.normal(size=(3, 3, 3, 5))
    maps = ops.conv2d(np.tile(window, (2, 1, 1))[np.newaxis], kernel)[0]  # the window, twice
    yield case("equal windows, other answers", says=True, finds=not np.allclose(maps[0], maps[3]))


@claim(
    "MOB-C11",
    "A layer of five 3×3×3 filters on 6×6×3 has 2160 parameters.",
    correct="It does 2160 multiplications. It has 135 weights and 5 biases, 140 parameters.",
    why="Each weight is used at 16 places and stored once.",
    taught="06_mobilenet#what-is-counted",
)
def parameters_of_the_example() -> Cases:
    layer = keras.layers.Conv2D(5, 3)
    macs = macs_of(layer, (6, 6, 3))
    weights, biases = (int(np.prod(weight.shape)) for weight in layer.weights)
    name = f"{weights} weights, {biases} biases, {macs} multiplications"
    yield case(name, says=2160, finds=layer.count_params())


@claim(
    "MOB-C17",
    "Adding two maps element by element costs one operation for each element.",
    why="One sum a value, and no product. For MobileNet v2's shortcuts that is next to nothing"
    " beside the convolutions.",
    taught="06_mobilenet#what-is-left-out",
)
def operations_of_a_sum() -> Cases:
    for height, width, channels in ((4, 4, 5), (28, 14, 64)):
        x = images(height, width, channels)
        flops = tensorflow_flops(lambda a, b: a + b, x, x)
        name = f"{height}×{width}×{channels}, counted by TensorFlow"
        yield case(name, says=height * width * channels, finds=flops)


@claim(
    "MOB-C03",
    "The FLOPs of a network include the forward and the backward pass.",
    correct="The numbers that papers quote are for one forward pass of one image; a step of"
    " training costs about three times as much.",
    why="Each product with a weight needs two more on the way back, one for the gradient of the"
    " weight and one for that of the input.",
    taught="06_mobilenet#what-is-left-out",
)
def passes_that_are_counted() -> Cases:
    with zoo.without_weights():
        macs = model_costs(zoo.build_mobilenet_v1()).macs
    quoted = 569e6  # multiply-adds, table 4 of the paper
    name = f"MobileNet v1, one pass {macs:,}: the paper's number"
    yield case(name, says=3.0 * macs, finds=quoted, within=1e6)

    def step(x: tf.Tensor, kernel: tf.Tensor) -> Any:
        y = tf.nn.conv2d(x, kernel, strides=1, padding="VALID")
        return tf.gradients(y, [x, kernel])

    graph = tf.function(step).get_concrete_function(images(6, 6, 3), tf.TensorSpec((3, 3, 3, 5)))
    found = [op.type for op in graph.graph.get_operations() if op.type.startswith("Conv2D")]
    yield case("convolutions in a training step", says=3, finds=len(found))


@claim(
    "MOB-C13",
    "Each filter of a depthwise convolution costs F·F·C·H·W multiplications, like a standard one.",
    correct="F·F·H·W, since it sees one channel; F·F·C·H·W is the cost of all C of them.",
    why="If each cost that much, taking the convolution apart would save nothing.",
    taught="06_mobilenet#can-the-two-jobs-of-a-convolution-be-done-one-after-the-other",
)
def cost_of_a_depthwise_filter() -> Cases:
    for side, f, channels in ((6, 3, 3), (14, 5, 8)):
        says = f * f * channels * (side - f + 1) ** 2
        macs = macs_of(keras.layers.DepthwiseConv2D(f), (side, side, channels))
        name = f"{side}×{side}×{channels}, {f}×{f}; {macs:,} for all {channels}"
        yield case(name, says=says, finds=macs // channels)


@claim(
    "MOB-C14",
    "Each filter of a pointwise step from C to K channels costs 1·1·C·H·W·K multiplications.",
    correct="C·H·W for each filter; with the factor K it is the cost of all K filters.",
    why="The number of filters was counted twice: once in the formula and once in the word “each”.",
    taught="06_mobilenet#can-the-two-jobs-of-a-convolution-be-done-one-after-the-other",
)
def cost_of_a_pointwise_filter() -> Cases:
    for side, channels, filters in ((4, 3, 5), (14, 8, 16)):
        says = channels * side * side * filters
        for count in (filters, 1):
            macs = macs_of(keras.layers.Conv2D(count, 1), (side, side, channels))
            yield case(f"{side}×{side}×{channels}, {count} of 1×1", says=says, finds=macs)


@claim(
    "MOB-C15",
    "A depthwise separable convolution costs the sum of its depthwise and its pointwise step.",
    why="For five 3×3 filters on 6×6×3 that is 432 + 240 = 672 products instead of 2160, a share of"
    " 1/K + 1/F², or 0.311.",
    taught="06_mobilenet#can-the-two-jobs-of-a-convolution-be-done-one-after-the-other",
)
def cost_of_a_separable_convolution() -> Cases:
    for side, f, channels, filters in ((6, 3, 3, 5), (14, 5, 8, 16)):
        shape, places = (side, side, channels), (side - f + 1) ** 2
        depthwise, pointwise = f * f * channels * places, channels * places * filters
        found = macs_of(keras.layers.SeparableConv2D(filters, f), shape)
        name = f"{side}×{side}×{channels}, {filters} filters of {f}×{f}"
        yield case(
            f"{name}: {depthwise:,} + {pointwise:,}", says=depthwise + pointwise, finds=found
        )
        full = macs_of(keras.layers.Conv2D(filters, f), shape)
        share = found / full
        yield case(
            f"{name}: share of {full:,}", says=1 / filters + 1 / f**2, finds=share, within=1e-9
        )


@claim(
    "MOB-C16",
    "MobileNet is a light network for mobile devices, with reasonable accuracy.",
    why="By the paper it names 70.6% of ImageNet's validation pictures, 1.1 points less than with"
    " full convolutions. VGG-16 has more than thirty times the parameters.",
    taught="06_mobilenet#a-network-made-of-it",
)
def parameters_and_accuracy_of_mobilenet() -> Cases:
    with zoo.without_weights():
        ours, theirs = zoo.build_mobilenet_v1(), keras.applications.MobileNet(weights=None)
        small, large = model_costs(ours), model_costs(zoo.build_vgg("D"))
    yield case(
        "parameters, here and in Keras", says=ours.count_params(), finds=theirs.count_params()
    )
    for what in ("params", "macs"):
        share = getattr(small, what) / getattr(large, what)
        yield case(f"{what} under a twentieth of VGG-16's", says=True, finds=share < 0.05)
    top_1 = {"full convolutions": 71.7, "separable": 70.6}  # table 4 of the paper
    lost = top_1["full convolutions"] - top_1["separable"]
    yield case("fewer than 2 points of accuracy lost by separating", says=True, finds=lost < 2)


@claim(
    "MOB-C06",
    "Quantisation lowers a network's FLOP count.",
    correct="The number of operations stays; each is cheaper, needs fewer bits, and is in integers"
    " no floating-point operation any more.",
    why="A weight of 8 bits is still multiplied at each place. Only fewer weights or fewer places"
    " would lower the count.",
    taught="06_mobilenet#what-do-fewer-bits-change",
)
def operations_after_quantisation() -> Cases:
    rng, products = np.random.default_rng(1), []

    class Counted(float):
        def __mul__(self, other: float) -> float:
            products.append((self, other))
            return float(self) * float(other)

    windows = sliding_window_view(rng.random((6, 6, 3)), (3, 3), axis=(0, 1))
    pixels = np.vectorize(Counted, otypes=[object])(windows)
    weights = rng.normal(size=(3, 3, 3, 5))
    codes = np.round(weights / np.abs(weights).max() * 127)  # 8 bits
    counts = []
    for kernel in (weights, codes):
        products.clear()
        np.tensordot(pixels, kernel.astype(object), axes=3)
        counts.append(len(products))
    with_floats, with_codes = counts
    name = f"6×6×3, five 3×3 filters, {with_floats:,} products: fewer with 8 bits"
    yield case(name, says=True, finds=with_codes < with_floats)
