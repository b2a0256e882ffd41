"""Squeeze-and-Excitation: channels that turn each other up and down: an outlook."""

from typing import Any

from keras import layers

from cnnutils._checks import as_int
from cnnutils.zoo.blocks import as_block_input


def squeeze_excitation(x: Any, *, ratio: int = 16, name: str = "se") -> Any:
    """Multiply each channel by a factor from 0 to 1 that depends on all channels' averages.

    s = σ(W₂ ReLU(W₁ z)), where z are the averages of the C channels, W₁ is C/r × C and W₂ C × C/r.

    Args:
        x: feature maps (N, H, W, C).
        ratio: the paper's r: the layer in the middle has C / r units, rounded down.
        name: beginning of the layers' names; the output has the name itself.

    Returns:
        Feature maps (N, H, W, C).

    Raises:
        TypeError: x is no feature maps, ratio not an integer, or name no text.
        ValueError: ratio is below 1, or above the number of channels.

    Source:
        J. Hu, L. Shen, G. Sun, "Squeeze-and-Excitation Networks", 2017, arXiv:1709.01507,
        equations 2 to 4; without biases, as there.

    Example:
        >>> import keras
        >>> squeeze_excitation(keras.Input((8, 8, 64))).shape
        (None, 8, 8, 64)
    """
    channels = as_block_input("squeeze_excitation", x, name).shape[-1]
    ratio = as_int("squeeze_excitation", "ratio", ratio, minimum=1)
    if ratio > channels:
        raise ValueError(
            f"squeeze_excitation: ratio must be at most the number of channels, got {ratio} and "
            f"{channels} channels."
        )
    s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    s = layers.Dense(channels // ratio, activation="relu", use_bias=False, name=f"{name}_reduce")(s)
    s = layers.Dense(channels, activation="sigmoid", use_bias=False, name=f"{name}_excite")(s)
    return layers.Multiply(name=name)([x, s])
