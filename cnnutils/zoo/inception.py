"""Inception modules, which look through several window sizes at once, and GoogLeNet of nine."""

from typing import Any, NamedTuple

import keras
from keras import layers

from cnnutils._checks import as_bool
from cnnutils.zoo.blocks import (
    LocalResponseNormalization,
    as_block_input,
    as_count,
    as_image_shape,
    as_num_classes,
    check_activation,
    classifier,
)


class InceptionFilters(NamedTuple):
    """Filters of one Inception module: a row of the paper's table 1."""

    conv1x1: int
    conv3x3_reduce: int
    conv3x3: int
    conv5x5_reduce: int
    conv5x5: int
    pool_proj: int


# Table 1. A max pooling that halves the map comes before 4a and before 5a.
MODULES = {
    "3a": InceptionFilters(64, 96, 128, 16, 32, 32),
    "3b": InceptionFilters(128, 128, 192, 32, 96, 64),
    "4a": InceptionFilters(192, 96, 208, 16, 48, 64),
    "4b": InceptionFilters(160, 112, 224, 24, 64, 64),
    "4c": InceptionFilters(128, 128, 256, 24, 64, 64),
    "4d": InceptionFilters(112, 144, 288, 32, 64, 64),
    "4e": InceptionFilters(256, 160, 320, 32, 128, 128),
    "5a": InceptionFilters(256, 160, 320, 32, 128, 128),
    "5b": InceptionFilters(384, 192, 384, 48, 128, 128),
}
HALVED_BEFORE = {"4a": "pool3", "5a": "pool4"}
AUXILIARY_HEADS = ("4a", "4d")  # the modules whose output they see


def naive_inception_module(
    x: Any, *, conv1x1: int, conv3x3: int, conv5x5: int, name: str = "inception"
) -> Any:
    """Put 1 × 1, 3 × 3 and 5 × 5 convolutions and 3 × 3 max pooling side by side.

    Args:
        x: feature maps (N, H, W, C).
        conv1x1: filters of the 1 × 1 convolution.
        conv3x3: filters of the 3 × 3 convolution.
        conv5x5: filters of the 5 × 5 convolution.
        name: beginning of the layers' names.

    Returns:
        Feature maps (N, H, W, conv1x1 + conv3x3 + conv5x5 + C), in this order.

    Raises:
        TypeError: x is no feature maps, a number of filters no integer, or name no text.
        ValueError: a number of filters is below 1.

    Source:
        C. Szegedy et al., 2014, arXiv:1409.4842, figure 2(a).

    Example:
        >>> x = keras.Input((28, 28, 192))
        >>> naive_inception_module(x, conv1x1=64, conv3x3=128, conv5x5=32).shape
        (None, 28, 28, 416)
    """
    function = "naive_inception_module"
    as_block_input(function, x, name)
    named = {"conv1x1": (1, conv1x1), "conv3x3": (3, conv3x3), "conv5x5": (5, conv5x5)}
    wanted = [(size, as_count(function, word, filters)) for word, (size, filters) in named.items()]
    branches = [_convolution(x, filters, size, f"{name}_{size}x{size}") for size, filters in wanted]
    branches.append(layers.MaxPooling2D(3, strides=1, padding="same", name=f"{name}_pool")(x))
    return layers.Concatenate(name=name)(branches)


def inception_module(x: Any, filters: InceptionFilters, *, name: str = "inception") -> Any:
    """Like the naive module, with 1 × 1 convolutions that first reduce the channels.

    Args:
        x: feature maps (N, H, W, C).
        filters: of the six convolutions.
        name: beginning of the layers' names; the module's output has the name itself.

    Returns:
        Feature maps (N, H, W, conv1x1 + conv3x3 + conv5x5 + pool_proj), in this order.

    Raises:
        TypeError: x is no feature maps, filters are no InceptionFilters of integers, or name is no
            text.
        ValueError: a number of filters is below 1.

    Source:
        C. Szegedy et al., 2014, arXiv:1409.4842, figure 2(b). The 5 × 5 convolution is one of
        5 × 5; in torchvision's GoogLeNet it is 3 × 3.

    Example:
        >>> inception_module(keras.Input((28, 28, 192)), MODULES["3a"]).shape
        (None, 28, 28, 256)
    """
    function = "inception_module"
    as_block_input(function, x, name)
    if not isinstance(filters, InceptionFilters):
        raise TypeError(
            f"{function}: filters must be InceptionFilters, got {type(filters).__name__}."
        )
    for word, number in filters._asdict().items():
        as_count(function, word, number)
    reduced3x3 = _convolution(x, filters.conv3x3_reduce, 1, f"{name}_3x3_reduce")
    reduced5x5 = _convolution(x, filters.conv5x5_reduce, 1, f"{name}_5x5_reduce")
    pooled = layers.MaxPooling2D(3, strides=1, padding="same", name=f"{name}_pool")(x)
    branches = [
        _convolution(x, filters.conv1x1, 1, f"{name}_1x1"),
        _convolution(reduced3x3, filters.conv3x3, 3, f"{name}_3x3"),
        _convolution(reduced5x5, filters.conv5x5, 5, f"{name}_5x5"),
        _convolution(pooled, filters.pool_proj, 1, f"{name}_pool_proj"),
    ]
    return layers.Concatenate(name=name)(branches)


def build_googlenet(
    *,
    input_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    num_classes: int | None = 1000,
    aux_heads: bool = False,
    local_response_normalization: bool = True,
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """GoogLeNet: a stem of three convolutions, nine Inception modules, one dense layer.

    Args:
        input_shape: (H, W, C); H and W at least 32, or None. With the auxiliary heads at least 65,
            and not None.
        num_classes: classes to tell apart; None leaves the average and the dense layer out.
        aux_heads: whether two more classifiers look at the output of modules 4a and 4d, for
            training; the paper gives each of their losses the weight 0.3.
        local_response_normalization: whether the stem is normalised across channels.
        classifier_activation: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes), or with the auxiliary heads a dict of
        three such: "predictions", "aux_4a", "aux_4d". Layers: conv1, pool1, conv2_reduce, conv2,
        pool2, inception_3a to inception_5b, avg_pool, predictions.

    Raises:
        TypeError: a size is not an integer.
        ValueError: the input is too small, or the auxiliary heads are asked for without classes.

    Source:
        C. Szegedy et al., "Going Deeper with Convolutions", 2014, arXiv:1409.4842, table 1,
        figure 3 and section 5. Where table 1 contradicts itself (parameters and operations of
        conv1 and 5a) its filters hold. Deviation: Keras' initial weights.

    Example:
        >>> model = build_googlenet(input_shape=(64, 96, 3), num_classes=10)
        >>> [model.get_layer(f"inception_{m}").output.shape[1:] for m in ("3b", "4e", "5b")]
        [(8, 12, 480), (4, 6, 832), (2, 3, 1024)]
    """
    function = "build_googlenet"
    num_classes = as_num_classes(function, num_classes)
    check_activation(function, classifier_activation)
    as_bool(function, "aux_heads", aux_heads)
    as_bool(function, "local_response_normalization", local_response_normalization)
    if aux_heads and num_classes is None:
        raise ValueError(f"{function}: aux_heads need num_classes, got None.")
    minimum = 65 if aux_heads else 32
    shape = as_image_shape(function, input_shape, minimum=minimum, fixed=aux_heads)
    inputs = keras.Input(shape, name="input")
    x = _stem(inputs, local_response_normalization)
    outputs = {}
    for module, filters in MODULES.items():
        if module in HALVED_BEFORE:
            x = _halve(x, HALVED_BEFORE[module])
        x = inception_module(x, filters, name=f"inception_{module}")
        if aux_heads and module in AUXILIARY_HEADS:
            head = f"aux_{module}"
            outputs[head] = auxiliary_head(x, num_classes or 0, classifier_activation, name=head)
    if num_classes is not None:
        x = classifier(x, num_classes, classifier_activation, dropout=0.4)
    outputs["predictions"] = x
    return keras.Model(inputs, outputs if aux_heads else x, name="googlenet")


def auxiliary_head(x: Any, num_classes: int, activation: str | None, *, name: str) -> Any:
    """Classify from the middle of the network: average, 1 × 1 convolution, two dense layers.

    Args:
        x: feature maps (N, H, W, C), H and W at least 5; in the paper 14.
        num_classes: classes to tell apart.
        activation: of the last layer.
        name: of the last layer, and beginning of the others' names.

    Returns:
        Probabilities or scores (N, num_classes).

    Source:
        C. Szegedy et al., 2014, arXiv:1409.4842, section 5.
    """
    x = layers.AveragePooling2D(5, strides=3, name=f"{name}_pool")(x)
    x = _convolution(x, 128, 1, f"{name}_1x1")
    x = layers.Flatten(name=f"{name}_flatten")(x)
    x = layers.Dense(1024, activation="relu", name=f"{name}_fc")(x)
    x = layers.Dropout(0.7, name=f"{name}_dropout")(x)
    return layers.Dense(num_classes, activation=activation, name=name)(x)


def _stem(x: Any, local_response_normalization: bool) -> Any:
    x = _convolution(x, 64, 7, "conv1", strides=2)
    x = _halve(x, "pool1")
    if local_response_normalization:
        x = LocalResponseNormalization(name="norm1")(x)
    x = _convolution(x, 64, 1, "conv2_reduce")
    x = _convolution(x, 192, 3, "conv2")
    if local_response_normalization:
        x = LocalResponseNormalization(name="norm2")(x)
    return _halve(x, "pool2")


def _halve(x: Any, name: str) -> Any:
    return layers.MaxPooling2D(3, strides=2, padding="same", name=name)(x)


def _convolution(x: Any, filters: int, kernel_size: int, name: str, *, strides: int = 1) -> Any:
    return layers.Conv2D(
        filters, kernel_size, strides=strides, padding="same", activation="relu", name=name
    )(x)
