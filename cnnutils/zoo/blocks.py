"""What several networks of the zoo share: checks, convolution with batch normalisation, the head.

A convolution is named "..._conv" or as its row in the paper's table; its normalisation and its
activation take the same name with "_bn" and "_relu".
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from cnnutils import costs
from cnnutils._checks import as_int, as_number, as_text
from cnnutils._networks import as_maps

Activation = Literal["relu", "relu6"]

LARGEST = 1 << 20  # of anything that is counted: beyond, TensorFlow's sizes overflow


def as_image_shape(
    function: str, input_shape: Any, *, minimum: int, fixed: bool = False, mend: str = ""
) -> tuple[int | None, int | None, int]:
    """Return the shape of an image (H, W, C) with at least `minimum` pixels in H and in W.

    H and W may be None, for images of any size, unless `fixed`: dense layers on a flattened map
    have a weight for each of its pixels. `mend` says how to do without them.
    """
    if not isinstance(input_shape, tuple | list) or len(input_shape) != 3:
        raise ValueError(
            f"{function}: input_shape must be (height, width, channels), got {input_shape}."
        )
    if fixed and any(size is None for size in input_shape[:2]):
        raise ValueError(
            f"{function}: the dense layers need a fixed size of the input, got {input_shape}.{mend}"
        )
    height, width = (
        None
        if size is None
        else as_int(function, f"the input's {name}", size, minimum=minimum, maximum=LARGEST)
        for name, size in zip(("height", "width"), input_shape[:2], strict=True)
    )
    return height, width, as_count(function, "the input's channels", input_shape[2])


def classifier_input(
    function: str, input_shape: Any, num_classes: int | None, *, minimum: int
) -> Any:
    """Return the input of a network that flattens its last map, or leaves its classifier out."""
    mend = " Leave them out with num_classes=None."
    fixed = num_classes is not None
    shape = as_image_shape(function, input_shape, minimum=minimum, fixed=fixed, mend=mend)
    return keras.Input(shape, name="input")


def as_num_classes(function: str, num_classes: int | None) -> int | None:
    """Return the number of classes, or None for a network without its classifier."""
    if num_classes is None:
        return None
    return as_count(function, "num_classes", num_classes)


def as_count(function: str, name: str, value: Any) -> int:
    """Return a number of channels, units or classes: more than LARGEST would be a slip."""
    return as_int(function, name, value, minimum=1, maximum=LARGEST)


def as_block_input(function: str, x: Any, name: Any) -> Any:
    """Return the feature maps that a block of layers gets; refuse a name that is no text."""
    as_text(function, "name", name)
    return as_maps(function, x)


def as_layer_name(function: str, name: Any) -> str | None:
    """Return the name of a layer, or None for one that Keras finds."""
    return None if name is None else as_text(function, "name", name)


def check_activation(function: str, activation: Any) -> None:
    """Refuse what is neither None nor the name of one of Keras' activations."""
    if activation is None:
        return
    known = isinstance(activation, str)
    try:
        keras.activations.get(activation if known else None)
    except ValueError:
        known = False
    if not known:
        raise ValueError(
            f"{function}: classifier_activation must be None or the name of one of Keras' "
            f"activations, such as 'softmax', got {activation!r}."
        )


def as_multiplier(function: str, name: str, value: Any) -> float:
    """Return a factor by which channels or pixels are multiplied, a number above 0."""
    number = as_number(function, name, value, above=0)
    if number > 1000:
        raise ValueError(f"{function}: {name} must be at most 1000, got {value}.")
    return number


def check_choice(
    function: str, name: str, value: Any, choices: Iterable[int], mend: str = ""
) -> int:
    """Return `value` if it is one of the integers `choices`; `mend` says what to do instead."""
    known = list(choices)
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value not in known:
        listed = ", ".join(repr(choice) for choice in known)
        raise ValueError(f"{function}: {name} must be one of {listed}, got {value!r}.{mend}")
    return int(value)


def normalized(
    x: Any,
    convolution: layers.Layer,
    *,
    activation: Activation | None = "relu",
    momentum: float = 0.99,
    epsilon: float = 1e-3,
) -> Any:
    """Apply a convolution, batch normalisation and an activation, all named after the first.

    Args:
        x: feature maps (N, H, W, C_in).
        convolution: the layer to apply; its name may end in "_conv".
        activation: "relu", "relu6" (cut off at 6), or None for none.
        momentum: share of the old value that the moving statistics keep at each step.
        epsilon: added to the variance before the division.

    Returns:
        Feature maps (N, H_out, W_out, C_out).

    Source:
        S. Ioffe, C. Szegedy, "Batch Normalization", 2015, arXiv:1502.03167, algorithm 1; between
        the convolution and the activation, as in its section 3.2.

    Example:
        >>> import keras
        >>> x = keras.Input((8, 8, 3))
        >>> normalized(x, keras.layers.Conv2D(5, 3, name="stem_conv")).shape
        (None, 6, 6, 5)
    """
    x = convolution(x)
    stem = convolution.name.removesuffix("_conv")
    x = layers.BatchNormalization(momentum=momentum, epsilon=epsilon, name=f"{stem}_bn")(x)
    if activation is None:
        return x
    ceiling = 6.0 if activation == "relu6" else None
    return layers.ReLU(max_value=ceiling, name=f"{stem}_relu")(x)


def classifier(
    x: Any, num_classes: int, activation: str | None, *, dropout: float | None = None
) -> Any:
    """Average each feature map to one number, then give each class its score.

    Args:
        x: feature maps (N, H, W, C).
        num_classes: classes to tell apart.
        activation: "softmax" for probabilities, None for the scores before it (the logits).
        dropout: share of the averages that is left out in training; None for no such layer.

    Returns:
        Probabilities or scores (N, num_classes), from a layer named "predictions".

    Source:
        M. Lin, Q. Chen, S. Yan, "Network In Network", 2013, arXiv:1312.4400, section 3.2.
    """
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    if dropout is not None:
        x = layers.Dropout(dropout, name="dropout")(x)
    return layers.Dense(num_classes, activation=activation, name="predictions")(x)


def dense_classifier(
    x: Any, hidden_units: Mapping[str, int], num_classes: int, activation: str | None
) -> Any:
    """Flatten the map, and classify with dense layers that are dropped out by half.

    Args:
        x: feature maps (N, H, W, C).
        hidden_units: name → units of each layer with a ReLU and dropout after it.
        num_classes: classes to tell apart.
        activation: "softmax" for probabilities, None for the scores before it.

    Returns:
        Probabilities or scores (N, num_classes), from a layer named "predictions".

    Source:
        A. Krizhevsky, I. Sutskever, G. Hinton, 2012, sections 3.5 and 4.2.
    """
    x = layers.Flatten(name="flatten")(x)
    for name, units in hidden_units.items():
        x = layers.Dense(units, activation="relu", name=name)(x)
        x = layers.Dropout(0.5, name=name.replace("fc", "dropout"))(x)
    return layers.Dense(num_classes, activation=activation, name="predictions")(x)


@keras.saving.register_keras_serializable(package="cnnutils")
class LocalResponseNormalization(layers.Layer):  # type: ignore[misc]
    """Divide each value by a power of the energy in the neighbouring channels at its pixel.

    y_i = x_i / (bias + alpha · Σ x_j²)^beta, j from i − depth_radius to i + depth_radius; beyond
    the first and the last channel there is nothing to add.

    Args:
        depth_radius: channels on each side that count; the paper's n is 2·depth_radius + 1.
        bias: the paper's k.
        alpha: weight of the sum; not divided by the number of channels in it.
        beta: exponent.
        name: name of the layer.

    Raises:
        TypeError: an option is of another type.
        ValueError: depth_radius or alpha is negative, or bias is not above 0.

    Source:
        A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional
        Neural Networks", 2012, section 3.3.

    Example:
        >>> import numpy as np
        >>> x = np.ones((1, 1, 1, 3), "float32")  # two, three and two neighbours with themselves
        >>> norm = LocalResponseNormalization(depth_radius=1, bias=1.0, alpha=1.0, beta=1.0)
        >>> [round(float(value), 3) for value in np.array(norm(x)).ravel()]
        [0.333, 0.25, 0.333]
    """

    def __init__(
        self,
        *,
        depth_radius: int = 2,
        bias: float = 2.0,
        alpha: float = 1e-4,
        beta: float = 0.75,
        name: str | None = None,
        **base: Any,
    ) -> None:
        function = "LocalResponseNormalization"
        super().__init__(name=as_layer_name(function, name), **base)
        self.depth_radius = as_int(
            function, "depth_radius", depth_radius, minimum=0, maximum=LARGEST
        )
        self.bias = as_number(function, "bias", bias, above=0)
        self.alpha = as_number(function, "alpha", alpha)
        self.beta = as_number(function, "beta", beta)
        if self.alpha < 0:
            raise ValueError(f"{function}: alpha must be at least 0, got {alpha}.")

    def call(self, x: Any) -> Any:
        """(N, ..., C) → (N, ..., C)."""
        radius, channels = self.depth_radius, x.shape[-1]
        squares = ops.pad(ops.square(x), [(0, 0)] * (len(x.shape) - 1) + [(radius, radius)])
        energy = sum(squares[..., i : i + channels] for i in range(2 * radius + 1))
        return x / ops.power(self.bias + self.alpha * energy, self.beta)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape stays."""
        return input_shape

    def cost(self, input_shape: tuple[int, ...]) -> costs.LayerCost:
        """No weights; multiply-adds of a normalisation are left out by convention."""
        return costs.LayerCost(params=0, macs=0, output_shape=input_shape)

    def get_config(self) -> dict[str, Any]:
        """The options."""
        options = ("depth_radius", "bias", "alpha", "beta")
        return {**super().get_config(), **{option: getattr(self, option) for option in options}}
