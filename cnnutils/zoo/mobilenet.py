"""MobileNet v1 and v2: convolutions taken apart into depthwise and pointwise steps."""

from typing import Any, NamedTuple

import keras
from keras import layers

from cnnutils._checks import as_int
from cnnutils.zoo.blocks import (
    LARGEST,
    as_block_input,
    as_count,
    as_image_shape,
    as_multiplier,
    as_num_classes,
    check_activation,
    classifier,
    normalized,
)


class SeparableRow(NamedTuple):
    """A depthwise 3 × 3 convolution and the 1 × 1 convolution after it: two rows of table 1."""

    filters: int
    strides: int = 1


# v1, table 1. Its last depthwise row says stride 2, but the map stays 7 × 7: the stride is 1.
SEPARABLE_ROWS = (
    SeparableRow(64),
    SeparableRow(128, strides=2),
    SeparableRow(128),
    SeparableRow(256, strides=2),
    SeparableRow(256),
    SeparableRow(512, strides=2),
    *[SeparableRow(512)] * 5,
    SeparableRow(1024, strides=2),
    SeparableRow(1024),
)


class BottleneckRow(NamedTuple):
    """A row of v2's table 2: t, c, n and s."""

    expansion: int
    filters: int
    repeats: int
    strides: int


# v2, table 2.
BOTTLENECK_ROWS = (
    BottleneckRow(1, 16, 1, 1),
    BottleneckRow(6, 24, 2, 2),
    BottleneckRow(6, 32, 3, 2),
    BottleneckRow(6, 64, 4, 2),
    BottleneckRow(6, 96, 3, 1),
    BottleneckRow(6, 160, 3, 2),
    BottleneckRow(6, 320, 1, 1),
)


def build_mobilenet_v1(
    *,
    input_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    num_classes: int | None = 1000,
    width_multiplier: float = 1.0,
    resolution_multiplier: float = 1.0,
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """MobileNet v1: one convolution, then thirteen depthwise separable ones.

    Args:
        input_shape: (H, W, C) before `resolution_multiplier`, or None for H and W.
        num_classes: classes to tell apart; None leaves the classifier out.
        width_multiplier: the paper's α: every number of channels is multiplied by it, and rounded
            down.
        resolution_multiplier: the paper's ρ: H and W are multiplied by it, and rounded. They must
            be at least 32 then.
        classifier_activation: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes). Layers have Keras' names: conv1,
        conv_dw_1, conv_pw_1, ..., conv_pw_13, conv_preds, predictions.

    Raises:
        TypeError: a size is not an integer, or a multiplier not a number.
        ValueError: a multiplier is not above 0, or the input is too small.

    Source:
        A. Howard et al., "MobileNets", 2017, arXiv:1704.04861, table 1. Deviations, all Keras':
        activations are cut off at 6; the dense layer is written as a 1 × 1 convolution (the same
        numbers), with little dropout before it.

    Example:
        >>> model = build_mobilenet_v1(width_multiplier=0.25, resolution_multiplier=4 / 7)
        >>> model.input_shape[1:], model.get_layer("conv_pw_13").output.shape[1:]
        ((128, 128, 3), (4, 4, 256))
    """
    function = "build_mobilenet_v1"
    num_classes = as_num_classes(function, num_classes)
    check_activation(function, classifier_activation)
    width = as_multiplier(function, "width_multiplier", width_multiplier)
    shape = _scaled_shape(function, input_shape, resolution_multiplier)
    inputs = keras.Input(shape, name="input")

    def num_filters(filters: int) -> int:
        return max(int(filters * width), 1)

    first = layers.Conv2D(
        num_filters(32), 3, strides=2, padding="same", use_bias=False, name="conv1"
    )
    x = normalized(inputs, first, activation="relu6")
    for index, row in enumerate(SEPARABLE_ROWS, start=1):
        depthwise = _depthwise(row.strides, name=f"conv_dw_{index}")
        x = normalized(x, depthwise, activation="relu6")
        pointwise = _pointwise(num_filters(row.filters), name=f"conv_pw_{index}")
        x = normalized(x, pointwise, activation="relu6")
    if num_classes is not None:
        x = layers.GlobalAveragePooling2D(keepdims=True, name="avg_pool")(x)
        x = layers.Dropout(0.001, name="dropout")(x)
        x = layers.Conv2D(num_classes, 1, name="conv_preds")(x)
        x = layers.Flatten(name="flatten")(x)
        x = layers.Activation(classifier_activation, name="predictions")(x)
    return keras.Model(inputs, x, name="mobilenet_v1")


def build_mobilenet_v2(
    *,
    input_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    num_classes: int | None = 1000,
    width_multiplier: float = 1.0,
    resolution_multiplier: float = 1.0,
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """MobileNet v2: seventeen inverted residual blocks with linear bottlenecks.

    Args:
        input_shape: (H, W, C) before `resolution_multiplier`, or None for H and W.
        num_classes: classes to tell apart; None leaves the classifier out.
        width_multiplier: every number of channels is multiplied by it, and rounded to a multiple
            of 8; that of the last convolution only where the multiplier is above 1.
        resolution_multiplier: H and W are multiplied by it, and rounded. They must be at least 32
            then.
        classifier_activation: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes). Layers: conv1, block0_depthwise,
        block0_project, block1_expand, ..., block16_project, conv2, predictions.

    Raises:
        TypeError: a size is not an integer, or a multiplier not a number.
        ValueError: a multiplier is not above 0, or the input is too small.

    Source:
        M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018,
        arXiv:1801.04381, tables 1 and 2. Deviation, Keras': the classifier is a dense layer.

    Example:
        >>> model = build_mobilenet_v2(input_shape=(64, 96, 3))
        >>> model.get_layer("block16_project").output.shape
        (None, 2, 3, 320)
    """
    function = "build_mobilenet_v2"
    num_classes = as_num_classes(function, num_classes)
    check_activation(function, classifier_activation)
    width = as_multiplier(function, "width_multiplier", width_multiplier)
    shape = _scaled_shape(function, input_shape, resolution_multiplier)
    inputs = keras.Input(shape, name="input")
    first = layers.Conv2D(
        _rounded_to_8(32 * width), 3, strides=2, padding="same", use_bias=False, name="conv1"
    )
    x = normalized(inputs, first, activation="relu6", momentum=0.999)
    block = 0
    for row in BOTTLENECK_ROWS:
        filters = _rounded_to_8(int(row.filters * width))
        for repeat in range(row.repeats):
            strides = row.strides if repeat == 0 else 1
            x = inverted_residual(x, filters, row.expansion, strides, name=f"block{block}")
            block += 1
    last = _pointwise(_rounded_to_8(1280 * max(width, 1.0)), name="conv2")
    x = normalized(x, last, activation="relu6", momentum=0.999)
    if num_classes is not None:
        x = classifier(x, num_classes, classifier_activation)
    return keras.Model(inputs, x, name="mobilenet_v2")


def inverted_residual(x: Any, filters: int, expansion: int, strides: int, *, name: str) -> Any:
    """Widen with 1 × 1, filter each channel with 3 × 3, narrow with 1 × 1 and no activation.

    Args:
        x: feature maps (N, H, W, C).
        filters: channels that go out.
        expansion: the paper's t: the block is t times as wide inside; 1 leaves the widening out.
        strides: of the depthwise convolution.
        name: beginning of the layers' names.

    Returns:
        Feature maps (N, H_out, W_out, filters); x is added where nothing changed the shape.

    Raises:
        TypeError: x is no feature maps, a number no integer, or name no text.
        ValueError: a number is below 1, or the block would be too wide.

    Source:
        M. Sandler et al., 2018, arXiv:1801.04381, table 1 and figure 4(d).

    Example:
        >>> inverted_residual(keras.Input((8, 8, 4)), 6, 6, 2, name="b").shape
        (None, 4, 4, 6)
    """
    function = "inverted_residual"
    channels = as_block_input(function, x, name).shape[-1]
    filters = as_count(function, "filters", filters)
    expansion = as_int(function, "expansion", expansion, minimum=1, maximum=LARGEST // channels)
    strides = as_count(function, "strides", strides)
    y = x
    if expansion > 1:
        expand = _pointwise(expansion * channels, name=f"{name}_expand")
        y = normalized(y, expand, activation="relu6", momentum=0.999)
    depthwise = _depthwise(strides, name=f"{name}_depthwise")
    y = normalized(y, depthwise, activation="relu6", momentum=0.999)
    project = _pointwise(filters, name=f"{name}_project")
    y = normalized(y, project, activation=None, momentum=0.999)
    if strides == 1 and channels == filters:
        return layers.Add(name=f"{name}_add")([x, y])
    return y


def _depthwise(strides: int, *, name: str) -> layers.Layer:
    return layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False, name=name)


def _pointwise(filters: int, *, name: str) -> layers.Layer:
    return layers.Conv2D(filters, 1, use_bias=False, name=name)


def _scaled_shape(
    function: str, input_shape: Any, resolution_multiplier: Any
) -> tuple[int | None, int | None, int]:
    resolution = as_multiplier(function, "resolution_multiplier", resolution_multiplier)
    height, width, channels = as_image_shape(function, input_shape, minimum=1)
    scaled = (None if n is None else round(n * resolution) for n in (height, width))
    return as_image_shape(function, (*scaled, channels), minimum=32)


def _rounded_to_8(channels: float) -> int:
    """Round to a multiple of 8, at least 8; never down by more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8
