"""Chapter 1: what a convolution computes, its shapes, padding, strides, channels."""

import itertools
import math

import keras
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, signal
from skimage import feature, filters, measure
from sklearn.linear_model import RidgeClassifier
from sklearn.neural_network import MLPClassifier

from claims import Cases, case, claim
from cnnutils import costs, data, ops, shapes, zoo

EXAMPLE = np.array(
    [
        [3, 0, 1, 2, 7, 4],
        [1, 5, 8, 9, 3, 1],
        [2, 7, 2, 5, 1, 3],
        [0, 1, 3, 1, 7, 8],
        [4, 2, 1, 6, 2, 8],
        [2, 4, 5, 2, 3, 9],
    ]
)
VERTICAL = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])


def slide(image: np.ndarray, kernel: np.ndarray, padding: shapes.Padding = "valid") -> np.ndarray:
    """Convolve one grey picture with one kernel, as deep learning does."""
    maps = ops.conv2d(
        image[np.newaxis, :, :, np.newaxis], kernel[:, :, np.newaxis, np.newaxis], padding=padding
    )
    return maps[0, :, :, 0]


def photograph() -> np.ndarray:
    """Return the cameraman, grey, as a square of 64 pixels a side."""
    return data.load_photograph("camera", size=64, grey=True).astype("float64")


def count_places(size: int, kernel_size: int, strides: int = 1, padding: int = 0) -> int:
    """Count the places of a window in a row of pixels, by putting it there."""
    return len(sliding_window_view(np.zeros(size + 2 * padding), kernel_size)[::strides])


# One window at a time


@claim(
    "CONV-C42",
    "Where the left column of a 3×3 window holds 3, 1, 2 and the right one 1, 8, 2, the kernel with"
    " the columns 1, 0, −1 gives −5.",
    why="The left column adds up to 6, the right one to 11, and the middle one is multiplied by 0:"
    " the window is dark on the left and bright on the right, so the sum is negative.",
    taught="01_convolution#one-window-at-a-time",
)
def one_window_by_hand() -> Cases:
    window = EXAMPLE[:3, :3]
    yield case("cnnutils", says=-5, finds=slide(window, VERTICAL).item())
    yield case("SciPy", says=-5, finds=signal.correlate2d(window, VERTICAL, "valid").item())
    other = window.copy()
    other[:, 1] = [9, 9, 9]
    yield case("another middle column", says=-5, finds=slide(other, VERTICAL).item())


@claim(
    "CONV-C41",
    "The 6×6 image with the rows 3 0 1 2 7 4, 1 5 8 9 3 1, 2 7 2 5 1 3, 0 1 3 1 7 8, 4 2 1 6 2 8"
    " and 2 4 5 2 3 9 gives, with the kernel of columns 1, 0, −1, a 4×4 map from −5 in its first to"
    " −16 in its last corner.",
    why="Each of the 16 numbers is the left column of a window minus its right one.",
    taught="01_convolution#one-window-at-a-time",
)
def worked_example() -> Cases:
    rows = [[-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]]
    yield case("cnnutils", says=rows, finds=slide(EXAMPLE, VERTICAL).astype(int))
    yield case("SciPy", says=rows, finds=signal.correlate2d(EXAMPLE, VERTICAL, "valid"))


# What do the nine numbers see in the photograph?


@claim(
    "CONV-C77",
    "On a 6×6 image whose left half is 10 and whose right half is 0, the kernel with the columns 1,"
    " 0, −1 gives no other values than 0 and 30.",
    why="A window on the edge has three tens on its left and nothing on its right; in a plain area"
    " the two sides cancel.",
    taught="01_convolution#what-do-the-nine-numbers-see-in-the-photograph",
)
def bright_left_half() -> Cases:
    found = slide(np.tile([10, 10, 10, 0, 0, 0], (6, 1)), VERTICAL)
    yield case("values in the map", says=[0, 30], finds=np.unique(found).astype(int))
    yield case("each of its rows", says=[[0, 30, 30, 0]], finds=np.unique(found, axis=0))


@claim(
    "CONV-C12",
    "The sign of a vertical-edge filter's answer tells whether the picture goes from bright to dark"
    " or from dark to bright, and taking the absolute value removes that difference.",
    why="Mirroring the picture exchanges what the positive and the negative column see, so the sum"
    " only changes its sign.",
    taught="01_convolution#what-do-the-nine-numbers-see-in-the-photograph",
)
def sign_of_an_edge() -> Cases:
    bright_dark = np.tile([10, 10, 10, 0, 0, 0], (6, 1))
    falling, rising = (slide(image, VERTICAL)[0] for image in (bright_dark, bright_dark[:, ::-1]))
    yield case("10 left, 0 right: a row", says=[0, 30, 30, 0], finds=falling)
    yield case("0 left, 10 right: a row", says=[0, -30, -30, 0], finds=rising)
    photo = photograph()
    before, after = slide(photo, VERTICAL), slide(photo[:, ::-1], VERTICAL)[:, ::-1]
    yield case("mirrored photograph: same signs", says=False, finds=np.allclose(before, after))
    same = np.allclose(abs(before), abs(after))
    yield case("mirrored photograph: same absolute values", says=True, finds=same)


@claim(
    "CONV-C18",
    "The kernel with the rows 1, 1, 1 and 0, 0, 0 and −1, −1, −1 finds horizontal edges, with a"
    " positive answer where bright lies above dark.",
    why="It is the vertical-edge kernel turned by a quarter: it subtracts the row below from the"
    " row above, which cancels wherever brightness changes only sideways.",
    taught="01_convolution#what-do-the-nine-numbers-see-in-the-photograph",
)
def horizontal_edge_kernel() -> Cases:
    kernel = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
    step = np.tile([10, 10, 10, 0, 0, 0], (6, 1))
    yield case("10 above 0: a column", says=[0, 30, 30, 0], finds=slide(step.T, kernel)[:, 0])
    yield case(
        "0 above 10: a column", says=[0, -30, -30, 0], finds=slide(step.T[::-1], kernel)[:, 0]
    )
    yield case("10 left, 0 right: nothing", says=True, finds=bool((slide(step, kernel) == 0).all()))
    quarters = np.vstack([step[:3], step[:3, ::-1]])
    yield case(
        "10 | 0 above 0 | 10: second row", says=[30, 10, -10, -30], finds=slide(quarters, kernel)[1]
    )


@claim(
    "CONV-C59",
    "A 3×3 kernel that holds a 1 in its centre and zeros elsewhere detects vertical edges.",
    correct="It is the identity, which copies each pixel to its own place; a vertical-edge kernel"
    " has the columns 1, 0, −1, for example.",
    why="An edge is a difference between neighbours, so a kernel that finds edges must subtract,"
    " and its numbers must add up to zero.",
    taught="01_convolution#what-do-the-nine-numbers-see-in-the-photograph",
)
def one_in_the_centre() -> Cases:
    kernel = np.zeros((3, 3))
    kernel[1, 1] = 1
    plain = np.full((5, 5), 10)
    yield case("plain area of 10: what a detector gives", says=0, finds=slide(plain, kernel).max())
    photo = photograph()
    changed = not np.array_equal(slide(photo, kernel), photo[1:-1, 1:-1])
    yield case("photograph: its map shows something else", says=True, finds=changed)


@claim(
    "CONV-C60",
    "A filter for vertical edges must be positive on its left and negative on its right, while the"
    " pixels under its centre column do not matter.",
    correct="Either side may be the positive one: the mirrored kernel finds the same edges, with"
    " the opposite sign; the centre column is indeed multiplied by zero.",
    why="Which direction of a step counts as positive is a convention, and a network learns"
    " either.",
    taught="01_convolution#what-do-the-nine-numbers-see-in-the-photograph",
)
def must_the_left_be_positive() -> Cases:
    photo = photograph()
    one, other = (abs(slide(photo, kernel)) for kernel in (VERTICAL, VERTICAL[:, ::-1]))
    lost = not np.allclose(one, other)
    yield case("mirrored kernel: edges of the photograph are lost", says=True, finds=lost)
    window = photo[20:23, 20:23].copy()
    before = slide(window, VERTICAL)
    window[:, 1] = [0.9, 0.1, 0.5]
    matters = not np.array_equal(slide(window, VERTICAL), before)
    yield case("other pixels under the centre column: matters", says=False, finds=matters)


# Which nine numbers are best?


@claim(
    "CONV-C19",
    "Sobel's kernel for vertical edges has the columns 1, 2, 1 and 0, 0, 0 and −1, −2, −1.",
    why="It smooths along the edge with 1, 2, 1 and takes the difference across it with 1, 0, −1."
    " Libraries differ in the sign and the scale alone.",
    taught="01_convolution#which-nine-numbers-are-best",
)
def sobel_kernel() -> Cases:
    photo = photograph()
    ours = abs(slide(photo, np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])))
    scipys = abs(ndimage.sobel(photo, axis=1))[1:-1, 1:-1]
    yield case("strength of edges as SciPy's", says=True, finds=np.allclose(ours, scipys))
    skimages = abs(filters.sobel_v(photo))[1:-1, 1:-1]
    yield case(
        "strength of edges as scikit-image's, times 4",
        says=True,
        finds=np.allclose(ours, 4 * skimages),
    )
    product = np.outer([1, 2, 1], [1, 0, -1])
    yield case(
        "1, 2, 1 down times 1, 0, −1 across",
        says=True,
        finds=np.allclose(ours, abs(slide(photo, product))),
    )


@claim(
    "CONV-C63",
    "The Roberts cross is a kernel for vertical edges.",
    correct="It is a pair of 2×2 kernels that take differences along the two diagonals; each"
    " answers slanted edges the most, upright and level ones alike.",
    why="Each kernel subtracts one pixel from its diagonal neighbour, so the direction in which it"
    " sees the steepest change is a diagonal.",
    taught="01_convolution#which-nine-numbers-are-best",
)
def roberts_cross() -> Cases:
    rows, columns = np.mgrid[:4, :4]
    angles = np.arange(0, 180, 15)
    slopes = [np.cos(a) * columns + np.sin(a) * rows for a in np.deg2rad(angles)]
    for kernel in (np.array([[1, 0], [0, -1]]), np.array([[0, 1], [-1, 0]])):
        name = "falling" if kernel[0, 0] else "rising"
        strength = [abs(slide(slope, kernel)).max() for slope in slopes]
        strongest = angles[np.argmax(strength)]
        yield case(
            f"{name} diagonal: upright edges are answered", says=True, finds=strength[0] > 0.1
        )
        yield case(f"{name} diagonal: degrees of the slope answered most", says=0, finds=strongest)


@claim(
    "CONV-C64",
    "Canny's edge detector smooths with a Gaussian, takes gradients, thins them by non-maximum"
    " suppression and joins edges by hysteresis.",
    why="These are the steps of his paper of 1986. Gradients alone answer to noise, mark wide bands"
    " instead of lines, and fall below any threshold where an edge fades.",
    taught="01_convolution#which-nine-numbers-are-best",
)
def stages_of_canny() -> Cases:
    thresholds = {"low_threshold": 0.4, "high_threshold": 1.0}
    columns = np.tile(np.arange(33) - 16.0, (33, 1))
    ramp = 0.5 + 0.5 * np.tanh(columns / 3)
    band = (filters.sobel(ramp)[16] > 0.5 * filters.sobel(ramp).max()).sum()
    width = feature.canny(ramp)[16].sum()
    yield case(f"thinning: pixels where the gradient marks {band}", says=1, finds=width)
    fading, faint = ((columns > 0) * np.linspace(top, 0.3, 33)[:, None] for top in (1, 0.3))
    for name, image, said in (
        ("that a strong one goes on into", fading, True),
        ("alone", faint, False),
    ):
        kept = feature.canny(image, sigma=1, **thresholds)[28].any()
        yield case(f"hysteresis: a faint edge {name} is kept", says=said, finds=kept)
    noise = np.random.default_rng(1).normal(0, 0.3, (64, 64))
    for sigma, said in ((0, True), (3, False)):
        kept = feature.canny(noise, sigma=sigma, **thresholds).any()
        yield case(f"smoothing by {sigma} pixels: noise makes edges", says=said, finds=kept)


# Does the library compute the same?


@claim(
    "CONV-C21",
    "In Keras, the layer for a two-dimensional convolution is called `Conv2d`.",
    correct="It is `keras.layers.Conv2D`, with a capital D; TensorFlow's function is"
    " `tf.nn.conv2d`.",
    why="Python tells capitals from small letters. PyTorch's layer is the one called `Conv2d`.",
    taught="01_convolution#does-the-library-compute-the-same",
)
def name_of_the_layer() -> Cases:
    names = dir(keras.layers)
    there = "conv2d" in [name.lower() for name in names]
    yield case("read aloud: a layer of that name", says=True, finds=there)
    yield case("as written: a layer of that name", says=True, finds="Conv2d" in names)


# Is it a convolution at all?


@claim(
    "CONV-C26",
    "A textbook convolution flips the kernel before sliding it; the layers of deep learning leave"
    " the flip out and compute a cross-correlation.",
    why="A layer learns its kernel, so it can as well learn the flipped one.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def layers_do_not_flip() -> Cases:
    rng = np.random.default_rng(1)
    image, kernel = rng.normal(size=(8, 7)), rng.normal(size=(3, 3))
    layer = keras.layers.Conv2D(1, 3, use_bias=False, dtype="float64")
    layer.build((1, 8, 7, 1))
    layer.set_weights([kernel[:, :, np.newaxis, np.newaxis]])
    found = np.asarray(layer(image[np.newaxis, :, :, np.newaxis]))[0, :, :, 0]
    convolved = signal.convolve2d(image, kernel, "valid")
    flipped = signal.convolve2d(image, kernel[::-1, ::-1], "valid")
    correlated = signal.correlate2d(image, kernel, "valid")
    for name, scipys, said in [
        ("convolution", convolved, False),
        ("convolution, kernel flipped", flipped, True),
        ("cross-correlation", correlated, True),
    ]:
        yield case(f"Keras' Conv2D as SciPy's {name}", says=said, finds=np.allclose(found, scipys))


@claim(
    "CONV-C08",
    "A convolution with a stride is what mathematicians call cross-correlation.",
    correct="Cross-correlation is the sliding product without the flip of the kernel, whatever the"
    " stride.",
    why="A stride only leaves out results. It can turn neither of the two operations into the"
    " other.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def stride_and_cross_correlation() -> Cases:
    rng = np.random.default_rng(1)
    image, kernel = rng.normal(size=(9, 9)), rng.normal(size=(3, 3))
    correlated = signal.correlate2d(image, kernel, "valid")
    convolved = signal.convolve2d(image, kernel, "valid")
    same = np.allclose(convolved[::2, ::2], correlated[::2, ::2])
    yield case("convolution, stride 2: is cross-correlation", says=True, finds=same)
    layer = np.allclose(slide(image, kernel), correlated)
    yield case("a layer with stride 1: is cross-correlation", says=False, finds=layer)


@claim(
    "CONV-C56",
    "In mathematics, cross-correlation is another name for convolution.",
    correct="They are two operations, which differ by the flip of the kernel.",
    why="They agree only for kernels that look the same after half a turn; and in a convolution the"
    " two factors may be exchanged, in a cross-correlation not.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def two_names_for_one_thing() -> Cases:
    rng = np.random.default_rng(1)
    x, u, v = (rng.normal(size=(n, n)) for n in (8, 3, 3))
    same = np.allclose(signal.correlate2d(x, u), signal.convolve2d(x, u))
    yield case("random 8×8 image, 3×3 kernel: same result", says=True, finds=same)
    swapped = np.allclose(signal.correlate2d(u, v), signal.correlate2d(v, u))
    said = np.allclose(signal.convolve2d(u, v), signal.convolve2d(v, u))
    yield case("cross-correlation: factors may be exchanged", says=said, finds=swapped)


@claim(
    "CONV-C83",
    "The sum over p and q of x at (i − p, j − q) times w at (p, q) is a true convolution.",
    why="The minus signs are the flip: while p runs forward over the kernel, i − p runs backward"
    " over the picture. With plus signs it is a cross-correlation.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def minus_signs_in_the_sum() -> Cases:
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(6, 7)), rng.normal(size=(3, 2))
    sums = np.zeros((4, 6))
    for i, j, p, q in np.ndindex(4, 6, 3, 2):
        sums[i, j] += x[i + 2 - p, j + 1 - q] * w[p, q]
    for name, scipys, said in [
        ("convolution", signal.convolve2d(x, w, "valid"), True),
        ("cross-correlation", signal.correlate2d(x, w, "valid"), False),
    ]:
        yield case(
            f"6×7 image, 3×2 kernel: SciPy's {name}", says=said, finds=np.allclose(sums, scipys)
        )


@claim(
    "CONV-C57",
    "To convolve, flip the kernel both vertically and horizontally, then multiply it with each"
    " window and add up.",
    why="Two flips are a half turn, which is what the minus signs of the formula ask for.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def two_flips() -> Cases:
    rng = np.random.default_rng(1)
    for height, width in ((3, 3), (2, 4), (1, 5)):
        image, kernel = rng.normal(size=(8, 9)), rng.normal(size=(height, width))
        windows = sliding_window_view(image, kernel.shape)
        sums = (windows * kernel[::-1, ::-1]).sum(axis=(2, 3))
        same = np.allclose(sums, signal.convolve2d(image, kernel, "valid"))
        yield case(f"{height}×{width} kernel: SciPy's convolution", says=True, finds=same)


@claim(
    "CONV-C46",
    "Before it slides the kernel, the mathematical convolution mirrors it horizontally.",
    correct="It mirrors the kernel along both axes, which is half a turn.",
    why="One mirroring is enough only for a kernel that reads the same from the top and from the"
    " bottom.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def one_flip() -> Cases:
    rng = np.random.default_rng(1)
    for name, kernel in (
        ("columns 1, 0, −1", VERTICAL),
        ("nine different numbers", np.arange(9).reshape(3, 3)),
    ):
        image = rng.normal(size=(8, 8))
        convolved = signal.convolve2d(image, kernel, "valid")
        same = np.allclose(slide(image, kernel[:, ::-1]), convolved)
        yield case(f"{name}: mirrored and slid, SciPy's convolution", says=True, finds=same)


@claim(
    "CONV-C55",
    "In the convolution integral of f(τ) g(t − τ) over τ, the factor g(t − τ) is g shifted to the"
    " right by τ.",
    correct="The integral runs over τ, and along τ the factor is g mirrored and then shifted by t.",
    why="Shifted by τ is what one sees along t, with τ held fixed; but t is fixed while one"
    " integrates.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def factor_under_the_integral() -> Cases:
    axis = np.linspace(-10, 10, 2001)
    response = signal.windows.triang(5)  # at 0, 1, 2, 3, 4: its peak is at 2

    def peak(times: np.ndarray) -> float:
        return float(axis[np.interp(times, np.arange(5), response, left=0, right=0).argmax()])

    yield case("along t, τ = 3: g's peak, at 2, lies at", says=5, finds=peak(axis - 3), within=0.01)
    yield case("along τ, t = 3: g's peak, at 2, lies at", says=5, finds=peak(3 - axis), within=0.01)


@claim(
    "CONV-C58",
    "All that convolution gains by the flip is that it is associative, which convolutional networks"
    " do not need.",
    correct="The flip makes it commutative as well as associative; cross-correlation is neither."
    " Networks need neither.",
    why="With the flip it behaves as a product of numbers does. A layer is given its kernel by"
    " training, and finds the flipped one where that is better.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def what_the_flip_is_good_for() -> Cases:
    rng = np.random.default_rng(1)
    x, u, v = (rng.normal(size=(n, n)) for n in (8, 3, 3))
    for name, op, said in (
        ("with", signal.convolve2d, True),
        ("without", signal.correlate2d, False),
    ):
        grouped = np.allclose(op(op(x, u), v), op(x, op(u, v)))
        yield case(f"{name} the flip: associative", says=said, finds=grouped)
    swapped = np.allclose(signal.correlate2d(u, v), signal.correlate2d(v, u))
    yield case("without the flip: the two factors may still be exchanged", says=True, finds=swapped)
    windows = sliding_window_view(x, (3, 3)).reshape(-1, 9)
    learnt = np.linalg.lstsq(windows, signal.convolve2d(x, u, "valid").ravel())[0].reshape(3, 3)
    yield case(
        "without the flip: fitted to a convolution, learns the flipped kernel",
        says=True,
        finds=np.allclose(learnt, u[::-1, ::-1]),
    )


@claim(
    "CONV-C78",
    "Cross-correlation measures how similar two signals are; convolution tells the effect of one on"
    " the other.",
    why="Slid over a signal, a pattern multiplies itself where it occurs, and squares add up."
    " Convolved with what one stroke leaves behind, a signal gives what all its strokes leave.",
    taught="01_convolution#is-it-a-convolution-at-all",
)
def similarity_and_effect() -> Cases:
    rng = np.random.default_rng(1)
    pattern, received = rng.normal(size=20), rng.normal(size=200) / 3
    received[70:90] += pattern
    for name, op, said in (
        ("correlation", np.correlate, True),
        ("convolution", np.convolve, False),
    ):
        found = op(received, pattern, "valid").argmax() == 70
        yield case(f"pattern in noise: greatest {name} at its place", says=said, finds=found)
    echo = signal.lfilter([1], [1, -0.5], received)  # each value leaves half of itself to the next
    trace = 0.5 ** np.arange(200)
    same = np.allclose(np.convolve(received, trace)[:200], echo)
    yield case("a fading echo: convolution with one stroke's trace", says=True, finds=same)


# How large is the output?


@claim(
    "CONV-C04",
    "Without padding and with stride 1, a row of n pixels and a kernel of f give n − f + 1"
    " outputs.",
    why="The kernel's first pixel can stand on any pixel but the last f − 1.",
    taught="01_convolution#how-large-is-the-output",
)
def side_of_a_valid_map() -> Cases:
    yield case("n = 6, f = 3", says=4, finds=len(slide(np.ones((6, 6)), np.ones((3, 3)))))
    for f in (1, 2, 3, 5, 11):
        sides = [len(np.correlate(np.ones(n), np.ones(f), "valid")) for n in range(11, 40)]
        said = [n - f + 1 for n in range(11, 40)]
        yield case(f"f = {f}, n from 11 to 39: all", says=True, finds=sides == said)


@claim(
    "CONV-C89",
    "Without padding, a kernel of k₁ × k₂ takes M × N pixels to (M − k₁ + 1) × (N − k₂ + 1).",
    why="Rows and columns follow the same rule, each with its own size.",
    taught="01_convolution#stride",
)
def rows_and_columns_apart() -> Cases:
    for (m, n), (k1, k2) in [((64, 48), (5, 3)), ((10, 30), (1, 7)), ((128, 128), (5, 5))]:
        maps = ops.conv2d(np.ones((1, m, n, 1)), np.ones((k1, k2, 1, 1)))
        yield case(
            f"{m}×{n} pixels, {k1}×{k2} kernel",
            says=(m - k1 + 1, n - k2 + 1),
            finds=maps.shape[1:3],
        )


@claim(
    "CONV-C23",
    "Without padding, a convolution makes the picture smaller as soon as its kernel is larger than"
    " one pixel.",
    why="A window of f pixels that may not stick out has f − 1 places fewer than there are pixels.",
    taught="01_convolution#how-large-is-the-output",
)
def when_a_map_shrinks() -> Cases:
    for f in (1, 2, 3, 5):
        side = len(slide(np.ones((10, 10)), np.ones((f, f))))
        yield case(f"10×10 image, {f}×{f} kernel: smaller", says=f > 1, finds=side < 10)


@claim(
    "CONV-C102",
    "Layers of 5×5 kernels without padding take 128 pixels only slowly down, to 124, 120, 116 and"
    " so on, so it takes dozens of them to come near a single pixel.",
    why="Each layer takes off four pixels. After 31 layers four are left, in which no window of"
    " five fits: a single pixel is never reached. Stride or pooling is quicker.",
    taught="01_convolution#how-large-is-the-output",
)
def chain_of_valid_layers() -> Cases:
    image, kernel = np.ones((128, 128)), np.full((5, 5), 1 / 25)
    sides = [128]
    while len(image) >= 5:
        image = slide(image, kernel)
        sides.append(len(image))
    yield case("the first sides", says=[128, 124, 120, 116], finds=sides[:4])
    yield case("two dozen layers: near a single pixel", says=False, finds=sides[24] < 10)
    yield case(f"{len(sides) - 1} layers: near a single pixel", says=True, finds=sides[-1] < 10)


@claim(
    "CONV-C24",
    "Pixels at the border take part in fewer windows than inner ones.",
    why="Without padding, a corner of a 6×6 image lies in one 3×3 window and an inner pixel in 9.",
    taught="01_convolution#how-large-is-the-output",
)
def windows_that_see_a_pixel() -> Cases:
    for n, f in ((6, 3), (9, 5)):
        where = np.arange(n * n).reshape(n, n)
        seen = np.bincount(sliding_window_view(where, (f, f)).ravel()).reshape(n, n)
        for name, border in (("corner", seen[0, 0]), ("side", seen[0, n // 2])):
            inner = seen[n // 2, n // 2]
            yield case(
                f"{n}×{n}, {f}×{f} kernel: {name} {border}, middle {inner}, fewer",
                says=True,
                finds=border < inner,
            )


@claim(
    "CONV-C88",
    "If a 3×3 kernel's origin is its top left corner, an output without padding lacks two rows at"
    " the bottom and two columns at the right.",
    correct="So it is for cross-correlation, which adds p and q to the place; in a true"
    " convolution, which takes them off, the missing ones are at the top and the left.",
    why="Seen from its origin, the kernel reaches down and right with plus signs, up and left with"
    " minus signs.",
    taught="01_convolution#padding",
)
def rows_that_are_missing() -> Cases:
    framed = np.pad(EXAMPLE.astype(float), 2, constant_values=np.nan)
    for name, sign in (("cross-correlation, plus", 1), ("convolution, minus", -1)):
        shifts = [(2 + sign * p, 2 + sign * q) for p, q in np.ndindex(3, 3)]
        sums = np.sum([framed[p : p + 6, q : q + 6] for p, q in shifts], axis=0)
        rows, columns = (np.flatnonzero(np.isnan(sums).all(axis=axis)) for axis in (1, 0))
        yield case(f"{name}: rows that lack pixels, of 0 to 5", says=[4, 5], finds=rows)
        yield case(f"{name}: columns that lack pixels", says=[4, 5], finds=columns)


# Padding


@claim(
    "CONV-C22",
    "A 6×6 image, a 3×3 kernel and one pixel of padding on each side give a 6×6 map.",
    why="The padded image has 8 pixels a side, and a window of three has six places there.",
    taught="01_convolution#padding",
)
def six_stay_six() -> Cases:
    ours = slide(np.ones((6, 6)), np.ones((3, 3)), padding=1)
    yield case("cnnutils", says=(6, 6), finds=ours.shape)
    padded = keras.layers.ZeroPadding2D(1)(np.ones((1, 6, 6, 1)))
    yield case("Keras", says=(6, 6), finds=tuple(keras.layers.Conv2D(1, 3)(padded).shape[1:3]))


@claim(
    "CONV-C06",
    "An image that was padded before the convolution keeps its size.",
    correct="Only with p = (f − 1)/2 on each side; less padding shrinks the map, more enlarges it.",
    why="The output side is n + 2p − f + 1.",
    taught="01_convolution#padding",
)
def padding_keeps_the_size() -> Cases:
    for kernel_size, padding in ((3, 1), (3, 2), (5, 1)):
        kernel = np.ones((kernel_size, kernel_size))
        side = len(slide(np.ones((6, 6)), kernel, padding=padding))
        yield case(
            f"6×6 image, {kernel_size}×{kernel_size} kernel, padding {padding}", says=6, finds=side
        )


@claim(
    "CONV-C07",
    "At stride 1, an odd kernel of f pixels keeps the size with p = (f − 1)/2 pixels of padding on"
    " each side.",
    why="Without padding, f − 1 places are missing; half of them is given back at each end. For an"
    " even f that half is no integer.",
    taught="01_convolution#padding",
)
def amount_of_same_padding() -> Cases:
    photo = photograph()
    for f in (1, 3, 5, 7):
        keeps = [p for p in range(6) if count_places(64, f, padding=p) == 64]
        yield case(f"f = {f}: padding that keeps 64 pixels", says=[(f - 1) // 2], finds=keeps)
    kernel = np.random.default_rng(1).normal(size=(5, 5))
    theirs = keras.ops.conv(photo[None, :, :, None], kernel[:, :, None, None], padding="same")
    same = np.allclose(slide(photo, kernel, padding=(5 - 1) // 2), np.asarray(theirs)[0, :, :, 0])
    yield case("f = 5: the same map as Keras' same padding", says=True, finds=same)


@claim(
    "CONV-C39",
    "The side f of a kernel is usually odd; one reason is that it then has a pixel at its centre.",
    why="With a centre, each output belongs to one input pixel, and padding is the same on both"
    " sides.",
    taught="01_convolution#padding",
)
def kernels_are_odd() -> Cases:
    with zoo.without_weights():
        networks = [zoo.build_vgg("D"), zoo.build_googlenet(), zoo.build_resnet(50)]
    layers = [one for net in networks for one in net.layers if isinstance(one, keras.layers.Conv2D)]
    odd = sum(layer.kernel_size[0] % 2 for layer in layers)
    yield case(
        f"VGG-16, GoogLeNet, ResNet-50: most of {len(layers)} kernels",
        says=True,
        finds=odd > len(layers) / 2,
    )
    for f in (3, 4, 5):
        centre = ndimage.center_of_mass(np.ones((f, f)))[0]
        yield case(f"{f}×{f}: its centre is a pixel", says=f % 2 == 1, finds=centre.is_integer())


@claim(
    "CONV-C66",
    "An even kernel needs unequal padding at the two ends to keep the size at stride 1.",
    why="In all, f − 1 pixels are needed, which is odd for an even f. Keras puts the extra one at"
    " the end.",
    taught="01_convolution#padding",
)
def even_kernels() -> Cases:
    for f in (2, 4):
        equal = any(count_places(9, f, padding=p) == 9 for p in range(6))
        yield case(f"f = {f}: some equal padding keeps 9 pixels", says=False, finds=equal)
        counts = keras.ops.conv(np.ones((1, 9, 1)), np.ones((f, 1, 1)), padding="same")
        before, after = (f - int(counts[0, end, 0]) for end in (0, -1))
        yield case(
            f"f = {f}: Keras adds {before} and {after}, unequal", says=True, finds=before != after
        )


@claim(
    "CONV-C67",
    "A kernel with an even side is centred directly on a pixel, which is why its padding is"
    " uneven.",
    correct="Odd kernels are centred on a pixel; an even one has its centre between pixels, and"
    " that is why its padding is uneven.",
    why="An odd number of pixels has one in its middle, with as many on either side; an even number"
    " has two.",
    taught="01_convolution#padding",
)
def centre_of_an_even_kernel() -> Cases:
    impulse = np.zeros((17, 17))
    impulse[8, 8] = 1
    for f in (2, 4, 6):
        spread = slide(impulse, np.ones((f, f)), padding="same")
        row = ndimage.center_of_mass(spread)[0]
        yield case(
            f"bright pixel in row 8, spread by {f}×{f} ones: centre",
            says=8,
            finds=row,
            within=0.01,
        )


@claim(
    "CONV-C65",
    "Thanks to same padding, the kernel visits every pixel equally often, those at the border as"
    " well.",
    correct="With a 3×3 kernel and same padding, a corner lies in 4 windows, a pixel at the side in"
    " 6, an inner one in 9; only full padding, p = f − 1, makes them equal.",
    why="Windows that reach over the border are added, but not as many as an inner pixel has around"
    " it.",
    taught="01_convolution#padding",
)
def visits_with_same_padding() -> Cases:
    where = np.pad(np.arange(1, 37).reshape(6, 6), 1)  # 0 is padding
    seen = np.bincount(sliding_window_view(where, (3, 3)).ravel())[1:].reshape(6, 6)
    yield case(
        "6×6, 3×3 kernel, p = 1: corner as often as the middle", says=seen[2, 2], finds=seen[0, 0]
    )
    yield case(
        "6×6, 3×3 kernel, p = 1: side as often as the middle", says=seen[2, 2], finds=seen[0, 2]
    )


@claim(
    "CONV-C25",
    "The values that padding adds are almost always zeros.",
    why="Zeros are the default of the libraries. To the kernel they look like a step to black, and"
    " mirrored pixels, which avoid that, need a padding of their own before the layer.",
    taught="01_convolution#padding",
)
def padding_with_zeros() -> Cases:
    photo, kernel = photograph(), np.random.default_rng(1).normal(size=(3, 3))
    theirs = keras.ops.conv(photo[None, :, :, None], kernel[:, :, None, None], padding="same")
    for name, padded, said in (
        ("zeros", np.pad(photo, 1), True),
        ("mirrored pixels", np.pad(photo, 1, "symmetric"), False),
    ):
        same = np.allclose(slide(padded, kernel), np.asarray(theirs)[0, :, :, 0])
        yield case(f"Keras' same padding adds {name}", says=said, finds=same)
    with zoo.without_weights():
        networks = [zoo.build_vgg("D"), zoo.build_googlenet(), zoo.build_resnet(50)]
    kinds = {
        type(one).__name__ for net in networks for one in net.layers if "Pad" in type(one).__name__
    }
    yield case("layers that pad in three networks", says=["ZeroPadding2D"], finds=sorted(kinds))


@claim(
    "CONV-C91",
    "At stride 1, same padding keeps height and width, whatever the kernel.",
    why="With a larger stride s, Keras makes of n pixels n/s, rounded up.",
    taught="01_convolution#three-things-called-same",
)
def same_keeps_height_and_width() -> Cases:
    for kernel_size in ((3, 3), (5, 1), (4, 2)):
        maps = keras.layers.Conv2D(2, kernel_size, padding="same")(np.ones((1, 64, 48, 1)))
        height, width = kernel_size
        yield case(
            f"64×48 pixels, {height}×{width} kernel", says=(64, 48), finds=tuple(maps.shape[1:3])
        )


# Stride


@claim(
    "CONV-C03",
    "With n pixels, a kernel of f, padding p on each side and stride s, there are ⌊(n + 2p − f)/s⌋"
    " + 1 outputs.",
    why="After its first place the window can move on by n + 2p − f pixels, in steps of s; a last"
    " step that is too short is dropped.",
    taught="01_convolution#stride",
)
def size_formula() -> Cases:
    for n, f, p, s in ((7, 3, 0, 2), (6, 3, 1, 2), (227, 11, 0, 4)):
        padded = np.pad(np.ones((1, n, n, 1)), ((0, 0), (p, p), (p, p), (0, 0)))
        side = keras.ops.conv(padded, np.ones((f, f, 1, 1)), strides=s).shape[1]
        yield case(f"n = {n}, f = {f}, p = {p}, s = {s}", says=(n + 2 * p - f) // s + 1, finds=side)
    sizes = list(itertools.product(range(5, 40), range(1, 6), range(3), range(1, 5)))
    said = [(n + 2 * p - f) // s + 1 for n, f, p, s in sizes]
    counted = [count_places(n, f, strides=s, padding=p) for n, f, p, s in sizes]
    yield case(f"{len(sizes)} other settings: all", says=True, finds=counted == said)


@claim(
    "CONV-C45",
    "Places at which the kernel would stick out of the picture are skipped.",
    why="This is where the size formula rounds down. The pixels at the end then take part in no"
    " window.",
    taught="01_convolution#stride",
)
def places_that_stick_out() -> Cases:
    image, kernel = np.ones((1, 8, 8, 1)), np.ones((3, 3, 1, 1))
    before = np.asarray(keras.ops.conv(image, kernel, strides=2))
    yield case("8×8 image, 3×3 kernel, stride 2: side of the map", says=3, finds=before.shape[1])
    for column, said in ((6, True), (7, False)):
        changed = image.copy()
        changed[:, :, column] = 9
        matters = not np.array_equal(keras.ops.conv(changed, kernel, strides=2), before)
        yield case(f"column {column} of 0 to 7 takes part", says=said, finds=matters)


@claim(
    "CONV-C32",
    "A layer has n + 2p − f/s + 1 outputs a side.",
    correct="⌊(n + 2p − f)/s⌋ + 1: the stride divides the whole difference, and the result is"
    " rounded down.",
    why="Without parentheses the stride divides the kernel alone. At stride 1 that goes unnoticed;"
    " at stride 2 it may even give half a pixel.",
    taught="01_convolution#stride",
)
def formula_without_parentheses() -> Cases:
    for n, f, p, s in ((7, 3, 0, 2), (6, 3, 1, 2), (128, 5, 0, 2), (224, 7, 3, 2)):
        padded = np.pad(np.ones((1, n, n, 1)), ((0, 0), (p, p), (p, p), (0, 0)))
        side = keras.ops.conv(padded, np.ones((f, f, 1, 1)), strides=s).shape[1]
        yield case(f"n = {n}, f = {f}, p = {p}, s = {s}", says=n + 2 * p - f / s + 1, finds=side)


@claim(
    "CONV-C103",
    "Without padding and with stride s, a side of M pixels and a kernel of k give ⌊(M − k)/s⌋ + 1.",
    why="It is the general formula with p = 0, and holds for rows and columns apart.",
    taught="01_convolution#stride",
)
def strided_valid_size() -> Cases:
    for (m, n), k, s in (((128, 128), 5, 2), ((29, 30), 5, 2), ((227, 100), 11, 4)):
        layer = keras.layers.Conv2D(1, k, strides=s)
        found = tuple(layer(np.ones((1, m, n, 1))).shape[1:3])
        said = ((m - k) // s + 1, (n - k) // s + 1)
        yield case(f"{m}×{n} pixels, {k}×{k} kernel, stride {s}", says=said, finds=found)


@claim(
    "CONV-C105",
    "Layers of 5×5 kernels with stride 2 and no padding take 128 pixels to 62, then to 29, then to"
    " 12.",
    correct="They take 128 pixels to 62, 29 and 13, then to 5 and to 1.",
    why="(29 − 5)/2 is 12 steps of the window, and its first place comes on top.",
    taught="01_convolution#stride",
)
def chain_of_strided_layers() -> Cases:
    network = keras.Sequential([keras.Input((128, 128, 1))])
    for _ in range(3):
        network.add(keras.layers.Conv2D(1, 5, strides=2))
    found = [layer.output.shape[1] for layer in network.layers]
    yield case("three layers in Keras: sides", says=[62, 29, 12], finds=found)


# What about colour, and many kernels?


@claim(
    "CONV-C28",
    "A 6×6×3 image and one 3×3×3 filter, without padding and with stride 1, give 4×4×1.",
    why="The filter spans all channels, so it moves along rows and columns alone and makes one"
    " map.",
    taught="01_convolution#what-about-colour-and-many-kernels",
)
def one_filter_on_a_colour_image() -> Cases:
    image = np.ones((1, 6, 6, 3))
    yield case("cnnutils", says=(4, 4, 1), finds=ops.conv2d(image, np.ones((3, 3, 3, 1))).shape[1:])
    yield case("Keras", says=(4, 4, 1), finds=tuple(keras.layers.Conv2D(1, 3)(image).shape[1:]))


@claim(
    "CONV-C09",
    "A 64×64×3 image and one 3×3×3 filter, without padding, give a 4×4 map.",
    correct="They give 62×62; a 4×4 map belongs to a 6×6×3 image.",
    why="The filter fits at n − f + 1 places along each side, and the side here is 64.",
    taught="01_convolution#what-about-colour-and-many-kernels",
)
def valid_map_of_a_64_pixel_image() -> Cases:
    maps = ops.conv2d(np.ones((1, 64, 64, 3)), np.ones((3, 3, 3, 1)))
    yield case("64×64×3, one 3×3×3 filter", says=(4, 4), finds=maps.shape[1:3])


@claim(
    "CONV-C10",
    "For one output value, a 3×3 filter needs 27 additions on an RGB image, rather than 9 on a grey"
    " one.",
    correct="It needs 27 multiplications and 26 additions, rather than 9 and 8; the bias is one"
    " addition more.",
    why="Adding up 27 products takes one addition fewer than there are products.",
    taught="01_convolution#what-about-colour-and-many-kernels",
)
def additions_for_one_value() -> Cases:
    rng = np.random.default_rng(1)
    for image, channels, said in (("RGB", 3, 27), ("grey", 1, 9)):
        window = rng.normal(size=(3, 3, channels))
        kernel = rng.normal(size=(3, 3, channels, 1))
        products = (window * kernel[..., 0]).ravel().tolist()
        for name, bias in (("without bias", []), ("with a bias", [0.5])):
            sums = list(itertools.accumulate([*products, *bias]))
            whole = ops.conv2d(window[np.newaxis], kernel, np.array(bias or [0.0])).item()
            assert np.isclose(sums[-1], whole)
            yield case(f"{image}, {name}", says=said, finds=len(sums) - 1)


@claim(
    "CONV-C11",
    "One filter makes of a volume a flat map, and k filters make k channels.",
    why="A filter is as deep as its input, so the channels are added up; the maps of different"
    " filters are stacked and do not mix.",
    taught="01_convolution#what-about-colour-and-many-kernels",
)
def a_channel_for_each_filter() -> Cases:
    rng = np.random.default_rng(1)
    image, kernel = rng.normal(size=(1, 6, 6, 3)), rng.normal(size=(3, 3, 3, 10))
    maps = ops.conv2d(image, kernel)
    yield case(
        "6×6×3, one filter", says=(4, 4, 1), finds=ops.conv2d(image, kernel[..., :1]).shape[1:]
    )
    yield case("6×6×3, ten filters", says=(4, 4, 10), finds=maps.shape[1:])
    alone = [ops.conv2d(image, kernel[..., k : k + 1])[..., 0] for k in range(10)]
    same = np.allclose(maps, np.stack(alone, axis=-1))
    yield case("ten filters: each channel as by its filter alone", says=True, finds=same)


@claim(
    "CONV-C71",
    "Without padding and with stride 1, k filters of f×f×c take an n×n×c image to (n − f + 1)×(n −"
    " f + 1)×k.",
    why="The image's channels are gone, added up in each filter; the new channels are the filters.",
    taught="01_convolution#what-about-colour-and-many-kernels",
)
def shape_after_many_filters() -> Cases:
    for n, c, f, k in ((6, 3, 3, 2), (32, 3, 5, 6), (28, 16, 7, 4)):
        found = keras.layers.Conv2D(k, f)(np.ones((1, n, n, c))).shape[1:]
        yield case(
            f"{n}×{n}×{c}, {k} filters of {f}×{f}×{c}",
            says=(n - f + 1, n - f + 1, k),
            finds=tuple(found),
        )


# One layer of a network


@claim(
    "CONV-C01",
    "The weights of a convolution layer form an array of kernel height × kernel width × channels in"
    " × channels out.",
    why="Each filter is as deep as its input, and the filters are stacked along the last axis.",
    taught="01_convolution#one-layer-of-a-network",
)
def shape_of_the_weights() -> Cases:
    for size, channels, count in (((3, 3), 3, 10), ((5, 2), 16, 7)):
        layer = keras.layers.Conv2D(count, size)
        layer.build((None, 12, 12, channels))
        yield case(
            f"{count} filters of {size[0]}×{size[1]} on {channels} channels",
            says=(*size, channels, count),
            finds=tuple(layer.kernel.shape),
        )


@claim(
    "CONV-C02",
    "A convolution layer has one bias for each filter, which may be stored as an array of 1 × 1 × 1"
    " × filters.",
    why="The same number is added at every place of a map, for every image; axes of length 1 are"
    " stretched to fit.",
    taught="01_convolution#one-layer-of-a-network",
)
def one_bias_a_filter() -> Cases:
    images = np.random.default_rng(1).normal(size=(2, 6, 6, 3))
    layer = keras.layers.Conv2D(10, 3, dtype="float64", bias_initializer="random_normal")
    maps = np.asarray(layer(images))
    weights, bias = layer.get_weights()
    yield case("ten filters: biases", says=10, finds=bias.size)
    same = np.allclose(ops.conv2d(images, weights) + bias.reshape(1, 1, 1, 10), maps)
    yield case("added as 1×1×1×10: what Keras computes", says=True, finds=same)


@claim(
    "CONV-C73",
    "In a layer, the products of all channels are added up to one map for each filter, then comes"
    " the bias, then the ReLU.",
    why="Were the ReLU applied to each channel first, one channel's negative answer could not"
    " cancel another's positive one.",
    taught="01_convolution#one-layer-of-a-network",
)
def order_of_the_steps() -> Cases:
    rng = np.random.default_rng(1)
    image, bias = rng.normal(size=(1, 6, 6, 3)), np.array([0.5])
    layer = keras.layers.Conv2D(1, 3, activation="relu", dtype="float64")
    layer.build(image.shape)
    layer.set_weights([rng.normal(size=(3, 3, 3, 1)), bias])
    maps = ops.depthwise_conv2d(image, layer.get_weights()[0])
    added = maps.sum(axis=-1, keepdims=True)
    for name, found, said in [
        ("sum of channels, bias, ReLU", ops.relu(added + bias), True),
        ("sum of channels, ReLU, bias", ops.relu(added) + bias, False),
        ("ReLU, sum of channels, bias", ops.relu(maps).sum(-1, keepdims=True) + bias, False),
    ]:
        yield case(f"{name}: Keras' layer", says=said, finds=np.allclose(found, layer(image)))


@claim(
    "CONV-C49",
    "A 3×3×3 filter with its bias has 28 parameters.",
    why="27 weights, one for each number in its window, and one bias.",
    taught="01_convolution#one-layer-of-a-network",
)
def parameters_of_one_filter() -> Cases:
    layer = keras.layers.Conv2D(1, 3)
    layer.build((None, 6, 6, 3))
    yield case("Keras", says=28, finds=layer.count_params())
    yield case("cnnutils", says=28, finds=costs.conv2d_cost((6, 6, 3), 1, 3).params)


@claim(
    "CONV-C50",
    "A layer of two 3×3×3 filters has 56 parameters.",
    why="Filters share nothing with each other, so each brings its own 28.",
    taught="01_convolution#one-layer-of-a-network",
)
def parameters_of_two_filters() -> Cases:
    layer = keras.layers.Conv2D(2, 3)
    layer.build((None, 6, 6, 3))
    yield case("Keras", says=56, finds=layer.count_params())
    yield case("cnnutils", says=56, finds=costs.conv2d_cost((6, 6, 3), 2, 3).params)


@claim(
    "CONV-C31",
    "How many parameters a convolution layer has does not depend on the height and width of its"
    " image.",
    why="The same filter is used at every place. What grows with the picture is the number of"
    " multiplications.",
    taught="01_convolution#one-layer-of-a-network",
)
def parameters_and_picture_size() -> Cases:
    counts, multiplications = [], []
    for size in (6, 60, 600):
        layer = keras.layers.Conv2D(10, 3)
        layer.build((None, size, 2 * size, 3))
        counts.append(layer.count_params())
        multiplications.append(costs.conv2d_cost((size, 2 * size, 3), 10, 3).macs)
    yield case(
        "ten 3×3 filters on 6×12 to 600×1200 pixels: same count",
        says=True,
        finds=len(set(counts)) == 1,
    )
    yield case("multiplications: same count", says=False, finds=len(set(multiplications)) == 1)


@claim(
    "CONV-C34",
    "Ten 3×3 filters, without padding and with stride 1, take a 39×39×3 image to 37×37×10.",
    why="Each side loses f − 1 pixels, and each filter gives a channel.",
    taught="01_convolution#one-layer-of-a-network",
)
def first_layer_of_the_first_network() -> Cases:
    maps = keras.layers.Conv2D(10, 3)(np.ones((1, 39, 39, 3)))
    yield case("Keras", says=(37, 37, 10), finds=tuple(maps.shape[1:]))
    found = costs.conv2d_cost((39, 39, 3), 10, 3).output_shape
    yield case("cnnutils", says=(37, 37, 10), finds=found)


@claim(
    "CONV-C35",
    "Twenty 5×5 filters with stride 2 and no padding take a 37×37×10 volume to 17×17×20.",
    why="The window moves on by 37 − 5 = 32 pixels, that is 16 steps of two, and its first place"
    " comes on top.",
    taught="01_convolution#one-layer-of-a-network",
)
def second_layer_of_the_first_network() -> Cases:
    maps = keras.layers.Conv2D(20, 5, strides=2)(np.ones((1, 37, 37, 10)))
    yield case("Keras", says=(17, 17, 20), finds=tuple(maps.shape[1:]))
    found = costs.conv2d_cost((37, 37, 10), 20, 5, strides=2).output_shape
    yield case("cnnutils", says=(17, 17, 20), finds=found)


@claim(
    "CONV-C33",
    "A batch of m images passes through Keras as an array of m × n_H × n_W × n_C: examples first,"
    " channels last.",
    why="That is Keras' default; PyTorch puts the channels before rows and columns.",
    taught="01_convolution#one-layer-of-a-network",
)
def axes_of_a_batch() -> Cases:
    yield case("setting", says="channels_last", finds=keras.config.image_data_format())
    layer = keras.layers.Conv2D(4, 3)
    maps = layer(np.zeros((5, 9, 8, 3)))
    yield case("5 images of 9×8×3, four 3×3 filters", says=(5, 7, 6, 4), finds=tuple(maps.shape))
    yield case("channels that its kernel expects", says=3, finds=layer.kernel.shape[2])


@claim(
    "CONV-C52",
    "The activations of m examples form an array of n_H × n_W × n_C × m.",
    correct="In Keras and TensorFlow it is m × n_H × n_W × n_C: the examples come first.",
    why="The order of axes is a convention, but a library reads the axes by their place: with the"
    " examples last, it takes rows for examples and examples for channels.",
    taught="01_convolution#one-layer-of-a-network",
)
def examples_last() -> Cases:
    maps = keras.layers.Conv2D(4, 3)(np.zeros((5, 9, 8, 3)))
    yield case("Keras, in any order", says=[4, 5, 6, 7], finds=sorted(maps.shape))
    yield case("Keras, in its order", says=(7, 6, 4, 5), finds=tuple(maps.shape))


@claim(
    "CONV-C74",
    "In the shape m × n_H × n_W × n_C of a layer's activations, m is the number of activation"
    " layers.",
    correct="It is the number of examples in the batch.",
    why="Every layer passes on an array of its own, and each has the same m: as many maps as there"
    " were pictures.",
    taught="01_convolution#one-layer-of-a-network",
)
def what_m_counts() -> Cases:
    for num_layers, batch in ((3, 5), (2, 7)):
        maps = np.ones((batch, 12, 12, 3))
        for _ in range(num_layers):
            maps = keras.layers.Conv2D(4, 3, activation="relu")(maps)
        yield case(
            f"{num_layers} layers, {batch} pictures: m", says=num_layers, finds=maps.shape[0]
        )


# Why not connect everything?


@claim(
    "CONV-C79",
    "A dense layer from 64×64 pixels to 128 units has 524,288 weights.",
    why="There is one weight for each pair of a pixel and a unit. With the biases it has 524,416"
    " parameters.",
    taught="01_convolution#why-not-connect-everything",
)
def dense_layer_on_4096_pixels() -> Cases:
    network = keras.Sequential(
        [keras.Input((64, 64)), keras.layers.Flatten(), keras.layers.Dense(128)]
    )
    weights, biases = network.get_weights()
    yield case("64×64 to 128: weights", says=524_288, finds=weights.size)
    with_biases = costs.dense_cost(64 * 64, 128).params
    yield case("and biases, in all", says=524_416, finds=with_biases)
    yield case("both, counted by Keras", says=524_416, finds=weights.size + biases.size)


@claim(
    "CONV-C75",
    "A dense layer on a 32×32×3 image has 3,072 weights and 3,072 biases.",
    correct="3,072 is the number of its inputs: one unit has 3,072 weights and one bias, and each"
    " further unit as many again.",
    why="Weights count pairs of an input and a unit, biases count units.",
    taught="01_convolution#why-not-connect-everything",
)
def dense_layer_on_a_small_colour_image() -> Cases:
    for units in (1, 10, 3072):
        with zoo.without_weights():
            network = keras.Sequential(
                [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(units)]
            )
        kernel, bias = network.weights
        sizes = [math.prod(kernel.shape), math.prod(bias.shape)]
        yield case(f"layer of {units:,}: weights, biases", says=[3072, 3072], finds=sizes)


@claim(
    "CONV-C81",
    "On images, a dense layer has two faults: it takes too many weights, and it ignores that"
    " neighbouring pixels belong together.",
    correct="There is a third: what it learns in one place of the picture it does not know in"
    " another.",
    why="Each place has weights of its own, and nothing ties those of one place to those of the"
    " next.",
    taught="01_convolution#why-not-connect-everything",
)
def faults_of_dense_layers() -> Cases:
    dense, filters = (
        costs.dense_cost(32 * 32 * 3, 28 * 28 * 6),
        costs.conv2d_cost((32, 32, 3), 6, 5),
    )
    many = dense.params > 10_000 * filters.params
    yield case("weights: over 10,000 times those of a convolution", says=True, finds=many)
    digits = data.load_digits()
    train, test = (images.reshape(-1, 64) for images in (digits.train_images, digits.test_images))
    order = np.random.default_rng(1).permutation(64)
    layer = RidgeClassifier().fit(train, digits.train_labels)
    shuffled = RidgeClassifier().fit(train[:, order], digits.train_labels).predict(test[:, order])
    same = (shuffled == layer.predict(test)).mean() > 0.99
    yield case("neighbours: digits with shuffled pixels are read as well", says=True, finds=same)
    moved = np.roll(digits.test_images, 1, axis=2).reshape(-1, 64)
    still = layer.score(moved, digits.test_labels) > 0.8 * layer.score(test, digits.test_labels)
    yield case("nothing else: digits moved by a pixel are read as well", says=True, finds=still)


@claim(
    "CONV-C82",
    "In a convolution layer, channel k is a nonlinear function of the sum over j of w_kj convolved"
    " with input channel h_j, plus b_k.",
    why="It is the dense layer's formula with maps in the place of numbers and small kernels in the"
    " place of weights.",
    taught="01_convolution#why-not-connect-everything",
)
def dense_formula_with_maps() -> Cases:
    rng = np.random.default_rng(1)
    for size, f in ((6, 3), (1, 1)):
        image = rng.normal(size=(1, size, size, 3))
        layer = keras.layers.Conv2D(4, f, activation="tanh", dtype="float64")
        maps = np.asarray(layer(image))
        w, b = layer.get_weights()
        sums = [
            sum(signal.correlate2d(image[0, :, :, j], w[:, :, j, k], "valid") for j in range(3))
            + b[k]
            for k in range(4)
        ]
        same = np.allclose(np.tanh(np.stack(sums, axis=-1)), maps[0])
        yield case(f"{size}×{size}×3, four {f}×{f} filters, tanh: Keras", says=True, finds=same)
    dense = np.tanh(ops.dense(image[:, 0, 0], w[0, 0], b))
    yield case("1×1×3: a dense layer", says=True, finds=np.allclose(dense, maps[:, 0, 0]))


@claim(
    "CONV-C86",
    "On 64×64 pixels, a layer of sixteen 5×5 filters has 57,600 units and 416 parameters, a dense"
    " layer of 128 units 524,416: the larger layer has the fewer parameters.",
    why="All units of a map share one filter, and each looks at one small window.",
    taught="01_convolution#why-not-connect-everything",
)
def larger_with_fewer_parameters() -> Cases:
    image = np.ones((1, 64, 64, 1))
    for name, layer, pixels, said in (
        ("sixteen 5×5 filters", keras.layers.Conv2D(16, 5), image, [57_600, 416]),
        ("dense layer of 128", keras.layers.Dense(128), image.reshape(1, -1), [128, 524_416]),
    ):
        units = math.prod(layer(pixels).shape)
        yield case(f"{name}: units, parameters", says=said, finds=[units, layer.count_params()])


@claim(
    "CONV-C53",
    "Fewer parameters tend to reduce over-fitting.",
    why="With few numbers to choose, a model cannot fit the noise of its examples. It is no law: a"
    " model that is too small for its task, or one far larger than its data, can behave otherwise.",
    taught="01_convolution#why-not-connect-everything",
)
def over_fitting_with_fewer_parameters() -> Cases:
    for seed in (1, 2, 3):
        rng = np.random.default_rng(seed)
        images = rng.normal(size=(560, 6, 6))
        windows = sliding_window_view(images, (3, 3), axis=(1, 2)).reshape(560, 16, 9)
        targets = windows @ VERTICAL.ravel() + rng.normal(size=(560, 16))
        kernel = np.linalg.lstsq(windows[:60].reshape(-1, 9), targets[:60].ravel())[0]
        pixels = images.reshape(560, 36)
        matrix = np.linalg.lstsq(pixels[:60], targets[:60])[0]
        errors = [abs(answers - targets) for answers in (windows @ kernel, pixels @ matrix)]
        few, many = (error[60:].mean() - error[:60].mean() for error in errors)
        name = f"{kernel.size} numbers over-fit less than {matrix.size}"
        yield case(f"60 noisy maps, seed {seed}: {name}", says=True, finds=few < many)


# Does it matter where the object is?


@claim(
    "CONV-C95",
    "A dense network is by nature indifferent to where in the picture an object stands.",
    correct="It is not: after a shift of the picture, a dense network gives other answers.",
    why="Each pixel has weights of its own, so a shifted picture meets other weights.",
    taught="01_convolution#does-it-matter-where-the-object-is",
)
def dense_networks_and_shifts() -> Cases:
    digits = data.load_digits()
    shifted = np.roll(digits.test_images, 1, axis=2)
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Flatten(), keras.layers.Dense(32, "relu"), keras.layers.Dense(10)]
    network = keras.Sequential(layers)
    same = np.allclose(network(digits.test_images), network(shifted), atol=0.01)
    yield case("random weights, digits shifted by a pixel: same answers", says=True, finds=same)
    trained = RidgeClassifier().fit(digits.train_images.reshape(-1, 64), digits.train_labels)
    right, still = (
        trained.score(x.reshape(-1, 64), digits.test_labels) for x in (digits.test_images, shifted)
    )
    yield case(
        "trained, digits shifted by a pixel: read as well", says=True, finds=still > 0.8 * right
    )


@claim(
    "CONV-C96",
    "A dense network can be taught to recognise shifted things, by shifting its training pictures"
    " at random.",
    why="It then learns every place on its own, from examples of that place. That works, and costs"
    " examples and weights.",
    taught="01_convolution#does-it-matter-where-the-object-is",
)
def dense_networks_can_be_taught() -> Cases:
    digits, rng = data.load_digits(), np.random.default_rng(1)

    def frame(images: np.ndarray, reach: int) -> np.ndarray:
        """Frame each digit, and shift it by up to so many pixels."""
        framed = np.pad(images[..., 0], ((0, 0), (1, 1), (1, 1)))
        shifted = [np.roll(one, rng.integers(-reach, reach + 1, 2), (0, 1)) for one in framed]
        return np.reshape(shifted, (-1, 100))

    for name, reach, said in (("never shifted", 0, False), ("shifted at random", 1, True)):
        network = MLPClassifier(50, batch_size=100, learning_rate_init=0.01, random_state=1)
        for _ in range(15):
            images = frame(digits.train_images, reach)
            network.partial_fit(images, digits.train_labels, classes=range(10))
        most = network.score(frame(digits.test_images, 1), digits.test_labels) > 0.65
        yield case(f"trained on digits {name}: reads most shifted ones", says=said, finds=most)


@claim(
    "CONV-C99",
    "Convolution is not translation invariant.",
    why="Invariant means that the output stays as it is. The output of a convolution moves with the"
    " picture, which is called equivariant.",
    taught="01_convolution#does-it-matter-where-the-object-is",
)
def convolution_is_not_invariant() -> Cases:
    photo = photograph()
    before, after = slide(photo, VERTICAL), slide(np.roll(photo, (3, 5), (0, 1)), VERTICAL)
    yield case("photograph moved: same map", says=False, finds=np.allclose(after, before))
    moved = np.allclose(after[3:, 5:], before[:-3, :-5])
    yield case("photograph moved: the map moved along", says=True, finds=moved)


@claim(
    "CONV-C76",
    "Since its parameters are shared, a convolution recognises a pattern wherever it stands: it is"
    " translation invariant.",
    correct="It answers the pattern alike wherever it stands, but the answer stands there too: the"
    " map moves along, which is equivariance.",
    why="For invariance, the place must be thrown away afterwards, for instance by taking the"
    " greatest value of the map.",
    taught="01_convolution#does-it-matter-where-the-object-is",
)
def shared_weights_and_invariance() -> Cases:
    pattern = photograph()[20:27, 20:27]
    maps = []
    for row, column in ((3, 4), (15, 9), (20, 22)):
        image = np.zeros((32, 32))
        image[row : row + 7, column : column + 7] = pattern
        maps.append(slide(image, pattern))
    greatest = [found.max() for found in maps]
    yield case(
        "a pattern at three places: same greatest answer", says=True, finds=np.ptp(greatest) < 1e-9
    )
    same = np.allclose(maps[0], maps[1]) and np.allclose(maps[0], maps[2])
    yield case("a pattern at three places: same map", says=True, finds=same)


@claim(
    "CONV-C100",
    "To segment and to localise, one wants equivariance; to recognise, invariance.",
    why="Where something is changes with the shift, and so must the answer; what it is does not.",
    taught="01_convolution#does-it-matter-where-the-object-is",
)
def tasks_and_their_symmetry() -> Cases:
    coin = data.load_photograph("coins", size=(76, 96), grey=True)[8:24, 6:22].astype("float64")
    maps = []
    for row, column in ((12, 12), (19, 24)):
        image = np.zeros((64, 64))
        image[row : row + 16, column : column + 16] = coin
        maps.append(slide(image, coin))
    first, second = (np.array(np.unravel_index(found.argmax(), found.shape)) for found in maps)
    yield case(
        "localise a coin, moved by 7 and 12: the map's peak moves by",
        says=[7, 12],
        finds=second - first,
    )
    masks = [found > 0.5 * found.max() for found in maps]
    moved = np.array_equal(np.roll(masks[0], (7, 12), (0, 1)), masks[1])
    yield case("segment it, by half of that peak: the outline moves along", says=True, finds=moved)
    same = bool(np.isclose(maps[0].max(), maps[1].max()))
    yield case("recognise it, by the map's greatest value: same answer", says=True, finds=same)


@claim(
    "CONV-C101",
    "Recognition and detection need the same output for a picture and for its shifted copy.",
    correct="That holds for the question whether something is there; a detector that draws a box"
    " must move the box along.",
    why="The word detection is used for both questions: is there one, and where is it.",
    taught="01_convolution#does-it-matter-where-the-object-is",
)
def detection_in_two_senses() -> Cases:
    image = np.zeros((32, 32), dtype=int)
    image[5:12, 8:20] = 1
    (before,), (after,) = (
        measure.regionprops(one) for one in (image, np.roll(image, (9, 4), (0, 1)))
    )
    same = before.area == after.area and before.eccentricity == after.eccentricity
    yield case("is the rectangle there: same size and form", says=True, finds=same)
    yield case(
        "where is it: same box, by scikit-image", says=list(before.bbox), finds=list(after.bbox)
    )
