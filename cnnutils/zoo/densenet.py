"""DenseNet's blocks, in which every layer sees the outputs of all layers before it: an outlook."""

from typing import Any

from keras import layers

from cnnutils._checks import as_int
from cnnutils.zoo.blocks import as_block_input, as_count, as_multiplier


def dense_block(x: Any, num_layers: int, *, growth_rate: int = 32, name: str = "dense") -> Any:
    """Append `growth_rate` channels `num_layers` times, each computed from all that are there.

    A layer is BN, ReLU, 1 × 1 convolution to 4 · growth_rate channels, BN, ReLU, 3 × 3
    convolution (DenseNet-B).

    Args:
        x: feature maps (N, H, W, C).
        num_layers: times that channels are appended.
        growth_rate: the paper's k.
        name: beginning of the layers' names; the last output is "..._block<num_layers>_concat".

    Returns:
        Feature maps (N, H, W, C + num_layers · growth_rate), the oldest channels first.

    Raises:
        TypeError: x is no feature maps, a number not an integer, or name no text.
        ValueError: a number is below 1.

    Source:
        G. Huang, Z. Liu, L. van der Maaten, K. Weinberger, "Densely Connected Convolutional
        Networks", 2016, arXiv:1608.06993, equation 2 and table 1.

    Example:
        >>> import keras
        >>> dense_block(keras.Input((8, 8, 64)), 6).shape
        (None, 8, 8, 256)
    """
    as_block_input("dense_block", x, name)
    num_layers = as_int("dense_block", "num_layers", num_layers, minimum=1, maximum=1000)
    growth_rate = as_count("dense_block", "growth_rate", growth_rate)
    for index in range(1, num_layers + 1):
        stem = f"{name}_block{index}"
        y = _bn_relu(x, f"{stem}_0")
        y = layers.Conv2D(4 * growth_rate, 1, use_bias=False, name=f"{stem}_1_conv")(y)
        y = _bn_relu(y, f"{stem}_1")
        y = layers.Conv2D(growth_rate, 3, padding="same", use_bias=False, name=f"{stem}_2_conv")(y)
        x = layers.Concatenate(name=f"{stem}_concat")([x, y])
    return x


def transition(x: Any, *, compression: float = 0.5, name: str = "transition") -> Any:
    """Between two dense blocks: fewer channels by a 1 × 1 convolution, half the map by averages.

    Args:
        x: feature maps (N, H, W, C).
        compression: the paper's θ, the share of the channels that is kept, at most 1.
        name: beginning of the layers' names; the output is "..._pool".

    Returns:
        Feature maps (N, floor(H / 2), floor(W / 2), floor(compression · C)).

    Raises:
        TypeError: x is no feature maps, compression not a number, or name no text.
        ValueError: compression is not above 0, or above 1.

    Source:
        G. Huang et al., 2016, arXiv:1608.06993, section 3 (DenseNet-C).

    Example:
        >>> import keras
        >>> transition(keras.Input((8, 8, 256))).shape
        (None, 4, 4, 128)
    """
    as_block_input("transition", x, name)
    share = as_multiplier("transition", "compression", compression)
    if share > 1:
        raise ValueError(f"transition: compression must be at most 1, got {compression}.")
    x = _bn_relu(x, name)
    channels = max(int(x.shape[-1] * share), 1)
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.AveragePooling2D(2, name=f"{name}_pool")(x)


def _bn_relu(x: Any, name: str) -> Any:
    x = layers.BatchNormalization(epsilon=1.001e-5, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
