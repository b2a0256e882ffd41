"""Chapter 1: what a convolution computes, its shapes, padding, strides, channels."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from claims import Cases, case, cited, claim
from cnnutils import ops, shapes


@claim(
    "CONV-C09",
    "A 64×64×3 image and one 3×3×3 filter, without padding, give a 4×4 map.",
    correct="62×62. A 4×4 map belongs to a 6×6×3 image.",
    why="The filter fits at n − f + 1 places along each side, and the side here is 64.",
    taught="01_convolution#what-about-colour-and-many-kernels",
)
def valid_map_of_a_64_pixel_image() -> Cases:
    maps = ops.conv2d(np.ones((1, 64, 64, 3)), np.ones((3, 3, 3, 1)))
    yield case("64×64×3, one 3×3×3 filter", says=(4, 4), finds=maps.shape[1:3])


@claim(
    "CONV-C06",
    "An image that was padded before the convolution keeps its size.",
    correct="Only with p = (f − 1)/2 on each side; less padding shrinks the map, more enlarges it.",
    why="The output side is n + 2p − f + 1.",
    taught="01_convolution#padding",
)
def padding_keeps_the_size() -> Cases:
    for padding in (1, 2):
        side = shapes.conv_output_size(6, 3, padding=padding)
        yield case(f"6×6 image, 3×3 kernel, padding {padding}", says=6, finds=side)


@claim(
    "CONV-C24",
    "Pixels at the border take part in fewer windows than inner ones.",
    why="Without padding, a corner of a 6×6 image lies in one 3×3 window and an inner pixel in 9.",
    taught="01_convolution#padding",
)
def windows_that_see_a_pixel() -> Cases:
    where = np.arange(36).reshape(6, 6)
    seen = np.bincount(sliding_window_view(where, (3, 3)).ravel()).reshape(6, 6)
    yield case(
        "corner of 6×6, 3×3 kernel: fewer than the middle", says=True, finds=seen[0, 0] < seen[2, 2]
    )
    yield case(
        "windows with the corner, with an inner pixel", says=[1, 9], finds=[seen[0, 0], seen[2, 2]]
    )


cited(
    "CONV-C64",
    "Canny's edge detector smooths with a Gaussian, takes gradients, thins them by non-maximum"
    " suppression and joins edges by hysteresis.",
    "right",
    source="[Canny 1986](https://doi.org/10.1109/TPAMI.1986.4767851)",
    why="These are the four stages of the paper.",
    taught="01_convolution#which-nine-numbers-are-best",
)
