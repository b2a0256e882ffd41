"""LeNet-5, which read digits on cheques in the 1990s, as taught today and as published.

The rows C1, S2, C3, S4, C5, F6 and OUTPUT are layers of these names.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any, Literal

import keras
from keras import layers, ops

from cnnutils import costs
from cnnutils._checks import as_choice
from cnnutils.zoo.blocks import as_count, as_image_shape, check_activation

# Table I: the maps of S2 that each of the 16 maps of C3 looks at.
CONNECTIONS = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)

# The bars of a seven-segment display as rows and columns of a 7 × 12 drawing, and which of them
# are lit for 0 to 9, in this order.
_BARS = {
    "top": ((0,), range(1, 6)),
    "upper left": (range(1, 6), (0,)),
    "upper right": (range(1, 6), (6,)),
    "middle": ((6,), range(1, 6)),
    "lower left": (range(7, 11), (0,)),
    "lower right": (range(7, 11), (6,)),
    "bottom": ((11,), range(1, 6)),
}
_LIT = (
    *("1110111", "0010010", "1011101", "1011011", "0111010"),
    *("1101011", "1101111", "1010010", "1111111", "1111011"),
)


def digit_codes() -> list[list[float]]:
    """Draw the ten digits on 7 × 12 pixels, −1 for paper and +1 for ink: the targets of F6.

    Returns:
        Ten rows of 84 numbers; row d is the digit d, read line by line.

    Source:
        LeCun et al. 1998, section II.B and figure 3. Deviation: the paper's bitmaps are drawn by
        hand, these are seven segments.

    Example:
        >>> code = digit_codes()[7]
        >>> for row in range(0, 84, 21):  # every third line
        ...     print("".join("#" if value > 0 else "." for value in code[row : row + 7]))
        .#####.
        ......#
        .......
        ......#
    """
    codes = []
    for lit in _LIT:
        image = [[-1.0] * 7 for _ in range(12)]
        for (rows, columns), on in zip(_BARS.values(), lit, strict=True):
            for row, column in itertools.product(rows, columns):
                image[row][column] = 1.0 if on == "1" else image[row][column]
        codes.append([value for line in image for value in line])
    return codes


@keras.saving.register_keras_serializable(package="cnnutils")  # type: ignore[untyped-decorator]
def scaled_tanh(x: Any) -> Any:
    """The paper's squashing function 1.7159 · tanh(2x / 3), which takes ±1 to ±1 (appendix A).

    Example:
        >>> import numpy as np
        >>> np.array(scaled_tanh(np.array([-1.0, 0.0, 1.0], "float32"))).round(3).tolist()
        [-1.0, 0.0, 1.0]
    """
    return 1.7159 * ops.tanh(2.0 / 3.0 * x)


@keras.saving.register_keras_serializable(package="cnnutils")
class TrainableSubsampling(layers.Layer):  # type: ignore[misc]
    """Add up 2 × 2 pixels, multiply by the map's coefficient, add the map's bias (S2 and S4).

    Two parameters a map, (N, H, W, C) → (N, floor(H / 2), floor(W / 2), C). The coefficient
    starts at 1/4, which makes the layer average pooling.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """A coefficient and a bias a map."""
        start = keras.initializers.Constant(0.25)
        self.coefficient = self.add_weight(
            shape=input_shape[-1:], initializer=start, name="coefficient"
        )
        self.bias = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        """(N, H, W, C) → (N, floor(H / 2), floor(W / 2), C)."""
        return 4.0 * ops.average_pool(x, 2, strides=2) * self.coefficient + self.bias

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Half the height and width, rounded down."""
        batch, height, width, channels = input_shape
        return (batch, *(n and n // 2 for n in (height, width)), channels)

    def cost(self, input_shape: tuple[int, int, int]) -> costs.LayerCost:
        """Two parameters a map; one multiply-add an output, additions alone are left out."""
        height, width, channels = input_shape
        shape = (height // 2, width // 2, channels)
        return costs.LayerCost(params=2 * channels, macs=math.prod(shape), output_shape=shape)


@keras.saving.register_keras_serializable(package="cnnutils")
class TableConv2D(layers.Layer):  # type: ignore[misc]
    """A convolution without padding in which each filter looks at some of the input's maps (C3).

    Args:
        connections: for each filter, the input maps that it looks at.
        kernel_size: height and width of the kernel.
        name: name of the layer.
    """

    def __init__(
        self,
        connections: Sequence[Sequence[int]],
        kernel_size: int,
        *,
        name: str | None = None,
        **base: Any,
    ) -> None:
        super().__init__(name=name, **base)
        self.connections = [list(maps) for maps in connections]
        self.kernel_size = kernel_size

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """One kernel a connection, and a bias a filter."""
        channels, filters = int(input_shape[-1] or 0), len(self.connections)
        size = self.kernel_size
        pairs = [(channel, index) for index, row in enumerate(self.connections) for channel in row]
        # Glorot's limit for the average filter and the average map.
        fan = size**2 * len(pairs) * (1 / filters + 1 / channels)
        limit = math.sqrt(6 / fan)
        self.kernel = self.add_weight(
            shape=(size, size, len(pairs)),
            initializer=keras.initializers.RandomUniform(-limit, limit),
            name="kernel",
        )
        self.bias = self.add_weight(shape=(filters,), initializer="zeros", name="bias")
        # Row p has its 1 where connection p lies in the full kernel's (C_in, C_out).
        cells = [channel * filters + index for channel, index in pairs]
        self._placement = [[float(c == cell) for c in range(channels * filters)] for cell in cells]

    def call(self, x: Any) -> Any:
        """(N, H, W, C) → (N, H − kernel_size + 1, W − kernel_size + 1, filters)."""
        placement = ops.convert_to_tensor(self._placement, dtype=self.compute_dtype)
        shape = (self.kernel_size, self.kernel_size, x.shape[-1], len(self.connections))
        kernel = ops.reshape(ops.matmul(self.kernel, placement), shape)  # zero where not connected
        return ops.conv(x, kernel, padding="valid") + self.bias

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The window must fit."""
        lost = self.kernel_size - 1
        sizes = (n and n - lost for n in input_shape[1:3])
        return (input_shape[0], *sizes, len(self.connections))

    def cost(self, input_shape: tuple[int, int, int]) -> costs.LayerCost:
        """As many depthwise kernels as there are connections, and a bias a filter."""
        num_pairs, filters = sum(map(len, self.connections)), len(self.connections)
        planes = costs.depthwise_conv2d_cost(
            (*input_shape[:2], num_pairs), self.kernel_size, use_bias=False
        )
        return costs.LayerCost(
            params=planes.params + filters,
            macs=planes.macs,
            output_shape=(*planes.output_shape[:2], filters),
        )

    def get_config(self) -> dict[str, Any]:
        """The options."""
        own = {"connections": self.connections, "kernel_size": self.kernel_size}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="cnnutils")
class RBFOutput(layers.Layer):  # type: ignore[misc]
    """The squared distance of F6 to the drawing of each digit: y_i = Σ_j (x_j − w_ij)².

    The smallest of the ten distances names the digit. The drawings are fixed.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """The drawings, which training leaves alone."""
        codes = digit_codes()
        self.codes = self.add_weight(
            shape=(len(codes), len(codes[0])),
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(codes, dtype=dtype),
            trainable=False,
            name="codes",
        )

    def call(self, x: Any) -> Any:
        """(N, 84) → (N, 10)."""
        return ops.sum(ops.square(ops.expand_dims(x, 1) - self.codes), axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """A distance for each digit."""
        return (input_shape[0], len(_LIT))

    def cost(self, input_shape: tuple[int]) -> costs.LayerCost:
        """A square and its addition for each number of each drawing."""
        return costs.dense_cost(input_shape[0], len(_LIT), use_bias=False)


def build_lenet5(
    *,
    input_shape: tuple[int, int, int] = (32, 32, 1),
    num_classes: int = 10,
    activation: Literal["relu", "tanh", "scaled_tanh"] = "relu",
    subsampling: Literal["average", "max", "trainable"] = "average",
    connections: Literal["full", "table"] = "full",
    output: Literal["dense", "rbf"] = "dense",
    classifier_activation: str | None = "softmax",
) -> keras.Model:
    """LeNet-5: two convolutions, each with subsampling after it, then three dense layers.

    The defaults are the form of today's courses: ReLU, average pooling, every filter of C3 sees
    every map, softmax. The published network is `activation="scaled_tanh",
    subsampling="trainable", connections="table", output="rbf"`.

    Args:
        input_shape: (H, W, C); H and W at least 16; the paper pads digits of 28 × 28 pixels to 32.
        num_classes: classes to tell apart; with `output="rbf"` the ten digits.
        activation: after C1, C3, C5 and F6, and after S2 and S4 where they are trainable.
        subsampling: of 2 × 2 pixels; "trainable" is the paper's.
        connections: "full", or the paper's table I.
        output: "dense", or the paper's distances to drawings of the digits, smallest is best.
        classifier_activation: of the dense output: "softmax", or None for the scores before it.

    Returns:
        An untrained model, (N, H, W, C) → (N, num_classes).

    Raises:
        TypeError: a size is not an integer.
        ValueError: the input is too small, an option is unknown, or `output="rbf"` is asked for
            other than ten classes.

    Source:
        Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document
        Recognition", Proceedings of the IEEE 86(11), 1998, section II.B, doi:10.1109/5.726791.
        Deviations: C5 is written as a dense layer (the same numbers on a 32 × 32 input); Keras'
        initial weights; the drawings of `digit_codes`.

    Example:
        >>> model = build_lenet5()
        >>> [model.get_layer(name).count_params() for name in ("C1", "C3", "C5", "F6", "OUTPUT")]
        [156, 2416, 48120, 10164, 850]
    """
    function = "build_lenet5"
    shape = as_image_shape(function, input_shape, minimum=16, fixed=True)
    num_classes = as_count(function, "num_classes", num_classes)
    check_activation(function, classifier_activation)
    as_choice(function, "activation", activation, ("relu", "tanh", "scaled_tanh"))
    as_choice(function, "subsampling", subsampling, ("average", "max", "trainable"))
    as_choice(function, "connections", connections, ("full", "table"))
    as_choice(function, "output", output, ("dense", "rbf"))
    if output == "rbf" and num_classes != len(_LIT):
        raise ValueError(
            f"{function}: output='rbf' has drawings of the ten digits, got num_classes="
            f"{num_classes}. Take output='dense'."
        )

    def squash(name: str) -> layers.Layer:
        function = scaled_tanh if activation == "scaled_tanh" else activation
        return layers.Activation(function, name=f"{name}_{activation}")

    def subsample(x: Any, name: str) -> Any:
        if subsampling == "trainable":
            return squash(name)(TrainableSubsampling(name=name)(x))
        pool = layers.AveragePooling2D if subsampling == "average" else layers.MaxPooling2D
        return pool(2, name=name)(x)

    inputs = keras.Input(shape, name="input")
    x = squash("C1")(layers.Conv2D(6, 5, name="C1")(inputs))
    x = subsample(x, "S2")
    full = layers.Conv2D(16, 5, name="C3")
    x = squash("C3")((full if connections == "full" else TableConv2D(CONNECTIONS, 5, name="C3"))(x))
    x = subsample(x, "S4")
    x = layers.Flatten(name="flatten")(x)
    x = squash("C5")(layers.Dense(120, name="C5")(x))
    x = squash("F6")(layers.Dense(84, name="F6")(x))
    dense = layers.Dense(num_classes, activation=classifier_activation, name="OUTPUT")
    x = (dense if output == "dense" else RBFOutput(name="OUTPUT"))(x)
    return keras.Model(inputs, x, name="lenet5")
