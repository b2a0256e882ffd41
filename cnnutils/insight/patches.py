"""Where a unit looks, and the patches of images that excite it most."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers
from numpy.typing import ArrayLike

from cnnutils import shapes
from cnnutils._checks import as_int
from cnnutils.insight.arguments import as_images, as_layer, as_unit

_POINTWISE = (
    layers.Activation,
    layers.BatchNormalization,
    layers.Dropout,
    layers.InputLayer,
    layers.LeakyReLU,
    layers.ReLU,
    layers.Rescaling,
)
_WINDOWED = (
    layers.AveragePooling2D,
    layers.Conv2D,
    layers.DepthwiseConv2D,
    layers.MaxPooling2D,
    layers.SeparableConv2D,
)


def unit_field(model: keras.Model, layer: str, *, size: int) -> shapes.ReceptiveField:
    """Receptive field of the units of a layer, in a model that is a chain of layers.

    Args:
        model: a functional or Sequential model that was built.
        layer: name of a convolution, a pooling layer, or what stands between them.
        size: pixels of the input's side; the padding of "same" depends on it where windows jump.

    Returns:
        Size, jump and start in pixels of the input, along the height; kernels of other widths
        than heights are refused.

    Raises:
        TypeError: `model` is not a Keras model, or size not an integer.
        ValueError: the layer is missing, the model branches before it, it lies behind a layer
            that mixes all positions, or a kernel is not square.

    Example:
        >>> model = keras.Sequential([
        ...     keras.Input((None, None, 3)), layers.Conv2D(4, 5, padding="same"),
        ...     layers.MaxPooling2D(2), layers.Conv2D(4, 3, name="second")])
        >>> unit_field(model, "second", size=32)  # 5 + 1, then two more windows 2 pixels apart
        ReceptiveField(size=10, jump=2, start=-2)
    """
    function = "unit_field"
    current = as_layer(function, model, layer)
    size = as_int(function, "size", size, minimum=1)
    chain = [current]
    while not isinstance(current, layers.InputLayer) and current.input is not model.inputs[0]:
        if isinstance(current.input, list):
            raise ValueError(f"{function}: {current.name} has several inputs; a chain has one.")
        before = [other for other in model.layers if _gives(other, current.input)]
        current = before[0]
        chain.append(current)
    windows = []
    for each in reversed(chain):
        if isinstance(each, _WINDOWED):
            window = _window(function, each, size)
            windows.append(window)
            padding: shapes.Padding = "same" if each.padding == "same" else "valid"
            size = shapes.conv_output_size(
                size,
                window.kernel_size,
                strides=window.strides,
                padding=padding,
                dilation_rate=window.dilation_rate,
            )
        elif not isinstance(each, _POINTWISE):
            raise ValueError(
                f"{function}: {each.name} ({type(each).__name__}) has no window that slides; ask "
                "for a layer before it."
            )
    return shapes.receptive_field(windows)


@dataclass(frozen=True, kw_only=True)
class BestPatches:
    """The patches at which a unit's activation is largest, the best first.

    Args:
        patches: (K, F, F, C) what the unit sees there, F being its receptive field; zeros where
            that reaches beyond the image.
        activations: (K,) the unit's activation at each.
        images: (K,) index of the image that each patch is from.
        corners: (K, 2) row and column of its first pixel in the image; may be negative.
    """

    patches: np.ndarray
    activations: np.ndarray
    images: np.ndarray
    corners: np.ndarray


def best_patches(
    model: keras.Model, layer: str, unit: int, images: ArrayLike, *, count: int = 9
) -> BestPatches:
    """Find the patches that excite a unit most, at most one from each image.

    Args:
        model: a functional or Sequential chain of layers.
        layer: name of a layer with maps (N, H_l, W_l, C_l).
        unit: one of its channels.
        images: (N, H, W, C) square images to search, at least `count`.
        count: patches to return.

    Returns:
        The patches, the best first; where two are equal, the earlier image first.

    Raises:
        TypeError: an argument is no integer, or the images are not real numbers.
        ValueError: as `unit_field`; the unit is not in the layer; the images are too few, not
            square, empty or not finite.

    Source:
        M. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", 2013,
        arXiv:1311.2901, section 4 and figure 2.

    Example:
        >>> copy = layers.Conv2D(1, 1, kernel_initializer="ones", name="copy")
        >>> model = keras.Sequential([keras.Input((None, None, 1)), copy])
        >>> images = np.zeros((3, 4, 4, 1))
        >>> images[1, 2, 3], images[2, 0, 0] = 5, 7
        >>> found = best_patches(model, "copy", 0, images, count=2)
        >>> found.images.tolist(), found.activations.tolist(), found.corners.tolist()
        ([2, 1], [7.0, 5.0], [[0, 0], [2, 3]])
    """
    function = "best_patches"
    as_layer(function, model, layer)
    unit = as_unit(function, model, unit, layer=layer)
    array = as_images(function, model, images)
    count = as_int(function, "count", count, minimum=1)
    number, height, width = array.shape[:3]
    if number < count:
        raise ValueError(f"{function}: {count} patches need as many images, got {number}.")
    if height != width:
        raise ValueError(f"{function}: images must be square, got {height} × {width} pixels.")
    field = unit_field(model, layer, size=height)
    maps = keras.Model(model.inputs[0], model.get_layer(layer).output)
    answers = np.concatenate(
        [
            keras.ops.convert_to_numpy(maps(array[i : i + 64], training=False)[..., unit])
            for i in range(0, number, 64)
        ]
    )
    flat = answers.reshape(number, -1)
    order = np.argsort(-flat.max(axis=1), kind="stable")[:count]
    rows, columns = np.unravel_index(flat[order].argmax(axis=1), answers.shape[1:])
    corners = field.start + field.jump * np.stack([rows, columns], axis=1)
    margin = field.size + abs(field.start)
    padded = np.pad(array[order], ((0, 0), (margin, margin), (margin, margin), (0, 0)))
    patches = [
        image[row : row + field.size, column : column + field.size]
        for image, (row, column) in zip(padded, corners + margin, strict=True)
    ]
    return BestPatches(
        patches=np.stack(patches),
        activations=flat[order].max(axis=1),
        images=order,
        corners=corners,
    )


def _gives(layer: layers.Layer, tensor: object) -> bool:
    return any(node is not None and tensor is node for node in _outputs(layer))


def _outputs(layer: layers.Layer) -> list[object]:
    output = layer.output
    return list(output) if isinstance(output, list | tuple) else [output]


def _window(function: str, layer: layers.Layer, size: int) -> shapes.Window:
    """Return the window of a convolution or a pooling layer, padding before the axis included."""
    kernel = layer.pool_size if hasattr(layer, "pool_size") else layer.kernel_size
    dilation = getattr(layer, "dilation_rate", (1, 1))
    for name, pair in (("window", kernel), ("step", layer.strides), ("dilation", dilation)):
        if pair[0] != pair[1]:
            raise ValueError(f"{function}: {layer.name} has a {name} that is not square: {pair}.")
    before = 0
    if layer.padding == "same":
        before = shapes.same_padding(
            size, kernel[0], strides=layer.strides[0], dilation_rate=dilation[0]
        )[0]
    return shapes.Window(kernel[0], layer.strides[0], before, dilation[0])
