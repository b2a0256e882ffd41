"""What a layer costs, from sizes alone: parameters to store, multiply-adds to do, values to keep.

Counted per image. One MAC is one multiplication and the addition that follows it; a FLOP count is
twice that. Additions of a bias, activations, comparisons in pooling and normalisation are left out,
as in most papers. A window counts in full also where it lies on padding.
"""

import math
from dataclasses import dataclass
from typing import Literal

from cnnutils import shapes
from cnnutils._checks import as_bool, as_int, as_pair, in_the_name_of

Shape3D = tuple[int, int, int]  # (H, W, C)
Pair = int | tuple[int, int]


@dataclass(frozen=True)
class LayerCost:
    """The cost of one layer for one image.

    Args:
        params: numbers that are learnt and stored.
        macs: multiply-adds.
        output_shape: (H, W, C) or (C,).
    """

    params: int
    macs: int
    output_shape: tuple[int, ...]

    @property
    def flops(self) -> int:
        """Floating-point operations: a multiplication and an addition for each MAC."""
        return 2 * self.macs

    @property
    def activations(self) -> int:
        """Values that the layer puts out."""
        return math.prod(self.output_shape)


def conv2d_cost(
    input_shape: Shape3D,
    filters: int,
    kernel_size: Pair,
    *,
    strides: Pair = 1,
    padding: shapes.Padding = "valid",
    dilation_rate: Pair = 1,
    groups: int = 1,
    use_bias: bool = True,
) -> LayerCost:
    """Cost of a convolution: KH·KW·(C_in/groups) weights a filter, each used at every position.

    params = (KH·KW·C_in/groups + 1)·C_out, macs = KH·KW·C_in/groups·C_out·H_out·W_out.

    Args:
        input_shape: (H, W, C_in).
        filters: C_out.
        kernel_size: (KH, KW), or one integer for both.
        strides: step of the window in pixels, an integer or a pair.
        padding: "valid", "same", or the pixels added on each side.
        dilation_rate: distance of the kernel's taps in pixels; it costs nothing.
        groups: the channels are split into this many groups that do not see each other.
        use_bias: whether each filter has a bias.

    Returns:
        The cost, with output_shape (H_out, W_out, C_out).

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is too small, groups do not divide the channels, or nothing fits.

    Source:
        A. Howard et al., "MobileNets", 2017, arXiv:1704.04861, section 3.1.

    Example:
        >>> conv2d_cost((6, 6, 3), filters=5, kernel_size=3)  # 28 numbers a filter, 16 positions
        LayerCost(params=140, macs=2160, output_shape=(4, 4, 5))
    """
    function = "conv2d_cost"
    channels = _as_shape(function, input_shape)[2]
    filters = as_int(function, "filters", filters, minimum=1)
    groups = as_int(function, "groups", groups, minimum=1)
    if channels % groups or filters % groups:
        raise ValueError(
            f"{function}: groups must divide the channels, got {channels} input channels, "
            f"{filters} filters and {groups} groups."
        )
    height, width = _output_size(
        function, input_shape, kernel_size, strides, padding, dilation_rate
    )
    weights = math.prod(as_pair(function, "kernel_size", kernel_size, minimum=1))
    weights *= channels // groups * filters
    return LayerCost(
        params=weights + (filters if as_bool(function, "use_bias", use_bias) else 0),
        macs=weights * height * width,
        output_shape=(height, width, filters),
    )


def depthwise_conv2d_cost(
    input_shape: Shape3D,
    kernel_size: Pair,
    *,
    depth_multiplier: int = 1,
    strides: Pair = 1,
    padding: shapes.Padding = "valid",
    use_bias: bool = True,
) -> LayerCost:
    """Cost of a depthwise convolution: a convolution with a group for each channel.

    Args:
        input_shape: (H, W, C).
        kernel_size: (KH, KW), or one integer for both.
        depth_multiplier: kernels for each channel.
        strides: step of the window in pixels, an integer or a pair.
        padding: "valid", "same", or the pixels added on each side.
        use_bias: whether each output channel has a bias.

    Returns:
        The cost, with output_shape (H_out, W_out, C · depth_multiplier).

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is too small, or the window does not fit.

    Source:
        A. Howard et al., "MobileNets", 2017, arXiv:1704.04861, equation 4.

    Example:
        >>> depthwise_conv2d_cost((6, 6, 3), 3, use_bias=False)
        LayerCost(params=27, macs=432, output_shape=(4, 4, 3))
    """
    channels = _as_shape("depthwise_conv2d_cost", input_shape)[2]
    multiplier = as_int("depthwise_conv2d_cost", "depth_multiplier", depth_multiplier, minimum=1)
    with in_the_name_of("depthwise_conv2d_cost"):
        return conv2d_cost(
            input_shape,
            channels * multiplier,
            kernel_size,
            strides=strides,
            padding=padding,
            groups=channels,
            use_bias=use_bias,
        )


def conv2d_transpose_cost(
    input_shape: Shape3D,
    filters: int,
    kernel_size: Pair,
    *,
    strides: Pair = 1,
    padding: Literal["valid", "same"] = "valid",
    use_bias: bool = True,
) -> LayerCost:
    """Cost of a transposed convolution: every weight is used once for every input position.

    Args:
        input_shape: (H, W, C_in).
        filters: C_out.
        kernel_size: (KH, KW), or one integer for both.
        strides: distance of the kernel's copies in the output, an integer or a pair.
        padding: "valid" or "same".
        use_bias: whether each filter has a bias.

    Returns:
        The cost, with output_shape (H_out, W_out, C_out). Products that "same" padding cuts off
        are counted.

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is too small, or the padding is unknown.

    Source:
        V. Dumoulin, F. Visin, 2016, arXiv:1603.07285, chapter 4.

    Example:
        >>> conv2d_transpose_cost((2, 2, 1), filters=1, kernel_size=2)
        LayerCost(params=5, macs=16, output_shape=(3, 3, 1))
    """
    function = "conv2d_transpose_cost"
    height, width, channels = _as_shape(function, input_shape)
    filters = as_int(function, "filters", filters, minimum=1)
    sizes = as_pair(function, "kernel_size", kernel_size, minimum=1)
    steps = as_pair(function, "strides", strides, minimum=1)
    with in_the_name_of(function):
        out = [
            shapes.conv_transpose_output_size(n, f, strides=s, padding=padding)
            for n, f, s in zip((height, width), sizes, steps, strict=True)
        ]
    weights = math.prod(sizes) * channels * filters
    return LayerCost(
        params=weights + (filters if as_bool(function, "use_bias", use_bias) else 0),
        macs=weights * height * width,
        output_shape=(out[0], out[1], filters),
    )


def dense_cost(input_size: int, units: int, *, use_bias: bool = True) -> LayerCost:
    """Cost of a dense layer: every unit has a weight for every input.

    Args:
        input_size: numbers that come in.
        units: numbers that go out.
        use_bias: whether each unit has a bias.

    Returns:
        The cost, with output_shape (units,).

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is below 1.

    Source:
        I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, chapter 6.

    Example:
        >>> dense_cost(120, 84)  # from LeNet-5
        LayerCost(params=10164, macs=10080, output_shape=(84,))
    """
    input_size = as_int("dense_cost", "input_size", input_size, minimum=1)
    units = as_int("dense_cost", "units", units, minimum=1)
    weights = input_size * units
    biases = units if as_bool("dense_cost", "use_bias", use_bias) else 0
    return LayerCost(params=weights + biases, macs=weights, output_shape=(units,))


def _as_shape(function: str, shape: Shape3D) -> Shape3D:
    if not isinstance(shape, tuple | list) or len(shape) != 3:
        raise ValueError(f"{function}: input_shape must be (height, width, channels), got {shape}.")
    height, width, channels = (
        as_int(function, f"the input's {name}", size, minimum=1)
        for name, size in zip(("height", "width", "channels"), shape, strict=True)
    )
    return height, width, channels


def _output_size(
    function: str,
    input_shape: Shape3D,
    kernel_size: Pair,
    strides: Pair,
    padding: shapes.Padding,
    dilation_rate: Pair,
) -> tuple[int, int]:
    options = {"kernel_size": kernel_size, "strides": strides, "dilation_rate": dilation_rate}
    sizes, steps, dilations = (
        as_pair(function, name, value, minimum=1) for name, value in options.items()
    )
    with in_the_name_of(function):
        height, width = (
            shapes.conv_output_size(
                input_shape[axis],
                sizes[axis],
                strides=steps[axis],
                padding=padding,
                dilation_rate=dilations[axis],
            )
            for axis in (0, 1)
        )
    return height, width
