"""VGG: how far 3 × 3 convolutions go when they are stacked deeper and deeper."""

from typing import Literal

import keras
from keras import layers

from cnnutils._checks import as_choice
from cnnutils.zoo.blocks import (
    LocalResponseNormalization,
    as_num_classes,
    check_activation,
    classifier_input,
    dense_classifier,
)

Configuration = Literal["A", "A-LRN", "B", "C", "D", "E"]

# Table 1: for each of the five blocks the kernel sizes of its convolutions.
CONFIGURATIONS: dict[str, tuple[tuple[int, ...], ...]] = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "A-LRN": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3), (3, 3), (3, 3), (3, 3), (3, 3)),
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),  # VGG-16
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),  # VGG-19
}
FILTERS = (64, 128, 256, 512, 512)
DENSE_UNITS = {"fc1": 4096, "fc2": 4096}


def build_vgg(
    configuration: Configuration,
    *,
    input_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    num_classes: int | None = 1000,
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """VGG: five blocks of "same" convolutions, each ended by 2 × 2 max pooling, and dense layers.

    Args:
        configuration: column of the paper's table 1; "D" is VGG-16, "E" is VGG-19.
        input_shape: (H, W, C); H and W at least 32. Without the dense layers H and W may be None.
        num_classes: classes to tell apart; None leaves the dense layers out.
        classifier_activation: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes). Layers have Keras' names: block1_conv1
        to block5_pool, fc1, fc2, predictions.

    Raises:
        TypeError: a size is not an integer.
        ValueError: the configuration is unknown, or the input is too small.

    Source:
        K. Simonyan, A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
        Recognition", 2014, arXiv:1409.1556, table 1; A-LRN's normalisation has AlexNet's
        constants. Deviation: Keras' initial weights.

    Example:
        >>> model = build_vgg("A", input_shape=(64, 96, 3), num_classes=None)
        >>> model.output.shape  # five times halved
        (None, 2, 3, 512)
    """
    function = "build_vgg"
    as_choice(function, "configuration", configuration, tuple(CONFIGURATIONS))
    num_classes = as_num_classes(function, num_classes)
    check_activation(function, classifier_activation)
    inputs = classifier_input(function, input_shape, num_classes, minimum=32)
    x = inputs
    blocks = zip(CONFIGURATIONS[configuration], FILTERS, strict=True)
    for block, (kernel_sizes, filters) in enumerate(blocks, start=1):
        for index, kernel_size in enumerate(kernel_sizes, start=1):
            x = layers.Conv2D(
                filters,
                kernel_size,
                padding="same",
                activation="relu",
                name=f"block{block}_conv{index}",
            )(x)
            if configuration == "A-LRN" and block == 1:
                x = LocalResponseNormalization(name="block1_norm1")(x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    if num_classes is not None:
        x = dense_classifier(x, DENSE_UNITS, num_classes, classifier_activation)
    return keras.Model(inputs, x, name=f"vgg_{configuration}")
