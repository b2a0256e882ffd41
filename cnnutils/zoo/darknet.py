"""Darknet: the convolution that the YOLO detectors are made of, and the 53-layer network of it."""

from typing import Any, NamedTuple

import keras
from keras import layers

from cnnutils.zoo.blocks import as_image_shape, as_num_classes, check_activation, classifier


class Stage(NamedTuple):
    """A row group of YOLOv3's table 1: a halving convolution, then residual blocks."""

    filters: int  # of the halving convolution, and of each block's 3 × 3
    num_blocks: int


DARKNET53 = (Stage(64, 1), Stage(128, 2), Stage(256, 8), Stage(512, 8), Stage(1024, 4))
STEM_FILTERS = 32


def darknet_conv(x: Any, filters: int, kernel_size: int, *, name: str, strides: int = 1) -> Any:
    """Convolve without bias, normalise the batch, and apply a leaky ReLU with slope 0.1.

    With strides of 2 a row of zeros is put above and a column to the left, as Darknet pads.

    Args:
        x: feature maps (N, H, W, C).
        filters: channels that go out.
        kernel_size: 1 or 3.
        name: of the convolution; the normalisation adds "_bn", the activation "_leaky".
        strides: 1 keeps height and width ("same"), 2 halves them.

    Returns:
        (N, H / strides, W / strides, filters).
    """
    if strides == 2:
        x = layers.ZeroPadding2D(((1, 0), (1, 0)), name=f"{name}_pad")(x)
    padding = "same" if strides == 1 else "valid"
    options = {"strides": strides, "padding": padding, "use_bias": False}
    x = layers.Conv2D(filters, kernel_size, name=name, **options)(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(x)
    return layers.LeakyReLU(negative_slope=0.1, name=f"{name}_leaky")(x)


def darknet53_stages(x: Any) -> list[Any]:
    """Apply the 52 convolutions of Darknet-53; return the five stages' maps, the largest first."""
    x = darknet_conv(x, STEM_FILTERS, 3, name="conv1")
    number, maps = 2, []
    for stage, (filters, num_blocks) in enumerate(DARKNET53, start=1):
        x = darknet_conv(x, filters, 3, strides=2, name=f"conv{number}")
        number += 1
        for block in range(1, num_blocks + 1):
            shortcut = x
            x = darknet_conv(x, filters // 2, 1, name=f"conv{number}")
            x = darknet_conv(x, filters, 3, name=f"conv{number + 1}")
            x = layers.Add(name=f"stage{stage}_block{block}")([shortcut, x])
            number += 2
        maps.append(x)
    return maps


def build_darknet53(
    *,
    input_shape: tuple[int | None, int | None, int] = (256, 256, 3),
    num_classes: int | None = 1000,
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """Darknet-53: residual blocks of 1 × 1 and 3 × 3 convolutions, which halve by strides alone.

    Args:
        input_shape: (H, W, C); H and W at least 32, or None. They need not be multiples of 32:
            each of five halvings rounds down, so that the last maps are floor(H / 32) high and
            floor(W / 32) wide. (`build_yolo_v3`, which puts maps of several sizes together, does
            need multiples.)
        num_classes: classes to tell apart; None leaves the classifier out.
        classifier_activation: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes). The convolutions are conv1 to conv52,
        the ends of residual blocks "stage1_block1" to "stage5_block4".

    Raises:
        TypeError: a size is not an integer.
        ValueError: the input is too small.

    Source:
        J. Redmon, A. Farhadi, "YOLOv3: An Incremental Improvement", 2018, arXiv:1804.02767,
        table 1. The 53rd layer is the classifier.

    Example:
        >>> build_darknet53(input_shape=(64, 96, 3), num_classes=None).output.shape
        (None, 2, 3, 1024)
    """
    function = "build_darknet53"
    num_classes = as_num_classes(function, num_classes)
    check_activation(function, classifier_activation)
    inputs = keras.Input(as_image_shape(function, input_shape, minimum=32), name="input")
    x = darknet53_stages(inputs)[-1]
    if num_classes is not None:
        x = classifier(x, num_classes, classifier_activation)
    return keras.Model(inputs, x, name="darknet53")
