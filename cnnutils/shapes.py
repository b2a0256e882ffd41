"""How large the output of a layer is, and which part of the input one output value sees.

One axis at a time: height and width follow the same rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cnnutils._checks import as_choice, as_int, as_list

Padding = Literal["valid", "same"] | int


def conv_output_size(
    size: int,
    kernel_size: int,
    *,
    strides: int = 1,
    padding: Padding = "valid",
    dilation_rate: int = 1,
) -> int:
    """Number of positions of a sliding window along one axis.

    With n = size, f = kernel_size, s = strides, d = dilation_rate and p pixels of padding at each
    end, the window covers d·(f − 1) + 1 pixels, and there are
    floor((n + 2p − d·(f − 1) − 1) / s) + 1 positions. A last window that would stick out is
    dropped. "valid" means p = 0. "same" means ceil(n / s), whatever the kernel.

    Args:
        size: input size n along the axis, in pixels, at least 1.
        kernel_size: kernel size f along the axis, in pixels, at least 1.
        strides: step s between two windows, in pixels, at least 1.
        padding: "valid", "same", or the number p of pixels added at each end.
        dilation_rate: distance d between two neighbouring taps of the kernel, in pixels.

    Returns:
        The output size, at least 1.

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is too small, the padding is unknown, or the window does not fit.

    Source:
        V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
        arXiv:1603.07285, relationships 6 and 15; "same" as TensorFlow defines it.

    Example:
        >>> conv_output_size(6, 3)  # six pixels hold four windows of three
        4
        >>> conv_output_size(6, 3, padding=1), conv_output_size(6, 3, strides=2, padding="same")
        (6, 3)
        >>> [conv_output_size(n, 5, strides=2) for n in (128, 62, 29, 13, 5)]
        [62, 29, 13, 5, 1]
    """
    function = "conv_output_size"
    size, window = _size_and_window(function, size, kernel_size, dilation_rate)
    strides = as_int(function, "strides", strides, minimum=1)
    if isinstance(padding, str) and padding == "same":
        return -(-size // strides)
    pixels = _explicit_padding(function, padding)
    if window > size + 2 * pixels:
        raise ValueError(
            f"{function}: a window of {window} pixels does not fit into {size} pixels with "
            f"{pixels} of padding at each end; pad more, or use a smaller kernel_size."
        )
    return (size + 2 * pixels - window) // strides + 1


def same_padding(
    size: int, kernel_size: int, *, strides: int = 1, dilation_rate: int = 1
) -> tuple[int, int]:
    """Pixels that "same" padding adds before and after one axis.

    Together they are max((ceil(n / s) − 1)·s + d·(f − 1) + 1 − n, 0). When this is odd, the extra
    pixel goes to the end, that is to the bottom and the right. This is TensorFlow's rule; two
    others are in use (PyTorch's p = (f − 1) / 2 at both ends, and "output = input" for any stride).

    Args:
        size: input size n along the axis, in pixels, at least 1.
        kernel_size: kernel size f along the axis, in pixels, at least 1.
        strides: step s between two windows, in pixels, at least 1.
        dilation_rate: distance d between two neighbouring taps of the kernel, in pixels.

    Returns:
        (before, after), both at least 0.

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is too small.

    Source:
        TensorFlow API documentation, `tf.nn.convolution`, "Notes on padding".

    Example:
        >>> same_padding(6, 3)  # one pixel at each end
        (1, 1)
        >>> same_padding(6, 3, strides=2)  # windows start at 0, 2 and 4; the last needs pixel 6
        (0, 1)
    """
    function = "same_padding"
    size, window = _size_and_window(function, size, kernel_size, dilation_rate)
    strides = as_int(function, "strides", strides, minimum=1)
    num_outputs = -(-size // strides)
    total = max((num_outputs - 1) * strides + window - size, 0)
    return total // 2, total - total // 2


def conv_transpose_output_size(
    size: int, kernel_size: int, *, strides: int = 1, padding: Literal["valid", "same"] = "valid"
) -> int:
    """Output size of a transposed convolution along one axis.

    "valid": s·(n − 1) + f when f ≥ s, and s·n when the kernel is smaller than the stride (the
    pixels that no copy of the kernel reaches are zero). "same": s·n.

    Args:
        size: input size n along the axis, in pixels, at least 1.
        kernel_size: kernel size f along the axis, in pixels, at least 1.
        strides: step s between two copies of the kernel in the output, in pixels, at least 1.
        padding: "valid" or "same".

    Returns:
        The output size, at least 1.

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is too small, or the padding is unknown.

    Source:
        Dumoulin and Visin 2016, arXiv:1603.07285, relationship 13; for f < s the size is Keras'.

    Example:
        >>> conv_transpose_output_size(2, 2)  # the 2 × 2 to 3 × 3 example
        3
        >>> conv_transpose_output_size(14, 4, strides=2, padding="same")
        28
    """
    function = "conv_transpose_output_size"
    size, kernel_size = _size_and_window(function, size, kernel_size, 1)
    strides = as_int(function, "strides", strides, minimum=1)
    if as_choice(function, "padding", padding, ("valid", "same")) == "same":
        return size * strides
    return size * strides + max(kernel_size - strides, 0)


@dataclass(frozen=True)
class Window:
    """One layer as a receptive field sees it: a window that slides along one axis.

    Args:
        kernel_size: pixels of the layer's input that one output is computed from, before dilation.
        strides: step between two windows.
        padding: pixels added before the axis.
        dilation_rate: distance between two neighbouring taps.
    """

    kernel_size: int
    strides: int = 1
    padding: int = 0
    dilation_rate: int = 1


@dataclass(frozen=True)
class ReceptiveField:
    """Where one value of a deep layer looks, along one axis of the network's input.

    Output i sees the `size` input pixels from start + i·jump on.

    Args:
        size: pixels that one output depends on, holes of a dilated kernel included.
        jump: distance in the input between two neighbouring outputs.
        start: first input pixel of output 0; negative when it lies in the padding.
    """

    size: int
    jump: int
    start: int


def receptive_field(layers: Iterable[Window]) -> ReceptiveField:
    """Receptive field of one output of a stack of layers, along one axis.

    From the input to the output: size grows by d·(f − 1)·jump, start moves back by p·jump, and
    jump is multiplied by s.

    Args:
        layers: the windows in the order in which the data passes them. No layer at all is
            allowed: a value then sees itself.

    Returns:
        The receptive field.

    Raises:
        TypeError: an entry is not a `Window`, or a size is not an integer.
        ValueError: a size is too small.

    Source:
        A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural
        Networks", Distill, 2019, doi:10.23915/distill.00021, equations 1 to 5.

    Example:
        >>> receptive_field([Window(3), Window(3)])  # two 3 × 3 layers see 5 × 5 pixels
        ReceptiveField(size=5, jump=1, start=0)
        >>> receptive_field([Window(3, strides=2, padding=1), Window(3)])
        ReceptiveField(size=7, jump=2, start=-1)
    """
    function = "receptive_field"
    size, jump, start = 1, 1, 0
    for index, layer in enumerate(as_list(function, "layers", layers, of="shapes.Window")):
        if not isinstance(layer, Window):
            raise TypeError(f"{function}: layer {index} must be a shapes.Window, got {layer!r}.")
        name = f"layer {index}'s "
        kernel_size = as_int(function, name + "kernel_size", layer.kernel_size, minimum=1)
        dilation_rate = as_int(function, name + "dilation_rate", layer.dilation_rate, minimum=1)
        size += dilation_rate * (kernel_size - 1) * jump
        start -= as_int(function, name + "padding", layer.padding, minimum=0) * jump
        jump *= as_int(function, name + "strides", layer.strides, minimum=1)
    return ReceptiveField(size=size, jump=jump, start=start)


def _size_and_window(
    function: str, size: int, kernel_size: int, dilation_rate: int
) -> tuple[int, int]:
    """Check the sizes; return the input size and the pixels that the dilated kernel spans."""
    size = as_int(function, "size", size, minimum=1)
    kernel_size = as_int(function, "kernel_size", kernel_size, minimum=1)
    dilation_rate = as_int(function, "dilation_rate", dilation_rate, minimum=1)
    return size, dilation_rate * (kernel_size - 1) + 1


def _explicit_padding(function: str, padding: Padding) -> int:
    if isinstance(padding, str):
        as_choice(function, "padding", padding, ("valid", "same"))
        return 0
    return as_int(function, "padding", padding, minimum=0)
