"""AlexNet, which won ImageNet's competition of 2012 and brought convolutional networks back."""

from typing import NamedTuple

import keras
from keras import layers

from cnnutils._checks import as_bool
from cnnutils.zoo.blocks import (
    LocalResponseNormalization,
    as_num_classes,
    check_activation,
    check_choice,
    classifier_input,
    dense_classifier,
)


class Row(NamedTuple):
    """One convolutional layer of section 3.5, and what follows it."""

    name: str
    filters: int
    kernel_size: int
    strides: int = 1
    split: bool = False  # over the two GPUs: each half sees the maps of its own GPU only
    normalized: bool = False
    pooled: bool = False


LAYERS = (
    Row("conv1", 96, 11, strides=4, normalized=True, pooled=True),
    Row("conv2", 256, 5, split=True, normalized=True, pooled=True),
    Row("conv3", 384, 3),
    Row("conv4", 384, 3, split=True),
    Row("conv5", 256, 3, split=True, pooled=True),
)
DENSE_UNITS = {"fc6": 4096, "fc7": 4096}


def build_alexnet(
    *,
    input_shape: tuple[int | None, int | None, int] = (227, 227, 3),
    num_classes: int | None = 1000,
    groups: int = 2,
    local_response_normalization: bool = True,
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """AlexNet: five convolutions, three of them pooled, and three dense layers.

    Args:
        input_shape: (H, W, C); H and W at least 67. Without the dense layers H and W may be None.
        num_classes: classes to tell apart; None leaves the dense layers out.
        groups: 2 for the paper's layers that are split over two GPUs, 1 for none.
        local_response_normalization: whether conv1 and conv2 are normalised across channels.
        classifier_activation: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes). Layers: conv1 to conv5, norm1, norm2,
        pool1, pool2, pool5, fc6, fc7, predictions.

    Raises:
        TypeError: a size is not an integer.
        ValueError: the input is too small, or `groups` is neither 1 nor 2.

    Source:
        A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional
        Neural Networks", 2012, section 3.5. Deviations: inputs of 227 × 227 pixels, because the
        224 × 224 of the text do not give its 55 × 55 positions; Keras' initial weights.

    Example:
        >>> model = build_alexnet(num_classes=None)
        >>> [model.get_layer(f"conv{i}").output.shape[1:] for i in (1, 2, 5)]
        [(55, 55, 96), (27, 27, 256), (13, 13, 256)]
    """
    function = "build_alexnet"
    num_classes = as_num_classes(function, num_classes)
    check_activation(function, classifier_activation)
    as_bool(function, "local_response_normalization", local_response_normalization)
    inputs = classifier_input(function, input_shape, num_classes, minimum=67)
    groups = check_choice(function, "groups", groups, (1, 2))
    x = inputs
    for row in LAYERS:
        x = layers.Conv2D(
            row.filters,
            row.kernel_size,
            strides=row.strides,
            padding="valid" if row.name == "conv1" else "same",
            groups=groups if row.split else 1,
            activation="relu",
            name=row.name,
        )(x)
        if row.normalized and local_response_normalization:
            x = LocalResponseNormalization(name=row.name.replace("conv", "norm"))(x)
        if row.pooled:
            x = layers.MaxPooling2D(3, strides=2, name=row.name.replace("conv", "pool"))(x)
    if num_classes is not None:
        x = dense_classifier(x, DENSE_UNITS, num_classes, classifier_activation)
    return keras.Model(inputs, x, name=f"alexnet_{groups}_group{'s' if groups > 1 else ''}")
