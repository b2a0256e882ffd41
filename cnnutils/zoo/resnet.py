"""ResNets: blocks that add to their input what they learn, and the plain twins that do not."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import keras
from keras import layers, ops

from cnnutils import costs
from cnnutils._checks import as_bool, as_choice, as_int
from cnnutils.zoo.blocks import (
    as_count,
    as_image_shape,
    as_num_classes,
    check_activation,
    check_choice,
    classifier,
    normalized,
)

Shortcut = Literal["projection", "zero_padding"]

# Table 1: the blocks of conv2_x to conv5_x.
BLOCKS: dict[int, tuple[int, ...]] = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
FILTERS = (64, 128, 256, 512)
BOTTLENECK = (50, 101, 152)  # blocks of 1 × 1, 3 × 3, 1 × 1; the others have 3 × 3, 3 × 3


class Row(NamedTuple):
    """One convolution of a block."""

    filters: int
    kernel_size: int
    strides: int = 1


@keras.saving.register_keras_serializable(package="cnnutils")
class ZeroPaddedShortcut(layers.Layer):  # type: ignore[misc]
    """Take every `strides`-th pixel, and add channels that are zero: a shortcut without weights.

    Args:
        filters: channels that go out, at least as many as come in.
        strides: step in pixels.
        name: name of the layer.

    Source:
        K. He, X. Zhang, S. Ren, J. Sun, 2015, arXiv:1512.03385, section 3.3, option A.

    Example:
        >>> ZeroPaddedShortcut(5, strides=2)(keras.Input((7, 8, 3))).shape
        (None, 4, 4, 5)
    """

    def __init__(self, filters: int, *, strides: int, name: str | None = None, **base: Any) -> None:
        super().__init__(name=name, **base)
        self.filters, self.strides = filters, strides

    def call(self, x: Any) -> Any:
        """(N, H, W, C) → (N, ceil(H / strides), ceil(W / strides), filters)."""
        x = x[:, :: self.strides, :: self.strides, :]
        return ops.pad(x, [(0, 0), (0, 0), (0, 0), (0, self.filters - x.shape[-1])])

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Sizes are rounded up."""
        sizes = (None if n is None else -(-n // self.strides) for n in input_shape[1:3])
        return (input_shape[0], *sizes, self.filters)

    def cost(self, input_shape: tuple[int, int, int]) -> costs.LayerCost:
        """Nothing to learn and nothing to multiply."""
        height, width = (-(-size // self.strides) for size in input_shape[:2])
        return costs.LayerCost(params=0, macs=0, output_shape=(height, width, self.filters))

    def get_config(self) -> dict[str, Any]:
        """The options."""
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}


def build_resnet(
    depth: Literal[18, 34, 50, 101, 152],
    *,
    input_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    num_classes: int | None = 1000,
    shortcut: Shortcut | None = "projection",
    use_bias: bool = True,
    strides_in: Literal["1x1", "3x3"] = "1x1",
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """ResNet for ImageNet: y = ReLU(F(x) + x), in four stages that halve the map.

    Args:
        depth: layers with weights on the longest path, projections not counted.
        input_shape: (H, W, C); H and W at least 32, or None.
        num_classes: classes to tell apart; None leaves the average and the dense layer out.
        shortcut: how x is fitted where F changes its shape: a 1 × 1 convolution (option B), or
            zeros for the new channels (option A). None leaves every shortcut out: the plain twin.
        use_bias: whether convolutions have biases, as in Keras; batch normalisation makes them
            superfluous.
        strides_in: which convolution of a bottleneck halves the map: the first 1 × 1, as in the
            paper and in Keras, or the 3 × 3, as in PyTorch's "v1.5".
        classifier_activation: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes). Layers have Keras' names: conv1_conv,
        conv2_block1_1_conv, ..., conv5_block3_out, avg_pool, predictions.

    Raises:
        TypeError: a size is not an integer.
        ValueError: the depth or an option is unknown, or the input is too small.

    Source:
        K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition", 2015,
        arXiv:1512.03385, table 1 and figures 3 and 5. Deviations: biases by default; moving
        averages that keep 0.9 at each step (Keras: 0.99), so that short trainings end with
        usable statistics.

    Example:
        >>> model = build_resnet(18, input_shape=(64, 96, 3), num_classes=10)
        >>> [model.get_layer(f"conv{i}_block2_out").output.shape[1:] for i in (2, 3, 4, 5)]
        [(16, 24, 64), (8, 12, 128), (4, 6, 256), (2, 3, 512)]
    """
    function = "build_resnet"
    mend = " For the 20 to 110 layers of CIFAR take build_cifar_resnet."
    check_choice(function, "depth", depth, BLOCKS, mend)
    as_choice(function, "strides_in", strides_in, ("1x1", "3x3"))
    as_bool(function, "use_bias", use_bias)
    _check_shortcut(function, shortcut)
    num_classes = as_num_classes(function, num_classes)
    check_activation(function, classifier_activation)
    inputs = keras.Input(as_image_shape(function, input_shape, minimum=32), name="input")
    x = _convolution(inputs, Row(64, 7, 2), name="conv1", use_bias=use_bias)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stage, (num_blocks, filters) in enumerate(zip(BLOCKS[depth], FILTERS, strict=True), 2):
        for block in range(1, num_blocks + 1):
            strides = 2 if stage > 2 and block == 1 else 1
            rows = basic_block(filters, strides)
            if depth in BOTTLENECK:
                rows = bottleneck_block(filters, strides, strides_in)
            name = f"conv{stage}_block{block}"
            x = residual(x, rows, name=name, shortcut=shortcut, use_bias=use_bias)
    if num_classes is not None:
        x = classifier(x, num_classes, classifier_activation)
    return keras.Model(inputs, x, name=f"{'plain' if shortcut is None else 'resnet'}{depth}")


def build_cifar_resnet(
    depth: int,
    *,
    input_shape: tuple[int | None, int | None, int] = (32, 32, 3),
    num_classes: int | None = 10,
    filters: int = 16,
    shortcut: Shortcut | None = "zero_padding",
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """ResNet for the small pictures of CIFAR: three stages of (depth − 2) / 6 blocks each.

    Args:
        depth: layers with weights, 6n + 2: the paper has 20, 32, 44, 56, 110 and 1202.
        input_shape: (H, W, C); H and W at least 4, or None.
        num_classes: classes to tell apart; None leaves the average and the dense layer out.
        filters: of the first stage; the others have twice and four times as many. The paper's 16.
        shortcut: as in `build_resnet`; "zero_padding" is the paper's on CIFAR.
        classifier_activation: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes). Layers: conv1_conv,
        conv2_block1_1_conv, ..., avg_pool, predictions.

    Raises:
        TypeError: a size is not an integer.
        ValueError: the depth is not 6n + 2, an option is unknown, or the input is too small.

    Source:
        K. He, X. Zhang, S. Ren, J. Sun, 2015, arXiv:1512.03385, section 4.2. Deviation: none in
        the layers; convolutions have no biases, moving averages keep 0.9 at each step.

    Example:
        >>> model = build_cifar_resnet(20)
        >>> [model.get_layer(f"conv{i}_block3_out").output.shape[1:] for i in (2, 3, 4)]
        [(32, 32, 16), (16, 16, 32), (8, 8, 64)]
    """
    function = "build_cifar_resnet"
    depth = as_int(function, "depth", depth, minimum=8, maximum=9998)
    if depth % 6 != 2:
        raise ValueError(
            f"{function}: depth must be 6n + 2, got {depth}. "
            f"The nearest are {depth - (depth - 2) % 6} and {depth - (depth - 2) % 6 + 6}."
        )
    filters = as_count(function, "filters", filters)
    _check_shortcut(function, shortcut)
    num_classes = as_num_classes(function, num_classes)
    check_activation(function, classifier_activation)
    inputs = keras.Input(as_image_shape(function, input_shape, minimum=4), name="input")
    x = _convolution(inputs, Row(filters, 3), name="conv1", use_bias=False)
    for stage in (2, 3, 4):
        for block in range(1, (depth - 2) // 6 + 1):
            strides = 2 if stage > 2 and block == 1 else 1
            rows = basic_block(filters * 2 ** (stage - 2), strides)
            name = f"conv{stage}_block{block}"
            x = residual(x, rows, name=name, shortcut=shortcut, use_bias=False)
    if num_classes is not None:
        x = classifier(x, num_classes, classifier_activation)
    return keras.Model(inputs, x, name=f"cifar_{'plain' if shortcut is None else 'resnet'}{depth}")


def basic_block(filters: int, strides: int) -> list[Row]:
    """Return the two convolutions of figure 5, left."""
    return [Row(filters, 3, strides), Row(filters, 3)]


def bottleneck_block(filters: int, strides: int, strides_in: str = "1x1") -> list[Row]:
    """Return the three convolutions of figure 5, right: fewer channels, 3 × 3, and four times more.

    Example:
        >>> bottleneck_block(64, 2)[0], bottleneck_block(64, 2, "3x3")[1]
        (Row(filters=64, kernel_size=1, strides=2), Row(filters=64, kernel_size=3, strides=2))
    """
    first, second = (strides, 1) if strides_in == "1x1" else (1, strides)
    return [Row(filters, 1, first), Row(filters, 3, second), Row(4 * filters, 1)]


def residual(
    x: Any, rows: Sequence[Row], *, name: str, shortcut: Shortcut | None, use_bias: bool
) -> Any:
    """Apply a residual block: y = ReLU(F(x) + x), where F is a stack of convolutions.

    Args:
        x: feature maps (N, H, W, C).
        rows: the convolutions of F; each is normalised, each but the last has a ReLU.
        name: beginning of the layers' names; the block's output is "..._out".
        shortcut: how x is fitted where F changes its shape; None adds nothing (a plain block).
        use_bias: whether convolutions have biases.

    Returns:
        Feature maps (N, H_out, W_out, filters of the last row).

    Source:
        K. He, X. Zhang, S. Ren, J. Sun, 2015, arXiv:1512.03385, equations 1 and 2.

    Example:
        >>> x = keras.Input((8, 8, 4))
        >>> residual(x, basic_block(6, 2), name="b", shortcut="projection", use_bias=False).shape
        (None, 4, 4, 6)
    """
    y = x
    for index, row in enumerate(rows, start=1):
        last = index == len(rows)
        y = _convolution(y, row, name=f"{name}_{index}", use_bias=use_bias, linear=last)
    if shortcut is not None:
        filters, strides = rows[-1].filters, max(row.strides for row in rows)
        if strides == 1 and x.shape[-1] == filters:
            fitted = x
        elif shortcut == "projection":
            projection = Row(filters, 1, strides)
            fitted = _convolution(x, projection, name=f"{name}_0", use_bias=use_bias, linear=True)
        else:
            fitted = ZeroPaddedShortcut(filters, strides=strides, name=f"{name}_0_shortcut")(x)
        y = layers.Add(name=f"{name}_add")([fitted, y])
    return layers.ReLU(name=f"{name}_out")(y)


def _convolution(x: Any, row: Row, *, name: str, use_bias: bool, linear: bool = False) -> Any:
    """Convolve and normalise; a kernel that strides has the same padding at both ends."""
    padding: str = "same"
    if row.strides > 1:
        padding = "valid"
        if row.kernel_size > 1:
            x = layers.ZeroPadding2D(row.kernel_size // 2, name=f"{name}_pad")(x)
    convolution = layers.Conv2D(
        row.filters,
        row.kernel_size,
        strides=row.strides,
        padding=padding,
        use_bias=use_bias,
        kernel_initializer="he_normal",  # the paper's reference 13
        name=f"{name}_conv",
    )
    return normalized(
        x, convolution, activation=None if linear else "relu", momentum=0.9, epsilon=1.001e-5
    )


def _check_shortcut(function: str, shortcut: str | None) -> None:
    if shortcut is not None:
        as_choice(function, "shortcut", shortcut, ("projection", "zero_padding"))
