"""U-Net: a class for each pixel, from a path down, a path up, and bridges between them."""

from typing import Any, Literal, get_args

import keras
from keras import layers

from cnnutils._checks import as_bool, as_choice, as_int
from cnnutils.zoo.blocks import as_count, as_image_shape, check_activation

Padding = Literal["valid", "same"]
Upsampling = Literal["transposed", "nearest", "bilinear"]


def build_unet(
    *,
    input_shape: tuple[int, int, int] = (572, 572, 1),
    num_classes: int = 2,
    filters: int = 64,
    depth: int = 4,
    padding: Padding = "valid",
    upsampling: Upsampling = "transposed",
    batch_normalization: bool = False,
    bridges: bool = True,
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """U-Net: halve the map and double its channels, then the way back, with the finer maps put to.

    Args:
        input_shape: (H, W, C). With padding "same" H and W must be multiples of 2 ** depth; with
            "valid", as in the paper, each map must be even before it is halved.
        num_classes: classes of a pixel, the background among them.
        filters: of the first level; each level further down has twice as many.
        depth: how often the map is halved.
        padding: of the 3 × 3 convolutions. With "valid" the output is smaller than the input, and
            the bridges are cropped in their middle.
        upsampling: "transposed", a transposed convolution of 2 × 2 with strides of 2, as in the
            paper; "nearest" or "bilinear", enlarging and then a convolution of 3 × 3 (which leaves
            no checkerboard).
        batch_normalization: between each 3 × 3 convolution and its ReLU; the paper has none.
        bridges: False sends zeros over the bridges: a twin with the same layers and as many
            parameters, to see what the bridges do.
        classifier_activation: "softmax" over the classes of each pixel, or None for scores.

    Returns:
        An untrained model, (N, H, W, C) → (N, H_out, W_out, num_classes).

    Raises:
        TypeError: a size is not an integer.
        ValueError: a choice is unknown, or a map cannot be halved evenly.

    Source:
        O. Ronneberger, P. Fischer, T. Brox, "U-Net: Convolutional Networks for Biomedical Image
        Segmentation", 2015, arXiv:1505.04597, figure 1. Deviation: no dropout, Keras' initial
        weights; the paper's loss weighs pixels near borders.

    Example:
        >>> build_unet().output.shape  # the paper's 388 × 388 of 572 × 572
        (None, 388, 388, 2)
    """
    function = "build_unet"
    as_choice(function, "padding", padding, get_args(Padding))
    as_choice(function, "upsampling", upsampling, get_args(Upsampling))
    num_classes = as_count(function, "num_classes", num_classes)
    check_activation(function, classifier_activation)
    as_bool(function, "batch_normalization", batch_normalization)
    as_bool(function, "bridges", bridges)
    filters = as_count(function, "filters", filters)
    depth = as_int(function, "depth", depth, minimum=1)
    shape = as_image_shape(function, input_shape, minimum=2, fixed=True)
    inputs = keras.Input(shape, name="input")

    def two_convolutions(x: Any, channels: int, name: str) -> Any:
        for index in (1, 2):
            x = layers.Conv2D(channels, 3, padding=padding, name=f"{name}_conv{index}")(x)
            if batch_normalization:
                x = layers.BatchNormalization(momentum=0.9, name=f"{name}_bn{index}")(x)
            x = layers.ReLU(name=f"{name}_relu{index}")(x)
        return x

    x, finer = inputs, []
    for level in range(depth):
        _check_size(function, x, padding, input_shape, halved=False)
        x = two_convolutions(x, filters << level, f"down{level + 1}")
        _check_size(function, x, padding, input_shape, halved=True)
        finer.append(x)
        x = layers.MaxPooling2D(2, name=f"down{level + 1}_pool")(x)
    _check_size(function, x, padding, input_shape, halved=False)
    x = two_convolutions(x, filters << depth, "bottom")
    for level in reversed(range(depth)):
        name, channels = f"up{level + 1}", filters << level
        if upsampling == "transposed":
            x = layers.Conv2DTranspose(channels, 2, strides=2, name=name)(x)
        else:
            x = layers.UpSampling2D(2, interpolation=upsampling, name=f"{name}_enlarge")(x)
            x = layers.Conv2D(channels, 3, padding="same", name=name)(x)
        bridge = _cropped(finer[level], x, f"{name}_crop")
        if not bridges:
            bridge = layers.Rescaling(0.0, name=f"{name}_burnt")(bridge)
        x = layers.Concatenate(name=f"{name}_concatenate")([bridge, x])
        x = two_convolutions(x, channels, name)
    x = layers.Conv2D(num_classes, 1, activation=classifier_activation, name="predictions")(x)
    return keras.Model(inputs, x, name="unet")


def _check_size(
    function: str, x: Any, padding: Padding, input_shape: tuple[int, int, int], *, halved: bool
) -> None:
    """Refuse a map that two valid convolutions use up, or that has an odd side to be halved."""
    sides = x.shape[1:3]
    if padding == "valid" and not halved and min(sides) <= 4:
        raise ValueError(f"{function}: the input {input_shape} is too small for this depth.")
    if halved and any(side % 2 for side in sides):
        raise ValueError(
            f"{function}: each map must have even sides before it is halved, "
            f"the input {input_shape} gives one of {sides[0]} × {sides[1]}."
        )


def _cropped(bridge: Any, x: Any, name: str) -> Any:
    """Cut the bridge down to the height and width of x, the same amount on opposite sides."""
    surplus = [b - a for a, b in zip(x.shape[1:3], bridge.shape[1:3], strict=True)]
    if not any(surplus):
        return bridge
    amounts = tuple((extra // 2, extra - extra // 2) for extra in surplus)
    return layers.Cropping2D(amounts, name=name)(bridge)
