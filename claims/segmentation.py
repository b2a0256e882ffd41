"""Chapter 9: maps that grow again, by enlarging and by transposed convolution."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from skimage import transform

from claims import Cases, case, cited, claim
from cnnutils import data, ops, shapes


@claim(
    "SEG-C07",
    "Nearest-neighbour enlarging turns a 2×2 map into a 4×4 one in which each value fills a"
    " block of 2×2.",
    why="Nothing is computed anew: each new pixel copies the old one that is nearest to it.",
    taught="09_segmentation#how-to-enlarge-a-map",
)
def nearest_neighbour_makes_blocks() -> Cases:
    small = np.array([[1.0, 2.0], [3.0, 4.0]])
    blocks = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    by_keras = layers.UpSampling2D(2, interpolation="nearest")(small[None, :, :, None])
    yield case("[[1, 2], [3, 4]], by Keras", says=blocks, finds=np.asarray(by_keras)[0, :, :, 0])
    by_scikit_image = transform.resize(small, (4, 4), order=0)
    yield case("[[1, 2], [3, 4]], by scikit-image", says=blocks, finds=by_scikit_image)


@claim(
    "SEG-C09",
    "A 2×2 map and a 2×2 kernel with stride 1 give a 3×3 map in a transposed convolution.",
    why="Each pixel puts down a copy of the kernel; two copies a side, one pixel apart, reach over"
    " three pixels.",
    taught="09_segmentation#every-pixel-leaves-a-stamp",
)
def transposed_convolution_of_2_by_2() -> Cases:
    maps, kernel = np.ones((1, 2, 2, 1)), np.ones((2, 2, 1, 1))
    yield case("cnnutils", says=(3, 3), finds=ops.conv2d_transpose(maps, kernel).shape[1:3])
    yield case("Keras", says=(3, 3), finds=tuple(layers.Conv2DTranspose(1, 2)(maps).shape[1:3]))


@claim(
    "SEG-C10",
    "When a 2×2 map passes a transposed convolution with a 2×2 kernel and stride 1, one weight of"
    " the kernel reaches each corner of the output, and all four reach its centre.",
    why="In a corner lies one copy of the kernel; in the centre all four copies overlap, each with"
    " another of its weights.",
    taught="09_segmentation#every-pixel-leaves-a-stamp",
)
def weights_that_reach_an_output() -> Cases:
    one_at_a_time = np.eye(4).reshape(4, 2, 2, 1, 1)
    maps = np.ones((1, 2, 2, 1))
    outputs = [ops.conv2d_transpose(maps, one)[0, :, :, 0] for one in one_at_a_time]
    reached = np.count_nonzero(outputs, axis=0)
    yield case("four corners", says=[1, 1, 1, 1], finds=reached[::2, ::2].ravel())
    yield case("centre", says=4, finds=reached[1, 1])


@claim(
    "SEG-C04",
    "In a transposed convolution the kernel scans the output image and produces the input image.",
    correct="It takes a map as its input and produces a larger output; what is transposed is the"
    " matrix that does the convolution.",
    why="If it gathered windows as a convolution does, its result would be the smaller map. In the"
    " backward pass of a convolution data do run from outputs to inputs; in this layer they run"
    " forwards, as in any other.",
    taught="09_segmentation#why-is-it-called-transposed",
)
def does_it_scan_its_output() -> Cases:
    for n, f, s in ((4, 2, 1), (5, 3, 2), (8, 4, 2)):
        result = layers.Conv2DTranspose(1, f, strides=s)(np.ones((1, n, n, 1)))
        yield case(
            f"{n}×{n} given, {f}×{f} kernel, stride {s}: side of the result",
            says=shapes.conv_output_size(n, f, strides=s),
            finds=result.shape[1],
        )


@claim(
    "SEG-C13",
    "A convolution with SAME padding in TensorFlow gives maps of ⌈input side / stride⌉, whatever"
    " the kernel.",
    why="TensorFlow pads as much as is needed for a window at each multiple of the stride.",
    taught="09_segmentation#how-large-is-the-output",
)
def same_padding_rounds_up() -> Cases:
    for strides in (1, 2, 3):
        sides = [
            tf.nn.conv2d(np.ones((1, n, n, 1)), np.ones((f, f, 1, 1)), strides, "SAME").shape[1]
            for n in range(5, 20)
            for f in (1, 2, 3, 5)
        ]
        says = [int(np.ceil(n / strides)) for n in range(5, 20) for f in (1, 2, 3, 5)]
        yield case(
            f"stride {strides}, sides 5 to 19, four kernels: as stated",
            says=True,
            finds=sides == says,
        )


@claim(
    "SEG-C15",
    "Max pooling (conv2d_maxpool) enlarges its map to input × stride with SAME padding, and to"
    " input × stride + filter − 1 with VALID.",
    correct="Pooling with a stride makes maps smaller. To enlarge is the work of a transposed"
    " convolution (conv2d_transpose).",
    why="Pooling keeps one value of each window, so it can have no more values than windows.",
    taught="09_segmentation#how-large-is-the-output",
)
def does_max_pooling_enlarge() -> Cases:
    maps = np.ones((1, 5, 5, 1))
    for padding, says in (("SAME", 5 * 2), ("VALID", 5 * 2 + 2 - 1)):
        pooled = tf.nn.max_pool2d(maps, 2, 2, padding)
        yield case(f"5×5, 2×2 window, stride 2, {padding}", says=says, finds=pooled.shape[1])
    larger = [
        tf.nn.max_pool2d(np.ones((1, n, n, 1)), f, s, padding).shape[1] > n
        for n in range(4, 13)
        for f in (1, 2, 3)
        for s in (1, 2, 3)
        for padding in ("SAME", "VALID")
    ]
    yield case("sides 4 to 12, windows, strides 1 to 3: any larger", says=True, finds=any(larger))


@claim(
    "SEG-C17",
    "A transposed convolution with VALID padding gives input × stride + filter − 1 pixels a side.",
    correct="(input − 1) × stride + filter, for filters that are at least as large as the stride.",
    why="The last copy of the kernel begins at (input − 1) × stride. Only with stride 1 do both"
    " formulas agree; what is stated is the largest input that a strided convolution shrinks to"
    " that side.",
    taught="09_segmentation#how-large-is-the-output",
)
def size_of_a_valid_transposed_convolution() -> Cases:
    for n, f, s in ((2, 3, 2), (5, 3, 2), (4, 5, 3)):
        result = layers.Conv2DTranspose(1, f, strides=s)(np.ones((1, n, n, 1)))
        yield case(
            f"{n}×{n}, {f}×{f} kernel, stride {s}", says=n * s + f - 1, finds=result.shape[1]
        )
    grid = [(n, f, s) for n in range(2, 9) for f in (3, 5) for s in (1, 2, 3)]
    as_stated = [
        shapes.conv_transpose_output_size(n, f, strides=s) == n * s + f - 1 for n, f, s in grid
    ]
    yield case("in general (sides 2 to 8, strides 1 to 3)", says=True, finds=all(as_stated))


@claim(
    "SEG-C06",
    "A transposed convolution has no learnable parameters.",
    correct="It learns a kernel and biases, as many numbers as a convolution: f·f·C_in·C_out +"
    " C_out.",
    why="Enlarging by nearest neighbour or bilinearly is what has none. A transposed convolution"
    " may learn these two or whatever else its task needs.",
    taught="09_segmentation#does-it-learn",
)
def does_a_transposed_convolution_learn() -> Cases:
    layer = layers.Conv2DTranspose(8, 3)
    layer.build((None, 4, 4, 16))
    yield case("8 filters 3×3 on 16 channels: parameters", says=0, finds=layer.count_params())
    before = layer.get_weights()
    model = keras.Sequential([keras.Input((4, 4, 16)), layer])
    model.compile("sgd", "mse")
    rng = np.random.default_rng(1)
    model.train_on_batch(rng.normal(size=(2, 4, 4, 16)), rng.normal(size=(2, 6, 6, 8)))
    changed = [np.any(old != new) for old, new in zip(before, layer.get_weights(), strict=True)]
    yield case("arrays of it that a training step changes", says=0, finds=sum(changed))


@claim(
    "SEG-C12",
    "Transposed convolutions serve to enlarge maps, to remove noise and for super-resolution.",
    why="One alone shows it: a kernel fitted to the first photograph mends the second. Networks"
    " for these tasks stack many, with ReLUs between them.",
    taught="09_segmentation#does-it-learn",
)
def enlarge_and_remove_noise() -> Cases:
    names = ("camera", "coins")
    photos = np.stack([data.load_photograph(n, size=(64, 64), grey=True) for n in names])[..., None]
    noise = np.random.default_rng(1).normal(0, 0.1, photos.shape)
    stamps = np.eye(16).reshape(16, 4, 4, 1, 1)
    for given, strides in ((ops.avg_pool2d(photos, 2), 2), (photos + noise, 1)):
        made = [ops.conv2d_transpose(given, one, strides=strides, padding="same") for one in stamps]
        camera, coins = np.stack(made, axis=-1).reshape(2, -1, 16)
        kernel = np.linalg.lstsq(camera, photos[0].ravel(), rcond=None)[0]
        fitted = np.mean((coins @ kernel - photos[1].ravel()) ** 2)
        blocks = np.mean((given[1].repeat(strides, 0).repeat(strides, 1) - photos[1]) ** 2)
        task = {2: "32×32 made 64×64: nearer to the large photograph than nearest neighbour"}
        what = task.get(strides, "noise added: nearer to the clean photograph than before")
        yield case(f"coins, {what}", says=True, finds=fitted < 0.9 * blocks)


cited(
    "SEG-C18",
    "The super-resolution network SRGAN, whose pictures are often shown beside bicubic enlarging,"
    " is by Ledig and others and from 2017.",
    "right",
    source="[Ledig and others 2017](https://doi.org/10.1109/CVPR.2017.19), figure 2, and"
    " [Ledig and others 2016](https://arxiv.org/abs/1609.04802)",
    read="passage",
    why="It was shown at CVPR in that year, after a preprint in 2016.",
    taught="09_segmentation#does-it-learn",
)
